"""Reading documents: one by id or by another name, those that a change wants, a page, and the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from orderwright.engine.access import Visible
from orderwright.engine.references import OWNER, Wanted
from orderwright.engine.unit.effects import Unreferenced
from orderwright.engine.unit.rows import Unit, catalogue_kind
from orderwright.predicates.tree import Predicate
from orderwright.storage.database import Database
from orderwright.storage.documents.columns import Collection, known, shows
from orderwright.storage.documents.effects import EFFECTS
from orderwright.storage.documents.unit import write
from orderwright.storage.documents.wanted import confined_to, owner_part, seen, wanted_parts
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
        self.written: Callable[[Unit], None] = lambda unit: None
        """What hears at once of each unit that is stored."""

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
        """As `load`, and in the same statement what the names stand for, as `wanted` reads it; the `OWNER` comes by her id."""
        condition, values = _condition(lookup, visible, 4)
        body, beside, more = stock.read_as(type_id, 4 + len(values))
        values = [shard, type_id, lookup.value, *values, *more]
        loaded = (
            "SELECT 'loaded' AS by, d.id::text AS value, concat_ws(' ', d.version, d.message_sequence, p.catalogue_version)"
            f" AS type, {body} AS body FROM project p JOIN document d ON d.shard = p.shard AND d.type = $2 AND {condition}"
            f"{beside} WHERE p.shard = $1"
        )
        asked = list(names)
        parts = [loaded, *wanted_parts(asked, confined, values)]
        if OWNER in asked:
            parts.append(owner_part(condition, confined, values))
        rows = await self.database.fetch(" UNION ALL ".join(parts), *values)
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
        rows = await self.database.fetch(" UNION ALL ".join([_VERSION, *wanted_parts(names, confined, values)]), *values)
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
        obeying, values = confined_to(confined, 5)
        named = (
            f"SELECT d.id, d.type, {stock.body_of_any('$4')} AS body FROM document d{stock.BESIDE_ANY}"
            f" WHERE d.shard = $1 AND d.id = n.id{obeying}"
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
        if not unit.dry_run:
            self.written(unit)


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
    return named + seen(visible, first), [*(value for _, value in visible), *([lookup.kind] if lookup.kind else [])]
