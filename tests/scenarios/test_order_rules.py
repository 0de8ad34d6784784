"""The rules of orders over HTTP, each named after itself: what an order keeps, what it refuses, what it tells."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, NEW_YORK, by_key, cart_draft, eur, open_shop, order_draft

HOME, WORK = {**BERLIN, "key": "home"}, {**BERLIN, "key": "work"}
NOTE = {"name": "note", "type": {"name": "String"}, "label": {"en": "Note"}, "required": False}
SIZE = {**NOTE, "name": "size"}


@pytest.fixture
def market(shop: Client) -> Client:
    """The shop with a Type for orders, stores and channels, and a group and a customer in it."""
    open_shop(shop)
    for key in ("gift", "other"):
        kinds = ["order", "line-item"]
        shop.create("types", {"key": key, "name": {"en": key}, "resourceTypeIds": kinds, "fieldDefinitions": [NOTE, SIZE]})
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    shop.create("channels", {"key": "erp", "roles": ["OrderExport", "OrderImport"]})
    shop.create("channels", {"key": "kiosk", "roles": ["ProductDistribution"]})
    shop.create("customer-groups", {"groupName": "VIP", "key": "vip"})
    return shop


def placed(shop: Client, *lines: tuple[str, int], **more: Any) -> Any:
    """An order of some lines, two mugs if there are none; `more` are members of the cart's draft."""
    return shop.create("orders", order_draft(shop.create("carts", cart_draft(*(lines or (("mug", 2),)), **more))))


def act(shop: Client, order: dict[str, Any], *actions: dict[str, Any], door: str = "") -> Any:
    """The order after actions, as it is read again."""
    path = f"{door}orders/{order['id']}"
    after = shop.update(path, shop.get(path)["version"], *actions)
    assert shop.get(path) == after
    return after


