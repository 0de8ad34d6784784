"""The load: an HTTP client in a process of its own, so that what it costs is never counted as the server's.

It keeps a fixed number of connections alive and sends bytes that were prepared before, each connection one request at a time.
Run as `python -m orderwright.bench.client` it reads jobs from standard input and writes results to standard output.
"""

from __future__ import annotations

import asyncio
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, TypeVar

import httptools
import msgspec
import uvloop

# Stands in a prepared request for the id that the request before it answered with; as long as any id, so lengths stay true.
ID_BEFORE = b"00000000-0000-0000-0000-000000000000"
_ID = b'"id":"'
T = TypeVar("T")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """`items` are sent in order, split among `connections`; an item is requests that follow one another.

    After `limit_s` seconds no new item begins. `warm` items at the front are sent before the measured window opens.
    """

    host: str
    port: int
    connections: int
    items: Sequence[Sequence[bytes]]
    limit_s: float = 60.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: seconds from the first byte to the last answer, seconds of CPU that the client itself used, the seconds
    each item took, and the id in each item's last answer (empty for a page). `failure` is the first answer that was no success.
    """

    elapsed_s: float
    cpu_s: float
    items_s: list[float]
    ids: list[str]
    bytes: int
    failure: str = ""


class _Connection(asyncio.Protocol):
    """Sends the items it takes from `source` one after another; `done` resolves when there are none left."""

    def __init__(self, source: Iterator[tuple[int, Sequence[bytes]]], run: _Run) -> None:
        self._source = source
        self._run = run
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self._loop.create_future()
        self._transport: Any = None
        self._parser: Any = None
        self._body: list[bytes] = []
        self._item: Sequence[bytes] = ()
        self._step = self._index = 0
        self._begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self._run.fail(f"the connection was lost: {error or 'closed by the server'}")
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        """A part of the answer's body."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """The whole answer is here."""
        body = b"".join(self._body)
        self._body.clear()
        status = self._parser.get_status_code()
        self._run.bytes += len(body)
        if status not in (200, 201):
            self._run.fail(f"{status} for {self._item[self._step][:200]!r}: {body[:400]!r}")
        self._step += 1
        # A new parser a message: one that is reused inside its own callback would still hold this one's state.
        if self._step < len(self._item) and not self._run.failure:
            self._send(self._item[self._step].replace(ID_BEFORE, _id_in(body)))
            return
        self._run.finish(self._index, time.perf_counter() - self._begun, _id_in(body).decode())
        self.begin()

    def begin(self) -> None:
        """Take the next item, unless time is over or something failed."""
        following = None if self._run.over() else next(self._source, None)
        if following is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._index, self._item = following
        self._step = 0
        self._begun = time.perf_counter()
        self._send(self._item[0])

    def _send(self, request: bytes) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)


class _Run:
    def __init__(self, count: int, limit_s: float) -> None:
        self._took: list[tuple[float, str] | None] = [None] * count
        self._until = time.perf_counter() + limit_s
        self.bytes = 0
        self.failure = ""

    def over(self) -> bool:
        return bool(self.failure) or time.perf_counter() > self._until

    def fail(self, reason: str) -> None:
        self.failure = self.failure or reason

    def finish(self, index: int, seconds: float, id: str) -> None:
        self._took[index] = (seconds, id)

    @property
    def finished(self) -> list[tuple[float, str]]:
        return [took for took in self._took if took is not None]


def _id_in(body: bytes) -> bytes:
    """The id that a document begins with; a page has none."""
    at = body.find(_ID, 0, 64)
    return body[at + len(_ID) : at + len(_ID) + 36] if at >= 0 else b""


async def drive(job: Job, ready: Callable[[], None]) -> Result:
    """Open the connections, call `ready`, which returns when the window opens, and send everything."""
    loop = asyncio.get_running_loop()
    source = iter(enumerate(job.items))
    run = _Run(len(job.items), job.limit_s)
    connections = [
        (await loop.create_connection(lambda: _Connection(source, run), job.host, job.port))[1] for _ in range(job.connections)
    ]
    ready()
    run = connections[0]._run  # noqa: SLF001 - the same for all
    begun, cpu = time.perf_counter(), time.process_time()
    run._until = begun + job.limit_s
    for connection in connections:
        connection.begin()
    await asyncio.gather(*(connection.done for connection in connections))
    elapsed = time.perf_counter() - begun
    return Result(
        elapsed_s=elapsed,
        cpu_s=time.process_time() - cpu,
        items_s=[seconds for seconds, _ in run.finished],
        ids=[id for _, id in run.finished],
        bytes=run.bytes,
        failure=run.failure,
    )
