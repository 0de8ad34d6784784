"""Answers that are kept for requests with an Idempotency-Key. They are stored by `write(unit)`, and read and swept here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from orderwright.storage.database import Database

KEPT = timedelta(hours=24)
_FIND = "SELECT request, status, body, created_at FROM idempotency WHERE shard = $1 AND key = $2"
_END = "DELETE FROM idempotency WHERE shard = $1 AND key = $2 AND created_at <= $3"
_SWEEP = (
    "DELETE FROM idempotency WHERE shard = $1 AND key = ANY(ARRAY"
    "(SELECT key FROM idempotency WHERE shard = $1 AND shard <> '' AND created_at <= $2 ORDER BY created_at LIMIT $3))"
    " RETURNING key"
)


class Answered(NamedTuple):
    """The hash of the request, and the status and the document that it was answered with."""

    request: bytes
    status: int
    body: str


async def find(database: Database, shard: str, key: bytes, ended: datetime) -> Answered | None:
    """What is kept under a key since after `ended`; what is older is deleted, so that the key is free again."""
    row = await database.fetchrow(_FIND, shard, key)
    if row is None:
        return None
    if row["created_at"] <= ended:
        await database.execute(_END, shard, key, ended)
        return None
    return Answered(row["request"], row["status"], row["body"])


async def sweep(database: Database, shard: str, ended: datetime, limit: int = 500) -> int:
    """Delete what was kept up to an instant, the oldest first, at most `limit` of it; how many went."""
    return len(await database.fetch(_SWEEP, shard, ended, limit))
