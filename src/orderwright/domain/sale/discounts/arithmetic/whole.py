"""Targets that take items whole: line items and custom line items that satisfy a predicate, and shipping.

commercetools: Cart Discounts, CartDiscountLineItemsTarget, CartDiscountCustomLineItemsTarget, CartDiscountShippingCostTarget.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from orderwright.domain.sale.discounts.arithmetic.lots import Item, Lot, borne
from orderwright.domain.sale.discounts.arithmetic.values import PerUnit, Spread
from orderwright.engine.model import Reference


def off_items(items: list[Item], places: Sequence[int], application: PerUnit | Spread, reference: Reference) -> bool:
    """Takes the discount off the items at these places, in the list; answers whether it was applied to any unit."""
    if isinstance(application, Spread):
        return _spread(items, places, application, reference)
    hit = False
    for place in places:
        item = items[place]
        before = item.lots
        if len(before) == 1:
            (lot,) = before
            lots: tuple[Lot, ...] = (application(lot),)
            if lots[0] is lot:
                continue
        else:
            lots = tuple([application(lot) for lot in before])
            if all(map(is_, lots, before)):
                continue
        items[place] = Item(item.id, item.kind, lots)
        hit = True
    return hit


def _spread(items: list[Item], places: Sequence[int], spread: Spread, reference: Reference) -> bool:
    lines = [items[place].lots for place in places]
    amount = spread.amount(lines) if lines else None
    if amount is None:
        return False
    shares = iter(spread.split(amount, lines))
    for place, lots in zip(places, lines, strict=True):
        item = items[place]
        items[place] = Item(item.id, item.kind, borne(lots, shares, reference))
    return True
