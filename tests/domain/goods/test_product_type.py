"""Product types: definitions that fit themselves and the project's other types, and the choices of enums."""

from typing import Any

import pytest

from domain.changes import changed, holds_to_specification, made, not_made, refused
from domain.goods.shirts import SHIRT, shop
from orderwright.domain.goods.product_type.model import EnumType, LocalizedEnumType, SetType
from orderwright.domain.goods.product_type.resource import RESOURCE

S = {"key": "s", "label": "Small"}
ENUM = {"name": "enum", "values": [S]}
NESTED = {"name": "nested", "typeReference": {"typeId": "product-type", "id": SHIRT.id}}


def draft(**changes: Any) -> dict[str, Any]:
    return {"name": "width", "label": {"en": "Width"}, "isRequired": False, "type": {"name": "number"}, **changes}


def set_of(element: dict[str, Any], steps: int = 1) -> dict[str, Any]:
    for _ in range(steps):
        element = {"name": "set", "elementType": element}
    return element


def test_a_draft_makes_a_type_with_the_defaults_of_its_definitions() -> None:
    product_type = made(RESOURCE, {"name": "Box", "description": "", "attributes": [draft()]}, shop())
    (width,) = product_type.attributes
    assert (width.level, width.attribute_constraint, width.input_hint) == ("Variant", "None", "SingleLine")
    assert width.is_searchable
    holds_to_specification("ProductType", product_type)
    assert made(RESOURCE, {"name": "Box", "description": ""}, shop()).attributes == ()


def test_fields_and_definitions_are_changed() -> None:
    after = changed(
        RESOURCE,
        SHIRT,
        {"action": "changeName", "name": "Blouse"},
        {"action": "setKey"},
        {"action": "changeDescription", "description": "light"},
        {"action": "changeLabel", "attributeName": "gtin", "label": {"en": "GTIN"}},
        {"action": "setInputTip", "attributeName": "gtin", "inputTip": {"en": "13 digits"}},
        {"action": "changeInputHint", "attributeName": "gtin", "newValue": "MultiLine"},
        {"action": "changeIsSearchable", "attributeName": "gtin", "isSearchable": False},
        facts=shop(),
    )
    gtin = after.definition("gtin")
    assert (after.name, after.key, after.description) == ("Blouse", None, "light")
    assert (gtin.label, gtin.input_tip, gtin.input_hint, gtin.is_searchable) == (
        {"en": "GTIN"},
        {"en": "13 digits"},
        "MultiLine",
        False,
    )


def test_definitions_come_go_and_change_places() -> None:
    after = changed(RESOURCE, SHIRT, {"action": "addAttributeDefinition", "attribute": draft()}, facts=shop())
    after = changed(RESOURCE, after, {"action": "removeAttributeDefinition", "name": "gtin"}, facts=shop())
    names = [definition.name for definition in after.attributes]
    assert names[-1] == "width" and "gtin" not in names
    action = {"action": "changeAttributeOrderByName", "attributeNames": names[::-1]}
    assert [each.name for each in changed(RESOURCE, after, action, facts=shop()).attributes] == names[::-1]


def test_choices_are_added_ordered_and_labelled_also_inside_a_set() -> None:
    medium = {"key": "m", "label": "Medium"}
    after = changed(
        RESOURCE,
        SHIRT,
        {"action": "addPlainEnumValue", "attributeName": "sizes", "value": medium},
        {
            "action": "changePlainEnumValueOrder",
            "attributeName": "sizes",
            "values": [medium, {"key": "l", "label": "Large"}, S],
        },
        {"action": "changePlainEnumValueLabel", "attributeName": "sizes", "newValue": {"key": "s", "label": "Little"}},
        {"action": "addLocalizedEnumValue", "attributeName": "colour", "value": {"key": "blue", "label": {"en": "Blue"}}},
        {"action": "changeLocalizedEnumValueLabel", "attributeName": "colour", "newValue": {"key": "red", "label": {}}},
        facts=shop(),
    )
    sizes, colours = after.definition("sizes").type, after.definition("colour").type
    assert isinstance(sizes, SetType) and isinstance(sizes.element_type, EnumType)
    assert [(each.key, each.label) for each in sizes.element_type.values] == [
        ("m", "Medium"),
        ("l", "Large"),
        ("s", "Little"),
    ]
    assert isinstance(colours, LocalizedEnumType)
    assert [(each.key, each.label) for each in colours.values] == [("red", {}), ("blue", {"en": "Blue"})]
    assert after.definition("size") == SHIRT.definition("size")


