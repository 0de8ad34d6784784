"""Attribute definitions: what a product type may declare, alone and beside the project's other types."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.domain.goods.product_type.model import (
    AttributeDefinition,
    AttributeDefinitionDraft,
    AttributeType,
    EnumType,
    LocalizedEnumType,
    LocalizedEnumValue,
    NestedType,
    PlainEnumValue,
    ProductType,
)
from orderwright.domain.goods.refusals import attribute_definition_already_exists, attribute_definition_type_conflict
from orderwright.domain.laws.choices import check_choices, choices_of, innermost_type, shape_of
from orderwright.engine.facts import Facts
from orderwright.errors import invalid_operation

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
        if other.id != product_type.id and known is not None and shape_of(known.type) != shape_of(definition.type):
            raise attribute_definition_type_conflict(definition.name, other.id, other.name)


def enum_values(definition: AttributeDefinition, *kinds: EnumKind) -> tuple[EnumValue, ...]:
    """The choices of an enum, also inside a set. Raises `InvalidOperation` if the attribute is of none of these kinds."""
    innermost, _ = innermost_type(definition.type)
    if not isinstance(innermost, kinds):
        expected = "an enum" if EnumType in kinds else "a localized enum"
        raise invalid_operation(f"The attribute '{definition.name}' is not {expected}.")
    return innermost.values


def _check_type(type: AttributeType, facts: Facts) -> None:
    check_choices(choices_of(type) or ())
    innermost, _ = innermost_type(type)
    if isinstance(innermost, NestedType):
        facts.get("product-type", innermost.type_reference, ProductType)
