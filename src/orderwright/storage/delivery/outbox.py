"""From changes to deliveries: in one transaction what is to be told is read, its deliveries are stored, and it is told no more.

Of each project one process does so at a time, which locks the project's row without a subscription. Deliveries get their numbers
in this order, so that those of a resource have the order of its versions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from orderwright.engine.unit.rows import ChangeKind
from orderwright.storage.database import Database
from orderwright.storage.pool import Connection

PORTION = 500
NOBODY = "00000000-0000-0000-0000-000000000000"
LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
"""When that is due which has not been tried: before everything that is to be tried again."""
_COLUMNS = "id, resource_type, resource_id, version, kind, at, identifiers, messages, subscribers"
_TOLD = ", ".join(f"c.{name}" for name in _COLUMNS.split(", "))
_SHARDS = (
    "SELECT p.shard FROM project p CROSS JOIN LATERAL (SELECT 1 FROM change c WHERE c.shard = p.shard"
    " AND c.subscribers IS NOT NULL LIMIT 1) AS c -- @sharded: one loop tells of all projects"
)
_OPEN = (
    "INSERT INTO relay (shard, subscription, holder, held_until, next, paused_until, failures)"
    " SELECT $1, n.id, n.id, $3, 1, $3, 0 FROM unnest($2::uuid[]) AS n(id) ON CONFLICT (shard, subscription) DO NOTHING"
)
_LOCK = "SELECT next FROM relay WHERE shard = $1 AND subscription = $2::uuid FOR UPDATE SKIP LOCKED"
_DUE = f"SELECT {_TOLD} FROM change c WHERE c.shard = $1 AND c.subscribers IS NOT NULL ORDER BY c.at, c.id LIMIT {PORTION}"
_BEHIND = (
    f"SELECT {_COLUMNS} FROM unnest($2::uuid[], $3::bigint[]) AS n(resource, below) CROSS JOIN LATERAL (SELECT {_TOLD}"
    " FROM change c WHERE c.shard = $1 AND c.resource_id = n.resource AND c.version < n.below AND c.subscribers IS NOT NULL"
    " OFFSET 0) AS c"
)
_MESSAGES = (
    "SELECT m.id, m.type, m.sequence_number, m.body FROM unnest($2::uuid[]) AS n(id) CROSS JOIN LATERAL"
    " (SELECT m.id, m.type, m.sequence_number, m.body FROM message m WHERE m.shard = $1 AND m.id = n.id OFFSET 0) AS m"
)
_DELIVERY = {
    **{"subscription": "uuid", "number": "bigint", "notification": "uuid", "kind": "text", "resource_type": "text"},
    **{"resource_id": "uuid", "sequence_number": "integer", "at": "timestamptz", "payload": "text"},
}
_STORE = (
    f"INSERT INTO delivery (shard, {', '.join(_DELIVERY)}, state, due_at, attempts) SELECT $1,"
    f" {', '.join('n.' + name for name in _DELIVERY)}, 'waiting', $2, 0 FROM unnest("
    + ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(_DELIVERY.values(), 3))
    + f") AS n({', '.join(_DELIVERY)})"
)
_NUMBERED = "UPDATE relay SET next = $3 WHERE shard = $1 AND subscription = $2::uuid"
_DONE = "UPDATE change SET subscribers = NULL WHERE shard = $1 AND id = ANY($2::uuid[])"
_SINCE = (
    f"SELECT {_TOLD} FROM change c WHERE c.shard = $1 AND c.id >= $2::uuid AND c.id < $3::uuid AND c.id > $4::uuid"
    f" ORDER BY c.id LIMIT {PORTION}"
)


class Due(msgspec.Struct, frozen=True):
    """A change as it was recorded, with the ids of those who are told."""

    id: str
    resource_type: str
    resource_id: str
    version: int
    kind: ChangeKind
    at: datetime
    identifiers: str
    messages: tuple[str, ...]
    subscribers: tuple[str, ...]


class Posted(msgspec.Struct, frozen=True):
    """A Message as it is stored."""

    id: str
    type: str
    sequence_number: int
    body: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One notification to one subscription. Its number is given when it is stored."""

    subscription: str
    notification: str
    kind: str
    resource_type: str
    resource_id: str
    sequence_number: int | None
    at: datetime
    payload: str


Making = Callable[[Sequence[Due], dict[str, Posted]], Sequence[Delivery]]
"""Makes the deliveries of changes, in their order, with the Messages that are still there."""


