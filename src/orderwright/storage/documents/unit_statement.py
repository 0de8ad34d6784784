"""A unit as SQL: one statement, a WITH whose parts happen only if every compared row was there at its version.

PARTS lists what a unit may consist of, in the order in which it is written. Each part says on its own what of the unit the text
depends on, which arguments it takes and how it reads; a further kind of row is a further part.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple

from orderwright.engine.access import Visible
from orderwright.engine.unit.rows import TYPED, Row, Unit
from orderwright.storage.documents.columns import shows

_ROW = {
    **{"id": "uuid", "type": "text", "version": "bigint", "created_at": "timestamptz", "last_modified_at": "timestamptz"},
    **dict.fromkeys(TYPED, "text"),
    **{"body": "text", "query": "jsonb"},
}
_CLAIM = {"kind": "text", "value": "text", "owner": "uuid"}
_MESSAGE = {
    **{"id": "uuid", "created_at": "timestamptz", "resource_id": "uuid", "sequence_number": "integer"},
    **{"type": "text", "body": "text", "query": "jsonb"},
}
# Arrays of arrays would have to be of one length: what one row has several of comes as the text of an array.
_CHANGE = {
    **{"id": "uuid", "resource_type": "text", "resource_id": "uuid", "version": "bigint", "kind": "text", "at": "timestamptz"},
    **{"who": "text", "identifiers": "text", "messages": "text", "subscribers": "text"},
}
_VARIANT = {
    **{"product_id": "uuid", "staged": "boolean", "variant_id": "integer", "sku": "text", "master": "boolean", "body": "text"},
}
_KEPT = {
    **{"key": "bytea", "request": "bytea", "status": "integer", "type": "text", "id": "uuid", "version": "bigint"},
    **{"created_at": "timestamptz", "body": "text"},
}


class _Text:
    """The statement as far as it is written. `seen` is what holds for each row that is compared, such as the door's filter."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.shard = self.write_id = self.seen = ""
        self.parts: list[str] = []
        self.conditions: list[str] = []

    def bind(self, kind: str) -> str:
        """The next parameter."""
        return f"${next(self._numbers)}::{kind}"

    def unnest(self, columns: Iterable[str]) -> str:
        """Rows of which each column is one parameter."""
        return f"unnest({', '.join(self.bind(kind + '[]') for kind in columns)})"

    def require(self, condition: str) -> None:
        """What must hold before anything happens. The comparisons, too, happen only then: no transaction takes one back."""
        self.conditions.append(condition)
        self.seen += f" AND {condition}"

    def compare(self, name: str, sql: str) -> None:
        """A part without whose row nothing else happens."""
        self.parts.append(f"{name} AS ({sql})")
        self.conditions.append(f"EXISTS (SELECT 1 FROM {name})")

    def insert(self, name: str, table: str, columns: dict[str, str], met: str) -> None:
        """A part that inserts rows, if `met` holds."""
        names = ", ".join(columns)
        values = f"SELECT {self.shard}, {names} FROM {self.unnest(columns.values())} AS n({names}) WHERE {met}"
        self.parts.append(f"{name} AS (INSERT INTO {table} (shard, {names}) {values})")

    @property
    def met(self) -> str:
        """Whether everything was there that the parts so far have compared."""
        return " AND ".join(self.conditions) or "true"


class Part(NamedTuple):
    """One kind of row that a unit may hold. `shape` is what of the unit the text depends on; a falsy one is a part that is not
    there. `arguments` and `write` must take the parameters in the same order, which is why they stand side by side."""

    shape: Callable[[Unit], Hashable]
    arguments: Callable[[Unit], Iterable[Any]]
    write: Callable[[_Text, Any], None]


def statement(unit: Unit) -> tuple[str, list[Any]]:
    """The unit as one statement and its arguments; the text depends only on the unit's shape, so it stays prepared."""
    shape = tuple(part.shape(unit) for part in PARTS)
    arguments = [value for part, form in zip(PARTS, shape, strict=True) if form for value in part.arguments(unit)]
    return _text(shape), arguments


@functools.lru_cache(maxsize=1024)  # a category is written with as many others as are below it
def _text(shape: tuple[Hashable, ...]) -> str:
    text = _Text()
    for part, form in zip(PARTS, shape, strict=True):
        if form:
            part.write(text, form)
    return f"WITH {', '.join(text.parts)} SELECT {text.met}"


def _shard(text: _Text, _form: bool) -> None:
    text.shard = text.bind("text")


def _write_id(text: _Text, _form: bool) -> None:
    text.write_id = text.bind("uuid")


def _seen(unit: Unit) -> Visible:
    """The door's filter; a unit that only inserts has no use for its parameters."""
    return unit.visible if unit.replacements or unit.removals or unit.unchanged else ()


