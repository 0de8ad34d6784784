"""HTTP/1.1 on one connection: bytes in, requests to the Api, answers out in order.

It stands where uvicorn's own protocol class would; sockets, signals and the end of the process remain uvicorn's. What it
spares a request is ASGI: a scope, two events and four messages, each a dictionary.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
import struct
from collections import deque
from typing import Any

import httptools
import uvicorn
from uvicorn.server import ServerState

from orderwright.errors import ApiError, OverCapacityError, invalid_input
from orderwright.http.wire.crowd import Crowd
from orderwright.http.wire.exchange import HEADERS_READ, Answer, take_header
from orderwright.http.wire.incoming import Incoming, fault_of, target_of
from orderwright.http.wire.limits import Body
from orderwright.http.wire.refusals import content_too_large, headers_too_large, request_timeout
from orderwright.http.wire.rendering import rendered
from orderwright.http.wire.server import Api, correlation_id_of, refusal

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: what the system holds is not sent after the end, and takes no room there
log = logging.getLogger("orderwright.http")


class HttpProtocol(asyncio.Protocol):
    """One connection. Requests are answered one after the other; while one waits behind another, or behind an answer that is
    not taken, nothing more is read.

    Its bounds are those of `Limits`, but for `timeout_keep_alive` of uvicorn's configuration: so long may nothing be asked, and
    the head of a request take from its first byte on.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._api: Api = app_state["api"]
        self._crowd: Crowd = app_state["crowd"]
        self._limits = self._crowd.limits
        self._server = server_state
        self._idle_s = config.timeout_keep_alive
        self._loop = _loop or asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        # What follows a request that closes the connection is nobody's, and no reason to withhold that request's answer.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._transport: asyncio.Transport
        self._idle: asyncio.TimerHandle
        self._since = 0.0  # when what the timer watches began
        self._arriving = self._expected()
        self._current: Incoming | None = None
        self._queue: deque[Incoming] = deque()
        self._head = 0  # bytes of the first line and headers so far
        self._partial = 0  # bytes that came before the head had ended
        self._owed = 0  # bytes of a body that the parser leaves to us
        self._quiet = 0  # bytes since the parser last told of something whole
        self._spare = 0  # bytes of a body that nobody takes
        self._last = False  # no further request is taken
        self._deaf = False  # what comes is not even looked at
        self._ended = False  # the client sends nothing more
        self._paused = False
        self._stalled = False  # something that was written has not been taken
        self._shown = False  # somebody with a token was answered

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # what servers make are such
        self._transport = transport
        transport.set_write_buffer_limits(high=0)  # so that whatever lies unsent is told of, and stands in `Unsent`
        address = transport.get_extra_info("peername")
        self._peer: str | None = address[0] if isinstance(address, tuple) else None  # a socket in the file system has none
        self._server.connections.add(self)  # type: ignore[arg-type]  # uvicorn names its own classes; it calls shutdown()
        self._since = self._loop.time()
        self._idle = self._loop.call_later(self._idle_s, self._look_whether_idle)
        if not self._crowd.admit(self, self._peer):
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._server.connections.discard(self)
        self._crowd.leave(self)
        self._crowd.unsent.end(self)
        self._crowd.strangers.free(self)
        self._idle.cancel()
        self._crowd.pipelined -= len(self._queue)
        for waiting in self._queue:
            waiting.drop_weight()
        self._queue.clear()
        self._deaf = True
        del self._parser  # it holds the connection, which holds it
        self._cut_off()

    def eof_received(self) -> bool:
        """What was asked before is answered still: a client may close its side as soon as it has asked."""
        self._ended = self._deaf = True
        self._cut_off()
        self._finish()
        return True

    def shutdown(self) -> None:
        """Uvicorn's word to finish what was asked and to close then."""
        self._crowd.unsent.hurry()
        self._finish()

    def abort(self) -> None:
        """End at once, whatever lies unsent, here or in the system."""
        self._deaf = True
        with contextlib.suppress(OSError):  # it has ended already
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()

    def _cut_off(self) -> None:
        if not self._arriving.whole and self._arriving.error is None:
            # What came so far may well read as a whole document, but nobody meant it to be one.
            self._arriving.fail(invalid_input("The request ended before its body did."))

    def _finish(self) -> None:
        self._last = True
        last = self._queue[-1] if self._queue else self._current
        if last is None:
            self._transport.close()
        else:
            last.keep_alive = False

    # What the crowd asks and is told of.

    whole = False  # as one whose head has not ended

    def may_go(self, *, shown: bool) -> bool:
        return (self._current is None or not self._current.whole) and (shown or not self._shown)

    def give_way(self) -> None:
        self._refuse(OverCapacityError("Too many requests are on their way; send the request again."))

    def unsent(self) -> int:
        return self._transport.get_write_buffer_size()

    def pause_writing(self) -> None:
        self._stalled = True
        self._crowd.unsent.begin(self)
        self._regulate()

    def resume_writing(self) -> None:
        self._stalled = False
        self._crowd.unsent.end(self)
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
            if self._quiet > self._limits.head_bytes:
                self._refuse(headers_too_large())
            elif not self._arriving.method:
                self._partial += len(data)
                if self._partial > self._limits.uncounted_bytes:
                    self._crowd.strangers.hold(self, self._partial)
        return b""

    # What the parser tells.

    def on_message_begin(self) -> None:
        self._since = self._loop.time()
        self._arriving = self._expected()
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
        if self._partial:
            self._partial = 0
            self._crowd.strangers.free(self)
        arriving.method = parser.get_method().decode()
        if self._last:
            return
        version, upgrade = parser.get_http_version(), parser.should_upgrade()
        if self._head > self._limits.head_bytes:
            self._refuse(headers_too_large())
        elif (fault := fault_of(arriving, version, upgrade)) is not None:
            self._refuse(fault)
        elif arriving.method != "POST" and arriving.declared > self._limits.spare_bytes:
            self._refuse(content_too_large(self._limits.spare_bytes))
        else:
            # The parser takes what follows a request for an upgrade to be of the other protocol. It is this request's body.
            self._owed = arriving.declared if upgrade else 0
            if version == "1.1":
                arriving.keep_alive = parser.should_keep_alive()
            else:  # an older client does not know the answer 100
                arriving.headers.pop("expect", None)
            self._take(arriving)

    def on_body(self, part: bytes) -> None:
        self._quiet = 0
        arriving = self._arriving
        if not arriving.taken or arriving.answered or arriving.error is not None:
            return
        if arriving.method != "POST":
            self._spare += len(part)
            if self._spare > self._limits.spare_bytes:
                arriving.keep_alive, self._last = False, True
            return
        arriving.add(part)
        if len(arriving.body) > self._limits.unread_bytes and arriving.awaited is None:
            self._regulate()

    def on_message_complete(self) -> None:
        self._quiet = self._spare = 0
        if self._owed:
            return
        arriving = self._arriving
        arriving.whole = True
        arriving.wake()
        if arriving.answered and not arriving.keep_alive:
            self._transport.close()

    # From a request to its answer.

    def _expected(self) -> Incoming:
        return Incoming(self._crowd.strangers, self._limits.uncounted_bytes)

    def _take(self, incoming: Incoming) -> None:
        """Answer it, now or when those before it are answered."""
        incoming.taken = True
        self._last = not incoming.keep_alive
        if self._current is None and not self._stalled and not self._queue:
            self._begin(incoming)
            return
        self._queue.append(incoming)
        self._crowd.pipelined += 1
        self._regulate()
        if self._crowd.pipelined > self._limits.pipelined:
            self._refuse(OverCapacityError("Too many requests wait behind others; send the request again."))

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
            refused = self._expected()
            refused.error = error
            self._take(refused)

    def _begin(self, incoming: Incoming) -> None:
        self._current = incoming
        if not incoming.method:
            assert incoming.error is not None
            self._write(incoming, refusal(incoming.error), correlation_id_of(None))
            return
        task = self._loop.create_task(self._answer(incoming))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    async def _answer(self, incoming: Incoming) -> None:
        path, query = target_of(incoming.url)
        body = functools.partial(self._body, incoming)
        try:
            answer, correlation_id = await self._api.handle(incoming.method, path, query, incoming.headers, body, self._peer)
            self._write(incoming, answer, correlation_id)
        except BaseException:  # such as being cancelled, when the time to shut down is over
            incoming.drop_weight()
            self._transport.close()
            raise

    def _write(self, incoming: Incoming, answer: Answer, correlation_id: str) -> None:
        incoming.answered = True
        incoming.body = b""
        incoming.drop_weight()
        self._current = None
        if self._transport.is_closing():
            return
        self._server.total_requests += 1
        if not incoming.whole and (answer.status == 408 or "expect" in incoming.headers):
            # Nobody knows whether the body will still come, so what comes next could not be told from it.
            incoming.keep_alive = False
        size, crowd = len(answer.body), self._crowd
        # What a write has done must be told. What was read can be read again.
        if size > self._limits.uncounted_bytes and incoming.method == "GET" and not crowd.unsent.has_room(size):
            answer = refusal(OverCapacityError("Too many answers are not taken by their clients; send the request again."))
        if not self._shown:
            self._shown = answer.status < 400 and "authorization" in incoming.headers
        self._transport.write(rendered(answer, incoming, correlation_id, self._server.default_headers))
        if incoming.keep_alive:
            self._since = self._loop.time()
            self._proceed()
        else:
            self._hang_up(incoming)

    def _hang_up(self, incoming: Incoming) -> None:
        self._last = True
        if incoming.whole or self._ended or not self._transport.can_write_eof():
            self._transport.close()
            return
        self._regulate()
        self._transport.write_eof()
        self._loop.call_later(self._limits.linger_s, self._transport.close)

    def _proceed(self) -> None:
        if self._queue and self._current is None and not self._stalled:
            self._crowd.pipelined -= 1
            self._begin(self._queue.popleft())
        if self._paused:
            self._regulate()

    def _regulate(self) -> None:
        """Read only while what comes has a place."""
        arriving = self._arriving
        unread = len(arriving.body) > self._limits.unread_bytes and arriving.awaited is None
        pause = self._stalled or bool(self._queue) or unread
        if pause is self._paused or self._ended or self._transport.is_closing():
            return
        self._paused = pause
        if pause:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    async def _body(self, incoming: Incoming, kind: Body) -> bytes:
        """The whole body, within the limits of its kind; one that is too large is refused as soon as that is known."""
        # Most bodies are there already, and small.
        if not incoming.whole or incoming.error is not None or len(incoming.body) > min(incoming.free, kind.most):
            incoming.ask(kind, self._crowd.known if kind.known else self._crowd.strangers)
            if not incoming.whole and incoming.error is None:
                await self._rest_of(incoming)
        if incoming.error is not None:
            raise incoming.error
        body, incoming.body = bytes(incoming.body), b""
        return body

    async def _rest_of(self, incoming: Incoming) -> None:
        incoming.awaited = self._loop.create_future()
        self._regulate()
        if incoming.headers.pop("expect", "").lower() == "100-continue":
            self._transport.write(_CONTINUE)
        try:
            async with asyncio.timeout(self._limits.body_s):
                await incoming.awaited
        except TimeoutError:
            incoming.fail(request_timeout())

    def _look_whether_idle(self) -> None:
        # One timer a connection, which looks at a time that every request sets: setting a timer anew for each would cost more.
        left_s = self._idle_s if self._current is not None else self._since + self._idle_s - self._loop.time()
        if left_s > 0:
            self._idle = self._loop.call_later(left_s, self._look_whether_idle)
        else:
            self._transport.close()
