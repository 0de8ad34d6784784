"""The Type resource: what may be defined, and its actions."""

from typing import Any

import pytest

from domain.changes import changed, holds_to_specification, made, not_made, refused, shown
from domain.facts import EXTRA, facts
from orderwright.domain.custom.model import Type
from orderwright.domain.custom.resource import RESOURCE
from orderwright.resources import RESOURCES

SIZES = {"name": "Enum", "values": [{"key": "s", "label": "Small"}, {"key": "l", "label": "Large"}]}
COLOURS = {"name": "LocalizedEnum", "values": [{"key": "red", "label": {"en": "Red"}}, {"key": "blue", "label": {"en": "Blue"}}]}


def field(name: str, field_type: str | dict[str, Any] = "String", **more: Any) -> dict[str, Any]:
    kind = {"name": field_type} if isinstance(field_type, str) else field_type
    return {"name": name, "label": {"en": name}, "required": False, "type": kind, **more}


DRAFT = {
    "key": "gift",
    "name": {"en": "Gift"},
    "description": {"en": "What gifts have."},
    "resourceTypeIds": ["review"],
    "fieldDefinitions": [
        field("text", inputHint="MultiLine"),
        field("sizes", {"name": "Set", "elementType": SIZES}),
        field("colour", COLOURS),
        field("when", "DateTime", required=True),
    ],
}


def gift() -> Type:
    made_type: Type = made(RESOURCE, DRAFT)
    return made_type


def names(document: Type) -> list[str]:
    return [definition.name for definition in document.field_definitions]


def test_a_draft_becomes_a_type() -> None:
    document = shown(gift())
    assert {name: document[name] for name in ("key", "name", "description", "resourceTypeIds")} == {
        name: DRAFT[name] for name in ("key", "name", "description", "resourceTypeIds")
    }
    hints = ["MultiLine", "SingleLine", "SingleLine", "SingleLine"]
    drafts: Any = DRAFT["fieldDefinitions"]
    assert document["fieldDefinitions"] == [{**draft, "inputHint": hint} for draft, hint in zip(drafts, hints, strict=True)]
    holds_to_specification("Type", gift())


@pytest.mark.parametrize(
    "name",
    ["Boolean", "String", "LocalizedString", "Number", "Money", "Date", "Time", "DateTime"],
)
def test_every_plain_field_type_may_be_defined(name: str) -> None:
    document = made(RESOURCE, {**DRAFT, "fieldDefinitions": [field("some", name)]})
    assert shown(document)["fieldDefinitions"][0]["type"] == {"name": name}
    holds_to_specification("Type", document)


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("InvalidJsonInput", {"key": "x"}),
        ("InvalidJsonInput", {"name": None}),
        ("InvalidJsonInput", {"resourceTypeIds": ["cart"]}),
        ("InvalidJsonInput", {"fieldDefinitions": [field("a")]}),
        ("InvalidJsonInput", {"fieldDefinitions": [field("a" * 257)]}),
        ("InvalidJsonInput", {"fieldDefinitions": [field("some field")]}),
        ("InvalidJsonInput", {"fieldDefinitions": [field("some", "Text")]}),
        ("InvalidJsonInput", {"fieldDefinitions": [field("some", {"name": "Reference", "referenceTypeId": "cat"})]}),
        ("InvalidJsonInput", {"fieldDefinitions": [{**field("some"), "required": None}]}),
        ("DuplicateField", {"fieldDefinitions": [field("some"), field("some")]}),
        (
            "DuplicateEnumValues",
            {"fieldDefinitions": [field("some", {"name": "Enum", "values": [{"key": "a", "label": "A"}] * 2})]},
        ),
        # `note` is a text of orders in the Type `extra`.
        ("InvalidOperation", {"resourceTypeIds": ["store", "order"], "fieldDefinitions": [field("note", "Number")]}),
    ],
)
def test_a_wrong_draft_is_refused(code: str, members: dict[str, Any]) -> None:
    not_made(code, RESOURCE, {**DRAFT, **members}, facts())


