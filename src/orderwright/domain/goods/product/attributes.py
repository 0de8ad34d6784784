"""Attribute values: into the form they are stored in, by their definitions, and held against the type's constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from orderwright.domain.goods.product.variant import Attribute, ProductVariant
from orderwright.domain.goods.product_type.model import (
    AttributeDefinition,
    AttributeType,
    BooleanType,
    DateTimeType,
    DateType,
    EnumType,
    Level,
    LocalizableTextType,
    LocalizedEnumType,
    MoneyType,
    NestedType,
    NumberType,
    ProductType,
    ReferenceType,
    SetType,
    TextType,
    TimeType,
)
from orderwright.domain.goods.refusals import attribute_name_does_not_exist, duplicate_attribute_value, duplicate_attribute_values
from orderwright.domain.laws import forms
from orderwright.domain.laws.choices import keys_of
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import in_one_order, to_builtins
from orderwright.errors import duplicate_field, invalid_field, invalid_operation, required_field


def attributes_from(
    drafts: Sequence[Attribute] | None, level: Level, product_type: ProductType, facts: Facts
) -> tuple[Attribute, ...]:
    """The attributes of a product or variant as they are stored; a null value is an absent attribute.

    Raises `AttributeNameDoesNotExist`, `DuplicateField`, `InvalidField`, `InvalidOperation` for an attribute of the other level
    and `RequiredField` for one that must be there.
    """
    found: dict[str, Attribute] = {}
    for draft in drafts or ():
        if draft.name in found:
            raise duplicate_field("attributes", draft.name)
        if draft.value is not None:
            found[draft.name] = attribute_from(draft.name, draft.value, level, product_type, facts)
    attributes = tuple(found.values())
    check_required(attributes, level, product_type)
    return attributes


def attribute_from(name: str, value: Any, level: Level, product_type: ProductType, facts: Facts) -> Attribute:
    """One attribute as it is stored. Raises as `attributes_from` does."""
    definition = product_type.definition(name)
    if definition is None:
        raise attribute_name_does_not_exist(name, product_type.name)
    if definition.level != level:
        raise invalid_operation(f"The attribute '{name}' is defined at {definition.level} level, not at {level} level.")
    try:
        return Attribute(name=name, value=_STORED[type(definition.type)](definition.type, value, facts))
    except forms.WRONG_SHAPE:
        raise invalid_field(name, value, keys_of(definition.type)) from None


def check_required(attributes: Iterable[Attribute], level: Level, product_type: ProductType) -> None:
    """Raises `RequiredField` for a required attribute of a level that is not there."""
    present = {attribute.name for attribute in attributes}
    for definition in product_type.attributes:
        if definition.is_required and definition.level == level and definition.name not in present:
            raise required_field(definition.name)


def check_constraints(variants: Sequence[ProductVariant], product_type: ProductType) -> None:
    """Hold the variants of a product against each other, as the definitions ask.

    Raises `DuplicateAttributeValue` (Unique), `DuplicateAttributeValues` (CombinationUnique) and `InvalidOperation` (SameForAll).
    """
    held = [{attribute.name: attribute for attribute in variant.attributes or ()} for variant in variants]
    combined: list[str] = []
    for definition in product_type.attributes:
        values = [attributes.get(definition.name) for attributes in held]
        match definition.attribute_constraint:
            case "Unique":
                twice = _repeated([[value] for value in values if value is not None])
                if twice:
                    raise duplicate_attribute_value(twice[0])
            case "SameForAll" if len({_text([value]) for value in values}) > 1:
                raise invalid_operation(
                    f"The attribute '{definition.name}' must have the same value in all variants; use setAttributeInAllVariants."
                )
            case "CombinationUnique":
                combined.append(definition.name)
    sets = [[attributes[name] for name in combined if name in attributes] for attributes in held]
    twice = _repeated([attributes for attributes in sets if attributes])
    if twice:
        raise duplicate_attribute_values(list(twice))


def refreshed(attributes: tuple[Attribute, ...] | None, product_type: ProductType) -> tuple[Attribute, ...] | None:
    """The attributes as the type defines them today: what it no longer has is gone, choices have their present labels."""
    if attributes is None:
        return None
    known = {former: definition for definition in product_type.attributes for former in definition.former_names}
    known |= {definition.name: definition for definition in product_type.attributes}
    present = (_present(attribute, known.get(attribute.name)) for attribute in attributes)
    return tuple(attribute for attribute in present if attribute is not None)


def _present(attribute: Attribute, definition: AttributeDefinition | None) -> Attribute | None:
    value = _present_value(definition.type, attribute.value, definition.present_key) if definition else None
    if definition is None or value is None:
        return None
    unchanged = value == attribute.value and definition.name == attribute.name
    return attribute if unchanged else Attribute(name=definition.name, value=value)


def _present_value(type: AttributeType, value: Any, present_key: Callable[[str], str]) -> Any | None:
    """The value with its choices as they are defined now, None if nothing is left of it."""
    if isinstance(type, SetType):
        elements = (_present_value(type.element_type, element, present_key) for element in value)
        return [element for element in elements if element is not None]
    if isinstance(type, EnumType | LocalizedEnumType):
        # A choice that has the old key today is meant by it, whatever once had it.
        keys = (value["key"], present_key(value["key"]))
        found = (choice for key in keys for choice in type.values if choice.key == key)
        return next((to_builtins(choice) for choice in found), None)
    return value


def _repeated(sets: Iterable[list[Attribute]]) -> list[Attribute]:
    seen: set[bytes] = set()
    for attributes in sets:
        text = _text(attributes)
        if text in seen:
            return attributes
        seen.add(text)
    return []


def _text(attributes: Sequence[Attribute | None]) -> bytes:
    """Equal for equal values, whatever the order of their members."""
    return in_one_order(attributes)


def _choice(type: EnumType | LocalizedEnumType, value: Any, _facts: Facts) -> Any:
    key = value["key"] if isinstance(value, dict) else value
    for choice in type.values:
        if choice.key == key:
            return to_builtins(choice)
    raise ValueError(value)


def _money(_type: MoneyType, value: Any, _facts: Facts) -> Any:
    return to_builtins(forms.money(value))


def _reference(type: ReferenceType, value: Any, _facts: Facts) -> Any:
    return forms.reference(value, type.reference_type_id)


def _set(type: SetType, value: Any, facts: Facts) -> list[Any]:
    form = _STORED[type.element_type.__class__]
    return forms.each_once(form(type.element_type, element, facts) for element in msgspec.convert(value, list[Any]))


def _nested(type: NestedType, value: Any, facts: Facts) -> Any:
    nested_type = facts.get("product-type", type.type_reference, ProductType)
    attributes = msgspec.convert(value, tuple[Attribute, ...])
    return [
        to_builtins(attribute_from(each.name, each.value, _level(nested_type, each.name), nested_type, facts))
        for each in attributes
    ]


def _level(product_type: ProductType, name: str) -> Level:
    # Inside another attribute the level of a definition has no meaning.
    definition = product_type.definition(name)
    return definition.level if definition else "Variant"


def _plain(form: Callable[[Any], Any]) -> Callable[[Any, Any, Facts], Any]:
    return lambda _type, value, _facts: form(value)


_STORED: dict[type, Callable[[Any, Any, Facts], Any]] = {
    BooleanType: _plain(forms.boolean),
    TextType: _plain(forms.text),
    LocalizableTextType: _plain(forms.localized),
    EnumType: _choice,
    LocalizedEnumType: _choice,
    NumberType: _plain(forms.number),
    MoneyType: _money,
    DateType: _plain(forms.day),
    TimeType: _plain(forms.time_of_day),
    DateTimeType: _plain(forms.instant),
    ReferenceType: _reference,
    SetType: _set,
    NestedType: _nested,
}
