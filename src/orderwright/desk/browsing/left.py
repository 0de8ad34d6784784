"""Which carts were left: those with items that nobody has changed for a while, and not forgotten yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from orderwright.engine.scalars import DateTime

DAYS: Final = 30
HOURS: Final = 1
"""A cart was left if nobody has changed it for so many hours, and it is forgotten after so many days."""


def between(moment: datetime) -> tuple[datetime, datetime]:
    """From when to when carts were changed last that are left at a moment."""
    return moment - timedelta(days=DAYS), moment - timedelta(hours=HOURS)


def terms(moment: datetime, since: date | None, until: date | None) -> Iterator[str]:
    """The predicates of the carts that are left at a moment, and were changed last on these days, both included."""
    first, last = (str(DateTime.of(each)) for each in between(moment))
    yield 'cartState = "Active"'
    yield "(lineItems is not empty or customLineItems is not empty)"
    yield f'lastModifiedAt >= "{max(f"{since}T00:00:00.000Z" if since else first, first)}"'
    yield f'lastModifiedAt <= "{min(f"{until}T23:59:59.999Z" if until else last, last)}"'