async def shards(database: Database) -> list[str]:
    """The projects in which something is to be told."""
    return [row["shard"] for row in await database.fetch(_SHARDS)]


async def fan_out(database: Database, shard: str, make: Making) -> tuple[int, set[str]] | None:
    """Make the deliveries of the next changes of a project: how many changes there were, and to whom something is to be sent.

    None where another process is doing so. What is lost before the commit is as if it had not begun.
    """
    for statement in (_OPEN, _LOCK, _DUE, _BEHIND, _MESSAGES, _STORE, _NUMBERED, _DONE):
        database.admit(statement)

    async def run(connection: Connection) -> tuple[int, set[str]] | None:
        async with connection.transaction():
            number = await connection.fetchval(_LOCK, shard, NOBODY)
            if number is None:
                # There is none yet, or it is locked: the row is made for the next time.
                await connection.execute(_OPEN, shard, [NOBODY], LONG_AGO)
                return None
            changes = await _changes(connection, shard)
            if not changes:
                return 0, set()
            ids = list(dict.fromkeys(id for change in changes for id in change.messages))
            told = {str(row["id"]): _posted(row) for row in await connection.fetch(_MESSAGES, shard, ids)} if ids else {}
            deliveries = make(changes, told)
            await _stored(connection, shard, number, deliveries)
            await connection.execute(_DONE, shard, [change.id for change in changes])
            return len(changes), {each.subscription for each in deliveries}

    return await database.once(run)


async def store(database: Database, shard: str, deliveries: Sequence[Delivery]) -> bool:
    """Put further deliveries behind those that wait, such as one that is sent again. False where another process holds the
    numbers at this moment."""
    for statement in (_OPEN, _LOCK, _STORE, _NUMBERED):
        database.admit(statement)

    async def run(connection: Connection) -> bool:
        async with connection.transaction():
            number = await connection.fetchval(_LOCK, shard, NOBODY)
            if number is None:
                await connection.execute(_OPEN, shard, [NOBODY], LONG_AGO)
                return False
            await _stored(connection, shard, number, deliveries)
            return True

    return await database.once(run)


async def recorded(database: Database, shard: str, first: str, last: str, after: str) -> list[Due]:
    """The next changes whose ids are from `first` on, before `last`, and after one that was there already."""
    return [_due(row) for row in await database.fetch(_SINCE, shard, first, last, after)]


async def messages(database: Database, shard: str, ids: Sequence[str]) -> dict[str, Posted]:
    """The Messages of these ids that are still there."""
    return {str(row["id"]): _posted(row) for row in await database.fetch(_MESSAGES, shard, list(ids))}


async def _changes(connection: Connection, shard: str) -> list[Due]:
    """The next changes, of each resource in the order of its versions. An earlier one whose clock was ahead is among them."""
    rows = {str(row["id"]): row for row in await connection.fetch(_DUE, shard)}
    if not rows:
        return []
    last: dict[Any, int] = {}
    for row in rows.values():
        last[row["resource_id"]] = max(row["version"], last.get(row["resource_id"], 0))
    behind = await connection.fetch(_BEHIND, shard, list(last), list(last.values()))
    rows |= {str(row["id"]): row for row in behind}
    return sorted(
        (_due(row) for row in rows.values()), key=lambda due: (due.resource_id, due.version, due.kind == "deleted", due.id)
    )


async def _stored(connection: Connection, shard: str, number: int, deliveries: Sequence[Delivery]) -> None:
    if not deliveries:
        return
    columns: list[list[Any]] = [
        [number + place if name == "number" else getattr(each, name) for place, each in enumerate(deliveries)]
        for name in _DELIVERY
    ]
    await connection.execute(_STORE, shard, LONG_AGO, *columns)
    await connection.execute(_NUMBERED, shard, NOBODY, number + len(deliveries))
    await connection.execute(_OPEN, shard, list({each.subscription for each in deliveries}), LONG_AGO)


def _due(row: Any) -> Due:
    return Due(
        str(row["id"]),
        row["resource_type"],
        str(row["resource_id"]),
        row["version"],
        row["kind"],
        row["at"],
        row["identifiers"],
        tuple(map(str, row["messages"])),
        tuple(map(str, row["subscribers"] or ())),
    )


def _posted(row: Any) -> Posted:
    return Posted(str(row["id"]), row["type"], row["sequence_number"], row["body"])
