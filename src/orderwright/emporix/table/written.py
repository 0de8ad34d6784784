"""Places whose values this dialect writes in another way than the house: money, shares, choices, names, texts in languages."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orderwright.emporix.amounts import EXACT, FORMS, MOST_DIGITS, decimal, percent, plainly, shown_amount
from orderwright.emporix.q.grammar import Known, Like, OneOf, Within, Word
from orderwright.emporix.table.code import Code
from orderwright.emporix.table.places import (
    ALWAYS,
    NEVER,
    WHOLE,
    Json,
    Place,
    Plain,
    Question,
    compared,
    inside,
    number_of,
    one_of,
)
from orderwright.predicates import compile
from orderwright.predicates.closure import ORDER
from orderwright.predicates.tree import And, Compare, In, IsDefined, Nested, Not, Or, Predicate, Value, conjoined

MAX_WORDS: Final = 100
"""Of the names that are compared: between any two of them may be what stands between first and last name."""


@dataclass(frozen=True)
class Amount(Place):
    """Money. `precise` money may have more digits than its currency."""

    path: str
    precise: bool = False

    def code(self, code: Code) -> str | None:
        return code.called(shown_amount, code.at(self.path))

    def ask(self, question: Question) -> Predicate:
        condition = question.term.condition
        if isinstance(condition, Known):
            return inside(self.path, IsDefined)
        forms: list[tuple[str, str, int]] = [("centPrecision", "centAmount", digits) for digits in FORMS]
        if self.precise:
            forms += [("highPrecision", "preciseAmount", digits) for digits in range(1, MOST_DIGITS + 1)]
        found = [
            And((Compare("type", "=", type), Compare("fractionDigits", "=", digits), counted))
            for type, field, digits in forms
            if (counted := self._counted(field, digits, question)) is not None
        ]
        return inside(self.path, lambda field: Nested(field, one_of(found))) if found else NEVER

    @property
    def sorts(self) -> tuple[str, ...]:
        return () if self.precise else (f"{self.path}.centAmount",)

    def _counted(self, field: str, digits: int, question: Question) -> Predicate | None:
        """What is asked of an amount that is counted in so small a unit; None where it is none of those that are asked for."""
        match question.term.condition:
            case OneOf(words):
                units = [number_of(word, question).scaleb(digits, EXACT) for word in words]
                whole = tuple(int(unit) for unit in units if unit == unit.to_integral_value())
                return In(field, whole) if whole else None
            case Within(limits):
                return conjoined(
                    [Compare(field, limit, plainly(number_of(word, question).scaleb(digits, EXACT))) for limit, word in limits]
                )
        raise question.refuse("is no text, which a pattern could be looked for in.")


@dataclass(frozen=True)
class Percent(Place):
    """A share from 0 to 1, written in per cent."""

    path: str

    def code(self, code: Code) -> str | None:
        return code.called(_in_per_cent, code.at(self.path))

    def ask(self, question: Question) -> Predicate:
        def share(word: Word) -> Value:
            return plainly(number_of(word, question).scaleb(-2, EXACT))

        return inside(self.path, lambda field: compared(field, question, share, texts=False))


@dataclass(frozen=True)
class Choice(Place):
    """One of a few values, each of which an order has that satisfies a predicate. Only they can be asked for, if `closed`.

    `any_of` says what an order with one of several values satisfies, where that is less than one of their predicates. `by` names
    the members that say which it is, where these are a few words of ours.
    """

    options: Mapping[str, Predicate]
    boolean: bool = False
    closed: bool = True
    any_of: Callable[[Collection[str]], Predicate] | None = None
    by: tuple[str, ...] = ()

    def code(self, code: Code) -> str | None:
        tests = [(value == "true" if self.boolean else value, compile(tree)) for value, tree in self.options.items()]
        if list(self.options.values()) == [ALWAYS]:
            return code.value(tests[0][0])

        def chosen(at: Json) -> Any:
            for value, test in tests:
                if test(at):
                    return value
            return None

        if not self.by:
            return code.called(chosen, "at")
        # There are few such values, so that it is chosen once of each.
        of_values = functools.lru_cache(maxsize=1_000)(lambda *values: chosen(_document(self.by, values)))
        return code.called(of_values, *map(code.at, self.by))

    def ask(self, question: Question) -> Predicate:
        wanted = self._wanted(question)
        return self.any_of(wanted) if self.any_of and wanted else one_of(self.options[value] for value in wanted)

    def _wanted(self, question: Question) -> list[str]:
        values = list(self.options)
        match question.term.condition:
            case OneOf(words):
                for word in words:
                    if self.closed and word.text not in self.options:
                        raise question.expected(word, f"one of {', '.join(self.options)}")
                return [value for value in values if value in {word.text for word in words}]
            case Within(limits):
                return [value for value in values if all(ORDER[limit](value, word.text) for limit, word in limits)]
            case Like(pattern):
                return [value for value in values if pattern.compiled().search(value)]
        return values


def always(value: str, boolean: bool = False) -> Choice:
    """A value that all orders or items have."""
    return Choice({value: ALWAYS}, boolean=boolean, closed=False)


@dataclass(frozen=True)
class Names(Place):
    """A first and a last name as one text; the first of the two may be missing."""

    first: str
    last: str

    def code(self, code: Code) -> str | None:
        return code.called(_together, code.at(self.first), code.at(self.last))

    def ask(self, question: Question) -> Predicate:
        match question.term.condition:
            case Known():
                return Or((inside(self.first, IsDefined), inside(self.last, IsDefined)))
            case OneOf(words):
                if sum(word.text.count(" ") + 1 for word in words) > MAX_WORDS:
                    raise question.refuse(f"is compared with at most {MAX_WORDS} words.")
                return one_of(tree for word in words for tree in self._split(word))
        raise question.refuse("is made of two names: it is searched for as a whole only.")

    def _split(self, word: Word) -> Iterable[Predicate]:
        parts = word.text.split(" ")
        for own, other in ((self.first, self.last), (self.last, self.first)):
            yield And((_equals(own, word.text), Not(inside(other, IsDefined))))
        for end in range(1, len(parts)):
            yield And((_equals(self.first, " ".join(parts[:end])), _equals(self.last, " ".join(parts[end:]))))


def _document(paths: Iterable[str], values: Iterable[Any]) -> Json:
    found: dict[str, Any] = {}
    for path, value in zip(paths, values, strict=True):
        *steps, last = path.split(".")
        at = found
        for step in steps:
            at = at.setdefault(step, {})
        at[last] = value
    return found


@functools.lru_cache(maxsize=1_000)
def _in_per_cent(value: Any) -> Any:
    share = decimal(value)
    return None if share is None else percent(share)


def _together(first: Any, last: Any) -> Any:
    if first is None or last is None:
        return last if first is None else first
    return f"{first} {last}"


def _in_language(texts: Any, language: Any) -> Any:
    if not isinstance(texts, dict) or not texts:
        return None
    return texts.get(language, next(iter(texts.values())))


def _equals(path: str, text: str) -> Predicate:
    return inside(path, lambda field: Compare(field, "=", text))


@dataclass(frozen=True)
class Localized(Place):
    """A text in several languages, of which one is shown: that of the order, else the first. Any of the asker's may be found."""

    path: str

    def code(self, code: Code) -> str | None:
        return code.called(_in_language, code.at(self.path), code.at(f"{WHOLE}.locale"))

    def ask(self, question: Question) -> Predicate:
        if isinstance(question.term.condition, Known):
            return inside(self.path, IsDefined)
        return one_of(Plain(f"{self.path}.{language}").ask(question) for language in question.languages)
