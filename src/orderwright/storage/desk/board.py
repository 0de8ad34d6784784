"""The figures of the desk's board: each is one statement, which reads what a filter finds once and groups it in all ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from orderwright.engine.access import Visible
from orderwright.predicates.tree import Predicate
from orderwright.storage.database import Database
from orderwright.storage.documents.columns import Collection, Statement
from orderwright.storage.queries.query_terms import Compiler
from orderwright.storage.tables import stock

MOST_GROUPS: Final = 366
"""Groups of one figure, such as days or stores, at most: those with the most documents."""
DAY_CREATED: Final = "timezone('UTC', created_at)::date"
DAY_CHANGED: Final = "timezone('UTC', last_modified_at)::date"
ORDERS_BY: Final[Mapping[str, str]] = {
    "day": DAY_CREATED,
    "order": "state",
    "shipment": "shipment_state",
    "payment": "payment_state",
    "store": "store_key",
}
CARTS_BY: Final[Mapping[str, str]] = {"day": DAY_CHANGED}
"""By what orders and carts are grouped: the name of each figure, and the column that gives its groups."""


class Group(msgspec.Struct, frozen=True):
    """How many documents there are in a group, and their totals together in the currency's smallest unit."""

    count: int
    cents: int


class Sales(msgspec.Struct, frozen=True):
    """What a filter finds. `currencies` are all that occur, the most frequent first; `figures` are about `currency` alone, each
    with its groups by their value, which is None for documents that have none."""

    currency: str | None
    currencies: Mapping[str, Group]
    figures: Mapping[str, Mapping[str | None, Group]]

    @property
    def whole(self) -> Group:
        """Everything in the currency."""
        return self.currencies.get(self.currency or "", Group(0, 0))


class Low(msgspec.Struct, frozen=True):
    """An inventory entry that runs low."""

    sku: str
    channel: str | None
    on_stock: int
    available: int


def sales_sql(
    source: Collection,
    shard: str,
    where: Iterable[Predicate],
    visible: Visible,
    by: Mapping[str, str],
    currency: str | None,
) -> Statement:
    """The groups of carts or orders that satisfy all of `where`, as rows of (figure, currency, value, count, cents).

    The figure is a number: of all bits, one for each of `by` in their order, the one that is not set says by what was grouped.
    All are set for a currency as a whole. The other rows are of one currency: the given one, or the most frequent.
    """
    query = Compiler(source, shard, tuple(where), visible)
    names = [f"by_{name}" for name in by]
    columns = ", ".join(f"{column} AS {name}" for name, column in zip(names, by.values(), strict=True))
    # The total is taken out once, so that a document which is stored compressed is not opened twice.
    found = f"SELECT {columns}, query -> 'totalPrice' AS total {query.rows}"
    every = ", ".join(names)
    priced = f"SELECT {every}, total ->> 'currencyCode' AS currency, (total ->> 'centAmount')::bigint AS cents FROM found"
    sets = ", ".join(("(currency)", *(f"(currency, {name})" for name in names)))
    value = f"coalesce({', '.join(f'{name}::text' for name in names)})"
    grouped = (
        f"SELECT grouping({every}) AS figure, currency, {value} AS value, count(*) AS documents, sum(cents) AS cents"
        f" FROM priced GROUP BY GROUPING SETS ({sets})"
    )
    whole = (1 << len(names)) - 1
    chosen = f"SELECT currency FROM grouped WHERE figure = {whole} ORDER BY documents DESC, currency LIMIT 1"
    placed = (
        f"SELECT *, row_number() OVER (PARTITION BY figure ORDER BY documents DESC, value) AS place FROM grouped"
        f" WHERE figure = {whole} OR currency = coalesce({query.bind(currency)}::text, (SELECT currency FROM chosen))"
    )
    parts = (("found", found), ("priced", priced), ("grouped", grouped), ("chosen", chosen), ("placed", placed))
    with_parts = ", ".join(f"{name} AS MATERIALIZED ({text})" for name, text in parts)
    bound = f"place <= {query.bind(MOST_GROUPS)} ORDER BY figure, documents DESC, value"
    return query.statement(f"WITH {with_parts} SELECT figure, currency, value, documents, cents FROM placed WHERE {bound}")


async def sales(database: Database, asked: Statement, by: Mapping[str, str], currency: str | None) -> Sales:
    """What `sales_sql` finds, with the same `by` and `currency`. Raises `QueryTimedOut`."""
    rows = await database.query(asked.text, *asked.args)
    whole = (1 << len(by)) - 1
    currencies = {row["currency"]: _group(row) for row in rows if row["figure"] == whole}
    figures: dict[str, dict[str | None, Group]] = {}
    for place, name in enumerate(reversed(tuple(by))):
        number = whole & ~(1 << place)
        figures[name] = {row["value"]: _group(row) for row in rows if row["figure"] == number}
    return Sales(currency or next(iter(currencies), None), currencies, figures)


# What is over only adds to what is available, so that the counter alone leaves few for which reservations are looked up. The
# newest are those of the highest ids, which rise with the time: no document is opened that is not shown, however many run low.
_LOW = (
    f"WITH low AS MATERIALIZED (SELECT s.entry, s.on_stock, (s.available + {stock.over('$2')})::bigint AS available"
    " FROM stock s WHERE s.shard = $1 AND s.available < $3),"
    " newest AS MATERIALIZED (SELECT * FROM low WHERE low.available < $3 ORDER BY low.entry DESC LIMIT $4)"
    " SELECT d.sku, channel.key AS channel, newest.on_stock, newest.available FROM newest"
    " CROSS JOIN LATERAL (SELECT * FROM document WHERE shard = $1 AND id = newest.entry OFFSET 0) AS d"
    " LEFT JOIN LATERAL (SELECT c.key FROM document c WHERE c.shard = $1"
    " AND c.id = (d.query #>> '{supplyChannel,id}')::uuid OFFSET 0) AS channel ON true"
    " ORDER BY newest.entry DESC"
)


async def low(database: Database, shard: str, below: int, most: int) -> list[Low]:
    """The newest inventory entries of which fewer pieces are available than `below`. Raises `QueryTimedOut`."""
    return [Low(**dict(row)) for row in await database.query(_LOW, shard, stock.moment(), below, most)]


def _group(row: Any) -> Group:
    return Group(int(row["documents"]), int(row["cents"]))
