"""A watch on the loop: who keeps all others waiting is logged.

One thread answers everybody, so that a request that works on without a pause holds up the rest. A timer in the loop tells how
late it is. Only while it is late a thread beside it looks who is working, so that a request pays for nothing but its entry
among those that are under way.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any, NamedTuple

from orderwright.http.wire.logs import impersonal

PERIOD_S = 0.05
HELD_S = 0.1
log = logging.getLogger("orderwright.loop")


class UnderWay(NamedTuple):
    """A request that is being answered; its path is as it was sent."""

    method: str
    path: bytes
    correlation_id: str


class Watch:
    """Logs whoever holds the loop for more than HELD_S. `under_way` are the requests by the task that answers them."""

    def __init__(self, under_way: Mapping[Any, UnderWay]) -> None:
        self._under_way = under_way
        self._due = float("inf")
        self._holder: dict[str, Any] | None = None

    async def run(self) -> None:
        """Watch the running loop until cancelled."""
        ended = threading.Event()
        watched = (asyncio.get_running_loop(), threading.get_ident(), ended)
        thread = threading.Thread(target=self._look, args=watched, name="watch", daemon=True)
        thread.start()
        try:
            while True:
                self._due, cpu = time.monotonic() + PERIOD_S, time.thread_time()
                await asyncio.sleep(PERIOD_S)
                late = time.monotonic() - self._due
                if late > HELD_S:
                    self._tell(late, time.thread_time() - cpu)
        finally:
            ended.set()
            thread.join()

    def _tell(self, late_s: float, cpu_s: float) -> None:
        holder, self._holder = self._holder, None
        # Without a holder nobody was at work: the machine did not let the process run.
        if holder is not None:
            # Less CPU time than time: it waited for something, or the machine was busy with others as well.
            times = {"ms": round(late_s * 1000), "cpuMs": round(cpu_s * 1000)}
            log.warning("the loop was held", extra={"fields": {**times, **holder}})

    def _look(self, loop: asyncio.AbstractEventLoop, thread: int, ended: threading.Event) -> None:
        while not ended.wait(PERIOD_S):
            # Half of what is logged: whoever is still at it then has been so for most of the time.
            if time.monotonic() - self._due > HELD_S / 2:
                self._holder = self._holder or self._holding(loop, thread)
            else:
                self._holder = None

    def _holding(self, loop: asyncio.AbstractEventLoop, thread: int) -> dict[str, Any] | None:
        task, frame = asyncio.current_task(loop), sys._current_frames().get(thread)
        if task is None or frame is None:
            return None
        asked = self._under_way.get(task)
        if asked is None:
            return {"task": getattr(task.get_coro(), "__qualname__", ""), "at": _place(frame)}
        # As in the line of a request: what may name a person is left out.
        told = {"method": asked.method, "path": impersonal(asked.path), "correlationId": asked.correlation_id}
        return {**told, "at": _place(frame)}


def _place(frame: FrameType) -> str:
    """The innermost function of ours."""
    inner: FrameType | None = frame
    while inner is not None and "orderwright" not in inner.f_code.co_filename:
        inner = inner.f_back
    code = (inner or frame).f_code
    return f"{code.co_filename.rpartition('orderwright/')[2]}:{code.co_name}"
