"""Prices of product variants, and which of them a cart pays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal, Protocol

from orderwright.domain.amounts.money import Money, TypedMoney, exact, in_currency, typed
from orderwright.domain.amounts.record import Lost, Notes, PriceCandidate, Step
from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from
from orderwright.domain.goods.product_discount.model import ProductDiscount, ProductDiscountValueExternal
from orderwright.domain.goods.refusals import duplicate_price_key, duplicate_price_scope, overlapping_price_validity
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import ChannelIdentifier, CustomerGroupIdentifier, ProductDiscountReference
from orderwright.engine.scalars import CountryCode, DateTime, Id, Key, NotServed, Quantity
from orderwright.errors import invalid_field, invalid_operation


class PriceTier(Value):
    """The price of a unit from `minimum_quantity` on, for the whole quantity of a line."""

    minimum_quantity: int
    value: TypedMoney


class DiscountedPrice(Value):
    """The price a product discount leaves."""

    value: TypedMoney
    discount: Reference


class Price(Value):
    """A price and the scope it holds for."""

    id: Id
    value: TypedMoney
    key: Key | None = None
    country: CountryCode | None = None
    customer_group: Reference | None = None
    channel: Reference | None = None
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    discounted: DiscountedPrice | None = None
    tiers: tuple[PriceTier, ...] | None = None
    custom: CustomFields | None = None
    recurrence_policy: Reference | None = None


class Priced(Protocol):
    """What has a value for a country, a customer group and a channel, or for all."""

    @property
    def value(self) -> TypedMoney: ...

    @property
    def country(self) -> str | None: ...

    @property
    def customer_group(self) -> Reference | None: ...

    @property
    def channel(self) -> Reference | None: ...


class Scoped(Priced, Protocol):
    """What has a scope and a time: an embedded price or a standalone one."""

    @property
    def recurrence_policy(self) -> Reference | None: ...

    @property
    def valid_from(self) -> DateTime | None: ...

    @property
    def valid_until(self) -> DateTime | None: ...


class PriceTierDraft(Value):
    """A tier as it is sent. It begins at 2 units: one unit costs the price itself."""

    minimum_quantity: Quantity
    value: Money


class DiscountedPriceDraft(Value):
    """What a product discount of type `external` leaves, as it is sent."""

    value: Money
    discount: ProductDiscountReference


class AnyPriceDraft(Value):
    """A price as it is sent, embedded or standalone."""

    value: Money
    key: Key | None = None
    country: CountryCode | None = None
    customer_group: CustomerGroupIdentifier | None = None
    channel: ChannelIdentifier | None = None
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    tiers: tuple[PriceTierDraft, ...] | None = None
    custom: CustomFieldsDraft | None = None
    recurrence_policy: NotServed | None = None
    discounted: DiscountedPriceDraft | None = None


class PriceDraft(AnyPriceDraft):
    """A price of a variant as it is sent."""


def price_from(draft: PriceDraft, facts: Facts) -> Price:
    """The price a draft means. Raises `InvalidField`, `RequiredField`, `MoneyOverflow` or `ReferencedResourceNotFound`."""
    check_period(draft.valid_from, draft.valid_until)
    value = typed(draft.value, "value")
    return Price(
        id=facts.new_id(),
        key=draft.key,
        value=value,
        country=draft.country,
        customer_group=facts.reference("customer-group", draft.customer_group),
        channel=facts.reference("channel", draft.channel),
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        discounted=discounted_from(draft.discounted, value.currency_code, facts),
        tiers=tiers_from(draft.tiers or (), value.currency_code) or None,
        custom=custom_from(draft.custom, "product-price", facts),
    )


def discounted_from(draft: DiscountedPriceDraft | None, currency: str, facts: Facts) -> DiscountedPrice | None:
    """The discounted price that a draft means, in the price's currency. Raises `ReferencedResourceNotFound`, `InvalidField`."""
    if draft is None:
        return None
    discount = facts.get("product-discount", draft.discount, ProductDiscount)
    value = in_currency(typed(draft.value, "discounted.value"), currency, "discounted.value")
    return DiscountedPrice(value=value, discount=discount.reference)


