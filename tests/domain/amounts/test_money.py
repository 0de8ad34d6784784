"""Money: what a draft means, and rounding and splitting against exact fractions and decimals."""

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.domain.amounts.money import (
    Money,
    Rounding,
    RoundingMode,
    TypedMoney,
    cents,
    exact,
    fraction_digits,
    round_ratio,
    rounding,
    times,
    typed,
    zero,
)
from orderwright.errors import ApiError

MODES: dict[RoundingMode, str] = {
    "HalfEven": decimal.ROUND_HALF_EVEN,
    "HalfUp": decimal.ROUND_HALF_UP,
    "HalfDown": decimal.ROUND_HALF_DOWN,
}
modes = st.sampled_from(list(MODES))


def high(precise: int, digits: int, cent_amount: int = 0, currency: str = "EUR") -> TypedMoney:
    return TypedMoney(
        type="highPrecision", currency_code=currency, cent_amount=cent_amount, fraction_digits=digits, precise_amount=precise
    )


@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("HUF", 2), ("HUF0", 0), ("CLP", 0), ("TND", 3), ("ZWL", 2)]
)
def test_a_currency_has_the_digits_of_its_minor_unit(currency: str, digits: int) -> None:
    assert fraction_digits(currency) == digits
    assert cents(currency, 5).fraction_digits == digits


@pytest.mark.parametrize("currency", ["ABC", "EUR0", "XAU", "CLF", "eur"])
def test_a_code_that_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(ApiError) as refusal:
        fraction_digits(currency)
    assert (refusal.value.code, refusal.value.fields["invalidValue"]) == ("InvalidField", currency)
    with pytest.raises(ApiError) as refusal:
        typed(Money(currency_code=currency, cent_amount=1), "price")
    assert refusal.value.fields == {"field": "price.currencyCode", "invalidValue": currency}


def test_every_currency_stands_in_one_list_only() -> None:
    assert set(FRACTION_DIGITS.values()) == {0, 2, 3}
    assert sum(digits == 3 for digits in FRACTION_DIGITS.values()) == 7
    # 11 + 6 of ISO, one unit of account is among them, and the six variants of the API.
    assert sum(digits == 0 for digits in FRACTION_DIGITS.values()) == 23
    assert all(code[:3] in FRACTION_DIGITS for code in FRACTION_DIGITS)


def test_amounts_end_at_64_bits() -> None:
    assert zero("EUR").cent_amount == 0
    assert cents("EUR", 2**63 - 1).cent_amount == 9223372036854775807
    assert cents("EUR", -(2**63)).cent_amount == -9223372036854775808
    for amount in (2**63, -(2**63) - 1):
        with pytest.raises(ApiError) as refusal:
            cents("EUR", amount)
        assert refusal.value.code == "MoneyOverflow"
    with pytest.raises(ApiError) as refusal:
        times(cents("EUR", 2**62), 2, "HalfEven")
    assert refusal.value.code == "MoneyOverflow"
    with pytest.raises(ApiError) as refusal:
        typed(Money(type="highPrecision", currency_code="EUR", precise_amount=2**63, fraction_digits=3), "value")
    assert refusal.value.code == "MoneyOverflow"


@pytest.mark.parametrize(
    ("draft", "meaning"),
    [
        ({"cent_amount": 1050}, cents("EUR", 1050)),
        ({"cent_amount": -1, "fraction_digits": 2}, cents("EUR", -1)),
        # 10.15 is exact; 1.015 lies between two cents, and the even one is 102; 1.025 ties to 102 as well.
        ({"precise_amount": 10150, "fraction_digits": 3}, high(10150, 3, 1015)),
        ({"precise_amount": 1015, "fraction_digits": 3}, high(1015, 3, 102)),
        ({"precise_amount": 1025, "fraction_digits": 3}, high(1025, 3, 102)),
        ({"precise_amount": 1015, "fraction_digits": 3, "cent_amount": 101}, high(1015, 3, 101)),
        ({"precise_amount": 1015, "fraction_digits": 3, "cent_amount": 102}, high(1015, 3, 102)),
        ({"precise_amount": -1015, "fraction_digits": 3, "cent_amount": -101}, high(-1015, 3, -101)),
        ({"precise_amount": 5, "fraction_digits": 20}, high(5, 20, 0)),
    ],
)
def test_a_draft_means(draft: dict[str, Any], meaning: TypedMoney) -> None:
    assert typed(Money(type=meaning.type, currency_code="EUR", **draft), "value") == meaning


