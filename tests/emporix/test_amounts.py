"""Decimals and minor units: exact where they can be, and told where they are not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.domain.amounts.money import typed
from orderwright.emporix.amounts import amount_of, cents_of, money_of, plainly, with_tax, without_tax
from orderwright.engine.json.codec import encode, to_builtins
from orderwright.errors import ApiError


@pytest.mark.parametrize(
    ("amount", "currency", "cents", "digits", "precise"),
    [
        ("350", "EUR", 35000, None, None),
        ("501.829", "EUR", 50183, 3, 501829),
        ("0.005", "EUR", 0, 3, 5),
        ("0.015", "EUR", 2, 3, 15),
        ("-1.10", "EUR", -110, None, None),
        ("294.11764705882354", "EUR", 29412, 14, 29411764705882354),
        ("1.5", "JPY", 2, 1, 15),
        ("1.234", "KWD", 1234, None, None),
    ],
)
def test_money_of_a_decimal(amount: str, currency: str, cents: int, digits: int | None, precise: int | None) -> None:
    money = money_of(Decimal(amount), currency)
    assert (money.cent_amount, money.fraction_digits, money.precise_amount) == (cents, digits, precise)
    assert cents_of(Decimal(amount), currency).cent_amount == cents
    assert amount_of(to_builtins(typed(money, "x"))) == Decimal(amount)


def test_what_money_cannot_be() -> None:
    for amount, currency, code in (("1e30", "EUR", "MoneyOverflow"), ("1", "XXX", "InvalidField")):
        with pytest.raises(ApiError) as caught:
            money_of(Decimal(amount), currency)
        assert caught.value.code == code


@given(st.decimals(-(10**9), 10**9, places=9), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_and_decimals_do_not_drift(amount: Decimal, currency: str) -> None:
    money = typed(money_of(amount, currency), "x")
    assert amount_of(to_builtins(money)) == amount
    assert abs(Decimal(money.cent_amount) - amount.scaleb({"EUR": 2, "JPY": 0, "KWD": 3}[currency])) <= Decimal("0.5")


def test_a_number_is_written_without_needless_zeros() -> None:
    shown: list[Any] = [plainly(Decimal(text)) for text in ("350.00", "0.50", "-0.0", "501.829", "1E+3")]
    assert encode(shown) == b"[350,0.5,0,501.829,1000]"


def test_taxes_are_divided_to_three_decimals() -> None:
    # 350 / 1.19 = 294.11764..., 10 / 1.07 = 9.34579...; 294.118 * 1.19 = 350.00042.
    assert without_tax(Decimal(350), Decimal("0.19"), 3) == Decimal("294.118")
    assert without_tax(Decimal(10), Decimal("0.07"), 3) == Decimal("9.346")
    assert with_tax(Decimal("294.118"), Decimal("0.19"), 3) == Decimal("350.000")
