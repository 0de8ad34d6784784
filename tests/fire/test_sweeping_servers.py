"""Servers sweep by themselves, several at once under load, and end in time although they do."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg
from burning import Client, crowd, posted, serving, together

OLD = "now() - interval '91 days'"
LATEST_S = 20.0


def backdate(database_url: str, project: str) -> None:
    """Make all carts and Messages of a project as old as they may become, as nobody else could."""

    async def run() -> None:
        connection = await asyncpg.connect(database_url)
        try:
            modified = f"UPDATE document SET last_modified_at = {OLD} WHERE shard = $1 AND type = 'cart'"  # noqa: S608 - our words
            await connection.execute(modified, project)
            await connection.execute(f"UPDATE message SET created_at = {OLD} WHERE shard = $1", project)  # noqa: S608 - our words
        finally:
            await connection.close()

    asyncio.run(run())


def wait_until_swept(shop: Client) -> None:
    deadline = time.monotonic() + LATEST_S
    while shop.get("carts")["total"] or shop.get("messages")["total"]:
        assert time.monotonic() < deadline, "nothing was swept"
        time.sleep(0.2)


def test_two_servers_of_two_workers_sweep_while_carts_are_made(database_url: str) -> None:
    settings = {"database_url": database_url, "sweep_period_s": "1"}
    with serving(settings, workers=2) as server, serving(settings, workers=2) as other:
        server.project("swept-shop")
        shop = server.client("swept-shop")
        carts = [shop.create("carts", {"currency": "EUR", "key": f"cart-{number}"}) for number in range(300)]
        payment = shop.create("payments", {"amountPlanned": {"currencyCode": "EUR", "centAmount": 1}})
        backdate(database_url, "swept-shop")

        async def make() -> list[Any]:
            async with crowd(shop, 10) as http:
                return await together(*(posted(http, "/carts", {"currency": "EUR"}) for _ in range(100)))

        made = asyncio.run(make())
        assert {answer.status_code for answer in made} == {201}
        deadline = time.monotonic() + LATEST_S
        while shop.get("carts")["total"] > len(made) or shop.get("messages")["total"]:
            assert time.monotonic() < deadline, "not all was swept"
            time.sleep(0.2)
        # Those that were made meanwhile are still there, the keys of the others are free, and numbers go on.
        answers = {answer.json()["id"] for answer in made}
        assert {cart["id"] for cart in shop.get("carts", params={"limit": 500})["results"]} == answers
        assert shop.create("carts", {"currency": "EUR", "key": "cart-0"})["id"] != carts[0]["id"]
        shop.update(f"payments/{payment['id']}", 1, {"action": "setStatusInterfaceCode", "interfaceCode": "paid"})
        told = shop.get("messages", params={"where": 'resource(typeId = "payment")'})["results"]
        assert [message["sequenceNumber"] for message in told] == [2]
        assert other.process.poll() is None
        checked = server.command("check")
        assert "swept-shop" not in checked
        started = time.monotonic()
        assert server.stop() == other.stop() == 0
        assert time.monotonic() - started < 20


def test_a_server_that_is_told_to_stop_while_it_sweeps_stops(database_url: str) -> None:
    with serving({"database_url": database_url, "sweep_period_s": "1"}) as server:
        server.project("stopped-shop")
        shop = server.client("stopped-shop")
        for number in range(250):
            shop.create("carts", {"currency": "EUR", "key": f"cart-{number}"})
        backdate(database_url, "stopped-shop")
        while shop.get("carts")["total"] == 250:
            time.sleep(0.01)
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 10
    with serving({"database_url": database_url, "sweep_period_s": "1"}) as server:
        wait_until_swept(server.client("stopped-shop"))
        assert "stopped-shop" not in server.command("check")
