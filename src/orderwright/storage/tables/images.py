"""The bytes of uploaded images. They are written with their product, by effects, and read here."""

from __future__ import annotations

from orderwright.storage.database import Database


async def image_of(database: Database, shard: str, id: str) -> tuple[str, bytes] | None:
    """Media type and bytes, or None."""
    row = await database.fetchrow("SELECT content_type, bytes FROM image WHERE shard = $1 AND id = $2", shard, id)
    return (row["content_type"], row["bytes"]) if row else None
