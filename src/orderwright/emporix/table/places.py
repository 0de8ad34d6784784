"""Where a value of an Emporix order lives in an order of the house: how it is read there, and how the database is asked for it.

Both look at the order's JSON. What is asked is always whether a value is there that satisfies something; that there is none is
the opposite of asking whether there is any (`asked`).
"""

from __future__ import annotations

import functools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal

from orderwright.domain.order.kept import MEMBER
from orderwright.emporix.amounts import spelled
from orderwright.emporix.q.grammar import PARAMETER, Condition, Known, Like, OneOf, Term, Within, Word
from orderwright.emporix.table.code import Code
from orderwright.engine.scalars import UUID, DateTime
from orderwright.predicates.tokens import Source
from orderwright.predicates.tree import (
    And,
    Compare,
    In,
    IsDefined,
    Loose,
    Matches,
    Nested,
    Not,
    Or,
    Predicate,
    PredicateError,
    Value,
    conjoined,
)

Json = Mapping[str, Any]
Reader = Callable[[Json], Any]
Kind = Literal["text", "id", "number", "date", "boolean", "open"]
WHOLE: Final = "@"
"""Under which name the parts of an order, while they are read, know the whole; no member has such a name."""

# Of anything.
ALWAYS: Final[Predicate] = Or((IsDefined("id"), IsDefined("id", negated=True)))
NEVER: Final[Predicate] = And((IsDefined("id"), IsDefined("id", negated=True)))


@dataclass(frozen=True)
class Question:
    """One term of a query, the text it stands in, and the languages that a localized text may have."""

    term: Term
    source: Source
    languages: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        return ".".join(self.term.path)

    def whether(self) -> Question:
        """Whether there is a value at all."""
        return replace(self, term=Term(self.term.path, Known(True), self.term.position))

    def refuse(self, reason: str) -> PredicateError:
        return PredicateError(PARAMETER, f"The field '{self.field}' {reason}")

    def expected(self, word: Word, what: str) -> PredicateError:
        return self.source.error(word.position, f"{what} for the field '{self.field}'")


class Place(ABC):
    """One place, or several of which one holds the value."""

    @abstractmethod
    def code(self, code: Code) -> str | None:
        """The expression that finds the value in an order, as this dialect writes it, or None where there is none; None instead
        of an expression where there never is."""

    @abstractmethod
    def ask(self, question: Question) -> Predicate:
        """Whether a value is here that satisfies the term, never one of `Known(False)`. Raises PredicateError."""

    def given(self, question: Question) -> Predicate:
        """Whether this is the place to look at, where there are several."""
        return self.ask(question.whether())

    @property
    def sorts(self) -> tuple[str, ...]:
        """The dotted paths the first of which that is there has the order of the values; none where there are no such paths."""
        return ()

    def below(self, steps: Sequence[str]) -> Place | None:
        """The place of a member of the value."""
        return None


def walked(at: Any, path: str) -> Any:
    """The value at a dotted path of objects."""
    return getter(path)(at)


# The paths of the table; what clients ask for is never walked.
@functools.lru_cache(maxsize=1_000)
def getter(path: str) -> Callable[[Any], Any]:
    """What finds the value at a dotted path of objects."""
    first, *others = path.split(".")
    second, rest = others[0] if others else "", others[1:]

    def one(at: Any) -> Any:
        return at.get(first) if type(at) is dict else None

    # Most paths have two steps, and every order is walked along all of them.
    def two(at: Any) -> Any:
        if type(at) is dict and type(inner := at.get(first)) is dict:
            return inner.get(second)
        return None

    def several(at: Any) -> Any:
        at = two(at)
        for step in rest:
            if type(at) is not dict:
                return None
            at = at.get(step)
        return at

    return several if rest else two if others else one


def inside(path: str, leaf: Callable[[str], Predicate]) -> Predicate:
    """What is asked of the last step of a dotted path."""
    *steps, last = path.split(".")
    tree = leaf(last)
    for step in reversed(steps):
        tree = Nested(step, tree)
    return tree


def one_of(trees: Iterable[Predicate]) -> Predicate:
    """Whether one of them holds; none of no predicates does."""
    terms = tuple(trees)
    return NEVER if not terms else terms[0] if len(terms) == 1 else Or(terms)


def compared(field: str, question: Question, mean: Callable[[Word], Value], texts: bool) -> Predicate:
    match question.term.condition:
        case Known():
            return IsDefined(field)
        case OneOf(words):
            values = tuple(map(mean, words))
            return Compare(field, "=", values[0]) if len(values) == 1 else In(field, values)
        case Within(limits):
            return conjoined([Compare(field, limit, mean(word)) for limit, word in limits])
        case Like(pattern):
            if not texts:
                raise question.refuse("is no text, which a pattern could be looked for in.")
            return Matches(field, pattern)


