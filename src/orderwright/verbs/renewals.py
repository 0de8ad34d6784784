"""Renewals: what follows a change in many other documents, portion by portion, soon after it.

The entry of the queue is written with the change, so that none is lost with a process. A document that is written while others
still wait is brought up to date by its own type, so that the order does not matter; to renew one twice changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
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


@dataclass
class _Pass:
    """One way through the documents of an entry. `version` is that of the document which is changed last, `settled` whether the
    entry was when it began; `met_all` is False as soon as a document has changed under the renewal."""

    entry: Renewal
    rule: RenewalRule
    path: str | None
    version: int | None
    settled: bool
    after: tuple[datetime, str] = queue.BEFORE_ALL
    met_all: bool = True


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
        """Every entry whose time has come: its documents at once, and again when it is settled, after which it is taken out. One
        portion of each in turn, so that an entry with many documents keeps no other one waiting."""
        open: dict[Renewal, _Pass] = {}
        tried: set[Renewal] = set()
        while True:
            entries = await queue.waiting(self._verbs.documents.database, self._clock_ms())
            self._done &= set(entries)
            due = [entry for entry in entries if self._due(entry, tried)]
            # What was put there again meanwhile is another entry, and begins anew.
            open = {entry: open[entry] if entry in open else await self._begin(entry) for entry in due}
            if not open:
                return
            for entry, each in open.items():
                if not await self._portion(each):
                    tried.add(entry)
                    await self._end(each)

    def _due(self, entry: Renewal, tried: set[Renewal]) -> bool:
        return entry not in tried and (entry not in self._done or self._is_settled(entry))

    def _is_settled(self, entry: Renewal) -> bool:
        return self._clock_ms() - entry.since_ms >= SETTLED_MS

    async def _begin(self, entry: Renewal) -> _Pass:
        rule, version = self._rules[entry.kind], None
        if rule.last is not None:
            # Read before the documents are: if the named one changes meanwhile, its new entry begins anew.
            loaded = await self._verbs.documents.load(entry.shard, rule.last[0].type_id, Lookup("id", entry.value), ())
            version = loaded.version if loaded else None
        # A text of a jsonpath is escaped as one of JSON.
        path = None if rule.path is None else rule.path.replace("{id}", encode(entry.value).decode()[1:-1])
        return _Pass(entry, rule, path, version, self._is_settled(entry))

    async def _portion(self, each: _Pass) -> bool:
        """The next documents; False where there are none left."""
        database, type_id = self._verbs.documents.database, each.rule.resource.type_id
        portion = await queue.concerned(database, each.entry.shard, type_id, each.path, each.after)
        for found in portion:
            begun = time.perf_counter()
            try:
                await self._at_last(each.rule, each.entry, found.id, found.version)
            except ApiError as error:
                each.met_all = each.met_all and error.status != 409
                if error.status not in (404, 409):
                    fields = {"id": found.id, "error": error.message}
                    log.warning("a document could not be renewed", extra={"fields": fields})
            await asyncio.sleep(min(time.perf_counter() - begun, LONGEST_REST_S))
            each.after = found.place
        return len(portion) == queue.PORTION

    async def _end(self, each: _Pass) -> None:
        """If a document has changed all the time, another round is due."""
        entry, last = each.entry, each.rule.last
        if not each.met_all:
            return
        self._done.add(entry)
        if each.settled:
            if last is not None and each.version is not None:
                await self._update(last[0], entry.shard, entry.value, each.version, last[1])
            await queue.finish(self._verbs.documents.database, entry)

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
