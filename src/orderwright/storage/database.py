"""The pools: one for the API's own reads and writes, a small one with a time limit for queries."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeAlias, TypeVar

import asyncpg

from orderwright.errors import OverCapacityError, query_timed_out
from orderwright.settings import Settings

# The catalogue's and the queue's own connections are taken from the same pools; nothing opens a connection beside them.
Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
CONNECTION_LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, ConnectionError, asyncpg.CannotConnectNowError)
TRANSIENT = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
ATTEMPTS = 4
T = TypeVar("T")


async def _keep_session(_connection: Any) -> None:
    # Sessions hold no state (no settings, temp tables, session locks or LISTEN), so the reset round trip buys nothing.
    return None


class Database:
    """What every statement goes through. `observe` sees each statement's text before it runs; tests use it."""

    def __init__(self, pool: Pool, query_pool: Pool) -> None:
        self._pool = pool
        self._query_pool = query_pool
        self.observe: Callable[[str], None] = lambda statement: None

    @classmethod
    async def connect(cls, dsn: str, settings: Settings) -> Self:
        """Open both pools. Raises OSError or asyncpg.PostgresError when the database cannot be reached."""
        pool = await _pool(dsn, settings.pool_size, {})
        limit = {"statement_timeout": str(settings.query_timeout_ms)}
        return cls(pool, await _pool(dsn, settings.query_pool_size, limit))

    @classmethod
    def unopened(cls) -> Self:
        """A database that was never opened, for what only looks at the routes; any statement on it fails."""
        nowhere: Any = None
        return cls(nowhere, nowhere)

    async def close(self) -> None:
        """Give running statements a moment, then close."""
        for pool in (self._pool, self._query_pool):
            try:
                await asyncio.wait_for(pool.close(), 5)
            except TimeoutError:
                pool.terminate()

    async def fetch(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """Read rows; a read that lost its connection or met a conflict is repeated."""
        return await self._read(self._pool, statement, arguments)

    async def fetchrow(self, statement: str, *arguments: Any) -> asyncpg.Record | None:
        """Read one row or None."""
        rows = await self._read(self._pool, statement, arguments)
        return rows[0] if rows else None

    async def query(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """Read rows on the query pool, under its time limit. Raises `QueryTimedOut`."""
        try:
            return await self._read(self._query_pool, statement, arguments)
        except asyncpg.QueryCanceledError:
            raise query_timed_out() from None

    async def execute(self, statement: str, *arguments: Any) -> str:
        """Run one statement that may safely run twice (an upsert, a delete)."""
        self.observe(statement)

        async def run(connection: Connection) -> str:
            return await connection.execute(statement, *arguments)

        return await self._attempts(self._pool, run)

    async def _read(self, pool: Pool, statement: str, arguments: tuple[Any, ...]) -> list[asyncpg.Record]:
        self.observe(statement)

        async def run(connection: Connection) -> list[asyncpg.Record]:
            return await connection.fetch(statement, *arguments)

        return await self._attempts(pool, run)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the main pool, for a write; lost connections surface as one of CONNECTION_LOST."""
        async with self._pool.acquire() as connection:
            yield connection

    async def _attempts(self, pool: Pool, run: Callable[[Connection], Awaitable[T]]) -> T:
        for attempt in range(ATTEMPTS):
            try:
                async with pool.acquire() as connection:
                    return await run(connection)
            except TRANSIENT:
                if attempt == ATTEMPTS - 1:
                    raise
            except CONNECTION_LOST:
                if attempt == ATTEMPTS - 1:
                    raise OverCapacityError("The database cannot be reached.") from None
            await pause(attempt)
        raise OverCapacityError("The database cannot be reached.")


async def pause(attempt: int) -> None:
    """Wait before the next attempt: 10 ms doubled each time, spread out so that rivals do not meet again."""
    await asyncio.sleep(0.01 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter is no secret


async def _pool(dsn: str, size: int, server_settings: dict[str, str]) -> Pool:
    return await asyncpg.create_pool(
        dsn,
        min_size=min(2, size),
        max_size=size,
        reset=_keep_session,
        max_inactive_connection_lifetime=0,
        server_settings={"application_name": "orderwright", "jit": "off", **server_settings},
    )


def names_shard(statement: str) -> bool:
    """Whether a statement confines itself to one shard, as the SQL rules of docs/architecture.md ask of every one."""
    return re.search(r"\bshard\s*=\s*\$\d|\(shard,|@sharded", statement) is not None
