"""Whose address counts where proxies stand before the server."""

import pytest

from orderwright.http.wire.server import _forwarded


@pytest.mark.parametrize(
    ("header", "proxies", "expected"),
    [
        ("203.0.113.9", 1, "203.0.113.9"),
        # What a caller invents stands before what our proxies add.
        ("1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, "203.0.113.9"),
        (" , ", 1, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
    ],
)
def test_as_many_addresses_are_believed_as_proxies_stand_there(header: str, proxies: int, expected: str) -> None:
    assert _forwarded({"x-forwarded-for": header}, "10.0.0.1", proxies) == expected
