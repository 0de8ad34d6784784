"""The statements of paged queries as SQL text and arguments; nothing here talks to a database. `query_terms` compiles what they
ask for, `pages` decides which of them are asked."""

from msgspec import Struct

from orderwright.engine.access import Visible
from orderwright.predicates.sort import Sort
from orderwright.predicates.tree import Predicate
from orderwright.storage.documents.columns import Collection, Statement
from orderwright.storage.queries.query_terms import Compiler

MAX_TOTAL = 10_000
"""Where the reported total of a filtered query stops."""
FEW = 2_000
"""As many documents as are worth finding by an index before they are put in order; each costs some 5 us to look at."""
MAX_PAGE = 24 * 1024 * 1024
"""Bytes of the documents on one page; a single document has at most two thirds of it."""
SAMPLE = 200
"""So many documents tell how frequent a value is."""


class PageRequest(Struct, frozen=True):
    """One page: checked predicates that must all hold, the order, which rows of it, and how many bytes they may be together.

    Without predicates a total is told to the last one, unless it need not be `exact`.
    """

    where: tuple[Predicate, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int = 20
    offset: int = 0
    with_total: bool = True
    most_bytes: int = MAX_PAGE
    exact: bool = True

    @property
    def bounded(self) -> bool:
        """Whether counting stops at MAX_TOTAL."""
        return bool(self.where) or not self.exact


def page_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible, frequent: bool = False) -> Statement:
    """The page's rows in order: id, version and body, a message's version being always 1.

    The order is completed by `id`, in the direction of the last key, so that an index on (key, id) serves both ways;
    without a `sort` it is by `id`. `frequent` is a predicate that so many satisfy that walking through them in order meets a
    page soon. Raises PredicateError for `within circle` below a nested field.
    """
    query = Compiler(source, shard, page.where, visible, frequent)
    order = query.order(page.sort)
    limits = f"LIMIT {query.bind(page.limit)} OFFSET {query.bind(page.offset)}"
    return query.statement(f"SELECT id, {query.version}, {query.shown} {query.rows} ORDER BY {order} {limits}")


# How far an id may be from its document's time of creation, in milliseconds: it is made beside it, but a request may have
# waited, or a clock been set. What is further apart, or has an id of another kind, stands in an index and is always looked at.
APART_MS = 5_000
_APART = (
    "abs(('x' || left(id::text, 8) || substr(id::text, 10, 4))::bit(48)::bigint"
    f" - (extract(epoch FROM timezone('UTC', created_at)) * 1000)::bigint) > {APART_MS}"
)
# As an equality, so that the planner takes it to be rare.
APART = f"({_APART})::integer = 1"


def near_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible) -> Statement | None:
    """The page in the order of ids, read from an index in the order of creation; None where another statement serves better.

    Ids rise with the time of creation, but for at most APART_MS between the two. Let the page end with the n-th document.
    Whatever was created more than twice APART_MS after the n-th creation has a greater id than n others, and is on no page up to
    this one. So only the documents created before that are sorted by id. The condition of the index `document_apart` is APART, by
    the letter.
    """
    query = Compiler(source, shard, page.where, visible)
    last = page.offset + page.limit
    if not page.limit or source.counted or not query.by_id_as_created(page.sort):
        return None
    backward = bool(page.sort) and page.sort[0].descending
    way, compared, sign = ("DESC", ">=", "-") if backward else ("ASC", "<=", "+")
    selected, by = f"SELECT id, version, body {query.rows}", f"created_at {way}, id {way}"
    until = f"SELECT created_at {query.rows} AND NOT {_APART} ORDER BY {by} LIMIT 1 OFFSET {query.bind(last - 1)}"
    end = f"coalesce(({until}) {sign} interval '{2 * APART_MS} milliseconds', '{sign.strip('+')}infinity')"
    near = f"{selected} AND NOT {_APART} AND created_at {compared} {end}"
    limits = f"LIMIT {query.bind(page.limit)} OFFSET {query.bind(page.offset)}"
    # Those of another kind are looked for by nothing else: an index on what is asked for may seem to be as good a way to them.
    odd = f"SELECT * FROM document WHERE {query.of_type} AND {APART} OFFSET 0"
    apart = f"SELECT id, version, body FROM ({odd}) AS document WHERE {query.by_columns}"
    # Each by itself: together they might be planned as a walk through all ids.
    parts = f"near AS MATERIALIZED ({near}), apart AS MATERIALIZED ({apart})"
    both = "SELECT * FROM near UNION ALL SELECT * FROM apart"
    return query.statement(f"WITH {parts} SELECT id, version, body FROM ({both}) AS found ORDER BY id {way} {limits}")


