"""Messages as they are told to those who listen: by the place in time that they have, and those that were stored late.

All of it goes by the index of (shard, created_at, id), so that nothing costs more in a table that is larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from orderwright.storage.database import Database

_WINDOW = "m.shard = $1 AND m.shard <> '' AND (m.created_at, m.id) > ($2, $3::uuid) AND (m.created_at, m.id) <= ($4, $5::uuid)"
_PLACES = f"SELECT m.id::text, m.created_at, octet_length(m.body) AS size FROM message m WHERE {_WINDOW}"
AFTER = f"{_PLACES} ORDER BY m.created_at, m.id LIMIT $6"
LATE = (
    f"{_PLACES} AND (SELECT count(*) FROM message c WHERE c.shard = $1 AND c.shard <> ''"
    " AND (c.created_at, c.id) > ($2, $3::uuid) AND (c.created_at, c.id) <= ($4, $5::uuid)) <> $6 ORDER BY m.created_at, m.id"
)
BODIES = "SELECT m.id::text, m.body FROM message m WHERE m.shard = $1 AND m.id = ANY($2::uuid[])"
FIRST, LAST = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""Before every id of an instant, and behind it."""


class Place(NamedTuple):
    """Where a Message stands among all of its project."""

    created_at: datetime
    id: str


class Found(NamedTuple):
    """A Message that there is, and how many bytes it has."""

    place: Place
    size: int


async def after(database: Database, shard: str, place: Place, upto: Place, most: int) -> list[Found]:
    """The next ones behind a place, in their order. Raises `QueryTimedOut`, as the others do."""
    return _found(await database.query(AFTER, shard, *place, *upto, most))


async def between(database: Database, shard: str, place: Place, upto: Place, unless: int) -> list[Found]:
    """All between two places, or none where there are so many."""
    return _found(await database.query(LATE, shard, *place, *upto, unless))


async def bodies(database: Database, shard: str, ids: Sequence[str]) -> dict[str, str]:
    """What they say, by their ids. One that was deleted meanwhile is not there."""
    return {row["id"]: row["body"] for row in await database.query(BODIES, shard, ids)}


def _found(rows: Sequence[Any]) -> list[Found]:
    return [Found(Place(row["created_at"], row["id"]), row["size"]) for row in rows]
