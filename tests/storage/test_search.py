"""Searches in PostgreSQL against the meaning that `predicates.search.tree` tells, on random documents; and their indexes."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import operator
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwright.predicates.search.tree import (
    All,
    AnyOf,
    Exact,
    Exists,
    Field,
    FullText,
    NoneOf,
    Prefix,
    Query,
    Range,
    Sorting,
    Wildcard,
    words_of,
)
from orderwright.storage.database import names_shard
from orderwright.storage.documents.columns import Collection, Column, Statement
from orderwright.storage.migrations import files
from orderwright.storage.queries import queries
from orderwright.storage.queries.search import Hit, SearchRequest, count_sql, found, found_sql, page_sql, sample_sql, walk_sql

COLUMNS = {
    "id": Column("id", "uuid"),
    "version": Column("version", "bigint"),
    "createdAt": Column("created_at", "timestamptz"),
    "number": Column("order_number"),
    "customerId": Column("customer_id"),
    "state": Column("state"),
}
DOCUMENTS = Collection("order", COLUMNS, bulk=frozenset({"b.bulk"}))
START = datetime(2024, 5, 1, tzinfo=UTC)

NUMBER, VERSION = Field("number", "text", ("number",)), Field("version", "number", ("version",))
A, C, N = Field("a", "text", ("a",)), Field("b.c", "text", ("b", "c")), Field("b.n", "number", ("b", "n"))
ODD, ANY_NAME = Field('q"', "text", ("o", 'q"')), Field("t", "localized", ("t",), in_any=True)
NAME = Field("t", "localized", ("t", "en"))
BULK = Field("b.bulk", "text", ("b", "bulk"))
EVERYWHERE = Field("all", "text", (), within=("a", "t", "b", 'o"'))
TEXTS = st.sampled_from([NUMBER, A, C, ODD, NAME, BULK, EVERYWHERE])
NUMBERS = st.sampled_from([VERSION, N])

# What documents and searches are made of: little, so that they often meet, and every sign that means something to somebody.
SPELLED = st.sampled_from(
    [
        "",
        "a",
        "A",
        "ab",
        "red mug",
        "Red-Mug",
        "MUG",
        "é",
        "É x",
        "100%",
        "a_b",
        "a\\b",
        'x"\\',
        "'",
        "*",
        "a*?",
        "\x01\n",
        "\U0001f600 a",
    ]
)
COUNTS = st.one_of(st.integers(-3, 4), st.sampled_from([0.5, 2.0, 1e-7, 1e30]))
LEAVES = st.one_of(SPELLED, COUNTS, st.booleans(), st.none())
VALUES = LEAVES | st.lists(LEAVES, max_size=3)
OBJECTS = st.fixed_dictionaries({}, optional={"c": VALUES, "n": VALUES, "bulk": VALUES})
BODIES = st.fixed_dictionaries(
    {"version": st.integers(1, 4)},
    optional={
        "number": SPELLED,
        "a": VALUES,
        "b": OBJECTS | st.lists(OBJECTS, max_size=3) | LEAVES,
        "o": st.fixed_dictionaries({}, optional={'q"': VALUES}),
        "t": st.dictionaries(st.sampled_from(["en", "de"]), SPELLED, max_size=2),
    },
)
BOOSTS = st.sampled_from([0.0, 1.0, 2.5])
FLAGS = st.booleans()
AMOUNTS = COUNTS.map(lambda value: Decimal(repr(value)) if isinstance(value, float) else value)
BOUNDS = st.lists(st.tuples(st.sampled_from(["<", "<=", ">", ">="]), AMOUNTS), min_size=1, max_size=2).map(tuple)
SIMPLE = st.one_of(
    st.builds(Exact, TEXTS, st.lists(SPELLED, min_size=1, max_size=2).map(tuple), FLAGS, BOOSTS),
    st.builds(Exact, NUMBERS, st.lists(AMOUNTS, min_size=1, max_size=2).map(tuple), st.just(False), BOOSTS),
    st.builds(FullText, TEXTS, SPELLED.map(words_of), FLAGS, BOOSTS, FLAGS),
    st.builds(Prefix, TEXTS, SPELLED, FLAGS, BOOSTS),
    st.builds(
        Wildcard, TEXTS, st.sampled_from(["*", "a*", "?", "*_*", "*%", "\\*", "*\\b", "R?d*", "a\\*\\?", "*\\\\b"]), FLAGS, BOOSTS
    ),
    st.builds(Range, NUMBERS, BOUNDS, BOOSTS),
    st.builds(
        Exists, st.sampled_from([NUMBER, VERSION, A, C, N, ODD, NAME, ANY_NAME, BULK, Field("b", "object", ("b",))]), BOOSTS
    ),
)
QUERIES: st.SearchStrategy[Query] = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple), FLAGS),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(NoneOf, st.lists(inner, min_size=1, max_size=2).map(tuple)),
    ),
    max_leaves=5,
)


def values_of(document: Any, field: Field) -> list[Any]:
    """Every value at the end of a field's path, arrays opened on the way and at the end."""
    if field.within:
        return [value for name in field.within if name in document for value in everything(document[name])]
    found = [document]
    for step in field.path:
        opened = [inner for each in found for inner in (each if isinstance(each, list) else [each])]
        found = [each[step] for each in opened if isinstance(each, dict) and step in each]
    if field.in_any:
        found = [value for each in found if isinstance(each, dict) for value in each.values()]
    return [inner for each in found for inner in (each if isinstance(each, list) else [each])]


