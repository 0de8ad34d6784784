"""What changes beside the documents, in the transaction of a write: one conditional statement for each kind of effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orderwright.engine.unit.effects import (
    CatalogueStays,
    CategoryChildrenShare,
    CategoryStays,
    CategorySubtree,
    CloseStock,
    DropAllImages,
    DropImages,
    Effect,
    EndSessions,
    EraseAnswers,
    EraseMessages,
    EraseTokenMessages,
    ForgetUses,
    GuardPriceScope,
    HoldStock,
    IssueCustomerToken,
    KeepDetails,
    KeepImage,
    MoveStock,
    OpenStock,
    QueueRenewals,
    RaiseCatalogue,
    RedeemCustomerToken,
    SetPassword,
    SetSecret,
    StaysAt,
    TakeStock,
    Telling,
    TellOf,
    UnitsBelow,
    Unreferenced,
    UseDiscountCode,
    VoidCustomerTokens,
)
from orderwright.engine.unit.rows import Unit, kind_of
from orderwright.storage.database import Database
from orderwright.storage.documents.unit_statement import statement
from orderwright.storage.pool import Connection


@dataclass(frozen=True)
class Applying:
    """The statement of an effect: its parameters are the shard and then the effect's own members, in their order.

    A `conditional` one must change exactly one row, or the whole write is undone; of any other the count does not matter. A
    statement is planned `by_value`, anew for its values, where its index is chosen only if they are known.
    """

    text: str
    conditional: bool = True
    by_value: bool = False


# Until the end of the transaction. Everything else on the connections of writes has one plan for all values.
PLANNED_BY_VALUE = "SET LOCAL plan_cache_mode = force_custom_plan"

_CHILDREN = kind_of("business-unit", "parentUnit.key", "")
EFFECTS: dict[type[Effect], Applying] = {
    # Whoever wrote such a reference had locked what is removed (`referenced`), so that it is committed by now, and seen. It comes
    # first: the others may wait for locks. Only without a LIMIT is the GIN index chosen: a walk through the table would look
    # shorter.
    Unreferenced: Applying(
        "WITH found AS MATERIALIZED"
        " (SELECT 1 AS one FROM document d WHERE d.shard = $1 AND d.type = $2 AND d.query @? $3::jsonpath)"
        " SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM found)",
        by_value=True,
    ),
    CatalogueStays: Applying("SELECT 1 FROM project WHERE shard = $1 AND catalogue_version = $2::bigint FOR NO KEY UPDATE"),
    RaiseCatalogue: Applying("UPDATE project SET catalogue_version = catalogue_version + 1 WHERE shard = $1"),
    SetSecret: Applying(
        "WITH gone AS (DELETE FROM secret WHERE shard = $1 AND name = $2::text AND $3::text IS NULL)"
        " INSERT INTO secret (shard, name, value) SELECT $1, $2::text, $3::text WHERE $3::text IS NOT NULL"
        " ON CONFLICT (shard, name) DO UPDATE SET value = excluded.value",
        conditional=False,
    ),
    CategorySubtree: Applying(
        "SELECT 1 WHERE (SELECT count(*) FROM document d WHERE d.shard = $1 AND d.type = 'category'"
        " AND d.query @> $2::jsonb) = $3"
    ),
    CategoryChildrenShare: Applying(
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM document d WHERE d.shard = $1 AND d.type = 'category' AND d.query @> $2::jsonb"
        " AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(coalesce(d.query -> 'stores', '[]')) AS s"
        " WHERE s ->> 'key' = ANY($3::text[])))"
    ),
    CategoryStays: Applying(
        "SELECT 1 FROM document d WHERE d.shard = $1 AND d.id = $2::uuid"
        " AND d.query -> 'ancestors' = $3::jsonb AND coalesce(d.query -> 'stores', '[]') = $4::jsonb FOR SHARE"
    ),
    StaysAt: Applying("SELECT 1 FROM document d WHERE d.shard = $1 AND d.id = $2::uuid AND d.version = $3::bigint FOR SHARE"),
    # Each of them has a place in the list of its parent.
    UnitsBelow: Applying(
        "SELECT 1 WHERE (SELECT count(*) FROM unnest($2::text[]) AS n(key) CROSS JOIN LATERAL (SELECT 1 FROM claim c"
        f" WHERE c.shard = $1 AND c.kind = '{_CHILDREN}' || n.key OFFSET 0) AS c) = $3::bigint"
    ),
    # In one order by all writers, so that two that meet never wait for each other.
    QueueRenewals: Applying(
        "INSERT INTO renewal (shard, kind, value, since_ms)"
        " SELECT $1, $2::text, n.value, $4::bigint FROM unnest($3::text[]) AS n(value) ORDER BY n.value"
        " ON CONFLICT (shard, kind, value) DO UPDATE SET since_ms = greatest(renewal.since_ms + 1, excluded.since_ms)",
        conditional=False,
    ),
    KeepImage: Applying(
        "INSERT INTO image (shard, id, product_id, content_type, created_at, bytes) VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6)"
    ),
    DropImages: Applying(
        "DELETE FROM image WHERE shard = $1 AND product_id = $2::uuid AND id = ANY($3::uuid[])", conditional=False
    ),
    DropAllImages: Applying("DELETE FROM image WHERE shard = $1 AND product_id = $2::uuid", conditional=False),
    # A password is set, which waits for whoever signs in with the old one, and only then are the sessions ended.
    SetPassword: Applying(
        "WITH gone AS (DELETE FROM password WHERE shard = $1 AND customer = $2::uuid AND $3::text IS NULL)"
        " INSERT INTO password (shard, customer, hash) SELECT $1, $2::uuid, $3::text WHERE $3::text IS NOT NULL"
        " ON CONFLICT (shard, customer) DO UPDATE SET hash = excluded.hash",
        conditional=False,
    ),
    # What two tell at the same time is both kept: each waits for the other's row, and adds to what is there then.
    KeepDetails: Applying(
        "WITH gone AS (DELETE FROM customer_details WHERE shard = $1 AND customer = $2::uuid AND $3::text IS NULL)"
        " INSERT INTO customer_details (shard, customer, body) SELECT $1, $2::uuid, jsonb_strip_nulls($3::text::jsonb)"
        " WHERE $3::text IS NOT NULL ON CONFLICT (shard, customer)"
        " DO UPDATE SET body = jsonb_strip_nulls(customer_details.body || $3::text::jsonb)",
        conditional=False,
    ),
    EndSessions: Applying("DELETE FROM token WHERE shard = $1 AND customer_id = $2", conditional=False),
    GuardPriceScope: Applying(
        "INSERT INTO price_scope (shard, sku, scope, version) VALUES ($1, $2, $3, $4::bigint + 1)"
        " ON CONFLICT (shard, sku, scope) DO UPDATE SET version = excluded.version WHERE price_scope.version = $4::bigint"
    ),
    OpenStock: Applying("INSERT INTO stock (shard, entry, on_stock, available) VALUES ($1, $2::uuid, $3, $3)"),
    CloseStock: Applying(
        "WITH kept AS (DELETE FROM reservation r WHERE r.shard = $1 AND r.entry = $2::uuid)"
        " DELETE FROM stock WHERE shard = $1 AND entry = $2::uuid"
    ),
    # Reservations whose time is over are put back before anything else is done to the counters. They are locked before the
    # counters, by everybody.
    MoveStock: Applying(
        "WITH gone AS (DELETE FROM reservation r WHERE r.shard = $1 AND r.entry = $2::uuid AND r.expires_at <= $6"
        " RETURNING r.pieces), freed AS (SELECT coalesce(sum(g.pieces), 0)::bigint AS pieces FROM gone g)"
        " UPDATE stock SET on_stock = on_stock + $3, available = available + freed.pieces + $3 FROM freed"
        " WHERE shard = $1 AND entry = $2::uuid AND on_stock = $4 AND available + freed.pieces = $5"
    ),
    # What keeps nothing anew also happens to an entry that is gone.
    HoldStock: Applying(
        "WITH gone AS (DELETE FROM reservation r WHERE r.shard = $1 AND r.entry = $2::uuid"
        " AND (r.id = ANY($4::uuid[]) OR r.expires_at <= $5) RETURNING r.pieces),"
        " kept AS (INSERT INTO reservation (shard, entry, id, version, cart, pieces, expires_at)"
        " SELECT $1, $2::uuid, k.id, k.version, $3::uuid, k.pieces, k.expires_at"
        " FROM unnest($6::uuid[], $7::bigint[], $8::bigint[], $9::timestamptz[]) AS k(id, version, pieces, expires_at)),"
        " freed AS (SELECT coalesce(sum(g.pieces), 0)::bigint AS pieces FROM gone g),"
        " wanted AS (SELECT coalesce(sum(w.pieces), 0)::bigint AS pieces FROM unnest($8::bigint[]) AS w(pieces)),"
        " done AS (UPDATE stock SET available = available + freed.pieces - wanted.pieces FROM freed CROSS JOIN wanted"
        " WHERE shard = $1 AND entry = $2::uuid"
        " AND (available + freed.pieces >= wanted.pieces OR freed.pieces >= wanted.pieces) RETURNING 1)"
        " SELECT 1 FROM wanted WHERE wanted.pieces = 0 OR EXISTS (SELECT 1 FROM done)"
    ),
    # No counter passes 2^53, as what comes back might.
    TakeStock: Applying(
        "WITH gone AS (DELETE FROM reservation r WHERE r.shard = $1 AND r.entry = $2::uuid"
        " AND (r.id = ANY($6::uuid[]) OR r.id = ANY($7::uuid[]) OR r.expires_at <= $5) RETURNING r.id, r.pieces),"
        " freed AS (SELECT coalesce(sum(g.pieces), 0)::bigint AS pieces,"
        " count(*) FILTER (WHERE g.id = ANY($6::uuid[])) AS held FROM gone g)"
        " UPDATE stock SET on_stock = on_stock - $3, available = available + freed.pieces - $3 FROM freed"
        " WHERE shard = $1 AND entry = $2::uuid AND available + freed.pieces - $3 >= $4::bigint"
        " AND freed.held >= cardinality($6::uuid[])"
        " AND greatest(available + freed.pieces - $3, on_stock - $3) <= 9007199254740992 RETURNING on_stock"
    ),
    # Who waits for the row of another order counts anew what that has left. A use beyond the limit changes no row.
    UseDiscountCode: Applying(
        "INSERT INTO discount_code_use (shard, code, customer, uses) SELECT $1, $2::uuid, $3::text, 1"
        " WHERE $4::bigint IS NULL OR $4::bigint > 0 ON CONFLICT (shard, customer, code)"
        " DO UPDATE SET uses = discount_code_use.uses + 1 WHERE $4::bigint IS NULL OR discount_code_use.uses < $4::bigint"
    ),
    ForgetUses: Applying("DELETE FROM discount_code_use WHERE shard = $1 AND customer = $2::text", conditional=False),
    TellOf: Applying("SELECT d.version FROM document d WHERE d.shard = $1 AND d.id = $2::uuid"),
    # With them go dead letters of them. What still waits to be sent holds back what comes after it, and is sent.
    EraseMessages: Applying(
        "WITH gone AS (DELETE FROM message WHERE shard = $1 AND shard <> '' AND resource_id = $2::uuid RETURNING id)"
        " DELETE FROM delivery d WHERE d.shard = $1 AND d.notification = ANY(ARRAY(SELECT g.id FROM gone g))"
        " AND d.state <> ALL('{waiting,sent}')",
        conditional=False,
    ),
    # By their types, which are few among a project's Messages, whatever the planner thinks of the rest.
    EraseTokenMessages: Applying(
        "DELETE FROM message WHERE shard = $1 AND id = ANY(ARRAY(SELECT m.id"
        " FROM unnest('{CustomerEmailTokenCreated,CustomerPasswordTokenCreated}'::text[]) AS t(type) CROSS JOIN LATERAL"
        " (SELECT m.id FROM message m WHERE m.shard = $1 AND m.type = t.type"
        " AND jsonb_contains(m.query, jsonb_build_object('customerId', $2::uuid)) ORDER BY m.created_at, m.id OFFSET 0) AS m))",
        conditional=False,
    ),
    EraseAnswers: Applying("DELETE FROM idempotency WHERE shard = $1 AND type >= '' AND id = $2::uuid", conditional=False),
    IssueCustomerToken: Applying(
        "INSERT INTO customer_token (shard, customer, kind, hash, expires_at) VALUES ($1, $2::uuid, $3, $4, $5)"
    ),
    RedeemCustomerToken: Applying(
        "DELETE FROM customer_token WHERE shard = $1 AND customer = $2::uuid AND kind = $3 AND hash = $4 AND expires_at > $5"
    ),
    VoidCustomerTokens: Applying(
        "DELETE FROM customer_token WHERE shard = $1 AND customer = $2::uuid AND kind = $3 AND hash <> $4::text",
        conditional=False,
    ),
}
_BESIDE = frozenset(("refused", "telling"))


def arguments(shard: str, effect: Effect) -> tuple[Any, ...]:
    """The parameters of an effect's statement."""
    return (shard, *(getattr(effect, name) for name in effect.__struct_fields__ if name not in _BESIDE))


