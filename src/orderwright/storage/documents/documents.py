"""Reading documents: one by id or by another name, those that a change wants, a page, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from orderwright.engine.access import Visible
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import Unreferenced
from orderwright.engine.unit.rows import Unit, catalogue_kind, kind_of
from orderwright.predicates.tree import Predicate
from orderwright.storage.database import Database
from orderwright.storage.documents.columns import Collection, known, shows
from orderwright.storage.documents.effects import EFFECTS
from orderwright.storage.documents.unit import write
from orderwright.storage.queries.pages import page
from orderwright.storage.queries.queries import MAX_PAGE, PageRequest, exists_sql
from orderwright.storage.refusals import AnswerTooLargeError
from orderwright.storage.tables import order_numbers, stock

# The catalogue's version comes with the first thing that a change reads, so that asking for it costs no round trip.
_CLAIMED = "SELECT c.value FROM claim c WHERE c.shard = $1 AND c.kind = $2 AND c.value = ANY($3::text[])"
# The order is that of the index which is to find them; that of the types as a whole is made of it.
_OF_TYPES = (
    "SELECT d.type, d.body, d.created_at, d.id FROM unnest($2::text[]) AS t(type) CROSS JOIN LATERAL (SELECT d.type, d.body,"
    " d.created_at, d.id FROM document d WHERE d.shard = $1 AND d.type = t.type AND d.type >= '' ORDER BY d.created_at, d.id"
    " OFFSET 0) AS d"
)
_LISTED = (
    "SELECT d.type, d.body, d.created_at, d.id FROM unnest($3::text[]) AS k(kind) CROSS JOIN LATERAL (SELECT c.owner FROM claim c"
    " WHERE c.shard = $1 AND c.kind = k.kind OFFSET 0) AS c CROSS JOIN LATERAL (SELECT d.type, d.body, d.created_at, d.id"
    " FROM document d WHERE d.shard = $1 AND d.id = c.owner OFFSET 0) AS d"
)
_TOLD = (
    "SELECT m.body FROM unnest($2::uuid[]) AS o(id) CROSS JOIN LATERAL (SELECT m.body FROM message m WHERE m.shard = $1"
    " AND m.shard <> '' AND m.resource_id = o.id AND m.type = ANY($3::text[]) ORDER BY m.sequence_number DESC LIMIT $4) AS m"
)
_VERSION = (
    "SELECT 'version' AS by, p.catalogue_version::text AS value, NULL AS type, NULL AS body FROM project p WHERE p.shard = $1"
)

MOST_UNDER = 1001
DEEPEST = 10
"""Generations that are read below a document: far more than any hierarchy has."""
_NAMED_BY = {
    "id": "d.id = n.value::uuid",
    "key": "d.key = n.value",
    # What it alone may have is a claim of its.
    "code": "d.id = (SELECT c.owner FROM claim c WHERE c.shard = $1 AND c.kind = n.type || '.code' AND c.value = n.value)",
}
# The types whose documents know their parent alone: by this path, of which they have a list.
_PARENT = {"business-unit": "parentUnit.key"}


class Loaded(msgspec.Struct, frozen=True):
    """A document's row as a change needs it, with the version of the catalogue it is to be priced from."""

    id: str
    body: str
    version: int
    message_sequence: int
    catalogue_version: int


class Lookup(msgspec.Struct, frozen=True):
    """How a request names a document: the column that holds the name, and the name.

    The column `claim` is none: the document is the one that has claimed the name, as a value of the `kind`.
    """

    column: str
    value: str
    kind: str = ""


