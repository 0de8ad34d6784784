"""An answer on its way out: as the bytes of HTTP/1.1, whole or as a stream that waits for its client."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import http
import re
import socket
import struct
from collections.abc import AsyncIterator
from typing import Protocol

from orderwright.http.wire.exchange import Answer
from orderwright.http.wire.unsent import Unsent, Writer

_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: what the system holds is not sent after the end, and takes no room there
_STATUS = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in http.HTTPStatus}
_NO_HEADER_VALUE = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_NO_CONTENT = 204


class Asked(Protocol):
    """What the form of an answer depends on, of the request."""

    @property
    def method(self) -> str: ...
    @property
    def keep_alive(self) -> bool: ...
    @property
    def chunked(self) -> bool: ...


@functools.lru_cache(maxsize=4)
def _line(name: bytes, value: bytes) -> str:
    return f"{name.decode('latin-1')}: {value.decode('latin-1')}\r\n"


def rendered(answer: Answer, asked: Asked, correlation_id: str, usual: list[tuple[bytes, bytes]]) -> bytes:
    """The answer as it goes out, of a stream its head; `usual` are headers of every answer, such as the date.

    Raises ValueError for a header that would break it.
    """
    status, body, own = answer
    head = _STATUS[status]
    for name, value in usual:
        head += _line(name, value)
    head += f"x-correlation-id: {correlation_id}\r\n"
    typed = not body
    if asked.method == "HEAD":  # a length would have to be that of GET's body, which was not made
        body, typed = b"", True
    elif not isinstance(body, bytes):
        body = b""
        head += "transfer-encoding: chunked\r\n" if asked.chunked else ""
    elif status != _NO_CONTENT:
        head += f"content-length: {len(body)}\r\n"
    for header, text in own:
        if _NO_HEADER_VALUE.search(text):
            raise ValueError(f"The value of the header {header} would break the answer.")
        head += f"{header}: {text}\r\n"
        typed = typed or header == "content-type"
    if not typed:
        head += "content-type: application/json; charset=utf-8\r\n"
    head += "\r\n" if asked.keep_alive else "connection: close\r\n\r\n"
    return head.encode("latin-1") + body


class Outgoing:
    """What leaves a connection. Of a stream there is one part at most that the client has not taken."""

    def __init__(self, transport: asyncio.Transport, unsent: Unsent, silence_s: float) -> None:
        self._silence_s = silence_s
        self._transport = transport
        self._unsent = unsent
        self._streaming: asyncio.Task[object] | None = None
        self._flowing: asyncio.Future[None] | None = None
        self._silence: asyncio.Timeout | None = None
        self._ended = False
        self._endless = False
        self.stalled = False
        """Whether something that was written has not been taken."""
        transport.set_write_buffer_limits(high=0)  # so that whatever lies unsent is told of, and stands in `Unsent`

    def stall(self, writer: Writer) -> None:
        """Something lies unsent."""
        self.stalled = True
        self._unsent.begin(writer)

    def flow(self, writer: Writer) -> None:
        """Nothing does any more."""
        self.stalled = False
        self._unsent.end(writer)
        if self._flowing is not None and not self._flowing.done():
            self._flowing.set_result(None)

    def ended(self) -> None:
        """The client sends nothing more. It may have left, of which only a write will tell: so a stream must not be silent for
        long any more."""
        self._ended = True
        self._bound_silence()
        self.break_endless()  # who listens without end keeps her side open

    def lost(self, writer: Writer) -> None:
        """Nobody is there any more. A stream ends where it is, whatever it waits for."""
        self._unsent.end(writer)
        if self._streaming is not None:
            self._streaming.cancel()

    def break_endless(self) -> None:
        """A stream that would not end by itself does so now: the process ends, or nobody listens any more."""
        if self._streaming is not None and self._endless:
            self._streaming.cancel()

    def abort(self) -> None:
        """End at once, whatever lies unsent, here or in the system."""
        with contextlib.suppress(OSError):  # it has ended already
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()

    async def stream(self, head: bytes, parts: AsyncIterator[bytes], *, chunked: bool, endless: bool = False) -> None:
        """Write a head and the parts behind it: in chunks, or until the connection ends. The next part is made when the last one
        was taken. Where one fails, or the process ends, so does the connection, at once: the client must not take what it has
        for the whole. Why a part failed was logged by whom it was for."""
        if self._transport.is_closing():
            return
        self._streaming, self._endless = asyncio.current_task(), endless
        try:
            self._transport.write(head)
            async with asyncio.timeout(None) as self._silence:
                self._bound_silence()
                async for part in parts:
                    if part:  # an empty chunk would be the last one
                        self._transport.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
                    await self._taken()
                    self._bound_silence()
            if chunked:
                self._transport.write(b"0\r\n\r\n")
        except asyncio.CancelledError:
            self._break_off()
            raise
        except Exception:
            self._break_off()
        finally:
            self._streaming = self._silence = None

    def _break_off(self) -> None:
        if not self._transport.is_closing():
            self.abort()

    def _bound_silence(self) -> None:
        # While something lies unsent, the client's time runs in `Unsent`.
        if self._ended and self._silence is not None and not self.stalled:
            self._silence.reschedule(asyncio.get_running_loop().time() + self._silence_s)

    async def _taken(self) -> None:
        if not self.stalled:
            await asyncio.sleep(0)  # others have the loop, too
            return
        if self._silence is not None:
            self._silence.reschedule(None)
        self._flowing = asyncio.get_running_loop().create_future()
        await self._flowing
