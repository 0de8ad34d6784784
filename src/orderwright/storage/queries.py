"""Paged queries as SQL text and arguments; nothing here talks to a database.

Terms of the outermost `and` on fields that are typed columns become SQL conditions, so that the columns' indexes serve
ranges and sorting; the rest becomes one jsonpath over `query`, which its GIN index serves for equality; what reaches into
the bulk that `query` leaves out reads `body`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

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
    Nested,
    Not,
    Or,
    Predicate,
    Value,
    WithinCircle,
    conjoined,
    conjuncts,
)
from orderwright.storage.columns import PARAMETERS, Column, Columns, as_sent, in_text_order
from orderwright.storage.rows import holds
from orderwright.storage.stock import BESIDE_PAGE, BODY_IN_PAGE

MAX_TOTAL = 10_000
"""Where the reported total of a filtered query stops."""
FEW = 2_000
"""As many documents as are worth finding by an index before they are put in order; each costs some 5 us to look at."""
SAMPLE = 200
"""So many documents tell how frequent a value is."""
_INDEXED: Final[Mapping[str, str | None]] = {
    "key": None,
    "order_number": None,
    "customer_id": None,
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

Visible = tuple[tuple[str, Any], ...]
"""What the caller may see: columns and the value each must have. A value of None is never had: it shows nothing."""


class Collection(Struct, frozen=True):
    """Where the documents of one type are. `type` is None for messages, whose table holds nothing else.

    `columns` maps JSON fields to columns, dotted where the field is inside an object (`store.key`); `bulk` are the dotted
    paths that `query` leaves out of the body. `counted` documents have counters beside them, which are put into the body.
    `table` is where they stand, if not in the type's own.
    """

    type: str | None
    columns: Columns
    bulk: frozenset[str] = frozenset()
    counted: bool = False
    table: str | None = None


class PageRequest(Struct, frozen=True):
    """One page: checked predicates that must all hold, the order, and which rows of it."""

    where: tuple[Predicate, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int = 20
    offset: int = 0
    with_total: bool = True


class Statement(Struct, frozen=True):
    text: str
    args: tuple[Any, ...]


def page_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible, frequent: bool = False) -> Statement:
    """The page's rows in order: id, version and body, a message's version being always 1.

    The order is completed by `id`, in the direction of the last key, so that an index on (key, id) serves both ways;
    without a `sort` it is by `id`. `frequent` is a predicate that so many satisfy that walking through them in order meets a
    page soon. Raises PredicateError for `within circle` below a nested field.
    """
    query = _Query(source, shard, page.where, visible, frequent)
    order = query.order(page.sort)
    limits = f"LIMIT {query.bind(page.limit)} OFFSET {query.bind(page.offset)}"
    return query.statement(f"SELECT id, {query.version}, {query.shown} {query.rows} ORDER BY {order} {limits}")


def found_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible) -> tuple[Statement, int] | None:
    """The same page by way of an index on what the predicates name, or None where none would help.

    PostgreSQL knows nothing of the values inside a document and takes each to be in one of a hundred. With LIMIT it then walks
    through the order and expects to meet a page of them soon, which reads everything where they are rare; and so it does for
    the columns of a customer whose orders are all old. So all that match are found first, which the planner is made to plan
    for by a part of its own, and then put in order.

    Each row says as `counted` how many were found. The search stops at the number that comes with the statement: if so many
    are `counted`, the page is not the right one, and `page_sql` with `frequent` is what answers.
    """
    query = _Query(source, shard, page.where, visible)
    if not query.names_a_value and not query.indexed_apart_from(page.sort):
        return None
    # A row that columns alone decide on is cheap: no document is opened for it.
    many = page.with_total or not query.names_a_value
    bound = (max(MAX_TOTAL, page.offset + page.limit) if many else FEW) + 1
    first = f"SELECT * FROM found LIMIT {query.bind(bound)}"
    parts = f"found AS MATERIALIZED ({query.selected(page.sort)}), firsts AS MATERIALIZED ({first})"
    return query.counted(parts, page), bound


def walk_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible) -> Statement:
    """The page of a `frequent` predicate, each row with `counted`, which stops one after MAX_TOTAL: what lies before a page that
    is far behind is looked at once for both."""
    query = _Query(source, shard, page.where, visible, frequent=True)
    bound = query.bind(max(MAX_TOTAL + 1, page.offset + page.limit))
    walked = f"{query.selected(page.sort)} ORDER BY {query.order(page.sort)} LIMIT {bound}"
    return query.counted(f"firsts AS MATERIALIZED ({walked})", page)


def sample_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible) -> Statement | None:
    """How many of the first SAMPLE documents on the way through the order satisfy what is asked of their values; None where no
    value is named, or no column gives the order."""
    query = _Query(source, shard, page.where, visible, frequent=True)
    if source.type is None or source.counted or not query.names_a_value or not query.sorted_by_columns(page.sort):
        return None
    return query.sample(page.sort)


def count_sql(source: Collection, shard: str, where: tuple[Predicate, ...], *, visible: Visible) -> Statement:
    """How many rows there are: exact without `where`, else counting stops one row after MAX_TOTAL."""
    query = _Query(source, shard, where, visible)
    if not where:
        return query.statement(f"SELECT count(*) {query.rows}")
    head, rows = query.each
    some = f"SELECT 1 {rows} LIMIT {query.bind(MAX_TOTAL + 1)}"
    return query.statement(f"{head}SELECT count(*) FROM ({some}) AS counted")


def reported_total(counted: int, where: tuple[Predicate, ...]) -> int:
    """The `total` of an answer, from what `count_sql` counted."""
    return min(counted, MAX_TOTAL) if where else counted


def exists_sql(source: Collection, shard: str, where: tuple[Predicate, ...], *, visible: Visible) -> Statement:
    """Whether any document satisfies `where`: one row, one boolean."""
    query = _Query(source, shard, where, visible)
    head, rows = query.each
    return query.statement(f"{head}SELECT EXISTS (SELECT 1 {rows})")


class _Query:
    """A statement in the making: its arguments and its conditions, all of which must hold: those on columns, and those that
    look `inside` a document. `given` are the columns whose values are said, or of a time from when or until when."""

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
        beside = BESIDE_PAGE if self._source.counted else ""
        return f"FROM {table}{beside} WHERE {' AND '.join((*self._conditions, *self._inside))}"

    def indexed_apart_from(self, sort: tuple[Sort, ...]) -> bool:
        """Whether an index finds the rows by a column, and does not have them in the order that is asked for."""
        first = self._column_of(sort[0] if sort else _BY_ID)
        return any(name in _INDEXED and (first is None or _INDEXED[name] != first) for name in self._given)

    def sorted_by_columns(self, sort: tuple[Sort, ...]) -> bool:
        """Whether columns give the order, which an index may then have."""
        return all(self._column_of(key) for key in sort)

    def _column_of(self, key: Sort) -> str | None:
        column = self._source.columns.get(_dotted(key))
        return column.name if column else None

    def selected(self, sort: tuple[Sort, ...]) -> str:
        """The rows with what puts them in order: a document is taken along only where its order is inside it."""
        keys = [self._column_of(key) or "query" for key in sort]
        more = [name for name in dict.fromkeys(keys) if name not in ("id", "version")]
        return f"SELECT {', '.join(('id', self.version, self.shown, *more))} {self.rows}"

    def counted(self, parts: str, page: PageRequest) -> Statement:
        """The page out of the part `firsts`, with how many rows that has."""
        order = self.order(page.sort)
        limits = f"LIMIT {self.bind(page.limit)} OFFSET {self.bind(page.offset)}"
        counting = "(SELECT count(*) FROM firsts) AS counted"
        return self.statement(f"WITH {parts} SELECT id, version, body, {counting} FROM firsts ORDER BY {order} {limits}")

    def sample(self, sort: tuple[Sort, ...]) -> Statement:
        """How many of the first SAMPLE rows by the columns alone satisfy the rest."""
        by_columns = f"FROM document WHERE {' AND '.join(self._conditions)} ORDER BY {self.order(sort)} LIMIT {SAMPLE}"
        return self.statement(
            f"SELECT count(*) FROM (SELECT query, body {by_columns}) AS sampled WHERE {' AND '.join(self._inside)}"
        )

    def statement(self, text: str) -> Statement:
        return Statement(text, tuple(self._args))

    def order(self, sort: tuple[Sort, ...]) -> str:
        keys = [f"{self._sort_key(key.path)} {_direction(key)}" for key in sort]
        if not any(key.path == ("id",) for key in sort):
            keys.append(f"id {_direction(sort[-1] if sort else _BY_ID)}")
        return ", ".join(keys)

    def _sort_key(self, path: tuple[str, ...]) -> str:
        dotted = ".".join(path)
        column = self._source.columns.get(dotted)
        if column is not None:
            return in_text_order(column)
        return f"{self._document((dotted,))} #> {self.bind(list(path))}::text[]"

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
            f"(CASE WHEN jsonb_typeof({point}) = 'number' THEN radians(({point})::float8) END)"
            for point in (f"query #> {self.bind([circle.field, 'coordinates', axis])}::text[]" for axis in ("0", "1"))
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
        case Compare(field) | In(field) | ContainsAll(field) | IsEmpty(field) | IsDefined(field) | WithinCircle(field):
            yield prefix + field


def _has_circle(tree: Predicate) -> bool:
    match tree:
        case And(terms) | Or(terms):
            return any(map(_has_circle, terms))
        case Not(term):
            return _has_circle(term)
    return isinstance(tree, WithinCircle)
