"""The changes of one order, by its versions. Who reads them has read the order itself before, through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.storage.database import Database

# By the index change_of_order, whose condition is said by the letter.
OF_ORDER = (
    "SELECT c.version, c.kind, c.at, c.who, c.messages FROM change c WHERE c.shard = $1 AND c.resource_type = 'order'"
    " AND c.resource_id = $2::uuid AND c.version > $3 ORDER BY c.version DESC LIMIT $4"
)


class Change(NamedTuple):
    """That an order came to a version at an instant. `who` is a `ClientLogging` as plain JSON; `kind` is that of the
    change; `messages` are the ids of those that tell of it."""

    version: int
    kind: str
    at: datetime
    who: dict[str, Any]
    messages: tuple[str, ...] = ()


async def of_order(database: Database, shard: str, order_id: str, version: int, most: int) -> list[Change]:
    """The newest changes after a version, the last one first. Raises `QueryTimedOut`."""
    rows = await database.query(OF_ORDER, shard, order_id, version, most)
    return [
        Change(row["version"], row["kind"], row["at"], msgspec.json.decode(row["who"]), tuple(map(str, row["messages"])))
        for row in rows
    ]
