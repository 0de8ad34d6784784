"""Predicates and sort keys as parts of a SQL statement; nothing here talks to a database.

Terms of the outermost `and` on fields that are typed columns become SQL conditions, so that the columns' indexes serve
ranges and sorting; the rest becomes one jsonpath over `query`, which its GIN index serves for equality; what reaches into
the bulk that `query` leaves out reads `body`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from orderwright.engine.access import Visible
from orderwright.predicates.closure import reach
from orderwright.predicates.jsonpath import names_a_value, to_jsonpath
from orderwright.predicates.sort import Sort
from orderwright.predicates.tree import (
    And,
    Compare,
    ContainsAll,
    In,
    IsDefined,
    IsEmpty,
    Matches,
    Nested,
    Not,
    Or,
    Predicate,
    Value,
    WithinCircle,
    conjoined,
    conjuncts,
)
from orderwright.storage.documents.columns import PARAMETERS, Collection, Column, Statement, as_sent, holds, in_text_order
from orderwright.storage.tables.stock import BODY_IN_PAGE, beside_page, moment

INDEXED: Final[Mapping[str, str | None]] = {
    "key": None,
    "order_number": None,
    "customer_id": "created_at",
    "customer_email": None,
    "anonymous_id": None,
    "sku": None,
    "store_key": "created_at",
    "state": "created_at",
    "shipment_state": "created_at",
    "payment_state": "created_at",
    "created_at": "created_at",
    "last_modified_at": "last_modified_at",
    "type": "created_at",
    "resource_id": "sequence_number",
}
"""The columns that an index leads with, and by which column it has the rows of one value, or of some time, in order."""


class Compiler:
    """A statement in the making: its arguments and its conditions, all of which must hold: those on columns, and those that look
    `inside` a document. `given` are the columns that a condition fixes or, if they are times, bounds."""

    def __init__(
        self, source: Collection, shard: str, where: tuple[Predicate, ...], visible: Visible, frequent: bool = False
    ) -> None:
        self._source = source
        self._frequent = frequent
        self._args: list[Any] = []
        self.names_a_value = False
        self._conditions = [f"shard = {self.bind(shard)}"]
        if source.type is not None:
            self._conditions.append(f"type = {self.bind(source.type)}")
        self._conditions += [holds(column, self.bind(value)) for column, value in visible]
        self._given = {column for column, _ in visible}
        self._inside: list[str] = []
        self._beside = beside_page(self.bind(moment())) if source.counted else ""
        self._read(where)

    def bind(self, value: Any) -> str:
        self._args.append(value)
        return f"${len(self._args)}"

    @property
    def shown(self) -> str:
        """The document's text as a column of the result."""
        return f"{BODY_IN_PAGE} AS body" if self._source.counted else "body"

    @property
    def version(self) -> str:
        return "1::bigint AS version" if self._source.type is None else "version"

    @property
    def each(self) -> tuple[str, str]:
        """What a statement begins with, and its rows: where a value is named, they are planned for as if all were wanted."""
        return (f"WITH found AS MATERIALIZED (SELECT 1 {self.rows}) ", "FROM found") if self.names_a_value else ("", self.rows)

    @property
    def rows(self) -> str:
        table = self._source.table or ("message" if self._source.type is None else "document")
        return f"FROM {table}{self._beside} WHERE {' AND '.join((*self._conditions, *self._inside))}"

    @property
    def of_type(self) -> str:
        """The conditions that all documents of the type satisfy."""
        return " AND ".join(self._conditions[: 1 if self._source.type is None else 2])

    @property
    def by_columns(self) -> str:
        """The conditions that open no document."""
        return " AND ".join(self._conditions)

    @property
    def inside(self) -> str:
        """The conditions that do."""
        return " AND ".join(self._inside)

    def indexed_apart_from(self, sort: tuple[Sort, ...]) -> bool:
        """Whether an index finds the rows by a column, and does not have them in the order that is asked for."""
        first = self.column_of(sort[0] if sort else _BY_ID)
        return any(name in INDEXED and (first is None or INDEXED[name] != first) for name in self._given)

    def by_id_as_created(self, sort: tuple[Sort, ...]) -> bool:
        """Whether the order is by id, and an index has what columns alone decide on in the order of creation, which is that of
        the ids but for a little."""
        by_id = not sort or (len(sort) == 1 and sort[0].path == ("id",) and sort[0].of_path)
        indexed = [INDEXED.get(name) == "created_at" for name in self._given]
        return by_id and any(indexed) and all(indexed) and not self._inside and self._source.type is not None

    def sorted_by_columns(self, sort: tuple[Sort, ...]) -> bool:
        """Whether columns give the order, which an index may then have."""
        return all(self.column_of(key) for key in sort)

    def column_of(self, key: Sort) -> str | None:
        """The name of the column that a sort key is about; none for a key that is one of several."""
        column = self._source.columns.get(_dotted(key)) if key.of_path else None
        return column.name if column else None

    def statement(self, text: str) -> Statement:
        return Statement(text, tuple(self._args))

    def order(self, sort: tuple[Sort, ...]) -> str:
        keys = [f"{self._sort_key(key)} {_direction(key)}" for key in sort]
        if not any(key.path == ("id",) and key.of_path for key in sort):
            keys.append(f"id {_direction(sort[-1] if sort else _BY_ID)}")
        return ", ".join(keys)

    def _sort_key(self, key: Sort) -> str:
        column = self._source.columns.get(_dotted(key))
        if column is not None and key.of_path:
            return in_text_order(column)
        if key.cases:
            cases = (f"WHEN {self._by_jsonpath(case)} THEN {place}" for place, case in enumerate(key.cases))
            return f"CASE {' '.join(cases)} END"
        paths = (key.path, *key.otherwise)
        document = self._document([".".join(path) for path in paths])
        values = [f"{document} #> {self.bind(list(path))}::text[]" for path in paths]
        return f"coalesce({', '.join(values)})" if key.otherwise else values[0]

    def _read(self, where: tuple[Predicate, ...]) -> None:
        stored: list[Predicate] = []
        bulky: list[Predicate] = []
        for term in conjuncts(And(where)):
            columns, rest = self._columns_of(term)
            self._conditions += columns
            if rest is None:
                continue
            if _has_circle(rest):
                self._inside.append(self._by_circle(rest))
            else:
                (stored if self._document(_paths(rest)) == "query" else bulky).append(rest)
        # The bulk is read last, from the rows that are left.
        for terms in (stored, bulky):
            if terms:
                self._inside.append(self._by_jsonpath(conjoined(terms)))
        self.names_a_value = any(map(names_a_value, stored))

    def _by_jsonpath(self, tree: Predicate) -> str:
        document, path = self._document(_paths(tree)), f"{self.bind(to_jsonpath(tree))}::jsonpath"
        # The function means what the operator does, and no index serves it: its rows are met on the way through the order.
        return f"jsonb_path_exists({document}, {path}, '{{}}', true)" if self._frequent else f"{document} @? {path}"

    def _document(self, paths: Iterable[str]) -> str:
        """Which stored form holds all of the dotted `paths`."""
        bulk = self._source.bulk
        bulky = any(path == name or path.startswith(f"{name}.") for path in paths for name in bulk)
        stored = BODY_IN_PAGE if self._source.counted else "body"
        return f"{stored}::jsonb" if bulky else "query"

    def _columns_of(self, term: Predicate) -> tuple[list[str], Predicate | None]:
        """The part of an outermost term that columns decide, and what is left of it."""
        if isinstance(term, Nested) and any(name.startswith(f"{term.field}.") for name in self._source.columns):
            # A field with a column inside is one object, so that its terms may be asked apart.
            left: list[Predicate] = []
            found: list[str] = []
            for inner in conjuncts(term.term):
                condition = self._by_column(inner, f"{term.field}.")
                if condition is None:
                    left.append(inner)
                else:
                    found.append(condition)
            return found, Nested(term.field, conjoined(left)) if left else None
        condition = self._by_column(term, "")
        return ([], term) if condition is None else ([condition], None)

    def _by_column(self, term: Predicate, prefix: str) -> str | None:
        if isinstance(term, Not):
            # What a column does not have is null, of which the opposite of anything holds. It fixes no column.
            given = set(self._given)
            opposite = None if isinstance(term.term, Not) else self._by_column(term.term, prefix)
            self._given = given
            return None if opposite is None else f"({opposite}) IS NOT TRUE"
        if not isinstance(term, Compare | In | IsDefined):
            return None
        column = self._source.columns.get(prefix + term.field)
        if column is None:
            return None
        match term:
            case IsDefined(negated=negated):
                return f"{column.name} IS {'NULL' if negated else 'NOT NULL'}"
            case Compare(operator=operator, value=value):
                return self._column_compares(column, operator, value)
            case In(values=values, negated=negated):
                return self._column_in(column, values, negated)

    def _column_compares(self, column: Column, operator: str, value: Value) -> str | None:
        converted = as_sent(column.kind, value)
        if converted is None:
            return None
        if operator == "=" or (column.kind == "timestamptz" and operator != "!="):
            self._given.add(column.name)
        compared = column.name if operator in ("=", "!=") else in_text_order(column)
        return f"{compared} {operator} {self.bind(converted)}::{PARAMETERS[column.kind]}"

    def _column_in(self, column: Column, values: tuple[Value, ...], negated: bool) -> str | None:
        converted = [as_sent(column.kind, value) for value in values]
        if None in converted:
            return None
        if not negated:
            self._given.add(column.name)
        test = "<> ALL" if negated else "= ANY"
        return f"{column.name} {test} ({self.bind(converted)}::{PARAMETERS[column.kind]}[])"

    def _by_circle(self, tree: Predicate) -> str:
        match tree:
            case And(terms):
                return f"({' AND '.join(self._by_circle(term) for term in terms)})"
            case Or(terms):
                return f"({' OR '.join(self._by_circle(term) for term in terms)})"
            case Not(term):
                return f"NOT {self._by_circle(term)}"
            case WithinCircle():
                return self._circle(tree)
        return self._by_jsonpath(tree)

    def _circle(self, circle: WithinCircle) -> str:
        longitude, latitude = (
            # What is no degree on Earth is nowhere; as a float it might not even be a number.
            f"(CASE WHEN jsonb_typeof({point}) = 'number' THEN CASE WHEN abs(({point})::numeric) <= {most}"
            f" THEN radians(({point})::float8) END END)"
            for point, most in (
                (f"query #> {self.bind([circle.field, 'coordinates', axis])}::text[]", most)
                for axis, most in (("0", 180), ("1", 90))
            )
        )
        east, north = f"radians({self.bind(circle.longitude)}::float8)", f"radians({self.bind(circle.latitude)}::float8)"
        across = f"cos({latitude}) * cos({north}) * power(sin(({longitude} - {east}) / 2), 2)"
        haversine = f"power(sin(({latitude} - {north}) / 2), 2) + {across}"
        return f"coalesce({haversine} <= {self.bind(reach(circle.metres))}::float8, false)"


_BY_ID = Sort(("id",))


def _dotted(key: Sort) -> str:
    return ".".join(key.path)


def _direction(key: Sort) -> str:
    return "DESC" if key.descending else "ASC"


def _paths(tree: Predicate, prefix: str = "") -> Iterator[str]:
    """The dotted paths that a predicate asks about."""
    match tree:
        case And(terms) | Or(terms):
            for term in terms:
                yield from _paths(term, prefix)
        case Not(term):
            yield from _paths(term, prefix)
        case Nested(field, term):
            yield prefix + field
            yield from _paths(term, f"{prefix}{field}.")
        case (
            Compare(field)
            | In(field)
            | ContainsAll(field)
            | IsEmpty(field)
            | IsDefined(field)
            | Matches(field)
            | WithinCircle(field)
        ):
            yield prefix + field


def _has_circle(tree: Predicate) -> bool:
    match tree:
        case And(terms) | Or(terms):
            return any(map(_has_circle, terms))
        case Not(term):
            return _has_circle(term)
    return isinstance(tree, WithinCircle)