CENT: dict[str, Any] = {"type": "centPrecision", "currency_code": "EUR"}
HIGH: dict[str, Any] = {"type": "highPrecision", "currency_code": "EUR"}


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        (CENT, "RequiredField", "value.centAmount"),
        ({**CENT, "cent_amount": 1, "fraction_digits": 3}, "InvalidField", "value.fractionDigits"),
        ({**CENT, "cent_amount": 1, "precise_amount": 1}, "InvalidField", "value.preciseAmount"),
        ({**HIGH, "fraction_digits": 3}, "RequiredField", "value.preciseAmount"),
        ({**HIGH, "precise_amount": 1}, "RequiredField", "value.fractionDigits"),
        ({**HIGH, "precise_amount": 1, "fraction_digits": 2}, "InvalidField", "value.fractionDigits"),
        ({**HIGH, "precise_amount": 1, "fraction_digits": 21}, "InvalidField", "value.fractionDigits"),
        ({**HIGH, "precise_amount": 1015, "fraction_digits": 3, "cent_amount": 100}, "InvalidField", "value.centAmount"),
        ({**HIGH, "precise_amount": 1015, "fraction_digits": 3, "cent_amount": 103}, "InvalidField", "value.centAmount"),
        ({**HIGH, "precise_amount": 1010, "fraction_digits": 3, "cent_amount": 102}, "InvalidField", "value.centAmount"),
    ],
)
def test_a_draft_that_means_nothing_is_refused(draft: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(ApiError) as refusal:
        typed(Money(**draft), "value")
    assert (refusal.value.status, refusal.value.code, refusal.value.fields["field"]) == (400, code, field)


@pytest.mark.parametrize(
    ("numerator", "denominator", "even", "up", "down"),
    [
        (5, 2, 2, 3, 2),
        (7, 2, 4, 4, 3),
        (-5, 2, -2, -3, -2),
        (5, -2, -2, -3, -2),
        (-7, -2, 4, 4, 3),
        (9, 4, 2, 2, 2),
        (11, 4, 3, 3, 3),
        (0, 7, 0, 0, 0),
        (10**40 + 1, 2, 5 * 10**39, 5 * 10**39 + 1, 5 * 10**39),
    ],
)
def test_ties_are_rounded_by_mode(numerator: int, denominator: int, even: int, up: int, down: int) -> None:
    assert round_ratio(numerator, denominator, "HalfEven") == even
    assert round_ratio(numerator, denominator, "HalfUp") == up
    assert round_ratio(numerator, denominator, "HalfDown") == down


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12), modes)
def test_rounding_is_never_more_than_half_off(numerator: int, denominator: int, mode: RoundingMode) -> None:
    rounded = round_ratio(numerator, denominator, mode)
    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
    if mode == "HalfEven":
        assert rounded == round(Fraction(numerator, denominator))


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12), modes)
def test_what_is_told_of_a_rounding_is_exact(numerator: int, denominator: int, mode: RoundingMode) -> None:
    told: list[Rounding] = []
    rounded = round_ratio(numerator, denominator, mode, told)
    assert len(told) == (denominator != 1)
    for each in told:
        assert (each.after, each.mode) == (rounded, mode)
        cut = Fraction(numerator, denominator) - Fraction(each.before)
        assert Fraction(each.ratio or each.before) == Fraction(numerator, denominator)
        # What does not end is cut towards zero, after 20 decimals.
        assert (cut == 0) is (each.ratio is None)
        assert abs(cut) < Fraction(1, 10**20)
        assert cut * numerator >= 0


@pytest.mark.parametrize(
    ("numerator", "denominator", "before", "ratio"),
    [
        (1, 2, "0.5", None),
        (-1, 40, "-0.025", None),
        (600, 100, "6", None),
        (2, 3, "0.66666666666666666666", "2/3"),
        (-10, 6, "-1.66666666666666666666", "-5/3"),
        (1, 10**30, "0." + "0" * 29 + "1", None),
    ],
)
def test_an_amount_before_its_rounding(numerator: int, denominator: int, before: str, ratio: str | None) -> None:
    told = rounding(numerator, denominator, 0, "HalfUp")
    assert (told.before, told.ratio) == (before, ratio)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3), modes)
def test_decimals_are_rounded_as_the_decimal_module_does(value: Decimal, mode: RoundingMode) -> None:
    assert round_ratio(*value.as_integer_ratio(), mode) == int(value.quantize(Decimal(1), rounding=MODES[mode]))


@given(st.integers(-50_000, 50_000), st.integers(0, 9), modes)
def test_decimals_that_end_in_a_half_follow_the_mode(halves: int, tail: int, mode: RoundingMode) -> None:
    value = Decimal(halves * 10 + tail) / 2
    assert round_ratio(*value.as_integer_ratio(), mode) == int(value.quantize(Decimal(1), rounding=MODES[mode]))


def test_a_high_precision_price_is_rounded_once_at_the_end() -> None:
    # 1.015 x 3 = 3.045; rounding each unit first would have made 3.06 or 3.03.
    assert times(high(1015, 3), 3, "HalfEven") == 304
    assert times(high(1015, 3), 3, "HalfUp") == 305
    assert times(high(1015, 3), 3, "HalfDown") == 304
    # 0.4 yen, ten times.
    assert times(high(4, 1, currency="JPY"), 10, "HalfEven") == 4
    assert times(cents("EUR", 108), 3, "HalfEven") == 324
    assert times(cents("EUR", 108), 0, "HalfEven") == 0
    assert exact(high(1015, 3)) == (1015, 10)
