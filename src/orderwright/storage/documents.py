"""Reading documents: one by id or by another name, those that a change wants, a page, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from orderwright.engine.access import Visible
from orderwright.engine.references import Wanted
from orderwright.predicates.tree import Predicate
from orderwright.storage.database import Database
from orderwright.storage.queries import Collection, PageRequest, count_sql, exists_sql, page_sql, reported_total
from orderwright.storage.rows import TYPED, Unit
from orderwright.storage.unit import write

# The catalogue's version comes with the first thing that a change reads, so that asking for it costs no round trip.
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
    """How a request names a document: the column that holds the name, and the name."""

    column: str
    value: str


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
        statement = f"SELECT body FROM document d WHERE d.shard = $1 AND d.type = $2 AND {condition}"
        row = await self.database.fetchrow(statement, shard, type_id, lookup.value, *values)
        return row["body"] if row else None

    async def latest(self, shard: str, type_id: str, lookup: Lookup, state: str, visible: Visible) -> str | None:
        """The bytes of the most recently modified document in a state, or None."""
        condition, values = _condition(lookup, visible, 5)
        statement = (
            f"SELECT body FROM document d WHERE d.shard = $1 AND d.type = $2 AND {condition} AND d.state = $4"
            " ORDER BY d.last_modified_at DESC, d.id DESC LIMIT 1"
        )
        row = await self.database.fetchrow(statement, shard, type_id, lookup.value, state, *values)
        return row["body"] if row else None

    async def load(self, shard: str, type_id: str, lookup: Lookup, visible: Visible) -> Loaded | None:
        """A document to be changed, or None; raises nothing for an unknown project."""
        condition, values = _condition(lookup, visible, 4)
        statement = (
            "SELECT d.id, d.body, d.version, d.message_sequence, p.catalogue_version FROM project p"
            f" JOIN document d ON d.shard = p.shard AND d.type = $2 AND {condition} WHERE p.shard = $1"
        )
        row = await self.database.fetchrow(statement, shard, type_id, lookup.value, *values)
        if row is None:
            return None
        return Loaded(str(row["id"]), row["body"], row["version"], row["message_sequence"], row["catalogue_version"])

    async def catalogue_version(self, shard: str) -> int | None:
        """The version a project's catalogue stands at; None for an unknown project."""
        row = await self.database.fetchrow("SELECT catalogue_version FROM project WHERE shard = $1", shard)
        return row["catalogue_version"] if row else None

    async def catalogue(self, shard: str, types: Iterable[str]) -> tuple[int, list[tuple[str, str]]] | None:
        """Version and (type, body) of every document of the catalogue's types, in one snapshot."""
        rows = await self.database.fetch(
            "SELECT p.catalogue_version, d.type, d.body FROM project p LEFT JOIN document d"
            " ON d.shard = p.shard AND d.type = ANY($2::text[]) WHERE p.shard = $1 ORDER BY d.created_at, d.id",
            shard,
            list(types),
        )
        if not rows:
            return None
        return rows[0]["catalogue_version"], [(row["type"], row["body"]) for row in rows if row["type"] is not None]

    async def wanted(
        self, shard: str, names: Iterable[Wanted], owned: frozenset[str], visible: Visible
    ) -> tuple[int | None, list[tuple[Wanted, str]]]:
        """What the names stand for, each with a body (a product's once a variant), and the catalogue's version as it was
        when the first of them was read. Owned types obey `visible`."""
        asked = list(names)
        variants = [name for name in asked if name.type_id == "variant"]
        documents = [name for name in asked if name.type_id != "variant"]
        rows: list[Any] = []
        if documents:
            rows += await self._wanted_documents(shard, documents, owned, visible)
        if variants:
            rows += await self._wanted_variants(shard, variants)
        versions = [int(row["value"]) for row in rows if row["by"] == "version"]
        found = [(Wanted(row["type"], row["by"], row["value"]), row["body"]) for row in rows if row["by"] != "version"]
        return versions[0] if versions else await self.catalogue_version(shard), found

    async def _wanted_documents(self, shard: str, names: list[Wanted], owned: frozenset[str], visible: Visible) -> list[Any]:
        ids = [name for name in names if name.by == "id"]
        keys = [name for name in names if name.by == "key"]
        free = f"(d.type <> ALL($6::text[]) OR (true{_seen(visible, 7)}))"
        return await self.database.fetch(
            f"{_VERSION} UNION ALL SELECT 'id', n.value, d.type, d.body FROM unnest($2::text[], $3::text[]) AS n(type, value)"
            f" JOIN document d ON d.shard = $1 AND d.id = n.value::uuid AND d.type = n.type AND {free}"
            " UNION ALL SELECT 'key', n.value, d.type, d.body FROM unnest($4::text[], $5::text[]) AS n(type, value)"
            f" JOIN document d ON d.shard = $1 AND d.type = n.type AND d.key = n.value AND {free}",
            shard,
            [name.type_id for name in ids],
            [name.value for name in ids],
            [name.type_id for name in keys],
            [name.value for name in keys],
            sorted(owned),
            *(value for _, value in visible),
        )

    async def _wanted_variants(self, shard: str, names: list[Wanted]) -> list[Any]:
        return await self.database.fetch(
            f"{_VERSION} UNION ALL SELECT 'sku', v.sku, 'variant', v.body FROM variant v"
            " WHERE v.shard = $1 AND v.sku = ANY($2::text[]) AND NOT v.staged"
            " UNION ALL SELECT 'product', v.product_id::text, 'variant', v.body FROM variant v"
            " WHERE v.shard = $1 AND v.product_id = ANY($3::uuid[]) AND NOT v.staged",
            shard,
            [name.value for name in names if name.by == "sku"],
            [name.value for name in names if name.by == "product"],
        )

    async def referenced(self, shard: str, type_id: str, path: str) -> bool:
        """Whether a document of a type matches a jsonpath, by the GIN index."""
        # On the query pool, whose plans follow the path: only with the path in sight is the GIN index chosen.
        rows = await self.database.query(
            "SELECT 1 AS found FROM document d WHERE d.shard = $1 AND d.type = $2 AND d.query @? $3::jsonpath LIMIT 1",
            shard,
            type_id,
            path,
        )
        return bool(rows)

    async def visible_bodies(self, shard: str, ids: Iterable[str], owned: Iterable[str], visible: Visible) -> dict[str, str]:
        """Bodies by id, for reference expansion; owned types obey `visible`."""
        rows = await self.database.fetch(
            "SELECT d.id, d.body FROM document d WHERE d.shard = $1 AND d.id = ANY($2::uuid[])"
            f" AND (d.type <> ALL($3::text[]) OR (true{_seen(visible, 4)}))",
            shard,
            list(ids),
            list(owned),
            *(value for _, value in visible),
        )
        return {str(row["id"]): row["body"] for row in rows}

    async def page(self, source: Collection, shard: str, request: PageRequest, visible: Visible) -> tuple[list[str], int | None]:
        """The bodies of one page, and the total if it is asked for. Raises `QueryTimedOut`."""
        asked = page_sql(source, shard, request, visible=visible)
        rows = await self.database.query(asked.text, *asked.args)
        if not request.with_total:
            return [row["body"] for row in rows], None
        if 0 < len(rows) < request.limit:
            # The page ends the result, so its length says the total without counting.
            return [row["body"] for row in rows], reported_total(request.offset + len(rows), request.where)
        counting = count_sql(source, shard, request.where, visible=visible)
        counted = await self.database.query(counting.text, *counting.args)
        return [row["body"] for row in rows], reported_total(counted[0][0], request.where)

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
            unit.inserts[0].created_at,
        )
        await self.write(unit)

    async def write(self, unit: Unit) -> None:
        """See `storage.unit.write`."""
        await write(self.database, unit)


def _condition(lookup: Lookup, visible: Visible, first: int) -> tuple[str, list[Any]]:
    named = "d.id = $3::uuid" if lookup.column == "id" else f"d.{_known(lookup.column)} = $3"
    return named + _seen(visible, first), [value for _, value in visible]


def _seen(visible: Visible, first: int) -> str:
    """The door's filter as conditions, whose values are the parameters from `first` on."""
    return "".join(f" AND d.{_known(column)} = ${first + index}" for index, (column, _) in enumerate(visible))


def _known(column: str) -> str:
    """Column names come from declarations; anything else must never become SQL."""
    if column not in TYPED:
        raise ValueError(f"no column {column!r}")
    return column
