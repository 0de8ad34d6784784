"""How an amount of minor units is split: always into whole ones that add up to it.

`prorate` splits by weights alone. An amount that is taken off prices is split by `by_price` or `evenly`, over lines of runs of
equal units: no unit loses more than it costs, and what no unit can bear is not taken. Both work on runs, never on units, so that
their cost depends on the number of runs alone, and answer one share of each run, in the order of the lines. Of a run they make at
most two: a new one begins where the share of a unit rises by one. Split again and again, a line would be in ever more runs:
`by_price` doubles them at most while there are few (`MOST_WALKED`), and then makes one more at most, as `evenly` always does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from orderwright.domain.amounts.money import Roundings, rounding

# Of a run: the whole minor units that each unit bears, and how many of them, the last ones, bear one more.
Share = tuple[int, int]
# Up to so many runs a line is walked; one with more has far more units than are counted by hand.
MOST_WALKED: Final = 50


class Run(Protocol):
    """So many units of a line, and the whole minor units that one of them costs."""

    @property
    def quantity(self) -> int: ...

    @property
    def price(self) -> int: ...


def prorate(amount: int, weights: Sequence[int], told: Roundings | None = None) -> list[int]:
    """Split `amount` minor units by `weights`; the parts always sum to it, the largest remainders get the odd ones.

    Of equal remainders the earlier part comes first. Weights that are all zero say nothing about shares, so they count
    as equal. A negative amount is split as its opposite is. Each part is `told` of, in their order. Raises `ValueError` for a
    negative weight or no weights.
    """
    if not weights or min(weights) < 0:
        raise ValueError("an amount is split by at least one weight, none of them negative")
    total = sum(weights)
    if total == 0:
        weights, total = [1] * len(weights), len(weights)
    shares = [divmod(abs(amount) * weight, total) for weight in weights]
    parts = [whole for whole, _ in shares]
    by_remainder = sorted(range(len(parts)), key=lambda place: -shares[place][1])
    for place in by_remainder[: abs(amount) - sum(parts)]:
        parts[place] += 1
    parts = [-part for part in parts] if amount < 0 else parts
    if told is not None:
        exactly = ((amount * weight, part) for weight, part in zip(weights, parts, strict=True))
        told.extend(rounding(share, total, part, "LargestRemainder") for share, part in exactly)
    return parts


def cost(lines: Sequence[Sequence[Run]]) -> int:
    """What all units of some lines can bear together."""
    return sum([run.quantity * run.price for line in lines for run in line if run.price > 0])


def by_price(amount: int, lines: Sequence[Sequence[Run]]) -> list[Share]:
    """What each unit bears of `amount`, in proportion to its price; units that cost nothing bear nothing.

    Each line bears its share of the whole, cut down to whole minor units, and the first one the rest; what that cannot bear, the
    next. In a line each unit bears its share of what is left, cut down, so that of equal units the last ones bear one more.
    """
    totals = []
    for line in lines:
        total = 0
        for run in line:
            if run.price > 0:
                total += run.quantity * run.price
        totals.append(total)
    whole = sum(totals)
    amount = min(amount, whole)
    parts = [amount * total // whole for total in totals] if whole else totals
    rest = amount - sum(parts)
    for place, total in enumerate(totals):
        if not rest:
            break
        more = min(rest, total - parts[place])
        parts[place] += more
        rest -= more
    found: list[Share] = []
    for part, total, line in zip(parts, totals, lines, strict=True):
        if len(line) == 1:
            # A run that is a line of its own, as most are, bears all: what is told below comes to a division.
            found.append(divmod(part, line[0].quantity))
        else:
            found += (_walked if len(line) <= MOST_WALKED else _at_once)(part, total, line)
    return found


def _walked(rest: int, total: int, line: Sequence[Run]) -> list[Share]:
    """Each unit bears floor(rest * price / total) of the rest and the total that the units before it have left.

    Whatever is cut off stays with fewer units, so the ratio of both never falls, and the share within a run rises by one at most:
    at the unit before which rest * price reaches (share + 1) * total. Each unit before lowers the one by share * price, and the
    other by (share + 1) * price.
    """
    found: list[Share] = []
    for run in line:
        units, price = run.quantity, run.price
        if price <= 0 or not rest:
            found.append((0, 0))
            continue
        if units == 1:  # as of most that were parted before: it bears its share alone
            share = rest * price // total
            found.append((share, 0))
            rest -= share
            total -= price
            continue
        share, over = divmod(rest * price, total)
        before = -((over - total) // price)
        odd = units - before if before < units else 0
        found.append((share, odd))
        rest -= units * share + odd
        total -= units * price
    return found


def _at_once(rest: int, total: int, line: Sequence[Run]) -> list[Share]:
    """Each unit bears its share of the whole, cut down, and the last ones of those that lost by it one more.

    There are enough of them: together they lost the rest, each less than one, and each can bear one more. So at most one run is
    parted.
    """
    shares = [rest * run.price // total if run.price > 0 else 0 for run in line]
    odd = rest - sum([run.quantity * share for run, share in zip(line, shares, strict=True)])
    found: list[Share] = []
    for run, share in zip(reversed(line), reversed(shares), strict=True):
        more = min(odd, run.quantity) if run.price > 0 and rest * run.price % total else 0
        odd -= more
        found.append((share, more))
    return found[::-1]


def evenly(amount: int, lines: Sequence[Sequence[Run]]) -> list[Share]:
    """What each unit bears of `amount`, the same for all; a unit that costs less bears its price, and the others more.

    The odd minor units go to the first units, in the order of the lines; of equal units the last ones bear one more.
    """
    runs = [(run.quantity, run.price) for line in lines for run in line]
    bearing = sum([units for units, _ in runs])
    prices = [price for _, price in runs]
    if min(prices, default=0) * bearing <= amount:
        # A run that costs less than an equal share is used up, and leaves the rest of its share to those that cost more.
        amount = min(amount, cost(lines))
        for units, price in sorted(runs, key=lambda run: run[1]):
            if price * bearing > amount:
                break
            amount -= units * max(price, 0)
            bearing -= units
    share, odd = divmod(amount, bearing) if bearing else (max(prices, default=0), 0)
    found: list[Share] = []
    for units, price in runs:
        more = min(odd, units) if price > share else 0
        odd -= more
        found.append((share if share < price else max(price, 0), more))
    return found
