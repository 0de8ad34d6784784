"""A predicate as a function over plain JSON (dict, list, str, int, float, bool, None), for what is decided in memory.

It says what the jsonpath says; `tests/predicates` holds both against random documents. As there, a member access, a filter
and a comparison each open an array once.
"""

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, assert_never

from orderwright.engine.scalars import Number
from orderwright.predicates.tree import (
    And,
    Compare,
    ContainsAll,
    In,
    IsDefined,
    IsEmpty,
    Loose,
    Matches,
    Nested,
    Not,
    Or,
    Predicate,
    Value,
    WithinCircle,
)

EARTH_RADIUS = 6_371_000
"""Metres: the mean radius."""

Test = Callable[[Any], bool]
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compile(tree: Predicate) -> Test:
    """A function that tells whether a document satisfies `tree`; build it once and call it often."""
    match tree:
        case And(terms):
            return _all(tuple(map(compile, terms)))
        case Or(terms):
            return _one(tuple(map(compile, terms)))
        case Not(term):
            inner = compile(term)
            return lambda at: not inner(at)
        case Nested(field, term):
            return _nested(field, compile(term))
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
        case IsEmpty() | IsDefined():
            return _known(tree)
        case Matches(field, pattern):
            search = pattern.compiled().search
            return _leaf(field, lambda value: isinstance(value, str) and search(value) is not None)
        case WithinCircle():
            return _within(tree)
    assert_never(tree)


def _all(tests: tuple[Test, ...]) -> Test:
    def test(at: Any) -> bool:
        for one in tests:  # noqa: SIM110 - a generator for all() would cost more than most of the tests
            if not one(at):
                return False
        return True

    return test


def _one(tests: tuple[Test, ...]) -> Test:
    def test(at: Any) -> bool:
        for one in tests:  # noqa: SIM110 - as in _all
            if one(at):
                return True
        return False

    return test


def _members(at: Any, field: str) -> Sequence[Any]:
    if isinstance(at, dict):
        return (at[field],) if field in at else ()
    if isinstance(at, list):
        return [item[field] for item in at if isinstance(item, dict) and field in item]
    return ()


def _nested(field: str, inner: Test) -> Test:
    def test(at: Any) -> bool:
        for value in _members(at, field):  # noqa: SIM110 - as in _all
            if any(map(inner, value)) if isinstance(value, list) else inner(value):
                return True
        return False

    return test


def _leaf(field: str, accepts: Test) -> Test:
    """Whether any value at the field is accepted: itself, an element of it, or an element of an element."""

    def test(at: Any) -> bool:
        for value in _members(at, field):
            if any(map(accepts, _opened(value))) if isinstance(value, list) else accepts(value):
                return True
        return False

    return test


def _opened(array: list[Any]) -> Iterator[Any]:
    for item in array:
        if isinstance(item, list):
            yield from item
        else:
            yield item


def _known(tree: IsEmpty | IsDefined) -> Test:
    field, negated = tree.field, tree.negated
    if isinstance(tree, IsDefined):
        return (lambda at: not _defined(at, field)) if negated else (lambda at: _defined(at, field))
    filled = _leaf(field, lambda value: value is not None)
    return filled if negated else lambda at: not filled(at)


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
    wanted = frozenset(map(typed, values))
    return lambda value: typed(value) in wanted


def _ordered(compare: Callable[[Any, Any], bool], value: Value) -> Test:
    kind, limit = typed(value)

    def accepts(found: Any) -> bool:
        found_kind, scalar = typed(found)
        return found_kind == kind and compare(scalar, limit)

    return accepts


def typed(value: Any) -> tuple[str, Any]:
    """A scalar with its JSON type, numbers exactly as they are written; what is no scalar is of type "none"."""
    match value:
        case str():
            return ("string", value)
        case bool():
            return ("boolean", value)
        case int() | Decimal():
            return ("number", value)
        case float():
            return ("number", Decimal(repr(value)))
        case Loose():
            raise TypeError("a bare variable has no type before check()")
    return ("none", None)


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


def reach(metres: float) -> float:
    """The haversine of a way along the surface, which a point's haversine from the centre must not exceed.

    Comparing haversines spares the arc sine, and with it arguments that rounding lifts above 1.
    """
    angle = metres / EARTH_RADIUS
    return math.sin(angle / 2) ** 2 if angle < math.pi else math.inf
