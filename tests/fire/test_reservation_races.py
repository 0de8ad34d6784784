"""Few pieces and many carts that would keep them: at once, to and fro, and with kill -9 in between."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from burning import Client, Server, a_server, a_shop, cart_draft, crowd, open_shop, order_draft, posted, serving, together
from test_kill import BUYERS, LOAD_S, PROJECT, attached, shoot_database

CARTS, PIECES = 1_000, 100
# So many of those that keep nothing try to order all the same.
EMPTY = 50

server = a_server()
shop = a_shop("reserved")


def stocked(client: Client, sku: str, quantity: int) -> str:
    """The id of a new entry, in a project that keeps reservations for an hour."""
    action = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 60}
    client.update("", client.get("")["version"], action)
    return str(client.create("inventory", {"sku": sku, "quantityOnStock": quantity})["id"])


def left(client: Client, entry: str) -> tuple[int, int]:
    seen = client.get(f"inventory/{entry}")
    return seen["quantityOnStock"], seen["availableQuantity"]


def draft(*lines: tuple[str, int]) -> dict[str, Any]:
    return cart_draft(*lines, inventoryMode="ReserveOnCart")


def keeps(cart: dict[str, Any]) -> int:
    return sum(line["reservation"]["obj"]["quantity"] for line in cart["lineItems"] if "reservation" in line)


def test_as_many_carts_keep_a_piece_as_there_are(server: Server, shop: Client) -> None:
    entry = stocked(shop, "mug", PIECES)

    async def run() -> list[httpx.Response]:
        async with crowd(shop, 40) as http:
            return await together(*(posted(http, "/carts", draft(("mug", 1))) for _ in range(CARTS)))

    answers = asyncio.run(run())
    assert Counter(map(told, answers)) == {"201": CARTS}
    made = [answer.json() for answer in answers]
    assert Counter(keeps(cart) for cart in made) == {1: PIECES, 0: CARTS - PIECES}
    assert {len(cart.get("warnings", ())) for cart in made if not keeps(cart)} == {1}
    assert {len(cart.get("warnings", ())) for cart in made if keeps(cart)} == {0}
    assert left(shop, entry) == (PIECES, 0)
    # Who has one may order, whoever else tries.
    some = [cart for cart in made if keeps(cart)] + [cart for cart in made if not keeps(cart)][:EMPTY]
    orders = asyncio.run(ordered(shop, some[::-1]))
    assert Counter(map(told, orders)) == {"201": PIECES, "400 OutOfStock": EMPTY}
    assert left(shop, entry) == (0, 0)
    assert server.command("check") == "Every row agrees with its document.\n"


def told(answer: httpx.Response) -> str:
    """The status, and of a refusal its code."""
    if answer.is_success:
        return str(answer.status_code)
    return f"{answer.status_code} {answer.json()['errors'][0]['code']}"


async def ordered(client: Client, made: list[Any]) -> list[httpx.Response]:
    async with crowd(client, 40) as http:
        return await together(*(posted(http, "/orders", order_draft(cart)) for cart in made))


def test_to_and_fro_over_two_entries(server: Server, shop: Client) -> None:
    """Each cart changes its two lines again and again, in either order: no circle, no piece lost, and none had twice."""
    mugs, tea = stocked(shop, "mug", 20), stocked(shop, "tea", 20)
    kept: list[dict[str, int]] = []

    async def shopper(http: httpx.AsyncClient, number: int) -> None:
        both = (("mug", 1), ("tea", 1)) if number % 2 else (("tea", 1), ("mug", 1))
        cart = (await posted(http, "/carts", draft(*both))).json()
        for turn in range(6):
            quantity = 1 + (number + turn) % 3
            actions = [
                {"action": "changeLineItemQuantity", "lineItemId": line["id"], "quantity": quantity} for line in cart["lineItems"]
            ]
            answer = await posted(http, f"/carts/{cart['id']}", {"version": cart["version"], "actions": actions})
            assert answer.status_code == 200, answer.text
            cart = answer.json()
        kept.append({line["variant"]["sku"]: keeps({"lineItems": [line]}) for line in cart["lineItems"]})

    async def run() -> None:
        async with crowd(shop, 24) as http:
            await together(*(shopper(http, number) for number in range(24)))

    asyncio.run(run())
    for entry, sku in ((mugs, "mug"), (tea, "tea")):
        assert left(shop, entry) == (20, 20 - sum(cart[sku] for cart in kept))
    assert server.command("check") == "Every row agrees with its document.\n"


@pytest.mark.parametrize("victims", [("server",), ("database", "server")], ids="+".join)
def test_a_crash_leaks_no_reservation(open_directory: Path, victims: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORDERWRIGHT_DATABASE_URL", raising=False)
    data_dir = open_directory / f"reserved-{len(victims)}"
    settings = {"data_dir": str(data_dir), "database_url": ""}
    with serving(settings) as first:
        first.command(*PROJECT)
        client = attached(first)
        open_shop(client)
        entry = stocked(client, "mug", 100_000)
        asyncio.run(shot(first, client, data_dir, victims))
        first.process.wait(timeout=10)
        assert first.process.stdout is not None
        first.process.stdout.close()
        client.http.close()
    with serving(settings) as second:
        client = attached(second)
        assert second.command("check") == "Every row agrees with its document.\n"
        carts = client.get("carts", params={"where": 'cartState = "Active"', "limit": 500})
        assert carts["total"] <= 500
        on_stock, available = left(client, entry)
        assert on_stock - available == sum(keeps(cart) for cart in carts["results"])
        assert on_stock == 100_000 - 2 * client.get("orders", params={"limit": 0})["total"]
        client.http.close()


async def shot(server: Server, client: Client, data_dir: Path, victims: tuple[str, ...]) -> None:
    """Buyers who reserve, order and give up until the victims are killed."""

    async def buyer(http: httpx.AsyncClient, number: int) -> None:
        with pytest.raises(httpx.TransportError):
            while True:
                cart = await posted(http, "/carts", draft(("mug", 2)))
                if cart.status_code == 201 and number % 2:
                    await posted(http, "/orders", order_draft(cart.json()))
                elif cart.status_code == 201:
                    await http.delete(f"/carts/{cart.json()['id']}", params={"version": 1})

    async with crowd(client, BUYERS) as http:
        buyers = [asyncio.create_task(buyer(http, number)) for number in range(BUYERS)]
        await asyncio.sleep(LOAD_S)
        for victim in victims:
            if victim == "server":
                server.process.kill()
            else:
                shoot_database(data_dir)
                await asyncio.sleep(0.05)
        await asyncio.wait_for(asyncio.gather(*buyers), 15)