def _visible(text: _Text, columns: tuple[str, ...]) -> None:
    text.seen = "".join(f" AND {shows(column, text.bind('text'))}" for column in columns)


def _referenced(text: _Text, _form: bool) -> None:
    """Locks what the write refers to. The lock is the one that a foreign key takes: it lets the document be changed, and only
    its removal waits. What others have changed meanwhile is looked at as they left it."""
    ids = text.bind("uuid[]")
    # Looked up one by one, each is found by the whole primary key. A list of ids is also found, by PostgreSQL's skipping, in
    # an index that has something else before the id: cheap in many small projects, for which a plan for all values is made.
    # As a join that need not be LATERAL, an empty database would plan to read the whole shard, until it is first analyzed.
    # Elsewhere OFFSET 0 is what keeps such a look-up from becoming one.
    named = f"SELECT id FROM document WHERE shard = {text.shard} AND id = n.id FOR KEY SHARE"
    text.parts.append(f"s AS (SELECT d.id FROM unnest({ids}) AS n(id) CROSS JOIN LATERAL ({named}) AS d)")
    text.require(f"(SELECT count(*) FROM s) = cardinality({ids})")


def _unchanged(text: _Text, _form: bool) -> None:
    condition = f"shard = {text.shard} AND id = {text.bind('uuid')} AND version = {text.bind('bigint')}{text.seen}"
    text.parts.append(f"e AS (SELECT id FROM document WHERE {condition} FOR KEY SHARE)")
    text.require("EXISTS (SELECT 1 FROM e)")


def _replacements(text: _Text, told: tuple[bool, ...]) -> None:
    for index, tells in enumerate(told):
        text.compare(f"u{index}", _replacing(text, tells))


def _replacing(text: _Text, tells: bool) -> str:
    binds = {column: text.bind(kind) for column, kind in _ROW.items()}
    fixed = ("id", "type", "created_at")
    sets = ", ".join(f"{column} = {value}" for column, value in binds.items() if column not in fixed)
    condition = f"shard = {text.shard} AND id = {binds['id']} AND type = {binds['type']} AND version = {text.bind('bigint')}"
    # The creation time never changes, but naming it keeps the arguments of a row the same everywhere.
    condition += f" AND created_at = {binds['created_at']}{text.seen}"
    sequence = f", message_sequence = message_sequence + {text.bind('integer')}" if tells else ""
    return f"UPDATE document SET {sets}{sequence}, write_id = {text.write_id} WHERE {condition} RETURNING id"


def _replaced(unit: Unit) -> Iterable[Any]:
    for change in unit.replacements:
        yield from (*_values(change.row), change.version)
        if change.told:
            yield change.told


def _removals(text: _Text, count: int) -> None:
    for index in range(count):
        condition = f"shard = {text.shard} AND id = {text.bind('uuid')} AND version = {text.bind('bigint')}{text.seen}"
        text.compare(f"d{index}", f"DELETE FROM document WHERE {condition} RETURNING id")


def _inserts(text: _Text, count: int) -> None:
    met = text.met
    names = f"shard, {', '.join(_ROW)}, message_sequence, write_id"
    for index in range(count):
        row = ", ".join(map(text.bind, _ROW.values()))
        values = f"SELECT {text.shard}, {row}, {text.bind('integer')}, {text.write_id} WHERE {met}"
        text.parts.append(f"i{index} AS (INSERT INTO document ({names}) {values})")


def _releases(text: _Text, _form: bool) -> None:
    kinds, values, owners = (text.bind(f"{kind}[]") for kind in _CLAIM.values())
    condition = f"shard = {text.shard} AND kind = ANY ({kinds}) AND value = ANY ({values})"
    condition += f" AND ({', '.join(_CLAIM)}) IN (SELECT * FROM unnest({kinds}, {values}, {owners})) AND {text.met}"
    text.parts.append(f"r AS (DELETE FROM claim WHERE {condition} RETURNING kind)")


def _claims(text: _Text, form: str) -> None:
    # What one document releases another may take in the same write, as an order its cart's payments: by counting the
    # releases they are made to come first.
    text.insert("c", "claim", _CLAIM, f"{text.met} AND (SELECT count(*) FROM r) >= 0" if form == "released" else text.met)


def _messages(text: _Text, _form: bool) -> None:
    text.insert("m", "message", _MESSAGE, text.met)


def _told(unit: Unit) -> list[list[Any]]:
    columns = _columns(unit.messages, _MESSAGE)
    columns[1] = [instant.instant() for instant in columns[1]]
    return columns


