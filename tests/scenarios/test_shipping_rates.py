"""Shipping rates over HTTP: tiers by class and score, custom shipping methods, and which methods can be offered."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, NEW_YORK, by_key, cart_draft, eur, open_shop, usd

MISSING = "0f8fad5b-d9cb-469f-a165-70867728950e"
CLASSES = {
    "type": "CartClassification",
    "values": [{"key": "light", "label": {"en": "Light"}}, {"key": "heavy", "label": {"en": "Heavy"}}],
}


def go_by(shop: Client, kind: dict[str, Any] | None) -> None:
    """Set what the project's tiers go by."""
    setting = {"action": "setShippingRateInputType", **({"shippingRateInputType": kind} if kind else {})}
    assert shop.update("", shop.get("")["version"], setting).get("shippingRateInputType") == kind


def method(shop: Client, key: str, *rates: dict[str, Any], zone: str = "germany", **more: Any) -> Any:
    """A shipping method into one zone."""
    draft = {
        "name": key.title(),
        "key": key,
        "isDefault": False,
        "taxCategory": by_key("tax-category", "standard"),
        "zoneRates": [{"zone": by_key("zone", zone), "shippingRates": list(rates)}],
    }
    return shop.create("shipping-methods", {**draft, **more})


def keys(page: Any) -> list[str]:
    return [found["key"] for found in page["results"]]


def flags(found: Any) -> list[tuple[str, bool]]:
    """Each rate's currency, and whether it matches."""
    rates = [rate for zone_rate in found["zoneRates"] for rate in zone_rate["shippingRates"]]
    return [(rate["price"]["currencyCode"], rate["isMatching"]) for rate in rates]


def price(cart: Any) -> int:
    return int(cart["shippingInfo"]["price"]["centAmount"])


def given(kind: str, **value: Any) -> dict[str, Any]:
    return {"action": "setShippingRateInput", "shippingRateInput": {"type": kind, **value}}


def test_a_class_picks_the_rate(shop: Client) -> None:
    open_shop(shop)
    go_by(shop, CLASSES)
    tiers = [{"type": "CartClassification", "value": "heavy", "price": eur(2500)}]
    method(shop, "freight", {"price": eur(900), "tiers": tiers})
    draft = cart_draft(("mug", 1), shippingMethod=by_key("shipping-method", "freight"))
    cart = shop.create("carts", {**draft, "shippingRateInput": {"type": "Classification", "key": "heavy"}})
    assert cart["shippingRateInput"] == {"type": "Classification", "key": "heavy", "label": {"en": "Heavy"}}
    # 19.99 for the mug and 25.00 for shipping, VAT included.
    assert (price(cart), cart["totalPrice"]["centAmount"]) == (2500, 4499)
    light = shop.update(f"carts/{cart['id']}", cart["version"], given("Classification", key="light"))
    assert (price(light), light["totalPrice"]["centAmount"]) == (900, 2899)
    cleared = shop.update(f"carts/{cart['id']}", light["version"], {"action": "setShippingRateInput"})
    assert (price(cleared), "shippingRateInput" in cleared) == (900, False)
    path = f"carts/{cart['id']}"
    for wrong, code in ((given("Classification", key="huge"), "InvalidField"), (given("Score", score=1), "InvalidOperation")):
        assert shop.refused(400, "POST", path, {"version": cleared["version"], "actions": [wrong]})["code"] == code
    other = {"price": usd(900), "tiers": [{"type": "CartScore", "score": 1, "price": usd(1)}]}
    add = {"action": "addShippingRate", "zone": by_key("zone", "germany"), "shippingRate": other}
    assert (
        shop.refused(400, "POST", "shipping-methods/key=freight", {"version": 1, "actions": [add]})["code"] == "InvalidOperation"
    )


