"""What a client of the second dialect needs around orders: sessions, customers, and what its pages ask for beside them."""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.http.emporix.accounts import anonymous, around, configuration, legal_entities, me, sessions, sign_in
from orderwright.http.emporix.accounts.callers import refusal
from orderwright.http.special.house import House
from orderwright.http.wire.mounts import Served

__all__ = ("UNSERVED", "WORDS", "refusal", "served")
UNSERVED = ("cart", "checkout", "statistics")
"""The words of services that clients ask besides and which are not here: they are told so in the form that they know."""
WORDS = (
    "configuration",
    "currency",
    "customer",
    "customer-management",
    "customerlogin",
    "iam",
    "session-context",
    "site",
    *UNSERVED,
)


def served(house: House) -> Iterator[Served]:
    """The rows of the mount."""
    for rows in (anonymous, sign_in, sessions, me, legal_entities, around, configuration):
        yield from rows.served(house)
