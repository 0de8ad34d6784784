"""What a predicate means, once more, as a function over plain JSON (dict, list, str, int, float, bool, None).

No request runs it. It is the oracle that tests hold the jsonpath against, on documents worked out by hand and on random ones.
As there, a member access, a filter and a comparison each open an array once.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, assert_never

from orderwright.engine.scalars import Number
from orderwright.predicates.rule import ORDER, Test
from orderwright.predicates.tree import (
    And,
    Compare,
    ContainsAll,
    In,
    IsDefined,
    IsEmpty,
    Loose,
    Nested,
    Not,
    Or,
    Predicate,
    Value,
    WithinCircle,
    reach,
)
from orderwright.predicates.vocabulary import Typed, typed


def asks(tree: Predicate) -> Test:
    """A function that tells whether a document satisfies `tree`."""
    match tree:
        case And(terms):
            return _all(tuple(map(asks, terms)))
        case Or(terms):
            return _one(tuple(map(asks, terms)))
        case Not(term):
            inner = asks(term)
            return lambda at: not inner(at)
        case Nested(field, term):
            return _nested(field, asks(term))
        case Compare(field, "=", value):
            return _leaf(field, _equal((value,)))
        case Compare(field, "!=", value):
            return _none_equal(field, (value,))
        case Compare(field, symbol, value):
            return _leaf(field, _ordered(ORDER[symbol], value))
        case In(field, values, negated):
            return _none_equal(field, values) if negated else _leaf(field, _equal(values))
        case ContainsAll(field, values):
            return _all(tuple(_leaf(field, _equal((value,))) for value in values))
        case IsEmpty(field, negated):
            filled = _leaf(field, lambda value: value is not None)
            return filled if negated else lambda at: not filled(at)
        case IsDefined(field, negated):
            return (lambda at: not _defined(at, field)) if negated else (lambda at: _defined(at, field))
        case WithinCircle():
            return _within(tree)
    assert_never(tree)


def _all(tests: tuple[Test, ...]) -> Test:
    return lambda at: all(test(at) for test in tests)


def _one(tests: tuple[Test, ...]) -> Test:
    return lambda at: any(test(at) for test in tests)


def _members(at: Any, field: str) -> Sequence[Any]:
    if isinstance(at, dict):
        return (at[field],) if field in at else ()
    if isinstance(at, list):
        return [item[field] for item in at if isinstance(item, dict) and field in item]
    return ()


def _nested(field: str, inner: Test) -> Test:
    def test(at: Any) -> bool:
        return any(any(map(inner, value)) if isinstance(value, list) else inner(value) for value in _members(at, field))

    return test


def _leaf(field: str, accepts: Test) -> Test:
    """Whether any value at the field is accepted: itself, an element of it, or an element of an element."""

    def test(at: Any) -> bool:
        return any(
            any(map(accepts, _opened(value))) if isinstance(value, list) else accepts(value) for value in _members(at, field)
        )

    return test


def _opened(array: list[Any]) -> Iterator[Any]:
    for item in array:
        if isinstance(item, list):
            yield from item
        else:
            yield item


def _defined(at: Any, field: str) -> bool:
    return any(value is not None for value in _members(at, field))


def _none_equal(field: str, values: tuple[Value, ...]) -> Test:
    equal = _leaf(field, _equal(values))
    return lambda at: _defined(at, field) and not equal(at)


def _equal(values: tuple[Value, ...]) -> Test:
    if len(values) == 1 and isinstance(values[0], str):
        only = values[0]
        return lambda value: bool(value == only)
    # With their JSON types, so that 1 and true differ.
    wanted = frozenset(map(_known, values))
    return lambda value: typed(value) in wanted


def _known(value: Value) -> Typed:
    """Raises TypeError for a variable whose type `check` has not told yet."""
    if isinstance(value, Loose):
        raise TypeError("a bare variable has no type before check()")
    return typed(value)


def _ordered(compare: Callable[[Any, Any], bool], value: Value) -> Test:
    kind, limit = _known(value)

    def accepts(found: Any) -> bool:
        found_kind, scalar = typed(found)
        return found_kind == kind and compare(scalar, limit)

    return accepts


def _within(circle: WithinCircle) -> Test:
    limit = reach(circle.metres)
    longitude, latitude = math.radians(circle.longitude), math.radians(circle.latitude)

    def near(east: Number, north: Number) -> bool:
        if not (-180 <= east <= 180 and -90 <= north <= 90):
            return False  # no degrees on Earth
        across = math.cos(latitude) * math.cos(math.radians(north)) * math.sin((math.radians(east) - longitude) / 2) ** 2
        return math.sin((math.radians(north) - latitude) / 2) ** 2 + across <= limit

    def test(at: Any) -> bool:
        for point in _members(at, circle.field):
            match point:
                case {"coordinates": [east, north, *_]} if isinstance(east, Number) and isinstance(north, Number):
                    if near(east, north):
                        return True
        return False

    return test
