"""Attribute definitions: what a product type may declare, alone and beside the project's other types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from orderwright.domain.products.types import (
    AttributeDefinition,
    AttributeDefinitionDraft,
    AttributeType,
    EnumType,
    LocalizedEnumType,
    LocalizedEnumValue,
    NestedType,
    PlainEnumValue,
    ProductType,
    SetType,
)
from orderwright.engine.facts import Facts
from orderwright.errors import (
    attribute_definition_already_exists,
    attribute_definition_type_conflict,
    duplicate_enum_values,
    invalid_operation,
)

EnumValue = PlainEnumValue | LocalizedEnumValue
EnumKind = type[EnumType] | type[LocalizedEnumType]
# A set of a set of ... of a nested type may be this many steps deep.
MAX_NESTED_SET = 5


def definition_from(draft: AttributeDefinitionDraft, facts: Facts) -> AttributeDefinition:
    """The definition a draft means. Raises `InvalidOperation`, `DuplicateEnumValues` or `ReferencedResourceNotFound`."""
    _check_type(draft.type, facts)
    innermost, depth = innermost_type(draft.type)
    if depth and draft.is_required:
        raise invalid_operation(f"The attribute '{draft.name}' is a set, and a set cannot be required.")
    if draft.level == "Product" and draft.attribute_constraint != "None":
        raise invalid_operation(f"The attribute '{draft.name}' is defined at product level, where its constraint must be None.")
    if isinstance(innermost, NestedType):
        if depth > MAX_NESTED_SET:
            raise invalid_operation(f"The attribute '{draft.name}' nests sets more than {MAX_NESTED_SET} deep.")
        if draft.attribute_constraint != "None":
            raise invalid_operation(f"The attribute '{draft.name}' is nested, so that its constraint must be None.")
    return AttributeDefinition(
        type=draft.type,
        name=draft.name,
        label=draft.label,
        is_required=draft.is_required,
        level=draft.level,
        attribute_constraint=draft.attribute_constraint,
        input_tip=draft.input_tip,
        input_hint=draft.input_hint,
        # Nested attributes cannot be searched for, whatever the draft or its default says.
        is_searchable=draft.is_searchable and not isinstance(innermost, NestedType),
    )


def check_beside(definition: AttributeDefinition, product_type: ProductType, others: Iterable[ProductType]) -> None:
    """Hold a new definition against those of its own type and of the project's others.

    One name means one type of values in all product types; only the choices of enums may differ.
    Raises `AttributeDefinitionAlreadyExists` or `AttributeDefinitionTypeConflict`.
    """
    if product_type.definition(definition.name) is not None:
        raise attribute_definition_already_exists(definition.name, product_type.id, product_type.name)
    for other in others:
        known = other.definition(definition.name)
        if other.id != product_type.id and known is not None and _shape(known.type) != _shape(definition.type):
            raise attribute_definition_type_conflict(definition.name, other.id, other.name)


def innermost_type(type: AttributeType) -> tuple[AttributeType, int]:
    """The type that is left when sets are opened, and how many there were."""
    depth = 0
    while isinstance(type, SetType):
        type, depth = type.element_type, depth + 1
    return type, depth


def enum_type(definition: AttributeDefinition, *kinds: EnumKind) -> EnumType | LocalizedEnumType:
    """The enum of a definition, also inside a set. Raises `InvalidOperation` if it is of none of these kinds."""
    innermost, _ = innermost_type(definition.type)
    if not isinstance(innermost, kinds):
        plain = "an enum" if EnumType in kinds else "a localized enum"
        raise invalid_operation(f"The attribute '{definition.name}' is not {plain}.")
    return innermost


def with_values(definition: AttributeDefinition, values: Sequence[EnumValue]) -> AttributeDefinition:
    """The definition with other choices. Raises `DuplicateEnumValues`."""
    _check_keys(values)
    return replace(definition, type=_replaced(definition.type, tuple(values)))


def _replaced(type: AttributeType, values: tuple[EnumValue, ...]) -> AttributeType:
    if isinstance(type, SetType):
        return replace(type, element_type=_replaced(type.element_type, values))
    return replace(type, values=values)


def _shape(type: AttributeType) -> object:
    """What must agree between product types: all of the type but the choices of an enum."""
    if isinstance(type, SetType):
        return ("set", _shape(type.element_type))
    return type.__class__ if isinstance(type, EnumType | LocalizedEnumType) else type


def _check_type(type: AttributeType, facts: Facts) -> None:
    innermost, _ = innermost_type(type)
    if isinstance(innermost, EnumType | LocalizedEnumType):
        _check_keys(innermost.values)
    if isinstance(innermost, NestedType):
        facts.get("product-type", innermost.type_reference, ProductType)


def _check_keys(values: Sequence[EnumValue]) -> None:
    keys = [value.key for value in values]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise duplicate_enum_values(twice)