def refused(shop: Client, order: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    path = f"orders/{order['id']}"
    body = {"version": shop.get(path)["version"], "actions": [action]}
    error = shop.refused(400, "POST", path, body)
    assert error["action"]["action"] == action["action"]
    return error


def messages(shop: Client, order: dict[str, Any]) -> list[dict[str, Any]]:
    where = {"where": f'resource(id = "{order["id"]}")', "sort": "sequenceNumber asc", "limit": 500}
    found: list[dict[str, Any]] = shop.get("messages", params=where)["results"]
    return found


def test_set_customer_id_takes_the_group_along_and_reprices_nothing(market: Client) -> None:
    group = market.get("customer-groups/key=vip")["id"]
    cheap = {"action": "addPrice", "variantId": 1, "staged": False}
    price = {"value": eur(1), "customerGroup": {"typeId": "customer-group", "id": group}}
    mug = market.get("products/key=mug")
    market.update("products/key=mug", mug["version"], {**cheap, "price": price})
    draft = {"email": "ada@example.com", "password": "secret", "customerGroup": by_key("customer-group", "vip")}
    ada = market.create("customers", draft)["customer"]["id"]
    before = placed(market, ("mug", 2), country="DE", anonymousId="visit")
    after = act(market, before, {"action": "setCustomerId", "customerId": ada})
    assert (after["customerId"], after["customerGroup"]["id"], "anonymousId" in after) == (ada, group, False)
    assert (after["totalPrice"], after["lineItems"]) == (before["totalPrice"], before["lineItems"])
    assert after["totalPrice"]["centAmount"] == 2 * 1999 + 595
    told = messages(market, before)[-1]
    assert (told["type"], told["customer"]["id"], told["customerGroup"]["id"]) == ("OrderCustomerSet", ada, group)
    nobody = act(market, before, {"action": "setCustomerId"})
    assert not {"customerId", "customerGroup"} & nobody.keys()


def test_set_shipping_address_recalculates_nothing_and_leaves_the_cart_alone(market: Client) -> None:
    before = placed(market)
    cart = market.get(f"carts/{before['cart']['id']}")
    after = act(market, before, {"action": "setShippingAddress", "address": NEW_YORK})
    assert after["shippingAddress"] == NEW_YORK
    assert {name for name in before if before[name] != after[name]} == {"shippingAddress", "version", "lastModifiedAt"}
    assert market.get(f"carts/{before['cart']['id']}") == cart
    gone = act(market, before, {"action": "setShippingAddress"}, {"action": "setBillingAddress", "address": BERLIN})
    assert "shippingAddress" not in gone and "taxedPrice" in gone
    assert market.get(f"carts/{before['cart']['id']}") == cart


def test_removing_an_absent_custom_field_is_an_invalid_operation(market: Client) -> None:
    order = placed(market, custom={"type": by_key("type", "gift"), "fields": {"note": "a"}})
    assert refused(market, order, {"action": "setCustomField", "name": "size"})["code"] == "InvalidOperation"
    assert act(market, order, {"action": "setCustomField", "name": "note"})["custom"]["fields"] == {}
    assert refused(market, order, {"action": "setCustomField", "name": "note"})["code"] == "InvalidOperation"
    line = {"action": "setLineItemCustomField", "lineItemId": order["lineItems"][0]["id"], "name": "note"}
    assert refused(market, order, line)["code"] == "InvalidOperation"


def test_custom_merges_with_the_carts_and_must_match_its_type(market: Client) -> None:
    gift = by_key("type", "gift")
    cart = market.create("carts", cart_draft(("mug", 1), custom={"type": gift, "fields": {"note": "cart", "size": "s"}}))
    other = order_draft(cart, custom={"type": by_key("type", "other"), "fields": {}})
    assert market.refused(400, "POST", "orders", other)["code"] == "InvalidOperation"
    order = market.create("orders", order_draft(cart, custom={"type": gift, "fields": {"note": "order"}}))
    assert order["custom"]["fields"] == {"note": "order", "size": "s"}
    assert market.get(f"carts/{cart['id']}")["custom"]["fields"] == {"note": "cart", "size": "s"}
    plain = market.create("carts", cart_draft(("mug", 1)))
    own = market.create("orders", order_draft(plain, custom={"type": gift, "fields": {"note": "own"}}))
    assert own["custom"]["fields"] == {"note": "own"}


def test_completed_at_comes_by_import_only(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 1)))
    order = market.create("orders", order_draft(cart, completedAt="2001-02-03T04:05:06.000Z"))
    assert "completedAt" not in order
    wrong = {"action": "setCompletedAt", "completedAt": "2001-02-03T04:05:06.000Z"}
    body = {"version": order["version"], "actions": [wrong]}
    assert market.refused(400, "POST", f"orders/{order['id']}", body)["code"] == "InvalidJsonInput"
    item = {"name": {"en": "Wrap"}, "slug": "wrap", "quantity": 1, "money": eur(100)}
    draft = {"totalPrice": eur(100), "customLineItems": [item], "completedAt": "2001-02-03T04:05:06.000Z"}
    assert market.create("orders/import", draft)["completedAt"] == "2001-02-03T04:05:06.000Z"


def test_a_delivery_with_parcels_tells_of_itself_and_of_each_parcel(market: Client) -> None:
    order = placed(market)
    item = {"id": order["lineItems"][0]["id"], "quantity": 1}
    parcels = [{"key": "one", "items": [item]}, {"key": "two", "items": [item]}]
    after = act(market, order, {"action": "addDelivery", "items": [{**item, "quantity": 2}], "parcels": parcels})
    (delivery,) = after["shippingInfo"]["deliveries"]
    added, first, second = messages(market, order)[-3:]
    assert (added["type"], added["delivery"]["id"], added["delivery"]["parcels"]) == ("DeliveryAdded", delivery["id"], [])
    assert [each["type"] for each in (first, second)] == ["ParcelAddedToDelivery"] * 2
    assert [each["parcel"] for each in (first, second)] == delivery["parcels"]
    assert [len(each["delivery"]["parcels"]) for each in (first, second)] == [1, 2]


def test_the_drafts_deprecated_id_works(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 1)))
    order = market.create("orders", {"id": cart["id"], "version": cart["version"]})
    assert (order["cart"]["id"], market.get(f"carts/{cart['id']}")["cartState"]) == (cart["id"], "Ordered")


