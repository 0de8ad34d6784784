"""Connections to servers, which the next request to the same one takes up again.

The pool of httpcore looks at each of its connections once for each other one whenever a request begins or ends. With some thirty
connections that takes longer than the requests.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore

_IDLE_S = 4.0  # servers commonly close what is idle for five: a request must not meet that
_IDLE = 50
_LOOK_S = 1.0
Origin = tuple[bytes, bytes, int]


class Connections:
    """At most `at_once` connections that are used at the same time, and 50 that wait for four seconds to be used again."""

    def __init__(self, context: ssl.SSLContext, backend: httpcore.AsyncNetworkBackend, at_once: int) -> None:
        self._context = context
        self._backend = backend
        self._room = asyncio.Semaphore(at_once)
        self._idle: dict[Origin, list[httpcore.AsyncHTTPConnection]] = {}
        self._waiting = 0
        self._looked = time.monotonic()

    @asynccontextmanager
    async def lent(self, url: str) -> AsyncIterator[httpcore.AsyncHTTPConnection]:
        """A connection for one request to a URL. Waits as long as too many are used."""
        server = httpcore.URL(url).origin
        origin = (server.scheme, server.host, server.port)
        async with self._room:
            connection = await self._found(origin) or httpcore.AsyncHTTPConnection(
                server, ssl_context=self._context, keepalive_expiry=_IDLE_S, network_backend=self._backend
            )
            try:
                yield connection
            finally:
                if connection.is_closed() or not connection.is_idle() or self._waiting >= _IDLE:
                    await connection.aclose()
                else:
                    self._idle.setdefault(origin, []).append(connection)
                    self._waiting += 1
        if time.monotonic() - self._looked >= _LOOK_S:
            await self._tidied()

    async def _found(self, origin: Origin) -> httpcore.AsyncHTTPConnection | None:
        """The one that was used last, unless its server has closed it or it has waited for too long."""
        while waiting := self._idle.get(origin):
            connection = waiting.pop()
            self._waiting -= 1
            if not connection.has_expired():
                return connection
            await connection.aclose()
        self._idle.pop(origin, None)
        return None

    async def _tidied(self) -> None:
        """Close what has waited for too long."""
        self._looked = time.monotonic()
        before, self._idle, self._waiting = self._idle, {}, 0
        expired = list[httpcore.AsyncHTTPConnection]()
        for origin, waiting in before.items():
            kept = list[httpcore.AsyncHTTPConnection]()
            for connection in waiting:
                (expired if connection.has_expired() else kept).append(connection)
            if kept:
                self._idle[origin] = kept
                self._waiting += len(kept)
        for connection in expired:
            await connection.aclose()

    async def close(self) -> None:
        """End what waits."""
        idle, self._idle, self._waiting = self._idle, {}, 0
        for waiting in idle.values():
            for connection in waiting:
                await connection.aclose()
