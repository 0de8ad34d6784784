"""Product discounts under fire: a server that is killed while it writes them into prices, and products that change meanwhile."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from burning import Client, Server, a_server, a_shop, crowd, posted, serving

from clusters import with_cluster
from shop_setup import eur

PRODUCTS = 60
PROJECT = ("project", "create", "killed", "--currency", "EUR", "--currency", "USD", "--country", "DE", "--language", "en")
server = a_server(workers=2)
shop = a_shop("sales")


def filled(client: Client, count: int) -> None:
    """A shop with products of two variants and two prices each, all of 10.00, and standalone prices of half of them."""
    client.create("product-types", {"name": "Lamp", "key": "lamp", "description": "Lamps."})
    for number in range(count):
        prices = [{"value": eur(1000)}, {"value": eur(1000), "country": "DE"}]
        draft = {
            "key": f"lamp-{number}",
            "productType": {"typeId": "product-type", "key": "lamp"},
            "name": {"en": "Lamp"},
            "slug": {"en": f"lamp-{number}"},
            "masterVariant": {"sku": f"small-{number}", "prices": prices},
            "variants": [{"sku": f"large-{number}", "prices": prices}],
        }
        client.create("products", draft)
        if number % 2:
            client.create("standalone-prices", {"sku": f"small-{number}", "value": eur(1000)})


def every(client: Client, path: str) -> list[Any]:
    headers = {"Authorization": f"Bearer {client.token}"}
    answer = client.http.get(f"/{client.project}/{path}", params={"limit": "500"}, headers=headers)
    return [each for each in answer.json()["results"] if path != "products" or each["key"].startswith("lamp")]


def left(price: dict[str, Any]) -> int | None:
    return int(price["discounted"]["value"]["centAmount"]) if "discounted" in price else None


def of_product(product: dict[str, Any]) -> set[int | None]:
    """What the prices of a product are discounted to; all of them are alike, so that two values are a mixture."""
    data = [product["masterData"][each] for each in ("current", "staged")]
    variants = [variant for each in data for variant in (each["masterVariant"], *each["variants"])]
    return {left(price) for variant in variants for price in variant["prices"]}


def seen(client: Client) -> set[int | None]:
    found = [of_product(each) for each in every(client, "products")]
    assert all(len(each) == 1 for each in found), "a product shows a mixture"
    return set().union(*found) | {left(each) for each in every(client, "standalone-prices")}


def soon(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.1)


SALE = {"key": "sale", "name": {"en": "Sale"}, "predicate": 'currency = "EUR"', "sortOrder": "0.5", "isActive": True}


def off(permyriad: int) -> dict[str, Any]:
    return {"type": "relative", "permyriad": permyriad}


def test_a_server_that_is_killed_while_it_writes_prices(open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORDERWRIGHT_DATABASE_URL", raising=False)
    settings = {"data_dir": str(with_cluster(open_directory / "sale")), "database_url": ""}
    with serving(settings) as running:
        running.command(*PROJECT)
        client = attached(running)
        filled(client, PRODUCTS)
        client.create("product-discounts", {**SALE, "value": off(1000)})
        # Killed while some prices have it and others have not.
        soon(lambda: (None in seen(client) and 900 in seen(client)) or seen(client) == {900})
        running.process.kill()
        running.process.wait(timeout=10)
        assert running.process.stdout is not None
        running.process.stdout.close()
        client.http.close()
    with serving(settings) as running:
        client = attached(running)
        soon(lambda: seen(client) == {900})
        assert client.delete("product-discounts/key=sale", 1)["key"] == "sale"
        soon(lambda: seen(client) == {None})
        assert running.command("check") == "Every row agrees with its document.\n"
        client.http.close()


def attached(running: Server) -> Client:
    """A client made by a command of its own, which attaches to the server's embedded database."""
    words = "client create --project killed --scope manage_project:killed --json"
    made = json.loads(running.command(*words.split()))
    return Client(running.url, "killed", made["clientId"], made["clientSecret"])


def test_products_that_change_while_discounts_do(server: Server, shop: Client) -> None:
    """Two workers renew, clients change products and the discount: each write succeeds or is told so, nobody sees a mixture."""
    filled(shop, 12)
    made = shop.create("product-discounts", {**SALE, "value": off(1000)})
    written = asyncio.run(_changing(shop, made))
    assert written > 20
    final = shop.update("product-discounts/key=sale", _version(shop), {"action": "changeValue", "value": off(4000)})
    assert final["value"]["permyriad"] == 4000
    soon(lambda: seen(shop) == {600})
    # What the clients have written is there beside it: one more name a change.
    names = [each["masterData"]["staged"]["name"]["en"] for each in every(shop, "products")]
    assert sum(int(name.partition(" ")[2] or 0) for name in names) == written
    assert server.command("check") == "Every row agrees with its document.\n"


def _version(shop: Client) -> int:
    return int(shop.get("product-discounts/key=sale")["version"])


async def _changing(shop: Client, discount: dict[str, Any]) -> int:
    """How many changes of products were answered with 200, while the discount changed ten times."""
    written = 0
    over = asyncio.Event()

    async def merchant(http: httpx.AsyncClient, number: int) -> None:
        nonlocal written
        done = 0
        while not over.is_set():
            product = (await http.get(f"/products/key=lamp-{number}")).json()
            assert len(of_product(product)) == 1, "a product shows a mixture"
            action = {"action": "changeName", "name": {"en": f"Lamp {done + 1}"}, "staged": False}
            answer = await posted(http, f"/products/{product['id']}", {"version": product["version"], "actions": [action]})
            assert answer.status_code in (200, 409, 503), answer.text
            if answer.status_code == 200:
                done += 1
        written += done

    async def sale(http: httpx.AsyncClient) -> None:
        version = discount["version"]
        for step in range(10):
            action = {"action": "changeValue", "value": off(1000 + 100 * (step + 1))}
            answer = await posted(http, f"/product-discounts/{discount['id']}", {"version": version, "actions": [action]})
            assert answer.status_code == 200, answer.text
            version = answer.json()["version"]
            await asyncio.sleep(0.2)
        over.set()

    async with crowd(shop, 5) as http:
        await asyncio.wait_for(asyncio.gather(sale(http), *(merchant(http, number) for number in range(4))), 60)
    return written
