"""Custom fields as rows: one row makes the two actions that set a part's Type and one of its fields.

A row names the part as the actions do (`LineItem` makes `setLineItemCustomType` and `setLineItemCustomField`), tells which
resource type id a Type must list to be used there, and how the part is read from the document and put back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from, with_field
from orderwright.domain.custom.messages import CustomMessages
from orderwright.domain.custom.model import ResourceTypeId
from orderwright.engine.actions import ActionSet, Change, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.parts import WHOLE, Part, dated
from orderwright.engine.references import TypeIdentifier
from orderwright.errors import invalid_input


@dataclass(frozen=True)
class Row:
    """A kind of part with custom fields.

    `at` says how the part is reached, `field` holds its custom fields.
    """

    name: str
    kind: ResourceTypeId
    at: Part
    field: str = "custom"
    tells: CustomMessages | None = None


_TEXTS: Final = {
    "Type": "The Type and all custom fields; without a Type, they are removed.",
    "Field": "One custom field; without a value, or with null, it is removed.",
}


def custom_field_rows(actions: ActionSet[Any], *rows: Row) -> None:
    """Add the two actions of each row to a resource's."""
    for row in rows:
        set_type = _action(actions, row, "Type", {"type": TypeIdentifier | None, "fields": dict[str, Any] | None})
        set_field = _action(actions, row, "Field", {"name": str, "value": Any})
        actions.add(set_type, _setting_type(row))
        actions.add(set_field, _setting_field(row))


def _action(actions: ActionSet[Any], row: Row, what: str, members: dict[str, Any]) -> type[Action]:
    name = f"Set{row.name}Custom{what}"
    namespace: dict[str, Any] = {
        "__annotations__": members,
        "__module__": actions.model.__module__,
        "__qualname__": f"{actions.name}.{name}",
        "__doc__": _TEXTS[what],
        **{member: None for member in members if member != "name"},
    }
    make: Any = type(Action)
    made: type[Action] = make(name, (row.at.named_by,), namespace)
    return made


def _setting_type(row: Row) -> Handler:
    def handle(document: Any, action: Any, facts: Facts) -> Any:
        part = row.at.read(document, action)
        if action.type is None and action.fields:
            raise invalid_input("Custom fields can not be set without the Type that defines them.")
        draft = None if action.type is None else CustomFieldsDraft(type=action.type, fields=action.fields)
        before, after = getattr(part, row.field), custom_from(draft, row.kind, facts)
        if after == before:
            return document
        told = [row.tells.of_type(part, before, after)] if row.tells else []
        return Change(row.at.write(document, part, _changed(row, part, after, facts)), *told)

    return handle


def _setting_field(row: Row) -> Handler:
    def handle(document: Any, action: Any, facts: Facts) -> Any:
        part = row.at.read(document, action)
        before = getattr(part, row.field)
        after = with_field(before, action.name, action.value, facts)
        if after == before:
            return document
        told = [row.tells.of_field(part, action.name, before, after)] if row.tells else []
        return Change(row.at.write(document, part, _changed(row, part, after, facts)), *told)

    return handle


def _changed(row: Row, part: Any, custom: CustomFields | None, facts: Facts) -> Any:
    return dated(replace(part, **{row.field: custom}), facts)


def root(kind: ResourceTypeId, tells: CustomMessages | None = None) -> Row:
    """The row of a resource's own custom fields."""
    return Row("", kind, WHOLE, tells=tells)
