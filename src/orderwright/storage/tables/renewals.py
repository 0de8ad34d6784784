"""The queue of reasons to write products anew. Effects put an entry there, in the write that made it necessary."""

from __future__ import annotations

import msgspec

from orderwright.storage.database import Database

PORTION = 100


class Renewal(msgspec.Struct, frozen=True):
    """One entry; `since_ms` is when it was put there last."""

    shard: str
    kind: str
    value: str
    since_ms: int


async def waiting(database: Database) -> list[Renewal]:
    """Some entries of all projects, the oldest first."""
    rows = await database.fetch(
        f"SELECT shard, kind, value, since_ms FROM renewal ORDER BY since_ms LIMIT {PORTION}"
        " -- @sharded: one loop serves the queues of all projects"
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


async def concerned(database: Database, shard: str, type_id: str, path: str, after: str) -> list[tuple[str, int]]:
    """Ids and versions of the next portion of documents that match a jsonpath, by id."""
    # On the query pool, whose plans follow the path, as in `Documents.referenced`.
    rows = await database.query(
        "SELECT d.id, d.version FROM document d WHERE d.shard = $1 AND d.type = $2 AND d.query @? $3::jsonpath"
        f" AND d.id > $4::uuid ORDER BY d.id LIMIT {PORTION}",
        shard,
        type_id,
        path,
        after,
    )
    return [(str(row["id"]), row["version"]) for row in rows]
