"""What changes beside the documents, in the transaction of a write: one conditional statement for each kind of effect."""

from __future__ import annotations

from dataclasses import dataclass

from orderwright.engine.actions import Effect, Telling
from orderwright.engine.unit.rows import Unit
from orderwright.storage.database import Database
from orderwright.storage.pool import Connection


@dataclass(frozen=True)
class Applying:
    """The statement of a kind: it takes the shard and then the effect's members that are named.

    A `conditional` one must change exactly one row, or the whole write is undone; of any other the count does not matter.
    One that is planned `by_value` finds its rows by an index that is only chosen with the values in sight.
    """

    text: str
    takes: tuple[str, ...]
    conditional: bool = True
    by_value: bool = False

    def arguments(self, shard: str, effect: Effect) -> tuple[str | int, ...]:
        """The statement's parameters."""
        return (shard, *(getattr(effect, name) for name in self.takes))


# Until the end of the transaction. Everything else on the connections of writes has one plan for all values.
PLANNED_BY_VALUE = "SET LOCAL plan_cache_mode = force_custom_plan"

EFFECTS: dict[str, Applying] = {
    # No document of the type that is the key has what the text, a jsonpath, looks for: a reference to what this write removes.
    # Whoever wrote one had locked what is removed (`referenced`), so that it is committed by now, and seen. It comes first: the
    # others may wait for locks. Only without a LIMIT is the GIN index chosen: a walk through the table would look shorter.
    "unreferenced": Applying(
        "WITH found AS MATERIALIZED"
        " (SELECT 1 AS one FROM document d WHERE d.shard = $1 AND d.type = $2 AND d.query @? $3::jsonpath)"
        " SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM found)",
        ("key", "text"),
        by_value=True,
    ),
    "raise-catalogue": Applying("UPDATE project SET catalogue_version = catalogue_version + $2 WHERE shard = $1", ("amount",)),
    # The key is the setting's name, the text what no answer shows.
    "keep-secret": Applying(
        "INSERT INTO secret (shard, name, value) VALUES ($1, $2, $3)"
        " ON CONFLICT (shard, name) DO UPDATE SET value = excluded.value",
        ("key", "text"),
    ),
    "drop-secret": Applying("DELETE FROM secret WHERE shard = $1 AND name = $2", ("key",), conditional=False),
    # Of those that have these `ancestors` there are so many: nobody has put another one there in the meantime.
    "category-subtree": Applying(
        "SELECT 1 WHERE (SELECT count(*) FROM document d WHERE d.shard = $1 AND d.type = 'category'"
        " AND d.query @> $2::jsonb) = $3",
        ("key", "amount"),
    ),
    # The parent is there, on the same way up to the root, and stays so until this write is done.
    "category-stands": Applying(
        "SELECT 1 FROM document d WHERE d.shard = $1 AND d.type = 'category' AND d.id = $2::uuid"
        " AND d.query -> 'ancestors' = $3::jsonb FOR SHARE",
        ("key", "text"),
    ),
    # Products are written anew after this write, since something that they copy has changed; `amount` is when, in ms.
    "renew-products": Applying(
        "INSERT INTO renewal (shard, kind, value, since_ms) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (shard, kind, value) DO UPDATE SET since_ms = greatest(renewal.since_ms + 1, excluded.since_ms)",
        ("key", "text", "amount"),
    ),
    # The bytes of an image. The key is its id and its product's, the text its type and its bytes in base64.
    "keep-image": Applying(
        "INSERT INTO image (shard, id, product_id, content_type, created_at, bytes) SELECT $1, split_part($2, '/', 1)::uuid,"
        " split_part($2, '/', 2)::uuid, split_part($3, ';', 1), to_timestamp($4::bigint / 1000.0),"
        " decode(split_part($3, ';', 2), 'base64')",
        ("key", "text", "amount"),
    ),
    # Images that their product shows no longer: the key is the product, the text their ids.
    "drop-images": Applying(
        "DELETE FROM image WHERE shard = $1 AND product_id = $2::uuid AND id = ANY(string_to_array($3, ',')::uuid[])",
        ("key", "text"),
        conditional=False,
    ),
    "drop-all-images": Applying("DELETE FROM image WHERE shard = $1 AND product_id = $2::uuid", ("key",), conditional=False),
    # The text is the password's hash; an empty one takes the password away.
    "set-password": Applying(
        "WITH gone AS (DELETE FROM password WHERE shard = $1 AND customer = $2::uuid AND $3::text = '')"
        " INSERT INTO password (shard, customer, hash) SELECT $1, $2::uuid, $3::text WHERE $3::text <> ''"
        " ON CONFLICT (shard, customer) DO UPDATE SET hash = excluded.hash",
        ("key", "text"),
        conditional=False,
    ),
    # Every token of a customer, so that whoever holds one must sign in again.
    "end-sessions": Applying("DELETE FROM token WHERE shard = $1 AND customer_id = $2", ("key",), conditional=False),
    # The key is the SKU, the text the scope, the amount at which count the other prices of the scope were read.
    "price-scope": Applying(
        "INSERT INTO price_scope (shard, sku, scope, version) VALUES ($1, $2, $3, $4::bigint + 1)"
        " ON CONFLICT (shard, sku, scope) DO UPDATE SET version = excluded.version WHERE price_scope.version = $4::bigint",
        ("key", "text", "amount"),
    ),
    # The counters of an inventory entry: the key is the entry, the amount the pieces. They move only from where they were read.
    "open-stock": Applying(
        "INSERT INTO stock (shard, entry, on_stock, available) VALUES ($1, $2::uuid, $3, $3)", ("key", "amount")
    ),
    "close-stock": Applying("DELETE FROM stock WHERE shard = $1 AND entry = $2::uuid", ("key",)),
    "move-stock": Applying(
        "UPDATE stock SET on_stock = on_stock + $3, available = available + $3"
        " WHERE shard = $1 AND entry = $2::uuid AND on_stock || '/' || available = $4",
        ("key", "amount", "text"),
    ),
    # What an order takes; the text is the least that must be left available. No counter passes 2^53, as what comes back might.
    "take-stock": Applying(
        "UPDATE stock SET on_stock = on_stock - $3, available = available - $3"
        " WHERE shard = $1 AND entry = $2::uuid AND available - $3 >= $4::text::bigint"
        " AND greatest(available - $3, on_stock - $3) <= 9007199254740992 RETURNING on_stock",
        ("key", "amount", "text"),
    ),
}


