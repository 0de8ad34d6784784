"""Custom fields: user-defined values on a resource or a part of it, shaped by a Type."""

from __future__ import annotations

from typing import Any

from orderwright.engine.model import Reference, Value
from orderwright.engine.references import TypeIdentifier


class CustomFields(Value):
    """The values under a Type; only fields the Type defines stand here."""

    type: Reference
    fields: dict[str, Any]


class CustomFieldsDraft(Value):
    """The values as they are sent."""

    type: TypeIdentifier
    fields: dict[str, Any] | None = None
