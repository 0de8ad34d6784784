"""`orderwright check`: bytes, columns, queried copies, claims, variants and message numbers must agree, row by row."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from orderwright.engine.json.codec import decoder, encode
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.projection import claims_of, row_of, variants_of
from orderwright.engine.unit.rows import TYPED
from orderwright.storage.database import Database
from orderwright.storage.pool import Connection
from orderwright.storage.tables.stock import ENTRY, moment

PAGE = 100  # documents between two statements; a transaction that is idle for long is ended
_FIRST = "00000000-0000-0000-0000-000000000000"
_SHARDS = (
    "SELECT shard FROM project UNION SELECT shard FROM document UNION SELECT shard FROM claim UNION SELECT shard FROM message"
    " UNION SELECT shard FROM variant UNION SELECT shard FROM stock UNION SELECT shard FROM reservation"
    " ORDER BY 1 -- @sharded: lists the shards themselves"
)
_ROWS = (
    "SELECT d.id, d.type, d.version, d.created_at, d.last_modified_at, d.message_sequence, d.body, d.query,"
    f" {', '.join('d.' + name for name in TYPED)} FROM document d WHERE d.shard = $1 AND d.id > $2::uuid"
    " ORDER BY d.id LIMIT $3"
)
_CLAIMS = "SELECT c.kind, c.value, c.owner FROM claim c WHERE c.shard = $1 AND c.owner = ANY($2::uuid[]) AND c.value >= ''"
_VARIANTS = (
    "SELECT v.product_id, v.staged, v.variant_id, v.sku, v.master, v.body FROM variant v"
    " WHERE v.shard = $1 AND v.product_id = ANY($2::uuid[])"
)
_NUMBERS = (
    "SELECT m.resource_id, count(*) AS told, max(m.sequence_number) AS last, min(m.sequence_number) AS first"
    " FROM message m WHERE m.shard = $1 AND m.shard <> '' AND m.resource_id = ANY($2::uuid[]) GROUP BY m.resource_id"
)
_MESSAGES = (
    "SELECT m.id, m.created_at, m.resource_id, m.sequence_number, m.type, m.body, m.query FROM message m"
    " WHERE m.shard = $1 AND m.id > $2::uuid ORDER BY m.id LIMIT $3"
)
_LOST_CLAIMS = (
    "SELECT c.kind, c.value, c.owner FROM claim c LEFT JOIN document d ON d.shard = c.shard AND d.id = c.owner"
    " WHERE c.shard = $1 AND d.id IS NULL ORDER BY c.kind, c.value"
)
_LOST_VARIANTS = (
    "SELECT DISTINCT v.product_id FROM variant v LEFT JOIN document d ON d.shard = v.shard AND d.id = v.product_id"
    " WHERE v.shard = $1 AND d.id IS NULL ORDER BY v.product_id"
)

_LOST_STOCK = (
    "SELECT s.entry FROM stock s LEFT JOIN document d ON d.shard = s.shard AND d.id = s.entry AND d.type = $2"
    " WHERE s.shard = $1 AND d.id IS NULL ORDER BY s.entry"
)
_WITHOUT_STOCK = (
    "SELECT d.id FROM document d LEFT JOIN stock s ON s.shard = d.shard AND s.entry = d.id"
    " WHERE d.shard = $1 AND d.type = $2 AND s.entry IS NULL ORDER BY d.id"
)
# What is not available of an entry is kept by carts, and by nothing else; and a cart that shows a reservation has it, unless its
# time is over, or its entry is gone.
_MISCOUNTED = (
    "SELECT s.entry, s.on_stock - s.available AS missing, coalesce(k.pieces, 0) AS kept FROM stock s LEFT JOIN"
    " (SELECT r.entry, sum(r.pieces)::bigint AS pieces FROM reservation r WHERE r.shard = $1 GROUP BY r.entry) AS k"
    " ON k.entry = s.entry WHERE s.shard = $1 AND s.on_stock - s.available <> coalesce(k.pieces, 0) ORDER BY s.entry"
)
_SHOWN = (
    "SELECT d.id AS cart, l.line #>> '{reservation,id}' AS id, (l.line #>> '{reservation,obj,version}')::bigint AS version,"
    " l.line #>> '{reservation,obj,inventoryEntry,id}' AS entry, (l.line #>> '{reservation,obj,quantity}')::bigint AS pieces,"
    " l.line #>> '{reservation,obj,expiresAt}' AS expires_at"
    " FROM document d CROSS JOIN LATERAL (SELECT jsonb_array_elements(d.query -> 'lineItems') AS line) AS l"
    " WHERE d.shard = $1 AND d.type = 'cart' AND d.state = ANY('{Active,Frozen}') AND l.line -> 'reservation' IS NOT NULL"
)
_UNSHOWN = (
    f"SELECT r.cart, r.id, r.entry FROM reservation r LEFT JOIN ({_SHOWN}) AS c ON c.id = r.id::text AND c.cart = r.cart"
    " AND c.version = r.version AND c.entry = r.entry::text AND c.pieces = r.pieces"
    " WHERE r.shard = $1 AND c.id IS NULL ORDER BY r.cart, r.id"
)
_UNKEPT = (
    f"SELECT c.cart, c.id, c.entry FROM ({_SHOWN}) AS c JOIN stock s ON s.shard = $1 AND s.entry = c.entry::uuid"
    " LEFT JOIN reservation r ON r.shard = $1 AND r.entry = s.entry AND r.id = c.id::uuid"
    " WHERE r.id IS NULL AND c.expires_at > $2 ORDER BY c.cart, c.id"
)

# PostgreSQL writes numbers in its own way, 1e23 with all its zeros, so they are read exactly and without a limit.
_exactly = msgspec.json.Decoder(float_hook=Decimal).decode

LIMIT_S = 4 * 3600.0
"""Whole tables are compared, which may take longer than anything that a request does."""


async def check(database: Database, types: Mapping[str, ResourceType], shards: Iterable[str] | None = None) -> list[str]:
    """Every disagreement found in all shards, or in the named ones, one sentence each; an empty list is a clean database.

    Each shard is read in one snapshot, so that a server may go on writing meanwhile.
    """
    found: list[str] = []
    if shards is None:
        shards = [row["shard"] for row in await database.fetch(_SHARDS)]
    for shard in shards:
        found += await database.once(functools.partial(_in_snapshot, database, types, shard), LIMIT_S)
    return found


async def _in_snapshot(database: Database, types: Mapping[str, ResourceType], shard: str, connection: Connection) -> list[str]:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await _Shard(database, connection, types, shard).problems()


class _Shard:
    """One shard's rows, seen through one transaction."""

    def __init__(self, database: Database, connection: Connection, types: Mapping[str, ResourceType], shard: str) -> None:
        self._database = database
        self._connection = connection
        self._types = types
        self._shard = shard

    async def _fetch(self, statement: str, *arguments: Any) -> list[Any]:
        self._database.admit(statement)
        rows: list[Any] = await self._connection.fetch(statement, self._shard, *arguments)
        return rows

    async def problems(self) -> list[str]:
        found: list[str] = []
        last: Any = _FIRST
        while rows := await self._fetch(_ROWS, last, PAGE):
            last = rows[-1]["id"]
            found += await self._page_problems(rows)
        last = _FIRST
        while rows := await self._fetch(_MESSAGES, last, PAGE):
            last = rows[-1]["id"]
            found += [f"message/{row['id']}: {problem}" for row in rows for problem in _found(_message_problems, row)]
        for row in await self._fetch(_LOST_CLAIMS):
            found.append(f"the claim {row['kind']} {row['value']!r} of {row['owner']} belongs to nothing.")
        for row in await self._fetch(_LOST_VARIANTS):
            found.append(f"the variants of {row['product_id']} belong to nothing.")
        for row in await self._fetch(_LOST_STOCK, ENTRY):
            found.append(f"the stock of {row['entry']} belongs to nothing.")
        for row in await self._fetch(_WITHOUT_STOCK, ENTRY):
            found.append(f"{ENTRY}/{row['id']}: it has no stock.")
        found += await self._stock_problems()
        return [f"{self._shard}/{problem}" if "/" in problem else f"{self._shard}: {problem}" for problem in found]

    async def _stock_problems(self) -> list[str]:
        return [
            *(
                f"{ENTRY}/{row['entry']}: {row['missing']} pieces are not available, and carts keep {row['kept']}."
                for row in await self._fetch(_MISCOUNTED)
            ),
            *(
                f"the reservation {row['id']} of {row['entry']} is not what the cart {row['cart']} shows."
                for row in await self._fetch(_UNSHOWN)
            ),
            *(
                f"cart/{row['cart']}: its reservation {row['id']} of {row['entry']} is not kept."
                for row in await self._fetch(_UNKEPT, DateTime.of(moment()))
            ),
        ]

    async def _page_problems(self, rows: list[Any]) -> list[str]:
        ids = [row["id"] for row in rows]
        claims: dict[str, set[tuple[str, str]]] = {}
        for row in await self._fetch(_CLAIMS, ids):
            claims.setdefault(str(row["owner"]), set()).add((row["kind"], row["value"]))
        variants: dict[str, set[tuple[Any, ...]]] = {}
        for row in await self._fetch(_VARIANTS, ids):
            variants.setdefault(str(row["product_id"]), set()).add(tuple(row)[1:])
        numbers = {row["resource_id"]: row for row in await self._fetch(_NUMBERS, ids)}
        found = []
        for row in rows:
            id = str(row["id"])
            problems = _found(self._row_problems, row, claims.get(id, set()), variants.get(id, set()))
            problems += _number_problems(row["message_sequence"], numbers.get(row["id"]))
            found += [f"{row['type']}/{id}: {problem}" for problem in problems]
        return found

    def _row_problems(self, row: Any, claims: set[tuple[str, str]], variants: set[tuple[Any, ...]]) -> list[str]:
        resource = self._types.get(row["type"])
        if resource is None:
            return [f"there is no resource type {row['type']!r}."]
        try:
            document = decoder(resource.model).decode(row["body"])
        except msgspec.MsgspecError as error:
            return [f"the stored bytes are not a {row['type']}: {error}."]
        expected = {(claim.kind, claim.value) for claim in claims_of(resource, document)}
        return [
            *_projection_problems(resource, document, row),
            *(f"{kind} {value!r} is not claimed." for kind, value in sorted(expected - claims)),
            *(f"{kind} {value!r} is claimed, and the document does not have it." for kind, value in sorted(claims - expected)),
            *_variant_problems(resource, document, variants),
        ]


