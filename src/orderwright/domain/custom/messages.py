"""The five Messages that tell of custom fields. They are alike but for their subject, so that a row makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from orderwright.domain.custom.fields import CustomFields
from orderwright.engine.messages import Message
from orderwright.engine.scalars import Id


@dataclass(frozen=True)
class CustomMessages:
    """The Messages of one kind of part. `named` gives the members that name the part, such as `delivery_id`; `before` begins
    the names of the members that tell what was there before, such as `previous_type_id`."""

    type_set: type[Message]
    type_removed: type[Message]
    field_added: type[Message]
    field_changed: type[Message]
    field_removed: type[Message]
    named: Callable[[Any], dict[str, Any]]
    before: str

    def of_type(self, part: Any, before: CustomFields | None, after: CustomFields | None) -> Message:
        """What a change of the Type tells."""
        named = {**self.named(part), f"{self.before}_type_id": before.type.id if before else None}
        return self.type_removed(**named) if after is None else self.type_set(custom_fields=after, **named)

    def of_field(self, part: Any, name: str, before: CustomFields, after: CustomFields) -> Message:
        """What a change of one field tells."""
        named = {**self.named(part), "name": name}
        if name not in after.fields:
            return self.field_removed(**named)
        if name not in before.fields:
            return self.field_added(value=after.fields[name], **named)
        named[f"{self.before}_value"] = before.fields[name]
        return self.field_changed(value=after.fields[name], **named)


def custom_messages(
    subject: str, *, before: Literal["previous", "old"] = "previous", named: Mapping[str, Any] | None = None
) -> CustomMessages:
    """The Messages of a subject, such as `Delivery`: `DeliveryCustomTypeSet` and its four neighbours.

    `named` has the members that name the part, each with its type; their values are the part's `id`.
    """
    names = dict(named or {})
    type_before, value_before = f"{before}_type_id", f"{before}_value"

    def made(suffix: str, text: str, members: dict[str, Any], absent: str = "") -> type[Message]:
        namespace: dict[str, Any] = {"__annotations__": {**names, **members}, "__module__": __name__, "__doc__": text}
        if absent:
            namespace[absent] = None
        make: Any = type(Message)
        kind: type[Message] = make(f"{subject}Custom{suffix}", (Message,), namespace)
        return kind

    return CustomMessages(
        type_set=made(
            "TypeSet",
            "The Type and all custom fields were set; the id of the Type they had before, if they had one.",
            {"custom_fields": CustomFields, type_before: Id | None},
            absent=type_before,
        ),
        type_removed=made(
            "TypeRemoved", "The Type went, with all custom fields; its id.", {type_before: Id | None}, absent=type_before
        ),
        field_added=made("FieldAdded", "A custom field that had no value.", {"name": str, "value": Any}),
        field_changed=made(
            "FieldChanged", "A custom field that had another value.", {"name": str, "value": Any, value_before: Any}, value_before
        ),
        field_removed=made("FieldRemoved", "A custom field that has no value any more.", {"name": str}),
        named=lambda part: dict.fromkeys(names, getattr(part, "id", None)),
        before=before,
    )
