"""Keys of a form of their own."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from orderwright.errors import invalid_operation


def check_key(key: str) -> str:
    """The key. Raises `InvalidOperation` for an empty one."""
    if not key:
        raise invalid_operation("The key must not be empty.")
    return key


# Keys of states and channels have no pattern; an empty one is refused by the rules, not by the form.
PlainKey = Annotated[str, Meta(max_length=256)]
