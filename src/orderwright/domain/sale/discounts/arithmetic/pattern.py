"""Pattern targets: which units trigger an application of the discount, and which it is applied to, as often as units are left.

One application takes units for each component of the trigger pattern, then for each of the target pattern, in their order, and a
unit serves only once. A component takes as many as it can: `maxCount`, or without one all that are left; fewer than `minCount` (1
if it does not say) end the applications, as does one without a unit to discount. The target takes the cheapest units that are
left, or the most expensive, as `selectionMode` says; what triggers and what `excludeCount` leaves out is taken from the other
end, so that it does not take those that are to be discounted. What is left out is used up with the application.

Applications that take the same units of the same lots are found at once, however many they are. Each such run uses up a lot, or
the next one does, so that there are at most 2 n + 1 for n lots, and each costs as much as the pattern has components.
commercetools: Cart Discounts, CartDiscountPatternTarget, CountOnLineItemUnits and CountOnCustomLineItemUnits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
# Of each lot, how many units no application has taken yet.
Left = dict[tuple[int, int], int]


def occurrences(target: PatternTarget, items: Sequence[Item], matching: Callable[[str, Item], bool]) -> list[Chosen]:
    """The applications of a pattern, runs of equal ones as one."""
    left: Left = {}
    known: dict[tuple[ItemKind, str, SelectionMode], list[Pick]] = {}

    def supply(component: PatternComponent, end: SelectionMode) -> _Supply:
        kind, predicate = KINDS[type(component)], component.predicate
        picks = known.get((kind, predicate, end))
        if picks is None:
            places = [place for place, item in enumerate(items) if item.kind == kind and matching(predicate, item)]
            picks = known[kind, predicate, end] = ranked(items, picks_of(items, places), end)
            left.update({(place, lot): units for place, lot, units in picks})
        return _Supply(left, picks)

    discounts, other = target.selection_mode, OTHER_END[target.selection_mode]
    triggers = [_Component(one, left, supply(one, other), None) for one in target.trigger_pattern]
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
        found.append(chosen)
        allowed = None if allowed is None else allowed - chosen.times
    return found


def _application(triggers: Sequence[_Component], targets: Sequence[_Component], left: Left, allowed: int | None) -> Chosen | None:
    """The next application as often as it can be repeated, taken off what is left; nothing if there is none."""
    taken: list[list[Pick]] = []
    excluded: list[Pick] = []
    for component in (*triggers, *targets):
        picks = component.take(excluded)
        if picks is None:
            return None
        taken.append(picks)
    by_trigger = [pick for picks in taken[: len(triggers)] for pick in picks]
    by_target = [pick for picks in taken[len(triggers) :] for pick in picks]
    if not by_target:
        return None
    once: Left = {}
    for place, lot, units in (*by_trigger, *by_target, *excluded):
        once[place, lot] = once.get((place, lot), 0) + units
    # What is left now is what it is after the first time.
    more = min(left[at] // units for at, units in once.items())
    if allowed is not None:
        more = min(more, allowed - 1)
    for at, units in once.items():
        left[at] -= units * more
    return Chosen(1 + more, by_target, by_trigger)


class _Component:
    """A component of a pattern and the lots that it may take from, in the order in which it does."""

    def __init__(self, component: PatternComponent, left: Left, supply: _Supply, excluded: _Supply | None) -> None:
        self._least = 1 if component.min_count is None else component.min_count
        self._most = component.max_count
        self._excluded = component.exclude_count or 0
        self._left = left
        self._from = supply
        self._excluded_from = excluded

    def take(self, excluded: list[Pick]) -> list[Pick] | None:
        """The units of one application, and what it leaves out put with the `excluded`; nothing if there are too few."""
        if self._excluded_from is not None:
            out = self._excluded_from.draw(self._excluded)
            if sum(pick.units for pick in out) < self._excluded:
                for place, lot, units in out:
                    self._left[place, lot] += units
                return [] if self._least == 0 else None
            excluded.extend(out)
        picks = self._from.draw(self._most)
        return picks if sum(pick.units for pick in picks) >= self._least else None


class _Supply:
    """Lots in the order in which their units are taken; those that are used up are passed for good."""

    def __init__(self, left: Left, picks: list[Pick]) -> None:
        self._left = left
        self._picks = picks
        self._at = 0

    def draw(self, wanted: int | None) -> list[Pick]:
        """The first units that are left, at most so many or, without a number, all."""
        found: list[Pick] = []
        at = self._at
        while at < len(self._picks) and (wanted is None or wanted > 0):
            place, lot, _ = self._picks[at]
            there = self._left[place, lot]
            units = there if wanted is None else min(there, wanted)
            if units:
                self._left[place, lot] -= units
                found.append(Pick(place, lot, units))
                wanted = None if wanted is None else wanted - units
            if units == there:
                at += 1
        self._at = at
        return found
