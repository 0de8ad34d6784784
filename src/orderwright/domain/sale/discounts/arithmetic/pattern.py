"""Pattern targets: which units trigger an application of the discount, and which it is applied to, as often as units are left.

One application takes units for each component of the trigger pattern, then for each of the target pattern, in their order, and a
unit serves only once. A component takes as many as it can: `maxCount`, or without one all that are left; fewer than `minCount` (1
if it does not say) end the applications, as does one without a unit to discount. The target takes the cheapest units that are
left, or the most expensive, as `selectionMode` says; what triggers and what `excludeCount` leaves out is taken from the other
end, so that it does not take those that are to be discounted. What is left out is used up with the application.

A trigger without `maxCount` may so take the very units that were to be discounted, as in "three or more, two at half price".
Where that leaves nothing to discount at all, such triggers take only their `minCount`.

Applications that take the same units of the same lots are found at once, however many they are. Each such run uses up a lot, or
the next one does, so that there are at most 2 n + 1 for n lots, and each costs as much as the pattern has components.
commercetools: Cart Discounts, CartDiscountPatternTarget, CountOnLineItemUnits and CountOnCustomLineItemUnits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from orderwright.domain.sale.discounts.arithmetic.lots import Item, ItemKind
from orderwright.domain.sale.discounts.arithmetic.multi_buy import picks_of, ranked
from orderwright.domain.sale.discounts.arithmetic.units import Chosen, Pick
from orderwright.domain.sale.discounts.model import (
    CountOnCustomLineItemUnits,
    CountOnLineItemUnits,
    PatternComponent,
    PatternTarget,
    SelectionMode,
)

KINDS: Final[dict[type, ItemKind]] = {CountOnLineItemUnits: "line", CountOnCustomLineItemUnits: "custom"}
OTHER_END: Final[dict[SelectionMode, SelectionMode]] = {"Cheapest": "MostExpensive", "MostExpensive": "Cheapest"}
# Of each lot, how many units no application has taken yet; and of one so many, by its place in that list.
Left = list[int]
Draw = tuple[int, int]


def occurrences(target: PatternTarget, items: Sequence[Item], matching: Callable[[str, ItemKind], Sequence[int]]) -> list[Chosen]:
    """The applications of a pattern, runs of equal ones as one."""
    lots = picks_of(items, range(len(items)))
    left: Left = []
    known: dict[tuple[ItemKind, str, SelectionMode], list[int]] = {}

    def supply(component: PatternComponent, end: SelectionMode) -> _Supply:
        kind, predicate = KINDS[type(component)], component.predicate
        found = known.get((kind, predicate, end))
        if found is None:
            places = set(matching(predicate, kind))
            found = known[kind, predicate, end] = [at for at in by_end(end) if lots[at][0] in places]
        return _Supply(left, found)

    @cache
    def by_end(end: SelectionMode) -> list[int]:
        order = {(place, lot): at for at, (place, lot, _) in enumerate(lots)}
        return [order[place, lot] for place, lot, _ in ranked(items, lots, end)]

    def picks(draws: Sequence[Draw]) -> list[Pick]:
        return [(*lots[at][:2], units) for at, units in draws]

    discounts, other = target.selection_mode, OTHER_END[target.selection_mode]

    def applied(*, sparing: bool) -> list[Chosen]:
        left[:] = [units for _, _, units in lots]
        triggers = [_Component(one, left, supply(one, other), None, sparing=sparing) for one in target.trigger_pattern]
        targets = [
            _Component(one, left, supply(one, discounts), supply(one, other) if one.exclude_count else None)
            for one in target.target_pattern
        ]
        found: list[Chosen] = []
        allowed = target.max_occurrence
        while allowed is None or allowed > 0:
            chosen = _application(triggers, targets, left, allowed)
            if chosen is None:
                break
            times, by_target, by_trigger = chosen
            found.append(Chosen(times, picks(by_target), picks(by_trigger)))
            allowed = None if allowed is None else allowed - times
        return found

    unbounded = any(one.max_count is None for one in target.trigger_pattern)
    return applied(sparing=False) or (applied(sparing=True) if unbounded else [])


def _application(
    triggers: Sequence[_Component], targets: Sequence[_Component], left: Left, allowed: int | None
) -> tuple[int, list[Draw], list[Draw]] | None:
    """The next application, taken off what is left as often as it can be repeated; nothing if there is none.

    Answers how often, what it discounts, and what triggers it.
    """
    by_trigger: list[Draw] = []
    by_target: list[Draw] = []
    excluded: list[Draw] = []
    for components, drawn in ((triggers, by_trigger), (targets, by_target)):
        for component in components:
            if not component.take(drawn, excluded):
                return None
    if not by_target:
        return None
    once: dict[int, int] = {}
    for at, units in (*by_trigger, *by_target, *excluded):
        once[at] = once.get(at, 0) + units
    # What is left now is what it is after the first time.
    more = min([left[at] // units for at, units in once.items()])
    if allowed is not None:
        more = min(more, allowed - 1)
    if more:
        for at, units in once.items():
            left[at] -= units * more
    return 1 + more, by_target, by_trigger


class _Component:
    """A component of a pattern and the lots that it may take from, in the order in which it does. One that is `sparing` takes no
    more than it needs, unless it says how many it takes at most."""

    def __init__(
        self, component: PatternComponent, left: Left, supply: _Supply, excluded: _Supply | None, *, sparing: bool = False
    ) -> None:
        self._least = 1 if component.min_count is None else component.min_count
        self._most = self._least if sparing and component.max_count is None else component.max_count
        self._excluded = component.exclude_count or 0
        self._left = left
        self._from = supply
        self._excluded_from = excluded

    def take(self, drawn: list[Draw], excluded: list[Draw]) -> bool:
        """Draws the units of one application, and those that it leaves out. False if there are too few."""
        if self._excluded_from is not None:
            out: list[Draw] = []
            if self._excluded_from.draw(self._excluded, out) < self._excluded:
                for at, units in out:
                    self._left[at] += units
                return self._least == 0
            excluded += out
        return self._from.draw(self._most, drawn) >= self._least


class _Supply:
    """Lots in the order in which their units are taken; those that are used up are passed for good."""

    def __init__(self, left: Left, lots: list[int]) -> None:
        self._left = left
        self._lots = lots
        self._at = 0

    def draw(self, wanted: int | None, drawn: list[Draw]) -> int:
        """Draws the first units that are left, at most so many or, without a number, all; answers how many."""
        left, count = self._left, 0
        while self._at < len(self._lots) and (wanted is None or count < wanted):
            lot = self._lots[self._at]
            there = left[lot]
            units = there if wanted is None else min(there, wanted - count)
            if units:
                left[lot] -= units
                drawn.append((lot, units))
                count += units
            if units == there:
                self._at += 1
        return count
