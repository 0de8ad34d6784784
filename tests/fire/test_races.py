"""Many clients at once over HTTP, against a real server process."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from burning import (
    Client,
    Server,
    a_server,
    a_shop,
    at_once,
    cart_draft,
    crowd,
    open_shop,
    order_draft,
    posted,
    serving,
    so_many,
    together,
)

_numbers = itertools.count(1)
CROWD = 50


server = a_server()
shop = a_shop("race")


def test_a_cart_that_fifty_order_at_once_becomes_one_order(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 2)))
    answers = at_once(shop, *[("/orders", order_draft(cart))] * CROWD)
    counted = Counter(answer.status_code for answer in answers)
    assert counted[201] == 1
    assert set(counted) <= {201, 400, 409}
    orders = shop.get("orders")
    assert (orders["total"], orders["count"]) == (1, 1)
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    assert orders["results"] == [made]
    told = shop.get("messages", params={"where": 'type = "OrderCreated"'})
    assert [message["resource"]["id"] for message in told["results"]] == [made["id"]]
    ordered = shop.get(f"carts/{cart['id']}")
    assert (ordered["cartState"], ordered["version"]) == ("Ordered", cart["version"] + 1)


def test_of_fifty_updates_at_one_version_one_is_answered_with_200(shop: Client) -> None:
    cart = shop.create("carts", cart_draft(("mug", 1)))
    actions = [{"action": "setCustomerEmail", "email": "x"}]
    asked = [
        (f"/carts/{cart['id']}", {"version": cart["version"], "actions": [{**actions[0], "email": f"c{number}@example.com"}]})
        for number in range(CROWD)
    ]
    answers = at_once(shop, *asked)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CROWD - 1}
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    assert shop.get(f"carts/{cart['id']}") == won
    assert {answer.json()["errors"][0]["currentVersion"] for answer in answers if answer.status_code == 409} == {won["version"]}


def test_a_hundred_parallel_updates_of_one_cart_are_made_or_refused_and_none_is_lost(shop: Client) -> None:
    """Each adds one mug, and has three attempts, at the version that the refusal of the one before told."""
    cart = shop.create("carts", cart_draft(("mug", 1)))
    answers: list[httpx.Response] = []

    async def added(http: httpx.AsyncClient) -> None:
        version = cart["version"]
        for _ in range(3):
            action = {"action": "addLineItem", "sku": "mug", "quantity": 1}
            answers.append(await posted(http, f"/carts/{cart['id']}", {"version": version, "actions": [action]}))
            if answers[-1].status_code != 409:
                return
            version = answers[-1].json()["errors"][0]["currentVersion"]

    async def run() -> None:
        async with crowd(shop, 100) as http:
            await together(*(added(http) for _ in range(100)))

    asyncio.run(run())
    counted = Counter(answer.status_code for answer in answers)
    assert set(counted) == {200, 409}
    made = counted[200]
    # One of those at the first version, and one at least of those that knew a newer one.
    assert made >= 2
    after = shop.get(f"carts/{cart['id']}")
    assert (after["version"], after["lineItems"][0]["quantity"]) == (cart["version"] + made, 1 + made)
    assert sorted(answer.json()["version"] for answer in answers if answer.status_code == 200) == list(
        range(cart["version"] + 1, cart["version"] + made + 1)
    )
    # 19.99 each, and from 100.00 on the parcel is free.
    shipping = 0 if 1999 * (1 + made) >= 10_000 else 595
    assert after["totalPrice"]["centAmount"] == 1999 * (1 + made) + shipping


def test_one_order_number_belongs_to_one_order(shop: Client) -> None:
    carts = [shop.create("carts", cart_draft(("tea", 1))) for _ in range(10)]
    answers = at_once(shop, *(("/orders", order_draft(cart, orderNumber="A-1")) for cart in carts))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: 9}
    refusals = [answer.json()["errors"][0] for answer in answers if answer.status_code == 400]
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    assert {(error["code"], error["conflictingResource"]["id"]) for error in refusals} == {("DuplicateField", made["id"])}
    states = Counter(shop.get(f"carts/{cart['id']}")["cartState"] for cart in carts)
    assert states == {"Ordered": 1, "Active": 9}  # the carts of those who lost are as they were


def test_every_worker_sees_the_newest_catalogue(database_url: str) -> None:
    """Each worker keeps its own catalogue in memory; a tax category of this very moment can be used at any of them."""
    with serving({"database_url": database_url}, workers=2) as server:
        key = f"fire-{next(_numbers)}"
        server.project(key)
        client = server.client(key)
        for number in range(8):
            rate = {"name": "r", "amount": 0.1, "includedInPrice": True, "country": "DE"}
            client.create("tax-categories", {"name": f"n{number}", "key": f"tax-{number}", "rates": [rate]})
            custom = {
                "name": {"en": "c"}, "slug": f"slug-{number}", "money": {"currencyCode": "EUR", "centAmount": 110},
                "taxCategory": {"typeId": "tax-category", "key": f"tax-{number}"},
            }  # fmt: skip
            draft = {**cart_draft(customLineItems=[custom])}
            del draft["shippingMethod"]
            answers = at_once(client, *[("/carts", draft)] * 8)
            assert {answer.status_code for answer in answers} == {201}, answers[0].text
            assert {answer.json()["taxedPrice"]["totalNet"]["centAmount"] for answer in answers} == {100}


def test_more_than_can_wait_is_refused_and_harms_nobody(database_url: str) -> None:
    small = {"database_url": database_url, "pool_size": "1", "queue_limit": "2", "query_pool_size": "1"}
    with serving(small) as server:
        key = f"fire-{next(_numbers)}"
        server.project(key)
        client = server.client(key)
        body = {"name": "n", "description": "x" * 5_000, "locations": []}
        answers = at_once(client, *[("/zones", body)] * CROWD)
        counted = Counter(answer.status_code for answer in answers)
        assert set(counted) == {201, 503}
        refusals = [answer for answer in answers if answer.status_code == 503]
        assert {(answer.headers["retry-after"], answer.json()["errors"][0]["code"]) for answer in refusals} == {
            ("1", "OverCapacity")
        }
        assert client.get("zones", params={"limit": 0})["total"] == counted[201]
        client.http.close()


def test_a_body_of_twenty_megabytes_is_refused(shop: Client) -> None:
    large = b'{"name":"' + b"x" * 20_000_000 + b'"}'
    headers = {"Authorization": f"Bearer {shop.token}"}

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 1_000_000):
            yield large[start : start + 1_000_000]

    for content in (large, pieces()):  # with a declared length, and without one
        try:
            answer = httpx.post(f"{shop.url}/{shop.project}/zones", content=content, headers=headers, timeout=30, verify=False)
        except httpx.WriteError:  # the server said no and hung up while the rest was still being sent
            continue
        assert answer.status_code == 413
    assert shop.get("zones")["total"] == 2


def test_running_requests_are_finished_after_sigterm(database_url: str) -> None:
    """One request is half sent when the signal comes, and many are under way."""
    with serving({"database_url": database_url}) as server:
        key = f"fire-{next(_numbers)}"
        server.project(key)
        client = server.client(key)
        open_shop(client)
        body = json.dumps(cart_draft(("mug", 1))).encode()
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=15) as half:
            half.sendall(
                f"POST /{key}/carts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body[:10]
            )
            time.sleep(0.2)
            acknowledged = asyncio.run(stopped_under_load(server, client))
            half.sendall(body[10:])
            answer = b""
            while chunk := half.recv(65536):
                answer += chunk
        assert answer.startswith(b"HTTP/1.1 201")
        assert server.process.wait(timeout=10) == 0
        assert server.process.stdout is not None
        server.process.stdout.close()
        client.http.close()
    made = json.loads(answer.partition(b"\r\n\r\n")[2])
    with serving({"database_url": database_url}) as again:
        client = again.client(key)
        assert client.get(f"carts/{made['id']}") == made
        assert acknowledged
        for id in acknowledged:
            assert client.get(f"carts/{id}")["id"] == id
        client.http.close()


async def stopped_under_load(server: Server, client: Client) -> list[str]:
    """Create carts on ten connections, send SIGTERM in the middle; the ids of those that were answered with 201."""
    acknowledged: list[str] = []

    async def buyer(http: httpx.AsyncClient) -> None:
        with pytest.raises(httpx.TransportError):  # until nobody answers any more
            while True:
                answer = await posted(http, "/carts", cart_draft(("mug", 1)))
                assert answer.status_code == 201
                acknowledged.append(answer.json()["id"])

    async with crowd(client, 10) as http:
        buyers = [asyncio.create_task(buyer(http)) for _ in range(10)]
        await so_many(acknowledged, 1, 0.7)
        server.process.terminate()
        await asyncio.wait_for(asyncio.gather(*buyers), 10)
    return acknowledged
