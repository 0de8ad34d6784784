"""Which projects there are, for who looks at the server as a whole."""

from __future__ import annotations

from orderwright.storage.database import Database

_SOME = "SELECT shard FROM project ORDER BY shard LIMIT 2 -- @sharded: a page about the server asks for its one project"


async def only(database: Database) -> tuple[str | None, bool]:
    """The one project that there is, or None; and whether there are several."""
    rows = await database.fetch(_SOME)
    return (rows[0]["shard"] if len(rows) == 1 else None), len(rows) > 1
