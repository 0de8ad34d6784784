"""Notes that are due at the same moment go out by one request, where a service takes several and tells each one's outcome: it is
asked, and paid, less often."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from orderwright.delivery.interface import Note, RejectedError, UnavailableError

MOST: Final = 10
"""Notes of a batch."""
MOST_BYTES: Final = 256 * 1024
"""Of a batch; one that is larger by itself goes alone."""
AROUND: Final = 512
"""Bytes that a service may count beside a note's own."""
AT_ONCE: Final = 8
"""Requests."""
Outcome = Exception | None
Sending = Callable[[Sequence[Note]], Awaitable[Sequence[Outcome]]]
"""Sends notes by one request: what became of each, in their order. Raises DeliveryError where that is the same for all."""


class Batches:
    """Gathers what is sent in one turn of the loop, and while eight requests are under way. So a lone note waits for nobody. Who
    sends notes about one resource waits for each, so that no batch has two of them."""

    width = AT_ONCE * MOST

    def __init__(self, sending: Sending) -> None:
        self._sending = sending
        self._waiting: deque[tuple[Note, asyncio.Future[None]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        loop = asyncio.get_running_loop()
        taken: asyncio.Future[None] = loop.create_future()
        self._waiting.append((note, taken))
        if len(self._waiting) == 1:
            loop.call_soon(self._go)  # behind all who send in this turn
        await taken

    def _go(self) -> None:
        while len(self._under_way) < AT_ONCE and (batch := self._next()):
            task = asyncio.create_task(self._sent(batch))
            self._under_way.add(task)
            task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._go()  # by now those whose notes it had have sent their next ones

    def _next(self) -> list[tuple[Note, asyncio.Future[None]]]:
        batch, size = list[tuple[Note, asyncio.Future[None]]](), 0
        while self._waiting and len(batch) < MOST:
            note, taken = self._waiting[0]
            if not taken.done():  # else whoever sent it has given up
                size += len(note.payload) + AROUND
                if batch and size > MOST_BYTES:
                    break
                batch.append((note, taken))
            self._waiting.popleft()
        return batch

    async def _sent(self, batch: Sequence[tuple[Note, asyncio.Future[None]]]) -> None:
        outcomes: Sequence[Outcome]
        try:
            outcomes = await self._sending([note for note, _ in batch])
            if len(outcomes) != len(batch):
                raise UnavailableError("The service has not told what became of each message.")
        except RejectedError as error:
            if len(batch) > 1:  # which of them it was, each tells alone
                for one in batch:
                    await self._sent([one])
                return
            outcomes = [error]
        except Exception as error:
            outcomes = [error] * len(batch)
        _settle(batch, outcomes)


def _settle(batch: Sequence[tuple[Note, asyncio.Future[None]]], outcomes: Sequence[Outcome]) -> None:
    for (_, taken), outcome in zip(batch, outcomes, strict=True):
        if taken.done():
            continue
        if outcome is None:
            taken.set_result(None)
        else:
            taken.set_exception(outcome)
