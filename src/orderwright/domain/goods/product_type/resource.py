"""Product types: the attributes of products, their labels and their choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace as with_changes
from typing import Any, Literal

from msgspec.structs import replace

from orderwright.domain.custom.model import Label, TextInputHint
from orderwright.domain.goods.product.renewal import renewed_after_type
from orderwright.domain.goods.product_type.definitions import EnumKind, EnumValue, check_beside, definition_from, enum_values
from orderwright.domain.goods.product_type.model import (
    AttributeDefinition,
    AttributeDefinitionDraft,
    EnumKey,
    EnumType,
    LocalizedEnumType,
    LocalizedEnumValue,
    PlainEnumValue,
    ProductType,
)
from orderwright.domain.goods.product_type.renaming import check_not_former, check_not_former_key, forgetting, rekeyed, renamed
from orderwright.domain.goods.refusals import (
    attribute_name_does_not_exist,
    enum_key_already_exists,
    enum_key_does_not_exist,
    enum_value_is_used,
    enum_values_must_match,
)
from orderwright.domain.laws.choices import relabelled, with_choices
from orderwright.domain.laws.parts import instead, without
from orderwright.domain.laws.renewing import named_anew
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Value
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, LocalizedString
from orderwright.errors import invalid_field, invalid_operation


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
    """An attribute that is to go; products lose their values of it soon after."""

    name: Key


class ChangeAttributeOrderByName(Action):
    """All attributes, by name, in another order."""

    attribute_names: tuple[str, ...]


class ChangeAttributeOrder(Action):
    """All attributes, with their definitions as they are, in another order."""

    attributes: tuple[AttributeDefinition, ...]


class OfAttribute(Action):
    """What the actions on one attribute share: its name."""

    attribute_name: Key


class ChangeLabel(OfAttribute):
    """What people call the attribute."""

    label: Label


class SetInputTip(OfAttribute):
    """What to mind when a value is typed in."""

    input_tip: LocalizedString | None = None


class ChangeInputHint(OfAttribute):
    """Whether texts are typed in one line or several."""

    new_value: TextInputHint


class ChangeIsSearchable(OfAttribute):
    """Whether products are found by the attribute."""

    is_searchable: bool


class ChangeAttributeConstraint(OfAttribute):
    """No constraint any more; one that was SameForAll or Unique can be given up."""

    new_value: Literal["None"]


class ChangeAttributeName(OfAttribute):
    """Another name; products hold their values under it soon after."""

    new_attribute_name: Key


class ChangeEnumKey(OfAttribute):
    """Another key of a choice; products that had chosen it hold the new key soon after."""

    key: EnumKey
    new_key: EnumKey


class AddPlainEnumValue(OfAttribute):
    """One more choice."""

    value: PlainEnumValue


class AddLocalizedEnumValue(OfAttribute):
    """One more choice, labelled in several languages."""

    value: LocalizedEnumValue


class ChangePlainEnumValueOrder(OfAttribute):
    """The choices in another order."""

    values: tuple[PlainEnumValue, ...]


class ChangeLocalizedEnumValueOrder(OfAttribute):
    """The localized choices in another order."""

    values: tuple[LocalizedEnumValue, ...]


class ChangePlainEnumValueLabel(OfAttribute):
    """Another label for a choice; products show it soon after."""

    new_value: PlainEnumValue


class ChangeLocalizedEnumValueLabel(OfAttribute):
    """Another label for a localized choice; products show it soon after."""

    new_value: LocalizedEnumValue


class RemoveEnumValues(OfAttribute):
    """Choices, by key, that are to go; products that had chosen them lose the value soon after."""

    keys: tuple[str, ...]


Edit = Callable[[AttributeDefinition, Any], AttributeDefinition]
actions = ActionSet(ProductType)
actions.setters("changeName", "setKey", "changeDescription")


@actions.handles
def add_attribute_definition(product_type: ProductType, action: AddAttributeDefinition, facts: Facts) -> ProductType:
    """Raises `AttributeDefinitionAlreadyExists` or `AttributeDefinitionTypeConflict`."""
    return _with_definition(product_type, action.attribute, facts)


@actions.handles
def remove_attribute_definition(
    product_type: ProductType, action: RemoveAttributeDefinition, facts: Facts
) -> Change[ProductType]:
    """Raises `AttributeNameDoesNotExist`."""
    left = without(product_type.attributes, _named(product_type, action.name))
    return _renewing(product_type, replace(product_type, attributes=left), facts)


@actions.handles
def change_attribute_order_by_name(product_type: ProductType, action: ChangeAttributeOrderByName, facts: Facts) -> ProductType:
    """Raises `InvalidField` unless every attribute is named once."""
    return _ordered(product_type, action.attribute_names, "attributeNames")


@actions.handles
def change_attribute_order(product_type: ProductType, action: ChangeAttributeOrder, facts: Facts) -> ProductType:
    """The older form; only the names of the definitions are looked at. Raises `InvalidField`, as the newer one."""
    return _ordered(product_type, [definition.name for definition in action.attributes], "attributes")


@actions.handles
def change_attribute_name(
    product_type: ProductType, action: ChangeAttributeName, facts: Facts
) -> ProductType | Change[ProductType]:
    """Raises what `addAttributeDefinition` raises for the new name, and `AttributeNameDoesNotExist`."""
    old, name = _named(product_type, action.attribute_name), action.new_attribute_name
    if name == old.name:
        return product_type
    after = renamed(old, name)
    check_beside(after, product_type, facts.catalogue.all("product-type"))
    check_not_former(replace(product_type, attributes=without(product_type.attributes, old)), name)
    return _renewing(product_type, replace(product_type, attributes=instead(product_type.attributes, old, after)), facts)


def _ordered(product_type: ProductType, names: Sequence[str], field: str) -> ProductType:
    if sorted(definition.name for definition in product_type.attributes) != sorted(names):
        raise invalid_field(field, list(names))
    return replace(product_type, attributes=tuple(_named(product_type, name) for name in names))


def _setting(field: str, member: str | None = None) -> Edit:
    """An edit that puts the action's member into the definition's field; most are called alike."""
    return lambda definition, action: replace(definition, **{field: getattr(action, member or field)})


def _freed(definition: AttributeDefinition, action: ChangeAttributeConstraint) -> AttributeDefinition:
    if definition.attribute_constraint == "CombinationUnique":
        raise invalid_operation("The constraint CombinationUnique cannot be changed.")
    return replace(definition, attribute_constraint=action.new_value)


def _adding(kind: EnumKind) -> Edit:
    def edit(definition: AttributeDefinition, action: AddPlainEnumValue | AddLocalizedEnumValue) -> AttributeDefinition:
        values = enum_values(definition, kind)
        if any(known.key == action.value.key for known in values):
            raise enum_key_already_exists(action.value.key, definition.name)
        check_not_former_key(definition, action.value.key)
        return with_choices(definition, (*values, action.value))

    return edit


def _ordering(kind: EnumKind) -> Edit:
    def edit(
        definition: AttributeDefinition, action: ChangePlainEnumValueOrder | ChangeLocalizedEnumValueOrder
    ) -> AttributeDefinition:
        known, wanted = enum_values(definition, kind), action.values
        if len(known) != len(wanted) or any(value not in wanted for value in known):
            raise enum_values_must_match()
        return with_choices(definition, wanted)

    return edit


def _labelling(kind: EnumKind) -> Edit:
    def edit(
        definition: AttributeDefinition, action: ChangePlainEnumValueLabel | ChangeLocalizedEnumValueLabel
    ) -> AttributeDefinition:
        new: EnumValue = action.new_value
        values = enum_values(definition, kind)
        if all(known.key != new.key for known in values):
            raise enum_key_does_not_exist(new.key, definition.name)
        return with_choices(definition, relabelled(values, new))

    return edit


def _without_values(definition: AttributeDefinition, action: RemoveEnumValues) -> AttributeDefinition:
    if definition.is_required:
        raise enum_value_is_used(list(action.keys), definition.name)
    values = enum_values(definition, EnumType, LocalizedEnumType)
    for key in action.keys:
        if all(value.key != key for value in values):
            raise enum_key_does_not_exist(key, definition.name)
    return with_choices(definition, [value for value in values if value.key not in action.keys])


# Each of these actions changes one attribute and nothing else. They raise `AttributeNameDoesNotExist`, besides:
# `InvalidOperation` for an attribute that is part of a unique combination, or no enum of the kind;
# `EnumKeyAlreadyExists`, `EnumKeyDoesNotExist`, `EnumValuesMustMatch` for choices that do not fit those there are;
# `EnumValueIsUsed` for those of a required attribute, which no product may lose.
EDITS: tuple[tuple[type[OfAttribute], Edit], ...] = (
    (ChangeLabel, _setting("label")),
    (SetInputTip, _setting("input_tip")),
    (ChangeInputHint, _setting("input_hint", "new_value")),
    (ChangeIsSearchable, _setting("is_searchable")),
    (ChangeAttributeConstraint, _freed),
    (ChangeEnumKey, lambda definition, action: rekeyed(definition, action.key, action.new_key)),
    (AddPlainEnumValue, _adding(EnumType)),
    (AddLocalizedEnumValue, _adding(LocalizedEnumType)),
    (ChangePlainEnumValueOrder, _ordering(EnumType)),
    (ChangeLocalizedEnumValueOrder, _ordering(LocalizedEnumType)),
    (ChangePlainEnumValueLabel, _labelling(EnumType)),
    (ChangeLocalizedEnumValueLabel, _labelling(LocalizedEnumType)),
    (RemoveEnumValues, _without_values),
)


# After these, products hold what they copied of the type in another form or no longer.
_RENEWING = (ChangeEnumKey, ChangePlainEnumValueLabel, ChangeLocalizedEnumValueLabel, RemoveEnumValues)


def _editing(edit: Edit) -> Callable[[ProductType, Any, Facts], Any]:
    def handle(product_type: ProductType, action: Any, facts: Facts) -> ProductType | Change[ProductType]:
        old = _named(product_type, action.attribute_name)
        after = replace(product_type, attributes=instead(product_type.attributes, old, edit(old, action)))
        return _renewing(product_type, after, facts) if isinstance(action, _RENEWING) else after

    return handle


def _renewing(before: ProductType, after: ProductType, facts: Facts) -> Change[ProductType]:
    return Change(after, effects=(renewed_after_type(after, facts.now),) if after != before else ())


for _action, _edit in EDITS:
    actions.add(_action, _editing(_edit))


def from_draft(draft: ProductTypeDraft, facts: Facts) -> ProductType:
    """A new product type. Raises what `addAttributeDefinition` raises."""
    product_type = ProductType(
        **facts.born(),
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
    check_not_former(product_type, definition.name)
    return replace(product_type, attributes=(*product_type.attributes, definition))


def _named(product_type: ProductType, name: str) -> AttributeDefinition:
    definition = product_type.definition(name)
    if definition is None:
        raise attribute_name_does_not_exist(name, product_type.name)
    return definition


RESOURCE = ResourceType(
    type_id="product-type",
    path="product-types",
    model=ProductType,
    draft=ProductTypeDraft,
    actions=actions,
    create=from_draft,
    settles=named_anew,
    unique=("key",),
    lookups={"key": "key"},
    catalogue=True,
    # Nested in another type, also inside sets.
    referenced_by=(("product-type", '$.attributes.type.**.typeReference.id ? (@ == "{id}")'),),
)
RENEWAL = with_changes(RESOURCE, actions=forgetting)
