"""Many documents at once, by COPY: for a project that is filled before anybody works in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from orderwright.engine.messages import Posted
from orderwright.engine.unit.rows import TYPED, Claim, Row
from orderwright.storage.database import Database
from orderwright.storage.pool import Connection

LIMIT_S = 600.0
"""A batch may take longer than a request would."""
_DOCUMENT = (
    *("shard", "id", "type", "version", "created_at", "last_modified_at"),
    *TYPED,
    *("message_sequence", "write_id", "body", "query"),
)
_CLAIM = ("shard", "kind", "value", "owner")
_MESSAGE = ("shard", "id", "created_at", "resource_id", "sequence_number", "type", "body", "query")


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A new document's row, what it claims, and the Messages of its creation, numbered from 1."""

    row: Row
    claims: frozenset[Claim]
    messages: tuple[Posted, ...]
    write_id: str


async def load(database: Database, shard: str, made: Sequence[Made]) -> None:
    """Store new documents in one transaction. Nothing is looked at but the tables' own constraints: no effect is applied, no
    version compared, and no catalogue told. Raises asyncpg.UniqueViolationError for what is there already."""

    async def run(connection: Connection) -> None:
        async with connection.transaction():
            for table, columns, records in (
                ("document", _DOCUMENT, [_document(shard, one) for one in made]),
                (
                    "claim",
                    _CLAIM,
                    [(shard, claim.kind, claim.value, claim.owner) for one in made for claim in sorted(one.claims)],
                ),
                ("message", _MESSAGE, [_message(shard, told) for one in made for told in one.messages]),
            ):
                await connection.copy_records_to_table(table, records=records, columns=columns)

    await database.once(run, LIMIT_S)


async def analyze(database: Database) -> None:
    """Bring what the planner knows up to date, and the indexes' pending lists into place, as autovacuum would in a while."""
    await database.once(
        lambda connection: connection.execute("VACUUM (ANALYZE) document, claim, message -- @sharded: maintenance"), LIMIT_S
    )


def _document(shard: str, made: Made) -> tuple[Any, ...]:
    row = made.row
    head = (shard, row.id, row.type, row.version, row.created_at, row.last_modified_at)
    return (*head, *row.typed, len(made.messages), made.write_id, row.body, row.query)


def _message(shard: str, told: Posted) -> tuple[Any, ...]:
    about = (told.resource_id, told.sequence_number, told.type)
    return (shard, told.id, told.created_at.instant(), *about, told.body, told.query)
