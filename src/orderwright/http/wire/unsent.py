"""Answers that their clients do not take: how long and how many bytes of them are kept, whatever else a connection does.

The law of all writing. It begins where the transport says that something lies unsent (`pause_writing`), and ends where nothing
does (`resume_writing`) or where the connection is lost. So it holds while an answer is written, between two requests, after the
last answer, while a connection lingers and at the end of the process; `close` alone would wait for the client.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from orderwright.http.wire.limits import Limits

LOOK_S = 1.0
"""Seconds between two looks, and how long an answer is under way at least before it may be given up for want of room."""


class Writer(Protocol):
    """A connection, as far as it writes."""

    def unsent(self) -> int:
        """Bytes that the client has not taken."""

    def abort(self) -> None:
        """End at once, and throw away what is unsent."""


class _Stall:
    __slots__ = ("left", "most", "moved", "since")

    def __init__(self, now: float, size: int) -> None:
        self.since = self.moved = now
        self.most = self.left = size


class Unsent:
    """The writers of a process that have something unsent.

    One that takes nothing for `stalled_s` is ended, and so is one that takes its answer at less than
    `unsent_bytes_a_second` beside that. Where all together exceed `unsent_bytes`, those are ended that have taken nothing for
    the longest time.
    """

    def __init__(self, limits: Limits) -> None:
        self._most = limits.unsent_bytes
        self._rate = limits.unsent_bytes_a_second
        self._linger_s = limits.linger_s
        self._patience_s = limits.stalled_s
        self._look_s = min(LOOK_S, limits.stalled_s / 4)
        self._stalls: dict[Writer, _Stall] = {}  # first who has taken nothing for the longest time
        self._timer: asyncio.TimerHandle | None = None
        self.total = 0
        """Bytes, as they were at the last look."""

    def begin(self, writer: Writer) -> None:
        """Something of a writer lies unsent."""
        loop = asyncio.get_running_loop()
        size = writer.unsent()
        self._stalls[writer] = _Stall(loop.time(), size)
        self.total += size
        if self._timer is None:
            self._timer = loop.call_later(self._look_s, self._look)
        self._make_room(0)

    def end(self, writer: Writer) -> None:
        """Nothing of the writer lies unsent any more; harmless for one that has not begun."""
        stall = self._stalls.pop(writer, None)
        if stall is not None:
            self.total -= stall.left

    def has_room(self, size: int) -> bool:
        """Whether an answer of so many bytes may lie unsent beside the others."""
        return self.total + size <= self._most or self._make_room(size)

    def hurry(self) -> None:
        """The process is about to end: whoever does not take its answer now is not waited for."""
        self._patience_s = min(self._patience_s, self._linger_s)

    def _make_room(self, size: int) -> bool:
        now = asyncio.get_running_loop().time()
        while self._stalls and self.total + size > self._most:
            writer, stall = next(iter(self._stalls.items()))
            if now - stall.moved < self._look_s:  # a fast client's large answer is unsent for a moment, too
                return False
            self._abort(writer)
        return True

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for writer, stall in list(self._stalls.items()):
            size = writer.unsent()
            if size < stall.left:
                stall.moved = now
                del self._stalls[writer]
                self._stalls[writer] = stall
            self.total += size - stall.left
            stall.left = size
            stall.most = max(stall.most, size)
            if now - stall.moved > self._patience_s or self._too_slow(now, stall):
                self._abort(writer)
        self._make_room(0)
        self._timer = loop.call_later(self._look_s, self._look) if self._stalls else None

    def _too_slow(self, now: float, stall: _Stall) -> bool:
        return now - stall.since > self._patience_s + stall.most / self._rate

    def _abort(self, writer: Writer) -> None:
        self.end(writer)
        writer.abort()
