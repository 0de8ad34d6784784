"""What a list may hold once."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.errors import duplicate_field


def check_distinct(field: str, values: Iterable[str | None]) -> None:
    """Raises `DuplicateField` for the first value that stands twice; None is no value."""
    seen: set[str] = set()
    for value in values:
        if value is None:
            continue
        if value in seen:
            raise duplicate_field(field, value)
        seen.add(value)
