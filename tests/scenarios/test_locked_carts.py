"""Locking carts over HTTP: what is answered and told, and which scopes change a locked cart at which door."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import cart_draft, open_shop, order_draft

LOCK, UNLOCK, LOCALE = {"action": "lockCart"}, {"action": "unlockCart"}, {"action": "setLocale", "locale": "de"}


@pytest.fixture(autouse=True)
def goods(shop: Client) -> None:
    open_shop(shop)


def forbidden(client: Client, path: str, version: int, action: dict[str, Any]) -> None:
    error = client.refused(403, "POST", path, {"version": version, "actions": [action]})
    assert error["code"] == "insufficient_scope"
    assert f"manage_locked_carts:{client.project}" in error["message"]


def test_a_cart_is_locked_changed_and_unlocked_by_an_agent(shop: Client, client_with: Any) -> None:
    orders = f"manage_orders:{shop.project}"
    agent, other = client_with(shop.project, f"{orders} manage_locked_carts:{shop.project}"), client_with(shop.project, orders)
    cart = shop.create("carts", cart_draft(("mug", 1)))
    path = f"carts/{cart['id']}"
    forbidden(other, path, 1, LOCK)
    locked = agent.update(path, 1, LOCK)
    assert locked["lock"] == {"createdAt": locked["lastModifiedAt"], "clientId": locked["lastModifiedBy"]["clientId"]}
    for action in (LOCALE, UNLOCK, LOCK, {"action": "recalculate"}):
        forbidden(other, path, 2, action)
    assert other.get(path) == locked
    named = f'lock(clientId = "{locked["lock"]["clientId"]}")'
    assert shop.get("carts", params={"where": named})["total"] == 1
    refused = agent.refused(400, "POST", path, {"version": 2, "actions": [LOCK]})
    assert refused["code"] == "InvalidOperation"
    assert agent.update(path, 2, LOCALE)["locale"] == "de"
    # Who may manage the whole project may do this too.
    assert "lock" not in shop.update(path, 3, UNLOCK)
    assert other.update(path, 4, {"action": "setLocale"})["version"] == 5
    assert agent.refused(400, "POST", path, {"version": 5, "actions": [UNLOCK]})["code"] == "InvalidOperation"
    found = shop.get("messages", params={"where": f'resource(id = "{cart["id"]}")', "sort": "sequenceNumber asc"})
    assert [message["type"] for message in found["results"]] == ["CartLocked", "CartUnlocked"]


def test_a_store_has_its_carts_locked_by_a_scope_of_the_project(shop: Client, client_with: Any) -> None:
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    cart = shop.create("in-store/key=berlin/carts", {"currency": "EUR"})
    path = f"in-store/key=berlin/carts/{cart['id']}"
    of_store, everywhere = f"manage_orders:{shop.project}:berlin", f"manage_locked_carts:{shop.project}"
    clerk, agent = client_with(shop.project, of_store), client_with(shop.project, f"{of_store} {everywhere}")
    forbidden(clerk, path, 1, LOCK)
    assert agent.update(path, 1, LOCK)["version"] == 2
    forbidden(clerk, path, 2, LOCALE)
    assert agent.update(path, 2, LOCALE)["version"] == 3
    # The scope opens no door of its own.
    alone = client_with(shop.project, everywhere)
    for door in ("", "in-store/key=berlin/", "in-store/key=paris/"):
        error = alone.refused(403, "POST", f"{door}carts/{cart['id']}", {"version": 3, "actions": [UNLOCK]})
        assert error["code"] == "insufficient_scope"


def test_its_owner_waits_and_may_still_order(shop: Client) -> None:
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]["id"]
    cart = shop.create("carts", cart_draft(("mug", 1), customerId=ada))
    hers = shop.signed_in("ada@example.com", "secret", scope=f"manage_my_orders:{shop.project}")
    path = f"me/carts/{cart['id']}"
    assert hers.refused(400, "POST", path, {"version": 1, "actions": [LOCK]})["code"] == "InvalidJsonInput"
    locked = shop.update(f"carts/{cart['id']}", 1, LOCK)
    forbidden(hers, path, 2, LOCALE)
    # Signing in leaves it as it was, also with a cart of her visit, which is not merged.
    signed = shop.send("POST", "login", {"email": "ada@example.com", "password": "secret"}).json()
    assert signed["cart"] == locked
    visit = shop.create("carts", cart_draft(("tea", 1), anonymousId="visit"))
    named = {"anonymousCart": {"typeId": "cart", "id": visit["id"]}}
    again = shop.send("POST", "login", {"email": "ada@example.com", "password": "secret", **named})
    assert (again.status_code, again.json()["cart"]) == (200, locked)
    refused = shop.refused(400, "POST", f"carts/customer-id={ada}/merge", named)
    assert refused["code"] == "InvalidOperation"
    assert shop.get(f"carts/{visit['id']}") == visit
    order = hers.create("me/orders", {"id": cart["id"], "version": 2})
    assert "lock" not in order
    assert shop.get(f"carts/{cart['id']}")["cartState"] == "Ordered"


def test_a_locked_cart_can_be_ordered_and_deleted(shop: Client, client_with: Any) -> None:
    plain = client_with(shop.project, f"manage_orders:{shop.project}")
    for then in ("order", "delete"):
        cart = shop.create("carts", cart_draft(("mug", 1)))
        locked = shop.update(f"carts/{cart['id']}", 1, LOCK)
        if then == "order":
            plain.create("orders", order_draft(locked))
        else:
            assert plain.delete(f"carts/{cart['id']}", 2)["lock"] == locked["lock"]