def test_one_name_may_mean_different_things_for_different_resources() -> None:
    other = made(RESOURCE, {**DRAFT, "resourceTypeIds": ["store"], "fieldDefinitions": [field("note", "Number")]}, facts())
    assert names(other) == ["note"]
    sizes = field("size", {"name": "Enum", "values": [{"key": "xl", "label": "Huge"}]})
    same = made(RESOURCE, {**DRAFT, "resourceTypeIds": ["order"], "fieldDefinitions": [field("note"), sizes]}, facts())
    assert names(same) == ["note", "size"]
    changed(RESOURCE, EXTRA, {"action": "addFieldDefinition", "fieldDefinition": field("other")}, facts=facts())


def test_the_fields_are_added_ordered_and_removed() -> None:
    document = changed(
        RESOURCE,
        gift(),
        {"action": "changeKey", "key": "present"},
        {"action": "changeName", "name": {"de": "Geschenk"}},
        {"action": "setDescription"},
        {"action": "addFieldDefinition", "fieldDefinition": field("more", "Money")},
        {"action": "removeFieldDefinition", "fieldName": "text"},
        {"action": "changeFieldDefinitionOrder", "fieldNames": ["more", "when", "colour", "sizes"]},
        {"action": "changeLabel", "fieldName": "more", "label": {"en": "More"}},
        {"action": "changeFieldDefinitionLabel", "fieldName": "when", "label": {"en": "When"}},
    )
    assert (document.key, document.name, document.description) == ("present", {"de": "Geschenk"}, None)
    assert names(document) == ["more", "when", "colour", "sizes"]
    assert [document.field_definitions[at].label for at in (0, 1)] == [{"en": "More"}, {"en": "When"}]
    holds_to_specification("Type", document)


def test_the_choices_of_enums_are_added_ordered_and_labelled() -> None:
    document = changed(
        RESOURCE,
        gift(),
        {"action": "changeInputHint", "fieldName": "text", "inputHint": "SingleLine"},
        {"action": "addEnumValue", "fieldName": "sizes", "value": {"key": "m", "label": "Medium"}},
        {"action": "changeEnumValueOrder", "fieldName": "sizes", "keys": ["s", "m", "l"]},
        {"action": "changeEnumValueLabel", "fieldName": "sizes", "value": {"key": "s", "label": "Tiny"}},
        {"action": "addLocalizedEnumValue", "fieldName": "colour", "value": {"key": "pink", "label": {"en": "Pink"}}},
        {"action": "changeLocalizedEnumValueOrder", "fieldName": "colour", "keys": ["pink", "red", "blue"]},
        {"action": "changeLocalizedEnumValueLabel", "fieldName": "colour", "value": {"key": "red", "label": {"de": "Rot"}}},
    )
    text, sizes, colour = shown(document)["fieldDefinitions"][:3]
    assert text["inputHint"] == "SingleLine"
    assert sizes["type"]["elementType"]["values"] == [
        {"key": "s", "label": "Tiny"},
        {"key": "m", "label": "Medium"},
        {"key": "l", "label": "Large"},
    ]
    assert colour["type"]["values"] == [
        {"key": "pink", "label": {"en": "Pink"}},
        {"key": "red", "label": {"de": "Rot"}},
        {"key": "blue", "label": {"en": "Blue"}},
    ]


