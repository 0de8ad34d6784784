"""HTTP/1.1 on one connection: bytes in, requests to the Api, answers out in order.

It stands where uvicorn's own protocol class would; sockets, signals and the end of the process remain uvicorn's. What it
spares a request is ASGI: a scope, two events and four messages, each a dictionary.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections import deque
from typing import Any

import httptools
import uvicorn
from uvicorn.server import ServerState

from orderwright.errors import ApiError, invalid_input
from orderwright.http.wire.exchange import HEADERS_READ, Answer, take_header
from orderwright.http.wire.refusals import content_too_large, headers_too_large, request_timeout
from orderwright.http.wire.rendering import rendered
from orderwright.http.wire.server import Api, correlation_id_of, refusal

MAX_BODY = 16 * 1024 * 1024
BODY_S = 30  # seconds; a request that is still being sent holds one of the places that others wait for
MAX_HEAD = 64 * 1024  # bytes of a request's first line and headers together
UNREAD = 64 * 1024  # bytes of a body that may lie here before anybody asks for it
LINGER_S = 2  # seconds for which what still comes is thrown away, so that the last answer is not lost to a reset
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
log = logging.getLogger("orderwright.http")


class _Incoming:
    """A request on its way in, or what came in the place of one: then `error` says what is wrong with it."""

    __slots__ = ("answered", "awaited", "body", "error", "headers", "keep_alive", "method", "taken", "url", "whole")

    def __init__(self) -> None:
        self.method = ""
        self.url = b""
        self.headers: dict[str, str] = {}
        self.body: bytes | bytearray = b""
        self.error: ApiError | None = None
        self.awaited: asyncio.Future[None] | None = None
        self.taken = False  # its head was read, and it will be answered
        self.whole = False
        self.answered = False
        self.keep_alive = False

    def add(self, part: bytes) -> None:
        """A part of the body came. Most bodies come in one."""
        if not self.body:
            self.body = part
        else:
            if isinstance(self.body, bytes):
                self.body = bytearray(self.body)
            self.body += part
        if len(self.body) > MAX_BODY:
            self.wake()

    def fail(self, error: ApiError) -> None:
        """The rest of the body will never come."""
        self.error = error
        self.wake()

    def wake(self) -> None:
        """Go on with whoever waits for the body."""
        if self.awaited is not None and not self.awaited.done():
            self.awaited.set_result(None)


class HttpProtocol(asyncio.Protocol):
    """One connection. Requests are answered one after the other; while one waits behind another, nothing more is read.

    The times: `timeout_keep_alive` of uvicorn's configuration for a connection on which nothing is asked, and for the head of
    a request from its first byte on; BODY_S for a body from when it is wanted.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._api: Api = app_state["api"]
        self._server = server_state
        self._idle_s = config.timeout_keep_alive
        self._loop = _loop or asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        # What follows a request that closes the connection is nobody's, and no reason to withhold that request's answer.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._transport: asyncio.Transport
        self._idle: asyncio.TimerHandle
        self._since = 0.0  # when what the timer watches began
        self._arriving = _Incoming()
        self._current: _Incoming | None = None
        self._queue: deque[_Incoming] = deque()
        self._head = 0  # bytes of the first line and headers so far
        self._owed = 0  # bytes of a body that the parser leaves to us
        self._quiet = 0  # bytes since the parser last told of something whole
        self._last = False  # no further request is taken
        self._deaf = False  # what comes is not even looked at
        self._paused = False
        self._stalled = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # what servers make are such
        self._transport = transport
        address = transport.get_extra_info("peername")
        self._peer: str | None = address[0] if isinstance(address, tuple) else None  # a socket in the file system has none
        self._server.connections.add(self)  # type: ignore[arg-type]  # uvicorn names its own classes; it calls shutdown()
        self._since = self._loop.time()
        self._idle = self._loop.call_later(self._idle_s, self._look_whether_idle)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.connections.discard(self)
        self._idle.cancel()
        self._queue.clear()
        self._deaf = True
        del self._parser  # it holds the connection, which holds it
        if not self._arriving.whole:
            # What came so far may well read as a whole document, but nobody meant it to be one.
            self._arriving.fail(invalid_input("The request ended before its body did."))

    def shutdown(self) -> None:
        """Uvicorn's word to finish what was asked and to close then."""
        self._last = True
        last = self._queue[-1] if self._queue else self._current
        if last is None:
            self._transport.close()
        else:
            last.keep_alive = False

    def pause_writing(self) -> None:
        self._stalled = True
        self._regulate()

    def resume_writing(self) -> None:
        self._stalled = False
        self._proceed()

    def data_received(self, data: bytes) -> None:
        while data:
            data = self._pass_over(data) if self._owed else self._feed(data)

    def _pass_over(self, data: bytes) -> bytes:
        part, rest = data[: self._owed], data[self._owed :]
        self._owed -= len(part)
        self.on_body(part)
        if not self._owed:
            self.on_message_complete()
        return rest

    def _feed(self, data: bytes) -> bytes:
        """Parse; what is returned comes after a request that wished for another protocol, and is HTTP as before."""
        if self._deaf:
            return b""
        self._quiet += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return data[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            broken = isinstance(error, httptools.HttpParserCallbackError)
            self._refuse(invalid_input("This is not a request of HTTP/1.1."), error if broken else None)
        else:
            if self._quiet > MAX_HEAD:
                self._refuse(headers_too_large())
        return b""

    # What the parser tells.

    def on_message_begin(self) -> None:
        self._since = self._loop.time()
        self._arriving = _Incoming()
        self._head = self._quiet = 0

    def on_url(self, url: bytes) -> None:
        self._arriving.url += url
        self._head += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        arriving = self._arriving
        self._head += len(name) + len(value) + 4
        # What is told after the head are a chunked body's trailers. They must not pass for headers.
        if not arriving.method and (read := HEADERS_READ.get(name.lower())) is not None:
            take_header(arriving.headers, read, value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        arriving, parser = self._arriving, self._parser
        self._quiet = 0
        arriving.method = parser.get_method().decode()
        if self._last:
            return
        if self._head > MAX_HEAD:
            self._refuse(headers_too_large())
        elif not arriving.url.isascii():
            self._refuse(invalid_input("Malformed path: it is not ASCII."))
        elif parser.should_upgrade() and not _bounded(arriving):
            self._refuse(invalid_input("No other protocol is spoken here: send the request without the header Upgrade."))
        else:
            # The parser takes what follows a request for an upgrade to be of the other protocol. It is this request's body.
            self._owed = int(arriving.headers.get("content-length", "0")) if parser.should_upgrade() else 0
            if parser.get_http_version() == "1.1":
                arriving.keep_alive = parser.should_keep_alive()
            else:  # an older client does not know the answer 100
                arriving.headers.pop("expect", None)
            self._take(arriving)

    def on_body(self, part: bytes) -> None:
        self._quiet = 0
        arriving = self._arriving
        if arriving.taken and not arriving.answered and len(arriving.body) <= MAX_BODY:
            arriving.add(part)
            if len(arriving.body) > UNREAD and arriving.awaited is None:
                self._regulate()

    def on_message_complete(self) -> None:
        self._quiet = 0
        if self._owed:
            return
        arriving = self._arriving
        arriving.whole = True
        arriving.wake()
        if arriving.answered and not arriving.keep_alive:
            self._transport.close()

    # From a request to its answer.

    def _take(self, incoming: _Incoming) -> None:
        """Answer it, now or when those before it are answered."""
        incoming.taken = True
        self._last = not incoming.keep_alive
        if self._current is None and not self._stalled and not self._queue:
            self._begin(incoming)
        else:
            self._queue.append(incoming)
            self._regulate()

    def _refuse(self, error: ApiError, cause: Exception | None = None) -> None:
        """Answer what is no request, after those that came before it, and hang up."""
        if self._deaf:
            return
        self._deaf = True
        log.warning("Invalid HTTP request received.", exc_info=cause)
        arriving = self._arriving
        if arriving.taken and not arriving.whole:
            arriving.keep_alive = False
            arriving.fail(error)
            if arriving.answered:
                self._transport.close()
        elif not self._last:
            refused = _Incoming()
            refused.error = error
            self._take(refused)

    def _begin(self, incoming: _Incoming) -> None:
        self._current = incoming
        if not incoming.method:
            assert incoming.error is not None
            self._write(incoming, refusal(incoming.error), correlation_id_of(None))
            return
        task = self._loop.create_task(self._answer(incoming))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    async def _answer(self, incoming: _Incoming) -> None:
        path, query = _target(incoming.url)
        body = functools.partial(self._body, incoming)
        try:
            answer, correlation_id = await self._api.handle(incoming.method, path, query, incoming.headers, body, self._peer)
            self._write(incoming, answer, correlation_id)
        except BaseException:  # such as being cancelled, when the time to shut down is over
            self._transport.close()
            raise

    def _write(self, incoming: _Incoming, answer: Answer, correlation_id: str) -> None:
        incoming.answered = True
        incoming.body = b""
        self._current = None
        if self._transport.is_closing():
            return
        self._server.total_requests += 1
        if not incoming.whole and (answer.status == 408 or "expect" in incoming.headers):
            # Nobody knows whether the body will still come, so what comes next could not be told from it.
            incoming.keep_alive = False
        self._transport.write(rendered(answer, incoming, correlation_id, self._server.default_headers))
        if incoming.keep_alive:
            self._since = self._loop.time()
            self._proceed()
        else:
            self._hang_up(incoming)

    def _hang_up(self, incoming: _Incoming) -> None:
        self._last = True
        if incoming.whole or not self._transport.can_write_eof():
            self._transport.close()
            return
        self._regulate()
        self._transport.write_eof()
        self._loop.call_later(LINGER_S, self._transport.close)

    def _proceed(self) -> None:
        if self._queue and self._current is None and not self._stalled:
            self._begin(self._queue.popleft())
        if self._paused:
            self._regulate()

    def _regulate(self) -> None:
        """Read only while what comes has a place."""
        arriving = self._arriving
        unread = len(arriving.body) > UNREAD and arriving.awaited is None
        pause = self._stalled or bool(self._queue) or unread
        if pause is self._paused or self._transport.is_closing():
            return
        self._paused = pause
        if pause:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    async def _body(self, incoming: _Incoming) -> bytes:
        """The whole body, at most MAX_BODY bytes and BODY_S seconds; a larger one is refused as soon as that is known."""
        declared = incoming.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > MAX_BODY:
            raise content_too_large()
        if not incoming.whole and incoming.error is None and len(incoming.body) <= MAX_BODY:
            await self._rest_of(incoming)
        if incoming.error is not None:
            raise incoming.error
        if len(incoming.body) > MAX_BODY:
            raise content_too_large()
        return bytes(incoming.body)

    async def _rest_of(self, incoming: _Incoming) -> None:
        incoming.awaited = self._loop.create_future()
        self._regulate()
        if incoming.headers.pop("expect", "").lower() == "100-continue":
            self._transport.write(_CONTINUE)
        try:
            async with asyncio.timeout(BODY_S):
                await incoming.awaited
        except TimeoutError:
            raise request_timeout() from None

    def _look_whether_idle(self) -> None:
        # One timer a connection, which looks at a time that every request sets: setting a timer anew for each would cost more.
        left_s = self._idle_s if self._current is not None else self._since + self._idle_s - self._loop.time()
        if left_s > 0:
            self._idle = self._loop.call_later(left_s, self._look_whether_idle)
        else:
            self._transport.close()


def _bounded(incoming: _Incoming) -> bool:
    length = incoming.headers.get("content-length", "0")
    return incoming.method != "CONNECT" and length.isdecimal() and "transfer-encoding" not in incoming.headers


def _target(url: bytes) -> tuple[bytes, bytes]:
    """Path and query, still percent-encoded."""
    if not url.startswith(b"/"):  # with scheme and host before it, as a proxy is asked
        try:
            parsed = httptools.parse_url(url)
        except httptools.HttpParserInvalidURLError:
            return url, b""
        return parsed.path or b"/", parsed.query or b""
    path, _, query = url.partition(b"#")[0].partition(b"?")
    return path, query
