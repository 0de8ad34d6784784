"""What operators ask: the log of a destination, how far it is behind, and which notifications it knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from orderwright.storage.database import Database
from orderwright.storage.delivery.outbox import LONG_AGO
from orderwright.storage.delivery.queue import HELD_BACK

MOST_COUNTED = 10_000
"""As many as are counted of what waits, or is dead, for one destination."""
_LOG = (
    "SELECT d.number, d.notification, d.kind, d.resource_type, d.resource_id, d.sequence_number, d.at, d.state, d.attempts,"
    " d.error, d.done_at FROM delivery d WHERE d.shard = $1 AND d.subscription = $2::uuid AND d.number < $3"
    " AND ($4::text IS NULL OR d.state = $4::text) ORDER BY d.number DESC LIMIT $5"
)


def _oldest(of: str) -> str:
    """When the first happened that waits, as an expression: of what was not tried yet the first one, of what is tried again any.
    What is held back has come later than what holds it."""
    waits = f"FROM delivery d WHERE {of} AND d.state = 'waiting' AND d.due_at"
    fresh = f"SELECT d.at {waits} = '{LONG_AGO}' ORDER BY d.due_at, d.number LIMIT 1"
    again = f"SELECT d.at {waits} > '{LONG_AGO}' AND d.due_at < '{HELD_BACK}' ORDER BY d.due_at, d.number LIMIT 1000"
    return f"(SELECT min(w.at) FROM (({fresh}) UNION ALL ({again})) AS w)"


def _behind(subscription: str) -> str:
    """How far a destination is behind, as columns of a statement whose first parameter is the shard."""
    of = f"d.shard = $1 AND d.subscription = {subscription}"
    counted = "(SELECT count(*) FROM (SELECT 1 FROM delivery d WHERE {of} AND d.state = '{state}' LIMIT {most}) AS n) AS {state}"
    counts = ", ".join(counted.format(of=of, state=state, most=MOST_COUNTED) for state in ("waiting", "dead"))
    error = f"(SELECT r.error FROM relay r WHERE r.shard = $1 AND r.subscription = {subscription})"
    return f"{counts}, {_oldest(of)} AS oldest, {error} AS error"


_LAG = f"SELECT {_behind('$2::uuid')}"
_LAGS = (
    f"SELECT s.id, s.key, {_behind('s.id')} FROM (SELECT id, key FROM document WHERE shard = $1 AND type = 'subscription'"
    " ORDER BY created_at DESC, id DESC LIMIT $2) AS s"
)
_WAITING = (
    "SELECT r.shard, r.subscription, o.at FROM relay r CROSS JOIN LATERAL"
    f" (SELECT {_oldest('d.shard = r.shard AND d.subscription = r.subscription')} AS at) AS o WHERE o.at IS NOT NULL"
    " -- @sharded: a metric tells of all projects"
)
_KNOWN = (
    "SELECT n.id FROM unnest($3::uuid[]) AS n(id) CROSS JOIN LATERAL (SELECT 1 FROM delivery d WHERE d.shard = $1"
    " AND d.notification = n.id AND d.subscription = $2::uuid LIMIT 1) AS d"
)
# They keep their numbers, and with these their places before what came later.
_REVIVE = (
    "UPDATE delivery d SET state = 'waiting', due_at = $3, attempts = 0, error = NULL, done_at = NULL, at = $4"
    " WHERE d.shard = $1 AND d.subscription = $2::uuid AND d.number = ANY(ARRAY(SELECT o.number FROM delivery o"
    " WHERE o.shard = $1 AND o.subscription = $2::uuid AND o.state = 'dead' ORDER BY o.number LIMIT $5))"
)


class Entry(msgspec.Struct, frozen=True):
    """A line of the log."""

    number: int
    notification: str
    kind: str
    resource_type: str
    resource_id: str
    sequence_number: int | None
    at: datetime
    state: str
    attempts: int
    error: str | None
    done_at: datetime | None


class Lag(msgspec.Struct, frozen=True):
    """How far a destination is behind: what waits and what is dead, counted up to a limit, when the first that waits happened,
    and why the destination takes nothing, if it does not."""

    waiting: int
    dead: int
    oldest: datetime | None
    error: str | None


async def log(database: Database, shard: str, subscription: str, before: int, state: str | None, most: int) -> list[Entry]:
    """The last deliveries before a number, of one state or of all."""
    rows = await database.fetch(_LOG, shard, subscription, before, state, most)
    return [
        Entry(**{**dict(row), "notification": str(row["notification"]), "resource_id": str(row["resource_id"])}) for row in rows
    ]


class LagOf(Lag, frozen=True):
    """The same of one of several subscriptions."""

    id: str
    key: str | None


async def lag(database: Database, shard: str, subscription: str) -> Lag:
    """How far one destination is behind."""
    row: Any = await database.fetchrow(_LAG, shard, subscription)
    return Lag(**dict(row))


async def lags(database: Database, shard: str, most: int) -> list[LagOf]:
    """How far the destinations of the newest subscriptions are behind. Raises `QueryTimedOut`."""
    rows = await database.query(_LAGS, shard, most)
    return [LagOf(**{**dict(row), "id": str(row["id"])}) for row in rows]


async def waiting(database: Database) -> list[tuple[str, str, datetime]]:
    """The projects and subscriptions that something waits for, and when the first of that happened."""
    return [(row["shard"], str(row["subscription"]), row["at"]) for row in await database.fetch(_WAITING)]


async def known(database: Database, shard: str, subscription: str, notifications: Sequence[str]) -> set[str]:
    """Which of some notifications the log of a destination has."""
    return {str(row["id"]) for row in await database.fetch(_KNOWN, shard, subscription, list(notifications))}


async def revive(database: Database, shard: str, subscription: str, now: datetime, most: int) -> int:
    """Have dead letters sent again, the oldest first; how many. They are given up anew only as if they had happened now."""
    done = await database.execute(_REVIVE, shard, subscription, LONG_AGO, now, most)
    return int(done.rpartition(" ")[2])