def test_an_order_number_once_set_stays_and_is_unique(market: Client) -> None:
    number = {"action": "setOrderNumber", "orderNumber": "A-1"}
    order = act(market, placed(market), number)
    assert act(market, order, number)["version"] == order["version"]
    for other in ({"orderNumber": "A-2"}, {}):
        assert refused(market, order, {"action": "setOrderNumber", **other})["code"] == "InvalidOperation"
    taken = refused_number(market, "A-1")
    assert (taken["code"], taken["field"], taken["duplicateValue"]) == ("DuplicateField", "orderNumber", "A-1")
    assert taken["action"] == {"action": "setOrderNumber", "orderNumber": "A-1"}
    cart = market.create("carts", cart_draft(("mug", 1)))
    assert market.refused(400, "POST", "orders", order_draft(cart, orderNumber="A-1"))["code"] == "DuplicateField"
    assert market.get(f"carts/{cart['id']}") == cart


def refused_number(shop: Client, number: str) -> dict[str, Any]:
    order = placed(shop)
    body = {"version": order["version"], "actions": [{"action": "setOrderNumber", "orderNumber": number}]}
    return shop.refused(400, "POST", f"orders/{order['id']}", body)


def states(shop: Client) -> dict[str, Any]:
    """Two States of orders, the second only after the first, and two of items; and that which items begin in."""
    packed = shop.create("states", {"key": "packed", "type": "OrderState", "initial": False})
    shop.create("states", {"key": "new", "type": "OrderState", "initial": True, "transitions": [by_key("state", "packed")]})
    shop.create("states", {"key": "gone", "type": "OrderState", "initial": False, "transitions": []})
    picked = shop.create("states", {"key": "picked", "type": "LineItemState", "initial": False})
    shop.create("states", {"key": "sent", "type": "LineItemState", "initial": False, "transitions": [by_key("state", "picked")]})
    begun = shop.get("states", params={"where": 'key = "Initial" and type = "LineItemState"'})["results"][0]
    return {"packed": packed, "picked": picked, "begun": begun}


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
def test_a_workflow_by_its_transitions(market: Client, door: str) -> None:
    known = states(market)
    cart = market.create(f"{door}carts", cart_draft(("mug", 5)))
    first = order_draft(cart, state=by_key("state", "new"))
    assert market.refused(400, "POST", f"{door}orders", {**first, "state": by_key("state", "gone")})["code"] == "InvalidOperation"
    order = market.create(f"{door}orders", first)
    move = {"action": "transitionState"}
    assert refused(market, order, {**move, "state": by_key("state", "gone")})["code"] == "InvalidOperation"
    order = act(market, order, {**move, "state": by_key("state", "packed")}, door=door)
    assert order["state"] == {"typeId": "state", "id": known["packed"]["id"]}
    order = act(market, order, {**move, "state": by_key("state", "gone")}, door=door)
    assert refused(market, order, {**move, "state": by_key("state", "new")})["code"] == "InvalidOperation"
    order = act(market, order, {**move, "state": by_key("state", "new"), "force": True}, door=door)
    told = [each for each in messages(market, order) if each["type"] == "OrderStateTransition"]
    assert [(each["force"], "oldState" in each) for each in told] == [(False, True), (False, True), (True, True)]
    assert refused(market, order, {**move, "state": by_key("state", "picked"), "force": True})["code"] == "InvalidOperation"


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
def test_units_in_states(market: Client, door: str) -> None:
    known = states(market)
    wrap = {
        "name": {"en": "Wrapping"},
        "slug": "wrap",
        "money": eur(250),
        "quantity": 5,
        "taxCategory": by_key("tax-category", "standard"),
    }
    cart = market.create(f"{door}carts", cart_draft(("mug", 5), customLineItems=[wrap]))
    order = market.create(f"{door}orders", order_draft(cart))
    begun, picked = ({"typeId": "state", "id": known[name]["id"]} for name in ("begun", "picked"))
    for kind, stem in (("LineItem", "lineItem"), ("CustomLineItem", "customLineItem")):
        on_item = {f"{stem}Id": order[f"{stem}s"][0]["id"]}
        transition = {"action": f"transition{kind}State", **on_item, "fromState": begun, "toState": picked, "quantity": 2}
        after = act(market, order, {**transition, "actualTransitionDate": "2026-01-02T03:04:05.000Z"}, door=door)
        assert after[f"{stem}s"][0]["state"] == [{"quantity": 3, "state": begun}, {"quantity": 2, "state": picked}]
        told = messages(market, order)[-1]
        assert (told["type"], told["transitionDate"]) == (f"{kind}StateTransition", "2026-01-02T03:04:05.000Z")
        assert refused(market, order, {**transition, "quantity": 4})["code"] == "InvalidOperation"
        anew = {"action": f"import{kind}State", **on_item, "state": [{"quantity": 5, "state": picked}]}
        assert act(market, order, anew, door=door)[f"{stem}s"][0]["state"] == [{"quantity": 5, "state": picked}]
        short = {**anew, "state": [{"quantity": 4, "state": picked}]}
        assert refused(market, order, short)["code"] == "InvalidOperation"
        sent = act(market, order, {**transition, "fromState": picked, "toState": by_key("state", "sent")})
        assert len(sent[f"{stem}s"][0]["state"]) == 2
        assert refused(market, order, anew)["code"] == "InvalidOperation"  # `sent` has transitions


