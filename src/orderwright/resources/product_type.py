"""Product types: the attributes of products, their labels and their choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from orderwright.domain.products.definitions import EnumKind, EnumValue, check_beside, definition_from, enum_type, with_values
from orderwright.domain.products.types import (
    AttributeDefinition,
    AttributeDefinitionDraft,
    EnumType,
    InputHint,
    Label,
    LocalizedEnumType,
    LocalizedEnumValue,
    PlainEnumValue,
    ProductType,
)
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Value
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, LocalizedString
from orderwright.errors import (
    attribute_name_does_not_exist,
    enum_key_already_exists,
    enum_key_does_not_exist,
    enum_value_is_used,
    enum_values_must_match,
    invalid_field,
    invalid_operation,
)


class ProductTypeDraft(Value):
    """A product type as it is sent."""

    name: str
    description: str
    key: Key | None = None
    attributes: tuple[AttributeDefinitionDraft, ...] = ()


class AddAttributeDefinition(Action):
    """One more attribute."""

    attribute: AttributeDefinitionDraft


class RemoveAttributeDefinition(Action):
    """An attribute that is to go; products lose their values of it when they are next written."""

    name: Key


class ChangeAttributeOrderByName(Action):
    """All attributes, by name, in another order."""

    attribute_names: tuple[str, ...]


class _OfAttribute(Action):
    attribute_name: Key


class ChangeLabel(_OfAttribute):
    """What people call the attribute."""

    label: Label


class SetInputTip(_OfAttribute):
    """What to mind when a value is typed in."""

    input_tip: LocalizedString | None = None


class ChangeInputHint(_OfAttribute):
    """Whether texts are typed in one line or several."""

    new_value: InputHint


class ChangeIsSearchable(_OfAttribute):
    """Whether products are found by the attribute."""

    is_searchable: bool


class ChangeAttributeConstraint(_OfAttribute):
    """No constraint any more; one that was SameForAll or Unique can be given up."""

    new_value: Literal["None"]


class AddPlainEnumValue(_OfAttribute):
    """One more choice."""

    value: PlainEnumValue


class AddLocalizedEnumValue(_OfAttribute):
    """One more choice, labelled in several languages."""

    value: LocalizedEnumValue


class ChangePlainEnumValueOrder(_OfAttribute):
    """The choices in another order."""

    values: tuple[PlainEnumValue, ...]


class ChangeLocalizedEnumValueOrder(_OfAttribute):
    """The localized choices in another order."""

    values: tuple[LocalizedEnumValue, ...]


class ChangePlainEnumValueLabel(_OfAttribute):
    """Another label for a choice; products show it when they are next written."""

    new_value: PlainEnumValue


class ChangeLocalizedEnumValueLabel(_OfAttribute):
    """Another label for a localized choice; products show it when they are next written."""

    new_value: LocalizedEnumValue


class RemoveEnumValues(_OfAttribute):
    """Choices, by key, that are to go; products that had chosen them lose the value when they are next written."""

    keys: tuple[str, ...]


actions = ActionSet(ProductType)
actions.setters("changeName", "setKey", "changeDescription")


@actions.handles
def add_attribute_definition(product_type: ProductType, action: AddAttributeDefinition, facts: Facts) -> ProductType:
    """Raises `AttributeDefinitionAlreadyExists` or `AttributeDefinitionTypeConflict`."""
    return _with_definition(product_type, action.attribute, facts)


@actions.handles
def remove_attribute_definition(product_type: ProductType, action: RemoveAttributeDefinition, facts: Facts) -> ProductType:
    """Raises `AttributeNameDoesNotExist`."""
    gone = _named(product_type, action.name)
    return replace(product_type, attributes=tuple(each for each in product_type.attributes if each is not gone))


@actions.handles
def change_attribute_order_by_name(product_type: ProductType, action: ChangeAttributeOrderByName, facts: Facts) -> ProductType:
    """Raises `InvalidField` unless every attribute is named once."""
    names = [definition.name for definition in product_type.attributes]
    if sorted(names) != sorted(action.attribute_names):
        raise invalid_field("attributeNames", list(action.attribute_names))
    return replace(product_type, attributes=tuple(_named(product_type, name) for name in action.attribute_names))


@actions.handles
def change_label(product_type: ProductType, action: ChangeLabel, facts: Facts) -> ProductType:
    """Raises `AttributeNameDoesNotExist`, as all that follow."""
    return _changed(product_type, action, lambda definition: replace(definition, label=action.label))


@actions.handles
def set_input_tip(product_type: ProductType, action: SetInputTip, facts: Facts) -> ProductType:
    """An absent tip removes the one that is there."""
    return _changed(product_type, action, lambda definition: replace(definition, input_tip=action.input_tip))


@actions.handles
def change_input_hint(product_type: ProductType, action: ChangeInputHint, facts: Facts) -> ProductType:
    """Set how many lines a text takes."""
    return _changed(product_type, action, lambda definition: replace(definition, input_hint=action.new_value))


@actions.handles
def change_is_searchable(product_type: ProductType, action: ChangeIsSearchable, facts: Facts) -> ProductType:
    """Set whether products are found by it."""
    return _changed(product_type, action, lambda definition: replace(definition, is_searchable=action.is_searchable))


@actions.handles
def change_attribute_constraint(product_type: ProductType, action: ChangeAttributeConstraint, facts: Facts) -> ProductType:
    """Raises `InvalidOperation` for an attribute that is part of a unique combination."""

    def freed(definition: AttributeDefinition) -> AttributeDefinition:
        if definition.attribute_constraint == "CombinationUnique":
            raise invalid_operation("The constraint CombinationUnique cannot be changed.")
        return replace(definition, attribute_constraint=action.new_value)

    return _changed(product_type, action, freed)


@actions.handles
def add_plain_enum_value(product_type: ProductType, action: AddPlainEnumValue, facts: Facts) -> ProductType:
    """Raises `EnumKeyAlreadyExists`."""
    return _added(product_type, action, EnumType, action.value)


@actions.handles
def add_localized_enum_value(product_type: ProductType, action: AddLocalizedEnumValue, facts: Facts) -> ProductType:
    """Raises `EnumKeyAlreadyExists`."""
    return _added(product_type, action, LocalizedEnumType, action.value)


@actions.handles
def change_plain_enum_value_order(product_type: ProductType, action: ChangePlainEnumValueOrder, facts: Facts) -> ProductType:
    """Raises `EnumValuesMustMatch`."""
    return _ordered(product_type, action, EnumType, action.values)


@actions.handles
def change_localized_enum_value_order(
    product_type: ProductType, action: ChangeLocalizedEnumValueOrder, facts: Facts
) -> ProductType:
    """Raises `EnumValuesMustMatch`."""
    return _ordered(product_type, action, LocalizedEnumType, action.values)


@actions.handles
def change_plain_enum_value_label(product_type: ProductType, action: ChangePlainEnumValueLabel, facts: Facts) -> ProductType:
    """Raises `EnumKeyDoesNotExist`."""
    return _labelled(product_type, action, EnumType, action.new_value)


@actions.handles
def change_localized_enum_value_label(
    product_type: ProductType, action: ChangeLocalizedEnumValueLabel, facts: Facts
) -> ProductType:
    """Raises `EnumKeyDoesNotExist`."""
    return _labelled(product_type, action, LocalizedEnumType, action.new_value)


@actions.handles
def remove_enum_values(product_type: ProductType, action: RemoveEnumValues, facts: Facts) -> ProductType:
    """Raises `EnumKeyDoesNotExist`, and `EnumValueIsUsed` for a required attribute, which no product may lose."""

    def change(definition: AttributeDefinition) -> AttributeDefinition:
        if definition.is_required:
            raise enum_value_is_used(list(action.keys), definition.name)
        values = enum_type(definition, EnumType, LocalizedEnumType).values
        for key in action.keys:
            if all(value.key != key for value in values):
                raise enum_key_does_not_exist(key, definition.name)
        return with_values(definition, tuple(value for value in values if value.key not in action.keys))

    return _changed(product_type, action, change)


def from_draft(draft: ProductTypeDraft, facts: Facts) -> ProductType:
    """A new product type. Raises what `addAttributeDefinition` raises."""
    product_type = ProductType(
        id=facts.new_id(),
        version=1,
        created_at=facts.now,
        last_modified_at=facts.now,
        key=draft.key,
        name=draft.name,
        description=draft.description,
        attributes=(),
    )
    for attribute in draft.attributes:
        product_type = _with_definition(product_type, attribute, facts)
    return product_type


def _with_definition(product_type: ProductType, draft: AttributeDefinitionDraft, facts: Facts) -> ProductType:
    definition = definition_from(draft, facts)
    check_beside(definition, product_type, facts.catalogue.all("product-type"))
    return replace(product_type, attributes=(*product_type.attributes, definition))


def _named(product_type: ProductType, name: str) -> AttributeDefinition:
    definition = product_type.definition(name)
    if definition is None:
        raise attribute_name_does_not_exist(name, product_type.name)
    return definition


def _changed(
    product_type: ProductType, action: _OfAttribute, change: Callable[[AttributeDefinition], AttributeDefinition]
) -> ProductType:
    old = _named(product_type, action.attribute_name)
    new = change(old)
    return replace(product_type, attributes=tuple(new if each is old else each for each in product_type.attributes))


def _added(product_type: ProductType, action: _OfAttribute, kind: EnumKind, value: EnumValue) -> ProductType:
    def change(definition: AttributeDefinition) -> AttributeDefinition:
        values = enum_type(definition, kind).values
        if any(known.key == value.key for known in values):
            raise enum_key_already_exists(value.key, definition.name)
        return with_values(definition, (*values, value))

    return _changed(product_type, action, change)


def _ordered(product_type: ProductType, action: _OfAttribute, kind: EnumKind, values: tuple[EnumValue, ...]) -> ProductType:
    def change(definition: AttributeDefinition) -> AttributeDefinition:
        known = enum_type(definition, kind).values
        if len(known) != len(values) or any(value not in values for value in known):
            raise enum_values_must_match()
        return with_values(definition, values)

    return _changed(product_type, action, change)


def _labelled(product_type: ProductType, action: _OfAttribute, kind: EnumKind, value: EnumValue) -> ProductType:
    def change(definition: AttributeDefinition) -> AttributeDefinition:
        values = enum_type(definition, kind).values
        if all(known.key != value.key for known in values):
            raise enum_key_does_not_exist(value.key, definition.name)
        return with_values(definition, tuple(value if known.key == value.key else known for known in values))

    return _changed(product_type, action, change)


RESOURCE = ResourceType(
    type_id="product-type",
    path="product-types",
    model=ProductType,
    draft=ProductTypeDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    lookups={"key": "key"},
    catalogue=True,
    referenced_by=(
        ("product", '$.productType.id ? (@ == "{id}")'),
        # Nested in another type, also inside sets.
        ("product-type", '$.attributes.type.**.typeReference.id ? (@ == "{id}")'),
    ),
)
