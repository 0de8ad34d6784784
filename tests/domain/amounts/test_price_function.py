"""The price function of a tier: hand-worked values, and what is none."""

from __future__ import annotations

from fractions import Fraction

import pytest

from orderwright.domain.amounts.price_function import PriceFunctionError, evaluate


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("(200 * x) - 1", 3, 599),
        ("(150 * x) + 300", 2, 600),
        ("2+3*4", 0, 14),
        ("(2+3)*4", 0, 20),
        ("10-3-2", 0, 5),
        ("-x*-2", 7, 14),
        ("0.1 + 0.2", 0, Fraction(3, 10)),
        (" x ", 2**53, 2**53),
        ("x*x*x", 10**15, 10**45),
    ],
)
def test_price_functions(text: str, x: int, value: Fraction | int) -> None:
    assert evaluate(text, x) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "(200 * x) - 1)", "(x", "x x", "2x", "x /2", "x ** 2", "1.2.3", "1.", "y", "__import__", "1e3", "()", "*x"),
        "(" * 51 + "x" + ")" * 51,
        "-" * 60 + "x",
        "x+" * 300 + "x",
        "1" * 16,
    ],
)
def test_what_is_no_price_function(text: str) -> None:
    with pytest.raises(PriceFunctionError):
        evaluate(text, 1)
