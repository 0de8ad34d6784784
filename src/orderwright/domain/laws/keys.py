"""The keys of states and channels, which have no pattern."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from orderwright.errors import invalid_operation

# An empty one is refused by the rules (`check_key`), not by the form.
PlainKey = Annotated[str, Meta(max_length=256)]


def check_key(key: str) -> str:
    """The key. Raises `InvalidOperation` for an empty one."""
    if not key:
        raise invalid_operation("The key must not be empty.")
    return key