def test_constraints_are_given_up_and_choices_removed() -> None:
    after = changed(
        RESOURCE,
        SHIRT,
        {"action": "changeAttributeConstraint", "attributeName": "gtin", "newValue": "None"},
        {"action": "removeEnumValues", "attributeName": "sizes", "keys": ["s"]},
        {"action": "removeEnumValues", "attributeName": "colour", "keys": ["red"]},
        facts=shop(),
    )
    assert after.definition("gtin").attribute_constraint == "None"
    assert [each.key for each in after.definition("sizes").type.element_type.values] == ["l"]
    assert after.definition("colour").type.values == ()


def test_choices_of_a_required_attribute_stay() -> None:
    attributes = [draft(name="box", type=ENUM, isRequired=True)]
    box = made(RESOURCE, {"name": "Box", "description": "", "attributes": attributes}, shop())
    action = {"action": "removeEnumValues", "attributeName": "box", "keys": ["s"]}
    error = refused("EnumValueIsUsed", RESOURCE, box, action, facts=shop())
    assert error.message == "s is used by some products and cannot be deleted because the box attribute is required."


@pytest.mark.parametrize(
    ("code", "definition"),
    [
        ("AttributeDefinitionAlreadyExists", draft(name="gtin", type={"name": "text"})),
        ("AttributeDefinitionTypeConflict", draft(name="weight", type={"name": "text"})),
        ("DuplicateEnumValues", draft(type={"name": "enum", "values": [S, S]})),
        ("DuplicateEnumValues", draft(type=set_of({"name": "enum", "values": [S, S]}))),
        ("InvalidOperation", draft(type=set_of(ENUM), isRequired=True)),
        ("InvalidOperation", draft(level="Product", attributeConstraint="Unique")),
        ("InvalidOperation", draft(type=set_of(NESTED, 6))),
        ("InvalidOperation", draft(type=NESTED, attributeConstraint="SameForAll")),
        (
            "ReferencedResourceNotFound",
            draft(type={"name": "nested", "typeReference": {"typeId": "product-type", "id": SHIRT.id[:-1] + "7"}}),
        ),
        ("InvalidJsonInput", draft(type={"name": "colour"})),
        ("InvalidJsonInput", draft(type={"name": "reference", "referenceTypeId": "planet"})),
        ("InvalidJsonInput", draft(name="has space")),
        ("InvalidJsonInput", draft(attributeConstraint="Sometimes")),
        ("InvalidJsonInput", draft(label={})),
    ],
)
def test_definitions_that_are_refused(code: str, definition: dict[str, Any]) -> None:
    refused(code, RESOURCE, SHIRT, {"action": "addAttributeDefinition", "attribute": definition}, facts=shop())


def test_enums_of_one_name_may_differ_in_their_choices_between_types() -> None:
    types = {"size": ENUM, "sizes": set_of(ENUM), "parts5": set_of(NESTED, 5)}
    attributes = [draft(name=name, type=type) for name, type in types.items()]
    product_type = made(RESOURCE, {"name": "Box", "description": "", "attributes": attributes}, shop())
    assert not product_type.definition("parts5").is_searchable


def test_a_name_stands_once_in_a_draft() -> None:
    twice = {"name": "x", "description": "", "attributes": [draft(), draft()]}
    not_made("AttributeDefinitionAlreadyExists", RESOURCE, twice, shop())


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("AttributeNameDoesNotExist", {"action": "changeLabel", "attributeName": "none", "label": {"en": "x"}}),
        ("AttributeNameDoesNotExist", {"action": "removeAttributeDefinition", "name": "none"}),
        ("InvalidField", {"action": "changeAttributeOrderByName", "attributeNames": ["gtin"]}),
        ("InvalidOperation", {"action": "changeAttributeConstraint", "attributeName": "size", "newValue": "None"}),
        ("EnumKeyDoesNotExist", {"action": "removeEnumValues", "attributeName": "size", "keys": ["s", "xl"]}),
        ("InvalidOperation", {"action": "removeEnumValues", "attributeName": "gtin", "keys": ["s"]}),
        ("InvalidOperation", {"action": "addLocalizedEnumValue", "attributeName": "size", "value": {"key": "x", "label": {}}}),
        ("EnumKeyAlreadyExists", {"action": "addPlainEnumValue", "attributeName": "size", "value": S}),
        ("InvalidOperation", {"action": "addPlainEnumValue", "attributeName": "colour", "value": S}),
        ("EnumValuesMustMatch", {"action": "changePlainEnumValueOrder", "attributeName": "size", "values": [S, S]}),
        (
            "EnumKeyDoesNotExist",
            {"action": "changePlainEnumValueLabel", "attributeName": "size", "newValue": {"key": "xl", "label": ""}},
        ),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, SHIRT, action, facts=shop())
