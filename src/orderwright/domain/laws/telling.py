"""Messages that tell a field's value and the one before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orderwright.engine.messages import Message


def old_and_new(message: type[Message], field: str, named: str = "") -> Callable[[Any, Any], Message]:
    """What a row tells, `(before, after)`: the message's members are the field, or what it is `named` there, and the same with
    `old_` before it."""
    member = named or field
    return lambda before, after: message(**{member: getattr(after, field), f"old_{member}": getattr(before, field)})
