"""Totals of carts and orders, and where they end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.domain.amounts.money import cents
from orderwright.domain.amounts.totals import total_price
from orderwright.errors import ApiError


def test_a_total_is_its_lines_and_shipping() -> None:
    assert total_price([1998, 324], 495, "EUR") == cents("EUR", 2817)
    assert total_price([1998, -500], None, "EUR") == cents("EUR", 1498)
    assert total_price([], None, "JPY") == cents("JPY", 0)


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.none() | st.integers(0, 2**63 - 1))
def test_a_total_fits_into_64_bits_or_is_refused(lines: list[int], shipping: int | None) -> None:
    whole = sum(lines) + (shipping or 0)
    if -(2**63) <= whole < 2**63:
        assert total_price(lines, shipping, "EUR").cent_amount == whole
        return
    with pytest.raises(ApiError) as refusal:
        total_price(lines, shipping, "EUR")
    assert (refusal.value.status, refusal.value.code) == (400, "MoneyOverflow")
