"""Sweeps: what is over goes soon after. Messages live as long as their project keeps them, documents as long as they say
after their last modification, answers that are kept for repeated requests a day, rows of changes
a fortnight, those of deliveries a day.

A document is deleted as a request would delete it, at the version at which it was found over: one that is modified meanwhile
stays, and what it held is free again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from orderwright.engine.access import Access
from orderwright.engine.clock import now
from orderwright.engine.model import ClientLogging
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError
from orderwright.storage.database import Database
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.tables import idempotency
from orderwright.storage.tables import sweeps as due
from orderwright.verbs.verbs import Verbs

# Between two batches: a sweep that has much to delete leaves most of the database's time to requests.
REST_S = 0.1
# How long it is known which changes there were, which is as long as they can be sent again.
CHANGES_KEPT = timedelta(days=14)
# How long the log shows what was sent, and dead letters can be sent again.
SENT_KEPT = timedelta(days=1)
DEAD_KEPT = timedelta(days=14)
# Deletes a batch of what is older than an instant, and tells how much it was.
Delete = Callable[[Database, str, datetime], Awaitable[int]]
log = logging.getLogger("orderwright.sweeps")


class Swept(msgspec.Struct, frozen=True):
    """How many went."""

    messages: int = 0
    documents: int = 0
    answers: int = 0
    changes: int = 0
    deliveries: int = 0

    def __add__(self, other: Swept) -> Swept:
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Swept(*(one + another for one, another in zip(mine, others, strict=True)))


class Sweeps:
    """Looks at every project again and again. Any number of processes may do so at once: they take turns at the Messages, and
    a document that one has deleted another does not find. `expiring` are the types that have days of their own."""

    def __init__(
        self, verbs: Verbs, expiring: Sequence[ResourceType], period_s: float, clock: Callable[[], DateTime] = now
    ) -> None:
        self._verbs = verbs
        self._database = verbs.documents.database
        self._expiring = expiring
        self._period_s = period_s
        self._clock = clock

    async def run(self) -> None:
        """Forever, until it is cancelled. The pauses differ, so that processes that begin together do not stay together."""
        pause = random.uniform(0, self._period_s)  # noqa: S311 - jitter is no secret
        while True:
            await asyncio.sleep(pause)
            try:
                swept = await self.once()
                if swept != Swept():
                    log.info("swept", extra={"fields": msgspec.structs.asdict(swept)})
            except ApiError:
                pass  # the database is away or busy: what is over still is afterwards
            except Exception:
                log.exception("sweeping failed")
            pause = self._period_s * random.uniform(0.5, 1.5)  # noqa: S311 - jitter is no secret

    async def once(self) -> Swept:
        """Every project once: all that is over at this moment."""
        at = self._clock().instant()
        swept, after = Swept(), ""
        while projects := await due.projects(self._database, after):
            for project in projects:
                swept += await self.project(project, at)
            after = projects[-1].shard
        return swept

    async def project(self, project: due.Retention, at: datetime) -> Swept:
        """What is over in one project at a moment (UTC)."""
        documents = 0
        for resource in self._expiring:
            documents += await self._documents(project.shard, resource, at)
        messages = await self._batches(due.delete_messages, project.shard, at - timedelta(days=project.days))
        answers = await self._batches(idempotency.sweep, project.shard, at - idempotency.KEPT)
        changes = await self._batches(due.delete_changes, project.shard, at - CHANGES_KEPT)
        deliveries = await self._batches(due.delete_sent, project.shard, at - SENT_KEPT)
        deliveries += await self._batches(due.delete_dead, project.shard, at - DEAD_KEPT)
        return Swept(messages, documents, answers, changes, deliveries)

    async def _batches(self, delete: Delete, shard: str, before: datetime) -> int:
        swept = 0
        while gone := await delete(self._database, shard, before):
            swept += gone
            if gone < due.BATCH:
                break
            await asyncio.sleep(REST_S)
        return swept

    async def _documents(self, shard: str, resource: ResourceType, at: datetime) -> int:
        swept, last = 0, due.BEFORE_ALL
        while portion := await due.documents_over(self._database, shard, resource.type_id, at, last):
            for document in portion:
                swept += await self._delete(shard, resource, document)
            last = portion[-1]
            if len(portion) < due.PORTION:
                break
            await asyncio.sleep(REST_S)
        return swept

    async def _delete(self, shard: str, resource: ResourceType, document: due.Over) -> bool:
        """Whether it went. Raises `OverCapacity`, when it is no use to go on."""
        access = Access(shard=shard, who=ClientLogging())
        try:
            await self._verbs.delete(resource, Lookup("id", document.id), document.version, access)
        except ApiError as error:
            if error.status == 503:
                raise
            # Deleted by a request or another sweep, or modified, which gives it new days.
            if error.status not in (404, 409):
                log.warning("a document could not be swept", extra={"fields": {"id": document.id, "error": error.message}})
            return False
        except Exception:
            # One that cannot even be read must not keep all others.
            log.exception("a document could not be swept", extra={"fields": {"id": document.id}})
            return False
        return True
