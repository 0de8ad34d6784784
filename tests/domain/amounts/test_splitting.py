"""How amounts are split into whole minor units."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.domain.amounts.money import Rounding
from orderwright.domain.amounts.splitting import Run, by_price, evenly, prorate


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


from orderwright.domain.amounts.money import Rounding
from orderwright.domain.amounts.splitting import Run, by_price, evenly, prorate
