"""Carts with several shippings, from their draft to their order; the client holds every answer against the schema."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, NEW_YORK, by_key, cart_draft, eur, open_shop, order_draft

PARIS = {"country": "FR", "city": "Paris"}
ADDRESSES = [{**BERLIN, "key": "home"}, {**PARIS, "key": "paris"}]


@pytest.fixture
def market(shop: Client) -> Client:
    """The shop, which also ships to France, by `air` for 12.90, at 20 % there; a store and a Type of shippings."""
    open_shop(shop)
    path = "tax-categories/key=standard"
    french = {"name": "20% TVA", "amount": 0.2, "includedInPrice": True, "country": "FR"}
    shop.update(path, shop.get(path)["version"], {"action": "addTaxRate", "taxRate": french})
    shop.create("zones", {"name": "France", "key": "france", "locations": [{"country": "FR"}]})
    zone_rates = [{"zone": by_key("zone", "france"), "shippingRates": [{"price": eur(1290)}]}]
    category = by_key("tax-category", "standard")
    air = {"name": "Air", "key": "air", "isDefault": False, "taxCategory": category, "zoneRates": zone_rates}
    shop.create("shipping-methods", air)
    shop.create("stores", {"key": "berlin"})
    field = {"name": "note", "label": {"en": "Note"}, "type": {"name": "String"}, "required": False}
    kinds = ["shipping"]
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, "resourceTypeIds": kinds, "fieldDefinitions": [field]})
    return shop


def shipping(key: str, method: str, address: dict[str, Any]) -> dict[str, Any]:
    return {
        "action": "addShippingMethod",
        "shippingKey": key,
        "shippingMethod": by_key("shipping-method", method),
        "shippingAddress": address,
    }


def sent(**units: int) -> dict[str, Any]:
    places = {"slow": "home", "fast": "paris"}
    targets = [{"addressKey": places[key], "quantity": each, "shippingMethodKey": key} for key, each in units.items()]
    return {"targets": targets}


def amounts(price: dict[str, Any]) -> tuple[int, int, int]:
    """(net, tax, gross) in minor units."""
    net, tax, gross = (price[name]["centAmount"] for name in ("totalNet", "totalTax", "totalGross"))
    return net, tax, gross


def step(shop: Client, path: str, *actions: dict[str, Any]) -> Any:
    after = shop.update(path, shop.get(path)["version"], *actions)
    assert shop.get(path) == after
    return after


def empty(**more: Any) -> dict[str, Any]:
    """A cart of three mugs whose shippings are still to come."""
    lines = [{"sku": "mug", "key": "mugs", "quantity": 3}]
    return {"currency": "EUR", "shippingMode": "Multiple", "itemShippingAddresses": ADDRESSES, "lineItems": lines, **more}


FILLING: list[dict[str, Any]] = [
    shipping("slow", "parcel", BERLIN),
    shipping("fast", "air", PARIS),
    {"action": "setLineItemShippingDetails", "lineItemKey": "mugs", "shippingDetails": sent(slow=1, fast=2)},
]


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
def test_from_a_draft_to_an_order(market: Client, door: str) -> None:
    path = f"{door}carts/{market.create(f'{door}carts', empty())['id']}"
    cart = step(market, path, *FILLING)
    # Three mugs at 19.99, 5.95 and 12.90.
    assert cart["totalPrice"]["centAmount"] == 5997 + 595 + 1290
    # 19.99 / 1.19 = 16.7983, 39.98 / 1.2 = 33.3167; 5.95 / 1.19 = 5.00, 12.90 / 1.2 = 10.75.
    (line,) = cart["lineItems"]
    assert [amounts(each["taxedPrice"]) for each in line["taxedPricePortions"]] == [(1680, 319, 1999), (3332, 666, 3998)]
    assert [each["taxRate"]["name"] for each in line["perMethodTaxRate"]] == ["19% MwSt", "20% TVA"]
    assert amounts(cart["taxedShippingPrice"]) == (1575, 310, 1885)
    assert amounts(cart["taxedPrice"]) == (5012 + 1575, 985 + 310, 7882)
    order = market.create(f"{door}orders", order_draft(cart))
    for member in ("shippingMode", "shipping", "lineItems", "taxedPrice", "itemShippingAddresses"):
        assert order[member] == ([{**line, "productKey": "mug"}] if member == "lineItems" else cart[member])
    assert "shippingAddress" not in order
    copy = market.create(f"{door}carts/replicate", {"reference": {"typeId": "order", "id": order["id"]}})
    assert (copy["taxedPrice"], len(copy["shipping"])) == (cart["taxedPrice"], 2)
    path = f"{door}orders/{order['id']}"
    items = [{"id": line["id"], "quantity": 2}]
    order = step(
        market,
        path,
        {"action": "addDelivery", "shippingKey": "fast", "deliveryKey": "d1", "items": items},
        {"action": "setEstimatedDelivery", "shippingKey": "slow", "estimatedDelivery": {"from": "2026-05-25T12:00:00.000Z"}},
        {"action": "setShippingCustomType", "shippingKey": "slow", "type": by_key("type", "extra")},
        {"action": "setShippingCustomField", "shippingKey": "slow", "name": "note", "value": "ring"},
    )
    slow, fast = order["shipping"]
    assert [each["key"] for each in fast["shippingInfo"]["deliveries"]] == ["d1"]
    assert (slow["shippingCustomFields"]["fields"], "estimatedDelivery" in slow["shippingInfo"]) == ({"note": "ring"}, True)


def test_each_action_on_shippings(market: Client) -> None:
    path = f"carts/{market.create('carts', empty())['id']}"
    step(market, path, *FILLING)
    own = {
        "action": "addCustomShippingMethod",
        "shippingKey": "own",
        "shippingMethodName": "Bicycle",
        "shippingAddress": BERLIN,
        "shippingRate": {"price": eur(300)},
        "taxCategory": by_key("tax-category", "standard"),
        "custom": {"type": by_key("type", "extra"), "fields": {"note": "ring"}},
    }
    cart = step(market, path, own)
    assert cart["shipping"][2]["shippingCustomFields"]["fields"] == {"note": "ring"}
    delta = {"action": "applyDeltaToLineItemShippingDetailsTargets", "lineItemKey": "mugs"}
    moved = step(market, path, {**delta, "targetsDelta": [*sent(fast=-1)["targets"], *sent(slow=1)["targets"]]})
    assert [each["quantity"] for each in moved["lineItems"][0]["shippingDetails"]["targets"]] == [2, 1]
    window = {"from": "2026-05-25T12:00:00.000Z", "until": "2026-05-26T12:00:00.000Z"}
    estimated = step(market, path, {"action": "setEstimatedDelivery", "shippingKey": "own", "estimatedDelivery": window})
    assert estimated["shipping"][2]["shippingInfo"]["estimatedDelivery"] == window
    (told,) = market.get("messages", params={"where": 'type = "CartEstimatedDeliverySet"'})["results"]
    assert (told["shippingKey"], told["estimatedDelivery"]) == ("own", window)
    step(market, path, {"action": "setShippingCustomField", "shippingKey": "own", "name": "note", "value": "knock"})
    cart = step(market, path, {"action": "removeShippingMethod", "shippingKey": "own"})
    assert [each["shippingKey"] for each in cart["shipping"]] == ["slow", "fast"]
    single = f"carts/{market.create('carts', cart_draft(('mug', 1)))['id']}"
    shown = step(market, single, {"action": "setEstimatedDelivery", "estimatedDelivery": window})
    assert shown["shippingInfo"]["estimatedDelivery"] == window


def test_taxes_from_outside(market: Client) -> None:
    cart = market.create("carts", empty(taxMode="External"))
    path, rate = f"carts/{cart['id']}", {"name": "ten", "amount": 0.1, "country": "DE"}
    given = [
        {"action": f"set{name}TaxRate", **named, "shippingKey": key, "externalTaxRate": rate}
        for key in ("slow", "fast")
        for name, named in (("LineItem", {"lineItemKey": "mugs"}), ("ShippingMethod", {}))
    ]
    cart = step(market, path, *FILLING, *given)
    # With 10 % on top 19.99, 39.98, 5.95 and 12.90 are 21.99, 43.98, 6.54 (6.545, half to even) and 14.19.
    assert amounts(cart["taxedPrice"]) == (7882, 200 + 400 + 59 + 129, 7882 + 788)
    assert market.create("orders", order_draft(cart))["taxedPrice"] == cart["taxedPrice"]
    cart = market.create("carts", empty(taxMode="ExternalAmount"))
    path = f"carts/{cart['id']}"
    amount = {"externalTaxAmount": {"totalGross": eur(5000), "taxRate": rate}}
    taxed = [
        {"action": f"set{name}TaxAmount", **named, "shippingKey": key, **amount}
        for key in ("slow", "fast")
        for name, named in (("LineItem", {"lineItemKey": "mugs"}), ("ShippingMethod", {}))
    ]
    cart = step(market, path, *FILLING, *taxed, {"action": "setCartTotalTax", "externalTotalGross": eur(20_000)})
    assert amounts(cart["taxedPrice"]) == (7882, 20_000 - 7882, 20_000)
    assert market.create("orders", order_draft(cart))["taxedPrice"] == cart["taxedPrice"]


def test_what_is_refused_stores_nothing(market: Client) -> None:
    cart = market.create("carts", empty())
    path = f"carts/{cart['id']}"

    def refused(*actions: dict[str, Any]) -> dict[str, Any]:
        error: dict[str, Any] = market.refused(400, "POST", path, {"version": cart["version"], "actions": actions})
        assert market.get(path) == cart
        return error

    assert (
        refused({"action": "setShippingMethod", "shippingMethod": by_key("shipping-method", "air")})["code"] == "InvalidOperation"
    )
    assert refused(FILLING[0], FILLING[0])["code"] == "DuplicateField"
    assert refused(shipping("slow", "parcel", NEW_YORK))["code"] == "InvalidOperation"
    assert refused({"action": "removeShippingMethod", "shippingKey": "slow"})["code"] == "InvalidField"
    assert refused({"action": "removeShippingMethod", "shippingKey": 5})["code"] == "InvalidJsonInput"
    without = {name: value for name, value in FILLING[0].items() if name != "shippingAddress"}
    assert refused(without)["code"] == "InvalidJsonInput"
    assert refused({"action": "setEstimatedDelivery", "estimatedDelivery": {}})["code"] == "InvalidOperation"
    assert market.refused(400, "POST", "orders", order_draft(cart))["code"] == "InvalidItemShippingDetails"
    single = market.create("carts", cart_draft(("mug", 1)))
    body = {"version": single["version"], "actions": [FILLING[0]]}
    assert market.refused(400, "POST", f"carts/{single['id']}", body)["code"] == "InvalidOperation"
    assert market.refused(400, "POST", "carts", {**cart_draft(), "shippingMode": "Multiple"})["code"] == "InvalidOperation"


def test_methods_that_match_a_cart_with_several(market: Client) -> None:
    cart = market.create("carts", empty())
    asked = {"cartId": cart["id"], "country": "FR"}
    page = market.get("shipping-methods/matching-cart-location", params=asked)
    assert [method["key"] for method in page["results"]] == ["air"]
    assert (
        market.refused(400, "GET", "shipping-methods/matching-cart", params={"cartId": cart["id"]})["code"] == "InvalidOperation"
    )
    path = f"carts/{cart['id']}"
    step(market, path, {"action": "setShippingAddress", "address": {**BERLIN, "key": "home"}})
    page = market.get("shipping-methods/matching-cart", params={"cartId": cart["id"]})
    assert [method["key"] for method in page["results"]] == ["parcel"]


def test_an_owner_has_a_cart_for_several(market: Client) -> None:
    market.create("customers", {"email": "ada@example.com", "password": "correct horse"})
    ada = market.signed_in("ada@example.com", "correct horse")
    cart = ada.create("me/carts", empty())
    body = {"version": cart["version"], "actions": [FILLING[0]]}
    # She names no shippings; the shop does, and she says what goes with which.
    assert ada.refused(400, "POST", f"me/carts/{cart['id']}", body)["code"] == "InvalidJsonInput"
    step(market, f"carts/{cart['id']}", *FILLING[:2])
    cart = step(ada, f"me/carts/{cart['id']}", FILLING[2])
    assert amounts(cart["taxedPrice"]) == (6587, 1295, 7882)
    assert ada.create("me/orders", {"id": cart["id"], "version": cart["version"]})["taxedPrice"] == cart["taxedPrice"]


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
def test_a_project_keeps_owners_from_custom_shipping_methods(market: Client, door: str) -> None:
    market.create(f"{door}customers", {"email": "ada@example.com", "password": "correct horse"})
    ada = market.signed_in("ada@example.com", "correct horse", "berlin" if door else None)
    cart = ada.create(f"{door}me/carts", {"currency": "EUR", "shippingAddress": BERLIN, "lineItems": [{"sku": "mug"}]})
    category = by_key("tax-category", "standard")
    own = {
        "action": "setCustomShippingMethod",
        "shippingMethodName": "Own",
        "shippingRate": {"price": eur(1)},
        "taxCategory": category,
    }
    cart = ada.update(f"{door}me/carts/{cart['id']}", cart["version"], own)
    assert cart["shippingInfo"]["price"] == {**eur(1), "type": "centPrecision", "fractionDigits": 2}
    switch = {"action": "changeCustomShippingMethodAtMyCartsEnabled", "customShippingMethodAtMyCartsEnabled": False}
    assert market.update("", market.get("")["version"], switch)["carts"]["customShippingMethodAtMyCartsEnabled"] is False
    dearer = {**own, "shippingRate": {"price": eur(2)}}
    body = {"version": cart["version"], "actions": [dearer]}
    assert ada.refused(400, "POST", f"{door}me/carts/{cart['id']}", body)["code"] == "InvalidOperation"
    assert ada.get(f"{door}me/carts/{cart['id']}") == cart
    assert market.update(f"carts/{cart['id']}", cart["version"], dearer)["shippingInfo"]["price"]["centAmount"] == 2