class Documents:
    """The statements on `document`, `variant` and `claim`. `visible` is always asked for: no read can forget it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def body(self, shard: str, type_id: str, lookup: Lookup, visible: Visible) -> str | None:
        """The stored bytes, as text, or None."""
        if type_id == "message":
            statement = "SELECT body FROM message m WHERE m.shard = $1 AND m.id = $2"
            row = await self.database.fetchrow(statement, shard, lookup.value)
            return row["body"] if row else None
        condition, values = _condition(lookup, visible, 4)
        body, beside, more = stock.read_as(type_id, 4 + len(values))
        statement = f"SELECT {body} AS body FROM document d{beside} WHERE d.shard = $1 AND d.type = $2 AND {condition}"
        row = await self.database.fetchrow(statement, shard, type_id, lookup.value, *values, *more)
        return row["body"] if row else None

    async def latest(self, shard: str, type_id: str, lookup: Lookup, state: str, visible: Visible) -> str | None:
        """The bytes of the most recently modified document in a state, or None. Carts of the origins Merchant and Quote are left
        out."""
        condition, values = _condition(lookup, visible, 5)
        # The lookup is what finds them: there are many in the state, and none of the others would end at the latest.
        statement = (
            f"SELECT body FROM document d WHERE d.shard = $1 AND d.type = $2 AND {condition} AND {shows('state', '$4', 'd.')}"
            " AND coalesce(d.query ->> 'origin', '') <> ALL('{Merchant,Quote}')"
            " ORDER BY d.last_modified_at DESC, d.id DESC LIMIT 1"
        )
        row = await self.database.fetchrow(statement, shard, type_id, lookup.value, state, *values)
        return row["body"] if row else None

    async def versions(self, shard: str, type_id: str, lookup: Lookup, visible: Visible) -> list[tuple[str, int]]:
        """Id and version of every document that a column names, at most 500 of them."""
        condition, values = _condition(lookup, visible, 4)
        # Found first and put in order then: the order by id is that of all documents, in which one of these may stand anywhere.
        rows = f"SELECT d.id, d.version FROM document d WHERE d.shard = $1 AND d.type = $2 AND {condition} OFFSET 0"
        statement = f"SELECT id, version FROM ({rows}) AS found ORDER BY id LIMIT 500"
        found = await self.database.fetch(statement, shard, type_id, lookup.value, *values)
        return [(str(row["id"]), row["version"]) for row in found]

    async def load(self, shard: str, type_id: str, lookup: Lookup, visible: Visible) -> Loaded | None:
        """A document to be changed, or None; raises nothing for an unknown project."""
        condition, values = _condition(lookup, visible, 4)
        body, beside, more = stock.read_as(type_id, 4 + len(values))
        statement = (
            f"SELECT d.id, {body} AS body, d.version, d.message_sequence, p.catalogue_version FROM project p"
            f" JOIN document d ON d.shard = p.shard AND d.type = $2 AND {condition}{beside} WHERE p.shard = $1"
        )
        row = await self.database.fetchrow(statement, shard, type_id, lookup.value, *values, *more)
        if row is None:
            return None
        return Loaded(str(row["id"]), row["body"], row["version"], row["message_sequence"], row["catalogue_version"])

    async def load_with(
        self,
        shard: str,
        type_id: str,
        lookup: Lookup,
        visible: Visible,
        names: Iterable[Wanted],
        confined: Mapping[Visible, list[str]],
    ) -> tuple[Loaded | None, list[tuple[Wanted, str]]]:
        """As `load`, and what the names stand for, as `wanted` reads it, in the same statement."""
        condition, values = _condition(lookup, visible, 4)
        body, beside, more = stock.read_as(type_id, 4 + len(values))
        values = [shard, type_id, lookup.value, *values, *more]
        loaded = (
            "SELECT 'loaded' AS by, d.id::text AS value, concat_ws(' ', d.version, d.message_sequence, p.catalogue_version)"
            f" AS type, {body} AS body FROM project p JOIN document d ON d.shard = p.shard AND d.type = $2 AND {condition}"
            f"{beside} WHERE p.shard = $1"
        )
        rows = await self.database.fetch(" UNION ALL ".join([loaded, *_wanted_parts(names, confined, values)]), *values)
        found, read = None, []
        for row in rows:
            if row["by"] == "loaded":
                found = Loaded(row["value"], row["body"], *map(int, row["type"].split()))
            else:
                read.append((Wanted(row["type"], row["by"], row["value"]), row["body"]))
        return found, read

    async def catalogue_version(self, shard: str) -> int | None:
        """The version a project's catalogue stands at; None for an unknown project."""
        row = await self.database.fetchrow("SELECT catalogue_version FROM project WHERE shard = $1", shard)
        return row["catalogue_version"] if row else None

    async def catalogue(
        self, shard: str, types: Iterable[str], partly: Iterable[str] = ()
    ) -> tuple[int, list[tuple[str, str]]] | None:
        """Version and (type, body) of every document of the catalogue's types, of those that are `partly` in it those that have a
        place in its list, and of every template of order numbers, in one snapshot."""
        rows = await self.database.fetch(
            f"(SELECT p.catalogue_version, d.type, d.body FROM project p LEFT JOIN ({_OF_TYPES} UNION ALL {_LISTED}) AS d ON true"
            f" WHERE p.shard = $1 ORDER BY d.created_at, d.id) UNION ALL {order_numbers.TEMPLATES}",
            shard,
            list(types),
            [catalogue_kind(name) for name in partly],
        )
        if not rows:
            return None
        return rows[0]["catalogue_version"], [(row["type"], row["body"]) for row in rows if row["type"] is not None]

    async def wanted(
        self, shard: str, names: Iterable[Wanted], confined: Mapping[Visible, list[str]]
    ) -> tuple[int | None, list[tuple[Wanted, str]]]:
        """The documents that the names stand for, each with its body, a product's variants one by one; and the catalogue's
        version in the same snapshot. One statement, whatever is asked for. Confined types obey their filter."""
        values = list[Any]([shard])
        rows = await self.database.fetch(" UNION ALL ".join([_VERSION, *_wanted_parts(names, confined, values)]), *values)
        versions = [int(row["value"]) for row in rows if row["by"] == "version"]
        found = [(Wanted(row["type"], row["by"], row["value"]), row["body"]) for row in rows if row["by"] != "version"]
        return versions[0] if versions else None, found

    async def claimed(self, shard: str, kind: str, values: list[str]) -> set[str]:
        """Which of some values a document has claimed."""
        rows = await self.database.fetch(_CLAIMED, shard, kind, values)
        return {row["value"] for row in rows}

    async def referenced(self, shard: str, type_id: str, path: str) -> bool:
        """Whether a document of a type matches a jsonpath, as the effect `unreferenced` asks, but on the query pool, whose plans
        follow the path. Raises `QueryTimedOut`."""
        return not await self.database.query(EFFECTS[Unreferenced].text, shard, type_id, path)

    async def told(self, shard: str, ids: Iterable[str], types: Iterable[str], most: int) -> list[str]:
        """The bodies of the newest Messages of some types about each of these resources, at most so many of each one."""
        rows = await self.database.fetch(_TOLD, shard, list(ids), list(types), most)
        return [row["body"] for row in rows]

    async def visible_bodies(
        self, shard: str, ids: Iterable[str], confined: Mapping[Visible, list[str]], most: int = MAX_PAGE
    ) -> dict[str, tuple[str, str]]:
        """Types and bodies by id, for reference expansion; confined types obey their filter. Raises AnswerTooLargeError where the
        bodies have more than `most` bytes together."""
        free, values = _free(confined, 5)
        named = (
            f"SELECT d.id, d.type, {stock.body_of_any('$4')} AS body FROM document d{stock.BESIDE_ANY}"
            f" WHERE d.shard = $1 AND d.id = n.id{free}"
        )
        rows = await self.database.fetch(
            "SELECT id, type, CASE WHEN sum(octet_length(body)) OVER (ROWS UNBOUNDED PRECEDING) <= $3 THEN body END AS body"
            " FROM (SELECT d.id, d.type, d.body"
            f" FROM unnest($2::uuid[]) AS n(id) CROSS JOIN LATERAL ({named} OFFSET 0) AS d) AS found",
            shard,
            list(ids),
            max(most, 0),
            stock.moment(),
            *values,
        )
        if any(row["body"] is None for row in rows):
            raise AnswerTooLargeError(most)
        return {str(row["id"]): (row["type"], row["body"]) for row in rows}

    async def page(self, source: Collection, shard: str, request: PageRequest, visible: Visible) -> tuple[list[str], int | None]:
        """See `page` in `storage/queries/pages.py`."""
        return await page(self.database, source, shard, request, visible)

    async def exists(self, source: Collection, shard: str, where: tuple[Predicate, ...], visible: Visible) -> bool:
        """Whether any document satisfies the predicates. Raises `QueryTimedOut`."""
        asked = exists_sql(source, shard, where, visible=visible)
        return bool((await self.database.query(asked.text, *asked.args))[0][0])

    async def create_project(self, unit: Unit) -> None:
        """Open a project: its counter row, then its document. Safe to run twice."""
        await self.database.execute(
            "INSERT INTO project (shard, catalogue_version, created_at) SELECT $1, 1, $2"
            " WHERE NOT EXISTS (SELECT 1 FROM project p WHERE p.shard = $1) ON CONFLICT DO NOTHING",
            unit.shard,
            unit.inserts[0].row.created_at,
        )
        await self.write(unit)

    async def write(self, unit: Unit) -> None:
        """See `write` in `storage/documents/unit.py`."""
        await write(self.database, unit)


