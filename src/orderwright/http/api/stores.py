"""Whether a door leads anywhere: the store that an in-store path names must be there, whatever is asked for behind it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from orderwright.engine.access import EVERYTHING
from orderwright.errors import resource_not_found
from orderwright.storage.documents.documents import Documents, Lookup

KNOWN_S = 5.0
"""How long a store is taken to be there without asking again: the longest that one which was deleted still has a door."""
MOST_KNOWN = 10_000


class Stores:
    """The stores that were seen lately, the least recently used dropped first. Only stores that are there are remembered: anybody
    can invent others."""

    def __init__(self, documents: Documents, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._documents = documents
        self._monotonic = monotonic
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._until)

    async def check(self, shard: str, key: str) -> None:
        """Raises 404 for a store that is not there. It costs a statement for a store that was not seen for 5 seconds."""
        if self._monotonic() < self._until.get((shard, key), 0.0):
            self._until.move_to_end((shard, key))
            return
        if await self._documents.body(shard, "store", Lookup("key", key), EVERYTHING) is None:
            self._until.pop((shard, key), None)
            raise resource_not_found(key=key[:256])
        self._until[shard, key] = self._monotonic() + KNOWN_S
        self._until.move_to_end((shard, key))
        while len(self._until) > MOST_KNOWN:
            self._until.popitem(last=False)
