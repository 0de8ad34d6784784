"""From an empty project to an order that was shipped and partly came back, as any client would do it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from live import SPECCHECK, Client, skip_without_specification
from shop_setup import BERLIN, NEW_YORK, by_key, cart_draft, open_shop, order_draft

NUMBER = "A/2026 17"


def test_a_cart_becomes_an_order_is_shipped_and_one_item_comes_back(shop: Client) -> None:
    open_shop(shop)
    cart = shop.create("carts", {"currency": "EUR", "country": "DE"})
    add = {"action": "addLineItem", "quantity": 1}
    cart = shop.update(f"carts/{cart['id']}", cart["version"], {**add, "sku": "mug", "quantity": 3}, {**add, "sku": "tea"})
    assert "taxedPrice" not in cart
    method = {"action": "setShippingMethod", "shippingMethod": by_key("shipping-method", "parcel")}
    cart = shop.update(f"carts/{cart['id']}", cart["version"], {"action": "setShippingAddress", "address": BERLIN}, method)

    # 3 x 19.99 = 59.97 and 24.50 are 84.47, below the 100.00 that ship freely; with 5.95 they are 90.42.
    assert [line["totalPrice"]["centAmount"] for line in cart["lineItems"]] == [5997, 2450]
    assert cart["shippingInfo"]["price"]["centAmount"] == 595
    assert cart["totalPrice"]["centAmount"] == 9042
    # Net by line: 59.97 / 1.19 = 50.3949... and 24.50 / 1.19 = 20.5882..., 5.95 / 1.19 = 5.00: 75.98 net, 14.44 tax.
    assert [line["taxedPrice"]["totalNet"]["centAmount"] for line in cart["lineItems"]] == [5039, 2059]
    taxed = cart["taxedPrice"]
    assert [taxed[name]["centAmount"] for name in ("totalNet", "totalGross", "totalTax")] == [7598, 9042, 1444]
    assert [(part["rate"], part["amount"]["centAmount"]) for part in taxed["taxPortions"]] == [(0.19, 1444)]
    assert cart["taxedShippingPrice"]["totalNet"]["centAmount"] == 500

    order = shop.create("orders", order_draft(cart, orderNumber=NUMBER), headers={"X-Correlation-ID": "shop/1"})
    assert (order["orderNumber"], order["orderState"], order["totalPrice"]["centAmount"]) == (NUMBER, "Open", 9042)
    assert order["cart"] == {"typeId": "cart", "id": cart["id"]}
    ordered = shop.get(f"carts/{cart['id']}")
    assert ordered["cartState"] == "Ordered"
    path = f"orders/order-number={quote(NUMBER, safe='')}"
    assert shop.get(path) == order == shop.get(f"orders/{order['id']}")
    found = shop.get("orders", params={"where": f'orderNumber = "{NUMBER}"'})
    assert (found["total"], found["results"]) == (1, [order])

    delivery = {
        "action": "addDelivery",
        "items": [{"id": line["id"], "quantity": line["quantity"]} for line in order["lineItems"]],
    }
    delivery["parcels"] = [{"trackingData": {"trackingId": "T1", "carrier": "DHL"}}]
    shipped = {"action": "changeShipmentState", "shipmentState": "Shipped"}
    order = shop.update(path, order["version"], delivery, shipped, {"action": "changePaymentState", "paymentState": "Paid"})
    assert order["shippingInfo"]["deliveries"][0]["parcels"][0]["trackingData"]["trackingId"] == "T1"
    back = {"quantity": 1, "lineItemId": order["lineItems"][0]["id"], "shipmentState": "Returned"}
    order = shop.update(path, order["version"], {"action": "addReturnInfo", "items": [back], "returnTrackingId": "R1"})
    item = order["returnInfo"][0]["items"][0]
    assert (item["shipmentState"], item["paymentState"]) == ("Returned", "Initial")
    order = shop.update(
        path,
        order["version"],
        {"action": "setReturnShipmentState", "returnItemId": item["id"], "shipmentState": "BackInStock"},
        {"action": "setReturnPaymentState", "returnItemId": item["id"], "paymentState": "Refunded"},
        {"action": "changeOrderState", "orderState": "Complete"},
    )
    item = order["returnInfo"][0]["items"][0]
    assert (item["shipmentState"], item["paymentState"], order["orderState"]) == ("BackInStock", "Refunded", "Complete")

    told = shop.get("messages", params={"where": f'resource(id = "{order["id"]}")', "sort": "sequenceNumber asc"})["results"]
    assert [message["sequenceNumber"] for message in told] == list(range(1, len(told) + 1))
    assert [message["type"] for message in told] == [
        "OrderCreated",
        "DeliveryAdded",
        "ParcelAddedToDelivery",
        "OrderShipmentStateChanged",
        "OrderPaymentStateChanged",
        "ReturnInfoAdded",
        "OrderReturnShipmentStateChanged",
        "OrderStateChanged",
    ]
    assert (told[0]["order"]["id"], told[0]["correlationId"]) == (order["id"], "shop/1")
    assert told[0]["resourceUserProvidedIdentifiers"] == {"orderNumber": NUMBER}
    assert shop.get(f"messages/{told[3]['id']}")["oldShipmentState" if "oldShipmentState" in told[3] else "shipmentState"]


def test_tax_that_is_not_in_the_price_comes_on_top(shop: Client) -> None:
    open_shop(shop)
    draft = cart_draft(("mug", 2), currency="USD", country="US", shippingAddress=NEW_YORK)
    cart = shop.create("carts", draft)
    # 2 x 19.99 = 39.98 and 9.00 shipping. 39.98 x 0.08875 = 3.548225 -> 3.55; 9.00 x 0.08875 = 0.79875 -> 0.80.
    assert cart["totalPrice"] == {"type": "centPrecision", "currencyCode": "USD", "centAmount": 4898, "fractionDigits": 2}
    taxed = cart["taxedPrice"]
    assert [taxed[name]["centAmount"] for name in ("totalNet", "totalGross", "totalTax")] == [4898, 5333, 435]


def test_shipping_is_free_from_the_value_on_and_the_copy_is_priced_anew(shop: Client) -> None:
    open_shop(shop)
    below = shop.create("carts", cart_draft(("mug", 5)))  # 99.95
    assert below["shippingInfo"]["price"]["centAmount"] == 595
    above = shop.create("carts", cart_draft(("mug", 5), ("tea", 1)))  # 124.45
    assert (above["shippingInfo"]["price"]["centAmount"], above["totalPrice"]["centAmount"]) == (0, 12_445)
    product = shop.get("products/key=mug")
    price = product["masterData"]["current"]["masterVariant"]["prices"][0]
    draft = {"value": {"currencyCode": "EUR", "centAmount": 1000}}
    shop.update(
        "products/key=mug", product["version"], {"action": "changePrice", "priceId": price["id"], "price": draft, "staged": False}
    )
    copy = shop.create("carts/replicate", {"reference": {"typeId": "cart", "id": above["id"]}})
    assert copy["id"] != above["id"]
    assert copy["lineItems"][0]["totalPrice"]["centAmount"] == 5000
    # What was put into the cart before keeps its price until the cart is recalculated; ordering it is refused.
    assert shop.refused(400, "POST", "orders", order_draft(above))["code"] == "PriceChanged"
    again = shop.update(f"carts/{above['id']}", above["version"], {"action": "recalculate"})
    assert again["totalPrice"]["centAmount"] == 5000 + 2450 + 595


def test_a_store_sees_its_own_carts_and_orders_only(shop: Client) -> None:
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key, "name": {"en": key.title()}})
    cart = shop.create("in-store/key=berlin/carts", cart_draft(("tea", 1)))
    assert cart["store"] == {"typeId": "store", "key": "berlin"}
    assert shop.refused(404, "GET", f"in-store/key=paris/carts/{cart['id']}")["code"] == "ResourceNotFound"
    foreign = shop.send("POST", "in-store/key=paris/orders", order_draft(cart))
    assert foreign.status_code in (400, 404)
    order = shop.create("in-store/key=berlin/orders", order_draft(cart, orderNumber="B-1"))
    assert shop.get("in-store/key=berlin/orders/order-number=B-1")["id"] == order["id"]
    assert shop.refused(404, "GET", "in-store/key=paris/orders/order-number=B-1")["code"] == "ResourceNotFound"
    assert shop.get("in-store/key=paris/orders")["results"] == []
    assert shop.send("HEAD", "in-store/key=berlin/orders/order-number=B-1").status_code == 200
    assert shop.send("HEAD", "in-store/key=paris/orders/order-number=B-1").status_code == 404


def test_the_answer_has_every_key_of_the_published_example(shop: Client) -> None:
    skip_without_specification()
    example = example_order(SPECCHECK.parent.parent / "spec" / "seeds" / "commercetools-orders.txt")
    open_shop(shop)
    owner = {"customerId": buyer(shop, example["businessUnit"]["key"]), "businessUnit": example["businessUnit"]}
    order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 1), **owner)), orderNumber="1"))
    assert example.keys() - order.keys() == set()
    assert order["businessUnit"] == example["businessUnit"] == {"typeId": "business-unit", "key": "ba-france-123"}
    assert example["lineItems"][0].keys() - order["lineItems"][0].keys() == set()
    assert order["type"] == "Order"


def buyer(shop: Client, key: str) -> str:
    """A customer who buys for a company of that key."""
    shop.create("associate-roles", {"key": "buyer"})
    customer = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]
    role = {"associateRole": {"typeId": "associate-role", "key": "buyer"}}
    associate = {"customer": {"typeId": "customer", "id": customer["id"]}, "associateRoleAssignments": [role]}
    shop.create("business-units", {"key": key, "name": "France", "unitType": "Company", "associates": [associate]})
    return str(customer["id"])


def example_order(path: Path) -> dict[str, Any]:
    """The first example Order in the document."""
    text = path.read_text()
    opening = text.rfind("\n{\n", 0, text.index('"type": "Order"')) + 1
    document: dict[str, Any] = json.JSONDecoder().raw_decode(text[opening:])[0]
    return document
