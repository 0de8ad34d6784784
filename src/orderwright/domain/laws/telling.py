"""Messages that tell a field's value and the one before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orderwright.engine.messages import Message


def old_and_new(message: type[Message], field: str, named: str = "") -> Callable[[Any, Any], Message]:
    """A function of the documents before and after that makes the Message of a changed field, for `tells` of a row. The Message
    has two members: the field's name (or `named`), and the same with `old_` in front."""
    member = named or field
    return lambda before, after: message(**{member: getattr(after, field), f"old_{member}": getattr(before, field)})
