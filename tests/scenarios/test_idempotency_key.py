"""The header Idempotency-Key over HTTP: a request that is sent again is answered as it was, and nothing happens twice."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from live import Client
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft

PASSWORD = "correct horse"


def keyed(client: Client, method: str, path: str, key: str, body: Any = None, **options: Any) -> httpx.Response:
    return client.send(method, path, body, headers={"Idempotency-Key": key}, **options)


def twice(client: Client, method: str, path: str, key: str, body: Any = None, **options: Any) -> Any:
    """The document of a request that is sent twice and answered alike."""
    first, second = (keyed(client, method, path, key, body, **options) for _ in range(2))
    assert first.status_code in (200, 201), first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    return first.json()


@pytest.fixture
def market(shop: Client) -> Client:
    open_shop(shop)
    return shop


def test_a_creation_is_answered_again_after_the_document_has_moved_on(market: Client) -> None:
    first = keyed(market, "POST", "carts", "k-1", cart_draft(("mug", 1)))
    cart = first.json()
    market.update(f"carts/{cart['id']}", 1, {"action": "setCustomerEmail", "email": "eve@example.com"})
    again = keyed(market, "POST", "carts", "k-1", cart_draft(("mug", 1)))
    assert (again.status_code, again.content) == (201, first.content)
    assert again.json()["customerEmail"] == "ada@example.com"
    assert market.get(f"carts/{cart['id']}")["version"] == 2
    assert market.get("carts")["total"] == 1


def test_every_write_of_a_cart_is_answered_again(market: Client) -> None:
    cart = twice(market, "POST", "carts", "make", cart_draft(("mug", 1)))
    path = f"carts/{cart['id']}"
    changed = twice(
        market, "POST", path, "change", {"version": 1, "actions": [{"action": "addLineItem", "sku": "tea", "quantity": 1}]}
    )
    assert (changed["version"], [line["quantity"] for line in changed["lineItems"]]) == (2, [1, 1])
    market.update(path, 2, {"action": "setLocale", "locale": "de"})
    late = keyed(
        market, "POST", path, "change", {"version": 1, "actions": [{"action": "addLineItem", "sku": "tea", "quantity": 1}]}
    )
    assert (late.status_code, late.json()) == (200, changed)
    copy = twice(market, "POST", "carts/replicate", "copy", {"reference": {"typeId": "cart", "id": cart["id"]}})
    assert market.get("carts")["total"] == 2
    gone = twice(market, "DELETE", f"carts/{copy['id']}", "drop", params={"version": copy["version"]})
    assert gone == copy
    assert market.refused(404, "GET", f"carts/{copy['id']}")["code"] == "ResourceNotFound"


def test_an_update_that_changes_nothing_is_answered_again(market: Client) -> None:
    cart = market.create("carts", {"currency": "EUR"})
    path, body = f"carts/{cart['id']}", {"version": 1, "actions": []}
    assert twice(market, "POST", path, "nothing", body) == cart
    market.update(path, 1, {"action": "setLocale", "locale": "de"})
    assert keyed(market, "POST", path, "nothing", body).json() == cart
    assert market.refused(409, "POST", path, body)["code"] == "ConcurrentModification"


def test_an_order_its_update_and_its_deletion_are_answered_again(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 1)))
    order = twice(market, "POST", "orders", "buy", order_draft(cart, orderNumber="A-1"))
    assert market.get("orders")["total"] == 1
    action = {"action": "changeOrderState", "orderState": "Confirmed"}
    confirmed = twice(market, "POST", "orders/order-number=A-1", "confirm", {"version": 1, "actions": [action]})
    assert (confirmed["version"], confirmed["orderState"]) == (2, "Confirmed")
    told = market.get("messages", params={"where": 'type = "OrderStateChanged"'})
    assert told["total"] == 1
    twice(market, "DELETE", f"orders/{order['id']}", "drop", params={"version": 2})
    # The number is free again, and yet the first request is answered as it was.
    assert keyed(market, "POST", "orders", "buy", order_draft(cart, orderNumber="A-1")).json() == order
    assert market.get("orders")["total"] == 0


def test_payments_and_what_an_owner_sees_of_them(market: Client) -> None:
    payment = twice(market, "POST", "payments", "pay", {"amountPlanned": eur(1999)})
    assert market.get("payments")["total"] == 1
    guest = market.anonymous("visitor")
    mine = twice(guest, "POST", "me/payments", "pay", {"amountPlanned": eur(500)})
    assert mine["anonymousId"] == "visitor" and mine["id"] != payment["id"]
    assert "transactions" not in mine or mine["transactions"] == []


def test_a_merge_is_answered_again(market: Client) -> None:
    customer = market.create("customers", {"email": "ada@example.com", "password": PASSWORD})["customer"]
    own = market.create("carts", cart_draft(("mug", 1), customerId=customer["id"]))
    guest = market.anonymous("visitor").create("me/carts", {"currency": "EUR", "country": "DE", "lineItems": [{"sku": "tea"}]})
    body = {"anonymousCart": {"typeId": "cart", "id": guest["id"]}}
    merged = twice(market, "POST", f"carts/customer-id={customer['id']}/merge", "merge", body)
    assert merged["id"] == own["id"]
    assert [line["variant"]["sku"] for line in merged["lineItems"]] == ["mug", "tea"]


def test_another_request_with_the_same_key_is_refused(market: Client) -> None:
    cart = keyed(market, "POST", "carts", "k", {"currency": "EUR"}).json()
    others: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
        ("POST", "carts", {"currency": "USD"}, {}),
        ("POST", "carts", {"currency": "EUR"}, {"params": {"expand": "customerGroup"}}),
        ("POST", f"carts/{cart['id']}", {"version": 1, "actions": []}, {}),
        ("DELETE", f"carts/{cart['id']}", None, {"params": {"version": 1}}),
        ("POST", "payments", {"amountPlanned": eur(1)}, {}),
    )
    for method, path, body, options in others:
        answer = keyed(market, method, path, "k", body, **options)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "IdempotencyKeyReused")
    assert market.get("carts")["results"] == [cart]


def test_a_refusal_leaves_the_key_free(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 1)))
    assert keyed(market, "POST", "orders", "k", order_draft(cart, version=9)).status_code == 409
    assert keyed(market, "POST", "orders", "k", b"{").status_code == 400
    assert keyed(market, "POST", "orders/order-number=none", "k", {"version": 1, "actions": []}).status_code == 404
    order = twice(market, "POST", "orders", "k", order_draft(cart))
    assert order["cart"]["id"] == cart["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "tab\tinside"])
def test_a_key_that_cannot_be_is_refused(market: Client, key: str) -> None:
    headers = [(b"Authorization", f"Bearer {market.token}".encode()), (b"Idempotency-Key", key.encode("latin-1"))]
    answer = market.http.post(f"/{market.project}/carts", json={"currency": "EUR"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")
    assert market.get("carts")["total"] == 0
    longest = "~" * 254 + " x"
    assert keyed(market, "POST", "carts", longest[-255:], {"currency": "EUR"}).status_code == 201


def test_two_keys_are_none(market: Client) -> None:
    """Neither may count alone: a retry under the other would happen a second time."""
    headers = [(b"Authorization", f"Bearer {market.token}".encode()), (b"Idempotency-Key", b"A"), (b"Idempotency-Key", b"B")]
    answer = market.http.post(f"/{market.project}/carts", json={"currency": "EUR"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")
    assert market.get("carts")["total"] == 0


def test_a_key_is_its_clients_and_its_owners(market: Client) -> None:
    for name in ("ada", "eve"):
        market.create("customers", {"email": f"{name}@example.com", "password": PASSWORD})
    callers = [market.signed_in(f"{name}@example.com", PASSWORD) for name in ("ada", "eve")]
    callers += [market.anonymous("one"), market.anonymous("two")]
    carts = [twice(caller, "POST", "me/carts", "same", {"currency": "EUR"}) for caller in callers]
    assert len({cart["id"] for cart in carts}) == 4
    # A new session of the same customer is still she.
    again = keyed(market.signed_in("ada@example.com", PASSWORD), "POST", "me/carts", "same", {"currency": "EUR"})
    assert again.json() == carts[0]


def test_another_client_has_keys_of_its_own(market: Client, client_with: Any) -> None:
    other = client_with(market.project, f"manage_project:{market.project}")
    made = [twice(client, "POST", "carts", "same", {"currency": "EUR"}) for client in (market, other)]
    assert made[0]["id"] != made[1]["id"]


def test_who_may_not_write_is_not_answered_from_the_past(market: Client, client_with: Any) -> None:
    keyed(market, "POST", "carts", "k", {"currency": "EUR"})
    reader = market.fetch_token(f"manage_project:{market.project}")
    market.http.post("/oauth/token/revoke", data={"token": reader}, auth=(market.client_id, market.client_secret))
    assert keyed(market, "POST", "carts", "k", {"currency": "EUR"}, token=reader).status_code == 401


def test_references_are_expanded_anew(market: Client) -> None:
    group = market.create("customer-groups", {"groupName": "Old name", "key": "gold"})
    draft = {"currency": "EUR", "customerGroup": by_key("customer-group", "gold")}
    first = keyed(market, "POST", "carts", "k", draft, params={"expand": "customerGroup"})
    assert first.json()["customerGroup"]["obj"]["name"] == "Old name"
    market.update(f"customer-groups/{group['id']}", 1, {"action": "changeName", "name": "New name"})
    again = keyed(market, "POST", "carts", "k", draft, params={"expand": "customerGroup"})
    assert again.json()["customerGroup"]["obj"]["name"] == "New name"
    assert again.json()["version"] == first.json()["version"] == 1


def test_the_keys_of_an_erased_document_are_free_again(market: Client) -> None:
    draft = {"amountPlanned": eur(500)}
    payment = twice(market, "POST", "payments", "made", draft)
    path, erased = f"payments/{payment['id']}", {"version": 1, "dataErasure": "true"}
    assert keyed(market, "DELETE", path, "gone", params=erased).json() == payment
    assert keyed(market, "DELETE", path, "gone", params=erased).status_code == 404
    made = keyed(market, "POST", "payments", "made", draft)
    assert (made.status_code, made.json()["id"] != payment["id"]) == (201, True)
    # As a first request would be answered now: the cart of this order is ordered already.
    cart = market.create("carts", cart_draft(("mug", 1)))
    order = twice(market, "POST", "orders", "ordered", order_draft(cart))
    assert keyed(market, "DELETE", f"orders/{order['id']}", "gone", params=erased).status_code == 200
    assert keyed(market, "POST", "orders", "ordered", order_draft(cart)).status_code == 409


def test_other_resources_do_not_know_the_header(market: Client) -> None:
    first = keyed(market, "POST", "zones", "k", {"name": "a", "key": "zone-a"})
    assert first.status_code == 201
    assert keyed(market, "POST", "zones", "k", {"name": "a", "key": "zone-a"}).json()["errors"][0]["code"] == "DuplicateField"
    assert keyed(market, "GET", "carts", "x" * 300).status_code == 200


def test_a_browser_may_send_the_header(market: Client) -> None:
    asked = market.http.request(
        "OPTIONS",
        f"/{market.project}/carts",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,idempotency-key",
        },
    )
    assert asked.headers["access-control-allow-headers"] == "authorization,idempotency-key"
