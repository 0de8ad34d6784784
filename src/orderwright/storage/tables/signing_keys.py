"""Keys that a project signs with. They stand among what no answer shows."""

from __future__ import annotations

from orderwright.engine.access import shard_of
from orderwright.storage.database import Database

_KEEP = "INSERT INTO secret (shard, name, value) VALUES ($1, $2, $3) ON CONFLICT (shard, name) DO NOTHING"
_READ = "SELECT value FROM secret WHERE shard = $1 AND name = $2"


async def kept(database: Database, project_key: str, name: str, made: str) -> str:
    """The key of this name: the one that is there, else `made`, of which only the first one is stored."""
    row = await database.fetchrow(_READ, shard_of(project_key), name)
    if row is None:
        await database.execute(_KEEP, shard_of(project_key), name, made)
        row = await database.fetchrow(_READ, shard_of(project_key), name)
    return str(row["value"]) if row is not None else made