def everything(value: Any) -> list[Any]:
    """A value and all that is in it."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value, *(deeper for each in inside for deeper in everything(each))]


def texts_of(document: Any, field: Field, ignoring_case: bool) -> list[str]:
    return [value.lower() if ignoring_case else value for value in values_of(document, field) if isinstance(value, str)]


def numbers_of(document: Any, field: Field) -> list[Decimal]:
    found = [value for value in values_of(document, field) if isinstance(value, int | float) and not isinstance(value, bool)]
    return [Decimal(repr(value)) for value in found]


def as_regex(pattern: str) -> str:
    parts = re.findall(r"\\[*?\\]|.", pattern, re.DOTALL)
    return "".join({"*": ".*", "?": "."}.get(part) or re.escape(part[1] if len(part) == 2 else part) for part in parts)


def words_in(document: Any, field: Field) -> set[str]:
    return {word for text in texts_of(document, field, True) for word in words_of(text)}


def words_there(query: FullText, document: Any) -> list[bool]:
    """Of each word, whether it is there."""
    there = words_in(document, query.field)
    wanted = [word.lower() for word in query.words]
    if query.prefixes:
        return [any(each.startswith(word) for each in there) for word in wanted]
    return [word in there for word in wanted]


COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def holds(query: Query, document: Any) -> bool:
    """The meaning, told by another hand than the compiler's."""
    match query:
        case All(terms):
            return all(holds(term, document) for term in terms)
        case AnyOf(terms):
            return any(holds(term, document) for term in terms)
        case NoneOf(terms):
            return not any(holds(term, document) for term in terms)
        case Exists(field):
            return any(value is not None for value in values_of(document, field))
        case Range(field, bounds):
            return any(all(COMPARE[sign](value, bound) for sign, bound in bounds) for value in numbers_of(document, field))
        case FullText(every=every):
            there = words_there(query, document)
            return bool(there) and (all(there) if every else any(there))
        case Exact(field, values) if field.kind == "number":
            return any(value in values for value in numbers_of(document, field))
        case Exact(field, values, ignoring):
            asked = [str(value).lower() if ignoring else value for value in values]
            return any(text in asked for text in texts_of(document, field, ignoring))
        case Prefix(field, value, ignoring):
            start = value.lower() if ignoring else value
            return any(text.startswith(start) for text in texts_of(document, field, ignoring))
        case Wildcard(field, value, ignoring):
            pattern = as_regex(value.lower() if ignoring else value)
            return any(re.fullmatch(pattern, text, re.DOTALL) for text in texts_of(document, field, ignoring))


def weight(query: Query) -> float:
    match query:
        case All(terms, scored):
            return sum(map(weight, terms)) if scored else 0
        case AnyOf(terms):
            return sum(map(weight, terms))
        case NoneOf():
            return 0
    return query.boost


def score(query: Query, document: Any) -> float:
    match query:
        case All(terms, scored):
            return sum(score(term, document) for term in terms) if scored and holds(query, document) else 0
        case AnyOf(terms):
            return sum(score(term, document) for term in terms)
        case NoneOf():
            return 0
        case FullText(every=False):
            return query.boost * sum(words_there(query, document)) / max(len(query.words), 1)
    return query.boost if holds(query, document) else 0


