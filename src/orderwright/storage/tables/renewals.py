"""The queue of reasons to write documents anew. Effects put an entry there, in the write that made it necessary."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from orderwright.storage.database import Database

PORTION = 100
MOST_WAITING = 10_000
"""Entries that are looked at together. Each stays for a minute after its documents were renewed."""
BEFORE_ALL = (datetime(1, 1, 1, tzinfo=UTC), "00000000-0000-0000-0000-000000000000")
"""The place before every document's."""


class Renewal(msgspec.Struct, frozen=True):
    """One entry; `since_ms` is when it was put there last, or when its time comes."""

    shard: str
    kind: str
    value: str
    since_ms: int


class Concerned(msgspec.Struct, frozen=True):
    """A document that is to be written anew, and where it stands among all of its type."""

    id: str
    version: int
    place: tuple[datetime, str]


async def waiting(database: Database, now_ms: int) -> list[Renewal]:
    """Some entries of all projects whose time has come, the oldest first."""
    rows = await database.fetch(
        f"SELECT shard, kind, value, since_ms FROM renewal WHERE since_ms <= $1 ORDER BY since_ms LIMIT {MOST_WAITING}"
        " -- @sharded: one loop serves the queues of all projects",
        now_ms,
    )
    return [Renewal(row["shard"], row["kind"], row["value"], row["since_ms"]) for row in rows]


async def finish(database: Database, renewal: Renewal) -> None:
    """Take an entry out, unless it was put there again in the meantime."""
    await database.execute(
        "DELETE FROM renewal WHERE shard = $1 AND kind = $2 AND value = $3 AND since_ms = $4",
        renewal.shard,
        renewal.kind,
        renewal.value,
        renewal.since_ms,
    )


async def concerned(
    database: Database, shard: str, type_id: str, path: str | None, after: tuple[datetime, str]
) -> list[Concerned]:
    """The next portion of documents in the order of creation: those that match a jsonpath, or all without one."""
    # On the query pool, whose plans follow the path, as in `Documents.referenced`.
    matching, values = ("", ()) if path is None else (" AND d.query @? $5::jsonpath", (path,))
    rows = await database.query(
        "SELECT d.id, d.version, d.created_at FROM document d WHERE d.shard = $1 AND d.type = $2"
        f" AND (d.created_at, d.id) > ($3::timestamptz, $4::uuid){matching} ORDER BY d.created_at, d.id LIMIT {PORTION}",
        shard,
        type_id,
        *after,
        *values,
    )
    return [Concerned(str(row["id"]), row["version"], (row["created_at"], str(row["id"]))) for row in rows]
