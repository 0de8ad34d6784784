"""kill -9 under load: what was acknowledged is there afterwards, and every row agrees with its document."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from burning import Client, Server, cart_draft, crowd, open_shop, order_draft, posted, serving, so_many

from clusters import with_cluster

BUYERS = 8
LOAD_S = 1.0
PROJECT = ("project", "create", "killed", "--currency", "EUR", "--currency", "USD", "--country", "DE", "--language", "en")


@pytest.mark.parametrize("victims", [("server",), ("database", "server")], ids="+".join)
def test_no_acknowledged_order_is_lost(open_directory: Path, victims: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORDERWRIGHT_DATABASE_URL", raising=False)
    data_dir = with_cluster(open_directory / f"killed-{len(victims)}")
    settings = {"data_dir": str(data_dir), "database_url": ""}
    with serving(settings) as server:
        server.command(*PROJECT)
        client = attached(server)
        open_shop(client)
        acknowledged = asyncio.run(shot_under_load(server, client, data_dir, victims))
        server.process.wait(timeout=10)
        assert server.process.stdout is not None
        server.process.stdout.close()
        client.http.close()
    assert len(acknowledged) > 20
    with serving(settings) as server:
        client = attached(server)
        stored = all_orders(client)
        assert {order["id"]: order for order in acknowledged}.items() <= stored.items()
        # At most what was under way when the server died can have been stored without anyone being told.
        assert len(stored) <= len(acknowledged) + BUYERS
        carts = [order["cart"]["id"] for order in stored.values()]
        assert len(set(carts)) == len(carts)
        for id in carts[:10]:
            assert client.get(f"carts/{id}")["cartState"] == "Ordered"
        told = client.get("messages", params={"where": 'type = "OrderCreated"', "limit": 0})
        assert told["total"] == len(stored)
        assert server.command("check") == "Every row agrees with its document.\n"
        client.http.close()


def test_the_server_survives_its_database(open_directory: Path) -> None:
    """Only the database is shot: the server starts it again, answers in time meanwhile, and then goes on."""
    data_dir = with_cluster(open_directory / "survives")
    with serving({"data_dir": str(data_dir), "database_url": ""}) as server:
        server.command(*PROJECT)
        client = attached(server)
        open_shop(client)
        acknowledged, refused, slowest = asyncio.run(database_shot(client, data_dir))
        assert server.process.poll() is None
        assert slowest < 8, slowest
        stored = all_orders(client)
        assert set(acknowledged) <= set(stored)
        assert len(stored) <= len(acknowledged) + refused
        assert server.command("check") == "Every row agrees with its document.\n"
        client.http.close()


async def database_shot(client: Client, data_dir: Path) -> tuple[list[str], int, float]:
    """Ids of acknowledged orders, the number of 503s, and the longest that anyone waited for an answer, in seconds."""
    acknowledged: list[str] = []
    refused, slowest = 0, 0.0
    shot = asyncio.Event()

    async def buyer(http: httpx.AsyncClient) -> None:
        nonlocal refused, slowest
        orders_since = 0
        while orders_since < 3:  # until all is well again
            started = time.monotonic()
            answer = await posted(http, "/carts", cart_draft(("mug", 1)))
            if answer.status_code == 201:
                answer = await posted(http, "/orders", order_draft(answer.json()))
            assert answer.status_code in (201, 503), answer.text
            slowest = max(slowest, time.monotonic() - started)
            if answer.status_code == 503:
                refused += 1
                await asyncio.sleep(0.1)
            else:
                acknowledged.append(answer.json()["id"])
                orders_since += shot.is_set()

    async with crowd(client, BUYERS) as http:
        buyers = [asyncio.create_task(buyer(http)) for _ in range(BUYERS)]
        await asyncio.sleep(0.5)
        shoot_database(data_dir)
        shot.set()
        await asyncio.wait_for(asyncio.gather(*buyers), 30)
    return acknowledged, refused, slowest


def shoot_database(data_dir: Path) -> None:
    os.kill(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


async def shot_under_load(server: Server, client: Client, data_dir: Path, victims: tuple[str, ...]) -> list[dict[str, Any]]:
    """Buyers order until the victims are killed; the orders that were answered with 201, as they were answered."""
    acknowledged: list[dict[str, Any]] = []

    async def buyer(http: httpx.AsyncClient) -> None:
        with pytest.raises(httpx.TransportError):
            while True:
                cart = await posted(http, "/carts", cart_draft(("mug", 1), ("tea", 2)))
                if cart.status_code == 201:
                    order = await posted(http, "/orders", order_draft(cart.json()))
                    if order.status_code == 201:
                        acknowledged.append(order.json())

    async with crowd(client, BUYERS) as http:
        buyers = [asyncio.create_task(buyer(http)) for _ in range(BUYERS)]
        await so_many(acknowledged, 21, LOAD_S)
        for victim in victims:
            if victim == "server":
                server.process.kill()
            else:
                shoot_database(data_dir)
                await asyncio.sleep(0.05)
        await asyncio.wait_for(asyncio.gather(*buyers), 15)
    return acknowledged


def attached(server: Server) -> Client:
    """A client made by a command of its own, which attaches to the server's embedded database."""
    words = "client create --project killed --scope manage_project:killed --json"
    made = json.loads(server.command(*words.split()))
    return Client(server.url, "killed", made["clientId"], made["clientSecret"])


def all_orders(client: Client) -> dict[str, dict[str, Any]]:
    """Every order of the project, page by page; their form is other tests' concern."""
    headers = {"Authorization": f"Bearer {client.token}"}
    found: dict[str, dict[str, Any]] = {}
    while True:
        params: dict[str, str] = {"limit": "500", "sort": "id asc", **({"where": f'id > "{max(found)}"'} if found else {})}
        page = client.http.get(f"/{client.project}/orders", params=params, headers=headers).json()["results"]
        if not page:
            return found
        found |= {order["id"]: order for order in page}
