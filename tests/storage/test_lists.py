"""Lists of what holds a value: their pages are those of all that were found and sorted, and cost the same at any length."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from dated import INSERT, ORDERS, START, Orders, buffers, id_at, odd_rows, where

from orderwright.predicates import Sort
from orderwright.predicates.search.tree import Exact, Field, Sorting
from orderwright.storage import migrations
from orderwright.storage.documents.columns import Collection
from orderwright.storage.queries import lists
from orderwright.storage.queries.queries import PageRequest

SKU = Field("lineItems.variant.sku", "text", ("lineItems", "variant", "sku"))
CREATED = Field("createdAt", "datetime", ("createdAt",))
OPEN = "order lineItems.variant.sku=Open"


@pytest.fixture
def orders(database_url: str) -> Iterator[Orders]:
    with asyncio.Runner() as runner:
        found = Orders(database_url, runner)
        yield found
        found.close()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by", [("id", False), ("id", True), ("created_at", False), ("created_at", True)])
def test_a_page_is_the_one_of_all_that_were_sorted(orders: Orders, seed: int, by: tuple[str, bool]) -> None:
    rows = odd_rows(random.Random(seed))  # noqa: S311 - the same orders in each run
    orders.add(rows)
    column, descending = by
    have = [(str(id), at) for id, at, state, _ in rows if state == "Open"]
    in_order = sorted(have, key=lambda one: (one[1], one[0]) if column == "created_at" else one[0], reverse=descending)
    expected = [id for id, _ in in_order]
    for limit, offset in ((20, 0), (1, 0), (7, 50), (500, 0), (20, len(expected)), (20, len(expected) - 5)):
        page = lists.listed_sql(ORDERS, orders.shard, OPEN, PageRequest(limit=limit, offset=offset), by, "body")
        assert [row["body"] for row in orders.fetch(page)] == expected[offset : offset + limit], (limit, offset)
    nothing = lists.listed_sql(ORDERS, orders.shard, "order lineItems.variant.sku=none", PageRequest(), by, "body")
    assert orders.fetch(nothing) == []


def test_what_is_counted_and_what_a_page_reads_of_a_long_list(orders: Orders, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)  # noqa: S311 - the same orders in each run
    moments = [START + timedelta(minutes=number) for number in range(5_000)]
    orders.add([(id_at(at, chance), at, "Open" if n % 2 else "Complete", "c") for n, at in enumerate(moments)])
    orders.crowd(50_000)  # where a list is half of all claims, reading the table would be as good
    assert orders.fetch(lists.count_sql(orders.shard, OPEN))[0][0] == 2_500
    monkeypatch.setattr(lists, "MAX_TOTAL", 40)
    assert orders.fetch(lists.count_sql(orders.shard, OPEN))[0][0] == 41
    assert "Index Only Scan using claim_pk" in orders.plan(lists.count_sql(orders.shard, OPEN))
    for by in (("id", False), ("id", True), ("created_at", True)):
        plan = orders.plan(lists.listed_sql(ORDERS, orders.shard, OPEN, PageRequest(), by, "body"))
        assert 0 < buffers(plan) < 150, plan  # a look-up of each of twenty reads four pages
        assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ('lineItems(variant(sku = "Open"))', OPEN),
        ('lineItems(variant(sku = "a\'b c"))', "order lineItems.variant.sku=a'b c"),
        ('lineItems(variant(sku in ("Open", "Complete")))', None),
        ('lineItems(variant(sku != "Open"))', None),
        ('not lineItems(variant(sku = "Open"))', None),
        ('lineItems(variant(sku = "Open") and quantity > 1)', None),
        ('lineItems(variant(sku = "Open")) and orderState = "Open"', None),
        ('lineItems(variant(key = "Open"))', None),
        ('lineItems(sku = "Open")', None),
        ('orderState = "Open"', None),
    ],
)
def test_a_list_answers_what_asks_for_its_value_and_nothing_else(asked: str, kind: str | None) -> None:
    assert lists.asked_by(ORDERS, where(asked)) == kind
    assert lists.asked_by(Collection("cart", {}), where(asked)) is None
    assert lists.asked_by(ORDERS, (*where(asked), *where('customerId = "c"'))) is None


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        (Exact(SKU, ("Open",)), OPEN),
        (Exact(SKU, ("Open", "Complete")), None),
        (Exact(SKU, ("Open",), ignoring_case=True), None),
        (Exact(Field("sku", "text", ("sku",)), ("Open",)), None),
        (Exact(Field("lineItems.variant.sku", "text", ("lineItems", "variant", "sku"), joined="cart"), ("Open",)), None),
    ],
)
def test_a_list_answers_a_search_for_its_value(query: Exact, kind: str | None) -> None:
    assert lists.searched_by(ORDERS, query) == kind


def test_a_list_is_in_the_order_of_creation_or_of_ids() -> None:
    by_time, by_number = Sort(("createdAt",), descending=True), Sort(("orderNumber",))
    found = [lists.direction(sort) for sort in ((), (by_time,), (Sort(("id",)),), (by_number,), (by_time, by_number))]
    assert found == [("id", False), ("created_at", True), ("id", False), None, None]
    newest, relevance = Sorting(CREATED, True, "max"), Sorting(None, True, "max")
    assert [lists.searched_direction(sort) for sort in ((), (newest,), (relevance,))] == [
        ("created_at", True),
        ("created_at", True),
        None,
    ]


def test_orders_that_are_there_come_into_their_lists(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dsn = urlsplit(database_url)._replace(path="/before_lists").geturl()
    every: Callable[[], Any] = migrations.files

    async def upgraded() -> None:
        monkeypatch.setattr(migrations, "files", lambda: [one for one in every() if one[0] < 17])
        await migrations.migrate(dsn)
        connection = await asyncpg.connect(dsn)
        try:
            rows = [(id_at(START, random.Random(n)), START, sku, "c") for n, sku in enumerate(("a", "b"))]  # noqa: S311 - fixed
            await connection.execute(INSERT, "s", *map(list, zip(*rows, strict=True)))
            # One has two lines of one SKU, and one that has none.
            more = '[{"variant": {"sku": "a"}}, {"variant": {"sku": "c"}}, {"variant": {"id": 1}}]'
            await connection.execute(
                "UPDATE document SET query = jsonb_build_object('lineItems', query -> 'lineItems' || $1::text::jsonb)"
                " WHERE state = 'a'",
                more,
            )
            monkeypatch.setattr(migrations, "files", every)
            await migrations.migrate(dsn)
            found = await connection.fetch("SELECT kind, value, owner::text AS owner FROM claim WHERE shard = 's'")
            first, second = (str(id) for id, *_ in rows)
            at, kind = "2026-03-01T00:00:00.000Z", "order lineItems.variant.sku="
            assert sorted(map(tuple, found)) == [
                (f"{kind}a", f"{at} {first}", first),
                (f"{kind}b", f"{at} {second}", second),
                (f"{kind}c", f"{at} {first}", first),
            ]
        finally:
            await connection.close()

    async def admin(statement: str) -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(admin("CREATE DATABASE before_lists"))
    try:
        asyncio.run(upgraded())
    finally:
        asyncio.run(admin("DROP DATABASE before_lists WITH (FORCE)"))
