"""The schema's history: numbered SQL files, applied in order, each in a transaction of its own, under one lock."""

from __future__ import annotations

from importlib import resources

import asyncpg

# An arbitrary number that only this program uses: two starting servers must not migrate at once.
_LOCK = 7_016_996_771


def files() -> list[tuple[int, str]]:
    """Every migration as (number, SQL), in order."""
    found = [path for path in resources.files(__name__).iterdir() if path.name.endswith(".sql")]
    return sorted((int(path.name.split("_")[0]), path.read_text("utf-8")) for path in found)


async def migrate(dsn: str) -> int:
    """Bring the schema up to date and return its version; safe to run from several processes at once."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL, applied_at timestamptz NOT NULL,"
            " CONSTRAINT schema_version_pk PRIMARY KEY (version))"
        )
        current = await connection.fetchval("SELECT coalesce(max(version), 0) FROM schema_version")
        for number, sql in files():
            if number > current:
                async with connection.transaction():
                    await connection.execute(sql)
                    await connection.execute("INSERT INTO schema_version VALUES ($1, now())", number)
                current = number
        return int(current)
    finally:
        await connection.close()