def _condition(lookup: Lookup, visible: Visible, first: int) -> tuple[str, list[Any]]:
    match lookup.column:
        case "id":
            named = "d.id = $3::uuid"
        case "claim":
            named = (
                f"d.id = (SELECT c.owner FROM claim c WHERE c.shard = $1 AND c.kind = ${first + len(visible)} AND c.value = $3)"
            )
        case column:
            named = f"d.{known(column)} = $3"
    return named + _seen(visible, first), [*(value for _, value in visible), *([lookup.kind] if lookup.kind else [])]


def _seen(visible: Visible, first: int) -> str:
    """The door's filter as conditions, whose values are the parameters from `first` on."""
    return "".join(f" AND {shows(column, f'${first + index}', 'd.')}" for index, (column, _) in enumerate(visible))


def _wanted_parts(names: Iterable[Wanted], confined: Mapping[Visible, list[str]], values: list[Any]) -> list[str]:
    """The parts of a statement that read what the names stand for; their parameters are put behind the `values` there are."""
    asked = list(names)
    documents = [name for name in asked if name.by in _NAMED_BY]
    rows_of = [name for name in asked if name.by in ("sku", "product")]
    parts = [_wanted_documents(documents, confined, values)] if documents else []
    if rows_of:
        parts.append(_wanted_variants(rows_of, values))
    used = [name.value.split("/") for name in asked if name.by == "uses"]
    if used:
        parts.append(_wanted_uses(len(values) + 1))
        values += [[code for code, _ in used], [customer for _, customer in used]]
    return parts + [_wanted_under(name, values) for name in asked if name.by == "under"]


