"""Many orders, and every destination is told of each: none is missing, and what is about one order comes in its sequence.

`ORDERWRIGHT_TEST_ORDERS` says how many; `make test-brokers` makes 10,000.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack

import pytest

from brokers import CLOUD_EVENTS, KINDS, Broker, missing
from orderwright.delivery.patience import Patience
from orderwright.domain.order.resource import IMPORTED
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decode_body, encode
from orderwright.errors import OverCapacityError
from relaying import Shop, shop_in

ORDERS = int(os.environ.get("ORDERWRIGHT_TEST_ORDERS", "30"))
TOGETHER = 4
# What would take a minute is tried again at once, but a batch has its usual time: on a busy machine it takes long.
PATIENCE = Patience(first_s=0.05, longest_s=0.2, poll_s=0.2)
PRICE = {"currencyCode": "EUR", "centAmount": 100}
WRAP = {"name": {"en": "Wrap"}, "slug": "wrap", "quantity": 1, "money": PRICE}
DRAFT = encode({"totalPrice": PRICE, "customLineItems": [WRAP]})
MESSAGES = [{"resourceTypeId": "order", "types": ["OrderImported", "OrderStateChanged"]}]
Told = dict[str, dict[str, list[int]] | str]
"""By kind of destination: of each order the sequence numbers that came, or why nothing could."""


async def ordered(shop: Shop) -> str:
    """The id of an order that was made and confirmed."""
    made = await shop.verbs.create(IMPORTED, decode_body(IMPORTED.draft, DRAFT), shop.access)
    order = json.loads(made)
    await shop.change("order", order, {"action": "changeOrderState", "orderState": "Confirmed"})
    return str(order["id"])


async def sent(shop: Shop) -> None:
    """Until nothing waits."""
    waits = ("delivery", "AND state <> 'sent' LIMIT 1"), ("change", "AND subscribers <> '{}' LIMIT 1")
    async with asyncio.timeout(60 + ORDERS):
        while any([await shop.rows("shard", table, where) for table, where in waits]):  # noqa: ASYNC110 - the database is asked
            await asyncio.sleep(0.5)


async def numbers(broker: Broker) -> dict[str, list[int]]:
    """The sequence numbers by order, in which those that came again are left out."""
    found: dict[str, list[int]] = {}
    for _, note in await broker.took():
        if note["resource"]["typeId"] == "order":
            seen = found.setdefault(note["resource"]["id"], [])
            if note["sequenceNumber"] not in seen:
                seen.append(note["sequenceNumber"])
    return found


async def story(database_url: str, told: Told) -> set[str]:
    """Make the orders, and fill in what came. The ids of the orders."""
    async with AsyncExitStack() as stack:
        services: dict[str, Broker] = {}
        for kind, made in KINDS.items():
            if (reason := missing(kind)) is None:
                services[kind] = await stack.enter_async_context(made(f"ow-{new_id()[-12:]}"))
            else:
                told[kind] = reason
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        for service in services.values():
            for name, value in service.settings.items():
                patched.setenv(name, value)
        shop = await stack.enter_async_context(shop_in(database_url, PATIENCE))
        for kind, service in services.items():
            more: Mapping[str, object] = CLOUD_EVENTS if kind == "EventGrid" else {}
            await shop.make("subscription", destination=service.member, messages=MESSAGES, **more)
        ids = set[str]()

        async def buying() -> None:
            while len(ids) < ORDERS:
                try:
                    ids.add(await ordered(shop))
                except OverCapacityError:  # as a client is told that there are too many: another order is made
                    await asyncio.sleep(0.1)

        async with shop.relayed():
            await asyncio.gather(*(buying() for _ in range(TOGETHER)))
            await sent(shop)
        for kind, service in services.items():
            told[kind] = await numbers(service)
    return ids


@pytest.fixture(scope="module")
def told(database_url: str) -> Iterator[tuple[set[str], Told]]:
    """All is told to all at once, and then looked at of each."""
    found: Told = {}
    yield asyncio.run(story(database_url, found)), found


@pytest.mark.parametrize("kind", KINDS)
def test_none_is_missing_and_each_is_in_sequence(kind: str, told: tuple[set[str], Told]) -> None:
    ids, found = told
    came = found[kind]
    if isinstance(came, str):
        pytest.skip(came)
    assert len(ids) >= ORDERS
    assert ids - set(came) == set()
    assert [(id, came[id]) for id in ids if came[id] != [1, 2]] == []
