"""Multi-buy targets: of each so many units that satisfy a predicate, some are discounted.

All units that match count together, from whatever items; the cheapest of all of them are discounted, or the most expensive, at
their present prices. Of equal ones those of the first items are.
commercetools: Cart Discounts, MultiBuyLineItemsTarget and MultiBuyCustomLineItemsTarget.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from orderwright.domain.sale.discounts.arithmetic.lots import Item
from orderwright.domain.sale.discounts.arithmetic.units import Chosen, Pick
from orderwright.domain.sale.discounts.model import MultiBuyCustomLineItemsTarget, MultiBuyLineItemsTarget, SelectionMode


def picks_of(items: Sequence[Item], places: Sequence[int]) -> list[Pick]:
    """All units of the items at these places, in the order of items and lots."""
    return [(place, at, lot.quantity) for place in places for at, lot in enumerate(items[place].lots)]


def ranked(items: Sequence[Item], picks: Sequence[Pick], mode: SelectionMode) -> list[Pick]:
    """The cheapest first, or the most expensive; of equal ones those of the first items."""

    def price(pick: Pick) -> int | Fraction:
        lot = items[pick[0]].lots[pick[1]]
        return lot.price + lot.part if lot.part else lot.price

    return sorted(picks, key=price, reverse=mode == "MostExpensive")


def bought(
    target: MultiBuyLineItemsTarget | MultiBuyCustomLineItemsTarget, items: Sequence[Item], places: Sequence[int]
) -> list[Chosen]:
    """The units that the target discounts, of the items at these places."""
    picks = picks_of(items, places)
    times = sum([units for _, _, units in picks]) // target.trigger_quantity
    if target.max_occurrence is not None:
        times = min(times, target.max_occurrence)
    wanted = times * target.discounted_quantity
    chosen = []
    for place, lot, units in ranked(items, picks, target.selection_mode):
        if not wanted:
            break
        chosen.append((place, lot, min(units, wanted)))
        wanted -= min(units, wanted)
    return [Chosen(1, chosen)] if chosen else []
