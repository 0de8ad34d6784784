"""Dry runs beside writes that are meant: they are answered as these are, and leave nothing and spoil nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
from burning import Client, Server, a_server, a_shop, crowd, order_draft, posted, together
from test_stock_races import carts, left, stocked

server = a_server(workers=2)
shop = a_shop("dry")
DRY = "?dryRun=true"


def all_at_once(client: Client, *asked: tuple[str, Any]) -> list[httpx.Response]:
    async def run() -> list[httpx.Response]:
        async with crowd(client, 40) as http:
            return await together(*(posted(http, path, body) for path, body in asked))

    return asyncio.run(run())


def test_orders_that_are_tried_take_no_piece_from_those_that_are_made(shop: Client, server: Server) -> None:
    """Sixty orders over forty pieces, and beside each of them one of the same cart that is only tried."""
    entry = stocked(shop, "mug", 40)
    made = carts(shop, 60, (("mug", 1),))
    both = [(f"/orders{way}", order_draft(cart)) for cart in made for way in (DRY, "")]
    answers = all_at_once(shop, *both)
    # Of a cart that is being ordered the one that is only tried meets the old version, the new one, or no stock.
    assert {answer.status_code for answer in answers[::2]} <= {201, 400, 409}
    assert Counter(answer.status_code for answer in answers[1::2]) == {201: 40, 400: 20}
    refused = [answer.json()["errors"][0]["code"] for answer in answers if answer.status_code == 400]
    assert set(refused) <= {"OutOfStock", "InvalidOperation"}
    assert left(shop, entry) == (0, 0)
    found = shop.get("orders", params={"limit": 500})["results"]
    assert {order["id"] for order in found} == {answer.json()["id"] for answer in answers[1::2] if answer.status_code == 201}
    told = shop.get("messages", params={"limit": 500, "where": 'type = "OrderCreated"'})["results"]
    assert {message["resource"]["id"] for message in told} == {order["id"] for order in found}
    assert server.command("check") == "Every row agrees with its document.\n"


def test_updates_that_are_tried_lose_none_that_is_meant(shop: Client, server: Server) -> None:
    """One cart, whose version six tried updates meet beside one that is meant, ten times over; and a key that all want."""
    (cart,) = carts(shop, 1, (("mug", 1),))
    path = f"/carts/{cart['id']}"
    for version in range(1, 11):
        meant = {"version": version, "actions": [{"action": "addLineItem", "sku": "tea", "quantity": 1}]}
        tried = {"version": version, "actions": [{"action": "setKey", "key": f"k-{version}"}]}
        answers = all_at_once(shop, *[(f"{path}{DRY}", tried)] * 3, (path, meant), *[(f"{path}{DRY}", tried)] * 3)
        assert answers[3].status_code == 200
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert {answer.json()["version"] for answer in answers if answer.status_code == 200} == {version + 1}
    after = shop.get(f"carts/{cart['id']}")
    assert (after["version"], [line["quantity"] for line in after["lineItems"]], after.get("key")) == (11, [1, 10], None)
    keyed = [(f"/carts{way}", {"currency": "EUR", "key": "one"}) for way in [DRY] * 20 + [""] + [DRY] * 20]
    answers = all_at_once(shop, *keyed)
    assert answers[20].status_code == 201
    assert {answer.status_code for answer in answers} <= {201, 400}
    assert shop.get("carts/key=one") == answers[20].json()
    assert shop.get("carts", params={"limit": 0})["total"] == 2
    assert server.command("check") == "Every row agrees with its document.\n"
