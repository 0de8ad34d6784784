"""A predicate that says so where it compares what is not there, instead of being false."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orderwright.predicates.closure import compile
from orderwright.predicates.tree import And, IsDefined, IsEmpty, Nested, Not, Or, Predicate

Test = Callable[[Any], bool]


class MissingFieldError(Exception):
    """A field that is compared is not present."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def strictly(tree: Predicate) -> Test:
    """As `compile`, but the function raises MissingFieldError where it comes to a comparison with a field that the object has
    not, or looks inside one. It goes from left to right, and no further than it must: `custom is defined and custom(...)`.

    An element of an array that lacks a field is not meant, and raises nothing.
    """
    match tree:
        case And(terms):
            every = tuple(map(strictly, terms))
            return lambda at: all(test(at) for test in every)
        case Or(terms):
            some = tuple(map(strictly, terms))
            return lambda at: any(test(at) for test in some)
        case Not(term):
            negated = strictly(term)
            return lambda at: not negated(at)
        case IsDefined() | IsEmpty():
            return compile(tree)
        case Nested(field, term):
            return _inside(field, strictly(term), compile(tree))
    return _present(tree.field, compile(tree))


def _inside(field: str, inner: Test, leniently: Test) -> Test:
    def test(at: Any) -> bool:
        value = _member(at, field)
        return leniently(at) if isinstance(value, list) else inner(value)

    return test


def _present(field: str, comparison: Test) -> Test:
    def test(at: Any) -> bool:
        _member(at, field)
        return comparison(at)

    return test


def _member(at: Any, field: str) -> Any:
    value = at.get(field) if isinstance(at, dict) else None
    if value is None:
        raise MissingFieldError(field)
    return value