FILLED = (
    *("shard", "id", "type", "version", "created_at", "last_modified_at", "order_number", "customer_id", "state"),
    *("message_sequence", "write_id", "body", "query"),
)


class Room:
    """A schema of its own with the table of documents."""

    def __init__(self, runner: asyncio.Runner, dsn: str) -> None:
        self.schema = f"search_{uuid4().hex}"
        self.runner = runner
        self.connection: asyncpg.Connection[asyncpg.Record] = runner.run(asyncpg.connect(dsn))
        self.execute(f"CREATE SCHEMA {self.schema}", f"SET search_path TO {self.schema}", *(sql for _, sql in files()))

    def execute(self, *texts: str) -> None:
        for text in texts:
            self.runner.run(self.connection.execute(text))

    def fill(self, bodies: list[Any]) -> None:
        self.execute("TRUNCATE document")
        rows = [
            (
                *("demo", UUID(int=place + 1), "order", body["version"]),
                *(START + timedelta(minutes=place), START, body.get("number"), body.get("customerId"), body.get("state")),
                *(0, UUID(int=1), json.dumps(body), json.dumps(lean(body))),
            )
            for place, body in enumerate(bodies)
        ]
        self.runner.run(self.connection.copy_records_to_table("document", records=rows, columns=FILLED))

    def fetch(self, statement: Statement, before: str = "") -> list[asyncpg.Record]:
        assert names_shard(statement.text)
        return self.runner.run(self.connection.fetch(before + statement.text, *statement.args))

    async def query(self, text: str, *args: Any) -> list[asyncpg.Record]:
        return await self.connection.fetch(text, *args)

    def search(self, asked: SearchRequest) -> tuple[list[Hit], int]:
        database: Any = self  # for a search, a database is what answers a query
        return self.runner.run(found(database, DOCUMENTS, "demo", asked))


def lean(body: Any) -> Any:
    """A body without its bulk."""
    if isinstance(body, list):
        return [lean(each) for each in body]
    return (
        {name: lean(value) if name == "b" else value for name, value in body.items() if name != "bulk"}
        if isinstance(body, dict)
        else body
    )


@pytest.fixture(scope="module")
def room(database_url: str) -> Iterator[Room]:
    with asyncio.Runner() as runner:
        made = Room(runner, database_url)
        yield made
        made.execute(f"DROP SCHEMA {made.schema} CASCADE")
        runner.run(made.connection.close())


def every_way(asked: SearchRequest) -> list[Statement]:
    """The statements that each find the page."""
    return [make(DOCUMENTS, "demo", asked) for make in (lambda *of: found_sql(*of)[0], walk_sql, page_sql)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(BODIES, min_size=1, max_size=10), st.lists(QUERIES, min_size=1, max_size=10))
def test_postgresql_finds_what_is_meant(room: Room, bodies: list[Any], queries: list[Query]) -> None:
    room.fill(bodies)
    for query in queries:
        expected = [place for place, body in enumerate(bodies) if holds(query, body)]
        asked = SearchRequest(query, limit=100)
        assert room.fetch(count_sql(DOCUMENTS, "demo", query))[0][0] == len(expected)
        sample = sample_sql(DOCUMENTS, "demo", asked)
        assert sample is None or room.fetch(sample)[0][0] == len(expected)
        most = weight(query)
        shares = {place: score(query, bodies[place]) / most if most else 1.0 for place in expected}
        for statement in every_way(asked):
            page = room.fetch(statement)
            assert {row["counted"] for row in page if "counted" in row} <= {len(expected)}
            assert {row["id"].int - 1: round(row["relevance"], 9) for row in page} == {
                place: round(share, 9) for place, share in shares.items()
            }
            assert [row["relevance"] for row in page] == sorted((row["relevance"] for row in page), reverse=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(BODIES, min_size=1, max_size=8), st.sampled_from([A, C, NUMBER, NAME]), FLAGS, st.sampled_from(["min", "max"]))
def test_postgresql_sorts_by_characters_and_puts_nothing_last(
    room: Room, bodies: list[Any], field: Field, descending: bool, mode: Any
) -> None:
    room.fill(bodies)
    asked = SearchRequest(Exists(VERSION), (Sorting(field, descending, mode),), limit=100)
    pick = min if mode == "min" else max
    keys = {place: pick(texts_of(body, field, False), default=None) for place, body in enumerate(bodies)}
    known = sorted((key, place) for place, key in keys.items() if key is not None)
    unknown = [place for place, key in keys.items() if key is None]
    expected = [place for _, place in known[:: -1 if descending else 1]] + unknown[:: -1 if descending else 1]
    for statement in every_way(asked):
        assert [row["id"].int - 1 for row in room.fetch(statement)] == expected


