"""The counters of inventory entries: a table of their own, whose numbers are put into a document when it is read.

An entry's stored bytes lack the counters, which its model declares last. Reading it writes them behind the other members, in the
same statement, so that every answer shows the counters of its moment. What carts keep of an entry stands in `reservation`. A row
whose time is over counts for nothing, although nobody may have come by yet to put its pieces back: whoever reads says by one more
parameter when that is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orderwright.engine.clock import now

ENTRY = "inventory-entry"
COUNTERS = {"quantityOnStock": "on_stock", "availableQuantity": "available"}
"""The members that are counters, and their columns."""


def moment() -> datetime:
    """The value of the parameter that a statement which reads counters has."""
    return now().instant()


def over(at: str) -> str:
    """The pieces that are kept of a `stock s` no longer, as SQL of a statement whose first parameter is the shard."""
    kept = f"r.shard = $1 AND r.entry = s.entry AND r.expires_at <= {at}::timestamptz"
    return f"coalesce((SELECT sum(r.pieces) FROM reservation r WHERE {kept}), 0)"


def _counted(body: str, columns: dict[str, str]) -> str:
    """The text of a document with its counters before the last brace, as SQL."""
    members = "".join(f" || ',\"{member}\":' || {columns[column]}" for member, column in COUNTERS.items())
    return f"left({body}, -1){members} || right({body}, 1)"


def _body(at: str) -> str:
    return _counted("d.body", {"on_stock": "s.on_stock", "available": f"(s.available + {over(at)})"})


BESIDE_ANY = " LEFT JOIN stock s ON s.shard = d.shard AND s.entry = d.id"
# For pages, whose statements name columns without a table and whose first parameter is the shard.
BODY_IN_PAGE = f"({_counted('body', {column: column for column in COUNTERS.values()})})"


def body_of_any(at: str) -> str:
    """How the body of `document d` is read, whose type is not known before, as it is `at` a parameter: entries with their
    counters, anything else as it is."""
    return f"CASE WHEN s.entry IS NULL THEN d.body ELSE {_body(at)} END"


def beside_page(at: str) -> str:
    """What is joined where a page reads counters, as they are `at` a parameter."""
    counters = f"SELECT s.entry, s.on_stock, (s.available + {over(at)})::bigint AS available FROM stock s WHERE s.shard = $1"
    return f" JOIN ({counters}) AS counters ON entry = id"


def read_as(type_id: str, parameter: int) -> tuple[str, str, list[Any]]:
    """How the body of a document of a type is read from `document d`: the expression, what is joined for it, and the values of
    the parameters that it has from a number on."""
    if type_id != ENTRY:
        return "d.body", "", []
    return _body(f"${parameter}"), " JOIN stock s ON s.shard = d.shard AND s.entry = d.id", [moment()]
