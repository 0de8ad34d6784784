"""A predicate as one PostgreSQL jsonpath, for `query @? path`.

Every term is an `exists(...)` over a filter: true or false, never unknown, so that `not` means what it says, and still
of the `==` form that a jsonb_path_ops index answers. In lax mode a filter, a member and a comparison each open an array,
which is how a field stands for its elements.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import assert_never

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
    PredicateError,
    Value,
    WithinCircle,
)


def to_jsonpath(tree: Predicate, parameter: str = "where") -> str:
    """The jsonpath that yields an item exactly for the documents that satisfy `tree`; literals stand inside, escaped.

    Raises PredicateError for `within circle`, which jsonpath cannot compute: `storage/queries/query_terms.py` asks SQL instead.
    """
    return f"$ ? ({_expression(tree, parameter)})"


def names_a_value(tree: Predicate) -> bool:
    """Whether every document that satisfies `tree` holds a value which `tree` names, so that a jsonb_path_ops index finds it."""
    match tree:
        case And(terms):
            return any(map(names_a_value, terms))
        case Or(terms):
            return bool(terms) and all(map(names_a_value, terms))
        case Nested(_, term):
            return names_a_value(term)
        case Compare(_, operator):
            return operator == "="
        case In(_, values, negated):
            return bool(values) and not negated
        case ContainsAll(_, values):
            return bool(values)
    return False


def _expression(tree: Predicate, parameter: str) -> str:
    match tree:
        case And(terms):
            return _joined("&&", [_expression(term, parameter) for term in terms])
        case Or(terms):
            return _joined("||", [_expression(term, parameter) for term in terms])
        case Not(term):
            return f"!({_expression(term, parameter)})"
        case Nested(field, term):
            return f"exists({_member(field)} ? ({_expression(term, parameter)}))"
        case Compare(field, "!=", value):
            return _unless(field, [value])
        case Compare(field, operator, value):
            return f"exists({_member(field)} ? (@ {'==' if operator == '=' else operator} {literal(value)}))"
        case In(field, values, negated):
            return _unless(field, values) if negated else _any(field, values)
        case ContainsAll(field, values):
            return _joined("&&", [_any(field, [value]) for value in values])
        case IsEmpty(field, negated):
            return _not_if(not negated, f"exists({_member(field)} ? (@ != null))")
        case IsDefined(field, negated):
            return _not_if(negated, _defined(field))
        case Matches(field, pattern):
            return f"exists({_member(field)} ? (@ like_regex {literal(pattern.text)}))"
        case WithinCircle():
            raise PredicateError(parameter, "'within circle' applies to a field of the resource itself.")
    assert_never(tree)


def _not_if(negated: bool, expression: str) -> str:
    return f"!({expression})" if negated else expression


def _defined(field: str) -> str:
    # type() looks at an array as a whole, so that an empty one is defined.
    return f'({_member(field)}.type() != "null")'


def _any(field: str, values: Sequence[Value]) -> str:
    return f"exists({_member(field)} ? ({_joined('||', [f'@ == {literal(value)}' for value in values])}))"


def _unless(field: str, values: Sequence[Value]) -> str:
    return f"({_defined(field)} && !({_any(field, values)}))"


def _joined(operator: str, parts: Sequence[str]) -> str:
    # Halved again and again: PostgreSQL reads a chain as deep as it is long, and its stack is not.
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_joined(operator, parts[:middle])} {operator} {_joined(operator, parts[middle:])})"


def _member(field: str) -> str:
    return f"@.{json.dumps(field, ensure_ascii=False)}"


def literal(value: Value) -> str:
    """A value as it stands in a jsonpath."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Loose():
            raise TypeError("a bare variable has no type before check()")
    assert_never(value)