# Everything that tells of a document, of a customer also what was told of her tokens; and what was answered about it. Three
# statements, each by an index of its own.
for _kind, _text in {
    "erase-messages": "DELETE FROM message WHERE shard = $1 AND resource_id = $2::uuid",
    # By their types, which are few among a project's Messages, whatever the planner thinks of the rest.
    "erase-token-messages": "DELETE FROM message WHERE shard = $1"
    " AND type IN ('CustomerEmailTokenCreated', 'CustomerPasswordTokenCreated')"
    " AND query @> jsonb_build_object('customerId', $2::uuid)",
    "erase-answers": "DELETE FROM idempotency WHERE shard = $1 AND id = $2::uuid",
}.items():
    EFFECTS[_kind] = Applying(_text, ("key",), conditional=False)

# The tokens of customers: the key is the customer, the text the token's hash, the amount an instant in milliseconds.
for _kind in ("password", "email"):
    EFFECTS[f"issue-{_kind}-token"] = Applying(
        "INSERT INTO customer_token (shard, hash, kind, customer, expires_at)"
        f" VALUES ($1, $3::text, '{_kind}', $2::uuid, to_timestamp($4::bigint / 1000.0))",
        ("key", "text", "amount"),
    )
    EFFECTS[f"redeem-{_kind}-token"] = Applying(
        f"DELETE FROM customer_token WHERE shard = $1 AND hash = $3 AND kind = '{_kind}' AND customer = $2::uuid"
        " AND expires_at > to_timestamp($4::bigint / 1000.0)",
        ("key", "text", "amount"),
    )
    EFFECTS[f"void-{_kind}-tokens"] = Applying(
        f"DELETE FROM customer_token WHERE shard = $1 AND customer = $2::uuid AND kind = '{_kind}' AND hash <> $3::text",
        ("key", "text"),
        conditional=False,
    )


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
    """A condition of a write does not hold, for no reason of its own that could be told. Nothing of it may stay."""


async def apply(database: Database, connection: Connection, unit: Unit) -> None:
    """Apply a unit's effects in the transaction of this connection. Raises what an effect refuses with, or `UnmetError`."""
    if any(EFFECTS[effect.kind].by_value for effect in unit.effects):
        database.admit(PLANNED_BY_VALUE)
        await connection.execute(PLANNED_BY_VALUE)
    for effect in in_order(unit.effects):
        applying = EFFECTS[effect.kind]
        database.admit(applying.text)
        arguments = applying.arguments(unit.shard, effect)
        if effect.telling is not None:
            value = await connection.fetchval(applying.text, *arguments)
            met = value is not None
        else:
            met = (await connection.execute(applying.text, *arguments)).endswith(" 1") or not applying.conditional
        if not met:
            raise effect.refused or UnmetError
        if effect.telling is not None:
            await _tell(database, connection, unit, effect.telling, value)


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
    for told in unit.post(telling, messages, row["version"], row["message_sequence"] - len(messages)):
        about = (told.resource_id, told.sequence_number, told.type)
        await connection.execute(_TOLD, unit.shard, told.id, told.created_at.instant(), *about, told.body, told.query)


def in_order(effects: tuple[Effect, ...]) -> list[Effect]:
    """The effects as every writer applies them, so that two that meet wait for each other and never in a circle.

    The kinds come as EFFECTS lists them: a password is set, which waits for whoever signs in with the old one, and only then
    are the sessions ended.
    """
    ranks = {kind: rank for rank, kind in enumerate(EFFECTS)}
    return sorted(effects, key=lambda effect: (ranks[effect.kind], effect.key))