def _wanted_documents(names: list[Wanted], confined: Mapping[Visible, list[str]], values: list[Any]) -> str:
    """The part of a statement that reads documents by id, by key and by code; its parameters are put behind the `values` there
    are. By code only where that is asked for, as it seldom is."""
    first = len(values) + 1
    ways = [by for by in _NAMED_BY if by != "code" or any(name.by == by for name in names)]
    for by in ways:
        values += _pairs(names, by)
    free, held = _free(confined, len(values) + 1)
    values += held
    # One after the other, as `unit_statement` tells.
    return " UNION ALL ".join(
        f"SELECT '{by}', n.value, d.type, d.body FROM unnest(${number}::text[], ${number + 1}::text[]) AS n(type, value)"
        " CROSS JOIN LATERAL (SELECT d.type, d.body FROM document d"
        f" WHERE d.shard = $1 AND {_NAMED_BY[by]} AND d.type = n.type{free} OFFSET 0) AS d"
        for number, by in zip(range(first, first + 2 * len(ways), 2), ways, strict=True)
    )


def _wanted_uses(first: int) -> str:
    """The part of a statement that reads how often codes were used, of all or by a customer."""
    return (
        "SELECT 'uses', n.code || '/' || n.customer, 'discount-code-use', u.uses::text"
        f" FROM unnest(${first}::text[], ${first + 1}::text[]) AS n(code, customer) CROSS JOIN LATERAL (SELECT u.uses"
        " FROM discount_code_use u WHERE u.shard = $1 AND u.customer = n.customer AND u.code = n.code::uuid OFFSET 0) AS u"
    )


def _wanted_variants(names: list[Wanted], values: list[Any]) -> str:
    """The parts that read published variants by SKU or product, and what stands under a SKU beside them: documents whose
    column `sku` holds it, and the counts of standalone prices. A statement has only the parts that are asked for."""
    variants = [name for name in names if name.type_id == "variant"]
    others = [name for name in names if name.type_id not in ("variant", "price-scope")]
    stocked = any(name.type_id == stock.ENTRY for name in others)
    body, beside = "d.body", ""
    if stocked:
        values.append(stock.moment())
        body, beside = stock.body_of_any(f"${len(values)}"), stock.BESIDE_ANY
    under = (
        f"CROSS JOIN unnest({{0}}::text[]) AS t(type) CROSS JOIN LATERAL (SELECT d.sku, d.type, {body} AS body"
        f" FROM document d{beside} WHERE d.shard = $1 AND d.sku = n.sku AND d.type = t.type OFFSET 0) AS d"
    )
    count = "json_build_object('scope', s.scope, 'version', s.version)::text"
    parts = (
        (
            _pairs(variants, "sku")[1:],
            "SELECT 'sku', v.sku, 'variant', v.body FROM unnest({0}::text[]) AS n(sku) CROSS JOIN LATERAL (SELECT v.sku, v.body"
            " FROM variant v WHERE v.shard = $1 AND v.sku = n.sku AND v.staged IS NOT TRUE OFFSET 0) AS v",
        ),
        (
            _pairs(variants, "product")[1:],
            "SELECT 'product', v.product_id::text, 'variant', v.body FROM unnest({0}::uuid[]) AS n(id)"
            " CROSS JOIN LATERAL (SELECT v.product_id, v.body FROM variant v"
            " WHERE v.shard = $1 AND v.product_id = n.id AND NOT v.staged OFFSET 0) AS v",
        ),
        (
            _pairs(others, "sku"),
            # Whatever stands under one of the SKUs and is of one of the types: some of it may not have been asked for.
            f"SELECT 'sku', d.sku, d.type, d.body FROM unnest({{1}}::text[]) AS n(sku) {under}",
        ),
        (
            _pairs(others, "product"),
            "SELECT 'product', n.id::text, d.type, d.body FROM unnest({1}::uuid[]) AS p(id)"
            " CROSS JOIN LATERAL (SELECT p.id, v.sku FROM variant v"
            " WHERE v.shard = $1 AND v.product_id = p.id AND NOT v.staged OFFSET 0) AS n"
            f" {under}",
        ),
        (
            _pairs([name for name in names if name.type_id == "price-scope"], "sku")[1:],
            "SELECT 'sku', n.sku, 'price-scope', s.body FROM unnest({0}::text[]) AS n(sku)"
            f" CROSS JOIN LATERAL (SELECT {count} AS body FROM price_scope s WHERE s.shard = $1 AND s.sku = n.sku OFFSET 0) AS s",
        ),
    )
    return " UNION ALL ".join(_bound(text, arguments, values) for arguments, text in parts if arguments[0])


