"""Every reason not to make an order of a cart, over HTTP: the error with its fields, and nothing stored."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft


@pytest.fixture(autouse=True)
def goods(shop: Client) -> None:
    open_shop(shop)


def not_ordered(shop: Client, cart: dict[str, Any], door: str = "", **more: Any) -> dict[str, Any]:
    """The refusal, less what every error says. The cart stays as it was, and there is no order."""
    seen = shop.get(f"carts/{cart['id']}")
    error = shop.refused(400, "POST", f"{door}orders", order_draft(cart, **more))
    assert shop.get(f"carts/{cart['id']}") == seen
    assert shop.send("HEAD", "orders", params={"where": f'cart(id = "{cart["id"]}") and orderNumber = "N"'}).status_code == 404
    return {name: value for name, value in error.items() if name != "message"}


@pytest.mark.parametrize("tax_mode", ["Platform", "Disabled"])
def test_without_a_shipping_address(shop: Client, tax_mode: str) -> None:
    cart = shop.create("carts", {"currency": "EUR", "lineItems": [{"sku": "mug"}], "taxMode": tax_mode})
    assert not_ordered(shop, cart) == {"code": "InvalidOperation"}


def test_a_cart_that_was_ordered(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 1)))
    shop.create("orders", order_draft(cart))
    assert not_ordered(shop, shop.get(f"carts/{cart['id']}")) == {"code": "InvalidOperation"}
    # The old version is told first.
    assert shop.refused(409, "POST", "orders", order_draft(cart))["currentVersion"] == cart["version"] + 1


def test_a_cart_that_was_merged(shop: Client) -> None:
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]["id"]
    shop.create("carts", cart_draft(("tea", 1), customerId=ada))
    cart = shop.create("carts", cart_draft(("mug", 1), anonymousId="visit"))
    merged = shop.send("POST", f"carts/customer-id={ada}/merge", {"anonymousCart": {"typeId": "cart", "id": cart["id"]}})
    assert merged.status_code == 200, merged.text
    gone = shop.get(f"carts/{cart['id']}")
    assert (gone["cartState"], not_ordered(shop, gone)) == ("Merged", {"code": "InvalidOperation"})


def test_items_that_are_not_all_sent(shop: Client) -> None:
    home = {**BERLIN, "key": "home"}
    sent = {"targets": [{"addressKey": "home", "quantity": 1}]}
    draft = cart_draft(shippingAddress=home, itemShippingAddresses=[home])
    cart = shop.create("carts", {**draft, "lineItems": [{"sku": "mug", "quantity": 2, "shippingDetails": sent}]})
    line = cart["lineItems"][0]["id"]
    assert not_ordered(shop, cart) == {"code": "InvalidItemShippingDetails", "subject": "LineItem", "itemId": line}


def test_a_changed_price(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 1), ("tea", 1)))
    mug = shop.get("products/key=mug")
    prices = {"action": "setPrices", "variantId": 1, "staged": False}
    mug = shop.update("products/key=mug", mug["version"], {**prices, "prices": [{"value": eur(2000)}]})
    line = cart["lineItems"][0]["id"]
    assert not_ordered(shop, cart) == {"code": "PriceChanged", "lineItems": [line], "shipping": False}
    shop.update("products/key=mug", mug["version"], {**prices, "prices": [{"value": eur(1), "country": "FR"}]})
    missing = not_ordered(shop, cart)
    assert missing == {
        "code": "MatchingPriceNotFound",
        "productId": mug["id"],
        "variantId": 1,
        "currency": "EUR",
        "country": "DE",
    }


def test_an_order_has_the_product_key_of_its_day(shop: Client) -> None:
    """All else that the line shows of the product is as it was when it was added."""
    cart = shop.create("carts", cart_draft(("mug", 1)))
    assert cart["lineItems"][0]["productKey"] == "mug"
    product = shop.get("products/key=mug")
    name = {"action": "changeName", "name": {"en": "Cup"}, "staged": False}
    shop.update(f"products/{product['id']}", product["version"], {"action": "setKey", "key": "cup"}, name)
    line = shop.create("orders", order_draft(cart))["lineItems"][0]
    assert line == {**cart["lineItems"][0], "productKey": "cup"}


def test_a_changed_shipping_rate(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 1)))
    method = shop.get("shipping-methods/key=parcel")
    on_germany = {"zone": by_key("zone", "germany"), "shippingRate": {"price": eur(595), "freeAbove": eur(10_000)}}
    dear = {"action": "addShippingRate", "zone": by_key("zone", "germany"), "shippingRate": {"price": eur(695)}}
    shop.update("shipping-methods/key=parcel", method["version"], {"action": "removeShippingRate", **on_germany}, dear)
    assert not_ordered(shop, cart) == {"code": "PriceChanged", "lineItems": [], "shipping": True}
    error = shop.refused(400, "POST", "orders", order_draft(cart))
    assert error["message"] == "The price or tax of the shipping changed at the time of placing the order."


def test_a_shipping_method_that_does_not_match(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 1)))
    path, version = "shipping-methods/key=parcel", shop.get("shipping-methods/key=parcel")["version"]
    method = shop.update(path, version, {"action": "setPredicate", "predicate": 'customerEmail = "eve@example.com"'})
    assert not_ordered(shop, cart) == {"code": "ShippingMethodDoesNotMatchCart"}
    shop.update(path, method["version"], {"action": "setPredicate"}, {"action": "changeActive", "active": False})
    assert not_ordered(shop, cart) == {"code": "InvalidOperation"}


def test_a_country_without_a_rate(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 1)))
    category = shop.get("tax-categories/key=standard")
    (german,) = (rate["id"] for rate in category["rates"] if rate["country"] == "DE")
    shop.update("tax-categories/key=standard", category["version"], {"action": "removeTaxRate", "taxRateId": german})
    assert not_ordered(shop, cart) == {"code": "MissingTaxRateForCountry", "taxCategoryId": category["id"], "country": "DE"}


def test_an_order_number_that_is_taken(shop: Client) -> None:
    first = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 1))), orderNumber="A-1"))
    error = not_ordered(shop, shop.create("carts", cart_draft(("mug", 1))), orderNumber="A-1")
    conflicting = {"typeId": "order", "id": first["id"]}
    assert (error["code"], error["field"], error["duplicateValue"]) == ("DuplicateField", "orderNumber", "A-1")
    assert error["conflictingResource"] == conflicting


def test_goods_that_are_not_there(shop: Client) -> None:
    shop.create("inventory", {"sku": "mug", "quantityOnStock": 1})
    cart = shop.create("carts", cart_draft(("mug", 2), inventoryMode="ReserveOnOrder"))
    line = cart["lineItems"][0]["id"]
    assert not_ordered(shop, cart) == {"code": "OutOfStock", "lineItems": [line], "skus": ["mug"]}


def test_a_country_that_the_store_no_longer_sells_to(shop: Client) -> None:
    shop.create("stores", {"key": "berlin"})
    door = "in-store/key=berlin/"
    cart = shop.create(f"{door}carts", cart_draft(("mug", 1)))
    shop.update("stores/key=berlin", 1, {"action": "setCountries", "countries": [{"code": "FR"}]})
    error = not_ordered(shop, cart, door)
    assert (error["code"], error["country"], error["storeCountries"]) == ("CountryNotConfiguredInStore", "DE", ["FR"])


def test_a_cart_that_is_not_there(shop: Client) -> None:
    absent = {"typeId": "cart", "id": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    error = shop.refused(400, "POST", "orders", {"cart": absent, "version": 1})
    assert (error["code"], error["typeId"], error["id"]) == ("ReferencedResourceNotFound", "cart", absent["id"])
    assert shop.refused(400, "POST", "orders", {"version": 1})["field"] == "cart"


@pytest.mark.parametrize(("key", "code"), [("sent", "InvalidOperation"), ("nowhere", "ReferencedResourceNotFound")])
def test_a_state_that_no_order_begins_in(shop: Client, key: str, code: str) -> None:
    shop.create("states", {"key": "sent", "type": "OrderState", "initial": False})
    cart = shop.create("carts", cart_draft(("mug", 1)))
    assert not_ordered(shop, cart, state=by_key("state", key))["code"] == code
