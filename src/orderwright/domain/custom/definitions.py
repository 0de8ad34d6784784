"""Field definitions: what a Type may declare, alone and beside the project's other Types."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.domain.custom.model import (
    CustomFieldEnumType,
    CustomFieldEnumValue,
    CustomFieldLocalizedEnumType,
    CustomFieldLocalizedEnumValue,
    CustomFieldLocalizedStringType,
    CustomFieldStringType,
    FieldDefinition,
    Type,
)
from orderwright.domain.laws.choices import check_choices, choices_of, innermost_type, shape_of
from orderwright.errors import duplicate_field, invalid_operation

EnumValue = CustomFieldEnumValue | CustomFieldLocalizedEnumValue
EnumKind = type[CustomFieldEnumType] | type[CustomFieldLocalizedEnumType]


def check_beside(definition: FieldDefinition, owner: Type, others: Iterable[Type]) -> None:
    """Hold a new definition against those of its own Type and of the project's others.

    Where two Types are for the same kind of resource, one name means one type of values; only the choices of enums may
    differ. Raises `DuplicateField`, `DuplicateEnumValues` or `InvalidOperation`.
    """
    if owner.definition(definition.name) is not None:
        raise duplicate_field("fieldDefinitions.name", definition.name)
    check_choices(choices_of(definition.type) or ())
    for other in others:
        known = other.definition(definition.name)
        if other.id == owner.id or known is None or shape_of(known.type) == shape_of(definition.type):
            continue
        shared = [kind for kind in owner.resource_type_ids if kind in other.resource_type_ids]
        if shared:
            raise invalid_operation(
                f"The field '{definition.name}' has a different type in the Type '{other.key}', which is for {shared[0]} as well."
            )


def check_textual(definition: FieldDefinition) -> None:
    """Raises `InvalidOperation` unless the field holds texts or sets of them: no other has an input hint to change."""
    if not isinstance(innermost_type(definition.type)[0], CustomFieldStringType | CustomFieldLocalizedStringType):
        raise invalid_operation(f"The field '{definition.name}' is not a text, so that its input hint can not be changed.")


def enum_values(definition: FieldDefinition, kind: EnumKind) -> tuple[EnumValue, ...]:
    """The choices of an enum, also inside a set. Raises `InvalidOperation` if the field is of another type."""
    innermost, _ = innermost_type(definition.type)
    if not isinstance(innermost, kind):
        expected = "an enum" if kind is CustomFieldEnumType else "a localized enum"
        raise invalid_operation(f"The field '{definition.name}' is not {expected}.")
    return innermost.values
