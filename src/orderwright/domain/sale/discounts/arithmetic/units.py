"""Takes a discount off some units of items: those that a target has chosen, set by set.

Of a lot the units that the discount is applied to come first, in the order of their sets, then those that only triggered it, and
then the rest. Units that triggered it show it with an amount of zero, if it was applied to any unit of their set.
commercetools: Cart Discounts, CartDiscountPatternTarget; Carts, DiscountedLineItemPriceForQuantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from orderwright.domain.sale.discounts.arithmetic.lots import Item, Lot, borne
from orderwright.domain.sale.discounts.arithmetic.values import PerUnit, Spread
from orderwright.engine.model import Reference
from orderwright.errors import invalid_operation

# Of all items together. So many come to be only where several amounts are distributed over the sets of several patterns, of lines
# with thousands of units.
MOST_LOTS: Final = 5_000


# So many units of a lot: the place of the item in the list, that of the lot in the item, and how many.
Pick = tuple[int, int, int]


class Chosen(NamedTuple):
    """The units that one application discounts and those that triggered it, and how many times over they are the same."""

    times: int
    targets: Sequence[Pick]
    triggers: Sequence[Pick] = ()


# Of each lot that is touched: what its units become, by the amount that is taken off one.
Found = dict[tuple[int, int], dict[int | Fraction, Lot]]


def off_units(items: list[Item], sets: Iterable[Chosen], application: PerUnit | Spread, reference: Reference) -> bool:
    """Takes the discount off the units of each set, in the list; answers whether it was applied to any of them.

    Raises `InvalidOperation` where units come to more different prices and discounts than `MOST_LOTS`.
    """
    found: Found = {}
    applied = [chosen for chosen in sets if _off_set(items, chosen, application, reference, found)]
    for times, _, triggers in applied:
        for place, lot, units in () if isinstance(application, Spread) and application.on_triggers else triggers:
            _note(found, place, lot, items[place].lots[lot].less(reference, 0, units * times))
    for place in {place for place, _ in found}:
        item = items[place]
        lots = (piece for at, lot in enumerate(item.lots) for piece in _pieces(lot, found.get((place, at))))
        items[place] = Item(item.id, item.kind, tuple(lots))
    if found and sum(len(item.lots) for item in items) > MOST_LOTS:
        raise invalid_operation(f"The discounts give the units of the items more than {MOST_LOTS} different prices.")
    return bool(applied)


def _off_set(items: list[Item], chosen: Chosen, application: PerUnit | Spread, reference: Reference, found: Found) -> bool:
    if isinstance(application, Spread):
        return _spread(items, chosen, application, reference, found)
    hit = False
    for place, lot, units in chosen.targets:
        before = items[place].lots[lot].of(units * chosen.times)
        after = application(before)
        if after is not before:
            _note(found, place, lot, after)
            hit = True
    return hit


def _spread(items: list[Item], chosen: Chosen, spread: Spread, reference: Reference, found: Found) -> bool:
    amount = spread.amount([[items[place].lots[lot].of(units) for place, lot, units in chosen.targets]])
    if amount is None:
        return False
    bearing: dict[tuple[int, int, bool], int] = {}
    for triggered, picks in ((False, chosen.targets), (True, chosen.triggers if spread.on_triggers else ())):
        # Units of a lot bear as one, whichever components took them.
        for place, lot, units in picks:
            bearing[place, lot, triggered] = bearing.get((place, lot, triggered), 0) + units
    picks = [(place, lot, units) for (place, lot, _), units in sorted(bearing.items())]
    by_item: dict[int, list[Lot]] = {}
    for place, lot, units in picks:
        by_item.setdefault(place, []).append(items[place].lots[lot].of(units))
    shares = iter(spread.split(amount, list(by_item.values())))
    for place, lot, units in picks:
        for piece in borne((items[place].lots[lot].of(units),), shares, reference):
            _note(found, place, lot, piece.of(piece.quantity * chosen.times))
    return True


def _note(found: Found, place: int, lot: int, piece: Lot) -> None:
    """Keeps what units of a lot become, together with those of the lot that become the same."""
    assert piece.last is not None  # the discount that is being taken off
    pieces = found.setdefault((place, lot), {})
    amount = piece.last[2]
    same = pieces.get(amount)
    pieces[amount] = piece if same is None else same.of(same.quantity + piece.quantity)


def _pieces(lot: Lot, pieces: dict[int | Fraction, Lot] | None) -> Iterable[Lot]:
    if pieces is None:
        return (lot,)
    rest = lot.quantity - sum(piece.quantity for piece in pieces.values())
    return (*pieces.values(), lot.of(rest)) if rest else pieces.values()
