"""Predicates that say so where they compare what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.predicates import parse
from orderwright.predicates.strict import MissingFieldError, strictly

CART: dict[str, Any] = {
    "state": "Active",
    "version": 3,
    "address": {"city": "Ulm"},
    "items": [{"sku": "a", "custom": 1}, {"sku": "b"}],
}


def holds(text: str) -> bool:
    return strictly(parse(text, {}))(CART)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('state = "Active" and version > 2', True),
        ('state = "Active" and version > 3', False),
        ('state in ("Active", "Ordered")', True),
        ('not(state = "Ordered")', True),
        ('address(city = "Ulm")', True),
        ("custom is defined", False),
        ("custom is not defined", True),
        ("custom is empty", True),
        ('custom is defined and custom(note = "x")', False),
        ('custom is not defined or custom(note = "x")', True),
        ('items(sku = "b")', True),
        ("items(custom = 1)", True),
        ("items(custom = 2)", False),
    ],
)
def test_what_is_there_is_compared_from_left_to_right(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('customerId = "x"', "customerId"),
        ('customerId != "x"', "customerId"),
        ('not(customerId = "x")', "customerId"),
        ('custom(note = "x")', "custom"),
        ('address(street = "x")', "street"),
        ('version > 3 or key = "x"', "key"),
        ('key in ("x")', "key"),
        ('items(sku = "a") and key = "x"', "key"),
    ],
)
def test_what_is_missing_is_told(text: str, field: str) -> None:
    with pytest.raises(MissingFieldError) as missing:
        holds(text)
    assert missing.value.field == field
