"""Pages by id of what an index has in the order of creation: the same documents in the same order as if all had been sorted,
whatever the ids are, and no more of them read than the page needs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from dated import ORDERS, START, Orders, buffers, id_at, odd_rows, where

from orderwright.predicates import Sort
from orderwright.storage.documents.columns import Statement
from orderwright.storage.queries.queries import PageRequest, near_sql

BY_ID, BACKWARD = (), (Sort(("id",), descending=True),)


@pytest.fixture
def orders(database_url: str) -> Iterator[Orders]:
    with asyncio.Runner() as runner:
        found = Orders(database_url, runner)
        yield found
        found.close()


def near(orders: Orders, request: PageRequest) -> Statement:
    statement = near_sql(ORDERS, orders.shard, request, visible=())
    assert statement is not None
    return statement


def ids(orders: Orders, request: PageRequest) -> list[str]:
    return [row["body"] for row in orders.fetch(near(orders, request))]


@pytest.mark.parametrize("seed", range(3))
def test_a_page_is_the_one_of_all_that_were_sorted(orders: Orders, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same orders in each run
    rows = odd_rows(chance)
    orders.add(rows)
    first, last = START + timedelta(seconds=20), START + timedelta(seconds=60)
    between = f'createdAt >= "{first:%Y-%m-%dT%H:%M:%S}.000Z" and createdAt < "{last:%Y-%m-%dT%H:%M:%S}.000Z"'
    for asked, satisfies in (
        ('orderState = "Open"', lambda _, at, state, customer: state == "Open"),
        (f'orderState = "Open" and {between}', lambda _, at, state, customer: state == "Open" and first <= at < last),
        (between, lambda _, at, state, customer: first <= at < last),
        ('customerId = "b"', lambda _, at, state, customer: customer == "b"),
        ('orderState in ("Open", "Complete") and customerId = "c"', lambda _, at, state, customer: customer == "c"),
        ('orderState = "Cancelled"', lambda *_: False),
    ):
        expected = sorted(str(id) for id, *rest in rows if satisfies(id, *rest))
        for limit, offset in ((20, 0), (1, 0), (7, 50), (500, 0), (20, len(expected)), (20, max(0, len(expected) - 5))):
            request = PageRequest(where(asked), BY_ID, limit, offset)
            assert ids(orders, request) == expected[offset : offset + limit], (asked, limit, offset)
            backward = PageRequest(where(asked), BACKWARD, limit, offset)
            assert ids(orders, backward) == expected[::-1][offset : offset + limit], (asked, limit, offset)


def test_a_page_in_the_middle_of_many_reads_what_it_shows(orders: Orders) -> None:
    chance = random.Random(1)  # noqa: S311 - the same orders in each run
    moments = [START + timedelta(minutes=number) for number in range(20_000)]
    orders.add([(id_at(at, chance), at, "Open" if n % 20 == 0 else "Complete", f"c{n % 500}") for n, at in enumerate(moments)])
    middle = "2026-03-08T00:00:00.000Z"
    for asked in (f'orderState = "Open" and createdAt >= "{middle}"', f'createdAt >= "{middle}"', 'customerId = "c77"'):
        for sort in (BY_ID, BACKWARD):
            plan = orders.plan(near(orders, PageRequest(where(asked), sort)))
            assert 0 < buffers(plan) < 120, plan
            assert "Seq Scan" not in plan, plan
            assert "document_pk" not in plan, plan


@pytest.mark.parametrize(
    ("asked", "sort"),
    [
        ('orderState = "Open"', (Sort(("createdAt",)),)),  # it is sorted otherwise
        ('orderState = "Open" and orderNumber = "n1"', BY_ID),  # another index finds the one
        ('orderState = "Open" and custom(fields(a = 1))', BY_ID),  # a document is opened
        ('orderNumber > "n1"', BY_ID),  # no index has them in the order of creation
    ],
)
def test_other_pages_go_other_ways(asked: str, sort: tuple[Sort, ...]) -> None:
    assert near_sql(ORDERS, "demo", PageRequest(where(asked), sort), visible=()) is None
    assert near_sql(ORDERS, "demo", PageRequest(where('orderState = "Open"'), limit=0), visible=()) is None
