"""The time."""

from __future__ import annotations

from datetime import UTC, datetime

from orderwright.engine.scalars import DateTime


def now() -> DateTime:
    """This instant, UTC, cut to milliseconds."""
    return DateTime.of(datetime.now(UTC))
