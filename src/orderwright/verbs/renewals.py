"""Renewals: what follows a change in many other documents, portion by portion, soon after it.

The entry of the queue is written with the change, so that none is lost with a process. A document that is written while others
still wait is brought up to date by its own type, so that the order does not matter; to renew one twice changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from orderwright.engine.access import Access
from orderwright.engine.json.codec import encode
from orderwright.engine.model import ClientLogging
from orderwright.engine.resource import RenewalRule, ResourceType
from orderwright.errors import ApiError
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.tables import renewals as queue
from orderwright.storage.tables.renewals import Renewal
from orderwright.verbs.verbs import Verbs

PAUSE_S = 1.0
# After each document the loop rests as long as it took, and at most so long: requests go first.
LONGEST_REST_S = 0.05
# Whoever gets ahead of a renewal has written what is true now, or is found at the next round.
_ATTEMPTS = 3
# A write that began before the change and knew nothing of it is over after this time, and its document is found by then.
SETTLED_MS = 60_000
log = logging.getLogger("orderwright.renewals")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class Renewals:
    """Works the queue off. Several processes may do so at once: what one has renewed, another finds renewed."""

    def __init__(self, verbs: Verbs, rules: Mapping[str, RenewalRule], clock_ms: Callable[[], int] = _now_ms) -> None:
        self._verbs = verbs
        self._rules = rules
        self._clock_ms = clock_ms
        self._done: set[Renewal] = set()

    async def run(self) -> None:
        """Forever, until it is cancelled."""
        while True:
            try:
                await self.once()
            except ApiError:
                pass  # the database is away or busy: the queue is still there afterwards
            except Exception:
                log.exception("renewing failed")
            await asyncio.sleep(PAUSE_S)

    async def once(self) -> None:
        """Every entry: its documents at once, and again when it is settled, after which it is taken out."""
        entries = await queue.waiting(self._verbs.documents.database, self._clock_ms())
        self._done &= set(entries)
        for entry in entries:
            settled = self._clock_ms() - entry.since_ms >= SETTLED_MS
            if entry in self._done and not settled:
                continue
            rule = self._rules[entry.kind]
            # Read before the documents are: if the named one changes meanwhile, its new entry begins anew.
            version = await self._version(rule, entry)
            if not await self._renew(rule, entry):
                continue
            self._done.add(entry)
            if settled:
                if rule.last is not None and version is not None:
                    await self._update(rule.last[0], entry.shard, entry.value, version, rule.last[1])
                await queue.finish(self._verbs.documents.database, entry)

    async def _version(self, rule: RenewalRule, entry: Renewal) -> int | None:
        if rule.last is None:
            return None
        loaded = await self._verbs.documents.load(entry.shard, rule.last[0].type_id, Lookup("id", entry.value), ())
        return loaded.version if loaded else None

    async def _renew(self, rule: RenewalRule, entry: Renewal) -> bool:
        """False if a document changed meanwhile, so that another round is due."""
        met_all = True
        # A text of a jsonpath is escaped as one of JSON.
        value = encode(entry.value).decode()[1:-1]
        path, after = None if rule.path is None else rule.path.replace("{id}", value), queue.BEFORE_ALL
        database, type_id = self._verbs.documents.database, rule.resource.type_id
        while portion := await queue.concerned(database, entry.shard, type_id, path, after):
            for found in portion:
                begun = time.perf_counter()
                try:
                    await self._at_last(rule, entry, found.id, found.version)
                except ApiError as error:
                    met_all = met_all and error.status != 409
                    if error.status not in (404, 409):
                        fields = {"id": found.id, "error": error.message}
                        log.warning("a document could not be renewed", extra={"fields": fields})
                await asyncio.sleep(min(time.perf_counter() - begun, LONGEST_REST_S))
            after = portion[-1].place
        return met_all

    async def _at_last(self, rule: RenewalRule, entry: Renewal, id: str, version: int) -> None:
        """One document, at the version that it has by now. Raises 409 where others change it all the time."""
        for attempt in range(_ATTEMPTS):
            try:
                return await self._update(rule.resource, entry.shard, id, version, rule.action(entry.value))
            except ApiError as error:
                now = error.fields.get("currentVersion")
                if now is None or attempt == _ATTEMPTS - 1:
                    raise
                version = now
        return None

    async def _update(self, resource: ResourceType, shard: str, id: str, version: int, action: Any) -> None:
        access = Access(shard=shard, who=ClientLogging())
        await self._verbs.update(resource, Lookup("id", id), version, [action], access)
