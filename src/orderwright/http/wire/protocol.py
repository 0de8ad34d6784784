"""HTTP/1.1 on one connection: bytes in, requests to the Api, answers out in order.

It stands where uvicorn's own protocol class would; sockets, signals and the end of the process remain uvicorn's. What it
spares a request is ASGI: a scope, two events and four messages, each a dictionary.
"""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from collections.abc import AsyncIterable
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from orderwright.errors import OverCapacityError
from orderwright.http.wire.crowd import Crowd
from orderwright.http.wire.exchange import EVENTS, Answer, end_of
from orderwright.http.wire.incoming import Incoming, Reading, target_of
from orderwright.http.wire.limits import Body
from orderwright.http.wire.outgoing import Outgoing, rendered
from orderwright.http.wire.refusals import request_timeout
from orderwright.http.wire.server import Api, correlation_id_of

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


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
        self._reading = Reading(self, self._limits, self._crowd.strangers, self._api.takes_body)
        self._transport: asyncio.Transport
        self._outgoing: Outgoing
        self._idle: asyncio.TimerHandle
        self._current: Incoming | None = None
        self._queue: deque[Incoming] = deque()
        self._ended = False  # the client sends nothing more
        self._paused = False
        self._shown = False  # somebody with a token was answered

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # what servers make are such
        self._transport = transport
        self._outgoing = Outgoing(transport, self._crowd.unsent, self._limits.stalled_s)
        address = transport.get_extra_info("peername")
        self._peer: str | None = address[0] if isinstance(address, tuple) else None  # a socket in the file system has none
        self._server.connections.add(self)  # type: ignore[arg-type]  # uvicorn names its own classes; it calls shutdown()
        self._idle = self._loop.call_later(self._idle_s, self._look_whether_idle)
        if not self._crowd.admit(self, self._peer):
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._server.connections.discard(self)
        self._crowd.leave(self)
        self._outgoing.lost(self)
        self._idle.cancel()
        self._crowd.pipelined -= len(self._queue)
        for waiting in self._queue:
            waiting.drop_weight()
        self._queue.clear()
        self._reading.end()

    def eof_received(self) -> bool:
        """What was asked before is answered still: a client may close its side as soon as it has asked."""
        self._ended = True
        self._reading.cut_off()
        self._outgoing.ended()
        self._finish()
        return True

    def shutdown(self) -> None:
        """Uvicorn's word to finish what was asked and to close then."""
        self._crowd.unsent.hurry()
        self._outgoing.break_endless()
        self._finish()

    def abort(self) -> None:
        """End at once, whatever lies unsent, here or in the system."""
        self._reading.deaf = True
        self._outgoing.abort()

    def _finish(self) -> None:
        self._reading.last = True
        last = self._queue[-1] if self._queue else self._current
        if last is None:
            self._transport.close()
        else:
            last.keep_alive = False

    # What the crowd asks and is told of.

    def may_go(self, *, shown: bool) -> bool:
        return (self._current is None or not self._current.whole) and (shown or not self._shown)

    def unsent(self) -> int:
        return self._transport.get_write_buffer_size()

    def pause_writing(self) -> None:
        self._outgoing.stall(self)
        self.regulate()

    def resume_writing(self) -> None:
        self._outgoing.flow(self)
        self._proceed()

    def data_received(self, data: bytes) -> None:
        self._reading.feed(data)

    # From a request to its answer: what the reading tells, and what is written.

    def take(self, incoming: Incoming) -> None:
        """Answer it, now or when those before it are answered."""
        incoming.taken = True
        self._reading.last = not incoming.keep_alive
        if self._current is None and not self._outgoing.stalled and not self._queue:
            self._begin(incoming)
            return
        self._queue.append(incoming)
        self._crowd.pipelined += 1
        self.regulate()
        if self._crowd.pipelined > self._limits.pipelined:
            self._reading.refuse(OverCapacityError("Too many requests wait behind others; send the request again."))

    def finished(self) -> None:
        """The last request has ended, after its answer."""
        self._transport.close()

    def _begin(self, incoming: Incoming) -> None:
        self._current = incoming
        if not incoming.method:
            assert incoming.error is not None
            self._write(incoming, self._api.refusal(incoming.url, incoming.error), 0, correlation_id_of(None))
            return
        task = self._loop.create_task(self._answer(incoming))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    async def _answer(self, incoming: Incoming) -> None:
        path, query = target_of(incoming.url)
        body = functools.partial(self._body, incoming)
        try:
            answer, correlation_id = await self._api.handle(incoming.method, path, query, incoming.headers, body, self._peer)
            if isinstance(answer.body, bytes):
                self._write(incoming, answer, len(answer.body), correlation_id)
            else:
                await self._stream(incoming, answer, answer.body, correlation_id)
        except BaseException:  # such as being cancelled, when the time to shut down is over
            incoming.drop_weight()
            self._transport.close()
            raise

    def _write(self, incoming: Incoming, answer: Answer, size: int, correlation_id: str) -> None:
        # What a write has done must be told. What was read can be read again.
        if size > self._limits.uncounted_bytes and incoming.method == "GET" and not self._crowd.unsent.has_room(size):
            full = OverCapacityError("Too many answers are not taken by their clients; send the request again.")
            answer = self._api.refusal(incoming.url, full)
        if not self._transport.is_closing():
            self._transport.write(self._begun(incoming, answer, correlation_id))
        self._end(incoming)

    async def _stream(self, incoming: Incoming, answer: Answer, body: AsyncIterable[bytes], correlation_id: str) -> None:
        incoming.drop_weight()
        parts = aiter(body)
        try:
            head, endless = self._begun(incoming, answer, correlation_id), ("content-type", EVENTS) in answer.headers
            await self._outgoing.stream(head, parts, chunked=incoming.chunked, endless=endless)
        finally:
            await end_of(parts)
        self._end(incoming)

    def _begun(self, incoming: Incoming, answer: Answer, correlation_id: str) -> bytes:
        """The bytes with which an answer begins; those of a whole one end with them, too."""
        self._server.total_requests += 1
        if not incoming.whole and (answer.status == 408 or "expect" in incoming.headers):
            # Nobody knows whether the body will still come, so what comes next could not be told from it.
            incoming.keep_alive = False
        if not self._shown:
            self._shown = answer.status < 400 and "authorization" in incoming.headers
        return rendered(answer, incoming, correlation_id, self._server.default_headers)

    def _end(self, incoming: Incoming) -> None:
        incoming.answered = True
        incoming.body = b""
        incoming.drop_weight()
        self._current = None
        if self._transport.is_closing():
            return
        if incoming.keep_alive:
            self._reading.since = self._loop.time()
            self._proceed()
        else:
            self._hang_up(incoming)

    def _hang_up(self, incoming: Incoming) -> None:
        self._reading.last = True
        if incoming.whole or self._ended or not self._transport.can_write_eof():
            self._transport.close()
            return
        self.regulate()
        self._transport.write_eof()
        self._loop.call_later(self._limits.linger_s, self._transport.close)

    def _proceed(self) -> None:
        if self._queue and self._current is None and not self._outgoing.stalled:
            self._crowd.pipelined -= 1
            self._begin(self._queue.popleft())
        if self._paused:
            self.regulate()

    def regulate(self) -> None:
        """Read only while what comes has a place."""
        arriving = self._reading.arriving
        unread = len(arriving.body) > self._limits.unread_bytes and arriving.awaited is None
        pause = self._outgoing.stalled or bool(self._queue) or unread
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
        self.regulate()
        if incoming.headers.pop("expect", "").lower() == "100-continue":
            self._transport.write(_CONTINUE)
        try:
            async with asyncio.timeout(self._limits.body_s):
                await incoming.awaited
        except TimeoutError:
            incoming.fail(request_timeout())

    def _look_whether_idle(self) -> None:
        # One timer a connection, which looks at a time that every request sets: setting a timer anew for each would cost more.
        left_s = self._idle_s if self._current is not None else self._reading.since + self._idle_s - self._loop.time()
        if left_s > 0:
            self._idle = self._loop.call_later(left_s, self._look_whether_idle)
        else:
            self._transport.close()