def _found(look: Callable[..., Iterable[str]], *rows: Any) -> list[str]:
    """What is found by looking at a row. One that cannot even be read is a finding, and those behind it are looked at too."""
    try:
        return list(look(*rows))
    except Exception as error:
        return [f"it cannot be read: {error!r}."]


def _projection_problems(resource: ResourceType, document: Any, row: Any) -> list[str]:
    body = row["body"]
    expected = row_of(resource, document, body, encode(resource.lean(document)).decode())
    problems = []
    if document.id != str(row["id"]):
        problems.append("the column id differs from the body.")
    if encode(document).decode() != body:
        problems.append("the stored bytes are not what the type would write.")
    if not _same(row["query"], expected.query):
        problems.append("the queried copy differs from the body.")
    columns = {name: getattr(expected, name) for name in ("version", "created_at", "last_modified_at")}
    columns |= dict(zip(TYPED, expected.typed, strict=True))
    return problems + [f"the column {name} differs from the body." for name, value in columns.items() if row[name] != value]


def _variant_problems(resource: ResourceType, document: Any, held: set[tuple[Any, ...]]) -> Iterable[str]:
    """`held` are (staged, variant id, sku, master, body) of the variant table."""
    rows = variants_of(resource, document)
    expected = {(row.staged, row.variant_id, row.sku, row.master, row.body) for row in rows}
    there, wanted = {row[:2] for row in held}, {row[:2] for row in expected}
    for staged, number in sorted(there | wanted):
        name = f"the {'staged' if staged else 'current'} variant {number}"
        if (staged, number) not in there:
            yield f"{name} has no row."
        elif (staged, number) not in wanted:
            yield f"{name} has a row, and the document does not have it."
        elif {row for row in held if row[:2] == (staged, number)} - expected:
            yield f"the row of {name} differs from the body."


