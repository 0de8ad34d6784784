"""A server outside, in a process of its own: it takes each notification at once, and answers each extension with nothing to do.

It reads commands from its standard input and writes answers to its standard output, a line each.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httptools
import msgspec
import uvloop

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class _Message(msgspec.Struct, rename="camel"):
    notification_type: str = ""
    created_at: datetime | None = None


class _Connection(asyncio.Protocol):
    """Notes when each body came."""

    def __init__(self, got: list[tuple[float, bytes]]) -> None:
        self._got = got
        self._parser = httptools.HttpRequestParser(self)
        self._body: list[bytes] = []
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        """A part of a body, told by the parser."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """A request is whole, told by the parser."""
        self._got.append((time.time(), b"".join(self._body)))
        self._body.clear()
        self._transport.write(_ANSWER)


def delays(got: Sequence[tuple[float, bytes]]) -> list[float]:
    """The seconds from when the change of each Message began until it came, by one clock. Other requests have none."""
    decoder = msgspec.json.Decoder(_Message)
    messages = ((at, decoder.decode(body)) for at, body in got)
    return [
        at - message.created_at.timestamp()
        for at, message in messages
        if message.notification_type == "Message" and message.created_at is not None
    ]


async def _serve() -> None:
    got: list[tuple[float, bytes]] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(got), "127.0.0.1", 0)
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop.add_reader(sys.stdin.fileno(), lambda: lines.put_nowait(sys.stdin.readline()))
    _say(server.sockets[0].getsockname()[1])
    while line := await lines.get():
        if line == "count\n":
            _say(len(got))
        else:
            _say(delays(got))
            got.clear()


def _say(value: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """Serve until standard input ends."""
    uvloop.run(_serve())


class Receiver:
    """The process, as its starter sees it. `url` is where it listens, by a name that the server may call."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._to, self._from = process.stdin, process.stdout
        self.url = f"http://localhost:{msgspec.json.decode(self._from.readline())}/"

    def count(self) -> int:
        """How many requests came since the delays were taken last."""
        return int(self._ask(b"count\n"))

    def take(self) -> list[float]:
        """The delays of the Messages that came, in seconds; from then on it counts anew."""
        return [float(each) for each in self._ask(b"take\n")]

    def _ask(self, command: bytes) -> Any:
        self._to.write(command)
        self._to.flush()
        return msgspec.json.decode(self._from.readline())


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver, ended at the end."""
    command = [sys.executable, "-c", f"from {__name__} import main; main()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - this very module
        try:
            yield Receiver(process)
        finally:
            process.kill()