def check_external(draft: DiscountedPriceDraft | None, facts: Facts) -> None:
    """Raises `InvalidOperation` for a discount that clients do not apply themselves, or that is not in force now. Whether it
    matches is asked when all actions have run.

    commercetools: Products, Set Discounted Price.
    """
    if draft is None:
        return
    discount = facts.get("product-discount", draft.discount, ProductDiscount)
    if not isinstance(discount.value, ProductDiscountValueExternal) or not discount.in_force(facts.now):
        raise invalid_operation(f"The product discount '{discount.id}' is not of the type 'external', or it is not in force now.")


def check_period(valid_from: DateTime | None, valid_until: DateTime | None) -> None:
    """A price is valid for a millisecond at least. Raises `InvalidField`."""
    if valid_from is not None and valid_until is not None and valid_from >= valid_until:
        raise invalid_field("validUntil", valid_until)


def tiers_from(drafts: Sequence[PriceTierDraft], currency: str) -> tuple[PriceTier, ...]:
    """The tiers of a price. Raises `InvalidField` for one below 2 units, a quantity twice, or another currency.

    commercetools: Common API data types, PriceTierDraft.
    """
    seen: set[int] = set()
    for draft in drafts:
        if draft.minimum_quantity in seen or draft.minimum_quantity < 2:
            raise invalid_field("tiers.minimumQuantity", draft.minimum_quantity)
        if draft.value.currency_code != currency:
            raise invalid_field("tiers.value.currencyCode", draft.value.currency_code, [currency])
        seen.add(draft.minimum_quantity)
    return tuple(PriceTier(minimum_quantity=draft.minimum_quantity, value=typed(draft.value, "tiers.value")) for draft in drafts)


def check_scopes(prices: Iterable[Price]) -> None:
    """Hold the prices of one variant apart, so that price selection is never a matter of chance.

    A scope may have one undated price, and dated ones beside it that do not overlap each other.
    Raises `DuplicatePriceKey`, `DuplicatePriceScope` or `OverlappingPriceValidity`, each naming the later price's rival.
    commercetools: Pricing and discounts overview, Pricing.
    """
    keys: dict[str, Price] = {}
    scopes: dict[tuple[str | None, ...], list[Price]] = {}
    for price in prices:
        if price.key is not None and keys.setdefault(price.key, price) is not price:
            raise duplicate_price_key(price.key, keys[price.key])
        scopes.setdefault(scope_of(price), []).append(price)
    for rivals in scopes.values():
        for earlier, later in combinations(rivals, 2):
            _check_apart(earlier, later)


def scope_of(price: Scoped) -> tuple[str | None, ...]:
    """Currency, country, and the ids of customer group, channel and recurrence policy."""
    references = (price.customer_group, price.channel, price.recurrence_policy)
    ids = (None if reference is None else reference.id for reference in references)
    return (price.value.currency_code, price.country, *ids)


def conflict(one: Scoped, other: Scoped) -> Literal["scope", "validity"] | None:
    """What keeps two prices of one scope from standing side by side: both are undated, or both dated with instants in common."""
    if _dated(one) != _dated(other):
        return None
    if not _dated(one):
        return "scope"
    return "validity" if _starts_before_end(one, other) and _starts_before_end(other, one) else None


def _check_apart(earlier: Price, later: Price) -> None:
    reason = conflict(earlier, later)
    if reason == "scope":
        raise duplicate_price_scope(" - ".join(part for part in scope_of(later) if part), earlier)
    if reason == "validity":
        raise overlapping_price_validity(
            conflicting_price=earlier.id,
            currency=later.value.currency_code,
            country=later.country,
            customer_group=later.customer_group,
            channel=later.channel,
            valid_from=later.valid_from,
            valid_until=later.valid_until,
            conflicting_valid_from=earlier.valid_from,
            conflicting_valid_until=earlier.valid_until,
        )


def _dated(price: Scoped) -> bool:
    return price.valid_from is not None or price.valid_until is not None


def _starts_before_end(one: Scoped, other: Scoped) -> bool:
    return one.valid_from is None or other.valid_until is None or one.valid_from < other.valid_until