def _number_problems(sequence: int, numbers: Any) -> list[str]:
    """Messages of a resource are numbered from 1 to its `message_sequence`; old ones may have been swept from the front."""
    if numbers is None or (numbers["last"] - numbers["first"] + 1 == numbers["told"] and numbers["last"] == sequence):
        return []
    first, last, told = numbers["first"], numbers["last"], numbers["told"]
    return [f"message numbers {first}..{last} hold {told} messages, and the document has told {sequence}."]


def _same(one: str, other: str) -> bool:
    """Whether two JSON texts mean the same."""
    return bool(_exactly(one) == _exactly(other))


def _message_problems(row: Any) -> Iterable[str]:
    try:
        body, query = _exactly(row["body"]), _exactly(row["query"])
        said = {
            "id": body["id"],
            "resource_id": body["resource"]["id"],
            "sequence_number": body["sequenceNumber"],
            "type": body["type"],
        }
        told_at = msgspec.convert(body["createdAt"], type(row["created_at"]))
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        yield f"the stored bytes are not a Message: {error!r}."
        return
    for name, value in said.items():
        if str(row[name]) != str(value):
            yield f"the column {name} differs from the body."
    if row["created_at"] != told_at:
        yield "the column created_at differs from the body."
    # Resources inside a Message are left out of its queried copy; what is there must be the same.
    if any(name not in body or body[name] != value for name, value in query.items()):
        yield "the queried copy differs from the body."
