"""Lists of documents by a value that stands inside them, such as the orders of a SKU, each in the order of creation.

A place in a list is a claim: its kind says the list, its value when the document was created and its id, so that the key of the
table of claims has the list in order, and no two documents share a place. A page is read from there, and the total is counted
there, without opening a document. Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.engine.unit.rows import kind_of
from orderwright.predicates.search.tree import Exact, Query, Sorting
from orderwright.predicates.sort import Sort
from orderwright.predicates.tree import Compare, Nested, Predicate
from orderwright.storage.documents.columns import Collection, Statement
from orderwright.storage.queries.queries import APART, APART_MS, MAX_TOTAL, PageRequest

_CREATED = "left(c.value, 24)::timestamptz"
_APART = (
    "abs(('x' || substr(c.value, 26, 8) || substr(c.value, 35, 4))::bit(48)::bigint"
    f" - (extract(epoch FROM {_CREATED}) * 1000)::bigint) > {APART_MS}"
)
_PLACES = "SELECT c.value FROM claim c WHERE c.shard = $1 AND c.kind = $2"
_TEXT = """'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'"""


def asked_by(source: Collection, where: tuple[Predicate, ...]) -> str | None:
    """The kind of the list with exactly the documents that satisfy a predicate; None where there is none."""
    path, term = [], where[0] if len(where) == 1 else None
    while isinstance(term, Nested):
        path.append(term.field)
        term = term.term
    if not isinstance(term, Compare) or term.operator != "=" or not isinstance(term.value, str):
        return None
    return _listed(source, ".".join((*path, term.field)), term.value)


def searched_by(source: Collection, query: Query) -> str | None:
    """The same for a search."""
    if not isinstance(query, Exact) or query.ignoring_case or len(query.values) != 1 or query.field.joined is not None:
        return None
    (value,) = query.values
    return _listed(source, ".".join(query.field.path), value) if isinstance(value, str) and not query.field.within else None


def _listed(source: Collection, path: str, value: str) -> str | None:
    return kind_of(source.type, path, value) if source.type is not None and path in source.listed else None


def direction(sort: Sequence[Sort]) -> tuple[str, bool] | None:
    """The order that a list can give a page in, `created_at` or `id`, and whether it is descending; None for any other order."""
    if not sort:
        return "id", False
    if len(sort) > 1 or not sort[0].of_path or sort[0].path not in (("createdAt",), ("id",)):
        return None
    return ("id" if sort[0].path == ("id",) else "created_at"), sort[0].descending


def searched_direction(sort: Sequence[Sorting]) -> tuple[str, bool] | None:
    """The same for a search, which without an order of its own shows the newest first."""
    if not sort:
        return "created_at", True
    if len(sort) > 1 or sort[0].field is None or sort[0].field.joined is not None or sort[0].field.path != ("createdAt",):
        return None
    return "created_at", sort[0].descending


def listed_sql(source: Collection, shard: str, kind: str, page: PageRequest, by: tuple[str, bool], shown: str) -> Statement:
    """A page of a list: what is `shown` of the documents."""
    column, descending = by
    way = "DESC" if descending else "ASC"
    values = (shard, kind, page.limit, page.offset)
    if column == "created_at":
        found = f"found AS MATERIALIZED ({_PLACES} ORDER BY c.value {way} LIMIT $3 OFFSET $4)"
        return Statement(f"WITH {found} {_looked_up(shown, f'created_at {way}, id {way}')}", values)
    # As in `near_sql`: those that were created until the page is full, and a little longer, and those whose ids are apart.
    compared, sign = (">=", "-") if descending else ("<=", "+")
    until = f"SELECT {_CREATED} FROM claim c WHERE c.shard = $1 AND c.kind = $2 AND NOT {_APART} ORDER BY c.value {way}"
    moment = f"({until} LIMIT 1 OFFSET $5) {sign} interval '{2 * APART_MS} milliseconds'"
    # A tilde comes behind all places of that moment, and of every other.
    end = f"to_char(timezone('UTC', {moment}), {_TEXT})" + ("" if descending else " || '~'")
    near = f"{_PLACES} AND c.value {compared} coalesce({end}, '{'' if descending else '~'}') AND NOT {_APART}"
    odd = (
        f"SELECT to_char(timezone('UTC', created_at), {_TEXT}) || ' ' || id AS place FROM document WHERE shard = $1 AND type = $6"
    )
    theirs = f"{_PLACES} AND c.value = o.place OFFSET 0"
    apart = f"SELECT p.value FROM ({odd} AND {APART} OFFSET 0) AS o CROSS JOIN LATERAL ({theirs}) AS p"
    parts = f"near AS MATERIALIZED ({near}), apart AS MATERIALIZED ({apart})"
    both = "SELECT * FROM near UNION ALL SELECT * FROM apart"
    page_of = f"SELECT value FROM ({both}) AS both_of_them ORDER BY substr(value, 26) {way} LIMIT $3 OFFSET $4"
    found = f"found AS MATERIALIZED (WITH {parts} {page_of})"
    last = page.offset + page.limit - 1
    return Statement(f"WITH {found} {_looked_up(shown, f'id {way}')}", (*values, last, source.type))


def _looked_up(shown: str, order: str) -> str:
    """The documents of the places that were `found`."""
    document = "SELECT * FROM document WHERE shard = $1 AND id = substr(found.value, 26)::uuid OFFSET 0"
    return f"SELECT {shown} FROM found CROSS JOIN LATERAL ({document}) AS d ORDER BY {order}"


def count_sql(shard: str, kind: str) -> Statement:
    """How many a list has; counting stops one after MAX_TOTAL."""
    return Statement(f"SELECT count(*) FROM ({_PLACES} LIMIT $3) AS counted", (shard, kind, MAX_TOTAL + 1))
