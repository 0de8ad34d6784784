"""What every statement passes: the guard of the shard, the pools, and a database that goes away and comes back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from clusters import with_cluster
from notes import Notebook, in_a_project, notebook, race, refused, verbs_over
from orderwright.errors import ApiError
from orderwright.settings import Settings
from orderwright.storage.database import Database, UnconfinedStatementError, names_shard
from orderwright.storage.server import embedded
from orderwright.storage.server.steps import waited

CONFINED = [
    "SELECT body FROM document d WHERE d.shard = $1 AND d.id = $2",
    "SELECT p.x FROM project p JOIN document d ON d.shard = p.shard AND d.type = $2 WHERE p.shard = $1",
    "SELECT 'a' FROM document d WHERE d.shard = $1 UNION ALL SELECT 'b' FROM document d WHERE d.shard = $1",
    "DELETE FROM token WHERE shard = $1 AND hash IN (SELECT hash FROM token WHERE shard = $1 LIMIT $2)",
    "INSERT INTO claim (shard, kind) VALUES ($1, $2) ON CONFLICT (shard, kind) DO UPDATE SET kind = excluded.kind",
    "WITH u AS (UPDATE document SET version = $3 WHERE shard = $1::text RETURNING id), i AS (INSERT INTO message (shard, id)"
    " SELECT $1::text, id FROM unnest($2::uuid[]) AS n(id) WHERE EXISTS (SELECT 1 FROM u)) SELECT EXISTS (SELECT 1 FROM u)",
    "SELECT shard FROM project -- @sharded: lists the shards themselves",
]
UNCONFINED = [
    "SELECT body FROM document d WHERE d.id = $2",
    "select body from document where id = $1",
    "SELECT body FROM document d, claim c WHERE d.shard = $1 AND c.shard = $1",
    "SELECT p.x FROM project p JOIN document d ON d.id = p.id WHERE p.shard = $1",
    "SELECT p.x FROM project p JOIN document d ON d.shard = p.shard WHERE p.version = $1",
    "SELECT 'a' FROM document d WHERE d.shard = $1 UNION ALL SELECT 'b' FROM document d WHERE d.id = $2",
    "DELETE FROM token WHERE shard = $1 AND hash IN (SELECT hash FROM token WHERE expires_at < $2)",
    "UPDATE document SET version = $2 WHERE id = $3",
    "DELETE FROM claim",
    "INSERT INTO claim (kind, shard) VALUES ($1, $2)",
    "INSERT INTO claim (shard, kind) SELECT c.shard, c.kind FROM claim c",
    "INSERT INTO claim SELECT * FROM claim WHERE shard = $1",
    "SELECT d.body FROM document AS d WHERE shard_of = $1",
    "SELECT relname FROM pg_class",
    "WITH u AS (UPDATE document SET version = $2 WHERE id = $1 RETURNING id) SELECT 1 FROM u",
]


@pytest.mark.parametrize("statement", CONFINED)
def test_a_confined_statement_passes(statement: str) -> None:
    assert names_shard(statement)


@pytest.mark.parametrize("statement", UNCONFINED)
def test_a_statement_that_forgets_its_shard_does_not(statement: str) -> None:
    assert not names_shard(statement)


@in_a_project
async def test_an_unconfined_statement_is_never_sent(book: Notebook) -> None:
    for run in (book.database.fetch, book.database.fetchrow, book.database.query, book.database.execute):
        with pytest.raises(UnconfinedStatementError):
            await run("DELETE FROM claim")
    assert await book.rows("claim", "kind") == [("project.key",)]


@in_a_project
async def test_observers_see_every_statement(book: Notebook) -> None:
    seen: list[str] = []
    book.database.observe = seen.append
    note = await book.make("n")
    await book.change(note, {"action": "changeName", "name": "m"})
    await book.see(note)
    assert len(seen) == 6  # prefetch, catalogue, insert; load, update; get
    assert [statement.split()[0].lstrip("(") for statement in seen] == ["SELECT", "SELECT", "WITH", "SELECT", "WITH", "SELECT"]


@in_a_project
async def test_our_own_mistakes_are_not_waited_for(book: Notebook) -> None:
    """A wrong argument is a fault of the program; it is neither repeated nor called an outage."""
    with pytest.raises(asyncpg.DataError):
        await book.database.fetch("SELECT id FROM document WHERE shard = $1 AND id = $2", book.shard, "no uuid")
    with pytest.raises(asyncpg.UndefinedColumnError):
        await book.database.fetch("SELECT nothing FROM document WHERE shard = $1", book.shard)


@in_a_project
async def test_a_read_whose_backend_is_ended_is_repeated(book: Notebook) -> None:
    sleeping = "SELECT pg_sleep(0.4) AS slept FROM project WHERE shard = $1"
    reading = asyncio.create_task(book.database.fetch(sleeping, book.shard))
    ended: list[Any] = []
    while not ended:
        ended = await book.database.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1 AND state = 'active' -- @sharded: a test",
            sleeping,
        )
    assert len(await reading) == 1


def test_a_slow_query_is_ended_and_others_go_on(database_url: str) -> None:
    async def run() -> None:
        async with notebook(database_url, database_url, {"ORDERWRIGHT_QUERY_TIMEOUT_MS": "200"}) as book:
            slow = "SELECT pg_sleep(5) AS slept FROM project WHERE shard = $1"
            ended = await asyncio.gather(*(refused(book.database.query(slow, book.shard)) for _ in range(4)), book.make())
            assert [(error.status, error.code) for error in ended if isinstance(error, ApiError)] == [(503, "QueryTimedOut")] * 4
            assert len(await book.database.query("SELECT 1 AS one FROM project WHERE shard = $1", book.shard)) == 1

    asyncio.run(run())


def test_a_database_that_restarts_loses_nothing_and_doubles_nothing(open_directory: Path) -> None:
    """Its owner stops it while writers write, and starts it again; the pool finds its way back."""
    with embedded.start(with_cluster(open_directory / "restarting")) as postgres:
        asyncio.run(_restarted(postgres))


async def _restarted(postgres: Any) -> None:
    async with notebook(postgres.dsn) as book:
        counter = await book.make("0")
        acknowledged: list[str] = []

        async def writer(name: str) -> None:
            for number in range(30):
                won, _ = await race(book.make(f"{name}{number}"))
                acknowledged.extend(note.name for note in won)
                await asyncio.sleep(0.005)

        writers = [asyncio.create_task(writer(name)) for name in "abcdef"]
        for _ in range(2):
            await asyncio.sleep(0.08)
            postgres.stop()
            waited(postgres.opening())
        await asyncio.gather(*writers)
        rows = await book.database.fetch(
            "SELECT d.query ->> 'name' AS name FROM document d WHERE d.shard = $1 AND d.type = 'note'", book.shard
        )
        stored = sorted(row["name"] for row in rows)
        assert len(stored) == len(set(stored))
        assert set(acknowledged) <= set(stored)
        assert len(acknowledged) >= 170  # a write waits for the database to come back
        assert (await book.change(counter, {"action": "changeName", "name": "1"})).version == 2


def test_pools_are_opened_late_and_closed_in_time(database_url: str) -> None:
    async def run() -> None:
        database = await Database.connect(database_url, Settings.from_environment({}))
        busy = asyncio.create_task(
            database.fetch("SELECT pg_sleep(0.3) AS slept FROM project WHERE shard = $1 LIMIT 1", "nowhere")
        )
        await asyncio.sleep(0)
        await database.close()
        assert busy.done() or await busy == []
        with pytest.raises(ApiError):
            await verbs_over(database).documents.catalogue_version("x")

    asyncio.run(run())
