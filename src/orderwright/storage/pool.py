"""Connections that requests share: a free list, and a queue for those who find it empty.

The driver's own pool costs a request some 90 us of CPU, in a timer task and a shielded task around each borrowing. Sessions
here hold no state, so there is nothing to reset, and a free list is enough.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Self, TypeAlias, TypeVar

import asyncpg

from orderwright.telemetry.metrics import DATABASE_WORK, POOL_COUNT, POOL_MAX, POOL_PENDING, POOL_TIMEOUTS, POOL_WAIT, REGISTRY

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
T = TypeVar("T")
CONNECT_S = 5.0
"""Seconds to wait for a connection, new or from the free list."""
LOOK_S = 0.5
"""Seconds between two looks for work that has taken too long."""
WARM = 2


class NoneFreeError(TimeoutError):
    """No connection became free in time; nothing was sent."""


async def _closed(connection: Connection) -> None:
    try:
        await connection.close(timeout=1)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()


class Pool:
    """At most `size` connections. Work on one is cut after `statement_s` seconds; `opened` sees each new connection.
    Metrics know it by its `name`."""

    def __init__(
        self,
        dsn: str,
        size: int,
        statement_s: float,
        session: Mapping[str, str],
        opened: Callable[[Connection], None] | None = None,
        name: str = "main",
    ) -> None:
        self.name = name
        self._dsn = dsn
        self._size = size
        self._statement_s = statement_s
        self._session = {"application_name": "orderwright", **session}
        self._opened = opened
        self._idle: list[Connection] = []
        # Places that are taken: by a connection, by one that is being opened, or by who was woken to open one.
        self._open = 0
        self._closing = False
        # One timer looks after all connections at work: one for each statement would cost more than the look-up does.
        self._busy: dict[Connection, float] = {}
        self._watch: asyncio.TimerHandle | None = None
        # Who waits is handed a connection, or None when there is room to open one.
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        REGISTRY.sampled(self._sample)

    def _sample(self) -> None:
        POOL_COUNT.set(len(self._idle), self.name, "idle")
        POOL_COUNT.set(len(self._busy), self.name, "used")
        POOL_MAX.set(self._size, self.name)
        POOL_PENDING.set(sum(not waiter.done() for waiter in self._waiting), self.name)

    async def warmed(self) -> Self:
        """Open the first connections. Raises what connecting raises."""
        for connection in [await self._take() for _ in range(min(WARM, self._size))]:
            self._give(connection)
        return self

    async def use(self, work: Callable[[Connection], Awaitable[T]], limit_s: float | None = None) -> T:
        """Do one piece of work on a connection. Raises `NoneFreeError` after CONNECT_S without one, TimeoutError when it is
        cut."""
        connection = await self._take()
        loop = asyncio.get_running_loop()
        began = loop.time()
        deadline = self._busy[connection] = began + (limit_s or self._statement_s)
        if self._watch is None:
            self._watch = loop.call_later(LOOK_S, self._look, loop)
        try:
            result = await work(connection)
        except asyncpg.PostgresError:
            # The server refused the statement and is ready for the next one, unless it has hung up, or was hung up on.
            self._give(connection)
            if connection.is_closed() and loop.time() >= deadline:
                raise TimeoutError from None
            raise
        except BaseException:
            # Cut off in the middle: an answer may still be on its way, so this connection is no longer in step.
            self._drop(connection)
            raise
        finally:
            DATABASE_WORK.observe(loop.time() - began, "postgresql", self.name)
        self._give(connection)
        return result

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in [connection for connection, deadline in self._busy.items() if deadline <= now]:
            connection.terminate()
        self._watch = loop.call_later(LOOK_S, self._look, loop) if self._busy else None

    async def close(self, patience_s: float) -> None:
        """Close what is idle, and the rest as it comes back; what is still in use after `patience_s` is cut."""
        self._closing = True
        deadline = asyncio.get_running_loop().time() + patience_s
        while self._idle or (self._open and asyncio.get_running_loop().time() < deadline):
            idle, self._idle = self._idle, []
            self._open -= len(idle)
            await asyncio.gather(*(_closed(connection) for connection in idle))  # together: a frozen server answers none
            await asyncio.sleep(0.01)
        if self._watch is not None:
            self._watch.cancel()
        for connection in list(self._busy):
            connection.terminate()

    async def _take(self) -> Connection:
        if self._closing:
            raise asyncpg.InterfaceError("the pool is closed")
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._open -= 1
        if self._open < self._size:
            self._open += 1
            return await self._connect()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(CONNECT_S):
                return await self._wait()
        except TimeoutError:
            POOL_TIMEOUTS.add(self.name)
            raise NoneFreeError from None
        finally:
            POOL_WAIT.observe(loop.time() - began, self.name)

    async def _wait(self) -> Connection:
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            connection = await waiter
        except BaseException:
            # What was handed over in the moment of giving up goes to the next one.
            if waiter.done() and not waiter.cancelled():
                given = waiter.result()
                self._leave() if given is None else self._give(given)
            raise
        if connection is None or connection.is_closed():
            return await self._connect()
        return connection

    async def _connect(self) -> Connection:
        """A new connection in a place that is taken already."""
        try:
            connection = await asyncpg.connect(self._dsn, timeout=CONNECT_S, server_settings=self._session)
        except BaseException:
            self._leave()
            raise
        if self._opened is not None:
            self._opened(connection)
        return connection

    def _give(self, connection: Connection) -> None:
        self._busy.pop(connection, None)
        if connection.is_closed():
            self._drop(connection)
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._idle.append(connection)

    def _drop(self, connection: Connection) -> None:
        self._busy.pop(connection, None)
        connection.terminate()
        self._leave()

    def _leave(self) -> None:
        """A place is free: the first who waits gets it, so that nobody who comes now is faster, and may open a connection."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._open -= 1