def test_a_score_picks_the_rate_and_an_order_keeps_it(shop: Client) -> None:
    open_shop(shop)
    go_by(shop, {"type": "CartScore"})
    steps = [
        {"type": "CartScore", "score": 5, "price": eur(750)},
        {"type": "CartScore", "score": 15, "priceFunction": {"currencyCode": "EUR", "function": "(50 * x) + 750"}},
    ]
    method(shop, "pallet", {"price": eur(100), "tiers": steps})
    draft = cart_draft(("mug", 1), shippingMethod=by_key("shipping-method", "pallet"))
    cart = shop.create("carts", {**draft, "shippingRateInput": {"type": "Score", "score": 20}})
    assert (price(cart), cart["shippingInfo"]["shippingRate"]["tiers"]) == (1750, steps)
    seven = shop.update(f"carts/{cart['id']}", cart["version"], given("Score", score=7))
    assert price(seven) == 750
    found = shop.get("shipping-methods/matching-cart", params={"cartId": cart["id"]})["results"]
    shown = {one["key"]: one["zoneRates"][0]["shippingRates"][0] for one in found}
    assert [tier.get("isMatching") for tier in shown["pallet"]["tiers"]] == [True, None]
    order = shop.create("orders", {"cart": {"typeId": "cart", "id": cart["id"]}, "version": seven["version"]})
    assert order["shippingRateInput"] == {"type": "Score", "score": 7}
    assert order["shippingInfo"]["price"]["centAmount"] == 750
    # Without the setting the rate's own price holds, and no input is taken.
    again = shop.create("carts", {**draft, "shippingRateInput": {"type": "Score", "score": 7}})
    go_by(shop, None)
    path = f"carts/{again['id']}"
    assert price(shop.update(path, again["version"], {"action": "recalculate"})) == 100
    asked = {"version": shop.get(path)["version"], "actions": [given("Score", score=7)]}
    assert shop.refused(400, "POST", path, asked)["code"] == "InvalidOperation"


def test_a_custom_shipping_method(shop: Client) -> None:
    open_shop(shop)
    shop.create(
        "types",
        {
            "key": "by-hand",
            "name": {"en": "By hand"},
            "resourceTypeIds": ["shipping"],
            "fieldDefinitions": [
                {"name": "who", "label": {"en": "Who"}, "required": False, "type": {"name": "String"}, "inputHint": "SingleLine"}
            ],
        },
    )
    cart = shop.create("carts", cart_draft(("mug", 2), shippingMethod=None))
    path = f"carts/{cart['id']}"
    rate = {
        "price": eur(1190),
        "freeAbove": eur(5000),
        "tiers": [{"type": "CartValue", "minimumCentAmount": 4500, "price": eur(500)}],
    }
    action = {
        "action": "setCustomShippingMethod",
        "shippingMethodName": "Bicycle",
        "shippingRate": rate,
        "taxCategory": by_key("tax-category", "standard"),
        "custom": {"type": by_key("type", "by-hand"), "fields": {"who": "Eve"}},
        "estimatedDelivery": {"from": "2026-03-01T10:00:00.000Z"},
    }
    cart = shop.update(path, cart["version"], action)
    info = cart["shippingInfo"]
    assert (info["shippingMethodName"], price(cart), "shippingMethod" in info) == ("Bicycle", 1190, False)
    # 11.90 with 19 % VAT included is 10.00 net.
    assert (info["taxedPrice"]["totalNet"]["centAmount"], info["taxRate"]["amount"]) == (1000, 0.19)
    assert (info["deliveries"], info["estimatedDelivery"]) == ([], {"from": "2026-03-01T10:00:00.000Z"})
    assert cart["shippingCustomFields"]["fields"] == {"who": "Eve"}
    line = cart["lineItems"][0]["id"]
    # Three mugs are 59.97: free; one with a tea is 44.49: the rate's own price; two teas 49.00: the tier.
    cart = shop.update(path, cart["version"], quantity(line, 3))
    assert price(cart) == 0
    cart = shop.update(path, cart["version"], quantity(line, 1), {"action": "addLineItem", "sku": "tea"})
    assert price(cart) == 1190
    removed = {"action": "removeLineItem", "lineItemId": line}
    cart = shop.update(path, cart["version"], removed, {"action": "addLineItem", "sku": "tea"})
    assert (price(cart), cart["totalPrice"]["centAmount"]) == (500, 5400)
    dollars = {**action, "shippingRate": {"price": usd(100)}}
    assert shop.refused(400, "POST", path, {"version": cart["version"], "actions": [dollars]})["code"] == "InvalidField"
    order = shop.create("orders", {"cart": {"typeId": "cart", "id": cart["id"]}, "version": cart["version"]})
    assert order["shippingInfo"]["shippingMethodName"] == "Bicycle"
    copy = shop.create("carts/replicate", {"reference": {"typeId": "order", "id": order["id"]}})
    assert (copy["shippingInfo"]["shippingMethodName"], price(copy)) == ("Bicycle", 500)
    bare = shop.create("carts", {"currency": "EUR"})
    asked = {"version": 1, "actions": [action]}
    assert shop.refused(400, "POST", f"carts/{bare['id']}", asked)["code"] == "InvalidOperation"
    other = shop.create("carts", cart_draft(("mug", 1)))
    plain = {key: action[key] for key in ("action", "shippingMethodName", "shippingRate")}
    untaxed = shop.update(f"carts/{other['id']}", other["version"], plain)
    assert ("taxedPrice" in untaxed["shippingInfo"], "taxedPrice" in untaxed) == (False, False)
    gone = shop.update(f"carts/{other['id']}", untaxed["version"], {"action": "setShippingMethod"})
    assert ("shippingInfo" in gone, "taxedPrice" in gone) == (False, True)


