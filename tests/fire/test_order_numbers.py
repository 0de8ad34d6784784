"""Order numbers under load: never twice, and in the gap-free mode never one too few."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from burning import Client, Server, a_server, a_shop, cart_draft, crowd, order_draft, posted, serving, together

from orderwright.commands.projects import number_orders

TRIES = 5
server = a_server(workers=2)
shop = a_shop("numbered")


def numbered(server: Server, shop: Client, template: str, *, gap_free: bool = False) -> None:
    server._beside(lambda database: number_orders(database, shop.project, template, gap_free=gap_free))


def ordered_at_once(client: Client, count: int, connections: int = 50, **draft: Any) -> list[httpx.Response]:
    """So many carts, and then the answers of their orders, all asked for at once. On a machine that is busy with others some are
    told to come again, and do."""

    async def ordered(http: httpx.AsyncClient, cart: httpx.Response) -> httpx.Response:
        for _ in range(TRIES):
            answer = await posted(http, "/orders", order_draft(cart.json()))
            if answer.status_code != 503:
                break
            await asyncio.sleep(0.5)
        return answer

    async def run() -> list[httpx.Response]:
        async with crowd(client, connections) as http:
            carts = await together(*(posted(http, "/carts", cart_draft(("mug", 1), **draft)) for _ in range(count)))
            return await together(*(ordered(http, cart) for cart in carts))

    return asyncio.run(run())


def test_two_hundred_orders_at_two_workers_have_two_hundred_numbers(server: Server, shop: Client) -> None:
    numbered(server, shop, "A-{seq:05}")
    answers = ordered_at_once(shop, 200)
    assert {answer.status_code for answer in answers} == {201}
    given = Counter(answer.json()["orderNumber"] for answer in answers)
    assert (len(given), set(given.values())) == (200, {1})
    assert all(number.startswith("A-00") and len(number) == 7 for number in given)
    # Two processes set aside at most 32 numbers each.
    assert max(given) <= "A-00264"


def test_without_gaps_a_refused_order_leaves_none(server: Server, shop: Client) -> None:
    """A hundred mugs for 120 orders: those that come too late had drawn a number already, or would have."""
    numbered(server, shop, "{seq}", gap_free=True)
    shop.create("inventory", {"sku": "mug", "quantityOnStock": 100})
    answers = ordered_at_once(shop, 120, inventoryMode="ReserveOnOrder")
    assert Counter(answer.status_code for answer in answers) == {201: 100, 400: 20}
    assert {answer.json()["errors"][0]["code"] for answer in answers if answer.status_code == 400} == {"OutOfStock"}
    given = sorted(int(answer.json()["orderNumber"]) for answer in answers if answer.status_code == 201)
    assert given == list(range(1, 101))


@pytest.mark.parametrize("gap_free", [False, True], ids=["blocks", "gap-free"])
def test_numbers_given_by_hand_are_passed_over(server: Server, shop: Client, gap_free: bool) -> None:
    numbered(server, shop, "A-{seq}", gap_free=gap_free)
    by_hand = {3, 4, 5, 11}
    for number in by_hand:
        cart = shop.create("carts", cart_draft(("mug", 1)))
        shop.create("orders", order_draft(cart, orderNumber=f"A-{number}"))
    answers = ordered_at_once(shop, 20)
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    given = {int(answer.json()["orderNumber"].removeprefix("A-")) for answer in answers}
    assert len(given) == 20 and not given & by_hand
    if gap_free:
        assert given | by_hand == set(range(1, 25))


@pytest.mark.parametrize("gap_free", [False, True], ids=["blocks", "gap-free"])
def test_a_killed_server_leaves_no_number_twice(server: Server, shop: Client, database_url: str, gap_free: bool) -> None:
    numbered(server, shop, "{seq:04}", gap_free=gap_free)

    acknowledged: list[str] = []

    async def buyer(http: httpx.AsyncClient, enough: asyncio.Event) -> None:
        with pytest.raises(httpx.TransportError):
            while True:
                cart = await posted(http, "/carts", cart_draft(("mug", 1)))
                order = await posted(http, "/orders", order_draft(cart.json()))
                assert order.status_code == 201
                acknowledged.append(order.json()["orderNumber"])
                if len(acknowledged) % 20 == 0:  # the second server goes on counting
                    enough.set()

    async def shot(victim: Server) -> None:
        url, enough = httpx.URL(victim.url), asyncio.Event()
        async with crowd(shop, 8) as http:
            http.base_url = url.join(f"/{shop.project}")
            buyers = [asyncio.create_task(buyer(http, enough)) for _ in range(8)]
            await asyncio.wait_for(enough.wait(), 30)
            victim.process.kill()
            await asyncio.wait_for(asyncio.gather(*buyers), 15)

    for _ in range(2):
        with serving({"database_url": database_url}) as victim:
            asyncio.run(shot(victim))
            victim.process.wait(timeout=10)
            assert victim.process.stdout is not None
            victim.process.stdout.close()
    assert {answer.status_code for answer in ordered_at_once(shop, 10)} == {201}
    given = sorted(order["orderNumber"] for order in all_orders(shop))
    assert len(set(given)) == len(given) >= 50
    assert set(acknowledged) <= set(given)
    if gap_free:
        assert given == [f"{number:04}" for number in range(1, len(given) + 1)]


def all_orders(shop: Client) -> list[dict[str, Any]]:
    """Page by page; their form is other tests' concern."""
    headers = {"Authorization": f"Bearer {shop.token}"}
    found: list[dict[str, Any]] = []
    while True:
        params = {"limit": "500", "sort": "id asc", **({"where": f'id > "{found[-1]["id"]}"'} if found else {})}
        page = shop.http.get(f"/{shop.project}/orders", params=params, headers=headers).json()["results"]
        if not page:
            return found
        found += page
