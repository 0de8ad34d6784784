"""Searches by columns that an index has in the order of creation: the hits and their number without finding all of them first."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest
from dated import ORDERS, START, Orders, odd_rows

from orderwright.predicates.search.tree import All, AnyOf, Exact, Exists, Field, Prefix, Query, Range, Sorting
from orderwright.storage.queries.search import SearchRequest, found
from orderwright.storage.queries.search_terms import SearchCompiler

STATE, CUSTOMER, NUMBER, CITY = (
    Field(name, "text", tuple(name.split("."))) for name in ("orderState", "customerId", "orderNumber", "shippingAddress.city")
)
CREATED = Field("createdAt", "datetime", ("createdAt",))
NEWEST, OLDEST = ((Sorting(CREATED, descending, "max"),) for descending in (True, False))
OPEN = Exact(STATE, ("Open",))
LATER = Range(CREATED, ((">=", f"{START:%Y-%m-%d}T00:00:40.000Z"),))


@pytest.fixture
def orders(database_url: str) -> Iterator[Orders]:
    with asyncio.Runner() as runner:
        made = Orders(database_url, runner)
        yield made
        made.close()


class Asked:
    """What a search takes for a database: it keeps the statements."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self.sent: list[str] = []

    async def query(self, text: str, *arguments: Any) -> list[Any]:
        self.sent.append(text)
        rows: list[Any] = await self._orders.connection.fetch(text, *arguments)
        return rows


@pytest.mark.parametrize("sort", [(), NEWEST, OLDEST])
def test_hits_and_total_are_those_of_all_that_were_sorted(orders: Orders, sort: tuple[Sorting, ...]) -> None:
    rows = odd_rows(random.Random(4))  # noqa: S311 - the same orders in each run
    orders.add(rows)
    cases: list[tuple[Query, Any]] = [
        (OPEN, lambda at, state, customer: state == "Open"),
        (All((OPEN, Exact(CUSTOMER, ("b",)))), lambda at, state, customer: (state, customer) == ("Open", "b")),
        (All((OPEN, LATER)), lambda at, state, customer: state == "Open" and (at - START).total_seconds() >= 40),
        (Exact(CUSTOMER, ("nobody",)), lambda *_: False),
    ]
    for query, satisfies in cases:
        in_order = sorted(((at, id) for id, at, *rest in rows if satisfies(at, *rest)), reverse=sort is not OLDEST)
        expected = [str(id) for _, id in in_order]
        for limit, offset in ((20, 0), (500, 0), (7, 30), (20, len(expected)), (0, 0)):
            asked: Any = Asked(orders)
            hits, total = orders.run(found(asked, ORDERS, orders.shard, SearchRequest(query, sort, limit, offset)))
            assert ([hit.id for hit in hits], total) == (expected[offset : offset + limit], len(expected))
            assert {hit.relevance for hit in hits} <= {1.0}
            assert not any("firsts" in text for text in asked.sent)


@pytest.mark.parametrize(
    ("query", "sort", "in_order"),
    [
        (OPEN, NEWEST, True),
        (LATER, (), True),
        (All((OPEN, LATER)), OLDEST, True),
        (OPEN, (Sorting(NUMBER, True, "max"),), False),
        (OPEN, (*NEWEST, Sorting(NUMBER, True, "max")), False),
        (OPEN, (Sorting(None, True, "max"),), False),
        (Exact(STATE, ("Open", "Complete")), NEWEST, False),
        (Exact(STATE, ("open",), ignoring_case=True), NEWEST, False),
        (Exact(NUMBER, ("n1",)), NEWEST, False),  # an index finds the one, and has no order
        (All((OPEN, Exact(NUMBER, ("n1",)))), NEWEST, False),
        (All((OPEN, Exact(CITY, ("Berlin",)))), NEWEST, False),
        (All((OPEN, Exists(NUMBER))), NEWEST, False),
        (Prefix(STATE, "O"), NEWEST, False),
        (AnyOf((OPEN, LATER)), NEWEST, False),
    ],
)
def test_what_an_index_has_in_order(query: Query, sort: tuple[Sorting, ...], in_order: bool) -> None:
    assert SearchCompiler(ORDERS, "demo").in_order(query, sort) is in_order
