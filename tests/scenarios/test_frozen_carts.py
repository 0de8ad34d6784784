"""Freezing carts over HTTP, at every door that has it: what is answered, told, refused and ordered."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft

FREEZE, UNFREEZE = {"action": "freezeCart"}, {"action": "unfreezeCart"}


@pytest.fixture(autouse=True)
def goods(shop: Client) -> None:
    open_shop(shop)


def priced(shop: Client, sku: str, *prices: dict[str, Any]) -> None:
    """Publish other prices of a product."""
    path = f"products/key={sku}"
    action = {"action": "setPrices", "variantId": 1, "staged": False, "prices": list(prices)}
    shop.update(path, shop.get(path)["version"], action)


def told(shop: Client, cart: dict[str, Any]) -> list[str]:
    found = shop.get("messages", params={"where": f'resource(id = "{cart["id"]}")', "sort": "sequenceNumber asc"})
    return [message["type"] for message in found["results"]]


@pytest.mark.parametrize("strategy", ["SoftFreeze", "HardFreeze"])
def test_from_freezing_to_the_order(shop: Client, strategy: str) -> None:
    cart = shop.create("carts", cart_draft(("mug", 2)))
    path = f"carts/{cart['id']}"
    frozen = shop.update(path, 1, {**FREEZE, "strategy": strategy})
    assert (frozen["cartState"], frozen["freezeStrategy"]) == ("Frozen", strategy)
    assert shop.get(path) == frozen
    assert shop.get("carts", params={"where": f'freezeStrategy = "{strategy}"'})["total"] == 1
    refused = shop.refused(400, "POST", path, {"version": 2, "actions": [{"action": "addLineItem", "sku": "tea"}]})
    assert (refused["code"], refused["action"]["action"]) == ("InvalidOperation", "addLineItem")
    assert shop.get(path) == frozen
    # The price expires, and nobody notices: 2 x 19.99.
    priced(shop, "mug", {"value": eur(2500), "validUntil": "2020-01-01T00:00:00.000Z"})
    same = shop.update(path, 2, {"action": "recalculate"}, {"action": "setLocale", "locale": "de"})
    assert (same["totalPrice"], len(same["lineItems"])) == (cart["totalPrice"], 1)
    order = shop.create("orders", order_draft(same))
    assert order["totalPrice"] == cart["totalPrice"]
    assert shop.get(path)["cartState"] == "Ordered"
    assert "freezeStrategy" not in order
    assert told(shop, cart) == ["CartFrozen"]


def test_unfreezing_brings_the_prices_of_today(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 2)))
    shipping = cart["shippingInfo"]["price"]["centAmount"]
    path = f"carts/{cart['id']}"
    shop.update(path, 1, FREEZE)
    priced(shop, "mug", {"value": eur(2500)})
    active = shop.update(path, 2, UNFREEZE)
    assert (active["cartState"], "freezeStrategy" in active) == ("Active", False)
    assert active["totalPrice"]["centAmount"] == 2 * 2500 + shipping
    assert told(shop, cart) == ["CartFrozen", "CartUnfrozen"]


def test_bad_input(shop: Client) -> None:
    empty = shop.create("carts", {"currency": "EUR"})
    full = shop.create("carts", cart_draft(("mug", 1)))
    for cart, action, code in (
        (empty, FREEZE, "InvalidOperation"),
        (full, UNFREEZE, "InvalidOperation"),
        (full, {**FREEZE, "strategy": "Deep"}, "InvalidJsonInput"),
        (full, {**FREEZE, "strategy": 1}, "InvalidJsonInput"),
    ):
        path = f"carts/{cart['id']}"
        assert shop.refused(400, "POST", path, {"version": 1, "actions": [action]})["code"] == code
        assert shop.get(path) == cart
    path = f"carts/{full['id']}"
    assert shop.refused(409, "POST", path, {"version": 2, "actions": [FREEZE]})["code"] == "ConcurrentModification"


def test_at_the_doors(shop: Client) -> None:
    """A store freezes its own carts; an owner freezes nothing, and changes only what is left to her in a frozen cart."""
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    cart = shop.create("in-store/key=berlin/carts", {"currency": "EUR", "lineItems": [{"sku": "mug"}]})
    body = {"version": 1, "actions": [FREEZE]}
    assert shop.refused(404, "POST", f"in-store/key=paris/carts/{cart['id']}", body)["code"] == "ResourceNotFound"
    assert shop.update(f"in-store/key=berlin/carts/{cart['id']}", 1, FREEZE)["cartState"] == "Frozen"
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]["id"]
    own = shop.create("carts", cart_draft(("mug", 1), customerId=ada))
    hers = shop.signed_in("ada@example.com", "secret")
    assert hers.refused(400, "POST", f"me/carts/{own['id']}", body)["code"] == "InvalidJsonInput"
    shop.update(f"carts/{own['id']}", 1, {**FREEZE, "strategy": "HardFreeze"})
    for action in (
        {"action": "removeLineItem", "lineItemId": own["lineItems"][0]["id"]},
        {"action": "setShippingMethod", "shippingMethod": by_key("shipping-method", "parcel")},
    ):
        refused = hers.refused(400, "POST", f"me/carts/{own['id']}", {"version": 2, "actions": [action]})
        assert refused["code"] == "InvalidOperation"
    assert hers.update(f"me/carts/{own['id']}", 2, {"action": "setLocale", "locale": "de"})["cartState"] == "Frozen"
    # It is no active cart any more.
    assert hers.refused(404, "GET", "me/active-cart")["code"] == "ResourceNotFound"
