"""The doors of an owner: what is hers is there, what is another's is not, and she says less about it than a merchant."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, by_key, open_shop

PASSWORD = "correct horse"
DRAFT: dict[str, Any] = {
    "currency": "EUR",
    "country": "DE",
    "lineItems": [{"sku": "mug", "quantity": 2}],
    "shippingAddress": BERLIN,
    "shippingMethod": by_key("shipping-method", "parcel"),
}


@pytest.fixture
def market(shop: Client) -> Client:
    """A shop with its goods, a store and two customers."""
    open_shop(shop)
    shop.create("stores", {"key": "berlin"})
    for name in ("ada", "eve"):
        shop.create("customers", {"email": f"{name}@example.com", "password": PASSWORD})
    return shop


@pytest.fixture
def ada(market: Client) -> Client:
    """One of the customers."""
    return market.signed_in("ada@example.com", PASSWORD)


@pytest.fixture
def eve(market: Client) -> Client:
    """The other one."""
    return market.signed_in("eve@example.com", PASSWORD)


def test_a_cart_is_stamped_with_its_owner_and_counts_as_hers_in_every_log(ada: Client, market: Client) -> None:
    cart = ada.create("me/carts", DRAFT)
    ada_id = ada.get("me")["id"]
    assert (cart["customerId"], "anonymousId" in cart) == (ada_id, False)
    assert cart["createdBy"]["customer"] == {"typeId": "customer", "id": ada_id}
    guest = market.anonymous("visitor")
    made = guest.create("me/carts", DRAFT)
    assert (made["anonymousId"], "customerId" in made, made["createdBy"]["anonymousId"]) == ("visitor", False, "visitor")


def test_everything_an_owner_does_with_a_cart(ada: Client) -> None:
    cart = ada.create("me/carts", DRAFT)
    path = f"me/carts/{cart['id']}"
    assert ada.get(path) == ada.get("me/active-cart") == cart
    assert ada.send("HEAD", path).status_code == ada.send("HEAD", "me/active-cart").status_code == 200
    assert [found["id"] for found in ada.get("me/carts")["results"]] == [cart["id"]]
    assert ada.send("HEAD", "me/carts", params={"where": 'country = "DE"'}).status_code == 200
    copy = ada.create("me/carts/replicate", {"reference": {"typeId": "cart", "id": cart["id"]}})
    assert copy["customerId"] == cart["customerId"]
    changed = ada.update(path, cart["version"], {"action": "addLineItem", "sku": "tea"})
    assert ada.delete(path, changed["version"])["id"] == cart["id"]
    assert ada.send("HEAD", path).status_code == 404


def test_another_owners_cart_and_order_are_not_there(ada: Client, eve: Client, market: Client) -> None:
    cart = ada.create("me/carts", DRAFT)
    ordered = ada.create("me/carts", DRAFT)
    order = ada.create("me/orders", {"id": ordered["id"], "version": ordered["version"]})
    update = {"version": cart["version"], "actions": [{"action": "setCountry", "country": "US"}]}
    replica = {"reference": {"typeId": "cart", "id": cart["id"]}}
    for stranger in (eve, market.anonymous()):
        for method, path, body in (
            ("GET", f"me/carts/{cart['id']}", None),
            ("POST", f"me/carts/{cart['id']}", update),
            ("DELETE", f"me/carts/{cart['id']}?version={cart['version']}", None),
            ("GET", f"me/orders/{order['id']}", None),
            ("GET", "me/active-cart", None),
        ):
            assert stranger.refused(404, method, path, body)["code"] == "ResourceNotFound", (method, path)
        for path in (f"me/carts/{cart['id']}", f"me/orders/{order['id']}"):
            assert stranger.send("HEAD", path).status_code == 404
        assert stranger.get("me/carts")["results"] == stranger.get("me/orders")["results"] == []
        assert stranger.refused(400, "POST", "me/carts/replicate", replica)["code"] == "ReferencedResourceNotFound"
        mine = {"id": cart["id"], "version": cart["version"]}
        assert stranger.refused(404, "POST", "me/orders", mine)["code"] == "ResourceNotFound"
    assert ada.get(f"me/carts/{cart['id']}") == cart


def test_a_customers_token_is_nobodys_key_to_the_shop(ada: Client, market: Client) -> None:
    """The client of these tests may do everything; a token for a browser is given less."""
    narrow = market.signed_in("ada@example.com", PASSWORD, scope=f"manage_my_orders:{market.project}")
    for path in ("carts", "orders", "customers", "in-store/key=berlin/carts"):
        assert narrow.refused(403, "GET", path)["code"] == "insufficient_scope"
    assert narrow.refused(403, "GET", "me")["code"] == "insufficient_scope"
    assert narrow.get("me/carts")["results"] == []


def test_a_token_without_an_owner_has_nothing_of_its_own(market: Client) -> None:
    for path in ("me/carts", "me/orders", "me/active-cart", "me/payments", "me"):
        assert market.refused(403, "GET", path)["code"] == "insufficient_scope", path
    guest = market.anonymous()
    for method, path in (("GET", "me"), ("DELETE", "me?version=1"), ("GET", "in-store/key=berlin/me")):
        assert guest.refused(403, method, path)["code"] == "insufficient_scope", path


def test_what_a_merchant_says_of_prices_an_owner_does_not(ada: Client) -> None:
    one_cent = {"currencyCode": "EUR", "centAmount": 1}
    line = {"sku": "mug", "quantity": 2, "externalPrice": one_cent}
    cart = ada.create("me/carts", {**DRAFT, "lineItems": [line], "customLineItems": [{"slug": "x"}], "taxMode": "Platform"})
    assert (cart["lineItems"][0]["price"]["value"]["centAmount"], cart["customLineItems"]) == (1999, [])
    more = {
        "action": "addLineItem",
        "sku": "tea",
        "externalPrice": one_cent,
        "externalTotalPrice": {"price": one_cent, "totalPrice": one_cent},
    }
    cart = ada.update(f"me/carts/{cart['id']}", cart["version"], more)
    assert [line["priceMode"] for line in cart["lineItems"]] == ["Platform", "Platform"]
    for draft in ({"taxMode": "Disabled"},):
        error = ada.refused(400, "POST", "me/carts", {**DRAFT, **draft})
        assert (error["code"], error["field"]) == ("InvalidField", "taxMode")
    update = {"version": cart["version"], "actions": [{"action": "changeTaxMode", "taxMode": "Disabled"}]}
    assert ada.refused(400, "POST", f"me/carts/{cart['id']}", update)["code"] == "InvalidField"
    for foreign in ({"action": "setCustomerId"}, {"action": "setKey", "key": "mine"}, {"action": "setAnonymousId"}):
        update = {"version": cart["version"], "actions": [foreign]}
        assert ada.refused(400, "POST", f"me/carts/{cart['id']}", update)["code"] == "InvalidJsonInput"


def test_an_order_of_ones_own(ada: Client, market: Client) -> None:
    cart = ada.create("me/carts", DRAFT)
    order = ada.create("me/orders", {"id": cart["id"], "version": cart["version"], "orderNumber": "X", "paymentState": "Paid"})
    # 2 x 19.99 + 5.95
    assert (order["totalPrice"]["centAmount"], order["customerId"]) == (4593, cart["customerId"])
    assert ("orderNumber" in order, "paymentState" in order) == (False, False)
    assert ada.get(f"me/orders/{order['id']}") == order
    assert ada.send("HEAD", f"me/orders/{order['id']}").status_code == ada.send("HEAD", "me/orders").status_code == 200
    assert ada.get("me/orders", params={"expand": "cart"})["results"][0]["cart"]["obj"]["cartState"] == "Ordered"
    assert ada.refused(404, "GET", "me/active-cart")["code"] == "ResourceNotFound"
    for method, path in (("POST", f"me/orders/{order['id']}"), ("DELETE", f"me/orders/{order['id']}?version=1")):
        assert ada.refused(405, method, path, {})["code"] == "MethodNotAllowed"
    assert market.get(f"orders/{order['id']}")["customerId"] == cart["customerId"]
    stale = {"id": cart["id"], "version": cart["version"]}
    assert ada.refused(409, "POST", "me/orders", stale)["code"] == "ConcurrentModification"


def test_active_cart_is_the_latest_that_the_owner_began_herself(ada: Client, market: Client) -> None:
    first, second = (ada.create("me/carts", DRAFT) for _ in range(2))
    assert ada.get("me/active-cart")["id"] == second["id"]
    ada.update(f"me/carts/{first['id']}", first["version"], {"action": "setLocale", "locale": "de"})
    assert ada.get("me/active-cart")["id"] == first["id"]
    market.create("carts", {"currency": "EUR", "customerId": first["customerId"], "origin": "Merchant"})
    assert ada.get("me/active-cart")["id"] == first["id"]
    assert market.get(f"carts/customer-id={first['customerId']}")["id"] == first["id"]


def test_store_and_owner_at_once(ada: Client, eve: Client) -> None:
    door = "in-store/key=berlin/me"
    cart = ada.create(f"{door}/carts", DRAFT)
    elsewhere = ada.create("me/carts", DRAFT)
    assert cart["store"] == {"typeId": "store", "key": "berlin"}
    assert ada.get(f"{door}/active-cart")["id"] == cart["id"]
    assert ada.send("HEAD", f"{door}/active-cart").status_code == 200
    assert [found["id"] for found in ada.get(f"{door}/carts")["results"]] == [cart["id"]]
    assert ada.send("HEAD", f"{door}/carts").status_code == ada.send("HEAD", f"{door}/carts/{cart['id']}").status_code == 200
    assert ada.get(f"{door}/carts/{cart['id']}") == cart
    assert ada.refused(404, "GET", f"{door}/carts/{elsewhere['id']}")["code"] == "ResourceNotFound"
    assert eve.refused(404, "GET", f"{door}/carts/{cart['id']}")["code"] == "ResourceNotFound"
    changed = ada.update(f"{door}/carts/{cart['id']}", cart["version"], {"action": "recalculate"})
    order = ada.create(f"{door}/orders", {"id": cart["id"], "version": changed["version"]})
    assert ada.get(f"{door}/orders/{order['id']}") == order
    assert [found["id"] for found in ada.get(f"{door}/orders")["results"]] == [order["id"]]
    assert ada.send("HEAD", f"{door}/orders").status_code == ada.send("HEAD", f"{door}/orders/{order['id']}").status_code == 200
    assert eve.get(f"{door}/orders")["results"] == []
    second = ada.create(f"{door}/carts", DRAFT)
    assert ada.delete(f"{door}/carts/{second['id']}", second["version"])["id"] == second["id"]


def test_the_profile_of_ones_own(ada: Client, market: Client) -> None:
    me = ada.get("me")
    me = ada.update("me", me["version"], {"action": "setFirstName", "firstName": "Ada"})
    assert me["firstName"] == "Ada"
    change = {"version": me["version"], "currentPassword": PASSWORD, "newPassword": "better horse"}
    answer = ada.send("POST", "me/password", change)
    assert answer.status_code == 200, answer.text
    me = answer.json()
    ada = market.signed_in("ada@example.com", "better horse")
    token = market.send("POST", "customers/password-token", {"email": "ada@example.com"}).json()
    reset = {"tokenValue": token["value"], "newPassword": "best horse"}
    assert market.anonymous().send("POST", "me/password/reset", reset).status_code == 200
    ada = market.signed_in("ada@example.com", "best horse")
    token = market.send("POST", "customers/email-token", {"id": me["id"], "ttlMinutes": 10}).json()
    confirmed = ada.send("POST", "me/email/confirm", {"tokenValue": token["value"]})
    assert (confirmed.status_code, confirmed.json()["isEmailVerified"]) == (200, True)
    assert ada.delete("me", confirmed.json()["version"])["id"] == me["id"]
    assert ada.refused(404, "GET", "me")["code"] == "ResourceNotFound"


def test_the_profile_within_a_store(market: Client) -> None:
    door = "in-store/key=berlin"
    market.create("stores", {"key": "paris"})
    market.create(f"{door}/customers", {"email": "bea@example.com", "password": PASSWORD})
    bea = market.signed_in("bea@example.com", PASSWORD, "berlin")
    me = bea.get(f"{door}/me")
    assert bea.refused(404, "GET", "in-store/key=paris/me")["code"] == "ResourceNotFound"
    me = bea.update(f"{door}/me", me["version"], {"action": "setLastName", "lastName": "B"})
    change = {"version": me["version"], "currentPassword": PASSWORD, "newPassword": "better horse"}
    assert bea.send("POST", f"{door}/me/password", change).status_code == 200
    token = market.send("POST", f"{door}/customers/password-token", {"email": "bea@example.com"}).json()
    reset = {"tokenValue": token["value"], "newPassword": "best horse"}
    assert bea.send("POST", f"{door}/me/password/reset", reset).status_code == 200
    token = market.send("POST", f"{door}/customers/email-token", {"id": me["id"], "ttlMinutes": 10}).json()
    bea = market.signed_in("bea@example.com", "best horse", "berlin")
    confirmed = bea.send("POST", f"{door}/me/email/confirm", {"tokenValue": token["value"]})
    assert (confirmed.status_code, confirmed.json()["isEmailVerified"]) == (200, True)
    assert bea.delete(f"{door}/me", confirmed.json()["version"])["id"] == me["id"]