def test_stores_sync_channels_and_business_units(market: Client) -> None:
    order = placed(market)
    berlin = {"action": "setStore", "store": by_key("store", "berlin")}
    assert act(market, order, berlin)["store"] == {"typeId": "store", "key": "berlin"}
    assert refused(market, order, berlin)["code"] == "InvalidOperation"
    sync = {"action": "updateSyncInfo", "channel": by_key("channel", "erp"), "externalId": "E-1"}
    door = "in-store/key=berlin/"
    (info,) = act(market, order, {**sync, "syncedAt": "2026-01-02T03:04:05.000Z"}, door=door)["syncInfo"]
    assert (info["externalId"], info["syncedAt"]) == ("E-1", "2026-01-02T03:04:05.000Z")
    (info,) = act(market, order, {**sync, "externalId": "E-2"})["syncInfo"]
    assert info["externalId"] == "E-2"
    assert refused(market, order, {**sync, "channel": by_key("channel", "kiosk")})["code"] == "InvalidInput"
    unit = {"action": "setBusinessUnit", "businessUnit": by_key("business-unit", "unit")}
    assert refused(market, order, unit)["code"] == "ReferencedResourceNotFound"
    same = market.get(f"orders/{order['id']}")
    for doors in ("", door):
        assert act(market, order, {"action": "setBusinessUnit"}, door=doors) == same
    # Out of the store's door it can not be seen any more.
    moved = market.update(
        f"{door}orders/{order['id']}", same["version"], {"action": "setStore", "store": by_key("store", "paris")}
    )
    assert moved["store"]["key"] == "paris"
    assert market.refused(404, "GET", f"{door}orders/{order['id']}")["code"] == "ResourceNotFound"
    door = "in-store/key=paris/"
    ada = market.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]["id"]
    assert act(market, order, {"action": "setCustomerId", "customerId": ada}, door=door)["customerId"] == ada
    told = [each["type"] for each in messages(market, order)]
    assert told == ["OrderCreated", "OrderStoreSet", "OrderStoreSet", "OrderCustomerSet"]


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
def test_a_targeted_item_shipping_address_stays(market: Client, door: str) -> None:
    category = by_key("tax-category", "standard")
    wrap = {"name": {"en": "Wrapping"}, "slug": "wrap", "money": eur(250), "quantity": 2, "taxCategory": category}
    more = {"shippingAddress": HOME, "itemShippingAddresses": [HOME, WORK], "customLineItems": [wrap]}
    cart = market.create(f"{door}carts", cart_draft(("mug", 3), **more))
    order = market.create(f"{door}orders", order_draft(cart))
    to_work = {"targets": [{"addressKey": "work", "quantity": 3}]}
    on_line = {"action": "setLineItemShippingDetails", "lineItemId": order["lineItems"][0]["id"]}
    after = act(market, order, {**on_line, "shippingDetails": to_work}, door=door)
    assert after["lineItems"][0]["shippingDetails"] == {**to_work, "valid": True}
    remove = {"action": "removeItemShippingAddress", "addressKey": "work"}
    assert refused(market, order, remove)["code"] == "InvalidOperation"
    short = {"targets": [{"addressKey": "home", "quantity": 2}]}
    error = refused(market, order, {**on_line, "shippingDetails": short})
    assert (error["code"], error["subject"], error["itemId"]) == ("InvalidItemShippingDetails", "LineItem", on_line["lineItemId"])
    moved = {**WORK, "city": "Potsdam"}
    after = act(market, order, {"action": "updateItemShippingAddress", "address": moved}, on_line, remove, door=door)
    assert after["itemShippingAddresses"] == [HOME] and "shippingDetails" not in after["lineItems"][0]
    assert act(market, order, {"action": "addItemShippingAddress", "address": WORK}, door=door)["itemShippingAddresses"] == [
        HOME,
        WORK,
    ]
    on_wrap = {"action": "setCustomLineItemShippingDetails", "customLineItemId": order["customLineItems"][0]["id"]}
    after = act(market, order, {**on_wrap, "shippingDetails": short}, door=door)
    assert after["customLineItems"][0]["shippingDetails"] == {**short, "valid": True}


