"""Services stay open between what is sent to them: to connect anew for each change takes longer than to send it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from orderwright.delivery.destinations import opened
from orderwright.delivery.interface import Destination
from orderwright.domain.subscription.destinations import AnyDestination
from orderwright.engine.json.codec import decoder
from orderwright.outside.guarded_http import GuardedHttp

IDLE_S = 60.0
MOST = 32
Key = tuple[str, str]


class _Kept(msgspec.Struct):
    whole: str
    service: Destination
    since: float


class Services:
    """The open services of one process, one a subscription, at most 32 of them while nobody sends there, for a minute each."""

    def __init__(self, outside: GuardedHttp, clock: Callable[[], float] = time.monotonic) -> None:
        self._outside = outside
        self._clock = clock
        self._idle: OrderedDict[Key, _Kept] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    async def lend(self, key: Key, whole: str) -> tuple[Destination, bool]:
        """The service of a destination, of which `whole` is the JSON with its secrets, and whether it was open already. Who has
        it sends there alone, and gives it back. Raises `InvalidInput` for what cannot be opened."""
        kept = self._idle.pop(key, None)
        if kept is not None:
            if kept.whole == whole:
                return kept.service, True
            await kept.service.close()
        # In a thread: libraries take their time to load, and Amazon's for every client that it makes.
        return await asyncio.to_thread(opened, decoder(AnyDestination).decode(whole), self._outside), False

    def give_back(self, key: Key, whole: str, service: Destination) -> None:
        """Keep it for the next who sends there."""
        self._idle[key] = _Kept(whole, service, self._clock())
        self.let_go()

    def let_go(self) -> None:
        """Close what nobody has asked for in a minute, and the oldest of more than 32. Nobody waits for that: a broker that is
        gone may take its time."""
        while self._idle:
            oldest = next(iter(self._idle))
            if len(self._idle) <= MOST and self._clock() - self._idle[oldest].since < IDLE_S:
                return
            closing = asyncio.create_task(self._idle.pop(oldest).service.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def forget(self, key: Key) -> None:
        """Close what is kept of a subscription."""
        kept = self._idle.pop(key, None)
        if kept is not None:
            await kept.service.close()

    async def close(self) -> None:
        """Close all that are kept."""
        for key in list(self._idle):
            await self.forget(key)
        await asyncio.gather(*self._closing, return_exceptions=True)
