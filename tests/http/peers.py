"""A peer on one connection to the protocol, with handlers of the test's own."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn
import uvloop
from uvicorn.server import ServerState

from orderwright.http.mounts.refusal import refusal
from orderwright.http.wire import protocol
from orderwright.http.wire.crowd import Crowd
from orderwright.http.wire.exchange import Answer, Handler, Request
from orderwright.http.wire.limits import Limits
from orderwright.http.wire.logs import RequestLog
from orderwright.http.wire.mounts import Mount, Mounts
from orderwright.http.wire.server import Api

Received = tuple[int, dict[str, str], bytes]
USUAL = Limits()
HOST = b"Host: test"


class Peer:
    """The other end of one connection. Waiting for what does not come fails after five seconds."""

    def __init__(self, address: tuple[str, int], state: ServerState, crowd: Crowd) -> None:
        self._address, self.state, self.crowd = address, state, crowd
        self._others: list[Peer] = []
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    @classmethod
    async def of(cls, address: tuple[str, int], state: ServerState, crowd: Crowd) -> Peer:
        """A peer whose own buffer is small, so that what it does not read soon lies at the server."""
        ours = socket.socket()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        ours.connect(address)
        peer = cls(address, state, crowd)
        peer._reader, peer._writer = await asyncio.open_connection(sock=ours)
        return peer

    async def another(self) -> Peer:
        """One more connection to the same server, with a peer of its own. It is closed with this one."""
        self._others.append(await Peer.of(self._address, self.state, self.crowd))
        return self._others[-1]

    def send(self, *content: bytes) -> None:
        self._writer.write(b"".join(content))

    async def drained(self) -> None:
        """What was sent has left."""
        await self._writer.drain()

    async def exactly(self, size: int) -> bytes:
        """The next so many bytes, of whatever they are."""
        async with asyncio.timeout(5):
            return await self._reader.readexactly(size)

    async def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of what comes next."""
        async with asyncio.timeout(5):
            lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines[1:-2])
        return int(lines[0].split()[1]), dict(pairs)

    async def answer(self) -> Received:
        """The next answer, whole."""
        status, headers = await self.head()
        async with asyncio.timeout(5):
            return status, headers, await self._reader.readexactly(int(headers.get("content-length", 0)))

    async def error(self) -> tuple[int, str]:
        """Status and code of the next answer, an error in the API's form."""
        status, headers, body = await self.answer()
        document = json.loads(body)
        assert headers["content-type"] == "application/json; charset=utf-8"
        assert document["statusCode"] == status
        return status, document["errors"][0]["code"]

    async def ended(self) -> bool:
        """Whether the server hung up; waits for it."""
        try:
            async with asyncio.timeout(5):
                return await self._reader.read(1) == b""
        except ConnectionResetError:
            return True

    def end(self) -> None:
        """Close our side; the server may still answer."""
        self._writer.write_eof()

    def reset(self) -> None:
        """Hang up in the middle."""
        self._writer.transport.abort()

    def vanish(self) -> None:
        """Hang up so that the server is told at once."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        """Hang up, and with the others, too."""
        self._writer.close()
        for other in self._others:
            other.close()


@asynccontextmanager
async def connected(served: Mounts, keep_alive_s: float = 5, limits: Limits = USUAL, log: bool = False) -> AsyncIterator[Peer]:
    loop, state = asyncio.get_running_loop(), ServerState()
    config = uvicorn.Config("unused:app", timeout_keep_alive=keep_alive_s)  # type: ignore[arg-type]  # a test waits less than 1 s
    api = Api(served, 10, RequestLog(enabled=log))
    crowd = Crowd(limits)
    app = {"api": api, "crowd": crowd}
    server = await loop.create_server(lambda: protocol.HttpProtocol(config, state, app), "127.0.0.1", 0)
    peer = await Peer.of(server.sockets[0].getsockname(), state, crowd)
    try:
        yield peer
    finally:
        peer.close()
        server.close()
        async with asyncio.timeout(5):
            while state.connections or state.tasks:  # noqa: ASYNC110 - sets of uvicorn's, which itself waits for them so
                await asyncio.sleep(0.005)
        assert (len(crowd), crowd.strangers.held, crowd.known.held, crowd.unsent.total, crowd.pipelined) == (0, 0, 0, 0, 0)


def wired(
    scene: Callable[[Peer], Awaitable[None]],
    handler: Handler | Mounts,
    keep_alive_s: float = 5,
    limits: Limits = USUAL,
    log: bool = False,
) -> None:
    """Play a scene on one connection; in the end no connection, no task and nothing that counts for them may be left."""
    served = handler if isinstance(handler, Mounts) else Mounts(Mount(answer=handler, refusal=refusal))

    async def play() -> None:
        async with connected(served, keep_alive_s, limits, log) as peer:
            await scene(peer)

    uvloop.run(play())


def post(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"POST /p/carts HTTP/1.1", HOST, *lines]) + b"\r\n\r\n" + body


def get(path: bytes = b"/a", *lines: bytes) -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", HOST, *lines]) + b"\r\n\r\n"


async def path_of(request: Request) -> Answer:
    return Answer(200, "/".join(request.segments).encode())
