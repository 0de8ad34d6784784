"""Searches: the statements of one, and the order in which they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from orderwright.predicates.search.tree import Query, Sorting
from orderwright.storage.columns import Collection, Statement
from orderwright.storage.database import Database
from orderwright.storage.queries import MAX_TOTAL
from orderwright.storage.search_terms import Compiler

FEW = 2_000
"""Up to so many hits are read by their ids once they were found."""


class SearchRequest(Struct, frozen=True):
    """A checked search, and which of its hits are wanted. Without a `sort` the most relevant come first."""

    query: Query
    sort: tuple[Sorting, ...] = ()
    limit: int = 10
    offset: int = 0


class Hit(Struct, frozen=True):
    """A document that was found; `relevance` is from 0 to 1."""

    id: str
    version: int
    relevance: float


async def found(database: Database, source: Collection, shard: str, asked: SearchRequest) -> tuple[list[Hit], int]:
    """The hits of one page in their order, and how many there are in all; counting stops at MAX_TOTAL.

    Raises `QueryTimedOut`.
    """
    first = ids_sql(source, shard, asked.query)
    ids = [row["id"] for row in await database.query(first.text, *first.args)]
    total = len(ids)
    few = total <= FEW
    if not few:
        counting = count_sql(source, shard, asked.query)
        total = min((await database.query(counting.text, *counting.args))[0][0], MAX_TOTAL)
    if asked.limit == 0 or (few and asked.offset >= total):
        return [], total
    page = page_sql(source, shard, asked, ids if few else None, plenty=total == MAX_TOTAL)
    rows = await database.query(page.text, *page.args)
    return [Hit(str(row["id"]), row["version"], row["relevance"]) for row in rows], total


def ids_sql(source: Collection, shard: str, query: Query) -> Statement:
    """The ids of the hits, in no order; one more than FEW tells that there are more."""
    made = Compiler(source, shard)
    where = made.where(query)
    head, rows = _each(made, where)
    return made.statement(f"{head}SELECT id {rows} LIMIT {FEW + 1}")


def count_sql(source: Collection, shard: str, query: Query) -> Statement:
    """How many hits there are; counting stops one after MAX_TOTAL."""
    made = Compiler(source, shard)
    where = made.where(query)
    head, rows = _each(made, where)
    return made.statement(f"{head}SELECT count(*) FROM (SELECT 1 {rows} LIMIT {MAX_TOTAL + 1}) AS counted")


def _each(made: Compiler, where: str) -> tuple[str, str]:
    """What a statement begins with, and its rows. PostgreSQL knows nothing of the values inside a document, and with a LIMIT
    would read the table from its beginning: it is made to plan for all rows."""
    if made.by_columns:
        return "", f"FROM document WHERE {where}"
    return f"WITH found AS MATERIALIZED (SELECT id FROM document WHERE {where}) ", "FROM found"


def page_sql(
    source: Collection, shard: str, asked: SearchRequest, ids: Sequence[Any] | None, *, plenty: bool = False
) -> Statement:
    """The page's rows in order: id, version, relevance. With `ids` the hits are known, and only put into order.

    The order is completed by the newest first, or by `id` in the direction of the last key. Where hits are plenty, or to miss
    one costs little, the first may be looked for in the order of an index. Else all are found first: the way to a few that are
    far away would lead through very many other documents, each of which must be opened.
    """
    made = Compiler(source, shard)
    where = made.where(asked.query) if ids is None else f"{made.confined} AND id = ANY ({made.bind(list(ids))}::uuid[])"
    in_order = plenty or (made.by_columns and ids is None)
    relevance = made.relevance(asked.query)
    order = ", ".join(made.order(asked.sort, constant=relevance is None))
    columns = f"id, version, {relevance or '1.0::float8'} AS relevance"
    rows = f"FROM document WHERE {where}"
    if not in_order:
        rows = f"FROM (SELECT * {rows} OFFSET 0) AS document"
    limits = f"LIMIT {made.bind(asked.limit)} OFFSET {made.bind(asked.offset)}"
    return made.statement(f"SELECT {columns} {rows} ORDER BY {order} {limits}")
