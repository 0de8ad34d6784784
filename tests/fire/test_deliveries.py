"""What was acknowledged arrives, whatever is killed: none missing, in sequence for each order, at least once."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import httpx
from burning import Client, Server, cart_draft, crowd, opened, order_draft, posted, serving, so_many
from test_kill import PROJECT, attached, shoot_database

from clusters import with_cluster
from relaying import Got, Receiver, http, receiving, until
from shop_setup import open_shop

BUYERS = 8
ORDERS = [{"resourceTypeId": "order"}]
numbers = itertools.count(1)
Acknowledged = dict[str, int]


async def buying(shop: httpx.AsyncClient, acknowledged: Acknowledged, most: int) -> None:
    """Make orders and confirm each, until there are so many or the server is gone. What was acknowledged of an order, is its
    last version."""
    try:
        while len(acknowledged) < most:
            cart = (await posted(shop, "/carts", cart_draft(("mug", 1)))).json()
            number = f"F-{next(numbers)}"
            made = await posted(shop, "/orders", order_draft(cart, orderNumber=number))
            if made.status_code != 201:
                continue
            order = made.json()
            acknowledged[order["id"]] = 1
            confirmed = {"action": "changeOrderState", "orderState": "Confirmed"}
            changed = await posted(shop, f"/orders/{order['id']}", {"version": 1, "actions": [confirmed]})
            if changed.status_code == 200:
                acknowledged[order["id"]] = 2
    except (httpx.HTTPError, ValueError, KeyError):
        return


def in_sequence(receiver: Receiver, acknowledged: Acknowledged) -> bool:
    """Whether all has arrived; what came first came in sequence, or this fails."""
    told: dict[str, list[int]] = {}
    for each in receiver.taken:
        seen = told.setdefault(each["resource"]["id"], [])
        if each["sequenceNumber"] not in seen:
            assert each["sequenceNumber"] == len(seen) + 1, (each["resource"]["id"], seen, each["sequenceNumber"])
            seen.append(each["sequenceNumber"])
    return all(len(told.get(id, ())) >= version for id, version in acknowledged.items())


async def bought(client: Client, acknowledged: Acknowledged, most: int) -> None:
    async with crowd(client, BUYERS) as shop:
        await asyncio.gather(*(buying(shop, acknowledged, most) for _ in range(BUYERS)))


async def shot(server: Server, client: Client, acknowledged: Acknowledged, receiver: Receiver) -> None:
    """Kill the server in the middle of buying and of sending."""
    async with crowd(client, BUYERS) as shop:
        buyers = [asyncio.create_task(buying(shop, acknowledged, 10_000)) for _ in range(BUYERS)]
        await so_many(receiver.got, 100, 1.0)
        server.process.kill()
        await asyncio.gather(*buyers)


def test_a_relay_that_is_killed_loses_nothing(durable_database_url: str) -> None:
    """500 orders and their confirmations; the server is killed twice while it sends."""
    settings = {"database_url": durable_database_url, "allowed_hosts": "localhost", "delivery_lease_s": "2"}
    acknowledged: Acknowledged = {}
    with receiving() as receiver:
        with serving(settings) as server, opened(server, "delivered") as client:
            client.create("subscriptions", {"destination": http(receiver), "messages": ORDERS})
            asyncio.run(shot(server, client, acknowledged, receiver))
            server.process.wait(timeout=10)
            assert server.process.stdout is not None
            server.process.stdout.close()
            key, words = client.project, (client.client_id, client.client_secret)
        for ends in (True, False):
            with serving(settings) as server:
                again = Client(server.url, key, *words)
                if ends:
                    asyncio.run(shot(server, again, acknowledged, receiver))
                    server.process.wait(timeout=10)
                    assert server.process.stdout is not None
                    server.process.stdout.close()
                else:
                    asyncio.run(bought(again, acknowledged, 500))
                    asyncio.run(until(lambda: in_sequence(receiver, acknowledged), 60))
                again.http.close()
    assert len(acknowledged) >= 500
    # What was sent and not yet noted came once more, and no more than that.
    ids = [got.headers["webhook-id"] for got in receiver.got]
    assert len(ids) - len(set(ids)) <= 2 * 400


def test_two_servers_share_the_leases(durable_database_url: str) -> None:
    settings = {"database_url": durable_database_url, "allowed_hosts": "localhost"}
    acknowledged: Acknowledged = {}
    with receiving() as receiver, serving(settings) as one, serving(settings) as other, opened(one, "shared") as client:
        client.create("subscriptions", {"destination": http(receiver), "messages": ORDERS})
        beside = Client(other.url, client.project, client.client_id, client.client_secret)

        async def both() -> None:
            await asyncio.gather(bought(client, acknowledged, 60), bought(beside, acknowledged, 60))

        asyncio.run(both())
        asyncio.run(until(lambda: in_sequence(receiver, acknowledged), 30))
        beside.http.close()
        ids = [got.headers["webhook-id"] for got in receiver.got]
        assert len(ids) == len(set(ids))


def test_a_database_that_is_shot_keeps_what_is_to_be_sent(open_directory: Path) -> None:
    data_dir = with_cluster(open_directory / "told")
    settings = {"data_dir": str(data_dir), "database_url": "", "allowed_hosts": "localhost", "delivery_lease_s": "2"}
    acknowledged: Acknowledged = {}
    with receiving() as receiver, serving(settings) as server:
        server.command(*PROJECT)
        client = attached(server)
        open_shop(client)
        client.create("subscriptions", {"destination": http(receiver), "messages": ORDERS})

        async def shot_below() -> None:
            async with crowd(client, BUYERS) as shop:
                buyers = [asyncio.create_task(buying(shop, acknowledged, 60)) for _ in range(BUYERS)]
                await so_many(receiver.got, 20, 0.2)
                shoot_database(data_dir)
                await asyncio.gather(*buyers)

        asyncio.run(shot_below())
        asyncio.run(bought_in_the_end(client, acknowledged))
        asyncio.run(until(lambda: in_sequence(receiver, acknowledged), 60))
        client.http.close()


async def bought_in_the_end(client: Client, acknowledged: Acknowledged) -> None:
    async with asyncio.timeout(60):
        while len(acknowledged) < 60:
            await bought(client, acknowledged, 60)
            await asyncio.sleep(0.2)


def test_a_poisoned_order_and_a_dead_receiver_hold_back_nothing_else(durable_database_url: str) -> None:
    settings = {"database_url": durable_database_url, "allowed_hosts": "localhost"}
    acknowledged: Acknowledged = {}
    with receiving() as receiver, receiving() as dead, serving(settings) as server, opened(server, "poison") as client:
        client.create("subscriptions", {"destination": http(receiver), "messages": ORDERS})
        client.create("subscriptions", {"destination": http(dead), "messages": ORDERS})
        dead.answer = lambda got: 503
        poisoned: list[str] = []

        def answer(got: Got) -> int:
            id = got.told["resource"]["id"]
            if not poisoned:
                poisoned.append(id)
            return 422 if id in poisoned else 204

        receiver.answer = answer
        asyncio.run(bought(client, acknowledged, 40))
        healthy = {id: version for id, version in acknowledged.items() if id not in poisoned}
        asyncio.run(until(lambda: in_sequence(receiver, healthy), 20))
        assert {each["sequenceNumber"] for each in receiver.about(poisoned[0])} == {1}