def found_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible) -> tuple[Statement, int] | None:
    """The same page by way of an index on what the predicates name, or None where none would help.

    PostgreSQL knows nothing of the values inside a document and takes each to be in one of a hundred. With LIMIT it then walks
    through the order and expects to meet a page of them soon, which reads everything where they are rare; and so it does for
    the columns of a customer whose orders are all old. So all that match are found first, which the planner is made to plan
    for by a part of its own, and then put in order.

    Each row says as `counted` how many were found. The search stops at the number that comes with the statement: if so many
    are `counted`, the page is not the right one, and `page_sql` with `frequent` is what answers.
    """
    query = Compiler(source, shard, page.where, visible)
    if not query.names_a_value and not query.indexed_apart_from(page.sort):
        return None
    # A row that columns alone decide on is cheap: no document is opened for it.
    many = page.with_total or not query.names_a_value
    bound = (max(MAX_TOTAL, page.offset + page.limit) if many else FEW) + 1
    first = f"SELECT * FROM found LIMIT {query.bind(bound)}"
    parts = f"found AS MATERIALIZED ({_selected(query, page.sort)}), firsts AS MATERIALIZED ({first})"
    return _counted(query, parts, page), bound


def walk_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible) -> Statement:
    """The page of a `frequent` predicate, each row with `counted`, which stops one after MAX_TOTAL: what lies before a page that
    is far behind is looked at once for both."""
    query = Compiler(source, shard, page.where, visible, frequent=True)
    bound = query.bind(max(MAX_TOTAL + 1, page.offset + page.limit))
    walked = f"{_selected(query, page.sort)} ORDER BY {query.order(page.sort)} LIMIT {bound}"
    return _counted(query, f"firsts AS MATERIALIZED ({walked})", page)


def _selected(query: Compiler, sort: tuple[Sort, ...]) -> str:
    """The rows with what puts them in order: a document is taken along only where its order is inside it."""
    keys = [query.column_of(key) or "query" for key in sort]
    more = [name for name in dict.fromkeys(keys) if name not in ("id", "version")]
    return f"SELECT {', '.join(('id', query.version, query.shown, *more))} {query.rows}"


def _counted(query: Compiler, parts: str, page: PageRequest) -> Statement:
    """The page out of the part `firsts`, with how many rows that has."""
    order = query.order(page.sort)
    limits = f"LIMIT {query.bind(page.limit)} OFFSET {query.bind(page.offset)}"
    counting = "(SELECT count(*) FROM firsts) AS counted"
    return query.statement(f"WITH {parts} SELECT id, version, body, {counting} FROM firsts ORDER BY {order} {limits}")


def sample_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible) -> Statement | None:
    """How many of the first SAMPLE documents on the way through the order satisfy what is asked of their values; None where no
    value is named, or no column gives the order."""
    query = Compiler(source, shard, page.where, visible, frequent=True)
    if source.type is None or source.counted or not query.names_a_value or not query.sorted_by_columns(page.sort):
        return None
    first = f"SELECT query, body FROM document WHERE {query.by_columns} ORDER BY {query.order(page.sort)} LIMIT {SAMPLE}"
    return query.statement(f"SELECT count(*) FROM ({first}) AS sampled WHERE {query.inside}")


def count_sql(source: Collection, shard: str, page: PageRequest, *, visible: Visible) -> Statement:
    """How many rows there are that a page is of; where they are `bounded`, counting stops one row after MAX_TOTAL."""
    query = Compiler(source, shard, page.where, visible)
    if not page.bounded:
        return query.statement(f"SELECT count(*) {query.rows}")
    head, rows = query.each
    some = f"SELECT 1 {rows} LIMIT {query.bind(MAX_TOTAL + 1)}"
    return query.statement(f"{head}SELECT count(*) FROM ({some}) AS counted")


def reported_total(counted: int, page: PageRequest) -> int:
    """The `total` of an answer, from what `count_sql` counted."""
    return min(counted, MAX_TOTAL) if page.bounded else counted


def exists_sql(source: Collection, shard: str, where: tuple[Predicate, ...], *, visible: Visible) -> Statement:
    """Whether any document satisfies `where`: one row, one boolean."""
    query = Compiler(source, shard, where, visible)
    head, rows = query.each
    return query.statement(f"{head}SELECT EXISTS (SELECT 1 {rows})")
