"""Attribute values: the form they are stored in, what is refused, and the constraints between variants."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, not_made, refused
from domain.facts import uid
from domain.goods.shirts import DRAFT, SHIRT, attribute, definition, shirt, shop
from orderwright.domain.goods.product.resource import RESOURCE
from orderwright.domain.goods.product_type.model import EnumType, PlainEnumValue, SetType, TextType

SMALL = {"key": "s", "label": "Small"}
SIBLING = {"typeId": "product", "id": uid(50)}


def with_value(name: str, value: Any) -> dict[str, Any]:
    return {"action": "setAttribute", "variantId": 1, "name": name, "value": value}


def stored(product: Any, name: str) -> Any:
    attributes = product.master_data.staged.master_variant.attributes
    return next((each.value for each in attributes if each.name == name), None)


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("washable", True, True),
        ("gtin", "4006381333931", "4006381333931"),
        ("note", {"en": "soft", "de": "weich"}, {"en": "soft", "de": "weich"}),
        ("size", "s", SMALL),
        ("size", {"key": "s", "label": "whatever"}, SMALL),
        ("colour", "red", {"key": "red", "label": {"en": "Red", "de": "Rot"}}),
        ("grams", 250, 250),
        ("grams", 0.5, 0.5),
        (
            "deposit",
            {"currencyCode": "JPY", "centAmount": 100},
            {"type": "centPrecision", "currencyCode": "JPY", "centAmount": 100, "fractionDigits": 0},
        ),
        ("since", "2024-02-29", "2024-02-29"),
        ("opens", "08:30:00", "08:30:00.000"),
        ("opens", "08:30:00.5", "08:30:00.500"),
        ("sold", "2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00.000Z"),
        ("sibling", SIBLING, SIBLING),
        ("sizes", ["s", "l", SMALL], [SMALL, {"key": "l", "label": "Large"}]),
        ("sizes", [], []),
        ("parts", [[attribute("weight", 3)]], [[attribute("weight", 3)]]),
    ],
)
def test_values_are_stored_in_one_form(name: str, sent: Any, kept: Any) -> None:
    assert stored(changed(RESOURCE, shirt(), with_value(name, sent), facts=shop()), name) == kept


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("washable", "true"),
        ("washable", 1),
        ("gtin", 4006381333931),
        ("note", "soft"),
        ("note", {"en": 1}),
        ("size", "xl"),
        ("size", {"label": "Small"}),
        ("size", ["s"]),
        ("colour", 3),
        ("grams", "250"),
        ("grams", True),
        ("deposit", {"currencyCode": "EUR"}),
        ("deposit", {"currencyCode": "EUR", "centAmount": 1.5}),
        ("deposit", 5),
        ("since", "2024-02-30"),
        ("since", "20240229"),
        ("since", 5),
        ("opens", "25:00:00"),
        ("opens", "8:30"),
        ("sold", "yesterday"),
        ("sold", 5),
        ("sold", "2024-05-01"),
        ("sibling", {"typeId": "order", "id": uid(50)}),
        ("sibling", {"typeId": "product", "id": "x"}),
        ("sizes", "s"),
        ("sizes", ["s", "xl"]),
        ("parts", [[attribute("weight", "heavy")]]),
        ("parts", [[attribute("colour", "red")]]),
        ("parts", [{"weight": 3}]),
    ],
)
def test_values_of_another_shape_are_refused(name: str, sent: Any) -> None:
    error = refused("InvalidField", RESOURCE, shirt(), with_value(name, sent), facts=shop())
    assert (error.fields["field"], error.fields["invalidValue"]) == (name, sent)


def test_a_refused_choice_names_the_choices() -> None:
    error = refused("InvalidField", RESOURCE, shirt(), with_value("size", "xl"), facts=shop())
    assert error.fields["allowedValues"] == ["s", "l"]


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("AttributeNameDoesNotExist", with_value("none", 1)),
        ("AttributeNameDoesNotExist", {"action": "setAttribute", "variantId": 1, "name": "none"}),
        ("InvalidOperation", with_value("season", "2025")),
        ("InvalidOperation", {"action": "setProductAttribute", "name": "gtin", "value": "1"}),
        ("InvalidOperation", with_value("brand", "Acme")),
        ("DuplicateAttributeValues", with_value("size", "l")),
        ("RequiredField", {"action": "setAttribute", "name": "gtin", "value": "1"}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, shirt(), action, facts=shop())


def test_values_are_replaced_in_place_and_removed() -> None:
    product = changed(RESOURCE, shirt(), with_value("gtin", "1"), with_value("size", None), facts=shop())
    assert (stored(product, "size"), stored(product, "gtin")) == (None, "1")
    product = changed(RESOURCE, product, {"action": "setProductAttribute", "name": "season", "value": "2025"}, facts=shop())
    assert product.master_data.staged.attributes[0].value == "2025"
    assert product.master_data.current.attributes[0].value == "2024"


def test_a_unique_value_is_in_one_variant_only() -> None:
    actions = [{**with_value("gtin", "1"), "variantId": number} for number in (1, 2)]
    error = refused("DuplicateAttributeValue", RESOURCE, shirt(), *actions, facts=shop())
    assert error.fields["attribute"].name == "gtin"


def test_a_combination_is_in_one_variant_only() -> None:
    red = {"action": "setAttributeInAllVariants", "name": "colour", "value": "red"}
    product = changed(RESOURCE, shirt(), red, facts=shop())
    error = refused("DuplicateAttributeValues", RESOURCE, product, with_value("size", "l"), facts=shop())
    assert [each.name for each in error.fields["attributes"]] == ["size", "colour"]


def test_what_is_the_same_for_all_is_set_in_all() -> None:
    brand = {"action": "setAttributeInAllVariants", "name": "brand", "value": "Acme", "staged": False}
    product = changed(RESOURCE, shirt(), brand, facts=shop())
    for data in (product.master_data.current, product.master_data.staged):
        assert [[each.value for each in variant.attributes][-1] for variant in data.all_variants] == ["Acme", "Acme"]


def test_a_required_attribute_must_be_there() -> None:
    strict = replace(SHIRT, attributes=(*SHIRT.attributes, definition("care", TextType(), required=True)))
    not_made("RequiredField", RESOURCE, DRAFT, shop(strict))
    without = {name: value for name, value in DRAFT.items() if name not in ("masterVariant", "variants")}
    assert not_made("RequiredField", RESOURCE, without, shop(strict)).fields["field"] == "masterVariant"
    # A product from before the attribute was required stays as it is until it is published.
    product = changed(RESOURCE, shirt(), {"action": "changeName", "name": {"en": "x"}}, facts=shop(strict))
    assert refused("RequiredField", RESOURCE, product, {"action": "publish"}, facts=shop(strict)).fields["field"] == "care"
    care = {"action": "setAttributeInAllVariants", "name": "care", "value": "cold"}
    assert changed(RESOURCE, product, care, {"action": "publish"}, facts=shop(strict)).master_data.published
    product = changed(RESOURCE, product, care, facts=shop(strict))
    refused("RequiredField", RESOURCE, product, {**with_value("care", None)}, facts=shop(strict))


def test_a_product_follows_its_type_at_the_next_change() -> None:
    little = EnumType(values=(PlainEnumValue(key="s", label="Little"),))
    kept = tuple(each for each in SHIRT.attributes if each.name != "season")
    types = tuple(replace(each, type=little) if each.name == "size" else each for each in kept)
    product = changed(RESOURCE, shirt(), {"action": "setKey", "key": "new"}, facts=shop(replace(SHIRT, attributes=types)))
    assert product.master_data.current.attributes == ()
    assert stored(product, "size") == {"key": "s", "label": "Little"}
    # A value whose choice is gone from the type is gone too.
    assert product.master_data.staged.variants[0].attributes == ()


def test_a_set_loses_the_choices_that_its_type_has_lost() -> None:
    product = changed(RESOURCE, shirt(), with_value("sizes", ["s", "l"]), facts=shop())
    small = SetType(element_type=EnumType(values=(PlainEnumValue(key="s", label="Small"),)))
    types = tuple(replace(each, type=small) if each.name == "sizes" else each for each in SHIRT.attributes)
    product = changed(RESOURCE, product, {"action": "setKey"}, facts=shop(replace(SHIRT, attributes=types)))
    assert stored(product, "sizes") == [SMALL]


def test_a_set_holds_each_value_once() -> None:
    product = changed(RESOURCE, shirt(), with_value("sizes", ["s", SMALL, "s"]), facts=shop())
    assert stored(product, "sizes") == [SMALL]


def test_an_attribute_stands_once_and_null_is_none() -> None:
    def master(*attributes: dict[str, Any]) -> dict[str, Any]:
        return {**DRAFT, "masterVariant": {"sku": "shirt-s", "attributes": list(attributes)}}

    not_made("DuplicateField", RESOURCE, master(attribute("gtin", "1"), attribute("gtin", "2")), shop())
    assert shirt(**master(attribute("gtin", None))).master_data.staged.master_variant.attributes == ()
