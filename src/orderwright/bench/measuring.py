"""One measured window: what was done in it, how long it took, and what it cost whom."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import asyncpg
import msgspec

from orderwright.bench import processes

_WAL_POSITION = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One window. CPU and WAL are those of the whole window, latencies are of one item each."""

    count: int
    elapsed_s: float
    p50_ms: float
    p99_ms: float
    server_ms: float
    database_ms: float
    client_ms: float
    wal_bytes: int

    @property
    def rate(self) -> float:
        """Items a second."""
        return self.count / self.elapsed_s


class Spread(msgspec.Struct, frozen=True):
    """The median of the rounds, and the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


class Window:
    """Reads the meters of server and database; `open` and `close` bracket what is measured."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], server: int, postmaster: int) -> None:
        self._connection = connection
        self._server = server
        self._postmaster = postmaster
        self._wal = 0
        self._cpu = (0.0, 0.0)

    async def open(self) -> None:
        """Begin, as far as the database has to be asked."""
        self._wal = await self._connection.fetchval(_WAL_POSITION)
        self.begin()

    def begin(self) -> None:
        """Begin counting CPU, immediately before the first request."""
        self._cpu = self._used()

    async def close(self, elapsed_s: float, items_s: Sequence[float], client_ms: float) -> Sample:
        """End the window."""
        server, database = self._used()
        wal = await self._connection.fetchval(_WAL_POSITION)
        p50, p99 = percentiles(items_s)
        return Sample(
            count=len(items_s),
            elapsed_s=elapsed_s,
            p50_ms=p50,
            p99_ms=p99,
            server_ms=server - self._cpu[0],
            database_ms=database - self._cpu[1],
            client_ms=client_ms,
            wal_bytes=wal - self._wal,
        )

    def _used(self) -> tuple[float, float]:
        return processes.cpu_ms(self._server), processes.family_cpu_ms(self._postmaster)


def percentiles(items_s: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 99th percentile in milliseconds, by nearest rank."""
    ordered = sorted(items_s)
    if not ordered:
        raise ValueError("nothing was measured")
    rank = [-(-len(ordered) * percent // 100) - 1 for percent in (50, 99)]
    return ordered[rank[0]] * 1000, ordered[rank[1]] * 1000
