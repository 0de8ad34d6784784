"""Field definitions: what a Type may declare, alone and beside the project's other Types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from orderwright.domain.types.model import (
    CustomFieldEnumType,
    CustomFieldEnumValue,
    CustomFieldLocalizedEnumType,
    CustomFieldLocalizedEnumValue,
    CustomFieldLocalizedStringType,
    CustomFieldSetType,
    CustomFieldStringType,
    FieldDefinition,
    FieldType,
    Type,
)
from orderwright.errors import duplicate_enum_values, duplicate_field, invalid_operation

EnumValue = CustomFieldEnumValue | CustomFieldLocalizedEnumValue
EnumKind = type[CustomFieldEnumType] | type[CustomFieldLocalizedEnumType]


def check_beside(definition: FieldDefinition, owner: Type, others: Iterable[Type]) -> None:
    """Hold a new definition against those of its own Type and of the project's others.

    Where two Types are for the same kind of resource, one name means one type of values; only the choices of enums may
    differ. Raises `DuplicateField`, `DuplicateEnumValues` or `InvalidOperation`.
    """
    if owner.definition(definition.name) is not None:
        raise duplicate_field("fieldDefinitions.name", definition.name)
    innermost = innermost_type(definition.type)
    if isinstance(innermost, CustomFieldEnumType | CustomFieldLocalizedEnumType):
        _check_keys(innermost.values)
    for other in others:
        known = other.definition(definition.name)
        if other.id == owner.id or known is None or _shape(known.type) == _shape(definition.type):
            continue
        shared = [kind for kind in owner.resource_type_ids if kind in other.resource_type_ids]
        if shared:
            raise invalid_operation(
                f"The field '{definition.name}' has a different type in the Type '{other.key}', which is for {shared[0]} as well."
            )


def innermost_type(field_type: FieldType) -> FieldType:
    """The type that is left when sets are opened."""
    while isinstance(field_type, CustomFieldSetType):
        field_type = field_type.element_type
    return field_type


def check_textual(definition: FieldDefinition) -> None:
    """Raises `InvalidOperation` unless the field holds texts or sets of them: no other has an input hint to change."""
    if not isinstance(innermost_type(definition.type), CustomFieldStringType | CustomFieldLocalizedStringType):
        raise invalid_operation(f"The field '{definition.name}' is not a text, so that its input hint can not be changed.")


def enum_values(definition: FieldDefinition, kind: EnumKind) -> tuple[EnumValue, ...]:
    """The choices of an enum, also inside a set. Raises `InvalidOperation` if the field is of another type."""
    innermost = innermost_type(definition.type)
    if not isinstance(innermost, kind):
        expected = "an enum" if kind is CustomFieldEnumType else "a localized enum"
        raise invalid_operation(f"The field '{definition.name}' is not {expected}.")
    return innermost.values


def with_values(definition: FieldDefinition, values: Sequence[EnumValue]) -> FieldDefinition:
    """The definition of an enum, or of a set of one, with other choices. Raises `DuplicateEnumValues`."""
    _check_keys(values)
    return replace(definition, type=_replaced(definition.type, tuple(values)))


def _replaced(field_type: Any, values: tuple[EnumValue, ...]) -> Any:
    if isinstance(field_type, CustomFieldSetType):
        return replace(field_type, element_type=_replaced(field_type.element_type, values))
    return replace(field_type, values=values)


def _shape(field_type: FieldType) -> object:
    """What must agree between Types: all of the type but the choices of an enum."""
    if isinstance(field_type, CustomFieldSetType):
        return ("Set", _shape(field_type.element_type))
    return field_type.__class__ if isinstance(field_type, CustomFieldEnumType | CustomFieldLocalizedEnumType) else field_type


def _check_keys(values: Sequence[EnumValue]) -> None:
    keys = [value.key for value in values]
    twice = sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    if twice:
        raise duplicate_enum_values(twice)
