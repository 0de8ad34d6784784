"""A door that names no store there is leads nowhere: 404 that names it, at each in-store path and for each method."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from test_odd_paths import filled_step, routes

from live import Client
from orderwright.errors import ApiError
from orderwright.http.api.stores import KNOWN_S, MOST_KNOWN, Stores

NOWHERE = "in-store/key=nowhere"
TOLD = "The Resource with key 'nowhere' was not found."


def test_every_path_in_an_unknown_store_is_not_found(shop: Client) -> None:
    shop.create("stores", {"key": "berlin"})
    tried = set()
    for door, form, method, _ in routes():
        if door != "in-store":
            continue
        path = "/".join(filled_step(step) for step in form.split("/"))
        answer = shop.send(method, f"{NOWHERE}/{path}", {} if method == "POST" else None)
        assert answer.status_code == 404, (method, path, answer.text)
        if method != "HEAD":
            assert answer.json()["errors"] == [{"code": "ResourceNotFound", "message": TOLD}]
        tried.add((form, method))
    assert {("carts", "GET"), ("carts", "POST"), ("carts/id", "HEAD"), ("product-projections/key=", "GET")} <= tried
    assert shop.get("in-store/key=berlin/carts")["results"] == []
    # At a store's own door of hers a customer finds the same.
    shop.create("customers", {"email": "ada@example.com", "password": "secret"})
    ada = shop.signed_in("ada@example.com", "secret")
    for path in ("me", "me/carts", "me/orders", "me/active-cart"):
        assert ada.refused(404, "GET", f"{NOWHERE}/{path}")["message"] == TOLD


def test_who_may_not_enter_is_not_told_which_stores_there_are(shop: Client, client_with: Any) -> None:
    viewer = client_with(shop.project, f"view_orders:{shop.project}:berlin")
    assert viewer.refused(403, "GET", f"{NOWHERE}/carts")["code"] == "insufficient_scope"
    assert viewer.refused(404, "GET", "in-store/key=berlin/carts")["code"] == "ResourceNotFound"


def test_a_store_is_there_as_soon_as_it_is_made(shop: Client) -> None:
    assert shop.refused(404, "GET", "in-store/key=new/carts")["code"] == "ResourceNotFound"
    shop.create("stores", {"key": "new"})
    assert shop.get("in-store/key=new/carts")["total"] == 0


class Rows:
    """A table of stores that counts how often it is asked."""

    def __init__(self, *keys: str) -> None:
        self.keys, self.asked = set(keys), 0

    async def body(self, _shard: str, _type_id: str, lookup: Any, _visible: Any) -> str | None:
        self.asked += 1
        return "{}" if lookup.value in self.keys else None


def test_a_store_that_was_seen_is_not_asked_for_again_for_a_while() -> None:
    async def run() -> None:
        rows, clock = Rows("berlin"), [100.0]
        stores = Stores(rows, lambda: clock[0])  # type: ignore[arg-type]  # only `body` is called
        for _ in range(100):
            await stores.check("shop", "berlin")
        assert rows.asked == 1
        rows.keys.clear()
        clock[0] += KNOWN_S - 0.1
        await stores.check("shop", "berlin")
        clock[0] += 0.2
        for _ in range(2):  # one that is not there is never remembered
            with pytest.raises(ApiError, match="The Resource with key 'berlin' was not found"):
                await stores.check("shop", "berlin")
        assert rows.asked == 3
        rows.keys |= {f"s{number}" for number in range(MOST_KNOWN + 5)}
        for key in sorted(rows.keys):
            await stores.check("shop", key)
        assert len(stores) == MOST_KNOWN

    asyncio.run(run())
