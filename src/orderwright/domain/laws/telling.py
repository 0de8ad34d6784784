"""Messages that tell a field's value and the one before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orderwright.engine.messages import Message


def old_and_new(message: type[Message], field: str) -> Callable[[Any, Any], Message]:
    """What a setter row tells, `(before, after)`: the message's members are the field and the field with `old_` before it."""
    return lambda before, after: message(**{field: getattr(after, field), f"old_{field}": getattr(before, field)})
