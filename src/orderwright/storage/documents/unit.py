"""`write(unit)`: the one way documents change. Without effects it is one statement, compare and set, all or nothing."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from orderwright.engine.unit.rows import Claim, Unit
from orderwright.errors import (
    ApiError,
    MovedError,
    OverCapacityError,
    concurrent_modification,
    duplicate_field,
    payment_in_use,
    quote_ordered,
    referenced_resource_not_found,
    resource_not_found,
)
from orderwright.storage.database import (
    CONNECTION_LOST,
    TOO_MANY,
    TRANSIENT,
    UNSTORABLE,
    Database,
    pause,
    unstorable,
)
from orderwright.storage.disk import MAY_BE_FULL, disk_full, stopped_the_server
from orderwright.storage.documents.columns import shows
from orderwright.storage.documents.effects import UnmetError, apply
from orderwright.storage.documents.unit_statement import statement
from orderwright.storage.pool import Connection, NoneFreeError
from orderwright.storage.tables.order_numbers import draw
from orderwright.telemetry.metrics import ORDERS_CREATED

# A write that lost its connection must learn whether it happened before it answers: this outlasts a database's restart.
PATIENCE_S = 5.0
LONGEST_PAUSE = 6  # in powers of two: some 0.6 s
_NOT_ALL = "The write met a row that has changed."
# How the refusal reads of what types hold together: it is no field of the one that is refused.
_HELD: dict[str, Callable[[str], ApiError]] = {
    "payment.use": payment_in_use,
    "quote.order": quote_ordered,
    "sort-order": lambda value: duplicate_field("sortOrder", value),
}
_UNKNOWN = "The database was lost while the change was being stored; whether it was stored is not known."


class _UndoneError(Exception):
    """Rolls back what a dry run has written."""


async def write(database: Database, unit: Unit) -> None:
    """Store a unit. Raises 409, 404, `DuplicateField`, or 400 for a text that cannot be stored.

    A lost connection is retried and never doubles the write; 503 tells when it cannot be known whether it happened.
    Of a dry run all is judged, and nothing stays, so that it may simply be tried again.
    """
    uncertain = False
    deadline = time.monotonic() + PATIENCE_S
    for attempt in itertools.count():
        try:
            if uncertain and await _happened(database, unit):
                _count(unit)
                return
            refusal = await _attempt(database, unit)
            # An attempt whose connection broke may still have run until just now, and be what this one met.
            if refusal is None or (uncertain and await _happened(database, unit)):
                if not unit.dry_run:
                    database.disk.takes()
                    _count(unit)
                return
            raise await refusal()
        except UNSTORABLE as error:
            raise unstorable(error) from None
        except MAY_BE_FULL as error:
            if not database.disk.refuses(error):
                raise
            uncertain = uncertain or (stopped_the_server(error) and not unit.dry_run)
            if not uncertain:
                raise disk_full() from None
        except (*TRANSIENT, NoneFreeError):
            pass
        except CONNECTION_LOST:
            # The statement may have been committed before the connection broke; its traces will tell, and who has waited long
            # for the answer that was lost still has the time to ask for them.
            if not uncertain and not unit.dry_run:
                uncertain, deadline = True, time.monotonic() + PATIENCE_S
        if time.monotonic() > deadline:
            database.disk.explains_silence()  # it is told to the log; of the change nobody knows more than before
            raise OverCapacityError(_UNKNOWN if uncertain else TOO_MANY)
        await pause(min(attempt, LONGEST_PAUSE))


def _count(unit: Unit) -> None:
    orders = sum(insertion.row.type == "order" for insertion in unit.inserts)
    if orders:
        ORDERS_CREATED.add(by=orders)


async def _attempt(database: Database, unit: Unit) -> Callable[[], Awaitable[ApiError]] | None:
    """None if the unit is stored, else what finds out why it is not."""
    text, arguments = statement(unit)
    database.admit(text)
    tried = [unit]

    async def run(connection: Connection) -> bool | ApiError:
        compared = len(unit.replacements) + len(unit.removals)
        if not unit.effects and compared <= 1 and unit.draws is None and not unit.dry_run:
            return bool(await connection.fetchval(text, *arguments))
        return await _in_transaction(database, connection, tried, text, arguments)

    try:
        stored = await database.once(run)
    except asyncpg.UniqueViolationError:
        return functools.partial(_duplicate, database, tried[-1])
    if isinstance(stored, ApiError):
        return functools.partial(_as_it_is, stored)
    return None if stored else functools.partial(_conflict, database, tried[-1])


async def _as_it_is(refusal: ApiError) -> ApiError:
    return refusal


async def _in_transaction(
    database: Database, connection: Connection, tried: list[Unit], text: str, arguments: list[Any]
) -> bool | ApiError:
    """Whether it is stored, or an effect's refusal. What a drawn number makes of the unit is put behind it in `tried`.
    A dry run that is not refused is rolled back at the end.

    A refusal is returned: raised through the pool it would look as if the connection had been left in the middle.
    """
    unit = tried[-1]
    try:
        async with connection.transaction():
            if unit.draws is not None:
                number = await draw(database, connection, unit.shard, unit.draws.scope, unit.draws.period)
                unit = unit.draws.filled(number)
                tried.append(unit)
                text, arguments = statement(unit)
            if not await connection.fetchval(text, *arguments):
                raise UnmetError
            await apply(database, connection, unit)
            if unit.dry_run:
                raise _UndoneError
    except _UndoneError:
        return True
    except UnmetError:
        return False
    except ApiError as refused:
        return refused
    return True


async def _happened(database: Database, unit: Unit) -> bool:
    """Whether an attempt that nobody answered was committed. Raises `OverCapacity` if the rows cannot tell any more.

    Not by `Database.fetch`, whose patience is too short here: a connection that is lost again must lead to another round.
    """
    table, id = unit.witness
    shown = "true AS exists" if table == "message" else "version, write_id"
    text = f"SELECT {shown} FROM {table} WHERE shard = $1 AND {'key' if table == 'idempotency' else 'id'} = $2"
    database.admit(text)
    found = await database.once(lambda connection: connection.fetchrow(text, unit.shard, id))
    if table == "idempotency":
        return found is not None and str(found["write_id"]) == unit.write_id
    if table == "message" or unit.inserts:
        return found is not None
    if not unit.replacements:
        return found is None
    change = unit.replacements[0]
    if found is None or (found["version"] > change.row.version):
        raise OverCapacityError(_UNKNOWN)  # others went on from there, perhaps from what this write had left
    return str(found["write_id"]) == unit.write_id


async def _conflict(database: Database, unit: Unit) -> ApiError:
    """Why nothing matched: the first document that is gone or has left the door's sight, or stands at another version."""
    compared = [(change.row.id, change.version) for change in unit.replacements]
    compared += [(removal.id, removal.version) for removal in unit.removals]
    if unit.unchanged is not None:
        compared.append((unit.unchanged.id, unit.unchanged.version))
    seen = "".join(f" AND {shows(column, f'${number}')}" for number, (column, _) in enumerate(unit.visible, 3))
    text = f"SELECT version FROM document WHERE shard = $1 AND id = $2{seen}"
    for id, expected in compared:
        found = await database.fetchrow(text, unit.shard, id, *(value for _, value in unit.visible))
        if found is None:
            return resource_not_found(id=id)
        if found["version"] != expected:
            return concurrent_modification(id, expected, found["version"])
    return await _gone(database, unit) or MovedError(_NOT_ALL)