def select_price(
    prices: Sequence[Price],
    *,
    currency: str,
    country: str | None,
    customer_groups: Sequence[str],
    channel: str | None,
    now: DateTime,
    losses: Losses | None = None,
) -> Price | None:
    """The price a line pays, or None. `customer_groups` and `channel` are ids. Why each other price is not it, `losses` is told.

    A price with a scope that is not the buyer's is no candidate. Of the others the most specific wins: a customer group
    outweighs a channel, a channel a country; then one with dates; then, of several customer groups, the lower price.
    commercetools: Pricing and discounts overview, Price selection.
    """
    best: Price | None = None
    best_rank: tuple[int, bool] = (-1, False)
    for price in prices:
        foreign = price.value.currency_code != currency
        fit: int | Lost = "Currency" if foreign else _fit(price, country, customer_groups, channel, now)
        if isinstance(fit, str):
            if losses is not None:
                losses[price.id] = (fit, None)
            continue
        rank = (fit, _dated(price))
        ahead = best is None or rank > best_rank or (rank == best_rank and _lower(price, best))
        if losses is not None and best is not None:
            winner, loser = (price, best) if ahead else (best, price)
            losses[loser.id] = (_behind(rank, best_rank), winner.id)
        if ahead:
            best, best_rank = price, rank
    return best


Losses = dict[str, tuple[Lost, str | None]]
"""By the id of a price why it is not the one that is paid, and the id of the price that was ahead of it, if one was."""


def candidates(prices: Iterable[Price], losses: Losses, selected: Price | None) -> list[PriceCandidate]:
    """The prices with why they are not the selected one, which comes first, and then those whose scope fits."""
    found: dict[str, PriceCandidate] = {}
    for price in prices:
        lost, to = (None, None) if price is selected or price.id not in losses else losses[price.id]
        found.setdefault(
            price.id,
            PriceCandidate(
                price_id=price.id,
                value=price.value,
                lost=lost,
                to=to,
                country=price.country,
                customer_group=price.customer_group,
                channel=price.channel,
                valid_from=price.valid_from,
                valid_until=price.valid_until,
            ),
        )
    return sorted(found.values(), key=lambda each: (each.lost is not None, each.to is None))


def _behind(one: tuple[int, bool], other: tuple[int, bool]) -> Lost:
    if one[0] != other[0]:
        return "LessSpecific"
    return "NotDated" if one[1] != other[1] else "NotLower"


def _fit(price: Price, country: str | None, customer_groups: Sequence[str], channel: str | None, now: DateTime) -> int | Lost:
    """How closely the scope of a price in the right currency fits, or what of it does not. It is valid from `validFrom` on, until
    just before `validUntil`."""
    if price.recurrence_policy is not None:
        return "RecurrencePolicy"
    if price.valid_from is not None and price.valid_from > now:
        return "NotYetValid"
    if price.valid_until is not None and price.valid_until <= now:
        return "NoLongerValid"
    specificity = 0
    if price.customer_group is not None:
        if price.customer_group.id not in customer_groups:
            return "CustomerGroup"
        specificity += 4
    if price.channel is not None:
        if price.channel.id != channel:
            return "Channel"
        specificity += 2
    if price.country is not None:
        if price.country != country:
            return "Country"
        specificity += 1
    return specificity


def _lower(one: Price, other: Price) -> bool:
    (left, left_scale), (right, right_scale) = exact(unit_price(one, 1)), exact(unit_price(other, 1))
    return left * right_scale < right * left_scale


def unit_price(price: Price, quantity: int, notes: Notes | None = None) -> TypedMoney:
    """What each of `quantity` units costs: the discounted value if there is one, else the highest tier reached.

    commercetools: Common API data types, PriceTier and DiscountedPrice.
    """
    tier = None
    if price.discounted is not None:
        value = price.discounted.value
    else:
        reached = [tier for tier in price.tiers or () if tier.minimum_quantity <= quantity]
        tier = max(reached, key=lambda tier: tier.minimum_quantity) if reached else None
        value = price.value if tier is None else tier.value
    if notes is not None:
        notes.append(Step(kind="UnitPrice", reason=_why(price, tier), before=price.value, after=value))
    return value


def _why(price: Price, tier: PriceTier | None) -> str:
    if price.discounted is not None:
        return "It is what a product discount leaves of the price; tiers do not count then."
    if tier is None:
        return "It is the price itself: no tier is reached."
    return f"It is the tier from {tier.minimum_quantity} units on, the highest that is reached."
