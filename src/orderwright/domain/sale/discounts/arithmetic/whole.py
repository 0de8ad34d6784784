"""Targets that take items whole: line items and custom line items that satisfy a predicate, and shipping.

commercetools: Cart Discounts, CartDiscountLineItemsTarget, CartDiscountCustomLineItemsTarget, CartDiscountShippingCostTarget.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from orderwright.domain.sale.discounts.arithmetic.lots import Item, Lot
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
    chosen = [items[place] for place in places]
    lines = [[(lot.quantity, lot.price) for lot in item.lots] for item in chosen]
    amount = spread.amount(lines) if lines else None
    if amount is None:
        return False
    for place, item, shares in zip(places, chosen, spread.split(amount, lines), strict=True):
        if len(shares) == 1 and len(shares[0]) == 1:
            # A line whose units stay alike, as most do.
            lots = [item.lots[0].less(reference, shares[0][0][1], shares[0][0][0])]
        else:
            lots = [
                lot.less(reference, share, units)
                for lot, of_lot in zip(item.lots, shares, strict=True)
                for units, share in of_lot
            ]
        items[place] = Item(item.id, item.kind, tuple(lots))
    return True