def _bound(text: str, arguments: Sequence[list[str]], values: list[Any]) -> str:
    """The text with `{0}` and `{1}` as parameters, put behind the `values` there are."""
    for place, argument in enumerate(arguments):
        values.append(sorted(set(argument)))
        # Not by `format`: the text of a stock may hold braces of its own.
        text = text.replace(f"{{{place}}}", f"${len(values)}")
    return text


def _wanted_under(name: Wanted, values: list[Any]) -> str:
    """The part that reads what is below a document: never more than 1,001, one more than any change would take along."""
    values += [name.type_id, name.value]
    kind, above = f"${len(values) - 1}::text", f"${len(values)}::text"
    if name.type_id in _PARENT:
        return f"(SELECT 'under', {above}, d.type, d.body FROM ({_below(name.type_id, kind, above)}) AS d)"
    # Without statistics all documents of the type are read; this is asked of categories, of which a project has few.
    return (
        f"(SELECT 'under', {above}, d.type, d.body FROM document d WHERE d.shard = $1 AND d.type = {kind} AND d.type >= ''"
        f" AND d.query @> jsonb_build_object('ancestors', jsonb_build_array(jsonb_build_object('id', {above})))"
        f" ORDER BY d.created_at, d.id LIMIT {MOST_UNDER})"
    )


def _below(type_id: str, kind: str, key: str) -> str:
    """What is below the document of a key, generation by generation, by the lists of children that are kept as claims."""
    children = kind_of(type_id, _PARENT[type_id], "")
    child = f"SELECT c.owner, {{0}} AS level FROM claim c WHERE c.shard = $1 AND c.kind = '{children}'"
    parent = "SELECT d.key FROM document d WHERE d.shard = $1 AND d.id = b.owner OFFSET 0"
    return (
        f"WITH RECURSIVE below AS ({child.format(1)} || {key} UNION ALL SELECT c.owner, c.level FROM below b"
        f" CROSS JOIN LATERAL ({parent}) AS d CROSS JOIN LATERAL ({child.format('b.level + 1')} || d.key OFFSET 0) AS c"
        f" WHERE b.level < {DEEPEST}) SELECT d.type, d.body FROM below b CROSS JOIN LATERAL"
        f" (SELECT d.type, d.body FROM document d WHERE d.shard = $1 AND d.id = b.owner AND d.type = {kind} OFFSET 0) AS d"
        f" LIMIT {MOST_UNDER}"
    )


def _pairs(names: list[Wanted], by: str) -> tuple[list[str], list[str]]:
    """Types and values of what is named in one way."""
    named = [name for name in names if name.by == by]
    return [name.type_id for name in named], [name.value for name in named]


def _free(confined: Mapping[Visible, list[str]], first: int) -> tuple[str, list[Any]]:
    """Conditions that each confined type obeys its filter, and their values, the parameters from `first` on."""
    conditions, values = "", list[Any]()
    for visible, types in confined.items():
        number = first + len(values)
        conditions += f" AND (d.type <> ALL(${number}::text[]) OR (true{_seen(visible, number + 1)}))"
        values += [types, *(value for _, value in visible)]
    return conditions, values
