"""The pools: one for the API's own reads and writes, a small one with a time limit for queries."""

from __future__ import annotations

import asyncio
import functools
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

import asyncpg

from orderwright.errors import ApiError, OverCapacityError, invalid_input, query_timed_out
from orderwright.settings import Settings
from orderwright.storage.disk import MAY_BE_FULL, Disk, disk_full
from orderwright.storage.pool import CONNECT_S, Connection, Pool
from orderwright.storage.priority import give_way

# The database went, is going or is not back yet, in the words of the driver, the operating system and PostgreSQL itself.
CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection that was told of a shutdown while it lay in the pool
    OSError,  # with a missing socket, and with the time limits below, whose TimeoutError is one
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,  # this process stood still for longer than others can wait for its locks
    asyncpg.ReadOnlySQLTransactionError,  # a primary that has just become a replica
)
# Nothing was stored, and the next attempt may succeed.
TRANSIENT = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,  # by an administrator, or by a limit of the role's or the database's own
    asyncpg.InsufficientResourcesError,  # the server is short of connections or memory; for a full disk see `disk.py`
)
UNSTORABLE = (asyncpg.UntranslatableCharacterError, asyncpg.CharacterNotInRepertoireError, asyncpg.ProgramLimitExceededError)
TOO_MANY = "Too many changes at once; send the request again."
_UNREACHABLE = "The database cannot be reached."
ATTEMPTS = 4
CLOSE_S = 1.0
STATEMENT_S = 10.0  # for a statement of the main pool, all of which touch few rows; a network that swallows packets tells nothing
T = TypeVar("T")


# Every statement of the main pool finds its rows by the leading columns of an index, whatever its arguments are, so one plan
# serves them all; planning anew costs more than running it. Queries are planned for their values: how rare one is decides.
#
# A process that stands still in the middle of a transaction (its machine was frozen, or is cut off) must not keep its locks, nor
# may those who wait for them keep their backends, while this side opens new connections in the place of those it has given up.
MAIN_SESSION = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "5000",
}
QUERY_SESSION = {"jit": "off", "plan_cache_mode": "force_custom_plan"}


