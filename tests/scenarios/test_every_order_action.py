"""Every operation and every action of orders, at the project's door and at a store's."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from orderwright.domain.order.actions import actions as known
from orderwright.engine.model import action_name
from shop_setup import BERLIN, NEW_YORK, by_key, cart_draft, eur, open_shop, order_draft

DOORS = pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
HOME, WORK, LAKE = ({**BERLIN, "key": key} for key in ("home", "work", "lake"))
NOTE = {"name": "note", "type": {"name": "String"}, "label": {"en": "Note"}, "required": False}
KINDS = ["order", "line-item", "custom-line-item", "address", "shipping", "order-delivery", "order-parcel", "order-return-item"]
ON_LINE, ON_WRAP, ON_DELIVERY, ON_PARCEL = (
    {"lineItemKey": "mugs"},
    {"customLineItemKey": "wrap"},
    {"deliveryKey": "first"},
    {"parcelKey": "box"},
)
ON_RETURN = {"returnItemKey": "back"}


def opened(shop: Client) -> None:
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    shop.create("types", {"key": "any", "name": {"en": "Any"}, "resourceTypeIds": KINDS, "fieldDefinitions": [NOTE]})
    shop.create("channels", {"key": "erp", "roles": ["OrderExport"]})
    shop.create("payments", {"key": "paid", "amountPlanned": eur(4593)})
    shop.create("states", {"key": "new", "type": "OrderState", "initial": True})
    shop.create("states", {"key": "picked", "type": "LineItemState", "initial": False})


def placed(shop: Client, door: str, **more: Any) -> Any:
    """Two mugs and a wrapping, with two addresses that they may go to."""
    wrap = {"key": "wrap", "name": {"en": "Wrapping"}, "slug": "wrap", "money": eur(100), "quantity": 2}
    wrap["taxCategory"] = by_key("tax-category", "standard")
    draft = cart_draft(customLineItems=[wrap], shippingAddress=HOME, itemShippingAddresses=[HOME, WORK], billingAddress=HOME)
    draft["lineItems"] = [{"sku": "mug", "key": "mugs", "quantity": 2}]
    return shop.create(f"{door}orders", order_draft(shop.create(f"{door}carts", draft), **more))


def custom(part: str, **named: Any) -> list[dict[str, Any]]:
    """A Type is set and a field of it changed."""
    with_type = {"action": f"set{part}CustomType", **named, "type": by_key("type", "any"), "fields": {"note": "a"}}
    return [with_type, {"action": f"set{part}CustomField", **named, "name": "note", "value": "b"}]


def all_actions(shop: Client, order: dict[str, Any], ada: str) -> list[dict[str, Any]]:
    """Every action once at least, in an order in which each finds what it needs."""
    begun = shop.get("states", params={"where": 'key = "Initial"'})["results"][0]["id"]
    move = {"quantity": 1, "fromState": {"typeId": "state", "id": begun}, "toState": by_key("state", "picked")}
    whole = [{"quantity": 2, "state": {"typeId": "state", "id": begun}}]
    items = [{"id": order["lineItems"][0]["id"], "quantity": 1}]
    details = {"targets": [{"addressKey": "work", "quantity": 2}]}
    back = {"quantity": 1, "lineItemId": items[0]["id"], "shipmentState": "Returned", "key": "back"}
    return [
        {"action": "changeOrderState", "orderState": "Confirmed"},
        {"action": "changeShipmentState", "shipmentState": "Ready"},
        {"action": "changePaymentState", "paymentState": "Paid"},
        {"action": "transitionState", "state": by_key("state", "new")},
        {"action": "transitionLineItemState", **ON_LINE, **move},
        {"action": "transitionCustomLineItemState", **ON_WRAP, **move},
        {"action": "importLineItemState", **ON_LINE, "state": whole},
        {"action": "importCustomLineItemState", **ON_WRAP, "state": whole},
        {"action": "addPayment", "payment": by_key("payment", "paid")},
        {"action": "removePayment", "payment": by_key("payment", "paid")},
        {"action": "setCustomerId", "customerId": ada},
        {"action": "setCustomerEmail", "email": "b@example.com"},
        {"action": "setOrderNumber", "orderNumber": f"N-{order['id']}"},
        {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "P"},
        {"action": "setLocale", "locale": "de"},
        {"action": "setBusinessUnit"},
        {"action": "setEstimatedDelivery", "estimatedDelivery": {"from": "2026-05-25T08:00:00.000Z"}},
        {"action": "updateSyncInfo", "channel": by_key("channel", "erp")},
        {"action": "setShippingAddress", "address": NEW_YORK},
        {"action": "setBillingAddress", "address": NEW_YORK},
        {"action": "addItemShippingAddress", "address": LAKE},
        {"action": "updateItemShippingAddress", "address": {**LAKE, "city": "Potsdam"}},
        *custom("ItemShippingAddress", addressKey="lake"),
        {"action": "removeItemShippingAddress", "addressKey": "lake"},
        {"action": "setLineItemShippingDetails", **ON_LINE, "shippingDetails": details},
        {"action": "setCustomLineItemShippingDetails", **ON_WRAP, "shippingDetails": details},
        {"action": "addDelivery", **ON_DELIVERY, "items": items, "address": BERLIN},
        {"action": "addParcelToDelivery", **ON_DELIVERY, **ON_PARCEL},
        {"action": "setDeliveryItems", **ON_DELIVERY, "items": []},
        *custom("Delivery", **ON_DELIVERY),
        *custom("DeliveryAddress", **ON_DELIVERY),
        {"action": "setDeliveryAddress", **ON_DELIVERY, "address": NEW_YORK},
        {"action": "setParcelItems", **ON_PARCEL, "items": items},
        {"action": "setParcelMeasurements", **ON_PARCEL, "measurements": {"weightInGram": 1}},
        {"action": "setParcelTrackingData", **ON_PARCEL, "trackingData": {"trackingId": "T"}},
        *custom("Parcel", **ON_PARCEL),
        {"action": "removeParcelFromDelivery", **ON_PARCEL},
        {"action": "removeDelivery", **ON_DELIVERY},
        {"action": "addReturnInfo", "items": [back]},
        *custom("ReturnItem", **ON_RETURN),
        {"action": "setReturnShipmentState", **ON_RETURN, "shipmentState": "BackInStock"},
        {"action": "setReturnPaymentState", **ON_RETURN, "paymentState": "Refunded"},
        {"action": "setReturnInfo", "items": [{"items": [back]}]},
        *custom(""),
        *custom("LineItem", **ON_LINE),
        *custom("CustomLineItem", **ON_WRAP),
        *custom("ShippingAddress"),
        *custom("BillingAddress"),
        *custom("Shipping"),
        {"action": "setStore", "store": by_key("store", "paris")},
    ]


@DOORS
def test_every_action(shop: Client, door: str) -> None:
    opened(shop)
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]["id"]
    order = placed(shop, door)
    sent = all_actions(shop, order, ada)
    assert {action["action"] for action in sent} == {action_name(each.__name__) for each in known.types}
    after = shop.update(f"{door}orders/{order['id']}", order["version"], *sent)
    assert after == shop.get(f"orders/{order['id']}")
    assert (after["version"], after["store"]["key"], after["customerId"]) == (order["version"] + 1, "paris", ada)
    assert (after["totalPrice"], after["taxedPrice"]) == (order["totalPrice"], order["taxedPrice"])
    assert after["customLineItems"][0]["shippingDetails"]["valid"] is True
    # What was added is removed again.
    assert after["shippingInfo"]["deliveries"] == []
    assert [address["key"] for address in after["itemShippingAddresses"]] == ["home", "work"]


@DOORS
def test_every_operation(shop: Client, door: str) -> None:
    opened(shop)
    order = placed(shop, door, orderNumber="A/1 b")
    for path in (f"{door}orders/{order['id']}", f"{door}orders/order-number=A%2F1%20b"):
        assert shop.get(path) == order
        assert shop.send("HEAD", path).status_code == 200
        order = shop.update(path, order["version"], {"action": "setLocale", "locale": "de" if "number" in path else "en"})
    assert shop.get(f"{door}orders")["results"] == [order]
    assert shop.send("HEAD", f"{door}orders", params={"where": 'orderNumber = "A/1 b"'}).status_code == 200
    assert shop.send("HEAD", f"{door}orders", params={"where": 'orderNumber = "A"'}).status_code == 404
    assert shop.delete(f"{door}orders/order-number=A%2F1%20b", order["version"]) == order
    assert shop.send("HEAD", f"{door}orders/{order['id']}").status_code == 404
    other = placed(shop, door)
    assert shop.delete(f"{door}orders/{other['id']}", other["version"]) == other
    told = shop.get("messages", params={"where": 'type = "OrderDeleted"'})["results"]
    assert {each["order"]["id"] for each in told} == {order["id"], other["id"]}
