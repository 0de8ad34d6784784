"""What discounts take off, unit by unit and in fractions. It knows nothing of the program that is tested.

The rules are those of the API's pages on Cart Discounts and Carts, told here a second time:

- a discount sees the prices that the one before left; a price that is computed is rounded, and the difference is what is taken
- an amount over lines: each bears its part by what it costs, cut down, and the first the rest; what it can not bear, the next
- in a line: each unit bears its part of what is left by its price, cut down
- an even amount goes from unit to unit a cent at a time, past those that have nothing left
- a fixed price only lowers; nothing goes below zero; a unit that can bear nothing shows the discount with zero
- multi-buy: so many of all units that match, the cheapest or the dearest
- pattern: triggers from one end, what is discounted from the other, until something is missing; what triggered shows zero; a
  trigger that says no most takes all, or, if so nothing at all is discounted, its least
- a relative amount that is distributed over a pattern is borne by the triggers too
- what is taken off the total is a share of it, and what else falls with it falls by the same share
- equal units stand together: those that bear less first, then those that triggered, then the rest

A case is JSON: `items` of {id, kind, quantity, price}, a price being cents, or a text of cents with decimals; `discounts` of
{value, target} as the API has them, whose predicates are "all" or the first letter of ids; `total`, where there is one, of
{price, others}, cents that fall together.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

KINDS = {"lineItems": "line", "customLineItems": "custom", "multiBuyLineItems": "line", "multiBuyCustomLineItems": "custom"}
KINDS |= {"CountOnLineItemUnits": "line", "CountOnCustomLineItemUnits": "custom", "shipping": "shipping"}
# An item and one of its units.
Place = tuple[int, int]


def rounded(value: Fraction, mode: str) -> int:
    """The nearest integer; a half to the even one, away from zero or towards it."""
    whole, half = value // 1, Fraction(1, 2)
    rest = value - whole
    return whole + (rest > half or (rest == half and (mode == "HalfUp" or (mode == "HalfEven" and whole % 2 == 1))))


class Unit:
    """One unit: what it costs, and what was taken off it."""

    def __init__(self, price: Fraction) -> None:
        self.price = price
        self.taken: list[tuple[int, Fraction]] = []

    @property
    def can_bear(self) -> int:
        return max(int(self.price // 1), 0)

    def face(self) -> tuple[Fraction, list[tuple[int, Fraction]]]:
        return self.price, self.taken


class Case:
    """A case on its way: its items as units, in their order."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.currency, self.rounding, self.discounts = case["currency"], case["rounding"], case["discounts"]
        of_total = case.get("total", {"price": 0, "others": []})
        self.has_total = "total" in case
        self.total: tuple[int, list[int]] = of_total["price"], of_total["others"]
        self.off_total: list[list[int]] = []
        self.kinds = [item["kind"] for item in case["items"]]
        self.ids = [item["id"] for item in case["items"]]
        self.units = [[Unit(Fraction(item["price"])) for _ in range(item["quantity"])] for item in case["items"]]

    def figures(self) -> list[Any]:
        """Of each item [quantity, price, [[discount, amount], ...]] for each bucket, once all discounts are applied.

        And last of the total, where there is one, [price, others, [[discount, amount], ...]].
        """
        for number, discount in enumerate(self.discounts, 1):
            self.apply(number, discount["value"], discount["target"])
        items: list[Any] = [
            [
                [len(list(equal)), plain(price), [[number, plain(amount)] for number, amount in taken]]
                for (price, taken), equal in groupby(units, key=Unit.face)
            ]
            for units in self.units
        ]
        return [*items, [*self.total, self.off_total]] if self.has_total else items

    def apply(self, number: int, value: dict[str, Any], target: dict[str, Any]) -> None:
        said = self.said(value)
        if said is None:
            return
        if target["type"] == "totalPrice":
            self.apply_to_total(number, value["type"], said)
            return
        bears: list[dict[Place, Fraction]] = []
        triggering: list[Place] = []
        for targets, triggers in self.sets(target):
            borne = self.borne(value, said, targets, triggers)
            if borne:
                bears.append(borne)
                triggering += [place for place in triggers if place not in borne]
        ordered = [(place, amount) for borne in bears for place, amount in self.by_group(borne)]
        ordered += [(place, Fraction(0)) for place in triggering]
        for item, units in enumerate(self.units):
            self.units[item] = [unit for group in self.groups(units) for unit in taken_off(number, item, units, group, ordered)]

    def apply_to_total(self, number: int, kind: str, said: int) -> None:
        price, others = self.total
        left = {"relative": Fraction(10_000 - said, 10_000), "absolute": Fraction(max(price - said, 0), price or 1)}
        left["fixed"] = Fraction(said, price or 1)
        if left[kind] < 1 or kind != "fixed":
            price, *others = (rounded(each * left[kind], self.rounding) for each in (price, *others))
            self.off_total.append([number, self.total[0] - price])
            self.total = price, others

    def said(self, value: dict[str, Any]) -> int | None:
        """The permyriad, or the amount in the cart's currency."""
        if value["type"] == "relative":
            return int(value["permyriad"])
        amounts = [money["centAmount"] for money in value["money"] if money["currencyCode"] == self.currency]
        return amounts[0] if amounts else None

    @staticmethod
    def groups(units: Sequence[Unit]) -> list[list[int]]:
        """The places of units that are equal."""
        return [list(places) for _, places in groupby(range(len(units)), key=lambda place: units[place].face())]

    def group(self, place: Place) -> int:
        return next(at for at, group in enumerate(self.groups(self.units[place[0]])) if place[1] in group)

    def by_group(self, borne: dict[Place, Fraction]) -> list[tuple[Place, Fraction]]:
        return sorted(borne.items(), key=lambda pair: (pair[0][0], self.group(pair[0])))

    # What is chosen

    def matching(self, kind: str, predicate: str) -> list[Place]:
        return [
            (item, unit)
            for item, units in enumerate(self.units)
            if self.kinds[item] == kind and (predicate == "all" or self.ids[item].startswith(predicate))
            for unit in range(len(units))
        ]

    def ranked(self, places: list[Place], mode: str) -> list[Place]:
        sign = 1 if mode == "Cheapest" else -1
        return sorted(places, key=lambda place: (sign * self.units[place[0]][place[1]].price, place))

    def sets(self, target: dict[str, Any]) -> list[tuple[list[Place], list[Place]]]:
        """Of each application the units that are discounted, and those that triggered it."""
        if target["type"] == "pattern":
            return self.applications(target)
        places = self.matching(KINDS[target["type"]], target.get("predicate", "all"))
        if target["type"].startswith("multiBuy"):
            times = min(len(places) // target["triggerQuantity"], target.get("maxOccurrence", len(places)))
            places = sorted(self.ranked(places, target["selectionMode"])[: times * target["discountedQuantity"]])
        return [(places, [])] if places else []

    def applications(self, target: dict[str, Any]) -> list[tuple[list[Place], list[Place]]]:
        least = [{"maxCount": each.get("minCount", 1), **each} for each in target["triggerPattern"]]
        return self.applied(target) or self.applied({**target, "triggerPattern": least})

    def applied(self, target: dict[str, Any]) -> list[tuple[list[Place], list[Place]]]:
        mode = target["selectionMode"]
        other = "MostExpensive" if mode == "Cheapest" else "Cheapest"
        gone: set[Place] = set()
        found: list[tuple[list[Place], list[Place]]] = []

        def free(component: dict[str, Any], end: str) -> list[Place]:
            places = self.matching(KINDS[component["type"]], component["predicate"])
            return [place for place in self.ranked(places, end) if place not in gone]

        def take(component: dict[str, Any], end: str) -> list[Place] | None:
            least, out = component.get("minCount", 1), component.get("excludeCount", 0)
            excluded = free(component, other)[:out]
            if len(excluded) < out:
                return None if least else []
            gone.update(excluded)
            places = free(component, end)[: component.get("maxCount")]
            gone.update(places)
            return places if len(places) >= least else None

        while len(found) < target.get("maxOccurrence", len(gone) + 10**6):
            triggers = [take(component, other) for component in target["triggerPattern"]]
            targets = [take(component, mode) for component in target["targetPattern"]] if None not in triggers else [None]
            if None in triggers or None in targets or not any(targets):
                break
            found.append(tuple([place for part in parts for place in part or ()] for parts in (targets, triggers)))  # type: ignore[arg-type]  # two of them
        return found

    # What it bears

    def borne(self, value: dict[str, Any], said: int, targets: list[Place], triggers: list[Place]) -> dict[Place, Fraction]:
        """What the units of one application bear; none, if the discount is not applied to any."""
        mode = value.get("applicationMode") or (
            "ProportionateDistribution" if value["type"] == "absolute" else "IndividualApplication"
        )
        if mode == "IndividualApplication":
            each = {place: self.alone(value["type"], said, self.units[place[0]][place[1]]) for place in targets}
            return {place: amount for place, amount in each.items() if amount is not None}
        total = sum(self.units[item][unit].can_bear for item, unit in targets)
        left = {"relative": rounded(Fraction(total * (10_000 - said), 10_000), self.rounding), "absolute": total - said}
        left["fixed"] = said
        if value["type"] == "fixed" and said >= total:
            return {}
        bearing = [*targets, *triggers] if value["type"] == "relative" else targets

        def run(place: Place) -> tuple[int, int, bool]:
            return place[0], self.group(place), place in triggers

        runs = [list(equal) for _, equal in groupby(sorted(bearing, key=run), key=run)]
        split = self.by_price if mode == "ProportionateDistribution" else self.evenly
        return {place: Fraction(amount) for place, amount in split(total - left[value["type"]], runs).items()}

    def alone(self, kind: str, said: int, unit: Unit) -> Fraction | None:
        if kind == "fixed":
            return unit.price - said if said < unit.price else None
        if kind == "absolute" or unit.price <= 0:
            return Fraction(min(said, unit.can_bear))
        return max(unit.price - rounded(unit.price * (10_000 - said) / 10_000, self.rounding), Fraction(0))

    def by_price(self, amount: int, runs: list[list[Place]]) -> dict[Place, int]:
        bearing = [place for run in runs for place in run]
        lines = [list(places) for _, places in groupby(bearing, key=lambda place: place[0])]
        cost = {place: Fraction(self.units[place[0]][place[1]].can_bear) for place in bearing}
        totals = [sum(cost[place] for place in line) for line in lines]
        amount = min(amount, int(sum(totals)))
        parts = [int(amount * Fraction(total) / sum(totals)) if total else 0 for total in totals]
        for at, total in enumerate(totals):
            parts[at] += min(amount - sum(parts), int(total) - parts[at])
        found: dict[Place, int] = {}
        for part, line in zip(parts, lines, strict=True):
            rest = part
            for at, place in enumerate(line):
                left = sum(cost[each] for each in line[at:])
                found[place] = int(rest * cost[place] / left) if left else 0
                rest -= found[place]
        return found

    def evenly(self, amount: int, runs: list[list[Place]]) -> dict[Place, int]:
        bearing = [place for run in runs for place in run]
        found = dict.fromkeys(bearing, 0)
        while amount:
            able = [place for place in bearing if found[place] < self.units[place[0]][place[1]].can_bear][:amount]
            if not able:
                break
            # Whole rounds at once, as long as none of them runs out.
            rounds = max(min(amount // len(able), *(self.units[i][u].can_bear - found[i, u] for i, u in able)), 1)
            for place in able:
                found[place] += rounds
            amount -= rounds * len(able)
        # Of equal units the last ones bear more.
        for run in runs:
            found.update(zip(run, sorted(found[place] for place in run), strict=True))
        return found


def taken_off(
    number: int, item: int, units: Sequence[Unit], group: list[int], ordered: Sequence[tuple[Place, Fraction]]
) -> list[Unit]:
    """The units of a group after a discount: in the order in which what they bear came up first, the others last."""
    here = [(place[1], amount) for place, amount in ordered if place[0] == item and place[1] in group]
    amounts = list(dict.fromkeys(amount for _, amount in here))
    for place, amount in here:
        unit = units[place]
        unit.price, unit.taken = unit.price - amount, [*unit.taken, (number, amount)]
    touched = {place: amounts.index(amount) for place, amount in here}
    return [units[place] for place in sorted(group, key=lambda place: touched.get(place, len(amounts)))]


def plain(amount: Fraction) -> int | str:
    """Whole cents, or a text with what there is beyond them."""
    return int(amount) if amount.denominator == 1 else f"{amount.numerator}/{amount.denominator}"
