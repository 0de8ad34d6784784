"""What the API has changed in the last year: each of these was another answer once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from live import Client
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop


def test_of_a_line_at_least_one_unit_is_removed(shop: Client) -> None:
    open_shop(shop)
    cart = shop.create("carts", cart_draft(("mug", 2)))
    path, line = f"carts/{cart['id']}", cart["lineItems"][0]["id"]
    for quantity in (0, -1):
        remove = {"action": "removeLineItem", "lineItemId": line, "quantity": quantity}
        error = shop.refused(400, "POST", path, {"version": cart["version"], "actions": [remove]})
        assert (error["code"], error["action"]["quantity"]) == ("InvalidInput", quantity)
    assert shop.get(path) == cart


@pytest.mark.parametrize("mode", ["MergeWithExistingCustomerCart", "UseAsNewActiveCustomerCart"])
def test_a_merge_needs_no_active_cart_of_the_customer(shop: Client, mode: str) -> None:
    ada = shop.create("customers", {"email": "ada@example.org", "password": "secret"})["customer"]["id"]
    cart = shop.create("carts", {"currency": "EUR", "anonymousId": "visit"})
    answer = shop.send("POST", f"carts/customer-id={ada}/merge", {"anonymousId": "visit", "mergeMode": mode})
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["customerId"]) == (cart["id"], ada)
    assert shop.get(f"carts/customer-id={ada}")["id"] == cart["id"]


def test_carts_and_orders_of_a_deleted_customer_stay(shop: Client) -> None:
    open_shop(shop)
    ada = shop.create("customers", {"email": "ada@example.org", "password": "secret"})["customer"]
    ordered = shop.create("carts", cart_draft(("mug", 1), customerId=ada["id"]))
    order = shop.create("orders", {"cart": {"typeId": "cart", "id": ordered["id"]}, "version": ordered["version"]})
    cart = shop.create("carts", cart_draft(("tea", 1), customerId=ada["id"]))
    shop.delete(f"customers/{ada['id']}", ada["version"])
    assert shop.get(f"carts/{cart['id']}") == cart
    assert shop.get(f"orders/{order['id']}") == order
    assert cart["customerId"] == ada["id"]


def test_days_that_are_not_said_are_the_projects(shop: Client) -> None:
    days = {"action": "changeCartsConfiguration", "cartsConfiguration": {"deleteDaysAfterLastModification": 17}}
    shop.update("", shop.get("")["version"], days)
    cart = shop.create("carts", {"currency": "EUR", "deleteDaysAfterLastModification": 5})
    assert cart["deleteDaysAfterLastModification"] == 5
    after = shop.update(f"carts/{cart['id']}", cart["version"], {"action": "setDeleteDaysAfterLastModification"})
    assert after["deleteDaysAfterLastModification"] == 17


def test_shipping_methods_of_a_store_are_for_its_carts_alone(shop: Client) -> None:
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    method = {
        "name": "Bicycle",
        "key": "bicycle",
        "isDefault": False,
        "taxCategory": by_key("tax-category", "standard"),
        "zoneRates": [{"zone": by_key("zone", "germany"), "shippingRates": [{"price": eur(300)}]}],
        "stores": [by_key("store", "berlin")],
    }
    shop.create("shipping-methods", method)
    choose = {"action": "setShippingMethod", "shippingMethod": by_key("shipping-method", "bicycle")}
    for store, accepted in (("berlin", True), ("paris", False), (None, False)):
        placed = {"store": by_key("store", store)} if store else {}
        cart = shop.create("carts", {"currency": "EUR", "country": "DE", "shippingAddress": BERLIN, **placed})
        found = shop.get("shipping-methods/matching-cart", params={"cartId": cart["id"]})["results"]
        assert ("bicycle" in [each["key"] for each in found]) == accepted
        body = {"version": cart["version"], "actions": [choose]}
        assert shop.send("POST", f"carts/{cart['id']}", body).status_code == (200 if accepted else 400)
    # Brought into another store's hands by a merge, it is refused.
    ada = shop.create("customers", {"email": "ada@example.org", "password": "secret"})["customer"]["id"]
    guest = {"currency": "EUR", "country": "DE", "shippingAddress": BERLIN, "anonymousId": "visit"}
    visited = shop.create("carts", {**guest, "store": by_key("store", "berlin"), "shippingMethod": choose["shippingMethod"]})
    shop.create("carts", {"currency": "EUR", "customerId": ada, "store": by_key("store", "berlin")})
    bicycle = shop.get("shipping-methods/key=bicycle")
    moved = {"action": "setStores", "stores": [by_key("store", "paris")]}
    shop.update("shipping-methods/key=bicycle", bicycle["version"], moved)
    error = shop.refused(
        400, "POST", f"carts/customer-id={ada}/merge", {"anonymousCart": {"typeId": "cart", "id": visited["id"]}}
    )
    assert error["code"] == "InvalidOperation"


@pytest.mark.parametrize(
    ("path", "own", "older"),
    [
        ("product-types", "product_types", "products"),
        ("channels", "channels", "products"),
        ("zones", "zones", "orders"),
    ],
)
def test_some_resources_have_scopes_of_their_own_beside_the_older_ones(
    shop: Client, client_with: Callable[[str, str], Client], path: str, own: str, older: str
) -> None:
    draft = {"name": "x", "key": "some", "description": "x"} if path != "channels" else {"key": "some"}
    for number, scope in enumerate((own, older)):
        keeper = client_with(shop.project, f"manage_{scope}:{shop.project}")
        reader = client_with(shop.project, f"view_{scope}:{shop.project}")
        made = keeper.create(path, {**draft, "key": f"some-{number}"})
        assert reader.get(f"{path}/{made['id']}") == made
        assert reader.refused(403, "DELETE", f"{path}/{made['id']}", params={"version": 1})["code"] == "insufficient_scope"
    stranger = client_with(shop.project, f"manage_states:{shop.project}")
    assert stranger.refused(403, "GET", path)["code"] == "insufficient_scope"
