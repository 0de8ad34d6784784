"""Product types: which attributes products have, and of what shape their values are."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from orderwright.domain.custom.model import AttributeReferenceTypeId, Label, TextInputHint
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.scalars import Key, LocalizedString

Level = Literal["Product", "Variant"]
Constraint = Literal["None", "Unique", "CombinationUnique", "SameForAll"]
EnumKey = Annotated[str, Meta(min_length=1, max_length=256)]


class BooleanType(Value, tag_field="name", tag="boolean"):
    """True or false."""


class TextType(Value, tag_field="name", tag="text"):
    """A text."""


class LocalizableTextType(Value, tag_field="name", tag="ltext"):
    """A text in several languages."""


class PlainEnumValue(Value):
    """A choice of an enum."""

    key: EnumKey
    label: str


class EnumType(Value, tag_field="name", tag="enum"):
    """One of a list of choices."""

    values: tuple[PlainEnumValue, ...]


class LocalizedEnumValue(Value):
    """A choice of an enum with its label in several languages."""

    key: EnumKey
    label: LocalizedString


class LocalizedEnumType(Value, tag_field="name", tag="lenum"):
    """One of a list of choices that are labelled in several languages."""

    values: tuple[LocalizedEnumValue, ...]


class NumberType(Value, tag_field="name", tag="number"):
    """A number."""


class MoneyType(Value, tag_field="name", tag="money"):
    """An amount of money."""


class DateType(Value, tag_field="name", tag="date"):
    """A day, `2001-09-11`."""


class TimeType(Value, tag_field="name", tag="time"):
    """A time of day, `14:00:00.000`."""


class DateTimeType(Value, tag_field="name", tag="datetime"):
    """An instant, UTC."""


class ReferenceType(Value, tag_field="name", tag="reference"):
    """A reference to a resource of one type."""

    reference_type_id: AttributeReferenceTypeId


class SetType(Value, tag_field="name", tag="set"):
    """Several values of one type, each once."""

    element_type: AttributeType


class NestedType(Value, tag_field="name", tag="nested"):
    """The attributes of another product type."""

    type_reference: Reference


AttributeType: TypeAlias = (
    BooleanType
    | TextType
    | LocalizableTextType
    | EnumType
    | LocalizedEnumType
    | NumberType
    | MoneyType
    | DateType
    | TimeType
    | DateTimeType
    | ReferenceType
    | SetType
    | NestedType
)


class AttributeDefinition(Value):
    """An attribute of the products or of the variants of a type.

    `former_names`, and `former_keys` of choices with the present ones, are there as long as products may still hold them.
    """

    type: AttributeType
    name: Key
    label: LocalizedString
    is_required: bool
    level: Level
    attribute_constraint: Constraint
    input_hint: TextInputHint
    is_searchable: bool
    input_tip: LocalizedString | None = None
    former_names: tuple[str, ...] = ()
    former_keys: dict[str, EnumKey] = msgspec.field(default_factory=dict)

    def present_key(self, key: str) -> str:
        """Today's key of the choice that has, or once had, this key."""
        return self.former_keys.get(key, key)


class AttributeDefinitionDraft(Value):
    """An attribute definition as it is sent."""

    type: AttributeType
    name: Key
    label: Label
    is_required: bool
    level: Level = "Variant"
    attribute_constraint: Constraint = "None"
    input_tip: LocalizedString | None = None
    input_hint: TextInputHint = "SingleLine"
    is_searchable: bool = True


class ProductType(Resource):
    """What the products of one kind have in common."""

    name: str
    description: str
    key: Key | None = None
    attributes: tuple[AttributeDefinition, ...] = always(())

    def definition(self, name: str) -> AttributeDefinition | None:
        """The definition of an attribute, if the type has one of that name."""
        return next((definition for definition in self.attributes if definition.name == name), None)
