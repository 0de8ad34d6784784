"""The schema can be distributed by `shard`: PostgreSQL's partitions refuse a key that forgets it, as Citus would."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from followers import followed, following

from notes import RULE, TAKE, TAKES, Notebook, notebook, race, refused
from orderwright.storage import migrations
from orderwright.storage.documents import effects

PARTITIONS = 4


@pytest.fixture
def fresh(database_url: str) -> Iterator[Callable[[str], str]]:
    """Makes an empty database beside the session's and returns its address; they are dropped at the end."""
    made: list[str] = []

    async def admin(statement: str) -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(statement)
        await connection.close()

    def make(name: str) -> str:
        asyncio.run(admin(f"CREATE DATABASE {name}"))
        made.append(name)
        return urlsplit(database_url)._replace(path=f"/{name}").geturl()

    yield make
    for name in made:
        asyncio.run(admin(f"DROP DATABASE {name} WITH (FORCE)"))


def partitioned(sql: str) -> str:
    """The migration with every table split by the hash of its shard."""

    def split(match: re.Match[str]) -> str:
        parts = "".join(
            f"\nCREATE TABLE {match[1]}_{number} PARTITION OF {match[1]}"
            f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number});"
            for number in range(PARTITIONS)
        )
        return f"{match[0][:-1]} PARTITION BY HASH (shard);{parts}"

    return re.sub(r"CREATE TABLE (\w+) \(.*?\n\);", split, sql, flags=re.DOTALL)


