"""Custom fields: user-defined values on a resource or a part of it, shaped by a Type."""

from __future__ import annotations

from typing import Any

from orderwright.domain.custom.model import ResourceTypeId, Type
from orderwright.domain.custom.values import stored_value
from orderwright.domain.laws.choices import choices_of
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import TypeIdentifier, TypeReference
from orderwright.errors import invalid_operation, required_field


class CustomFields(Value):
    """The values under a Type; only fields the Type defines stand here."""

    type: TypeReference
    fields: dict[str, Any]


class CustomFieldsDraft(Value):
    """The values as they are sent; a null is an absent value."""

    type: TypeIdentifier
    fields: dict[str, Any] | None = None


def custom_from(draft: CustomFieldsDraft | None, kind: ResourceTypeId, facts: Facts) -> CustomFields | None:
    """The custom fields that a draft means, for a resource or part of a kind; None stays None.

    Raises `ReferencedResourceNotFound` for an unknown Type, `InvalidOperation` for one that is not for this kind and for a field
    that it does not have, `InvalidField` for a wrong value, `RequiredField` for a missing one.
    """
    return None if draft is None else merged(None, draft, kind, facts)


def merged(
    custom: CustomFields | None, draft: CustomFieldsDraft | None, kind: ResourceTypeId, facts: Facts
) -> CustomFields | None:
    """Custom fields with those of a draft put over them, which must be of the same Type. Raises as `custom_from` does."""
    if draft is None:
        return custom
    type = facts.get("type", draft.type, Type)
    if kind not in type.resource_type_ids:
        raise invalid_operation(f"The Type '{type.key}' is not defined for the resource type '{kind}'.")
    if custom is not None and custom.type.id != type.id:
        raise invalid_operation(f"The custom fields have another Type than '{type.key}', and only those of one can be merged.")
    fields = dict(custom.fields) if custom else {}
    for name, value in (draft.fields or {}).items():
        if value is not None:
            fields[name] = _checked(type, name, value)
    return _complete(type, fields)


def with_field(custom: CustomFields | None, name: str, value: Any, facts: Facts) -> CustomFields:
    """Custom fields with one value set, or removed where it is None.

    Raises `InvalidOperation` where there is no Type, the Type has no such field, or there is no value to remove; `InvalidField`
    for a wrong value, also of another field, whose choice the Type has lost since; `RequiredField` when a required one would be
    missing.
    """
    if custom is None:
        raise invalid_operation(f"The custom field '{name}' can not be set, since no Type is set.")
    type = facts.get("type", custom.type, Type)
    fields = dict(custom.fields)
    if value is not None:
        fields[name] = _checked(type, name, value)
    elif name in fields:
        del fields[name]
    else:
        raise invalid_operation(f"The custom field '{name}' has no value, so that it can not be removed.")
    changed = _complete(type, fields)
    for definition in type.field_definitions:
        if definition.name in changed.fields and definition.name != name and choices_of(definition.type) is not None:
            stored_value(definition, changed.fields[definition.name])
    return changed


def _checked(type: Type, name: str, value: Any) -> Any:
    definition = type.definition(name)
    if definition is None:
        raise invalid_operation(f"The Type '{type.key}' does not define the custom field '{name}'.")
    return stored_value(definition, value)


def _complete(type: Type, fields: dict[str, Any]) -> CustomFields:
    """The fields in the order of their definitions; what the Type no longer defines is dropped on the way."""
    found: dict[str, Any] = {}
    for definition in type.field_definitions:
        if definition.name in fields:
            found[definition.name] = fields[definition.name]
        elif definition.required:
            raise required_field(definition.name)
    return CustomFields(type=Reference(type_id="type", id=type.id), fields=found)
