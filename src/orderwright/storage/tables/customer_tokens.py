"""The statements on the tokens that customers are sent. What makes and uses them up is in `effects.py`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.storage.database import Database

_FIND = "SELECT customer::text AS customer, expires_at FROM customer_token WHERE shard = $1 AND kind = $2 AND hash = $3"
_SWEEP = (
    "DELETE FROM customer_token WHERE shard = $1 AND hash = ANY(ARRAY"
    "(SELECT hash FROM customer_token WHERE shard = $1 AND shard <> '' AND expires_at <= $2 ORDER BY expires_at LIMIT $3))"
)


class CustomerToken(NamedTuple):
    """Whose a token is and until when it is good (UTC); one that has expired is kept for a while, to be told as such."""

    customer_id: str
    expires_at: datetime


async def find_token(database: Database, shard: str, kind: str, hash: str) -> CustomerToken | None:
    """The row as stored, expired or not."""
    row = await database.fetchrow(_FIND, shard, kind, hash)
    return CustomerToken(row["customer"], row["expires_at"]) if row else None


async def sweep_tokens(database: Database, shard: str, before: datetime, limit: int) -> None:
    """Delete what expired before an instant, the oldest first, at most `limit` of them."""
    await database.execute(_SWEEP, shard, before, limit)