def quantity(line: str, number: int) -> dict[str, Any]:
    return {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": number}


@pytest.fixture
def offers(shop: Client) -> Client:
    """Methods that differ in what they are offered for; `parcel` is the default and goes to both zones."""
    open_shop(shop)
    shop.create("stores", {"key": "berlin", "name": {"en": "Berlin"}})
    method(shop, "early", {"price": eur(1500)})
    method(shop, "big", {"price": eur(700)}, predicate='lineItemTotal(true) > "40.00 EUR"')
    method(shop, "berlin-only", {"price": eur(300)}, stores=[by_key("store", "berlin")])
    method(shop, "retired", {"price": eur(100)}, active=False)
    method(shop, "dollars", {"price": usd(100)})
    method(shop, "overseas", {"price": eur(2000)}, {"price": usd(2200)}, zone="us")
    return shop


def test_methods_for_a_cart(offers: Client) -> None:
    small = offers.create("carts", cart_draft(("mug", 1)))
    large = offers.create("carts", cart_draft(("mug", 3), store=by_key("store", "berlin")))
    path = "shipping-methods/matching-cart"
    found = offers.get(path, params={"cartId": small["id"]})
    assert keys(found) == ["parcel", "early"]
    assert (found["count"], found["total"], found["offset"]) == (2, 2, 0)
    assert flags(found["results"][0]) == [("EUR", True), ("USD", False)]
    assert keys(offers.get(path, params={"cartId": large["id"]})) == ["parcel", "early", "big", "berlin-only"]
    expanded = offers.get(path, params={"cartId": small["id"], "expand": "zoneRates[*].zone"})
    assert expanded["results"][0]["zoneRates"][0]["zone"]["obj"]["key"] == "germany"
    inside = f"in-store/key=berlin/{path}"
    assert keys(offers.get(inside, params={"cartId": large["id"]})) == ["parcel", "early", "big", "berlin-only"]
    assert offers.send("HEAD", inside, params={"cartId": large["id"]}).status_code == 200
    assert offers.refused(404, "GET", inside, params={"cartId": small["id"]})["code"] == "ResourceNotFound"
    assert offers.send("HEAD", path, params={"cartId": small["id"]}).status_code == 200
    for missing in (MISSING, "no-uuid"):
        assert offers.send("HEAD", path, params={"cartId": missing}).status_code == 404
        assert offers.refused(404, "GET", path, params={"cartId": missing})["code"] == "ResourceNotFound"
    assert offers.refused(400, "GET", path)["code"] == "InvalidInput"
    homeless = offers.create("carts", {"currency": "EUR"})
    assert offers.refused(400, "GET", path, params={"cartId": homeless["id"]})["code"] == "InvalidOperation"
    taken = offers.update(f"carts/{small['id']}", small["version"], {"action": "setShippingMethod", **chosen("early")})
    assert price(taken) == 1500


def chosen(key: str) -> dict[str, Any]:
    return {"shippingMethod": by_key("shipping-method", key)}


def test_methods_for_a_cart_sent_elsewhere(offers: Client) -> None:
    cart = offers.create("carts", cart_draft(("mug", 3)))
    path = "shipping-methods/matching-cart-location"
    there = {"cartId": cart["id"], "country": "US", "state": "New York"}
    found = offers.get(path, params=there)
    assert (keys(found), flags(found["results"][0])) == (["overseas"], [("EUR", True), ("USD", False)])
    assert keys(offers.get(path, params={"cartId": cart["id"], "country": "DE"})) == ["parcel", "early", "big"]
    assert offers.send("HEAD", path, params=there).status_code == 200
    assert offers.send("HEAD", path, params={**there, "country": "FR"}).status_code == 404
    assert offers.get(path, params={**there, "country": "FR"})["results"] == []
    assert offers.refused(400, "GET", path, params={"cartId": cart["id"]})["message"].startswith("Malformed parameter: country")
    bare = offers.create("carts", {"currency": "USD"})
    assert keys(offers.get(path, params={**there, "cartId": bare["id"]})) == ["parcel", "overseas"]
    assert cart["shippingAddress"]["city"] == BERLIN["city"] != NEW_YORK["city"]


def test_methods_for_a_place(offers: Client) -> None:
    path = "shipping-methods/matching-location"
    found = offers.get(path, params={"country": "DE"})
    assert keys(found) == ["parcel", "early", "berlin-only", "dollars"]
    assert keys(offers.get(path, params={"country": "DE", "currency": "USD"})) == ["dollars"]
    us = {"country": "US", "state": "New York"}
    assert [flags(one) for one in offers.get(path, params=us)["results"]] == [
        [("EUR", False), ("USD", True)],
        [("EUR", True), ("USD", True)],
    ]
    named = offers.get(path, params={"country": "DE", "sort": ["name asc"]})
    assert keys(named) == ["parcel", "berlin-only", "dollars", "early"]
    newest = offers.get(path, params={"country": "DE", "sort": ["createdAt desc"]})
    assert keys(newest) == ["parcel", "dollars", "berlin-only", "early"]
    assert offers.send("HEAD", path, params=us).status_code == 200
    assert offers.send("HEAD", path, params={"country": "US"}).status_code == 404
    for wrong in ({"country": "Germany"}, {"country": "DE", "currency": "euro"}, {"country": "DE", "sort": ["colour"]}):
        assert offers.refused(400, "GET", path, params=wrong)["code"] == "InvalidInput"


def test_there_are_no_order_edits_to_be_asked_for(offers: Client) -> None:
    asked = {"orderEditId": MISSING, "country": "DE"}
    assert offers.refused(404, "GET", "shipping-methods/matching-orderedit", params=asked)["code"] == "ResourceNotFound"
    assert offers.send("HEAD", "shipping-methods/matching-orderedit", params=asked).status_code == 404
    assert offers.refused(400, "GET", "shipping-methods/matching-orderedit", params={"country": "DE"})["code"] == "InvalidInput"


def test_who_may_ask(offers: Client, client_with: Any) -> None:
    cart = offers.create("carts", cart_draft(("mug", 1), store=by_key("store", "berlin")))
    asked = {"cartId": cart["id"]}
    inside, outside = "in-store/key=berlin/shipping-methods/matching-cart", "shipping-methods/matching-cart"
    for scope, statuses in (
        (f"view_shipping_methods:{offers.project}", (200, 200)),
        (f"manage_my_orders:{offers.project}", (200, 200)),
        (f"view_orders:{offers.project}:berlin", (403, 200)),
        (f"manage_customers:{offers.project}:berlin", (403, 200)),
        (f"view_orders:{offers.project}:paris", (403, 403)),
        (f"view_products:{offers.project}", (403, 403)),
    ):
        client = client_with(offers.project, scope)
        answers = tuple(client.send("GET", path, params=asked).status_code for path in (outside, inside))
        assert answers == statuses, scope


def test_predicates_in_the_dialect_of_carts(offers: Client) -> None:
    """The predicates of the published examples choose carts; what cannot be asked is refused."""
    method(offers, "rule", {"price": eur(1)}, predicate="totalPrice.centAmount >= 100000")
    cart = offers.create("carts", cart_draft(("mug", 1)))
    for text, matches in (
        ("1=1", True),
        ('customer.email = "ada@example.com"', True),
        ('shippingAddress.country = "DE" and lineItemCount(sku = "mug") > 1', False),
        ('totalPrice > "20.00 EUR"', True),
    ):
        version = offers.get("shipping-methods/key=rule")["version"]
        offers.update("shipping-methods/key=rule", version, {"action": "setPredicate", "predicate": text})
        found = offers.get("shipping-methods/matching-cart", params={"cartId": cart["id"]})
        assert ("rule" in keys(found)) is matches, text
    version = offers.get("shipping-methods/key=rule")["version"]
    wrong = {"version": version, "actions": [{"action": "setPredicate", "predicate": "lineItemTotal(sku)"}]}
    assert offers.refused(400, "POST", "shipping-methods/key=rule", wrong)["code"] == "InvalidInput"


def test_methods_themselves(shop: Client) -> None:
    """Every way to a method, and the actions that no other test sends."""
    open_shop(shop)
    shop.create("tax-categories", {"name": "Free", "key": "free", "rates": []})
    shop.create(
        "types",
        {
            "key": "more",
            "name": {"en": "More"},
            "resourceTypeIds": ["shipping-method"],
            "fieldDefinitions": [
                {"name": "hub", "label": {"en": "Hub"}, "required": False, "type": {"name": "String"}, "inputHint": "SingleLine"}
            ],
        },
    )
    made = method(shop, "extra", {"price": eur(100)})
    path = f"shipping-methods/{made['id']}"
    after = shop.update(
        path,
        1,
        {"action": "setKey", "key": "renamed"},
        {"action": "changeTaxCategory", "taxCategory": by_key("tax-category", "free")},
        {"action": "setCustomType", "type": by_key("type", "more"), "fields": {"hub": "HAM"}},
        {"action": "setCustomField", "name": "hub", "value": "CGN"},
    )
    assert (after["key"], after["custom"]["fields"], after["version"]) == ("renamed", {"hub": "CGN"}, 2)
    assert shop.get(path) == shop.get("shipping-methods/key=renamed") == after
    assert keys(shop.get("shipping-methods", params={"where": 'custom(fields(hub = "CGN"))'})) == ["renamed"]
    for there in ("shipping-methods", path, "shipping-methods/key=renamed"):
        assert shop.send("HEAD", there).status_code == 200
    gone = shop.delete(path, 2)
    assert gone == after
    assert shop.delete("shipping-methods/key=parcel", 1)["key"] == "parcel"
    assert shop.send("HEAD", "shipping-methods").status_code == 404
