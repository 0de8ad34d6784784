"""What waits to be sent to one destination, and who sends it: the statements of a sender.

A sender holds the destination's row in `relay` until a time, which it puts off with each batch. What it writes, it writes only
while it still holds that row: whoever was taken for dead and comes back changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from orderwright.storage.database import Database
from orderwright.storage.delivery.outbox import LONG_AGO
from orderwright.storage.pool import Connection

HELD_BACK = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
"""When that is due which waits for an earlier one about its resource."""
_READY = (
    "SELECT r.shard, r.subscription FROM relay r CROSS JOIN LATERAL (SELECT 1 FROM delivery d WHERE d.shard = r.shard"
    " AND d.subscription = r.subscription AND d.state = 'waiting' AND d.due_at <= $1 LIMIT 1) AS d"
    " WHERE r.paused_until <= $1 AND r.held_until <= $1 -- @sharded: one loop sends for all projects"
)
_TAKE = (
    "UPDATE relay SET holder = $3::uuid, held_until = $4 WHERE shard = $1 AND subscription = $2::uuid"
    " AND (held_until <= $5 OR holder = $3::uuid) AND paused_until <= $5 RETURNING failures, failing_since"
)
_LEAVE = "UPDATE relay SET held_until = $4 WHERE shard = $1 AND subscription = $2::uuid AND holder = $3::uuid"
# What was not tried yet comes first; of what is tried again there is always room for some.
_BATCH = (
    "SELECT number, notification, kind, resource_id, payload, attempts, at, EXISTS (SELECT 1 FROM delivery b WHERE b.shard = $1"
    " AND b.subscription = $2::uuid AND b.state = 'waiting' AND b.resource_id = w.resource_id AND b.due_at > $3"
    " AND b.number < w.number) AS behind FROM ((SELECT d.number, d.notification, d.kind, d.resource_id, d.payload, d.attempts,"
    " d.at FROM delivery d WHERE d.shard = $1 AND d.subscription = $2::uuid AND d.state = 'waiting' AND d.due_at = $3"
    " ORDER BY d.due_at, d.number LIMIT $5)"
    " UNION ALL (SELECT d.number, d.notification, d.kind, d.resource_id, d.payload, d.attempts, d.at FROM delivery d"
    " WHERE d.shard = $1 AND d.subscription = $2::uuid AND d.state = 'waiting' AND d.due_at > $3 AND d.due_at <= $4"
    " ORDER BY d.due_at, d.number LIMIT $6)) AS w ORDER BY number"
)
_MINE = "SELECT 1 FROM relay r WHERE r.shard = $1 AND r.subscription = $2::uuid AND r.holder = $3::uuid FOR SHARE"
_SETTLE = (
    "UPDATE delivery d SET state = n.state, due_at = n.due_at, attempts = d.attempts + 1, error = n.error, done_at = n.done_at,"
    " payload = CASE WHEN n.state = 'sent' THEN '' ELSE d.payload END"
    " FROM unnest($3::bigint[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[])"
    " AS n(number, state, due_at, error, done_at)"
    " WHERE d.shard = $1 AND d.subscription = $2::uuid AND d.number = n.number AND d.state = 'waiting'"
)
_HOLD = (
    "UPDATE delivery d SET due_at = $4 FROM unnest($3::uuid[]) AS n(resource)"
    " WHERE d.shard = $1 AND d.subscription = $2::uuid AND d.state = 'waiting' AND d.resource_id = n.resource AND d.due_at = $5"
)
_FAILED = (
    "UPDATE relay SET failures = failures + 1, paused_until = $4, failing_since = coalesce(failing_since, $5), error = $6"
    " WHERE shard = $1 AND subscription = $2::uuid AND holder = $3::uuid"
)
_FINE = (
    "UPDATE relay SET failures = 0, failing_since = NULL, error = NULL WHERE shard = $1 AND subscription = $2::uuid"
    " AND holder = $3::uuid AND failures > 0"
)
_DROP = (
    "DELETE FROM delivery d WHERE d.shard = $1 AND d.subscription = $2::uuid AND d.number = ANY(ARRAY("
    "SELECT o.number FROM delivery o WHERE o.shard = $1 AND o.subscription = $2::uuid AND (o.state = 'waiting' OR $3)"
    " ORDER BY o.number LIMIT 1000))"
)
_CLOSE = "DELETE FROM relay WHERE shard = $1 AND subscription = $2::uuid AND holder = $3::uuid"
_RESUME = (
    "UPDATE relay SET paused_until = $3, failures = 0, failing_since = NULL, error = NULL"
    " WHERE shard = $1 AND subscription = $2::uuid"
)
_SECRET = "SELECT value FROM secret WHERE shard = $1 AND name = $2"  # noqa: S105 - a statement


class Waiting(msgspec.Struct, frozen=True):
    """A delivery that is due. One that is `behind` waits for an earlier one about its resource."""

    number: int
    notification: str
    kind: str
    resource_id: str
    payload: str
    attempts: int
    at: datetime
    behind: bool


class Settled(msgspec.Struct, frozen=True):
    """What became of a delivery: it is sent, dead or, still waiting, due again."""

    number: int
    resource_id: str
    state: str
    due_at: datetime
    error: str | None
    done_at: datetime | None


class Lease(msgspec.Struct, frozen=True):
    """A destination that one process sends to. `holder` is that process's own id."""

    shard: str
    subscription: str
    holder: str