# Messages that an effect makes: their numbers follow from the row of the document they are about, as all of its others do.
_NUMBERED = (
    "UPDATE document SET message_sequence = message_sequence + $3 WHERE shard = $1 AND id = $2::uuid"
    " RETURNING version, message_sequence"
)
_TOLD = (
    "INSERT INTO message (shard, id, created_at, resource_id, sequence_number, type, body, query)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)"
)


class UnmetError(Exception):
    """A condition of a write does not hold, and no refusal belongs to it. The write is rolled back."""


async def apply(database: Database, connection: Connection, unit: Unit) -> None:
    """Apply a unit's effects in the transaction of this connection. Raises what an effect refuses with, or `UnmetError`."""
    if any(EFFECTS[type(effect)].by_value for effect in unit.effects):
        database.admit(PLANNED_BY_VALUE)
        await connection.execute(PLANNED_BY_VALUE)
    for effect in in_order(unit.shard, unit.effects):
        applying = EFFECTS[type(effect)]
        database.admit(applying.text)
        telling = effect.telling if isinstance(effect, TakeStock | TellOf) else None
        if telling is not None:
            value = await connection.fetchval(applying.text, *arguments(unit.shard, effect))
            met = value is not None
        else:
            done = await connection.execute(applying.text, *arguments(unit.shard, effect))
            met = done.endswith(" 1") or not applying.conditional
        if not met:
            raise effect.refused or UnmetError
        if telling is not None:
            await _tell(database, connection, unit, telling, value)


