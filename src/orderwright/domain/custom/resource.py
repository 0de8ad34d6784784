"""Types: the custom fields of resources and their parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from orderwright.domain.custom.definitions import EnumKind, EnumValue, check_beside, check_textual, enum_values
from orderwright.domain.custom.model import (
    CustomFieldEnumType,
    CustomFieldEnumValue,
    CustomFieldLocalizedEnumType,
    CustomFieldLocalizedEnumValue,
    FieldDefinition,
    FieldName,
    Label,
    ResourceTypeId,
    TextInputHint,
    Type,
)
from orderwright.domain.laws.choices import relabelled, with_choices
from orderwright.domain.laws.parts import instead, without
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Value
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, LocalizedString
from orderwright.errors import duplicate_field, invalid_field, invalid_operation

T = TypeVar("T")


class TypeDraft(Value):
    """A Type as it is sent."""

    key: Key
    name: LocalizedString
    resource_type_ids: tuple[ResourceTypeId, ...]
    description: LocalizedString | None = None
    field_definitions: tuple[FieldDefinition, ...] = ()


class AddFieldDefinition(Action):
    """One more field, behind the others."""

    field_definition: FieldDefinition


class ChangeFieldDefinitionOrder(Action):
    """All fields, by name, in another order."""

    field_names: tuple[str, ...]


class OfField(Action):
    """What the actions on one field share: its name."""

    field_name: FieldName


class RemoveFieldDefinition(OfField):
    """A field that is to go; resources lose their values of it when their custom fields are next written."""


class ChangeLabel(OfField):
    """What people call the field."""

    label: Label


class ChangeFieldDefinitionLabel(OfField):
    """The same as `changeLabel`, by another name."""

    label: Label


class ChangeInputHint(OfField):
    """Whether texts are typed in one line or several."""

    input_hint: TextInputHint


class AddEnumValue(OfField):
    """One more choice."""

    value: CustomFieldEnumValue


class AddLocalizedEnumValue(OfField):
    """One more choice, labelled in several languages."""

    value: CustomFieldLocalizedEnumValue


class ChangeEnumValueLabel(OfField):
    """Another label for a choice."""

    value: CustomFieldEnumValue


class ChangeLocalizedEnumValueLabel(OfField):
    """Another label for a localized choice."""

    value: CustomFieldLocalizedEnumValue


class ChangeEnumValueOrder(OfField):
    """All choices, by key, in another order."""

    keys: tuple[str, ...]


class ChangeLocalizedEnumValueOrder(OfField):
    """All localized choices, by key, in another order."""

    keys: tuple[str, ...]


class RemoveEnumValues(OfField):
    """Choices, by key, that are to go. Values that are in use stay as they are until a custom field beside them is set."""

    keys: tuple[str, ...]


class RemoveLocalizedEnumValues(OfField):
    """The same for localized choices."""

    keys: tuple[str, ...]


Edit = Callable[[FieldDefinition, Any], FieldDefinition]
actions = ActionSet(Type)
actions.setters("changeKey", "changeName", "setDescription")


@actions.handles
def add_field_definition(type: Type, action: AddFieldDefinition, facts: Facts) -> Type:
    """Raises as `check_beside` does."""
    return _with_definition(type, action.field_definition, facts)


@actions.handles
def remove_field_definition(type: Type, action: RemoveFieldDefinition, _facts: Facts) -> Type:
    """Raises `InvalidField` for a field that the Type does not have."""
    return replace(type, field_definitions=without(type.field_definitions, _named(type, action)))


@actions.handles
def change_field_definition_order(type: Type, action: ChangeFieldDefinitionOrder, _facts: Facts) -> Type:
    """Raises `InvalidOperation` unless exactly the names of all fields are given."""
    by_name = {definition.name: definition for definition in type.field_definitions}
    return replace(type, field_definitions=_ordered(by_name, action.field_names, "names of the field definitions"))


def _labelled(definition: FieldDefinition, action: ChangeLabel | ChangeFieldDefinitionLabel) -> FieldDefinition:
    return replace(definition, label=action.label)


def _hinted(definition: FieldDefinition, action: ChangeInputHint) -> FieldDefinition:
    check_textual(definition)
    return replace(definition, input_hint=action.input_hint)


def _adding(kind: EnumKind) -> Edit:
    def edit(definition: FieldDefinition, action: AddEnumValue | AddLocalizedEnumValue) -> FieldDefinition:
        values = enum_values(definition, kind)
        if any(known.key == action.value.key for known in values):
            raise duplicate_field("value.key", action.value.key)
        return with_choices(definition, (*values, action.value))

    return edit


def _labelling(kind: EnumKind) -> Edit:
    def edit(definition: FieldDefinition, action: ChangeEnumValueLabel | ChangeLocalizedEnumValueLabel) -> FieldDefinition:
        new: EnumValue = action.value
        values = enum_values(definition, kind)
        keys = [known.key for known in values]
        if new.key not in keys:
            raise invalid_field("value.key", new.key, keys)
        return with_choices(definition, relabelled(values, new))

    return edit


def _ordering(kind: EnumKind) -> Edit:
    def edit(definition: FieldDefinition, action: ChangeEnumValueOrder | ChangeLocalizedEnumValueOrder) -> FieldDefinition:
        by_key = {value.key: value for value in enum_values(definition, kind)}
        return with_choices(definition, _ordered(by_key, action.keys, "keys of the enum values"))

    return edit


def _removing(kind: EnumKind) -> Edit:
    def edit(definition: FieldDefinition, action: RemoveEnumValues | RemoveLocalizedEnumValues) -> FieldDefinition:
        values = enum_values(definition, kind)
        keys = [known.key for known in values]
        gone = set(action.keys)
        if unknown := sorted(gone.difference(keys)):
            raise invalid_field("keys", unknown[0], keys)
        return with_choices(definition, [value for value in values if value.key not in gone])

    return edit


# Each of these actions changes one field and nothing else.
EDITS: tuple[tuple[type[OfField], Edit], ...] = (
    (ChangeLabel, _labelled),
    (ChangeFieldDefinitionLabel, _labelled),
    (ChangeInputHint, _hinted),
    (AddEnumValue, _adding(CustomFieldEnumType)),
    (AddLocalizedEnumValue, _adding(CustomFieldLocalizedEnumType)),
    (ChangeEnumValueLabel, _labelling(CustomFieldEnumType)),
    (ChangeLocalizedEnumValueLabel, _labelling(CustomFieldLocalizedEnumType)),
    (ChangeEnumValueOrder, _ordering(CustomFieldEnumType)),
    (ChangeLocalizedEnumValueOrder, _ordering(CustomFieldLocalizedEnumType)),
    (RemoveEnumValues, _removing(CustomFieldEnumType)),
    (RemoveLocalizedEnumValues, _removing(CustomFieldLocalizedEnumType)),
)


def _editing(edit: Edit) -> Callable[[Type, Any, Facts], Type]:
    def handle(type: Type, action: Any, _facts: Facts) -> Type:
        old = _named(type, action)
        return replace(type, field_definitions=instead(type.field_definitions, old, edit(old, action)))

    return handle


for _action, _edit in EDITS:
    actions.add(_action, _editing(_edit))


def from_draft(draft: TypeDraft, facts: Facts) -> Type:
    """A new Type. Raises what `addFieldDefinition` raises."""
    type = Type(
        **facts.born(),
        key=draft.key,
        name=draft.name,
        description=draft.description,
        resource_type_ids=tuple(dict.fromkeys(draft.resource_type_ids)),
        field_definitions=(),
    )
    for definition in draft.field_definitions:
        type = _with_definition(type, definition, facts)
    return type


def _with_definition(type: Type, definition: FieldDefinition, facts: Facts) -> Type:
    check_beside(definition, type, facts.catalogue.all("type"))
    return replace(type, field_definitions=(*type.field_definitions, definition))


def _named(type: Type, action: OfField) -> FieldDefinition:
    definition = type.definition(action.field_name)
    if definition is None:
        raise invalid_field("fieldName", action.field_name, [each.name for each in type.field_definitions])
    return definition


def _ordered(known: Mapping[str, T], order: Iterable[str], what: str) -> tuple[T, ...]:
    names = tuple(order)
    if sorted(names) != sorted(known):
        raise invalid_operation(f"The given {what} must be the existing ones, each once: {', '.join(known)}.")
    return tuple(known[name] for name in names)


RESOURCE = ResourceType(
    type_id="type",
    path="types",
    model=Type,
    draft=TypeDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    lookups={"key": "key"},
    catalogue=True,
    # Of a product's prices and assets, which its queried copy leaves out.
    referenced_by=(("product", '$.customTypes[*] ? (@ == "{id}")'),),
)
