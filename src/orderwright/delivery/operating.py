"""What operators do with deliveries, over HTTP and by the command line: read the log, look for gaps, send something again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from msgspec.structs import replace

from orderwright.delivery.making import Maker
from orderwright.domain.subscription.model import STOPPED, Subscription
from orderwright.engine.ids import first_id
from orderwright.engine.json.codec import plain
from orderwright.engine.model import Reference, Value, always
from orderwright.engine.scalars import UUID, DateTime
from orderwright.errors import OverCapacityError, invalid_input, invalid_operation
from orderwright.storage.database import TOO_MANY
from orderwright.storage.delivery import log, outbox
from orderwright.storage.delivery.outbox import Delivery, Due
from orderwright.verbs.verbs import Verbs

State = Literal["waiting", "sent", "dead"]
MOST = 10_000
"""As many notifications as one request has sent again, or looks for."""
LOGGED = timedelta(hours=24)
"""As long as the log knows what was sent."""
_SETTLED = timedelta(seconds=10)
_ALL = 2**62
_TRIES = 250
_ID = re.compile(UUID)


class LoggedDelivery(Value):
    """A line of the log: a notification, and what became of it."""

    number: int
    id: str
    notification_type: str
    resource: Reference
    state: State
    attempts: int
    created_at: DateTime
    sequence_number: int | None = None
    error: str | None = None
    done_at: DateTime | None = None


class DeliveryLog(Value):
    """The last deliveries of a subscription, and how far it is behind. What waits and what is dead is counted up to 10,000.
    `oldest_waiting` is when the first of those happened."""

    results: tuple[LoggedDelivery, ...] = always(())
    waiting: int
    dead: int
    oldest_waiting: DateTime | None = None
    error: str | None = None


class Missing(Value):
    """A notification that the subscription should have been sent, and of which the log knows nothing."""

    id: str
    notification_type: str
    resource: Reference
    created_at: DateTime
    sequence_number: int | None = None


class Gaps(Value):
    """What is missing in a time that was looked at."""

    since: DateTime
    until: DateTime
    results: tuple[Missing, ...] = always(())


class Replay(Value):
    """What is to be sent again: Messages by their ids, all that happened in a time, or the dead letters."""

    message_ids: tuple[str, ...] = ()
    since: DateTime | None = None
    until: DateTime | None = None
    dead: bool = False


class Replayed(Value):
    """How many notifications will be sent again. Where there were more, `next` is since when."""

    queued: int
    next: DateTime | None = None


class Operator:
    """Works on the deliveries of one project's subscriptions."""

    def __init__(self, verbs: Verbs, shard: str) -> None:
        self._database = verbs.documents.database
        self._shard = shard
        self._paths = {type_id: resource.path for type_id, resource in verbs.types.items()}

    async def log(self, subscription: Subscription, before: int, state: State | None, most: int) -> DeliveryLog:
        """The last deliveries before a number, and how far the destination is behind."""
        entries = await log.log(self._database, self._shard, subscription.id, before or _ALL, state, most)
        behind = await log.lag(self._database, self._shard, subscription.id)
        return DeliveryLog(
            results=tuple(map(_line, entries)),
            waiting=behind.waiting,
            dead=behind.dead,
            oldest_waiting=_time(behind.oldest),
            error=behind.error,
        )

    async def gaps(self, subscription: Subscription, since: datetime | None, until: datetime | None) -> Gaps:
        """What the subscription as it is now should have been sent, and the log does not know; 10,000 at most.

        Only as long back as the log knows what was sent, and as the subscription is there unchanged.
        """
        now = datetime.now(UTC)
        first = max(since or now - LOGGED, now - LOGGED, subscription.last_modified_at.instant())
        last = max(first, min(until or now, now - _SETTLED))
        missing = list[Missing]()
        async for changes, deliveries in self._should(subscription, first, last):
            due = {change.id for change in changes if change.subscribers}
            told = {id for change in changes if change.id in due for id in change.messages} | due
            ids = [each.notification for each in deliveries if each.notification not in told]
            known = await log.known(self._database, self._shard, subscription.id, ids)
            missing += [_missing(each) for each in deliveries if each.notification in set(ids) - known]
            if len(missing) >= MOST:
                break
        return Gaps(since=DateTime.of(first), until=DateTime.of(last), results=tuple(missing[:MOST]))

    async def replay(self, subscription: Subscription, asked: Replay) -> Replayed:
        """Have something sent again, behind all that waits. Raises `InvalidInput` for none or several of its three ways, and
        `InvalidOperation` where nothing is sent at all."""
        ways = (bool(asked.message_ids), asked.since is not None or asked.until is not None, asked.dead)
        if sum(ways) != 1:
            raise invalid_input("One of 'messageIds', a time ('since', 'until') and 'dead' must be given.")
        if subscription.status in STOPPED:
            raise invalid_operation(f"Nothing is sent while the status is {subscription.status}: change the destination first.")
        if asked.dead:
            now = datetime.now(UTC)
            return Replayed(queued=await log.revive(self._database, self._shard, subscription.id, now, MOST))
        if asked.message_ids:
            return Replayed(queued=await self._again(subscription, asked.message_ids))
        return await self._all_again(subscription, asked)

    async def _again(self, subscription: Subscription, ids: Sequence[str]) -> int:
        if len(ids) > MOST:
            raise invalid_input(f"At most {MOST} Messages can be sent again at once.")
        known = [id.lower() for id in ids if _ID.fullmatch(id)]
        found = await outbox.messages(self._database, self._shard, known)
        if unknown := [id for id in ids if id.lower() not in found]:
            raise invalid_input(f"There is no Message with the id '{unknown[0]}', or not any more.")
        deliveries = list[Delivery]()
        for posted in found.values():
            body: Any = plain(posted.body)
            due = Due(
                posted.id,
                body["resource"]["typeId"],
                body["resource"]["id"],
                body["resourceVersion"],
                "told",
                DateTime.parse(body["createdAt"]).instant(),
                "{}",
                (posted.id,),
                (subscription.id,),
            )
            deliveries += self._maker().for_one(subscription, due, found)
        return await self._store(deliveries)

    async def _all_again(self, subscription: Subscription, asked: Replay) -> Replayed:
        now = datetime.now(UTC)
        first = asked.since.instant() if asked.since else now - timedelta(days=14)
        last = asked.until.instant() if asked.until else now
        queued = 0
        async for changes, deliveries in self._should(subscription, first, last):
            queued += await self._store(deliveries)
            if queued >= MOST:
                return Replayed(queued=queued, next=DateTime.of(changes[-1].at))
        return Replayed(queued=queued)

    async def _should(
        self, subscription: Subscription, first: datetime, last: datetime
    ) -> AsyncIterator[tuple[list[Due], list[Delivery]]]:
        """Portions of changes of a time, and what the subscription is told of them as it is now."""
        # No id is from before 1970.
        after, begins, ends = outbox.NOBODY, first_id(max(first, outbox.LONG_AGO)), first_id(max(last, outbox.LONG_AGO))
        while changes := await outbox.recorded(self._database, self._shard, begins, ends, after):
            ids = list(dict.fromkeys(id for change in changes for id in change.messages))
            told = await outbox.messages(self._database, self._shard, ids)
            ordered = sorted(changes, key=lambda change: (change.resource_id, change.version))
            yield changes, [each for change in ordered for each in self._maker().for_one(subscription, change, told)]
            after = changes[-1].id

    def _maker(self) -> Maker:
        return Maker(self._shard, {}, self._paths)

    async def _store(self, deliveries: Sequence[Delivery]) -> int:
        """Behind all that waits. They happened now, so that none of them is given up for its age."""
        now = datetime.now(UTC)
        again = [replace(each, at=now) for each in deliveries]
        # Whoever fans out at this moment has the numbers for some milliseconds.
        for _ in range(_TRIES):
            if not again or await outbox.store(self._database, self._shard, again):
                return len(again)
            await asyncio.sleep(0.02)
        raise OverCapacityError(TOO_MANY)


def _line(entry: log.Entry) -> LoggedDelivery:
    state: Any = entry.state
    return LoggedDelivery(
        number=entry.number,
        id=entry.notification,
        notification_type=entry.kind,
        resource=Reference(type_id=entry.resource_type, id=entry.resource_id),
        state=state,
        attempts=entry.attempts,
        created_at=DateTime.of(entry.at),
        sequence_number=entry.sequence_number,
        error=entry.error,
        done_at=_time(entry.done_at),
    )


def _missing(each: Delivery) -> Missing:
    return Missing(
        id=each.notification,
        notification_type=each.kind,
        resource=Reference(type_id=each.resource_type, id=each.resource_id),
        created_at=DateTime.of(each.at),
        sequence_number=each.sequence_number,
    )


def _time(at: datetime | None) -> DateTime | None:
    return None if at is None else DateTime.of(at)
