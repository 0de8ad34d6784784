"""A shop's year of orders without the year: varied copies of one order that the engine made, written by COPY.

Each copy is a document of the resource's own type, and its row, its claims and its Message are made by the functions that
make them for the engine, so that `orderwright check` finds nothing to tell of them. The same seed makes the same orders.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.order.messages import OrderCreated
from orderwright.domain.order.model import Order, OrderState
from orderwright.domain.order.resource import RESOURCE
from orderwright.domain.sale.lines.items import LineItem
from orderwright.engine.json.codec import encode
from orderwright.engine.messages import post
from orderwright.engine.model import KeyReference
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.projection import claims_of, row_of
from orderwright.storage.database import Database
from orderwright.storage.documents.loading import Made, analyze, load

FIRST_DAY: Final = datetime(2025, 1, 1, tzinfo=UTC)
DAYS: Final = 365
CUSTOMERS: Final = 20_000
SKUS: Final = 5_000
CAMPAIGNS: Final = 2_000
STORES: Final = ("berlin", "hamburg", "munich")
STATES: Final[tuple[OrderState, ...]] = ("Complete", "Confirmed", "Open", "Cancelled")
SHARES: Final = (80, 10, 5, 5)
"""How many of a hundred orders are in each of STATES."""
BATCH: Final = 1_000
TOGETHER: Final = 2
"""Batches that are stored at once."""


class Ids:
    """Ids as the engine makes them, rising with the order's time, but from a seed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.moment = FIRST_DAY

    def __call__(self) -> str:
        value = int(self.moment.timestamp() * 1000) << 80 | self._chance.getrandbits(80)
        value = value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62)
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def customer_id(number: int) -> str:
    """The id of a customer; the lower the number, the more orders she has."""
    return f"c0000000-0000-7000-8000-{number:012d}"


def sku(number: int) -> str:
    """A SKU that orders hold; the lower the number, the better it sells."""
    return f"BULK-{number:05d}"


def campaign(number: int) -> str:
    """A value of the custom field `campaign`; all are as frequent."""
    return f"C-{number:04d}"


def order_number(number: int) -> str:
    """The number of the order at a place, from 0 on."""
    return f"B-{number:09d}"


def orders(template: Order, count: int, seed: int = 1) -> Iterator[Order]:
    """So many orders like the template, over a year, each of them new. The template needs two lines and custom fields."""
    chance = random.Random(seed)  # noqa: S311 - the same orders in each run
    ids = Ids(chance)
    states = itertools.cycle(chance.choices(STATES, SHARES, k=997))
    for number in range(count):
        ids.moment = FIRST_DAY + timedelta(days=DAYS) * (number / count)
        yield _varied(template, number, next(states), ids, chance)


def _varied(template: Order, number: int, state: OrderState, ids: Ids, chance: random.Random) -> Order:
    moment = DateTime.of(ids.moment)
    customer = often_low(chance, CUSTOMERS)
    custom = cast(CustomFields, template.custom)
    fields = {
        **custom.fields,
        "campaign": campaign(chance.randrange(CAMPAIGNS)),
        "channel": "phone" if chance.random() < 0.02 else "web",
        "points": number % 500,
    }
    address = template.shipping_address and replace(template.shipping_address, street_number=str(1 + number % 180))
    first = often_low(chance, SKUS)
    lines = (first, (first + 1 + chance.randrange(SKUS - 1)) % SKUS)
    return replace(
        template,
        id=ids(),
        created_at=moment,
        last_modified_at=moment,
        order_number=order_number(number),
        order_state=state,
        customer_id=customer_id(customer) if number % 10 else None,
        customer_email=f"customer{customer}@example.com",
        store=KeyReference(type_id="store", key=STORES[number % 4]) if number % 4 < len(STORES) else None,
        shipping_address=address,
        line_items=tuple(_line(line, bought, ids) for line, bought in zip(template.line_items, lines, strict=True)),
        custom=replace(custom, fields=fields),
    )


def _line(line: LineItem, number: int, ids: Ids) -> LineItem:
    return replace(line, id=ids(), product_key=f"bulk-{number:05d}", variant=replace(line.variant, sku=sku(number)))


def often_low(chance: random.Random, count: int) -> int:
    """A number below `count`. The square makes the first of a hundred ten times as frequent as the average."""
    return int(count * chance.random() ** 2)


def made(order: Order, ids: Ids) -> Made:
    """An order as the rows that the engine would write for it."""
    told = post(
        OrderCreated(order=order),
        order,
        type_id=RESOURCE.type_id,
        identifiers=RESOURCE.user_identifiers(order),
        sequence_number=1,
        id=ids(),
        now=order.created_at,
        correlation_id=None,
    )
    return Made(
        row=row_of(RESOURCE, order, encode(order).decode(), encode(RESOURCE.lean(order)).decode()),
        claims=frozenset(claims_of(RESOURCE, order)),
        messages=(told,),
        write_id=ids(),
    )


async def fill(
    database: Database, shard: str, template: Order, count: int, report: Callable[[int, int], None], seed: int = 1
) -> None:
    """Store so many orders in a project, and have the database learn what it holds. The project must not have them yet."""
    ids = Ids(random.Random(f"{seed}/rows"))  # noqa: S311 - the same ids in each run
    everything = orders(template, count, seed)
    # While the database stores some, the next ones are made.
    room = asyncio.Semaphore(TOGETHER)
    done = 0

    async def store(rows: list[Made]) -> None:
        await load(database, shard, rows)
        room.release()

    async with asyncio.TaskGroup() as group:
        while batch := list(itertools.islice(everything, BATCH)):
            rows = []
            for order in batch:
                ids.moment = order.created_at.instant()
                rows.append(made(order, ids))
                await asyncio.sleep(0)
            await room.acquire()
            group.create_task(store(rows))
            done += len(batch)
            report(done, count)
    await analyze(database)
