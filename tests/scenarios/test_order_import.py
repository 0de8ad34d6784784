"""Orders that were made elsewhere, over HTTP: what is stored, taken off the stock and told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from live import SPECCHECK, Client, skip_without_specification
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft

WRAP = {"name": {"en": "Wrapping"}, "slug": "wrap", "quantity": 1, "money": eur(4200)}
DRAFT: dict[str, Any] = {"totalPrice": eur(4200), "customLineItems": [WRAP]}
MUGS: dict[str, Any] = {"name": {"en": "Mug"}, "variant": {"sku": "mug"}, "quantity": 2, "price": {"value": eur(1500)}}


@pytest.fixture(autouse=True)
def goods(shop: Client) -> None:
    open_shop(shop)


def test_the_published_example_is_imported(shop: Client) -> None:
    skip_without_specification()
    examples = SPECCHECK.parent.parent / "spec" / "commercetools" / "examples"
    draft = json.loads((examples / "order-import.example.json").read_text())
    order = shop.create("orders/import", draft)
    assert (order["orderNumber"], order["totalPrice"]["centAmount"], order["taxMode"]) == ("100000001", 4200, "External")
    assert shop.get("orders/order-number=100000001") == order
    (told,) = shop.get("messages", params={"where": f'resource(id = "{order["id"]}")'})["results"]
    assert (told["type"], told["order"], told["sequenceNumber"]) == ("OrderImported", order, 1)
    again = shop.refused(400, "POST", "orders/import", draft)
    assert (again["code"], again["field"]) == ("DuplicateField", "orderNumber")


def test_a_whole_order(shop: Client) -> None:
    shop.create("stores", {"key": "berlin", "countries": [{"code": "DE"}]})
    shop.create("states", {"key": "gone", "type": "OrderState", "initial": False})
    picked = shop.create("states", {"key": "picked", "type": "LineItemState", "initial": False})["id"]
    shop.create("channels", {"key": "north", "roles": ["InventorySupply"]})
    group = shop.create("customer-groups", {"groupName": "VIP", "key": "vip"})["id"]
    new = {"email": "ada@example.com", "password": "secret", "customerGroup": by_key("customer-group", "vip")}
    ada = shop.create("customers", new)["customer"]["id"]
    payment = {"typeId": "payment", "id": shop.create("payments", {"amountPlanned": eur(3595)})["id"]}
    rate = {"name": "19% MwSt", "amount": 0.19, "includedInPrice": True, "country": "DE"}
    home = {**BERLIN, "key": "home"}
    line = {
        **MUGS,
        "key": "mugs",
        "taxRate": rate,
        "supplyChannel": by_key("channel", "north"),
        "state": [{"quantity": 2, "state": {"typeId": "state", "id": picked}}],
        "shippingDetails": {"targets": [{"addressKey": "home", "quantity": 2}]},
    }
    parcel: dict[str, Any] = {
        "shippingMethodName": "Parcel",
        "price": eur(595),
        "shippingRate": {"price": eur(595)},
        "taxRate": rate,
    }
    parcel["shippingMethod"] = by_key("shipping-method", "parcel")
    parcel["deliveries"] = [{"key": "first", "parcels": [{"trackingData": {"trackingId": "T"}}]}]
    portion = {"name": "19% MwSt", "rate": 0.19, "amount": eur(574)}
    order = shop.create(
        "orders/import",
        {
            "totalPrice": eur(3595),
            "taxedPrice": {"totalNet": eur(3021), "totalGross": eur(3595), "taxPortions": [portion], "totalTax": eur(574)},
            "customerId": ada,
            "store": by_key("store", "berlin"),
            "country": "DE",
            "lineItems": [line],
            "itemShippingAddresses": [home],
            "shippingAddress": home,
            "shippingInfo": parcel,
            "paymentInfo": {"payments": [payment]},
            "state": {"typeId": "state", "id": shop.get("states", params={"where": 'key = "gone"'})["results"][0]["id"]},
            "orderState": "Complete",
            "completedAt": "2001-02-03T04:05:06.000Z",
        },
    )
    # 30.00 / 1.19 = 25.2100... and 5.95 / 1.19 = 5.00.
    assert order["lineItems"][0]["taxedPrice"]["totalNet"]["centAmount"] == 2521
    assert order["taxedShippingPrice"]["totalNet"]["centAmount"] == 500
    assert order["taxedPrice"]["totalNet"]["centAmount"] == 3021
    assert (order["customerGroup"]["id"], order["store"]["key"]) == (group, "berlin")
    assert shop.get(f"in-store/key=berlin/orders/{order['id']}") == order
    # It is an order as any other: it is found, changed, and its payment is taken.
    found = shop.get("orders", params={"where": 'completedAt < "2002-01-01T00:00:00.000Z"'})
    assert [each["id"] for each in found["results"]] == [order["id"]]
    deliver = {"action": "setDeliveryAddress", "deliveryKey": "first", "address": BERLIN}
    changed = shop.update(f"orders/{order['id']}", order["version"], deliver)
    assert changed["shippingInfo"]["deliveries"][0]["address"] == BERLIN
    second = {**DRAFT, "paymentInfo": {"payments": [payment]}}
    assert shop.refused(400, "POST", "orders/import", second)["code"] == "InvalidOperation"


def test_tracked_lines_take_off_the_stock_once(shop: Client) -> None:
    made = shop.create("inventory", {"sku": "mug", "quantityOnStock": 3})
    tracked = {"totalPrice": eur(3000), "lineItems": [MUGS], "inventoryMode": "ReserveOnOrder"}
    order = shop.create("orders/import", tracked)
    assert order["inventoryMode"] == "ReserveOnOrder"
    assert shop.get(f"inventory/{made['id']}")["quantityOnStock"] == 1
    error = shop.refused(400, "POST", "orders/import", tracked)
    assert (error["code"], error["skus"]) == ("OutOfStock", ["mug"])
    by_product = {**MUGS, "quantity": 1, "variant": {"id": 1}, "productId": order["lineItems"][0]["productId"]}
    shop.create("orders/import", {**tracked, "lineItems": [by_product]})
    assert shop.get(f"inventory/{made['id']}")["quantityOnStock"] == 0
    shop.create("orders/import", {**tracked, "inventoryMode": "None"})
    assert shop.get(f"inventory/{made['id']}")["quantityOnStock"] == 0


def test_the_import_needs_the_scope_of_orders(shop: Client, client_with: Any) -> None:
    viewer = client_with(shop.project, f"view_orders:{shop.project}")
    assert viewer.refused(403, "POST", "orders/import", DRAFT)["code"] == "insufficient_scope"
    manager = client_with(shop.project, f"manage_orders:{shop.project}")
    assert manager.create("orders/import", DRAFT)["totalPrice"]["centAmount"] == 4200


def test_only_orders_are_imported_at_the_projects_door(shop: Client) -> None:
    shop.create("stores", {"key": "berlin"})
    for method, path in (("GET", "orders/import"), ("POST", "in-store/key=berlin/orders/import"), ("POST", "me/orders/import")):
        assert shop.send(method, path, DRAFT if method == "POST" else None).status_code in (404, 405), path


def test_an_imported_order_is_replicated_into_a_cart(shop: Client) -> None:
    order = shop.create("orders/import", {"totalPrice": eur(1), "lineItems": [MUGS], "country": "DE"})
    cart = shop.create("carts/replicate", {"reference": {"typeId": "order", "id": order["id"]}})
    # At the price of today: 2 x 19.99.
    assert cart["totalPrice"]["centAmount"] == 3998


def test_an_order_that_is_imported_beside_a_cart_leaves_it_alone(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 1)))
    shop.create("orders/import", {**DRAFT, "cart": {"typeId": "cart", "id": cart["id"]}})
    assert shop.create("orders", order_draft(cart))["cart"]["id"] == cart["id"]
