"""How many orders have a status of the second dialect: it is read off an index, whatever else they have."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from dated import ORDERS, START, Orders, buffers, id_at

from orderwright.emporix.statuses import STATUSES, Status, where_any
from orderwright.storage.documents.columns import Collection, Column
from orderwright.storage.queries.queries import PageRequest, count_sql

WITH_STATES = Collection(
    "order",
    {
        **ORDERS.columns,
        "paymentState": Column("payment_state"),
        "shipmentState": Column("shipment_state"),
    },
)
STATES = (
    ("Open", None, None, "CREATED"),
    ("Open", "Pending", None, "IN_CHECKOUT"),
    ("Open", "Paid", "Shipped", "CREATED"),
    ("Confirmed", "Pending", None, "CONFIRMED"),
    ("Confirmed", None, "Ready", "CONFIRMED"),
    ("Confirmed", "Paid", "Shipped", "SHIPPED"),
    ("Confirmed", None, "Delivered", "SHIPPED"),
    ("Complete", "Paid", "Delivered", "COMPLETED"),
    ("Cancelled", None, None, "DECLINED"),
)
ROWS = [(START + timedelta(seconds=number), *STATES[number % len(STATES)]) for number in range(2_700)]
INSERT = (
    "INSERT INTO document (shard, id, type, version, created_at, last_modified_at, state, payment_state, shipment_state,"
    " message_sequence, write_id, body, query) SELECT $1, id, 'order', 1, at, at, state, payment, sent, 0, id, id::text,"
    " jsonb_build_object('as large as those of orders', repeat('x', 1800))"
    " FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[]) AS n(id, at, state, payment, sent)"
)


@pytest.fixture(scope="module")
def orders(database_url: str) -> Iterator[Orders]:
    """In a database of their own, where nobody looks at what was before, so that all is known to be visible."""
    alone = urlsplit(database_url)._replace(path="/statuses").geturl()
    with asyncio.Runner() as runner:
        admin: Any = runner.run(asyncpg.connect(database_url))
        runner.run(admin.execute("CREATE DATABASE statuses"))
        found = Orders(alone, runner)
        chance = random.Random(1)  # noqa: S311 - the same orders in each run
        stored = [(id_at(at, chance), at, *states) for at, *states, _ in ROWS]
        runner.run(found.connection.execute(INSERT, found.shard, *map(list, zip(*stored, strict=True))))
        runner.run(found.connection.execute("VACUUM (ANALYZE) document"))
        yield found
        found.close()
        runner.run(admin.execute("DROP DATABASE statuses WITH (FORCE)"))
        runner.run(admin.close())


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_counted_without_opening_orders(orders: Orders, status: Status) -> None:
    statement = count_sql(WITH_STATES, orders.shard, PageRequest((where_any((status,)),), exact=False), visible=())
    expected = sum(each == status for *_, each in ROWS)
    assert (orders.fetch(statement)[0][0], expected > 0) == (expected, True)
    plan = orders.plan(statement)
    assert "Index Only Scan using document_state" in plan
    # 900 entries of some 100 bytes at most, in pages of 8 KB, and what the map says of the pages of orders.
    assert buffers(plan) < 60