def _changes(text: _Text, _form: bool) -> None:
    columns = ", ".join(_CHANGE)
    values = ", ".join(f"n.{name}::uuid[]" if name in ("messages", "subscribers") else f"n.{name}" for name in _CHANGE)
    rows = f"SELECT {text.shard}, {values} FROM {text.unnest(_CHANGE.values())} AS n({columns}) WHERE {text.met}"
    text.parts.append(f"h AS (INSERT INTO change (shard, {columns}) {rows})")


def _recorded(unit: Unit) -> list[list[Any]]:
    columns = _columns(unit.changes, _CHANGE)
    columns[-2:] = [[_array(ids) for ids in column] for column in columns[-2:]]
    return columns


def _array(ids: Sequence[str] | None) -> str | None:
    """Some ids as the text of PostgreSQL's array."""
    return None if ids is None else f"{{{','.join(ids)}}}"


def _variants(text: _Text, form: tuple[bool, bool]) -> None:
    clears, adds = form
    product = text.bind("uuid") if clears else ""
    keep = ""
    if adds:
        columns = ", ".join(_VARIANT)
        kept = ", ".join(f"{name} = excluded.{name}" for name in ("sku", "master", "body"))
        text.parts.append(f"n AS (SELECT * FROM {text.unnest(_VARIANT.values())} AS n({columns}))")
        text.parts.append(
            f"v AS (INSERT INTO variant (shard, {columns}) SELECT {text.shard}, {columns} FROM n WHERE {text.met}"
            f" ON CONFLICT (shard, product_id, staged, variant_id) DO UPDATE SET {kept})"
        )
        # One statement may not touch a row twice, so only variants that are no more are deleted here.
        keep = " AND (staged, variant_id) NOT IN (SELECT staged, variant_id FROM n)"
    if clears:
        gone = f"shard = {text.shard} AND product_id = {product}{keep} AND {text.met}"
        text.parts.append(f"x AS (DELETE FROM variant WHERE {gone})")


def _described(unit: Unit) -> list[Any]:
    product = [unit.variants_of] if unit.variants_of else []
    return [*product, *(_columns(unit.variants, _VARIANT) if unit.variants else [])]


def _kept(text: _Text, _form: bool) -> None:
    # Of two requests with one key the second waits here for the first, and is refused by the key if that is stored.
    values = f"SELECT {text.shard}, {text.write_id}, {', '.join(map(text.bind, _KEPT.values()))} WHERE {text.met}"
    text.parts.append(f"k AS (INSERT INTO idempotency (shard, write_id, {', '.join(_KEPT)}) {values})")


def _values(row: Row) -> list[Any]:
    return [row.id, row.type, row.version, row.created_at, row.last_modified_at, *row.typed, row.body, row.query]


def _columns(rows: Sequence[Any], names: Iterable[str]) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]


PARTS: tuple[Part, ...] = (
    Part(lambda _: True, lambda unit: [unit.shard], _shard),
    Part(lambda unit: bool(unit.replacements or unit.inserts or unit.kept), lambda unit: [unit.write_id], _write_id),
    Part(lambda unit: tuple(column for column, _ in _seen(unit)), lambda unit: [value for _, value in _seen(unit)], _visible),
    Part(lambda unit: bool(unit.referenced), lambda unit: [[each.id for each in unit.referenced]], _referenced),
    Part(
        lambda unit: unit.unchanged is not None,
        lambda unit: [unit.unchanged.id, unit.unchanged.version] if unit.unchanged else [],
        _unchanged,
    ),
    Part(lambda unit: tuple(bool(change.told) for change in unit.replacements), _replaced, _replacements),
    Part(
        lambda unit: len(unit.removals),
        lambda unit: [value for removal in unit.removals for value in (removal.id, removal.version)],
        _removals,
    ),
    Part(
        lambda unit: len(unit.inserts),
        lambda unit: [value for made in unit.inserts for value in (*_values(made.row), made.told)],
        _inserts,
    ),
    Part(lambda unit: bool(unit.releases), lambda unit: _columns(sorted(unit.releases), _CLAIM), _releases),
    Part(
        lambda unit: bool(unit.claims) and ("released" if unit.releases else "alone"),
        lambda unit: _columns(sorted(unit.claims), _CLAIM),
        _claims,
    ),
    Part(lambda unit: bool(unit.messages), _told, _messages),
    Part(lambda unit: bool(unit.changes), _recorded, _changes),
    Part(
        lambda unit: (bool(unit.variants_of), bool(unit.variants)) if unit.variants_of or unit.variants else (),
        _described,
        _variants,
    ),
    Part(lambda unit: unit.kept is not None, lambda unit: [getattr(unit.kept, name) for name in _KEPT], _kept),
)
