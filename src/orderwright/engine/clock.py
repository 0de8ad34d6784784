"""The clock. The domain takes the time from outside, so that a test or a replay can give its own."""

from __future__ import annotations

from datetime import UTC, datetime

from orderwright.engine.scalars import DateTime


def now() -> DateTime:
    """This instant, UTC, cut to milliseconds."""
    return DateTime.of(datetime.now(UTC))