def test_everything_works_on_partitions(fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    split = [(number, partitioned(sql)) for number, sql in migrations.files()]
    assert sum(sql.count("PARTITION BY") for _, sql in split) == sum(sql.count("CREATE TABLE") for _, sql in migrations.files())
    monkeypatch.setattr(migrations, "files", lambda: split)
    monkeypatch.setitem(effects.EFFECTS, TAKES, TAKE)
    dsn = fresh("partitioned")

    async def run() -> None:
        for _ in range(3):  # three projects in different partitions
            async with notebook(dsn) as book:
                await every_kind_of_write(book)

    asyncio.run(run())


async def every_kind_of_write(book: Notebook) -> None:
    await book.shelf(mug=1)
    note, other = await book.make("n", key="k1", pages=("a", "b")), await book.make("o")
    assert (await refused(book.make(key="k1"))).fields["conflictingResource"]["id"] == note.id
    won, lost = await race(*(book.change(note, {"action": "changeName", "name": f"n{number}"}) for number in range(10)))
    assert (len(won), {error.status for error in lost}) == (1, {409})
    note = await book.change(won[0], {"action": "changePages", "pages": ["a", "c"]})
    note = await book.change(note, {"action": "take", "goods": ["mug"], "amount": 1})
    note = await book.change(note, {"action": "nameBoth", "other": {"typeId": "note", "id": other.id}, "name": "x", "key": "k2"})
    assert await book.in_stock() == {"mug": 0}
    rule = await book.make(key="r0", kind=RULE)
    follower = await following(book, await followed(book, rule), rule)
    assert (await refused(book.remove(rule, kind=RULE))).code == "ReferenceExists"
    assert await book.remove(follower) == follower
    assert await book.remove(rule, kind=RULE) == rule
    assert (await refused(followed(book, rule))).code == "ReferencedResourceNotFound"
    assert await book.remove(note) == note
    assert await book.rows("claim", "kind, value") == [("note.key", "k2"), ("project.key", book.shard)]


async def indexes(dsn: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(
            "SELECT t.relname AS table, i.relname AS index, m.amname AS method, a.attname AS first FROM pg_index x"
            " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid JOIN pg_am m ON m.oid = i.relam"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]"
            " JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = 'public'"
        )
    finally:
        await connection.close()


def test_every_index_leads_with_the_shard(fresh: Callable[[str], str]) -> None:
    dsn = fresh("indexed")
    asyncio.run(migrations.migrate(dsn))
    found = asyncio.run(indexes(dsn))
    assert len(found) > 15
    assert {(row["index"], row["first"]) for row in found if row["method"] != "gin" and row["first"] != "shard"} == {
        ("schema_version_pk", "version")
    }
    assert {row["method"] for row in found} == {"btree", "gin"}


def test_a_schema_asks_for_nothing_that_cannot_be_distributed() -> None:
    for _, sql in migrations.files():
        plain = re.sub(r"--.*", "", sql)
        forbidden = r"\b(TRIGGER|PROCEDURE|FUNCTION|RULE|SERIAL|SEQUENCE|IDENTITY|DEFERRABLE|EXCLUDE|TEMP)\b"
        assert not re.findall(forbidden, plain, re.IGNORECASE)
        for table in re.findall(r"CREATE TABLE (\w+) \(\s*(\w+ \w+ NOT NULL)", plain):
            assert table[1] == "shard text NOT NULL", table
        unnamed = re.findall(r"^\s+(?:PRIMARY KEY|UNIQUE|FOREIGN KEY|CHECK)\b", plain, re.M)
        assert unnamed == []


def test_several_processes_may_migrate_at_once(fresh: Callable[[str], str]) -> None:
    dsn = fresh("raced")

    async def run() -> list[int]:
        return await asyncio.gather(*(migrations.migrate(dsn) for _ in range(8)))

    newest = migrations.files()[-1][0]
    assert asyncio.run(run()) == [newest] * 8
    assert asyncio.run(migrations.migrate(dsn)) == newest


def test_a_migration_that_fails_leaves_nothing_behind(fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    dsn = fresh("broken")
    asyncio.run(migrations.migrate(dsn))
    good = migrations.files()
    newest = good[-1][0]
    broken = [*good, (newest + 1, "CREATE TABLE half (shard text NOT NULL); SELECT nonsense;")]
    monkeypatch.setattr(migrations, "files", lambda: broken)
    with pytest.raises(asyncpg.UndefinedColumnError):
        asyncio.run(migrations.migrate(dsn))
    monkeypatch.setattr(migrations, "files", lambda: good)
    assert asyncio.run(migrations.migrate(dsn)) == newest
    assert "half" not in {row["table"] for row in asyncio.run(tables(dsn))}


def test_products_of_before_are_given_the_types_they_use(fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    def price(kind: str | None) -> dict[str, Any]:
        return {"id": "p", "custom": {"type": {"typeId": "type", "id": kind}, "fields": {}}} if kind else {"id": "p"}

    def described(*variants: dict[str, Any]) -> dict[str, Any]:
        return {"masterVariant": {"id": 1, **variants[0]}, "variants": [{"id": 2, **each} for each in variants[1:]]}

    # What an attribute holds is no custom field of a price or asset.
    attribute = {"attributes": [{"name": "a", "value": {"custom": {"type": {"id": "none"}}}}]}
    current = described({"prices": [price("t2"), price(None)], **attribute}, {"assets": [price("t3")]})
    staged = described({"assets": [price("t1")]}, {"prices": [price("t2")]}, {"prices": []})
    products = {
        "several": ({"masterData": {"published": True, "current": current, "staged": staged}}, ["t1", "t2", "t3"]),
        "none": ({"masterData": {"published": False, "current": described(attribute), "staged": described({})}}, None),
    }

    async def run() -> dict[str, Any]:
        connection = await asyncpg.connect(dsn)
        for key, (body, _) in products.items():
            await connection.execute(
                "INSERT INTO document (shard, id, type, version, created_at, last_modified_at, key, message_sequence, write_id,"
                " body, query) VALUES ('s', gen_random_uuid(), 'product', 1, now(), now(), $1, 0, gen_random_uuid(), $2, '{}')",
                key,
                json.dumps(body),
            )
        await migrations.migrate(dsn)
        rows = await connection.fetch("SELECT key, query FROM document WHERE shard = 's'")
        await connection.close()
        return {row["key"]: json.loads(row["query"]) for row in rows}

    dsn = fresh("older")
    with monkeypatch.context() as patch:
        older = [each for each in migrations.files() if each[0] < 13]
        patch.setattr(migrations, "files", lambda: older)
        asyncio.run(migrations.migrate(dsn))
    assert asyncio.run(run()) == {key: {"customTypes": used} if used else {} for key, (_, used) in products.items()}


def test_variants_of_before_are_given_their_categories(fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """They become what is written now, to the byte."""
    one, two, three = (f"00000000-0000-4000-8000-{number:012d}" for number in (1, 2, 3))

    def listed(*ids: str) -> str:
        return '[{"typeId":"category","id":"' + '"},{"typeId":"category","id":"'.join(ids) + '"}]'

    row = '{"productId":"p","name":{"en":"a}b"}%s}'
    rows = {False: row % f',"categories":{listed(two, one)}', True: row % f',"categories":{listed(three)}'}
    data = {
        "current": {"categories": json.loads(listed(two, one))},
        "staged": {"categories": json.loads(listed(three))},
    }

    async def run() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(dsn)
        for id, described in ((one, data), (two, {"current": {"categories": []}, "staged": {}})):
            await connection.execute(
                "INSERT INTO document (shard, id, type, version, created_at, last_modified_at, message_sequence, write_id,"
                " body, query) VALUES ('s', $1::uuid, 'product', 1, now(), now(), 0, gen_random_uuid(), '{}', $2)",
                id,
                json.dumps({"masterData": described}),
            )
            for staged in (False, True):
                insert = "INSERT INTO variant VALUES ('s', $1::uuid, $2, 1, NULL, true, $3)"
                await connection.execute(insert, id, staged, row % "")
        await migrations.migrate(dsn)
        found = await connection.fetch("SELECT product_id::text, staged, body FROM variant ORDER BY product_id, staged")
        await connection.close()
        return [tuple(each) for each in found]

    dsn = fresh("uncategorised")
    with monkeypatch.context() as patch:
        older = [each for each in migrations.files() if each[0] < 21]
        patch.setattr(migrations, "files", lambda: older)
        asyncio.run(migrations.migrate(dsn))
    assert asyncio.run(run()) == [
        (one, False, rows[False]),
        (one, True, rows[True]),
        (two, False, row % ""),
        (two, True, row % ""),
    ]


def test_business_units_of_before_are_listed_by_their_members(
    fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    company, division, empty, role = (f"00000000-0000-4000-8000-{number:012d}" for number in range(4))
    at = datetime(2026, 3, 1, 12, 30, 15, 7_000, tzinfo=UTC)
    place = "2026-03-01T12:30:15.007Z "
    units = {company: ["ada", "bea"], division: ["bea"], empty: []}

    async def run() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(dsn)
        kinds = {**dict.fromkeys(units, "business-unit"), role: "associate-role"}
        for id, kind in kinds.items():
            await connection.execute(
                "INSERT INTO document (shard, id, type, version, created_at, last_modified_at, message_sequence, write_id,"
                " body, query) VALUES ('s', $1::uuid, $2, 1, $3, now(), 0, gen_random_uuid(), '{}', $4)",
                id, kind, at, json.dumps({"memberIds": units.get(id, ["ada"])}),
            )  # fmt: skip
        # One that was changed since has its places already.
        claim = "INSERT INTO claim (shard, kind, value, owner) VALUES ('s', $1, $2, $3::uuid)"
        await connection.execute(claim, "business-unit memberIds=bea", place + division, division)
        await migrations.migrate(dsn)
        found = await connection.fetch("SELECT kind, value, owner::text FROM claim ORDER BY kind, value")
        await connection.close()
        return [tuple(each) for each in found]

    dsn = fresh("unlisted")
    with monkeypatch.context() as patch:
        older = [each for each in migrations.files() if each[0] < 24]
        patch.setattr(migrations, "files", lambda: older)
        asyncio.run(migrations.migrate(dsn))
    assert asyncio.run(run()) == [
        ("business-unit memberIds=ada", place + company, company),
        ("business-unit memberIds=bea", place + company, company),
        ("business-unit memberIds=bea", place + division, division),
    ]


async def tables(dsn: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch("SELECT relname AS table FROM pg_class WHERE relkind = 'r'")
    finally:
        await connection.close()
