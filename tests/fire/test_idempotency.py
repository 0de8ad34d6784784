"""One key, one order: when many ask at once, and when the server is killed between the commit and its answer."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from burning import Client, Server, a_server, a_shop, cart_draft, crowd, order_draft, together

sys.path.insert(0, str(Path(__file__).parent.parent / "storage"))
from cutting import proxied

CROWD = 50


server = a_server(workers=2)
shop = a_shop("keyed")


async def keyed(http: httpx.AsyncClient, method: str, path: str, key: str, body: Any = None) -> httpx.Response:
    return await http.request(method, path, json=body, headers={"Idempotency-Key": key})


def at_once(client: Client, *asked: tuple[str, str, str, Any]) -> list[httpx.Response]:
    """All requests (method, path, key, body) at the same time, each on a connection of its own."""

    async def run() -> list[httpx.Response]:
        async with crowd(client, len(asked)) as http:
            return await together(*(keyed(http, *each) for each in asked))

    return asyncio.run(run())


def alike(answers: list[httpx.Response]) -> Any:
    """The one document with which all were answered."""
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1, {answer.text[:200] for answer in answers}
    assert answers[0].status_code in (200, 201), answers[0].text
    return answers[0].json()


def test_fifty_equal_requests_make_one_of_everything(shop: Client) -> None:
    cart = alike(at_once(shop, *[("POST", "/carts", "cart", cart_draft(("mug", 1)))] * CROWD))
    actions = [{"action": "addLineItem", "sku": "tea", "quantity": 2}]
    path = f"/carts/{cart['id']}"
    cart = alike(at_once(shop, *[("POST", path, "add", {"version": 1, "actions": actions})] * CROWD))
    assert (cart["version"], [line["quantity"] for line in cart["lineItems"]]) == (2, [1, 2])
    order = alike(at_once(shop, *[("POST", "/orders", "order", order_draft(cart, orderNumber="A-1"))] * CROWD))
    payment = {"amountPlanned": {"currencyCode": "EUR", "centAmount": 6899}}
    alike(at_once(shop, *[("POST", "/payments", "payment", payment)] * CROWD))
    assert [shop.get(kind)["total"] for kind in ("carts", "orders", "payments")] == [1, 1, 1]
    told = shop.get("messages", params={"where": 'type = "OrderCreated"'})
    assert [message["resource"]["id"] for message in told["results"]] == [order["id"]]
    gone = alike(at_once(shop, *[("DELETE", f"/orders/{order['id']}?version=1", "drop", None)] * CROWD))
    assert gone == order
    assert shop.get("orders")["total"] == 0


def test_stock_is_taken_once_for_one_key(shop: Client) -> None:
    entry = shop.create("inventory", {"sku": "mug", "quantityOnStock": 10})
    cart = shop.create("carts", cart_draft(("mug", 3), inventoryMode="ReserveOnOrder"))
    alike(at_once(shop, *[("POST", "/orders", "order", order_draft(cart))] * CROWD))
    assert shop.get(f"inventory/{entry['id']}")["availableQuantity"] == 7
    # Of two orders, each asked for many times, the stock serves one: whoever is refused is refused each time.
    carts = [shop.create("carts", cart_draft(("mug", 5), inventoryMode="ReserveOnOrder")) for _ in range(2)]
    asked = [("POST", "/orders", f"key-{number}", order_draft(cart)) for number, cart in enumerate(carts)]
    answers = at_once(shop, *(asked * (CROWD // 2)))
    outcomes = [{answer.status_code for answer in answers[number::2]} for number in range(2)]
    assert sorted(map(sorted, outcomes)) == [[201], [400]]
    assert shop.get(f"inventory/{entry['id']}")["availableQuantity"] == 2


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("what", ["carts", "orders", "payments"])
def test_a_server_killed_around_the_commit(server: Server, shop: Client, database_url: str, what: str, committed: bool) -> None:
    """Whether the write had happened or not, the same request to another server makes or finds the one document."""
    cart = shop.create("carts", cart_draft(("mug", 1)))
    bodies: dict[str, tuple[Any, bytes]] = {
        "carts": (cart_draft(("tea", 7)), b'"quantity":7'),
        "orders": (order_draft(cart), b'"orderState":"Open"'),
        "payments": ({"amountPlanned": {"currencyCode": "EUR", "centAmount": 123}}, b'"centAmount":123'),
    }
    body, at = bodies[what]

    async def shot() -> None:
        async with proxied(database_url) as proxy:
            victim = await asyncio.to_thread(Server, {"ORDERWRIGHT_DATABASE_URL": proxy.dsn})

            async def kill() -> None:
                victim.process.kill()
                await asyncio.to_thread(victim.process.wait, 10)

            proxy.cut(at, after=committed, then=kill)
            headers = {"Authorization": f"Bearer {shop.token}"}
            shot_at = f"{victim.url}/{shop.project}"
            async with httpx.AsyncClient(base_url=shot_at, headers=headers, timeout=15, verify=False) as http:
                with pytest.raises(httpx.TransportError):
                    await keyed(http, "POST", f"/{what}", "key", body)
            assert proxy.cuts == 1
            assert victim.process.stdout is not None
            victim.process.stdout.close()

    before = shop.get(what)["total"]
    asyncio.run(shot())
    assert shop.get(what)["total"] == before + committed
    made = alike(at_once(shop, *[("POST", f"/{what}", "key", body)] * 5))
    assert shop.get(what)["total"] == before + 1
    assert shop.get(f"{what}/{made['id']}") == made
