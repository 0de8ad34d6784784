"""The load: an HTTP client in a process of its own, so that what it costs is never counted as the server's.

It keeps its connections alive and sends bytes that were prepared before, on each connection one request at a time.
It reads jobs from its standard input and writes results to its standard output.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import httptools
import msgspec
import uvloop

# Stands in a prepared request for the id that the answer before it gave; it is as long as any id, so the lengths stay true.
ID_BEFORE = b"00000000-0000-0000-0000-000000000000"
_ID = b'"id":"'
_LENGTH = struct.Struct("!I")
_GO = b"go"
_ENOUGH = b"enough"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """`items` are sent in order, each by the first free connection. An item is a row of requests, one after the other.

    What is not begun after `limit_s` seconds is a failure. Where `endless`, the items are sent again and again until the starter
    says that it is enough. `accepted` are the answers that are no failure. No more than `rate` items are begun a second.
    """

    host: str
    port: int
    connections: int
    items: Sequence[Sequence[bytes]]
    limit_s: float = 60.0
    endless: bool = False
    accepted: tuple[int, ...] = (200, 201)
    rate: float | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """`elapsed_s` runs from the first request to the last answer, `cpu_s` is what the client itself used in that time.

    `items_s` are the seconds each item took, `ids` the ids in the last answers and `statuses` what these were, all in the
    order of the items. `failure` is the first answer that was not accepted.
    """

    elapsed_s: float
    cpu_s: float
    items_s: list[float]
    ids: list[str]
    statuses: list[int]
    failure: str = ""


class LoadError(Exception):
    """The server answered with something else than success, or could not be reached."""


class _Run:
    """What the connections share: the items to come, and what became of those before."""

    def __init__(self, job: Job) -> None:
        self.items = iter(enumerate(itertools.cycle(job.items) if job.endless else job.items))
        self.accepted = job.accepted
        self.took: dict[int, tuple[float, str, int]] = {}
        self.begun = 0.0
        self.pause_s = 1 / job.rate if job.rate else 0.0
        self.until = float("inf")
        self.enough = False
        self.failure = ""

    def next(self) -> tuple[int, Sequence[bytes]] | None:
        """The next item with its number; None when there is none, it is enough, time is over or something failed."""
        if time.perf_counter() > self.until:
            self.failure = self.failure or "the time is over"
        return None if self.failure or self.enough else next(self.items, None)

    def wait_s(self, number: int) -> float:
        """How long an item has to wait for its turn, so that all begin at an even pace; nothing for one that is late."""
        return max(0.0, self.begun + number * self.pause_s - time.perf_counter()) if self.pause_s else 0.0

    def stop(self) -> None:
        """Begin no other item."""
        self.enough = True


class _Connection(asyncio.Protocol):
    """Takes items until there are none; `done` resolves then."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._parser = httptools.HttpResponseParser(self)
        self._transport: Any = None
        self._body: list[bytes] = []
        self._item: Sequence[bytes] = ()
        self._number = self._step = 0
        self._begun = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self._run.failure = self._run.failure or f"the connection was lost: {error or 'closed by the server'}"
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        """A part of an answer's body, told by the parser."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """An answer is whole, told by the parser."""
        body = b"".join(self._body)
        self._body.clear()
        if (status := self._parser.get_status_code()) not in self._run.accepted:
            request = self._item[self._step].split(b"\r\n", 1)[0]
            self._run.failure = self._run.failure or f"{status} for {request!r}: {body[:400]!r}"
        self._step += 1
        if self._step < len(self._item) and not self._run.failure:
            self._transport.write(self._item[self._step].replace(ID_BEFORE, id_in(body)))
            return
        self._run.took[self._number] = (time.perf_counter() - self._begun, id_in(body).decode(), status)
        self.begin()

    def begin(self) -> None:
        """Send the first request of the next item, or end."""
        following = self._run.next()
        if following is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._number, self._item = following
        self._step = 0
        if wait_s := self._run.wait_s(self._number):
            asyncio.get_running_loop().call_later(wait_s, self._send)
        else:
            self._send()

    def _send(self) -> None:
        self._begun = time.perf_counter()
        self._transport.write(self._item[0])


def id_in(body: bytes) -> bytes:
    """The id that a document begins with; a page of documents has none there."""
    at = body.find(_ID, 0, 64)
    return body[at + len(_ID) : at + len(_ID) + len(ID_BEFORE)] if at >= 0 else b""


async def drive(job: Job, ready: Callable[[], None], enough: int | None = None) -> Result:
    """Open the connections, call `ready`, which returns when the measured window is open, and send everything.

    An endless job ends when there is something to read from the descriptor `enough`. Raises OSError when the server cannot be
    reached.
    """
    loop = asyncio.get_running_loop()
    run = _Run(job)
    opened = [await loop.create_connection(lambda: _Connection(run), job.host, job.port) for _ in range(job.connections)]
    ready()
    begun, cpu = time.perf_counter(), time.process_time()
    run.begun, run.until = begun, begun + job.limit_s
    for _, connection in opened:
        connection.begin()
    if job.endless and enough is not None:
        loop.add_reader(enough, run.stop)
    await asyncio.gather(*(connection.done for _, connection in opened))
    if job.endless and enough is not None:
        loop.remove_reader(enough)
        os.set_blocking(enough, True)  # as it was before the loop watched it
    took = [run.took[number] for number in sorted(run.took)]
    return Result(
        elapsed_s=time.perf_counter() - begun,
        cpu_s=time.process_time() - cpu,
        items_s=[seconds for seconds, _, _ in took],
        ids=[id for _, id, _ in took],
        statuses=[status for _, _, status in took],
        failure=run.failure,
    )


class Client:
    """The process that sends, as its starter sees it."""

    def __init__(self, host: str, port: int, connections: int, process: subprocess.Popen[bytes]) -> None:
        self._host, self._port, self._connections = host, port, connections
        assert process.stdin is not None and process.stdout is not None
        self._to, self._from = process.stdin, process.stdout

    def send(
        self,
        items: Sequence[Sequence[bytes]],
        opens: Callable[[], None],
        accepted: tuple[int, ...] = (200, 201),
        limit_s: float = 60.0,
        rate: float | None = None,
    ) -> Result:
        """Send the items, so many a second at most; `opens` is called when everything is ready and nothing is sent yet. Raises
        LoadError."""
        job = Job(
            host=self._host, port=self._port, connections=self._connections, items=items, accepted=accepted, limit_s=limit_s,
            rate=rate,
        )  # fmt: skip
        self._begin(job, opens)
        return self._result()

    @contextmanager
    def sending(
        self, items: Sequence[Sequence[bytes]], accepted: tuple[int, ...] = (200, 201), rate: float | None = None
    ) -> Iterator[list[Result]]:
        """Send the items again and again, so many a second at most, while the block runs; afterwards the list holds the result.
        Raises LoadError."""
        found: list[Result] = []
        job = Job(
            host=self._host, port=self._port, connections=self._connections, items=items, endless=True, accepted=accepted,
            limit_s=600, rate=rate,
        )  # fmt: skip
        self._begin(job, lambda: None)
        try:
            yield found
        finally:
            _write(self._to, _ENOUGH)
            found.append(self._result())

    def _begin(self, job: Job, opens: Callable[[], None]) -> None:
        _write(self._to, msgspec.msgpack.encode(job))
        if refusal := _read(self._from).decode():
            raise LoadError(refusal)
        opens()
        _write(self._to, _GO)

    def _result(self) -> Result:
        result = msgspec.msgpack.decode(_read(self._from), type=Result)
        if result.failure:
            raise LoadError(result.failure)
        return result


@contextmanager
def started(host: str, port: int, connections: int) -> Iterator[Client]:
    """A client process, ended at the end."""
    command = [sys.executable, "-c", f"from {__name__} import main; main()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - this very module
        try:
            yield Client(host, port, connections, process)
        finally:
            process.kill()


def _write(stream: IO[bytes], frame: bytes) -> None:
    stream.write(_LENGTH.pack(len(frame)) + frame)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes:
    return _exactly(stream, _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0])


def _exactly(stream: IO[bytes], count: int) -> bytes:
    found = b""
    while len(found) < count:
        if not (part := stream.read(count - len(found))):
            raise EOFError
        found += part
    return found


def main() -> None:
    """Serve jobs until standard input ends."""
    # Without a buffer: what says that it is enough must still be in the pipe when the loop begins to watch it.
    jobs = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # noqa: SIM115 - open as long as the process is

    def ready() -> None:
        _write(sys.stdout.buffer, b"")
        _read(jobs)

    while True:
        try:
            job = msgspec.msgpack.decode(_read(jobs), type=Job)
        except EOFError:
            return
        try:
            result = uvloop.run(drive(job, ready, jobs.fileno()))
        except OSError as error:
            _write(sys.stdout.buffer, f"The server cannot be reached: {error}.".encode())
        else:
            if job.endless:
                _read(jobs)  # what says that it is enough, also to a job that failed before
            _write(sys.stdout.buffer, msgspec.msgpack.encode(result))
