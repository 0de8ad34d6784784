"""Which product discount a price has, and what that leaves of it.

commercetools: Product Discounts, ProductDiscount (`sortOrder`); Common API data types, DiscountedPrice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from orderwright.domain.amounts.money import TypedMoney, cents, exact, fraction_digits, round_ratio, within_limits
from orderwright.domain.goods.price import DiscountedPrice, Priced
from orderwright.domain.goods.product_discount.model import (
    ProductDiscount,
    ProductDiscountValue,
    ProductDiscountValueAbsolute,
    ProductDiscountValueExternal,
    ProductDiscountValueRelative,
)
from orderwright.domain.goods.product_discount.predicate import (
    asked_of_price,
    asks_for_category_documents,
    asks_of_categories,
    known_rule,
    named,
    parted,
)
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.predicates import Rows, Rule, Select


class Discountable(Priced, Protocol):
    """What has a price that may be discounted: embedded, standalone, or only asked about."""

    @property
    def discounted(self) -> DiscountedPrice | None: ...


class Known(msgspec.Struct, frozen=True):
    """An active discount with its rule, whole and in parts."""

    discount: ProductDiscount
    rule: Rule
    of_variant: tuple[Select, ...]
    of_price: tuple[Select, ...]
    of_both: tuple[Select, ...]


class Discounts(msgspec.Struct, frozen=True):
    """The active discounts of a project, the one that goes first in front; and what they ask of a product's categories."""

    known: tuple[Known, ...]
    of_categories: bool
    of_category_documents: bool


def discounts_of(catalogue: Catalogue) -> Discounts:
    """The active discounts, put into order once a catalogue. Whether it is their time is asked later."""
    return catalogue.derived(_active)


def _active(catalogue: Catalogue) -> Discounts:
    known = []
    for discount in catalogue.all("product-discount"):
        rule = known_rule(discount.predicate) if discount.is_active else None
        if rule is not None:
            known.append(Known(discount, rule, *parted(rule)))
    known.sort(key=lambda each: each.discount.sort_order, reverse=True)
    return Discounts(
        tuple(known),
        any(asks_of_categories(each.rule) for each in known),
        any(asks_for_category_documents(each.rule) for each in known),
    )


class _Fitting(msgspec.Struct, frozen=True):
    """What predicates see of a price, and what is left of it by the discounts that it satisfies as far as it alone decides."""

    asked: dict[str, Any]
    left: dict[str, TypedMoney]


class InForce:
    """The discounts that are in force now. What they make of a price in its scope is worked out once, however many variants have
    such a price."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.known = tuple(each for each in discounts_of(facts.catalogue).known if each.discount.in_force(facts.now))
        self._fitting: dict[tuple[object, ...], _Fitting] = {}

    def fitting(self, price: Discountable) -> _Fitting:
        """The price side of the question."""
        scope = (price.value, price.country, price.customer_group, price.channel)
        if scope not in self._fitting:
            self._fitting[scope] = self._fit(price)
        return self._fitting[scope]

    def _fit(self, price: Discountable) -> _Fitting:
        group, channel = (self._named(reference) for reference in (price.customer_group, price.channel))
        asked = asked_of_price(price.value, price.country, group, channel)
        rows, left = Rows((asked,)), {}
        for each in self.known:
            value = reduced(price.value, each.discount.value)
            if value is not None and all(select(rows) for select in each.of_price):
                left[each.discount.id] = value
        return _Fitting(asked, left)

    def _named(self, reference: Reference | None) -> dict[str, Any] | None:
        if reference is None:
            return None
        return named(reference, self.facts.look_up(Wanted(reference.type_id, "id", reference.id)))


class Candidates:
    """The discounts that the prices of one variant may have: those whose rules it satisfies as far as it alone decides. `variant`
    is what predicates see of it."""

    def __init__(self, variant: dict[str, Any], in_force: InForce) -> None:
        self._variant = variant
        self._in_force = in_force
        rows, known = Rows((variant,)), in_force.known
        self._possible = {each.discount.id: each for each in known if all(select(rows) for select in each.of_variant)}

    def discounted(self, price: Discountable) -> DiscountedPrice | None:
        """What a price is discounted to. What a client has said stays as long as its discount is in force for the price; without
        it, the highest `sortOrder` among the other discounts counts."""
        if self.external(price) is not None:
            return price.discounted
        for discount, value in self._matching(price):
            return DiscountedPrice(value=value, discount=discount.reference)
        return None

    def external(self, price: Discountable) -> ProductDiscount | None:
        """The discount by which a client has discounted the price, if it is in force for it."""
        known = self._possible.get(price.discounted.discount.id) if price.discounted is not None else None
        if known is None or not isinstance(known.discount.value, ProductDiscountValueExternal):
            return None
        return known.discount if known.rule.test({**self._variant, **self._in_force.fitting(price).asked}) else None

    def best(self, price: Discountable) -> ProductDiscount | None:
        """The discount that the price has."""
        return self.external(price) or next((discount for discount, _ in self._matching(price)), None)

    def _matching(self, price: Discountable) -> Iterator[tuple[ProductDiscount, TypedMoney]]:
        fitting = self._in_force.fitting(price)
        left, possible = fitting.left, self._possible
        # Both are in the order of the discounts.
        for id in left if len(left) < len(possible) else possible:
            if id in left and id in possible and self._of_both(possible[id], fitting.asked):
                yield possible[id].discount, left[id]

    def _of_both(self, known: Known, asked: dict[str, Any]) -> bool:
        rows = Rows(({**self._variant, **asked} if known.of_both else {},))
        return all(select(rows) for select in known.of_both)


def reduced(price: TypedMoney, by: ProductDiscountValue) -> TypedMoney | None:
    """What a discount leaves of a price, in the price's own precision: a share is rounded half down, and an amount leaves nothing
    below zero. None for a price that it does not reduce: one of zero, one without an amount in its currency, or by a discount
    that clients apply themselves."""
    parts, per_unit = exact(price)
    if parts <= 0:
        return None
    if isinstance(by, ProductDiscountValueRelative):
        return _of_parts(price, round_ratio(parts * (10_000 - by.permyriad), 10_000, "HalfDown"))
    if isinstance(by, ProductDiscountValueAbsolute):
        for money in by.money:
            if money.currency_code == price.currency_code:
                return _of_parts(price, max(0, parts - money.cent_amount * per_unit))
    return None


def _of_parts(price: TypedMoney, parts: int) -> TypedMoney:
    """So many of the parts that a price counts: minor units, or those of its high precision."""
    if price.precise_amount is None:
        return cents(price.currency_code, parts)
    scale = 10 ** (price.fraction_digits - fraction_digits(price.currency_code))
    return replace(price, precise_amount=within_limits(parts), cent_amount=round_ratio(parts, scale, "HalfEven"))
