"""Types: which custom fields resources and their parts have, and of what shape the values are."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from orderwright.engine.model import Resource, Value, always
from orderwright.engine.scalars import Key, LocalizedString

TextInputHint = Literal["SingleLine", "MultiLine"]
# The API's description says 36 characters, and the API takes more: the name is bounded as every other key is.
FieldName = Key
Label = Annotated[LocalizedString, Meta(min_length=1)]
# Carts and orders share one, since an order takes its cart's fields over.
_ResourceTypeId = Literal[
    "address",
    "approval-flow",
    "approval-rule",
    "asset",
    "associate-role",
    "business-unit",
    "cart-discount",
    "category",
    "channel",
    "custom-line-item",
    "customer",
    "customer-group",
    "discount-code",
    "inventory-entry",
    "line-item",
    "order",
    "order-delivery",
    "order-edit",
    "order-parcel",
    "order-return-item",
    "payment",
    "payment-interface-interaction",
    "payment-method",
    "payment-method-info",
    "product-price",
    "product-selection",
    "product-tailoring",
    "quote",
    "recurring-order",
    "reservation",
    "review",
    "shipping",
    "shipping-method",
    "shopping-list",
    "shopping-list-text-line-item",
    "standalone-price",
    "store",
    "transaction",
]
# Titled, so that the OpenAPI document tells the list once.
ResourceTypeId = Annotated[_ResourceTypeId, Meta(title="ResourceTypeId")]
# What an attribute of a product may point to. A custom field may point to three more.
AttributeReferenceTypeId = Literal[
    "associate-role",
    "business-unit",
    "cart",
    "cart-discount",
    "category",
    "channel",
    "customer",
    "customer-group",
    "key-value-document",
    "order",
    "product",
    "product-type",
    "review",
    "shipping-method",
    "state",
    "zone",
]
CustomFieldReferenceValue = Literal[AttributeReferenceTypeId, "approval-flow", "approval-rule", "variant"]


def _type_name(class_name: str) -> str:
    """`CustomFieldBooleanType` is the field type `Boolean`."""
    return class_name.removeprefix("CustomField").removesuffix("Type")


class FieldTypeTag(Value, tag_field="name", tag=_type_name):
    """What all field types share: `name` tells which one it is."""


class CustomFieldBooleanType(FieldTypeTag):
    """True or false."""


class CustomFieldStringType(FieldTypeTag):
    """A text."""


class CustomFieldLocalizedStringType(FieldTypeTag):
    """A text in several languages."""


class CustomFieldEnumValue(Value):
    """A choice of an enum."""

    key: str
    label: str


class CustomFieldEnumType(FieldTypeTag):
    """One of a list of choices; the value is its key."""

    values: tuple[CustomFieldEnumValue, ...]


class CustomFieldLocalizedEnumValue(Value):
    """A choice of an enum with its label in several languages."""

    key: str
    label: LocalizedString


class CustomFieldLocalizedEnumType(FieldTypeTag):
    """One of a list of choices that are labelled in several languages; the value is its key."""

    values: tuple[CustomFieldLocalizedEnumValue, ...]


class CustomFieldNumberType(FieldTypeTag):
    """A number."""


class CustomFieldMoneyType(FieldTypeTag):
    """An amount in whole minor units of a currency."""


class CustomFieldDateType(FieldTypeTag):
    """A day, `2001-10-12`."""


class CustomFieldTimeType(FieldTypeTag):
    """A time of day, `14:00:00.000`."""


class CustomFieldDateTimeType(FieldTypeTag):
    """An instant, UTC, `2018-10-14T14:00:00.000Z`."""


class CustomFieldReferenceType(FieldTypeTag):
    """A reference to a resource of one type; what it points to is not held to exist."""

    reference_type_id: CustomFieldReferenceValue


class CustomFieldSetType(FieldTypeTag):
    """Several values of one type, each once."""

    element_type: FieldType


FieldType: TypeAlias = (
    CustomFieldBooleanType
    | CustomFieldStringType
    | CustomFieldLocalizedStringType
    | CustomFieldEnumType
    | CustomFieldLocalizedEnumType
    | CustomFieldNumberType
    | CustomFieldMoneyType
    | CustomFieldDateType
    | CustomFieldTimeType
    | CustomFieldDateTimeType
    | CustomFieldReferenceType
    | CustomFieldSetType
)


class FieldDefinition(Value):
    """A custom field. One that is required must have a value wherever the Type is used."""

    type: FieldType
    name: FieldName
    label: LocalizedString
    required: bool
    input_hint: TextInputHint = always("SingleLine")


class Type(Resource):
    """The custom fields of some kinds of resources and parts. A resource or part uses one Type at a time."""

    key: Key
    name: LocalizedString
    description: LocalizedString | None = None
    resource_type_ids: tuple[ResourceTypeId, ...] = always(())
    field_definitions: tuple[FieldDefinition, ...] = always(())

    def definition(self, name: str) -> FieldDefinition | None:
        """The definition of a field, if the Type has one of that name."""
        return next((definition for definition in self.field_definitions if definition.name == name), None)
