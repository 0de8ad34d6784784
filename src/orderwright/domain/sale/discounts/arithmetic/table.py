"""Values and targets as a table of pure functions: what one discount takes off the items of a cart or order.

    items = [item_of(line.id, "line", line.quantity, price), ..., item_of("", "shipping", 1, price)]
    items, hit = taken_off(value, target, reference, items, matching, currency, rounding)  # once a discount, in their order
    portions = Portions(currency)  # this and what follows are of `lots.py`
    per_quantity(item, portions), total_of(item, rounding), price_of(item.lots[0], portions)

`matching(predicate, kind)` is the caller's, and answers the places of the line items or custom line items that satisfy a
predicate, in order; it is never asked of shipping. `hit` says whether the discount was applied to any unit, if only by zero: it
is what `StopAfterThisDiscount` asks for. A target is a row of `TARGETS`, a value one of `values.py`. The total price has no
units: `totals.py` has what is taken off it.

The cost of a step depends on the number of lots, never on how many units they have. Of whole items, an amount that is distributed
doubles the lots at most while there are up to 50, and makes one more after that (`amounts/splitting.py`). Patterns may part each
lot, again and again: with more than `MOST_LOTS` of all items there is an end to them.
commercetools: Cart Discounts, CartDiscountValue and CartDiscountTarget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from orderwright.domain.amounts.money import RoundingMode
from orderwright.domain.sale.discounts.arithmetic.lots import Item, ItemKind
from orderwright.domain.sale.discounts.arithmetic.multi_buy import bought
from orderwright.domain.sale.discounts.arithmetic.pattern import occurrences
from orderwright.domain.sale.discounts.arithmetic.units import off_units
from orderwright.domain.sale.discounts.arithmetic.values import PerUnit, PricedValue, Spread, application
from orderwright.domain.sale.discounts.arithmetic.whole import off_items
from orderwright.domain.sale.discounts.model import (
    CartDiscountTarget,
    CustomLineItemsTarget,
    LineItemsTarget,
    MultiBuyCustomLineItemsTarget,
    MultiBuyLineItemsTarget,
    PatternTarget,
    ShippingTarget,
)
from orderwright.engine.model import Reference

Matching: TypeAlias = Callable[[str, ItemKind], Sequence[int]]
# Takes a discount off items in the list, in their place, and answers whether it was applied to any unit.
OffTarget: TypeAlias = Callable[[Any, list[Item], Matching, PerUnit | Spread, Reference], bool]


class TakenOff(NamedTuple):
    """The items after a discount, in the same order, and whether it was applied to any unit."""

    items: Sequence[Item]
    hit: bool


def taken_off(
    value: PricedValue,
    target: CartDiscountTarget,
    reference: Reference,
    items: Sequence[Item],
    matching: Matching,
    currency: str,
    rounding: RoundingMode,
) -> TakenOff:
    """The items after one discount; those that it does not touch are the same objects as before.

    Raises `InvalidOperation` where a pattern would part the units into too many lots, and `KeyError` for the total price, which
    has no units.
    """
    applied = application(value, reference, currency, rounding)
    if applied is None:
        return TakenOff(items, hit=False)
    after = list(items)
    return TakenOff(after, hit=TARGETS[type(target)](target, after, matching, applied, reference))


def _items_of(kind: ItemKind) -> OffTarget:
    def off(target: Any, items: list[Item], matching: Matching, applied: PerUnit | Spread, reference: Reference) -> bool:
        return off_items(items, matching(target.predicate, kind), applied, reference)

    return off


def _multi_buy_of(kind: ItemKind) -> OffTarget:
    def off(target: Any, items: list[Item], matching: Matching, applied: PerUnit | Spread, reference: Reference) -> bool:
        return off_units(items, bought(target, items, matching(target.predicate, kind)), applied, reference)

    return off


def _pattern(
    target: PatternTarget, items: list[Item], matching: Matching, applied: PerUnit | Spread, reference: Reference
) -> bool:
    return off_units(items, occurrences(target, items, matching), applied, reference)


def _shipping(
    target: ShippingTarget, items: list[Item], matching: Matching, applied: PerUnit | Spread, reference: Reference
) -> bool:
    return off_items(items, [place for place, item in enumerate(items) if item.kind == "shipping"], applied, reference)


TARGETS: Final[dict[type, OffTarget]] = {
    LineItemsTarget: _items_of("line"),
    CustomLineItemsTarget: _items_of("custom"),
    MultiBuyLineItemsTarget: _multi_buy_of("line"),
    MultiBuyCustomLineItemsTarget: _multi_buy_of("custom"),
    PatternTarget: _pattern,
    ShippingTarget: _shipping,
}
