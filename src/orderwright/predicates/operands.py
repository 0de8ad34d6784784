"""One side of a condition of a rule, and how it is compared with the other: of many documents at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from orderwright.predicates.rows import Column, Rows, Select, Selection, selected
from orderwright.predicates.vocabulary import Typed


class Operand(Struct, frozen=True):
    """What stands on one side of a comparison: the value that was written (`literal`), or what the `name` leads to.

    `column` is what stands there, of each of some documents.
    """

    column: Callable[[Rows], Column]
    kinds: frozenset[str]
    literal: Any = None
    position: int = 0
    name: str = ""


def equal(left: Operand, wanted: Sequence[Typed], *, negated: bool = False) -> Select:
    """Where one of the values is wanted; negated, where there are values and none of them is."""

    def select(rows: Rows) -> Selection:
        column = left.column(rows)
        return column.comparable ^ column.equal(wanted) if negated else column.equal(wanted)

    return select


def same(left: Operand, wanted: Sequence[Typed], *, negated: bool) -> Select:
    """Where the values are those that are wanted, all of them and no others; negated, where there are values and they are not."""

    def chosen(values: Sequence[Typed]) -> bool:
        return bool(values) and (set(values) == set(wanted)) is not negated

    return lambda rows: selected(map(chosen, left.column(rows).found))


def found(side: Operand, literal: Typed | None) -> Callable[[Rows], Sequence[Sequence[Typed]]]:
    """What can be compared on one side, of each document."""
    if literal is None:
        return lambda rows: side.column(rows).found
    return lambda rows: [(literal,)] * len(rows.documents)