def test_items_of_a_cart_go_to_several_addresses(market: Client) -> None:
    category = by_key("tax-category", "standard")
    wrap = {"name": {"en": "Wrapping"}, "slug": "wrap", "money": eur(250), "quantity": 2, "taxCategory": category}
    more = {"shippingAddress": HOME, "itemShippingAddresses": [HOME, WORK], "customLineItems": [wrap]}
    cart = market.create("carts", cart_draft(("mug", 3), **more))
    path, line, item = f"carts/{cart['id']}", cart["lineItems"][0]["id"], cart["customLineItems"][0]["id"]
    at_home = [{"addressKey": "home", "quantity": 2}]
    for kind, named in (("LineItem", {"lineItemId": line}), ("CustomLineItem", {"customLineItemId": item})):
        put = {"action": f"set{kind}ShippingDetails", **named, "shippingDetails": {"targets": at_home}}
        cart = market.update(path, cart["version"], put)
    assert cart["lineItems"][0]["shippingDetails"] == {"targets": at_home, "valid": False}
    assert cart["customLineItems"][0]["shippingDetails"] == {"targets": at_home, "valid": True}
    error = market.refused(400, "POST", "orders", order_draft(cart))
    assert (error["code"], error["subject"], error["itemId"]) == ("InvalidItemShippingDetails", "LineItem", line)
    assert error["message"] == (
        f"Inconsistent shipping details for LineItem with ID {line}."
        " LineItem quantity is 3 and shippingTargets quantity sum is 2."
    )
    delta = [{"addressKey": "work", "quantity": 1}]
    there = {"action": "applyDeltaToLineItemShippingDetailsTargets", "lineItemId": line, "targetsDelta": delta}
    moving = {"action": "applyDeltaToCustomLineItemShippingDetailsTargets", "customLineItemId": item}
    moved = [{"addressKey": "home", "quantity": -1}, *delta]
    cart = market.update(path, cart["version"], there, {**moving, "targetsDelta": moved})
    assert [each["quantity"] for each in cart["customLineItems"][0]["shippingDetails"]["targets"]] == [1, 1]
    order = market.create("orders", order_draft(cart))
    assert order["lineItems"][0]["shippingDetails"] == {"targets": [*at_home, *delta], "valid": True}


def test_an_owners_items_go_to_several_addresses(market: Client) -> None:
    ada = market.anonymous("ada")
    draft = {"currency": "EUR", "country": "DE", "shippingAddress": HOME, "itemShippingAddresses": [HOME, WORK]}
    cart = ada.create("me/carts", {**draft, "lineItems": [{"sku": "mug", "quantity": 2}]})
    line = {"lineItemId": cart["lineItems"][0]["id"]}
    sent = [{"addressKey": "home", "quantity": 1}]
    put = {"action": "setLineItemShippingDetails", **line, "shippingDetails": {"targets": sent}}
    delta = {
        "action": "applyDeltaToLineItemShippingDetailsTargets",
        **line,
        "targetsDelta": [{"addressKey": "work", "quantity": 1}],
    }
    rate = {"price": eur(300)}
    own = {"action": "setCustomShippingMethod", "shippingMethodName": "By hand", "shippingRate": rate}
    category = by_key("tax-category", "standard")
    cart = ada.update(f"me/carts/{cart['id']}", cart["version"], put, delta, {**own, "taxCategory": category})
    assert (cart["lineItems"][0]["shippingDetails"]["valid"], cart["shippingInfo"]["price"]["centAmount"]) == (True, 300)
    order = ada.create("me/orders", {"id": cart["id"], "version": cart["version"]})
    assert len(order["lineItems"][0]["shippingDetails"]["targets"]) == 2