def test_choices_of_enums_are_removed_also_inside_sets_and_where_the_field_is_required() -> None:
    document = changed(
        RESOURCE,
        made(
            RESOURCE,
            {
                **DRAFT,
                "fieldDefinitions": [
                    field("sizes", {"name": "Set", "elementType": SIZES}, required=True),
                    field("colour", COLOURS),
                ],
            },
        ),
        {"action": "removeEnumValues", "fieldName": "sizes", "keys": ["s", "s"]},
        {"action": "removeLocalizedEnumValues", "fieldName": "colour", "keys": ["blue", "red"]},
    )
    sizes, colour = shown(document)["fieldDefinitions"]
    assert sizes["type"]["elementType"]["values"] == [{"key": "l", "label": "Large"}]
    assert colour["type"]["values"] == []
    assert changed(RESOURCE, gift(), {"action": "removeEnumValues", "fieldName": "sizes", "keys": []}) == gift()


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("DuplicateField", {"action": "addFieldDefinition", "fieldDefinition": field("text")}),
        ("InvalidField", {"action": "removeFieldDefinition", "fieldName": "other"}),
        ("InvalidField", {"action": "changeLabel", "fieldName": "other", "label": {"en": "x"}}),
        ("InvalidJsonInput", {"action": "changeLabel", "fieldName": "text", "label": {}}),
        ("InvalidOperation", {"action": "changeInputHint", "fieldName": "when", "inputHint": "MultiLine"}),
        ("InvalidOperation", {"action": "changeFieldDefinitionOrder", "fieldNames": ["text", "sizes", "colour"]}),
        ("InvalidOperation", {"action": "changeFieldDefinitionOrder", "fieldNames": ["text", "text", "sizes", "when"]}),
        ("DuplicateField", {"action": "addEnumValue", "fieldName": "sizes", "value": {"key": "s", "label": "S"}}),
        ("InvalidOperation", {"action": "addEnumValue", "fieldName": "colour", "value": {"key": "s", "label": "S"}}),
        ("InvalidOperation", {"action": "addLocalizedEnumValue", "fieldName": "text", "value": {"key": "s", "label": {}}}),
        ("InvalidField", {"action": "changeEnumValueLabel", "fieldName": "sizes", "value": {"key": "m", "label": "M"}}),
        ("InvalidField", {"action": "changeLocalizedEnumValueLabel", "fieldName": "colour", "value": {"key": "m", "label": {}}}),
        ("InvalidOperation", {"action": "changeEnumValueOrder", "fieldName": "sizes", "keys": ["s"]}),
        ("InvalidOperation", {"action": "changeEnumValueOrder", "fieldName": "sizes", "keys": ["s", "l", "l"]}),
        ("InvalidOperation", {"action": "changeLocalizedEnumValueOrder", "fieldName": "colour", "keys": ["red", "green"]}),
        ("InvalidField", {"action": "removeEnumValues", "fieldName": "sizes", "keys": ["s", "m"]}),
        ("InvalidField", {"action": "removeEnumValues", "fieldName": "other", "keys": []}),
        ("InvalidOperation", {"action": "removeEnumValues", "fieldName": "colour", "keys": ["red"]}),
        ("InvalidOperation", {"action": "removeLocalizedEnumValues", "fieldName": "sizes", "keys": ["s"]}),
        ("InvalidOperation", {"action": "removeEnumValues", "fieldName": "text", "keys": []}),
        ("InvalidJsonInput", {"action": "removeEnumValues", "fieldName": "sizes"}),
        ("InvalidJsonInput", {"action": "changeKey"}),
        ("InvalidJsonInput", {"action": "changeName"}),
    ],
)
def test_a_wrong_action_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, gift(), action)


def test_every_place_of_custom_fields_holds_its_type() -> None:
    """By hand: the places that an order of one shipping method can have custom fields in."""
    found = dict(next(each for each in RESOURCES if each.type_id == "type").referenced_by)
    assert set(found) >= {"cart", "order", "store", "shipping-method"}
    for place in (
        "custom",
        "lineItems[*].custom",
        "customLineItems[*].custom",
        "shippingAddress.custom",
        "billingAddress.custom",
        "itemShippingAddresses[*].custom",
        "shippingCustomFields",
        "shippingInfo.deliveries[*].custom",
        "shippingInfo.deliveries[*].address.custom",
        "shippingInfo.deliveries[*].parcels[*].custom",
        "returnInfo[*].items[*].custom",
    ):
        assert f'(@.{place}.type.id == "{{id}}"' in found["order"] or f' @.{place}.type.id == "{{id}}"' in found["order"], place
