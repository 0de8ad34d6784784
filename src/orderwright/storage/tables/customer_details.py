"""What customers have told of themselves beside their documents; written by the effect `KeepDetails`."""

from __future__ import annotations

from typing import Any

from orderwright.engine.access import shard_of
from orderwright.engine.json.codec import plain
from orderwright.storage.database import Database

_FIND = "SELECT body::text AS body FROM customer_details WHERE shard = $1 AND customer = $2::uuid"


async def find(database: Database, project_key: str, customer_id: str) -> dict[str, Any]:
    """The members of one customer, none where she has told nothing."""
    row = await database.fetchrow(_FIND, shard_of(project_key), customer_id)
    found: dict[str, Any] = plain(row["body"]) if row is not None else {}
    return found
