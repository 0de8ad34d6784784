"""Searches: the statements of one, and which of them are asked. They go the ways of paged queries (see `pages`)."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from orderwright.predicates.search.tree import Query, Sorting
from orderwright.storage.database import Database
from orderwright.storage.documents.columns import Collection, Statement
from orderwright.storage.queries import lists, queries
from orderwright.storage.queries.queries import PageRequest
from orderwright.storage.queries.search_terms import SearchCompiler


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

    async def ask(statement: Statement) -> list[Any]:
        return await database.query(statement.text, *statement.args)

    kind, by = lists.searched_by(source, asked.query), lists.searched_direction(asked.sort)
    if kind is not None and by is not None:
        page = PageRequest(limit=asked.limit, offset=asked.offset)
        listed = lists.listed_sql(source, shard, kind, page, by, "id, version, 1.0::float8 AS relevance")
        counted = (await ask(lists.count_sql(shard, kind)))[0][0]
        return _hits(await ask(listed)), min(counted, queries.MAX_TOTAL)
    rows: list[Any] = []
    if asked.limit and SearchCompiler(source, shard).in_order(asked.query, asked.sort):
        rows = await ask(page_sql(source, shard, asked))
        if 0 < len(rows) < asked.limit:
            return _hits(rows), min(asked.offset + len(rows), queries.MAX_TOTAL)
        total = (await ask(count_sql(source, shard, asked.query)))[0][0] if rows or asked.offset else 0
        return _hits(rows), min(total, queries.MAX_TOTAL)
    if asked.limit:
        sample = sample_sql(source, shard, asked) if asked.offset >= queries.FEW else None
        if sample is not None and (await ask(sample))[0][0] * 2 >= queries.SAMPLE:
            rows = await ask(walk_sql(source, shard, asked))
        else:
            statement, bound = found_sql(source, shard, asked)
            rows = await ask(statement)
            if rows and rows[0]["counted"] >= bound:
                rows = await ask(page_sql(source, shard, asked))
                return _hits(rows), queries.MAX_TOTAL
    if rows:
        total = rows[0]["counted"]
    else:
        total = (await ask(count_sql(source, shard, asked.query)))[0][0] if asked.offset or not asked.limit else 0
    return _hits(rows), min(total, queries.MAX_TOTAL)


def found_sql(source: Collection, shard: str, asked: SearchRequest) -> tuple[Statement, int]:
    """The page, by finding all hits first and putting them in order then; see `queries.found_sql`.

    Each row says as `counted` how many were found. If they are as many as the number that comes with the statement, there are
    more, and the page is not the right one.
    """
    made = SearchCompiler(source, shard)
    hits = _Hits(made, asked)
    bound = max(queries.MAX_TOTAL, asked.offset + asked.limit) + 1
    parts = f"found AS MATERIALIZED ({hits.selected}), firsts AS MATERIALIZED (SELECT * FROM found LIMIT {bound})"
    return hits.counted(parts), bound


def walk_sql(source: Collection, shard: str, asked: SearchRequest) -> Statement:
    """The page of what very many satisfy, each row with `counted`, which stops one after MAX_TOTAL; see `queries.walk_sql`."""
    hits = _Hits(SearchCompiler(source, shard, frequent=True), asked)
    bound = max(queries.MAX_TOTAL + 1, asked.offset + asked.limit)
    return hits.counted(f"firsts AS MATERIALIZED ({hits.selected} ORDER BY {hits.order} LIMIT {bound})")


def sample_sql(source: Collection, shard: str, asked: SearchRequest) -> Statement | None:
    """How many of the first SAMPLE documents in the order are hits; None where no column gives the order."""
    made = SearchCompiler(source, shard, frequent=True)
    if not made.walkable(asked.query, asked.sort):
        return None
    order = ", ".join(f"{key} {way}" for key, way in made.order(asked.sort, constant=True))
    first = f"SELECT * FROM document WHERE {made.confined} ORDER BY {order} LIMIT {queries.SAMPLE}"
    return made.statement(f"SELECT count(*) FROM ({first}) AS document WHERE {made.condition(asked.query)}")


def page_sql(source: Collection, shard: str, asked: SearchRequest) -> Statement:
    """The page where hits are plenty: met on the way through the order, if columns give it."""
    made = SearchCompiler(source, shard)
    if made.walkable(asked.query, asked.sort):
        made = SearchCompiler(source, shard, frequent=True)
    hits = _Hits(made, asked)
    limits = f"LIMIT {made.bind(asked.limit)} OFFSET {made.bind(asked.offset)}"
    return made.statement(f"{hits.selected} ORDER BY {hits.order} {limits}")


def count_sql(source: Collection, shard: str, query: Query) -> Statement:
    """How many hits there are; counting stops one after MAX_TOTAL."""
    made = SearchCompiler(source, shard)
    each = f"WITH found AS MATERIALIZED (SELECT id FROM document WHERE {made.where(query)})"
    return made.statement(f"{each} SELECT count(*) FROM (SELECT 1 FROM found LIMIT {queries.MAX_TOTAL + 1}) AS counted")


class _Hits:
    """The hits of a search as a part of a statement: `selected` with what puts them in order as `key0` and so on, `order` on
    their way out of the table."""

    def __init__(self, made: SearchCompiler, asked: SearchRequest) -> None:
        self._made = made
        self._asked = asked
        where = made.where(asked.query)
        relevance = made.relevance(asked.query)
        keys = made.order(asked.sort, constant=relevance is None)
        names = ["relevance" if key == "relevance" else f"key{number}" for number, (key, _) in enumerate(keys)]
        apart = [f"{key} AS {name}" for name, (key, _) in zip(names, keys, strict=True) if key != name]
        columns = ", ".join(("id", "version", f"{relevance or '1.0::float8'} AS relevance", *apart))
        self.selected = f"SELECT {columns} FROM document WHERE {where}"
        self.order = ", ".join(f"{name} {way}" for name, (_, way) in zip(names, keys, strict=True))

    def counted(self, parts: str) -> Statement:
        """The page out of the part `firsts`, with how many rows that has."""
        columns = "id, version, relevance, (SELECT count(*) FROM firsts) AS counted"
        limits = f"LIMIT {self._made.bind(self._asked.limit)} OFFSET {self._made.bind(self._asked.offset)}"
        return self._made.statement(f"WITH {parts} SELECT {columns} FROM firsts ORDER BY {self.order} {limits}")


def _hits(rows: list[Any]) -> list[Hit]:
    return [Hit(str(row["id"]), row["version"], row["relevance"]) for row in rows]
