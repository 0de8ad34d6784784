"""A unit as SQL: one statement, a WITH whose parts happen only if every compared row was there at its version."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

from orderwright.engine.access import Visible
from orderwright.storage.documents.rows import TYPED, Row, Unit, holds

_ROW_TYPES = ("uuid", "text", "bigint", "timestamptz", "timestamptz", *("text",) * len(TYPED), "text", "jsonb")
_ROW_COLUMNS = ("id", "type", "version", "created_at", "last_modified_at", *TYPED, "body", "query")
_MESSAGE_COLUMNS = ("id", "created_at", "resource_id", "sequence_number", "type", "body", "query")
_KEPT = {
    "key": "bytea",
    "request": "bytea",
    "status": "integer",
    "type": "text",
    "id": "uuid",
    "version": "bigint",
    "created_at": "timestamptz",
    "body": "text",
}


def statement(unit: Unit) -> tuple[str, list[Any]]:
    """The unit as one statement and its arguments; the text depends only on the unit's shape, so it stays prepared."""
    shape = (
        tuple(bool(change.told) for change in unit.replacements),
        len(unit.removals),
        len(unit.inserts),
        bool(unit.stands),
        unit.unchanged is not None,
        bool(unit.claims),
        bool(unit.releases),
        bool(unit.messages),
        bool(unit.variants_of),
        bool(unit.variants),
        tuple(column for column, _ in _seen(unit)),
        unit.kept is not None,
    )
    return _text(*shape), _arguments(unit)


def _arguments(unit: Unit) -> list[Any]:
    arguments: list[Any] = [unit.shard]
    if unit.replacements or unit.inserts or unit.kept:
        arguments.append(unit.write_id)
    arguments += [value for _, value in _seen(unit)]
    arguments += [[standing.id for standing in unit.stands]] if unit.stands else []
    arguments += [unit.unchanged.id, unit.unchanged.version] if unit.unchanged is not None else []
    for change in unit.replacements:
        arguments += [*_values(change.row), change.version]
        if change.told:
            arguments.append(change.told)
    for removal in unit.removals:
        arguments += [removal.id, removal.version]
    for row in unit.inserts:
        arguments += [*_values(row), len(unit.messages)]
    if unit.releases:
        arguments += _columns(sorted(unit.releases), ("kind", "value", "owner"))
    if unit.claims:
        arguments += _columns(sorted(unit.claims), ("kind", "value", "owner"))
    if unit.messages:
        columns = _columns(list(unit.messages), _MESSAGE_COLUMNS)
        columns[1] = [instant.instant() for instant in columns[1]]
        arguments += columns
    if unit.variants_of:
        arguments.append(unit.variants_of)
    if unit.variants:
        arguments += _columns(list(unit.variants), ("product_id", "staged", "variant_id", "sku", "master", "body"))
    if unit.kept is not None:
        arguments += [getattr(unit.kept, name) for name in _KEPT]
    return arguments


def _seen(unit: Unit) -> Visible:
    """The door's filter holds for what was there before; a unit that only inserts has no use for its parameters."""
    return unit.visible if unit.replacements or unit.removals or unit.unchanged else ()


def _values(row: Row) -> list[Any]:
    return [row.id, row.type, row.version, row.created_at, row.last_modified_at, *row.typed, row.body, row.query]


def _columns(rows: list[Any], names: tuple[str, ...]) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]


@functools.lru_cache(maxsize=1024)  # a category is written with as many others as are below it
def _text(
    replaced: tuple[bool, ...],
    removals: int,
    inserts: int,
    stands: bool,
    unchanged: bool,
    claims: bool,
    releases: bool,
    messages: bool,
    clears_variants: bool,
    variants: bool,
    visible: tuple[str, ...],
    kept: bool,
) -> str:
    numbers = itertools.count(1)

    def bind(kind: str) -> str:
        return f"${next(numbers)}::{kind}"

    shard = bind("text")
    write_id = bind("uuid") if replaced or inserts or kept else ""
    seen = "".join(f" AND {holds(column, bind('text'))}" for column in visible)
    parts, conditions = _standing_parts(bind, shard, seen, stands, unchanged)
    # The comparison, too, happens only if what the write refers to stands: no transaction takes a single one back.
    seen += "".join(f" AND {condition}" for condition in conditions)
    compared = []
    for index, told in enumerate(replaced):
        parts.append(_replacing(f"u{index}", bind, shard, write_id, told, seen))
        compared.append(f"u{index}")
    for index in range(removals):
        condition = f"shard = {shard} AND id = {bind('uuid')} AND version = {bind('bigint')}{seen}"
        parts.append(f"d{index} AS (DELETE FROM document WHERE {condition} RETURNING id)")
        compared.append(f"d{index}")
    # What follows happens only if every compared row was there at its version.
    met = " AND ".join([*conditions, *(f"EXISTS (SELECT 1 FROM {name})" for name in compared)]) or "true"
    for index in range(inserts):
        row = ", ".join(bind(kind) for kind in _ROW_TYPES)
        names = f"shard, {', '.join(_ROW_COLUMNS)}, message_sequence, write_id"
        values = f"SELECT {shard}, {row}, {bind('integer')}, {write_id} WHERE {met}"
        parts.append(f"i{index} AS (INSERT INTO document ({names}) {values})")
    if releases:
        values = _unnest(bind, ("text", "text", "uuid"))
        condition = f"shard = {shard} AND (kind, value, owner) IN (SELECT * FROM {values}) AND {met}"
        parts.append(f"r AS (DELETE FROM claim WHERE {condition} RETURNING kind)")
    if claims:
        # What one document releases another may take in the same write, as an order its cart's payments: by counting the
        # releases they are made to come first.
        free = f"{met} AND (SELECT count(*) FROM r) >= 0" if releases else met
        parts.append(_inserting("c", "claim", ("kind", "value", "owner"), ("text", "text", "uuid"), bind, shard, free))
    if messages:
        kinds = ("uuid", "timestamptz", "uuid", "integer", "text", "text", "jsonb")
        parts.append(_inserting("m", "message", _MESSAGE_COLUMNS, kinds, bind, shard, met))
    parts += _variant_parts(bind, shard, met, clears_variants, variants)
    if kept:
        # Of two requests with one key the second waits here for the first, and is refused by the key if that is stored.
        values = f"SELECT {shard}, {write_id}, {', '.join(map(bind, _KEPT.values()))} WHERE {met}"
        parts.append(f"k AS (INSERT INTO idempotency (shard, write_id, {', '.join(_KEPT)}) {values})")
    return f"WITH {', '.join(parts)} SELECT {met}"