async def _gone(database: Database, unit: Unit) -> ApiError | None:
    """The refusal for the first document that the write refers to and does not find."""
    ids = [standing.id for standing in unit.referenced]
    named = "SELECT d.id FROM document d WHERE d.shard = $1 AND d.id = n.id OFFSET 0"
    text = f"SELECT d.id FROM unnest($2::uuid[]) AS n(id) CROSS JOIN LATERAL ({named}) AS d"
    rows = await database.fetch(text, unit.shard, ids)
    there = {str(row["id"]) for row in rows}
    for type_id, by, value in (standing.named for standing in unit.referenced if standing.id not in there):
        return referenced_resource_not_found(type_id, **{by: value})
    return None


async def _duplicate(database: Database, unit: Unit) -> ApiError:
    rows = await database.fetch(
        "SELECT c.kind, c.value, c.owner FROM unnest($2::text[], $3::text[]) AS n(kind, value) CROSS JOIN LATERAL"
        " (SELECT c.kind, c.value, c.owner FROM claim c"
        " WHERE c.shard = $1 AND c.kind = n.kind AND c.value = n.value OFFSET 0) AS c",
        unit.shard,
        [claim.kind for claim in unit.claims],
        [claim.value for claim in unit.claims],
    )
    ours = {(claim.kind, claim.value): claim.owner for claim in unit.claims}
    for row in rows:
        # What this write would have released itself, as a cart's payment for its order, is not what it met.
        if Claim(row["kind"], row["value"], str(row["owner"])) in unit.releases:
            continue
        # A place in a list names no field and has the document's own id: what is taken, another claim tells.
        if row["kind"] not in _HELD and "." not in row["kind"].partition(" ")[0]:
            continue
        # A new document's own id can stand there only if the id is fixed, as a project's: then it exists already.
        if unit.inserts or str(row["owner"]) != ours[row["kind"], row["value"]]:
            error = _taken(row["kind"], row["value"], str(row["owner"]))
            error.taken = (row["kind"], row["value"])
            return error
    # The number of a Message is taken where an effect has told of the document since it was read.
    return MovedError("Another change has just taken or freed what this one needs; send the request again.")


def _taken(kind: str, value: str, owner: str) -> ApiError:
    if kind in _HELD:
        return _HELD[kind](value)
    # What follows a space is the range in which the value is unique, such as a supply channel.
    type_id, field = kind.partition(" ")[0].split(".", 1)
    return duplicate_field(field, value, {"typeId": type_id, "id": owner})
