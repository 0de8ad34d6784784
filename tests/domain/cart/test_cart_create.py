"""Carts from drafts: defaults, refusals, stores and doors."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create
from domain.facts import NOW, PROJECT, catalogue, facts, uid
from orderwright.domain.cart.resource import RESOURCE
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.references import Wanted, wanted_by
from orderwright.errors import ApiError

BERLIN = {"typeId": "store", "key": "berlin"}


def refused(**draft: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        create(**draft)
    assert caught.value.status == 400
    return caught.value


def test_defaults() -> None:
    assert body(create()) == {
        "type": "Cart",
        "id": "00000000-0000-4000-8000-000000001000",
        "version": 1,
        "createdAt": str(NOW),
        "lastModifiedAt": str(NOW),
        "totalPrice": {"type": "centPrecision", "currencyCode": "EUR", "centAmount": 0, "fractionDigits": 2},
        "taxMode": "Platform",
        "priceRoundingMode": "HalfEven",
        "taxRoundingMode": "HalfEven",
        "taxCalculationMode": "LineItemLevel",
        "inventoryMode": "None",
        "cartState": "Active",
        "shippingMode": "Single",
        "origin": "Customer",
        "lineItems": [],
        "customLineItems": [],
        "shipping": [],
        "itemShippingAddresses": [],
        "discountCodes": [],
        "directDiscounts": [],
        "refusedGifts": [],
        "deleteDaysAfterLastModification": 30,
    }


def test_every_plain_field_is_kept() -> None:
    plain: dict[str, Any] = {
        "key": "my-cart",
        "customerEmail": "somebody",
        "anonymousId": "session-1",
        "country": "FR",
        "locale": "fr",
        "origin": "Merchant",
        "deleteDaysAfterLastModification": 7,
        "purchaseOrderNumber": "PO 1",
        "taxMode": "Disabled",
        "priceRoundingMode": "HalfUp",
        "taxRoundingMode": "HalfDown",
        "taxCalculationMode": "UnitPriceLevel",
        "billingAddress": {"country": "FR", "city": "Lyon"},
        "shippingAddress": {"country": "FR", "key": "home", "streetName": "Rue", "pOBox": "7"},
        "itemShippingAddresses": [{"country": "FR", "key": "home", "streetName": "Rue", "pOBox": "7"}],
    }
    answer = body(create(**plain))
    assert {name: answer[name] for name in plain} == plain


def test_the_project_sets_rounding_where_the_draft_does_not() -> None:
    carts = replace(PROJECT.carts, price_rounding_mode="HalfUp", tax_rounding_mode="HalfDown")
    rules = catalogue(project=replace(PROJECT, carts=carts))
    cart = create(facts(rules), taxRoundingMode="HalfEven")
    assert (cart.price_rounding_mode, cart.tax_rounding_mode) == ("HalfUp", "HalfEven")


def test_a_currency_without_minor_units() -> None:
    assert body(create(currency="JPY"))["totalPrice"]["fractionDigits"] == 0


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        ({"currency": "XQX"}, "InvalidField", "currency"),
        ({"locale": "es"}, "InvalidField", "locale"),
        ({"itemShippingAddresses": [{"country": "DE"}]}, "RequiredField", "key"),
        ({"itemShippingAddresses": [{"country": "DE", "key": "same"}] * 2}, "DuplicateField", "key"),
        ({"lineItems": [{"quantity": 1}]}, "RequiredField", "sku"),
        ({"lineItems": [{"sku": "nothing"}]}, "InvalidField", "sku"),
        ({"lineItems": [{"sku": "book", "quantity": 0}]}, "InvalidField", "quantity"),
        ({"lineItems": [{"sku": "book", "quantity": -1}]}, "InvalidField", "quantity"),
    ],
)
def test_values_that_are_refused(draft: dict[str, Any], code: str, field: str) -> None:
    error = refused(**draft)
    assert (error.code, error.fields["field"]) == (code, field)


def test_what_is_not_served_is_refused_and_never_dropped() -> None:
    error = refused(lineItems=[{"sku": "book", "recurrenceInfo": {"priceSelectionMode": "Fixed"}}])
    assert error.code == "InvalidJsonInput"
    assert re.search("not served", error.fields["detailedErrorMessage"])


def test_empty_lists_are_harmless() -> None:
    assert create(discountCodes=[], shipping=[], customShipping=[]).discount_codes == ()


def test_a_draft_says_what_must_be_read() -> None:
    lines = [{"sku": "book"}, {"productId": uid(50)}, {"sku": "mug-red", "productId": uid(50)}, {}]
    draft = {"currency": "EUR", "lineItems": lines, "shippingMethod": {"key": "standard"}, "store": {"key": "berlin"}}
    wanted = set(wanted_by(decode_body(RESOURCE.draft, encode(draft))))
    kinds = ("variant", "standalone-price", "inventory-entry")
    assert wanted == {
        *(Wanted(kind, "sku", sku) for kind in kinds for sku in ("book", "mug-red")),
        *(Wanted(kind, "product", uid(50)) for kind in kinds),
        Wanted("shipping-method", "key", "standard"),
        Wanted("store", "key", "berlin"),
    }


def test_a_shipping_address_outside_the_item_shipping_addresses() -> None:
    addresses = [{"country": "DE", "key": "one"}]
    assert refused(itemShippingAddresses=addresses, shippingAddress={"country": "FR"}).code == "InvalidOperation"


def test_a_shipping_method_without_an_address() -> None:
    error = refused(shippingMethod={"key": "standard"})
    assert (error.code, "shipping address" in error.message) == ("InvalidOperation", True)


def test_the_draft_names_a_store() -> None:
    assert body(create(store=BERLIN, country="DE"))["store"] == BERLIN
    assert refused(store={"key": "nowhere"}).code == "ReferencedResourceNotFound"


def test_a_store_sells_to_its_countries_only() -> None:
    error = refused(store=BERLIN, country="FR")
    assert error.message == "The country FR is not configured for the store berlin."
    assert (error.code, error.fields) == ("CountryNotConfiguredInStore", {"country": "FR", "storeCountries": ["DE"]})
    assert create(store={"key": "paris"}, country="US").country == "US"


def test_the_door_stamps_its_store() -> None:
    at_door = facts(store_key="berlin")
    assert body(create(at_door))["store"] == BERLIN
    assert body(create(at_door, store=BERLIN))["store"] == BERLIN
    with pytest.raises(ApiError, match="'paris'"):
        create(at_door, store={"key": "paris"})


def test_a_key_is_unique_and_carts_are_found_by_it() -> None:
    assert RESOURCE.all_claims(create(key="mine")) == {("key", "mine")}
    assert RESOURCE.all_claims(create()) == set()
    assert RESOURCE.lookups == {"key": "key"}
    assert RESOURCE.owned == {"store": "store_key", "customer": "customer_id", "anonymous": "anonymous_id"}


def test_the_queried_copy_has_no_bulk() -> None:
    lean = body(RESOURCE.lean(create(lineItems=[{"sku": "book"}])))
    assert lean["lineItems"][0]["variant"] == {"id": 1, "sku": "book"}
