"""How amounts are split into whole minor units."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.domain.amounts.money import Rounding
from orderwright.domain.amounts.splitting import MOST_WALKED, Share, by_price, evenly, prorate


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (10, [5, 3, 2], [5, 3, 2]),
        (1, [1, 2], [0, 1]),
        (7, [0, 1, 0], [0, 7, 0]),
        (5, [0, 0], [3, 2]),
        (0, [3, 4], [0, 0]),
        (99, [4], [99]),
    ],
)
def test_an_amount_is_split_by_largest_remainders(amount: int, weights: list[int], parts: list[int]) -> None:
    assert prorate(amount, weights) == parts


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_an_amount_is_not_split_by_weights_that_are_none(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="at least one weight"):
        prorate(1, weights)


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_parts_add_up_and_each_is_within_one_of_its_share(amount: int, weights: list[int]) -> None:
    told: list[Rounding] = []
    parts = prorate(amount, weights, told)
    assert sum(parts) == amount
    assert [each.after for each in told] == parts
    total = sum(weights)
    for part, weight, each in zip(parts, weights, told, strict=True):
        share = Fraction(amount * weight, total) if total else Fraction(amount, len(weights))
        assert abs(part - share) < 1
        assert Fraction(each.ratio or each.before) == share


class Units(NamedTuple):
    quantity: int
    price: int


Split = Callable[[int, list[list[Units]]], list[Share]]
# Lines of runs, small enough to be walked unit by unit.
LINES = st.lists(
    st.lists(st.builds(Units, st.integers(1, 12), st.integers(-3, 60)), min_size=1, max_size=4), min_size=1, max_size=5
)


def _shares(split: Split, amount: int, lines: list[list[Units]]) -> list[list[list[tuple[int, int]]]]:
    """Of each run of each line (units, what each of them bears), without those of no units."""
    shares = iter(split(amount, lines))
    found = [[_parted(run, *next(shares)) for run in line] for line in lines]
    assert next(shares, None) is None
    return found


def _parted(run: Units, share: int, odd: int) -> list[tuple[int, int]]:
    assert 0 <= odd <= run.quantity
    return [(units, each) for units, each in ((run.quantity - odd, share), (odd, share + 1)) if units]


def _lines(*lines: Sequence[tuple[int, int]]) -> list[list[Units]]:
    return [[Units(*run) for run in line] for line in lines]


def _units(shares: list[list[tuple[int, int]]]) -> list[int]:
    return [share for run in shares for units, share in run for _ in range(units)]


def _walked(amount: int, lines: list[list[Units]]) -> list[list[int]]:
    """The rule as it is told, one unit after the other, in fractions."""
    prices = [[Fraction(max(price, 0)) for units, price in line for _ in range(units)] for line in lines]
    totals = [sum(line) for line in prices]
    amount = min(amount, int(sum(totals)))
    parts = [int(amount * total / sum(totals)) if sum(totals) else 0 for total in totals]
    for place, total in enumerate(totals):
        parts[place] += min(amount - sum(parts), int(total) - parts[place])
    found = []
    for part, line in zip(parts, prices, strict=True):
        rest, of_line = Fraction(part), []
        for place, price in enumerate(line):
            left = sum(line[place:])
            of_line.append(int(rest * price / left) if left else 0)
            rest -= of_line[-1]
        found.append(of_line)
    return found


@given(st.integers(0, 5000), LINES)
def test_a_split_by_price_is_that_of_the_walk_from_unit_to_unit(amount: int, lines: list[list[Units]]) -> None:
    assert [_units(shares) for shares in _shares(by_price, amount, lines)] == _walked(amount, lines)


@given(st.integers(0, 5000), LINES)
def test_an_even_split_differs_by_one_between_units_that_can_bear_it(amount: int, lines: list[list[Units]]) -> None:
    shares = [share for line in _shares(evenly, amount, lines) for share in _units(line)]
    prices = [max(price, 0) for line in lines for units, price in line for _ in range(units)]
    assert sum(shares) == min(amount, sum(prices))
    # Who bears less than another by more than the odd one, bears all it costs.
    most = max(shares)
    assert all(0 <= share <= price and (share >= most - 1 or share == price) for share, price in zip(shares, prices, strict=True))


@pytest.mark.parametrize("split", [by_price, evenly])
def test_no_number_of_units_makes_a_split_longer(split: Split) -> None:
    shares = _shares(split, 10**14 + 1, _lines([(10**12 + 7, 999), (3, 1)], [(10**9, 12345)]))
    assert sum(units * share for line in shares for run in line for units, share in run) == 10**14 + 1
    assert all(len(run) <= 2 for line in shares for run in line)


@pytest.mark.parametrize(
    ("amount", "shares"),
    [
        (1000, [334, 333, 333]),  # 333 each, and 1 is odd
        (1001, [334, 334, 333]),  # 2 are odd
        (5200, [2600, 1600, 1000]),  # 5200 / 3 is more than 1000, 4200 / 2 more than 1600
        (9999, [3000, 1600, 1000]),  # more than all cost
    ],
)
def test_odd_ones_of_an_even_split_go_to_the_first(amount: int, shares: list[int]) -> None:
    lines = _lines([(1, 3000)], [(1, 1600)], [(1, 1000)])
    assert [_units(line) for line in _shares(evenly, amount, lines)] == [[share] for share in shares]


@pytest.mark.parametrize(
    ("amount", "lines", "shares"),
    [
        (1000, [[(1, 3000)], [(1, 2000)], [(1, 1000)]], [501, 333, 166]),
        (101, [[(1, 1000)], [(1, 1000)], [(1, 1000)]], [35, 33, 33]),
        (2, [[(1, 1)], [(1, 1)], [(1, 1)]], [1, 1, 0]),  # floor is 0 for all; the first can bear 1 of the 2
        (100, [[(3, 1234)]], [33, 33, 34]),
    ],
)
def test_a_split_by_price_cuts_down_and_leaves_the_rest_to_the_first(
    amount: int, lines: list[list[tuple[int, int]]], shares: list[int]
) -> None:
    assert [share for line in _shares(by_price, amount, _lines(*lines)) for share in _units(line)] == shares


@given(
    st.integers(0, 10**7),
    st.lists(st.builds(Units, st.integers(1, 200), st.integers(-3, 90)), min_size=MOST_WALKED + 1, max_size=90),
)
def test_a_line_of_many_runs_is_parted_once(amount: int, line: list[Units]) -> None:
    (shares,) = _shares(by_price, amount, [line])
    assert sum(units * share for run in shares for units, share in run) == min(amount, sum(n * p for n, p in line if p > 0))
    assert sum(len(run) for run in shares) <= len(line) + 1
    whole = sum(n * p for n, p in line if p > 0)
    for (units, price), run in zip(line, shares, strict=True):
        assert sum(n for n, _ in run) == units
        for _, share in run:
            assert 0 <= share <= max(price, 0)
            assert not whole or abs(share - Fraction(min(amount, whole) * max(price, 0), whole)) < 1
