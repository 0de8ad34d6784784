"""Shipping methods: zones, one rate a currency in each, and which carts and stores they are for."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, holds_to_specification, made, not_made, refused
from domain.facts import COURIER, EUROPE, STANDARD_SHIPPING, STATES, uid
from orderwright.domain.sale.shipping.resource import RESOURCE
from orderwright.engine.model import KeyReference

IN_EUROPE = {"typeId": "zone", "key": "europe"}
IN_STATES = {"typeId": "zone", "id": STATES.id}


def rate(cents: int, currency: str = "EUR") -> dict[str, Any]:
    return {"price": {"currencyCode": currency, "centAmount": cents}}


DRAFT = {
    "name": "Van",
    "key": "van",
    "taxCategory": {"typeId": "tax-category", "key": "standard"},
    "zoneRates": [{"zone": IN_EUROPE, "shippingRates": [{**rate(500), "freeAbove": rate(9000)["price"]}, rate(600, "USD")]}],
    "isDefault": True,
    "predicate": 'totalPrice(centAmount > 1000) and store(key="berlin")',
    "stores": [{"typeId": "store", "key": "berlin"}, {"typeId": "store", "id": uid(7)}],
}


def test_a_draft_makes_a_method() -> None:
    method = made(RESOURCE, DRAFT)
    assert method.zone_rates[0].zone.id == EUROPE.id
    assert [(each.price.cent_amount, each.price.currency_code) for each in method.zone_rates[0].shipping_rates] == [
        (500, "EUR"),
        (600, "USD"),
    ]
    assert method.stores == (KeyReference(type_id="store", key="berlin"),)
    assert method.active
    assert RESOURCE.all_claims(method) == {("key", "van"), ("name", "Van"), ("isDefault", "true")}
    holds_to_specification("ShippingMethod", method)


def test_only_a_default_method_claims_to_be_it() -> None:
    after = changed(RESOURCE, made(RESOURCE, DRAFT), {"action": "changeIsDefault", "isDefault": False})
    assert RESOURCE.all_claims(after) == {("key", "van"), ("name", "Van")}


def test_fields_are_set() -> None:
    after = changed(
        RESOURCE,
        STANDARD_SHIPPING,
        {"action": "changeName", "name": "Post"},
        {"action": "setKey", "key": "post"},
        {"action": "setLocalizedName", "localizedName": {"de": "Post"}},
        {"action": "setDescription", "description": "by post"},
        {"action": "setLocalizedDescription", "localizedDescription": {"de": "mit der Post"}},
        {"action": "setCarrier", "carrier": "DHL"},
        {"action": "changeActive", "active": False},
        {"action": "changeTaxCategory", "taxCategory": {"typeId": "tax-category", "key": "reduced"}},
        {"action": "setPredicate", "predicate": 'country = "DE"'},
    )
    assert (after.name, after.key, after.localized_name, after.description) == ("Post", "post", {"de": "Post"}, "by post")
    assert (after.localized_description, after.carrier, after.active) == ({"de": "mit der Post"}, "DHL", False)
    assert (after.tax_category.id, after.predicate) == (uid(3), 'country = "DE"')
    assert changed(RESOURCE, after, {"action": "setPredicate"}).predicate is None


def test_zones_and_rates_come_and_go() -> None:
    method = changed(
        RESOURCE,
        COURIER,
        {"action": "addZone", "zone": IN_STATES},
        {"action": "addShippingRate", "zone": IN_STATES, "shippingRate": rate(900, "USD")},
        {"action": "addShippingRate", "zone": IN_EUROPE, "shippingRate": rate(700, "USD")},
        {"action": "removeShippingRate", "zone": IN_EUROPE, "shippingRate": rate(495)},
    )
    found = [(each.zone.id, [one.price.cent_amount for one in each.shipping_rates]) for each in method.zone_rates]
    assert found == [(EUROPE.id, [700]), (STATES.id, [900])]
    method = changed(RESOURCE, method, {"action": "removeZone", "zone": IN_EUROPE})
    assert [each.zone.id for each in method.zone_rates] == [STATES.id]


def test_stores_are_set_added_and_removed_by_id_or_key() -> None:
    paris, berlin = {"typeId": "store", "key": "paris"}, {"typeId": "store", "id": uid(7)}
    method = changed(RESOURCE, COURIER, {"action": "addStore", "store": paris}, {"action": "addStore", "store": berlin})
    assert [store.key for store in method.stores] == ["berlin", "paris"]
    method = changed(RESOURCE, method, {"action": "removeStore", "store": berlin})
    assert [store.key for store in method.stores] == ["paris"]
    assert changed(RESOURCE, method, {"action": "setStores", "stores": []}).stores == ()


def test_a_method_is_for_at_most_a_hundred_stores() -> None:
    many = replace(COURIER, stores=tuple(KeyReference(type_id="store", key=f"store-{number}") for number in range(100)))
    refused("InvalidOperation", RESOURCE, many, {"action": "addStore", "store": {"typeId": "store", "key": "paris"}})


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("DuplicateField", {"action": "addZone", "zone": IN_EUROPE}),
        ("InvalidOperation", {"action": "removeZone", "zone": IN_STATES}),
        ("InvalidOperation", {"action": "addShippingRate", "zone": IN_STATES, "shippingRate": rate(1)}),
        ("DuplicateField", {"action": "addShippingRate", "zone": IN_EUROPE, "shippingRate": rate(1)}),
        ("InvalidOperation", {"action": "removeShippingRate", "zone": IN_EUROPE, "shippingRate": rate(1)}),
        ("InvalidField", {"action": "addShippingRate", "zone": IN_EUROPE, "shippingRate": rate(1, "XYZ")}),
        ("ReferencedResourceNotFound", {"action": "addZone", "zone": {"typeId": "zone", "key": "moon"}}),
        ("ReferencedResourceNotFound", {"action": "addStore", "store": {"typeId": "store", "key": "moon"}}),
        ("InvalidInput", {"action": "setPredicate", "predicate": "country = "}),
        ("InvalidInput", {"action": "setPredicate", "predicate": 'colour = "red"'}),
        ("InvalidJsonInput", {"action": "changeName", "name": ""}),
        ("InvalidJsonInput", {"action": "setStores", "stores": [{"typeId": "store", "key": "paris"}] * 101}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, COURIER, action)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("DuplicateField", {"zoneRates": [{"zone": IN_EUROPE, "shippingRates": [rate(1), rate(2)]}]}),
        ("DuplicateField", {"zoneRates": [{"zone": IN_EUROPE, "shippingRates": []}] * 2}),
        ("ReferencedResourceNotFound", {"taxCategory": {"typeId": "tax-category", "key": "none"}}),
        ("ReferencedResourceNotFound", {"custom": {"type": {"typeId": "type", "key": "other"}}}),
    ],
)
def test_drafts_that_are_refused(code: str, changes: dict[str, Any]) -> None:
    not_made(code, RESOURCE, {**DRAFT, **changes})