def _standing_parts(
    bind: Callable[[str], str], shard: str, seen: str, stands: bool, unchanged: bool
) -> tuple[list[str], list[str]]:
    """The parts that lock what must stay until the write is done, and the conditions that it was there.

    The lock is the one that a foreign key takes: it lets the document be changed, and only its removal waits. What others
    have changed meanwhile is looked at as they left it.
    """
    parts, conditions = [], []
    if stands:
        ids = bind("uuid[]")
        # Looked up one by one, each is found by the whole primary key. A list of ids is also found, by PostgreSQL's skipping, in
        # an index that has something else before the id: cheap in many small projects, for which a plan for all values is made.
        # As a join that need not be LATERAL, an empty database would plan to read the whole shard, until it is first analyzed.
        named = f"SELECT id FROM document WHERE shard = {shard} AND id = n.id FOR KEY SHARE"
        parts.append(f"s AS (SELECT d.id FROM unnest({ids}) AS n(id) CROSS JOIN LATERAL ({named}) AS d)")
        conditions.append(f"(SELECT count(*) FROM s) = cardinality({ids})")
    if unchanged:
        condition = f"shard = {shard} AND id = {bind('uuid')} AND version = {bind('bigint')}{seen}"
        parts.append(f"e AS (SELECT id FROM document WHERE {condition} FOR KEY SHARE)")
        conditions.append("EXISTS (SELECT 1 FROM e)")
    return parts, conditions


def _variant_parts(bind: Callable[[str], str], shard: str, met: str, clears: bool, variants: bool) -> list[str]:
    names = ("product_id", "staged", "variant_id", "sku", "master", "body")
    kinds = ("uuid", "boolean", "integer", "text", "boolean", "text")
    parts = []
    product = bind("uuid") if clears else ""
    keep = ""
    if variants:
        columns = ", ".join(names)
        new = f"n AS (SELECT * FROM {_unnest(bind, kinds)} AS n({columns}))"
        kept = ", ".join(f"{name} = excluded.{name}" for name in ("sku", "master", "body"))
        parts += [
            new,
            f"v AS (INSERT INTO variant (shard, {columns}) SELECT {shard}, {columns} FROM n WHERE {met}"
            f" ON CONFLICT (shard, product_id, staged, variant_id) DO UPDATE SET {kept})",
        ]
        # One statement may not touch a row twice, so only variants that are no more are deleted here.
        keep = " AND (staged, variant_id) NOT IN (SELECT staged, variant_id FROM n)"
    if clears:
        parts.append(f"x AS (DELETE FROM variant WHERE shard = {shard} AND product_id = {product}{keep} AND {met})")
    return parts


def _replacing(name: str, bind: Callable[[str], str], shard: str, write_id: str, told: bool, seen: str) -> str:
    binds = dict(zip(_ROW_COLUMNS, [bind(kind) for kind in _ROW_TYPES], strict=True))
    fixed = ("id", "type", "created_at")
    sets = ", ".join(f"{column} = {value}" for column, value in binds.items() if column not in fixed)
    condition = f"shard = {shard} AND id = {binds['id']} AND type = {binds['type']} AND version = {bind('bigint')}"
    # The creation time never changes, but naming it keeps the arguments of a row the same everywhere.
    condition += f" AND created_at = {binds['created_at']}{seen}"
    sequence = f", message_sequence = message_sequence + {bind('integer')}" if told else ""
    return f"{name} AS (UPDATE document SET {sets}{sequence}, write_id = {write_id} WHERE {condition} RETURNING id)"


def _inserting(
    name: str, table: str, names: tuple[str, ...], kinds: tuple[str, ...], bind: Callable[[str], str], shard: str, met: str
) -> str:
    columns = ", ".join(names)
    values = f"SELECT {shard}, {columns} FROM {_unnest(bind, kinds)} AS n({columns}) WHERE {met}"
    return f"{name} AS (INSERT INTO {table} (shard, {columns}) {values})"


def _unnest(bind: Callable[[str], str], kinds: tuple[str, ...]) -> str:
    return f"unnest({', '.join(bind(kind + '[]') for kind in kinds)})"
