"""Messages that tell a field's value, or also the one before it."""

from __future__ import annotations

from orderwright.engine.actions import Told
from orderwright.engine.messages import Message


def new_value(message: type[Message], field: str) -> Told:
    """What a row tells where the message has the field's value alone, and what names the part that it is of."""
    return lambda _before, after, **part: message(**{field: getattr(after, field)}, **part)


def old_and_new(message: type[Message], field: str, named: str = "") -> Told:
    """What a row tells where the message's members are the field, or what it is `named` there, and the same with `old_` before
    it; and what names the part."""
    member = named or field
    return lambda before, after, **part: message(
        **{member: getattr(after, field), f"old_{member}": getattr(before, field)}, **part
    )
