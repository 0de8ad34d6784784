"""A proxy before PostgreSQL that can lose a connection at the worst moment, go silent, or refuse everyone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

READY = b"Z\x00\x00\x00\x05"  # the start of PostgreSQL's word that a statement is done; one byte follows
Then = Callable[[], Awaitable[None]]


class CuttingProxy:
    """Forwards bytes. A cut happens once: at the first bytes from the client that contain what was armed."""

    def __init__(self, dsn: str) -> None:
        self._target = urlsplit(dsn)
        self._open: set[asyncio.StreamWriter] = set()
        self._armed: tuple[bytes, bool, Then | None] | None = None
        self.port = 0
        self.cuts = 0
        self.refusing = False
        self.silent = False

    @property
    def dsn(self) -> str:
        return self._target._replace(netloc=f"{self._target.username}@127.0.0.1:{self.port}", query="").geturl()

    def cut(self, at: bytes, *, after: bool, then: Then | None = None) -> None:
        """Cut before the bytes reach the database, or when it has done what they ask and before its answer comes back.

        `then` happens between the two.
        """
        self._armed = (at, after, then)

    def hang_up(self) -> None:
        """Close every connection."""
        for writer in list(self._open):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        host = parse_qs(self._target.query).get("host", [""])[0]
        if host:
            port = self._target.port or parse_qs(self._target.query).get("port", ["5432"])[0]
            from_server, to_server = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            from_server, to_server = await asyncio.open_connection(self._target.hostname, self._target.port or 5432)
        self._open |= {writer, to_server}
        answers = asyncio.create_task(self._forward(from_server, writer))
        try:
            await self._requests(reader, writer, from_server, to_server, answers)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            answers.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await answers
            for one in (writer, to_server):
                self._open.discard(one)
                one.transport.abort()

    async def _requests(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        from_server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        answers: asyncio.Task[None],
    ) -> None:
        while chunk := await reader.read(1 << 20):
            if self.silent:
                continue
            if self._armed is None or self._armed[0] not in chunk:
                to_server.write(chunk)
                continue
            _, after, then = self._armed
            self._armed = None
            self.cuts += 1
            if after:
                answers.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await answers
                to_server.write(chunk)
                said = b""
                while said[-6:-1] != READY:
                    said += await from_server.readexactly(1)
            if then is not None:
                await then()
            return

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(1 << 20):
                writer.write(chunk)
        writer.transport.abort()


@asynccontextmanager
async def proxied(dsn: str) -> AsyncIterator[CuttingProxy]:
    """The proxy on a free port."""
    proxy = CuttingProxy(dsn)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=1 << 24)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.hang_up()
        for _ in range(100):  # connections end by themselves once they are hung up
            if not proxy._open:
                break
            await asyncio.sleep(0.01)