@dataclass(frozen=True)
class Plain(Place):
    """A value that stands as it is; below an `open` one anything may."""

    path: str
    kind: Kind = "text"

    def code(self, code: Code) -> str | None:
        return code.at(self.path)

    def ask(self, question: Question) -> Predicate:
        if self.kind == "id" and not _may_be_id(question.term.condition):
            return NEVER
        texts = self.kind in ("text", "id", "open")
        return inside(self.path, lambda field: compared(field, question, lambda word: self._meant(word, question), texts))

    @property
    def sorts(self) -> tuple[str, ...]:
        return (self.path,)

    def below(self, steps: Sequence[str]) -> Place | None:
        return Plain(".".join((self.path, *steps)), "open") if self.kind == "open" else None

    def _meant(self, word: Word, question: Question) -> Value:
        match self.kind:
            case "open":
                return word.text if word.quoted else Loose(word.text)
            case "number":
                return number_of(word, question)
            case "boolean":
                if word.text not in ("true", "false"):
                    raise question.expected(word, "true or false")
                return word.text == "true"
            case "date":
                try:
                    return str.__str__(DateTime.parse(word.text))
                except (ValueError, OverflowError):
                    raise question.expected(word, 'a date and time, such as "2021-05-18T07:27:27.455Z",') from None
            case "text" | "id":
                return word.text


def _may_be_id(condition: Condition) -> bool:
    return not isinstance(condition, OneOf) or any(re.fullmatch(UUID, word.text) for word in condition.words)


def number_of(word: Word, question: Question) -> Decimal:
    found = spelled(word.text)
    if found is None:
        raise question.expected(word, "a number")
    return found


@dataclass(frozen=True)
class Kept(Place):
    """What came with the order in this dialect, as it came. Where `part` is kept, all of it is: a member that it lacks is not
    looked for elsewhere."""

    path: str
    part: str
    kind: Kind = "open"

    @property
    def _plain(self) -> Plain:
        return Plain(f"{MEMBER}.{self.path}", self.kind)

    def code(self, code: Code) -> str | None:
        return code.at(f"{MEMBER}.{self.path}") if code.kept else None

    def ask(self, question: Question) -> Predicate:
        return self._plain.ask(question)

    def given(self, question: Question) -> Predicate:
        return inside(f"{MEMBER}.{self.part}", IsDefined)

    @property
    def sorts(self) -> tuple[str, ...]:
        return self._plain.sorts

    def below(self, steps: Sequence[str]) -> Place | None:
        return Kept(".".join((self.path, *steps)), self.part, self.kind) if self.kind == "open" else None


@dataclass(frozen=True)
class First(Place):
    """The first of several places that there is."""

    places: tuple[Place, ...]

    def code(self, code: Code) -> str | None:
        found: str | None = None
        for place in reversed(self.places):
            here = place.code(code)
            if here is not None:
                part = code.at(f"{MEMBER}.{place.part}") if isinstance(place, Kept) and place.part != place.path else None
                found = code.otherwise(here, found, unless=part)
        return found

    def ask(self, question: Question) -> Predicate:
        *others, last = self.places
        tree = last.ask(question)
        for place in reversed(others):
            here = place.ask(question)
            tree = here if tree == NEVER else Or((here, And((Not(place.given(question)), tree))))
        return tree

    @property
    def sorts(self) -> tuple[str, ...]:
        places = [place for place in self.places if not isinstance(place, StandIn)]
        # Minor units and the decimals that are kept are in no order: the order's own minor units say nearly the same.
        if any(path.endswith(".centAmount") for place in places for path in place.sorts):
            places = [place for place in places if not isinstance(place, Kept)]
        paths = [place.sorts for place in places]
        return tuple(path for each in paths for path in each) if all(paths) else ()

    def below(self, steps: Sequence[str]) -> Place | None:
        places = [place.below(steps) for place in self.places]
        found = tuple(place for place in places if place is not None)
        return First(found) if found else None


def first(*places: Place) -> Place:
    """The first of them that there is."""
    return First(places)


@dataclass(frozen=True)
class StandIn(Place):
    """What is shown because clients read it always, where there is nothing: to a query it is not there."""

    value: Any

    def code(self, code: Code) -> str | None:
        return code.value(self.value)

    def ask(self, question: Question) -> Predicate:
        return NEVER


@dataclass(frozen=True)
class Computed(Place):
    """A value that stands nowhere, and is made of others where it is shown: it cannot be asked for."""

    make: Callable[..., Any]

    def code(self, code: Code) -> str | None:
        return code.called(self.make, "at")

    def ask(self, question: Question) -> Predicate:
        raise question.refuse("is computed where it is shown: it can be neither searched nor sorted by.")

    def below(self, steps: Sequence[str]) -> Place | None:
        return self


@dataclass(frozen=True)
class Figure(Computed):
    """One of several such values that are made together, by its name."""

    name: str

    def code(self, code: Code) -> str | None:
        return f"{code.shared(self.make)}[{self.name!r}]"
