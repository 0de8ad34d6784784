"""The last pieces: many orders at once over little stock, counters that others change meanwhile, and kill -9 in between."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from burning import (
    Client,
    Server,
    a_server,
    a_shop,
    cart_draft,
    crowd,
    open_shop,
    order_draft,
    posted,
    serving,
    so_many,
    together,
)
from test_kill import BUYERS, LOAD_S, PROJECT, all_orders, attached, shoot_database

from clusters import with_cluster

ORDERS, PIECES = 200, 50


server = a_server()
shop = a_shop("stock")


def stocked(client: Client, sku: str, quantity: int) -> str:
    """The id of a new entry."""
    return str(client.create("inventory", {"sku": sku, "quantityOnStock": quantity})["id"])


def left(client: Client, entry: str) -> tuple[int, int]:
    seen = client.get(f"inventory/{entry}")
    return seen["quantityOnStock"], seen["availableQuantity"]


def carts(client: Client, count: int, *kinds: tuple[tuple[str, int], ...], mode: str = "ReserveOnOrder") -> list[Any]:
    """Carts in turns of the kinds."""

    async def run() -> list[httpx.Response]:
        async with crowd(client, 10) as http:
            drafts = (cart_draft(*kind, inventoryMode=mode) for kind in itertools.islice(itertools.cycle(kinds), count))
            return await together(*(posted(http, "/carts", draft) for draft in drafts))

    answers = asyncio.run(run())
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json() for answer in answers]


def ordered(client: Client, made: list[Any]) -> list[httpx.Response]:
    """All carts ordered at the same time, each on a connection of its own."""

    async def run() -> list[httpx.Response]:
        async with crowd(client, len(made)) as http:
            return await together(*(posted(http, "/orders", order_draft(cart)) for cart in made))

    return asyncio.run(run())


def test_two_hundred_orders_over_fifty_pieces_sell_fifty(shop: Client) -> None:
    entry = stocked(shop, "mug", PIECES)
    answers = ordered(shop, carts(shop, ORDERS, (("mug", 1),)))
    assert Counter(answer.status_code for answer in answers) == {201: PIECES, 400: ORDERS - PIECES}
    refused = [answer.json()["errors"][0] for answer in answers if answer.status_code == 400]
    assert {(error["code"], *error["skus"], len(error["lineItems"])) for error in refused} == {("OutOfStock", "mug", 1)}
    assert left(shop, entry) == (0, 0)
    assert shop.get("orders", params={"limit": 0})["total"] == PIECES
    states = Counter(cart["cartState"] for cart in shop.get("carts", params={"limit": 500})["results"])
    assert states == {"Ordered": PIECES, "Active": ORDERS - PIECES}


def test_a_level_is_told_once_whoever_reaches_it(shop: Client) -> None:
    """Thirty orders at once over thirty pieces, while the entry itself is updated, which numbers Messages of its own."""
    levels = {"reorderPoint": 20, "safetyStock": 10}
    entry = shop.create("inventory", {"sku": "mug", "quantityOnStock": 30, "stockLevels": levels})
    made = carts(shop, 30, (("mug", 1),))

    async def updates(http: httpx.AsyncClient) -> list[httpx.Response]:
        answers = []
        for version in range(1, 11):
            action = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": version}
            answers.append(await posted(http, f"/inventory/{entry['id']}", {"version": version, "actions": [action]}))
        return answers

    async def orders(http: httpx.AsyncClient) -> list[httpx.Response]:
        return await together(*(posted(http, "/orders", order_draft(cart)) for cart in made))

    async def run() -> list[list[httpx.Response]]:
        async with crowd(shop, 31) as http:
            return await together(orders(http), updates(http))

    ordered_all, updated = asyncio.run(run())
    assert [answer.status_code for answer in ordered_all] == [201] * 30
    assert [answer.status_code for answer in updated] == [200] * 10
    parameters = {"where": f'resource(id = "{entry["id"]}")', "sort": "sequenceNumber asc", "limit": 100}
    messages = shop.get("messages", params=parameters)["results"]
    assert [message["sequenceNumber"] for message in messages] == list(range(1, 15))
    assert Counter(message["type"] for message in messages) == {
        "InventoryEntryCreated": 1,
        "InventoryEntryReservationExpirationInMinutesSet": 10,
        "InventoryEntryReorderPoint": 1,
        "InventoryEntrySafetyStock": 1,
        "InventoryEntryOutOfStock": 1,
    }
    reached = {message["type"]: message["quantityOnStock"] for message in messages if "quantityOnStock" in message}
    assert reached == {"InventoryEntryReorderPoint": 20, "InventoryEntrySafetyStock": 10}


def test_orders_over_two_skus_in_either_order_never_wait_in_a_circle(shop: Client) -> None:
    mugs, tea = stocked(shop, "mug", 40), stocked(shop, "tea", 30)
    made = carts(shop, 60, (("mug", 1), ("tea", 1)), (("tea", 1), ("mug", 1)))
    answers = ordered(shop, made)
    # An order takes all or nothing: the last ten mugs stay, since there is no tea to go with them.
    assert Counter(answer.status_code for answer in answers) == {201: 30, 400: 30}
    assert {tuple(answer.json()["errors"][0]["skus"]) for answer in answers if answer.status_code == 400} == {("tea",)}
    assert (left(shop, mugs), left(shop, tea)) == ((10, 10), (0, 0))


def test_stock_that_is_filled_up_while_it_is_sold(shop: Client) -> None:
    """Each addition answers and tells just the step that it made, however many orders come between."""
    entry = stocked(shop, "mug", 0)
    made = carts(shop, 40, (("mug", 1),), mode="TrackOnly")
    steps: list[dict[str, Any]] = []

    async def filler(http: httpx.AsyncClient) -> None:
        version = 1
        while version <= 20:
            body = {"version": version, "actions": [{"action": "addQuantity", "quantity": 5}]}
            answer = await posted(http, f"/inventory/{entry}", body)
            assert answer.status_code == 200, answer.text
            steps.append(answer.json())
            version += 1

    async def run() -> list[Any]:
        async with crowd(shop, 12) as http:
            return await together(filler(http), *(posted(http, "/orders", order_draft(cart)) for cart in made))

    assert {answer.status_code for answer in asyncio.run(run())[1:]} == {201}
    assert left(shop, entry) == (60, 60)
    where = f'resource(id = "{entry}") and type = "InventoryEntryQuantitySet"'
    told = shop.get("messages", params={"where": where, "sort": "sequenceNumber asc", "limit": 100})["results"]
    assert [message["newQuantityOnStock"] - message["oldQuantityOnStock"] for message in told] == [5] * 20
    assert [message["newQuantityOnStock"] for message in told] == [step["quantityOnStock"] for step in steps]
    # What is missing between two additions was sold between them: before the first, between, and after the last.
    between = [before["newQuantityOnStock"] - after["oldQuantityOnStock"] for before, after in itertools.pairwise(told)]
    sold = [-told[0]["oldQuantityOnStock"], *between, told[-1]["newQuantityOnStock"] - 60]
    assert (min(sold) >= 0, sum(sold)) == (True, 40)


def test_additions_at_once_are_all_counted_or_refused(shop: Client) -> None:
    entry = stocked(shop, "mug", 10)

    async def run() -> list[httpx.Response]:
        body = {"version": 1, "actions": [{"action": "addQuantity", "quantity": 1}]}
        async with crowd(shop, 30) as http:
            return await together(*(posted(http, f"/inventory/{entry}", body) for _ in range(30)))

    assert Counter(answer.status_code for answer in asyncio.run(run())) == {200: 1, 409: 29}
    assert left(shop, entry) == (11, 11)


@pytest.mark.parametrize("victims", [("server",), ("database", "server")], ids="+".join)
def test_killed_orders_take_all_or_nothing(
    open_directory: Path, victims: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORDERWRIGHT_DATABASE_URL", raising=False)
    data_dir = with_cluster(open_directory / f"stock-{len(victims)}")
    settings = {"data_dir": str(data_dir), "database_url": ""}
    with serving(settings) as server:
        server.command(*PROJECT)
        client = attached(server)
        open_shop(client)
        mugs, tea = stocked(client, "mug", 100_000), stocked(client, "tea", 100_000)
        acknowledged = asyncio.run(shot(server, client, data_dir, victims))
        server.process.wait(timeout=10)
        assert server.process.stdout is not None
        server.process.stdout.close()
        client.http.close()
    assert len(acknowledged) > 10
    with serving(settings) as server:
        client = attached(server)
        stored = all_orders(client)
        assert set(acknowledged) <= set(stored)
        assert len(stored) <= len(acknowledged) + BUYERS
        count = len(stored)
        assert left(client, mugs) == (100_000 - count, 100_000 - count)
        assert left(client, tea) == (100_000 - 2 * count, 100_000 - 2 * count)
        assert server.command("check") == "Every row agrees with its document.\n"
        client.http.close()


async def shot(server: Server, client: Client, data_dir: Path, victims: tuple[str, ...]) -> list[str]:
    """Ids of the orders that were answered with 201 until the victims were killed."""
    acknowledged: list[str] = []

    async def buyer(http: httpx.AsyncClient) -> None:
        with pytest.raises(httpx.TransportError):
            while True:
                cart = await posted(http, "/carts", cart_draft(("mug", 1), ("tea", 2), inventoryMode="ReserveOnOrder"))
                if cart.status_code == 201:
                    order = await posted(http, "/orders", order_draft(cart.json()))
                    if order.status_code == 201:
                        acknowledged.append(order.json()["id"])

    async with crowd(client, BUYERS) as http:
        buyers = [asyncio.create_task(buyer(http)) for _ in range(BUYERS)]
        await so_many(acknowledged, 11, LOAD_S)
        for victim in victims:
            if victim == "server":
                server.process.kill()
            else:
                shoot_database(data_dir)
                await asyncio.sleep(0.05)
        await asyncio.wait_for(asyncio.gather(*buyers), 15)
    return acknowledged
