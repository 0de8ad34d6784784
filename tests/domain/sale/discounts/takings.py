"""Discounts and items written short, for the tests of what is taken off."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from orderwright.domain.amounts.money import RoundingMode, TypedMoney, cents
from orderwright.domain.sale.discounts.arithmetic.lots import Item, ItemKind, item_of, total_of
from orderwright.domain.sale.discounts.arithmetic.table import Matching, taken_off
from orderwright.domain.sale.discounts.arithmetic.values import PricedValue
from orderwright.domain.sale.discounts.model import (
    AbsoluteValue,
    ApplicationMode,
    CartDiscountTarget,
    CountOnLineItemUnits,
    CustomLineItemsTarget,
    FixedValue,
    LineItemsTarget,
    MultiBuyLineItemsTarget,
    PatternComponent,
    PatternTarget,
    RelativeValue,
    SelectionMode,
    ShippingTarget,
)
from orderwright.engine.model import Reference

# A predicate of these tests is "all", or the first letters of the ids of the items that it means.
LINES = LineItemsTarget(predicate="all")
CUSTOM_LINES = CustomLineItemsTarget(predicate="all")
SHIPPING = ShippingTarget()


def matches(items: Sequence[Item]) -> Matching:
    """Asks predicates of these items."""

    def matching(predicate: str, kind: ItemKind) -> list[int]:
        letters = "" if predicate == "all" else predicate
        return [place for place, item in enumerate(items) if item.kind == kind and item.id.startswith(letters)]

    return matching


def euros(amount: int) -> TypedMoney:
    return cents("EUR", amount)


def precise(amount: int, digits: int) -> TypedMoney:
    """A price in euros with more digits than two, its cents rounded."""
    return TypedMoney(
        type="highPrecision",
        currency_code="EUR",
        cent_amount=round(Fraction(amount, 10 ** (digits - 2))),
        fraction_digits=digits,
        precise_amount=amount,
    )


def relative(permyriad: int, mode: ApplicationMode | None = None) -> RelativeValue:
    return RelativeValue(permyriad=permyriad, application_mode=mode)


def absolute(amount: int, mode: ApplicationMode | None = None) -> AbsoluteValue:
    return AbsoluteValue(money=(euros(amount),), application_mode=mode)


def fixed(amount: int, mode: ApplicationMode | None = None) -> FixedValue:
    return FixedValue(money=(euros(amount),), application_mode=mode)


def lines(*priced: tuple[int, int], kind: ItemKind = "line") -> list[Item]:
    """Items `a`, `b`, ... of (quantity, unit price in minor units)."""
    return [item_of("abcdefgh"[place], kind, quantity, euros(price)) for place, (quantity, price) in enumerate(priced)]


def shipping(price: int) -> list[Item]:
    return [item_of("", "shipping", 1, euros(price))]


def discount(id: str) -> Reference:
    return Reference(type_id="cart-discount", id=id)


def after(
    items: Sequence[Item], *discounts: tuple[PricedValue, CartDiscountTarget], rounding: RoundingMode = "HalfEven"
) -> Sequence[Item]:
    """The items after discounts `1`, `2`, ..., each of which must be applied to something."""
    for place, (value, target) in enumerate(discounts, 1):
        items, hit = taken_off(value, target, discount(str(place)), items, matches(items), "EUR", rounding)
        assert hit
    return items


def buckets(item: Item) -> list[tuple[int, int, list[int]]]:
    """Of an item (quantity, unit price, what was taken off a unit), all in whole minor units."""
    assert not any(lot.part for lot in item.lots)
    return [(lot.quantity, lot.price, [int(amount) for _, amount in lot.taken]) for lot in item.lots]


def totals(items: Sequence[Item]) -> list[int]:
    return [total_of(item, "HalfEven") for item in items]


def multi_buy(
    trigger: int, discounted: int, mode: SelectionMode = "Cheapest", most: int | None = None, predicate: str = "all"
) -> MultiBuyLineItemsTarget:
    return MultiBuyLineItemsTarget(
        predicate=predicate,
        trigger_quantity=trigger,
        discounted_quantity=discounted,
        selection_mode=mode,
        max_occurrence=most,
    )


def units(predicate: str, least: int | None = None, most: int | None = None, excluded: int | None = None) -> CountOnLineItemUnits:
    return CountOnLineItemUnits(predicate=predicate, min_count=least, max_count=most, exclude_count=excluded)


def pattern(
    trigger: Sequence[PatternComponent],
    target: Sequence[PatternComponent],
    mode: SelectionMode = "Cheapest",
    most: int | None = None,
) -> PatternTarget:
    return PatternTarget(trigger_pattern=tuple(trigger), target_pattern=tuple(target), selection_mode=mode, max_occurrence=most)
