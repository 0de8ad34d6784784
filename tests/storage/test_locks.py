"""What others do to a write: stand still with a lock, cancel it, leave it no connection. And how many connections there are."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from notes import TAKE, TAKES, Notebook, in_a_project, notebook, refused
from orderwright.storage import pool as pools
from orderwright.storage.database import MAIN_SESSION
from orderwright.storage.documents import effects
from orderwright.storage.documents import unit as units
from orderwright.storage.pool import Connection, Pool

TAKEN = {"action": "take", "goods": ["mug"], "amount": 1}


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is an effect on a table of the tests' own."""
    monkeypatch.setitem(effects.EFFECTS, TAKES, TAKE)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """All patience is a fifth of what it is, which leaves the order of who gives up first."""
    monkeypatch.setattr(units, "PATIENCE_S", units.PATIENCE_S / 5)
    monkeypatch.setattr(pools, "CONNECT_S", pools.CONNECT_S / 5)
    for limit in ("lock_timeout", "idle_in_transaction_session_timeout"):
        monkeypatch.setitem(MAIN_SESSION, limit, str(int(MAIN_SESSION[limit]) // 5))


def longest() -> float:
    """Seconds that a write may wait: its patience, and then at most that for a connection and twice that for a lock, since there
    is a row's queue and the row."""
    return units.PATIENCE_S + pools.CONNECT_S + 2 * int(MAIN_SESSION["lock_timeout"]) / 1000


@asynccontextmanager
async def standing_still(book: Notebook, session: Mapping[str, str]) -> AsyncIterator[Any]:
    """A process that has taken a mug and neither ends its transaction nor goes."""
    other = await asyncpg.connect(book.dsn, server_settings=dict(session))
    await other.execute("BEGIN")
    await other.execute("UPDATE shelf SET amount = amount - 1 WHERE shard = $1 AND key = 'mug'", book.shard)
    try:
        yield other
    finally:
        other.terminate()


async def waiting(book: Notebook) -> list[int]:
    """The backends that wait for a lock."""
    statement = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%shelf%' -- @sharded: a test"
    return [row["pid"] for row in await book.database.fetch(statement)]


async def until(seen: Callable[[], Awaitable[list[Any]]]) -> list[Any]:
    """What is seen as soon as there is something to see. Raises TimeoutError."""
    async with asyncio.timeout(5):
        while not (found := await seen()):  # noqa: ASYNC110 - what is waited for happens in the database
            await asyncio.sleep(0.01)
    return found


def test_the_limits_are_told_in_seconds() -> None:
    """A frozen machine's session has the same limits as ours: the others go on after five seconds."""
    assert int(MAIN_SESSION["idle_in_transaction_session_timeout"]) <= 5_000 <= units.PATIENCE_S * 1000
    assert longest() < 15


@pytest.mark.usefixtures("hurried")
@in_a_project
async def test_a_process_that_stands_still_loses_its_locks(book: Notebook) -> None:
    await book.shelf(mug=5)
    note = await book.make()
    async with standing_still(book, MAIN_SESSION):
        assert (await book.change(note, TAKEN)).version == 2
    assert await book.in_stock() == {"mug": 4}  # what stood still has taken nothing


@pytest.mark.usefixtures("hurried")
@in_a_project
async def test_who_cannot_have_a_lock_is_told_and_leaves_no_backend(book: Notebook) -> None:
    await book.shelf(mug=5)
    notes = [await book.make() for _ in range(30)]
    started = time.monotonic()
    async with standing_still(book, {}):
        refusals = await asyncio.gather(*(refused(book.change(note, TAKEN)) for note in notes))
        assert {(error.status, error.code) for error in refusals} == {(503, "OverCapacity")}
        assert time.monotonic() - started < longest() + 1
        assert await waiting(book) == []
    assert (await book.change(notes[0], TAKEN)).version == 2
    assert await book.in_stock() == {"mug": 4}


@in_a_project
async def test_a_cancelled_write_is_tried_again(book: Notebook) -> None:
    await book.shelf(mug=5)
    note = await book.make()
    async with standing_still(book, {}) as other:
        writing = asyncio.create_task(book.change(note, TAKEN))
        pids = await until(lambda: waiting(book))
        assert await other.fetchval("SELECT pg_cancel_backend($1)", pids[0])
        await asyncio.sleep(0.2)
        assert not writing.done()
        await other.execute("ROLLBACK")
        assert (await writing).version == 2
    assert await book.in_stock() == {"mug": 4}


@in_a_project
async def test_a_cancelled_read_is_repeated(book: Notebook) -> None:
    sleeping = "SELECT pg_sleep(0.5) AS slept FROM project WHERE shard = $1"
    cancelling = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = $1 AND state = 'active' -- @sharded: a test"
    reading = asyncio.create_task(book.database.fetch(sleeping, book.shard))
    await until(lambda: book.database.fetch(cancelling, sleeping))
    assert len(await reading) == 1


def test_a_refusal_keeps_the_connection(database_url: str) -> None:
    """The transaction is rolled back, and the session with its prepared statements serves the next request."""

    async def run() -> None:
        async with notebook(database_url, database_url, {"ORDERWRIGHT_POOL_SIZE": "1"}) as book:
            await book.shelf(mug=0)
            note = await book.make()
            backend = "SELECT pg_backend_pid() AS pid FROM project WHERE shard = $1"
            before = await book.database.fetchrow(backend, book.shard)
            error = await refused(book.change(note, {**TAKEN, "otherwise": "no mug is left"}))
            assert (error.status, error.message) == (400, "no mug is left")
            assert await book.database.fetchrow(backend, book.shard) == before

    asyncio.run(run())


def test_a_pool_never_has_more_connections_than_its_size(database_url: str) -> None:
    """Also when many are lost while others wait and new ones come."""
    opened: list[Connection] = []
    works = itertools.count()
    most = 0

    def count(connection: Connection) -> None:
        nonlocal most
        opened.append(connection)
        most = max(most, sum(not each.is_closed() for each in opened))

    async def work(connection: Connection) -> None:
        await connection.execute("SELECT pg_sleep(0.002)")
        if next(works) % 3 == 0:
            raise RuntimeError("cut off in the middle")

    async def run() -> None:
        pool = await Pool(database_url, 4, 10, {}, count).warmed()

        async def client() -> None:
            for _ in range(20):
                await asyncio.gather(pool.use(work), return_exceptions=True)

        await asyncio.gather(*(client() for _ in range(12)))
        assert len(opened) > 80  # of 240 works every third lost its connection
        assert most == 4
        # And no place was lost: as many as its size still work at once.
        together = asyncio.Barrier(4)
        await asyncio.gather(*(pool.use(lambda _: together.wait()) for _ in range(4)))
        await pool.close(1)

    asyncio.run(run())
