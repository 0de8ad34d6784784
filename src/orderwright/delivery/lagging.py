"""How far destinations are behind, for metrics: what was sent tells nothing of a destination that takes nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from orderwright.domain.subscription.destinations import type_of
from orderwright.domain.subscription.model import Subscription
from orderwright.errors import ApiError
from orderwright.storage.database import Database
from orderwright.storage.delivery import log
from orderwright.telemetry.metrics import DELIVERY_LAG

LOOK_S: Final = 5.0


class Lags:
    """Looks now and then, at all projects. `subscriptions` are those of one, by id."""

    def __init__(
        self,
        database: Database,
        subscriptions: Callable[[str], Awaitable[Mapping[str, Subscription]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._subscriptions = subscriptions
        self._clock = clock
        self._told: set[str] = set()
        self._looked = -LOOK_S

    async def look(self) -> None:
        """Tell of each type of destination how far the one is behind that is most so, unless that was done just now."""
        if time.monotonic() - self._looked < LOOK_S:
            return
        self._looked = time.monotonic()
        worst: dict[str, float] = dict.fromkeys(self._told, 0.0)
        known: dict[str, Mapping[str, Subscription]] = {}
        for shard, id, oldest in await log.waiting(self._database):
            if shard not in known:
                known[shard] = await self._of(shard)
            if id in known[shard]:  # else it was deleted just now
                kind = type_of(known[shard][id].destination)
                worst[kind] = max((self._clock() - oldest).total_seconds(), worst.get(kind, 0.0))
        for kind, seconds in worst.items():
            DELIVERY_LAG.set(seconds, kind)
        self._told = set(worst)

    async def _of(self, shard: str) -> Mapping[str, Subscription]:
        """The subscriptions of a project; none of one that is no more."""
        try:
            return await self._subscriptions(shard)
        except ApiError as error:
            if error.status != 404:
                raise
            return {}
