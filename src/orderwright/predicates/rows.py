"""Documents of one kind, of which rules are asked all at once.

Which documents satisfy a rule is one number, a `Selection`: its bit i stands for document i. So what a rule says of many
documents costs an operation on numbers for each `and`, `or` and `not`, and a comparison with a literal a look into the values
that stand at its name. These are read and put in order once, however many rules name them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import accumulate
from operator import itemgetter, or_
from typing import Any, Final, TypeAlias, TypeVar

from orderwright.predicates.closure import ORDER
from orderwright.predicates.vocabulary import Read, Typed, among, in_order, scalars

T = TypeVar("T")
Selection: TypeAlias = int
EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
TRUE: Final[Typed] = ("boolean", True)


class Rows:
    """Plain documents, and what rules have read of them. All rules that they are asked are of one vocabulary.

    What is put into a document later is to be put into new rows.
    """

    __slots__ = ("_known", "all", "documents")

    def __init__(self, documents: Sequence[Any]) -> None:
        self.documents = documents
        self.all: Selection = (1 << len(documents)) - 1
        self._known: dict[Hashable, Any] = {}

    def column(self, path: tuple[str, ...], read: Read) -> Column:
        """What stands at a path."""
        known: Column | None = self._known.get(path)
        if known is None:
            known = self._known[path] = Column([read(at) for at in self.documents])
        return known

    def below(self, name: str, read: Read) -> Sequence[Rows]:
        """Of each document the items that stand at a name, of which rules are asked in their turn."""
        return self.once(name, lambda: [Rows(read(at)) for at in self.documents])

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What is made of the documents, once for a name."""
        known: T | None = self._known.get(name)
        if known is None:
            known = self._known[name] = make()
        return known

    def chosen(self, selection: Selection) -> Sequence[Any]:
        """The documents of a selection, in their order."""
        if selection == self.all:
            return self.documents
        return [document for document, bit in zip(self.documents, _bits(selection), strict=False) if bit == "1"]


Select: TypeAlias = Callable[[Rows], Selection]
"""Which of some documents satisfy a rule, or a part of one."""


class Column:
    """What stands at a name, of each of some documents."""

    __slots__ = ("_by_value", "_comparable", "_found", "_in_order", "read")

    def __init__(self, read: Sequence[Sequence[Any]]) -> None:
        self.read = read
        self._found: Sequence[Sequence[Typed]] | None = None
        self._comparable: Selection | None = None
        self._by_value: dict[Typed, Selection] | None = None
        self._in_order: dict[str, tuple[list[Any], list[Selection], list[Selection]]] | None = None

    @property
    def found(self) -> Sequence[Sequence[Typed]]:
        """What of it can be compared."""
        if self._found is None:
            self._found = [scalars(values) for values in self.read]
        return self._found

    @property
    def comparable(self) -> Selection:
        """Where anything is that can be compared."""
        if self._comparable is None:
            self._comparable = selected(map(bool, self.found))
        return self._comparable

    def defined(self) -> Selection:
        """Where anything is."""
        return selected(any(value is not None for value in values) for values in self.read)

    def filled(self) -> Selection:
        """Where anything is that is not empty."""
        return selected(any(value not in EMPTY for value in values) for values in self.read)

    def equal(self, wanted: Sequence[Typed]) -> Selection:
        """Where one of the values is wanted."""
        if self._by_value is None:
            if len(self.read) == 1:
                return int(among(self.found[0], wanted, negated=False))  # to put them in order takes longer
            self._by_value = _by_value(self.found)
        where = 0
        for value in wanted:
            where |= self._by_value.get(value, 0)
        return where

    def ordered(self, operator: str, limit: Typed) -> Selection:
        """Where one of the values is of the limit's type, and on that side of it."""
        if self._in_order is None:
            if len(self.read) == 1:
                return int(in_order(ORDER[operator], self.found[0], (limit,)))
            self._in_order = _in_order(_by_value(self.found))
        kind, value = limit
        if kind not in self._in_order:
            return 0
        values, up_to, from_on = self._in_order[kind]
        at = (bisect_left if operator in ("<", ">=") else bisect_right)(values, value)
        return (up_to if operator in ("<", "<=") else from_on)[at]


def _by_value(found: Sequence[Sequence[Typed]]) -> dict[Typed, Selection]:
    where: dict[Typed, Selection] = {}
    bit = 1
    for values in found:
        for value in values:
            where[value] = where.get(value, 0) | bit
        bit <<= 1
    return where


def _in_order(by_value: Mapping[Typed, Selection]) -> dict[str, tuple[list[Any], list[Selection], list[Selection]]]:
    """Of each type its values, the least first, with where one of the first n is, and one of those that follow them."""
    of_kind: dict[str, list[tuple[Any, Selection]]] = {}
    for (kind, value), where in by_value.items():
        of_kind.setdefault(kind, []).append((value, where))
    found = {}
    for kind, pairs in of_kind.items():
        pairs.sort(key=itemgetter(0))
        there = [where for _, where in pairs]
        from_on = list(accumulate(reversed(there), or_, initial=0))[::-1]
        found[kind] = [value for value, _ in pairs], list(accumulate(there, or_, initial=0)), from_on
    return found


def selected(holds: Iterable[bool]) -> Selection:
    """The documents for which it holds, told of each in their order."""
    found, bit = 0, 1
    for each in holds:
        if each:
            found |= bit
        bit <<= 1
    return found


def places(selection: Selection) -> list[int]:
    """Where the documents of a selection stand, in their order."""
    return [place for place, bit in enumerate(_bits(selection)) if bit == "1"]


def _bits(selection: Selection) -> str:
    """Up to that of the last document of the selection."""
    return f"{selection:b}"[::-1]


def all_of(parts: Sequence[Select]) -> Select:
    """Which documents satisfy all parts of a rule. Those behind one that none satisfies are not asked."""

    def select(rows: Rows) -> Selection:
        found = rows.all
        for part in parts:
            found &= part(rows)
            if not found:
                break
        return found

    return select


def any_of(parts: Sequence[Select]) -> Select:
    """Which documents satisfy one of them at least. Those behind one that all satisfy are not asked."""

    def select(rows: Rows) -> Selection:
        found = 0
        for part in parts:
            found |= part(rows)
            if found == rows.all:
                break
        return found

    return select