async def _tell(database: Database, connection: Connection, unit: Unit, telling: Telling, value: int) -> None:
    """Store what is told. Who updates the document locks its row before what lies beside it: where the two meet in a circle,
    the database ends one, which is tried again."""
    messages = telling.told(value) if unit.post is not None else ()
    if unit.post is None or not messages:
        return
    database.admit(_NUMBERED)
    row = await connection.fetchrow(_NUMBERED, unit.shard, telling.document.id, len(messages))
    if row is None:
        raise UnmetError
    database.admit(_TOLD)
    posted, recorded = unit.post(telling, messages, row["version"], row["message_sequence"] - len(messages))
    for told in posted:
        about = (told.resource_id, told.sequence_number, told.type)
        await connection.execute(_TOLD, unit.shard, told.id, told.created_at.instant(), *about, told.body, told.query)
    text, values = statement(Unit(shard=unit.shard, write_id=unit.write_id, changes=(recorded,)))
    database.admit(text)
    await connection.fetchval(text, *values)


def in_order(shard: str, effects: tuple[Effect, ...]) -> list[Effect]:
    """The effects as every writer applies them, so that two that meet wait for each other and never in a circle: as EFFECTS
    lists their types, then by what they name."""
    ranks = {kind: rank for rank, kind in enumerate(EFFECTS)}
    return sorted(effects, key=lambda effect: (ranks[type(effect)], [str(value) for value in arguments(shard, effect)[:2]]))