class Database:
    """What every statement goes through. `observe` sees each statement's text before it runs; tests use it."""

    def __init__(self, pool: Pool, query_pool: Pool, disk: Disk | None = None) -> None:
        self._pool = pool
        self._query_pool = query_pool
        self.disk = disk or Disk(None)
        self.observe: Callable[[str], None] = lambda statement: None

    def admit(self, statement: str) -> None:
        """What every statement passes before it is sent. Raises UnconfinedStatementError."""
        if not names_shard(statement):
            raise UnconfinedStatementError(statement)
        self.observe(statement)

    @classmethod
    async def connect(cls, dsn: str, settings: Settings) -> Self:
        """Open both pools. Raises OSError or asyncpg.PostgresError when the database cannot be reached."""
        database = cls.over(dsn, settings)
        await database.warm()
        return database

    @classmethod
    def over(cls, dsn: str, settings: Settings, opened: Callable[[Connection], None] | None = None) -> Self:
        """Pools that open their connections when they are needed; `opened` sees each."""
        pool = Pool(dsn, settings.pool_size, STATEMENT_S, MAIN_SESSION, opened)
        limit = {**QUERY_SESSION, "statement_timeout": str(settings.query_timeout_ms)}
        # The database itself ends a query; ours only notices when the database is not heard from at all.
        patience = settings.query_timeout_ms / 1000 + CONNECT_S
        # Only the embedded database is known to run on this machine, where a process can be told to give way.
        polite = give_way if settings.database_url is None else None

        def both(connection: Connection) -> None:
            for see in (polite, opened):
                if see is not None:
                    see(connection)

        return cls(pool, Pool(dsn, settings.query_pool_size, patience, limit, both, "queries"), Disk.of(dsn, settings))

    async def warm(self) -> None:
        """Open the first connections. Raises as `connect` does."""
        await self._pool.warmed()
        await self._query_pool.warmed()

    @classmethod
    def unopened(cls) -> Self:
        """A database that was never opened, for what only looks at the routes; any statement on it fails."""
        nowhere: Any = None
        return cls(nowhere, nowhere)

    async def close(self) -> None:
        """Give running statements a moment, then close."""
        await asyncio.gather(self._pool.close(CLOSE_S), self._query_pool.close(CLOSE_S))

    async def fetch(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """Read rows; a read that lost its connection or met a conflict is repeated."""
        self.admit(statement)
        return await self._attempts(self._pool, lambda connection: connection.fetch(statement, *arguments))

    async def fetchrow(self, statement: str, *arguments: Any) -> asyncpg.Record | None:
        """Read one row or None."""
        self.admit(statement)
        return await self._attempts(self._pool, lambda connection: connection.fetchrow(statement, *arguments))

    async def query(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """Read rows on the query pool, under its time limit. Raises `QueryTimedOut`."""
        self.admit(statement)
        return await self._attempts(self._query_pool, lambda connection: connection.fetch(statement, *arguments))

    async def execute(self, statement: str, *arguments: Any) -> str:
        """Run one statement that may safely run twice (an upsert, a delete)."""
        self.admit(statement)
        done = await self._attempts(self._pool, lambda connection: connection.execute(statement, *arguments))
        self.disk.takes()
        return done

    async def once(self, work: Callable[[Connection], Awaitable[T]], limit_s: float = STATEMENT_S) -> T:
        """Do work on a connection of the main pool without repeating it; a lost one surfaces as one of CONNECTION_LOST."""
        return await self._pool.use(work, limit_s)

    async def _attempts(self, pool: Pool, run: Callable[[Connection], Awaitable[T]]) -> T:
        reason = _UNREACHABLE
        for attempt in range(ATTEMPTS):
            try:
                return await pool.use(run)
            except UNSTORABLE as error:
                raise unstorable(error) from None
            except MAY_BE_FULL as error:
                if self.disk.refuses(error):
                    raise disk_full() from None
                raise
            except TRANSIENT as error:
                if pool is self._query_pool and isinstance(error, asyncpg.QueryCanceledError):
                    raise query_timed_out() from None
                reason = TOO_MANY
            except CONNECTION_LOST as error:
                reason = _UNREACHABLE
                if isinstance(error, TimeoutError):  # who asks has waited long enough
                    break
            await pause(attempt)
        if reason is _UNREACHABLE and self.disk.explains_silence():
            raise disk_full()
        raise OverCapacityError(reason)


def unstorable(error: Exception) -> ApiError:
    """The refusal of a text that PostgreSQL cannot keep or index."""
    if isinstance(error, asyncpg.ProgramLimitExceededError):
        return invalid_input("A value is too long for a field that documents are found by.")
    return invalid_input("The character U+0000 cannot be stored.")


async def pause(attempt: int) -> None:
    """Wait before the next attempt: 10 ms doubled each time, spread out so that rivals do not meet again."""
    await asyncio.sleep(0.01 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter is no secret


class UnconfinedStatementError(RuntimeError):
    """A statement that may touch more than one shard. It is a fault of the program, and is never sent."""


_TABLES = frozenset(
    {
        "anonymous_session",
        "api_client",
        "change",
        "claim",
        "customer_details",
        "delivery",
        "discount_code_use",
        "customer_token",
        "document",
        "idempotency",
        "image",
        "message",
        "order_number_counter",
        "order_number_template",
        "password",
        "price_scope",
        "project",
        "relay",
        "renewal",
        "reservation",
        "secret",
        "stock",
        "token",
        "variant",
    }
)
_INSERT = re.compile(r"\bINSERT INTO (\w+) \((\w+)[^)]*\) (?:VALUES \(|SELECT )(\$\d)?", re.IGNORECASE)
_NOT_AN_ALIAS = "SET|WHERE|ON|USING|JOIN|LEFT|INNER|CROSS|GROUP|ORDER|LIMIT|OFFSET|UNION|RETURNING|FOR"
_SOURCE = re.compile(
    rf"(?<!DISTINCT )\b(?:FROM|JOIN|(?<!DO )(?<!FOR )UPDATE)\s+(\w+)(\s*\()?(?:\s+(?:AS\s+)?(?!(?:{_NOT_AN_ALIAS})\b)(\w+))?",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=1024)
def names_shard(statement: str) -> bool:
    """Whether every table in a statement is confined to one shard, as the SQL rules of docs/architecture.md ask.

    Each mention of a table needs its own `shard = $n`, under its alias if it has one, or the equality with the shard of a
    table that has; an INSERT puts `$n` into `shard` first. `@sharded` marks a statement that is excepted, and says why.
    """
    if "@sharded" in statement:
        return True
    if any(table not in _TABLES or first != "shard" or not bound for table, first, bound in _INSERT.findall(statement)):
        return False
    if len(_INSERT.findall(statement)) != statement.upper().count("INSERT INTO"):
        return False
    if re.search(r"\bFROM\s+\w+(?:\s+\w+)?\s*,", statement, re.IGNORECASE):  # tables after a comma are not looked for below
        return False
    named = set(re.findall(r"\b(\w+) AS (?:MATERIALIZED )?\(", statement, re.IGNORECASE))  # the parts of a WITH
    mentioned: Counter[str] = Counter()
    for name, call, alias in _SOURCE.findall(statement):
        if call or name in named:
            continue
        if name not in _TABLES:
            return False
        mentioned[alias] += 1
    confined = Counter(re.findall(r"(?:\b(\w+)\.|(?<![\w.]))shard = \$\d", statement))
    for one, other in re.findall(r"\b(\w+)\.shard = (\w+)\.shard\b", statement):
        confined[one] += 1 if confined[other] else 0
    return all(confined[alias] >= count for alias, count in mentioned.items())
