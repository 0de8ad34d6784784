"""The counters of inventory entries: a table of their own, whose numbers are put into a document when it is read.

An entry's stored bytes lack the counters, which its model declares last. Reading it writes them behind the other members, in the
same statement, so that every answer shows the counters of its moment.
"""

from __future__ import annotations

ENTRY = "inventory-entry"
COUNTERS = {"quantityOnStock": "on_stock", "availableQuantity": "available"}
"""The members that are counters, and their columns."""


def _counted(body: str, table: str = "") -> str:
    """The text of a document with its counters before the last brace, as SQL."""
    members = "".join(f" || ',\"{member}\":' || {table}{column}" for member, column in COUNTERS.items())
    return f"left({body}, -1){members} || right({body}, 1)"


# For statements on `document d`, where the type is not known before: entries with their counters, anything else as it is.
BODY_OF_ANY = f"CASE WHEN s.entry IS NULL THEN d.body ELSE {_counted('d.body', 's.')} END"
BESIDE_ANY = " LEFT JOIN stock s ON s.shard = d.shard AND s.entry = d.id"
# For pages, whose statements name columns without a table and whose first parameter is the shard.
BODY_IN_PAGE = f"({_counted('body')})"
BESIDE_PAGE = f" JOIN (SELECT entry, {', '.join(COUNTERS.values())} FROM stock WHERE shard = $1) AS counters ON entry = id"


def read_as(type_id: str) -> tuple[str, str]:
    """How the body of a document of a type is read from `document d`: the expression, and what is joined for it."""
    if type_id != ENTRY:
        return "d.body", ""
    return _counted("d.body", "s."), " JOIN stock s ON s.shard = d.shard AND s.entry = d.id"