def test_wildcards_are_those_of_the_shell() -> None:
    """The twin above agrees with a third one where they speak the same language."""
    for pattern in ("a*", "?b", "*mug*", "a?c*"):
        for text in ("a", "ab", "red mug", "abc", "xabc"):
            assert bool(re.fullmatch(as_regex(pattern), text)) == fnmatch.fnmatchcase(text, pattern)


SKU = Field("b.c", "text", ("b", "c"))
CUSTOMER, STATE, CREATED = (Field(name, "text", (name,)) for name in ("customerId", "state", "createdAt"))
WEEK = Range(CREATED, ((">=", "2024-05-01T10:00:00.000Z"), ("<", "2024-05-01T12:00:00.000Z")))


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (Exact(SKU, ("sku-7",)), "document_query"),
        (Exact(SKU, ("sku-7", "sku-8")), "document_query"),
        (Exact(CUSTOMER, ("customer-7",)), "document_customer"),
        (Exact(NUMBER, ("N7",)), "document_order_number"),
        (All((Exact(STATE, ("Open",)), WEEK)), "document_created"),
        (All((Exact(SKU, ("sku-7",)), NoneOf((Exists(A),)))), "document_query"),
        (AnyOf((Exact(SKU, ("sku-7",)), Exact(CUSTOMER, ("customer-7",)))), "BitmapOr"),
    ],
)
def test_an_index_serves(room: Room, query: Query, index: str) -> None:
    room.fill(
        [
            {
                "version": 1,
                "number": f"N{place}",
                "customerId": f"customer-{place % 500}",
                "state": "Open",
                "b": [{"c": f"sku-{place}"}],
            }
            for place in range(6_000)
        ]
    )
    room.execute("ANALYZE document")
    newest = SearchRequest(query, (Sorting(CREATED, True, "max"),))
    plan = "\n".join(row[0] for row in room.fetch(found_sql(DOCUMENTS, "demo", newest)[0], "EXPLAIN "))
    assert index in plan and "Seq Scan" not in plan


@pytest.mark.parametrize(("few", "most", "sample"), [(2_000, 10_000, 200), (3, 4, 200), (3, 4, 6), (1, 10_000, 6), (1, 2, 6)])
def test_pages_are_the_same_however_many_there_are(
    room: Room, monkeypatch: pytest.MonkeyPatch, few: int, most: int, sample: int
) -> None:
    """Seven of eight are hits, the oldest is none: more than are put in order, or than are counted, or a sample tells."""
    for name, value in {"FEW": few, "MAX_TOTAL": most, "SAMPLE": sample}.items():
        monkeypatch.setattr(queries, name, value)
    room.fill([{"version": 1, "number": f"N{place}", "b": [{"c": "x" if place else "y"}]} for place in range(8)])
    by_number = Sorting(NUMBER, False, "min")
    for sort, places in (((), [7, 6, 5, 4, 3, 2, 1]), ((by_number,), [1, 2, 3, 4, 5, 6, 7])):
        for offset in (0, 2, 5, 6, 7, 9):
            hits, total = room.search(SearchRequest(Exact(SKU, ("x",)), sort, limit=3, offset=offset))
            assert ([UUID(hit.id).int - 1 for hit in hits], total) == (places[offset : offset + 3], min(7, most))
    assert room.search(SearchRequest(Exact(SKU, ("x",)), limit=0)) == ([], min(7, most))
    assert room.search(SearchRequest(Exact(SKU, ("z",)))) == ([], 0)


def test_a_sample_is_taken_where_columns_give_the_order() -> None:
    def sampled(sort: tuple[Sorting, ...], query: Query = WEEK) -> bool:
        return sample_sql(DOCUMENTS, "demo", SearchRequest(query, sort)) is not None

    assert sampled(()) and sampled((Sorting(CREATED, True, "max"), Sorting(NUMBER, False, "min")))
    assert not sampled((Sorting(SKU, False, "min"),)) and not sampled((Sorting(None, True, "max"),))
    # Without a sort the most relevant come first, which differ where one of several may hold.
    assert not sampled((), AnyOf((WEEK, Exact(SKU, ("x",)))))