async def ready(database: Database, now: datetime) -> list[tuple[str, str]]:
    """The projects and subscriptions that nobody sends to, where something is due."""
    return [(row["shard"], str(row["subscription"])) for row in await database.fetch(_READY, now)]


async def take(database: Database, lease: Lease, now: datetime, until: datetime) -> tuple[int, datetime | None] | None:
    """Take or put off the lease: how often the destination has failed since when. None where another process holds it, or
    it is paused."""
    row = await database.fetchrow(_TAKE, lease.shard, lease.subscription, lease.holder, until, now)
    return None if row is None else (row["failures"], row["failing_since"])


async def leave(database: Database, lease: Lease) -> None:
    """Give the lease back, so that any process may have it at once."""
    await database.execute(_LEAVE, lease.shard, lease.subscription, lease.holder, LONG_AGO)


async def batch(database: Database, lease: Lease, now: datetime, fresh: int, again: int) -> list[Waiting]:
    """What is due: so much at most that was not tried, and that is tried again, by number."""
    rows = await database.fetch(_BATCH, lease.shard, lease.subscription, LONG_AGO, now, fresh, again)
    return [
        Waiting(
            row["number"],
            str(row["notification"]),
            row["kind"],
            str(row["resource_id"]),
            row["payload"],
            row["attempts"],
            row["at"],
            row["behind"],
        )
        for row in rows
    ]


async def settle(database: Database, lease: Lease, settled: Sequence[Settled], held: Sequence[str]) -> bool:
    """Store what became of deliveries. What waits about the resources that are `held` is held back; what waits behind one that
    was tried again and is done with is due. False where the lease is another's by now, and nothing was stored."""
    for statement in (_MINE, _SETTLE, _HOLD):
        database.admit(statement)
    at = (lease.shard, lease.subscription)
    kept = set(held)
    free = list({each.resource_id for each in settled if each.state != "waiting"} - kept)
    columns = [[getattr(each, name) for each in settled] for name in ("number", "state", "due_at", "error", "done_at")]

    async def run(connection: Connection) -> bool:
        async with connection.transaction():
            if await connection.fetchval(_MINE, *at, lease.holder) is None:
                return False
            if settled:
                await connection.execute(_SETTLE, *at, *columns)
            if held:
                await connection.execute(_HOLD, *at, list(held), HELD_BACK, LONG_AGO)
            if free:
                await connection.execute(_HOLD, *at, free, LONG_AGO, HELD_BACK)
            return True

    return await database.once(run)


async def failed(database: Database, lease: Lease, now: datetime, until: datetime, error: str) -> None:
    """The destination itself fails: it is left alone until a time."""
    await database.execute(_FAILED, lease.shard, lease.subscription, lease.holder, until, now, error)


async def fine(database: Database, lease: Lease) -> None:
    """The destination takes what is sent again."""
    await database.execute(_FINE, lease.shard, lease.subscription, lease.holder)


async def drop(database: Database, lease: Lease, everything: bool) -> bool:
    """Delete a portion of what waits, or of all there is; whether there was any."""
    done = await database.execute(_DROP, lease.shard, lease.subscription, everything)
    return not done.endswith(" 0")


async def close(database: Database, lease: Lease) -> None:
    """Take the row of a subscription away that is no more."""
    await database.execute(_CLOSE, lease.shard, lease.subscription, lease.holder)


async def resume(database: Database, shard: str, subscription: str) -> None:
    """Let the destination be tried at once, as after its configuration was changed."""
    await database.execute(_RESUME, shard, subscription, LONG_AGO)


async def secret(database: Database, shard: str, name: str) -> str | None:
    """The value of a secret."""
    row: Any = await database.fetchrow(_SECRET, shard, name)
    return None if row is None else str(row["value"])
