"""The connections of clients, in turn and many at once. The library's own ones take longer to ask than the server to answer."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from collections.abc import Iterable, Iterator

import httptools
import httpx

TIMEOUT_S = 30.0
LARGEST_READ = 256 * 1024


class Connections(httpx.BaseTransport):
    """HTTP/1.1 over connections that stay open, and are used by one request at a time. Shared ones outlast each client."""

    def __init__(self, *, shared: bool = False) -> None:
        self._shared = shared
        self._idle: list[socket.socket] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer. Raises what the client's own connections raise."""
        return self._answered(request, sent(request)).response()

    def bare(self, request: httpx.Request, content: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to these bytes. Of the request only method and address count."""
        answer = self._answered(request, (content,))
        return answer.status, answer.body

    def _answered(self, request: httpx.Request, parts: Iterable[bytes]) -> Answer:
        connection = self._taken(request.url)
        try:
            for part in parts:
                connection.sendall(part)
            answer = Answer(request)
            while not answer.complete:
                answer.read(connection.recv(LARGEST_READ))
        except TimeoutError as error:
            connection.close()
            raise httpx.ReadTimeout(str(error), request=request) from error
        except OSError as error:
            connection.close()
            raise httpx.ReadError(str(error), request=request) from error
        except BaseException:
            connection.close()
            raise
        if answer.goes_on:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _taken(self, url: httpx.URL) -> socket.socket:
        while self._idle:
            connection = self._idle.pop()
            if still_open(connection):
                return connection
            connection.close()
        try:
            connection = socket.create_connection((url.host, url.port or 80), timeout=TIMEOUT_S)
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def close(self) -> None:
        """Close them, unless this is said by one client while others go on."""
        if not self._shared:
            self.end()

    def end(self) -> None:
        """Close them."""
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        self.end()  # those of a server that was killed


class Crowd(httpx.AsyncBaseTransport):
    """The same for many requests at once, `size` of them at most; the others wait."""

    def __init__(self, size: int) -> None:
        self._room = asyncio.Semaphore(size)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer. Raises what the client's own connections raise."""
        async with self._room:
            reader, writer = await self._taken(request.url)
            answer = Answer(request)
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    writer.writelines(sent(request))
                    await writer.drain()
                    while not answer.complete:
                        answer.read(await reader.read(LARGEST_READ))
            except TimeoutError as error:
                writer.close()
                raise httpx.ReadTimeout(str(error), request=request) from error
            except OSError as error:
                writer.close()
                raise httpx.ReadError(str(error), request=request) from error
            except BaseException:
                writer.close()
                raise
            if answer.goes_on:
                self._idle.append((reader, writer))
            else:
                writer.close()
            return answer.response()

    async def _taken(self, url: httpx.URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await asyncio.open_connection(url.host, url.port or 80)
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error

    async def aclose(self) -> None:
        """Close them."""
        for _, writer in self._idle:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        self._idle.clear()


class Answer:
    """What has been read of the answer to a request. One to a HEAD is complete without the body that its headers tell of."""

    def __init__(self, request: httpx.Request) -> None:
        self.complete = False
        # Whether the connection may be used again.
        self.goes_on = False
        self._request = request
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._parser = httptools.HttpResponseParser(self)

    def read(self, received: bytes) -> None:
        """Take in what came. Nothing is the end of the connection."""
        if not received:
            raise httpx.RemoteProtocolError("Server disconnected without sending a whole response.", request=self._request)
        self._parser.feed_data(received)

    @property
    def status(self) -> int:
        return int(self._parser.get_status_code())

    @property
    def body(self) -> bytes:
        return b"".join(self._body)

    def response(self) -> httpx.Response:
        """The answer as the client knows it."""
        stream = httpx.ByteStream(self.body)
        return httpx.Response(self.status, headers=self._headers, stream=stream, request=self._request)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self._request.method == "HEAD":
            self.on_message_complete()

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        # The parser knows only now: it looks ahead to the next answer afterwards.
        self.complete, self.goes_on = True, bool(self._parser.should_keep_alive())


def sent(request: httpx.Request) -> Iterator[bytes]:
    """The bytes of a request."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [name + b": " + value for name, value in request.headers.raw]
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    if request.headers.get("transfer-encoding") != "chunked":
        yield head + request.read()
        return
    assert isinstance(request.stream, Iterable)
    yield head
    for part in request.stream:
        yield b"%x\r\n%s\r\n" % (len(part), part) if part else b""
    yield b"0\r\n\r\n"


def still_open(connection: socket.socket) -> bool:
    """Whether the server has neither hung up nor said anything since its last answer."""
    readable, _, _ = select.select([connection], [], [], 0)
    return not readable
