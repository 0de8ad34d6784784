"""Numbers over HTTP: what is taken is answered to the digit at every place, and the check finds every copy the same."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from live import Client, Server
from shop_setup import by_key, open_shop

JSON = {"Content-Type": "application/json"}
TAKEN = ("1e309", "-1e400", "1e-400", "1e23", "1.50", "-0.0", "0.12345678901234567890123", "9007199254740993", "9" * 400)
TOO_LONG = ("1e401", "-1e999", "0." + "1" * 401, "9" * 401, "9" * 5_000)


def exactly(text: str) -> Any:
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


def sent(shop: Client, path: str, body: str) -> Any:
    """What is answered to a body, its numbers to the digit."""
    answer = shop.http.post(
        f"/{shop.project}/{path}", content=body.encode(), headers={**JSON, "Authorization": f"Bearer {shop.token}"}
    )
    return answer.status_code, exactly(answer.text)


def asked(shop: Client, path: str, **parameters: str) -> Any:
    answer = shop.http.get(f"/{shop.project}/{path}", params=parameters, headers={"Authorization": f"Bearer {shop.token}"})
    assert answer.status_code == 200, answer.text
    return exactly(answer.text)


@pytest.fixture
def market(shop: Client) -> Client:
    """A shop whose products and carts have a number."""
    open_shop(shop)
    field = {"name": "size", "label": {"en": "Size"}, "type": {"name": "Number"}, "required": False}
    shop.create("types", {"key": "sized", "name": {"en": "s"}, "resourceTypeIds": ["order"], "fieldDefinitions": [field]})
    attribute = {"name": "weight", "label": {"en": "w"}, "type": {"name": "number"}, "isRequired": False}
    types = {"name": "w", "key": "weighed", "description": "w", "attributes": [attribute]}
    shop.create("product-types", types)
    return shop


CART = '{"currency": "EUR", "key": "k-%d", "custom": {"type": {"typeId": "type", "key": "sized"}, "fields": {"size": %s}}}'
PRODUCT = (
    '{"key": "p-%d", "productType": {"key": "weighed"}, "name": {"en": "p"}, "slug": {"en": "p-%d"}, "publish": true,'
    ' "masterVariant": {"sku": "s-%d", "attributes": [{"name": "weight", "value": %s}]}}'
)
OBJECT = '{"container": "c", "key": "o-%d", "value": {"n": %s, "zone": {"typeId": "zone", "id": "%s"}}}'
CHANNEL = '{"key": "ch-%d", "geoLocation": {"type": "Point", "coordinates": [1, %s]}}'


def test_numbers_are_answered_to_the_digit_wherever_they_are_taken(market: Client, server: Server) -> None:
    zone = market.get("zones/key=germany")["id"]
    for number, text in enumerate(TAKEN):
        value = Decimal(text)
        assert sent(market, "carts", CART % (number, text))[0] == 201
        assert sent(market, "products", PRODUCT % (number, number, number, text))[0] == 201
        assert sent(market, "custom-objects", OBJECT % (number, text, zone))[0] == 201
        cart, product = asked(market, f"carts/key=k-{number}"), asked(market, f"products/key=p-{number}")
        assert cart["custom"]["fields"]["size"] == value
        assert product["masterData"]["current"]["masterVariant"]["attributes"][0]["value"] == value
        projection = asked(market, f"product-projections/key=p-{number}")
        assert projection["masterVariant"]["attributes"][0]["value"] == value
        expanded = asked(market, f"custom-objects/c/o-{number}", expand="value.zone")
        assert (expanded["value"]["n"], expanded["value"]["zone"]["obj"]["key"]) == (value, "germany")
        # The queried copy knows the same number, and a change of something else leaves it as it is.
        where = f"custom(fields(size = {text}))"
        assert [found["key"] for found in asked(market, "carts", where=where)["results"]] == [f"k-{number}"]
        changed = sent(market, f"carts/key=k-{number}", '{"version": 1, "actions": [{"action": "setCountry", "country": "DE"}]}')
        assert (changed[0], changed[1]["custom"]["fields"]["size"]) == (200, value)
    for number, text in enumerate(text for text in TAKEN if abs(Decimal(text)) <= 90):
        assert sent(market, "channels", CHANNEL % (number, text))[1]["geoLocation"]["coordinates"] == [1, Decimal(text)]
    assert server.command("check") == "Every row agrees with its document.\n"


def test_numbers_that_nobody_could_hold_are_refused(market: Client) -> None:
    zone = market.get("zones/key=germany")["id"]
    for text in TOO_LONG:
        for path, body in (
            ("carts", CART % (0, text)),
            ("products", PRODUCT % (0, 0, 0, text)),
            ("custom-objects", OBJECT % (0, text, zone)),
            ("channels", CHANNEL % (0, text)),
        ):
            status, document = sent(market, path, body)
            assert (status, document["errors"][0]["code"] in ("InvalidJsonInput", "InvalidField")) == (400, True), (path, text)
    assert market.get("carts")["total"] == market.get("custom-objects")["total"] == market.get("channels")["total"] == 0


def test_a_unique_number_is_the_same_however_it_is_written(shop: Client) -> None:
    definition = {"name": "nn", "label": {"en": "n"}, "type": {"name": "number"}, "isRequired": False}
    unique = {**definition, "attributeConstraint": "Unique"}
    shop.create("product-types", {"name": "t", "key": "the-type", "description": "", "attributes": [unique]})
    variant = '{"sku": "%s", "attributes": [{"name": "nn", "value": %s}]}'
    draft = '{"productType": {"key": "the-type"}, "name": {"en": "p"}, "slug": {"en": "%s"},'
    draft += ' "masterVariant": %s, "variants": [%s]}'

    def made(slug: str, one: str, other: str) -> str:
        status, document = sent(shop, "products", draft % (slug, variant % (f"{slug}-a", one), variant % (f"{slug}-b", other)))
        return "made" if status == 201 else str(document["errors"][0]["code"])

    assert made("p1", "1.5", "1.50") == "DuplicateAttributeValue"
    assert made("p2", "0.1234567890123456789", "0.12345678901234567890") == "DuplicateAttributeValue"
    assert made("p3", "0.1234567890123456789", "0.1234567890123456788") == "made"


def test_no_circle_holds_a_point_that_is_not_on_earth(shop: Client) -> None:
    for key, point in (("here", "[10, 60]"), ("far", "[1e309, 60]"), ("high", "[10, 91]"), ("text", '["10", 60]')):
        body = f'{{"container": "c", "key": "{key}", "value": {{"coordinates": {point}}}}}'
        assert sent(shop, "custom-objects", body)[0] == 201
    page = asked(shop, "custom-objects", where="value within circle(10, 60, 30000000)")
    assert [found["key"] for found in page["results"]] == ["here"]


def test_a_cart_of_an_expanded_custom_object_is_answered(shop: Client) -> None:
    """A number beyond every float is answered where its object is shown inside another document."""
    made = sent(shop, "custom-objects", '{"container": "c", "key": "k", "value": 1e309}')[1]
    kind = {"name": "Reference", "referenceTypeId": "key-value-document"}
    field = {"name": "object", "label": {"en": "o"}, "type": kind, "required": False}
    shop.create("types", {"key": "the-type", "name": {"en": "t"}, "resourceTypeIds": ["order"], "fieldDefinitions": [field]})
    reference = {"typeId": "key-value-document", "id": made["id"]}
    draft = {"currency": "EUR", "key": "cart", "custom": {"type": by_key("type", "the-type"), "fields": {"object": reference}}}
    shop.create("carts", draft)
    cart = asked(shop, "carts/key=cart", expand="custom.fields.object")
    assert cart["custom"]["fields"]["object"]["obj"]["value"] == Decimal("1e309")


def test_a_search_compares_numbers_to_the_digit(shop: Client) -> None:
    field = {"name": "size", "label": {"en": "s"}, "type": {"name": "Number"}, "required": False}
    shop.create("types", {"key": "sized", "name": {"en": "s"}, "resourceTypeIds": ["customer"], "fieldDefinitions": [field]})
    draft = '{"email": "%s", "password": "p", "custom": {"type": {"key": "sized"}, "fields": {"size": %s}}}'
    for name, size in (("huge", "1e309"), ("five", "5"), ("fine", "0.1234567890123456789"), ("less", "-1e-400")):
        assert sent(shop, "customers", draft % (name, size))[0] == 201
    names = {customer["id"]: customer["email"] for customer in shop.get("customers")["results"]}

    def found(least: str) -> list[str]:
        by_size = '{"query": {"range": {"field": "custom.size", "gte": %s, "fieldType": "number"}}, "sort": [%s]}'
        order = '{"field": "custom.size", "order": "desc", "fieldType": "number"}'
        status, page = sent(shop, "customers/search", by_size % (least, order))
        assert status == 200, page
        return [names[hit["id"]] for hit in page["results"]]

    assert found("1e309") == ["huge"]
    assert found("5") == ["huge", "five"]
    assert found("0.12345678901234567890") == ["huge", "five", "fine"]
    assert found("0.1234567890123456790") == ["huge", "five"]
    assert found("-1e-400") == ["huge", "five", "fine", "less"]
    assert found("9" * 400) == []
    # The weight of an expression is a float, and a number that is none is no weight.
    for value, code in (("1e401", "InvalidJsonInput"), ("9" * 401, "InvalidInput")):
        query = f'{{"query": {{"exact": {{"field": "custom.size", "value": {value}, "fieldType": "number"}}}}}}'
        status, document = sent(shop, "customers/search", query)
        assert (status, document["errors"][0]["code"]) == (400, code)
    query = '{"query": {"exact": {"field": "custom.size", "value": 5, "fieldType": "number", "boost": 1e309}}}'
    assert sent(shop, "customers/search", query)[0] == 400
