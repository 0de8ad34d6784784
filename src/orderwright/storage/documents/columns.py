"""Where documents are found: the typed columns beside them, and how a literal is compared with one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from orderwright.engine.unit.rows import TYPED
from orderwright.predicates.tree import Value

ColumnKind = Literal["text", "uuid", "timestamptz", "bigint"]


class Column(Struct, frozen=True):
    """A field's column. It is null exactly where the document lacks the field."""

    name: str
    kind: ColumnKind = "text"


Columns = Mapping[str, Column]


class Collection(Struct, frozen=True):
    """Where the documents of one type are. `type` is None for messages, whose table holds nothing else.

    `columns` maps JSON fields to columns, dotted where the field is inside an object (`store.key`); `bulk` are the dotted
    paths that `query` leaves out of the body. `counted` documents have counters beside them, which are put into the body.
    `table` is where they stand, if not in the type's own. `listed` are dotted paths whose every value has a list; see `lists`.
    """

    type: str | None
    columns: Columns
    bulk: frozenset[str] = frozenset()
    counted: bool = False
    table: str | None = None
    listed: frozenset[str] = frozenset()


class Statement(Struct, frozen=True):
    text: str
    args: tuple[Any, ...]


PARAMETERS: dict[ColumnKind, str] = {"text": "text", "uuid": "uuid", "timestamptz": "timestamptz", "bigint": "numeric"}
"""The type that a literal is sent as: numeric beside a bigint, since a predicate may compare it with 1.5 or 1e30."""


def _uuid(value: Value) -> UUID | None:
    try:
        found = UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
    # Other spellings of a UUID are other texts, which no document has: they are left to the jsonpath.
    return found if str(found) == value else None


def _instant(value: Value) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _numeric(value: Value) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


_CONVERSIONS: dict[ColumnKind, Callable[[Value], Any]] = {
    "text": lambda value: value if isinstance(value, str) else None,
    "uuid": _uuid,
    "timestamptz": _instant,
    "bigint": _numeric,
}


def as_sent(kind: ColumnKind, value: Value) -> Any:
    """The literal as the driver sends it; None if the column cannot hold such a value."""
    return _CONVERSIONS[kind](value)


def in_text_order(column: Column) -> str:
    """A column to sort by: text by the characters' numbers, as a jsonpath compares it, whatever the database's collation is."""
    return f'{column.name} COLLATE "C"' if column.kind == "text" else column.name


def known(column: str) -> str:
    """Column names come from declarations; anything else must never become SQL."""
    if column not in TYPED:
        raise ValueError(f"no column {column!r}")
    return column


def holds(column: str, parameter: str, table: str = "") -> str:
    """The condition that a row is seen through a door: `query` holds a JSON text as a part, a column holds a value.

    By `stores` it is also seen if it belongs to no store.
    """
    if column == "query":
        return f"{table}query @> {parameter}::jsonb"
    if column == "stores":
        return f"({table}query @> {parameter}::jsonb OR coalesce({table}query -> 'stores', '[]'::jsonb) = '[]'::jsonb)"
    if column == "id":
        return f"{table}id = {parameter}::uuid"
    return f"{table}{known(column)} = {parameter}"


def shows(column: str, parameter: str, table: str = "") -> str:
    """The same condition, in a form that no index answers, for a row which is found by its id or by a name of its own.

    A plan for all values is made when little or nothing is known of the table: what could be looked up another way, such as all
    of a store's documents, might be. The parameter is never null.
    """
    if column == "query":
        return f"jsonb_contains({table}query, {parameter}::jsonb)"
    if column == "stores":
        global_ones = f"coalesce({table}query -> 'stores', '[]'::jsonb) = '[]'::jsonb"
        return f"(jsonb_contains({table}query, {parameter}::jsonb) OR {global_ones})"
    if column == "id":
        return holds(column, parameter, table)
    return f"{table}{known(column)} IS NOT DISTINCT FROM {parameter}"
