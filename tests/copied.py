"""Projects that are copies: every key begins with the shard, so that a project's rows are copied by one statement."""

from __future__ import annotations

from orderwright.storage.database import Database

# What a project has from its beginning, and therefore is not copied.
BUILT_IN = {"document": "type IN ('project', 'state')", "claim": "kind IN ('project.key', 'state.key')"}
TABLES = ("document", "claim", "message", "variant")
COLUMNS = """
SELECT attrelid::regclass::text AS name, string_agg(attname, ', ') AS columns FROM pg_attribute
WHERE attrelid = ANY ($1::text[]::regclass[]) AND attnum > 0 AND attname <> 'shard' AND NOT attisdropped AND attgenerated = ''
GROUP BY 1 -- @sharded: the database's own tables
"""
_statements: list[str] = []


async def copy_documents(database: Database, original: str, project: str) -> None:
    """Give a new project the documents of another, with their ids, versions, claims and Messages."""
    if not _statements:
        _statements.append(_copying({row["name"]: row["columns"] for row in await database.fetch(COLUMNS, list(TABLES))}))
    await database.execute(_statements[0], original, project)


def _copying(columns: dict[str, str]) -> str:
    parts = [
        f"{table}_copy AS (INSERT INTO {table} (shard, {columns[table]}) SELECT $2, {columns[table]} FROM {table}"  # noqa: S608 - names only
        f" WHERE shard = $1 AND NOT ({BUILT_IN.get(table, 'false')}))"
        for table in TABLES
    ]
    # Whoever holds the project's catalogue in memory reads it anew.
    raised = "UPDATE project SET catalogue_version = catalogue_version + 1 WHERE shard = $2"
    return f"WITH {', '.join(parts)} {raised} -- @sharded: a test copies from one to another"
