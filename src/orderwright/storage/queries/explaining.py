"""How PostgreSQL runs a query, in its own words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import asyncpg

from orderwright.storage.database import QUERY_SESSION

_TOLD = "EXPLAIN (ANALYZE, BUFFERS) "
_CUT = 200


async def plan(dsn: str, statement: str, arguments: Sequence[Any]) -> str:
    """A query of documents with its plan, run once more on a session like those of the query pool; empty for other statements.

    To be used on a warm database, by a person who reads it.
    """
    if "FROM document" not in statement:
        return ""
    connection = await asyncpg.connect(dsn, server_settings=QUERY_SESSION)
    try:
        await connection.fetch(statement, *arguments)
        rows = await connection.fetch(f"{_TOLD}{statement}", *arguments)
    finally:
        await connection.close()
    lines = [row[0] if len(row[0]) <= _CUT else f"{row[0][:_CUT]} ..." for row in rows]
    return "\n".join([*textwrap.wrap(statement, 120), *(f"  {line}" for line in lines)])
