"""Targets that take items whole: line items and custom line items that satisfy a predicate, and shipping.

commercetools: Cart Discounts, CartDiscountLineItemsTarget, CartDiscountCustomLineItemsTarget, CartDiscountShippingCostTarget.
"""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.domain.amounts.splitting import cost
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
        if len(item.lots) == 1:
            lot = application(item.lots[0])
            if lot is None:
                continue
            lots: tuple[Lot, ...] = (lot,)
        else:
            after = [application(lot) for lot in item.lots]
            if all(lot is None for lot in after):
                continue
            lots = tuple(before if lot is None else lot for before, lot in zip(item.lots, after, strict=True))
        items[place] = Item(item.id, item.kind, lots)
        hit = True
    return hit


def _spread(items: list[Item], places: Sequence[int], spread: Spread, reference: Reference) -> bool:
    lines = [[(lot.quantity, lot.price) for lot in items[place].lots] for place in places]
    amount = spread.amount(sum(map(cost, lines))) if lines else None
    if amount is None:
        return False
    for place, shares in zip(places, spread.split(amount, lines), strict=True):
        item = items[place]
        lots: list[Lot] = []
        for lot, of_lot in zip(item.lots, shares, strict=True):
            for units, share in of_lot:
                lots.append(lot.less(reference, share, units))
        items[place] = Item(item.id, item.kind, tuple(lots))
    return True
