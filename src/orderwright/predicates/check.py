"""A predicate against the type it asks about: fields that exist, values of the fields' types, date-times in one form."""

import functools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, assert_never

from msgspec import Struct
from msgspec.structs import replace

from orderwright.engine.languages import canonical_language
from orderwright.engine.scalars import DateTime, number
from orderwright.predicates.fields import Kind, Place, root
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
    Scalar,
    Value,
    WithinCircle,
    conjoined,
)


def check(tree: Predicate, model: Any, parameter: str = "where") -> Predicate:
    """The same predicate, fit for documents of `model` (a Struct, a union of them, or Any: then only variables are settled).

    Date-time literals of date-time fields are put into the form that is stored (UTC, milliseconds), and the values of bare
    variables take the field's type; where the type is open (custom fields) such a value may be a number, a boolean
    or a string, and each of them matches. Raises PredicateError for a field that the type does not have, for a
    value of another type than the field's, for a comparison with an object, and for `within circle` below a nested field.
    """
    return _Check(parameter).tree(tree, root(model))


class _Check(Struct, frozen=True):
    parameter: str

    def tree(self, tree: Predicate, at: Place, nested: bool = False) -> Predicate:
        match tree:
            case And(terms):
                return And(tuple(self.tree(term, at, nested) for term in terms))
            case Or(terms):
                return Or(tuple(self.tree(term, at, nested) for term in terms))
            case Not(term):
                return Not(self.tree(term, at, nested))
            case Nested(field, term):
                return Nested(at.spelled(field), self.tree(term, self._inside(at, field), nested=True))
            case Compare() | In() | ContainsAll():
                found = self._field(at, tree.field)
                return self._comparison(replace(tree, field=at.spelled(tree.field)), found)
            case Matches(field):
                return self._matching(replace(tree, field=at.spelled(field)), self._field(at, field))
            case WithinCircle() if nested:  # the database measures from a resource's own field only
                raise self._error("'within circle' applies to a field of the resource itself.")
            case IsEmpty(field) | IsDefined(field) | WithinCircle(field):
                self._field(at, field)
                return replace(tree, field=at.spelled(field))
        assert_never(tree)

    def _error(self, reason: str) -> PredicateError:
        return PredicateError(self.parameter, reason)

    def _field(self, at: Place, field: str) -> Place:
        found = at.field(field)
        if found is None:
            raise self._error(f"The field '{field}' does not exist.")
        return found

    def _inside(self, at: Place, field: str) -> Place:
        inside = self._field(at, field)
        if inside.kinds.isdisjoint(("object", "any")):
            raise self._error(f"The field '{field}' has no fields of its own.")
        return inside

    def _comparison(self, tree: Compare | In | ContainsAll, at: Place) -> Predicate:
        field = tree.field
        mean = functools.partial(self._meanings, field, at.kinds, at.of_languages)
        match tree:
            case Compare(operator=operator, value=value):
                meant = mean(value)
                if len(meant) > 1 and operator in ("=", "!="):
                    return In(field, meant, negated=operator == "!=")
                one_each = tuple(Compare(field, operator, scalar) for scalar in meant)
                return one_each[0] if len(one_each) == 1 else Or(one_each)
            case In(values=values, negated=negated):
                return In(field, tuple(scalar for value in values for scalar in mean(value)), negated)
            case ContainsAll(values=values):
                meanings = [mean(value) for value in values]
                if all(len(meant) == 1 for meant in meanings):
                    return ContainsAll(field, tuple(meant[0] for meant in meanings))
                return conjoined([In(field, meant) for meant in meanings])
        assert_never(tree)

    def _matching(self, tree: Matches, at: Place) -> Predicate:
        # The one form of a date and time is a text, but none that a client knows.
        if at.kinds.isdisjoint(("string", "any")):
            raise self._error(f"The field '{tree.field}' is no text, which a pattern could be looked for in.")
        return tree

    def _meanings(self, field: str, kinds: frozenset[Kind], of_languages: bool, value: Value) -> tuple[Scalar, ...]:
        """What a value may mean at a field; more than one only for a bare variable at a field of open type."""
        candidates: Sequence[Scalar] = _readings(value.text) if isinstance(value, Loose) else (value,)
        # A Message's own fields are open, but a date-time of its envelope is one all the same.
        if "any" in kinds and "date-time" not in kinds:
            return tuple(candidates)
        for candidate in candidates:
            kind = kind_of(candidate)
            if kind in kinds:
                return (canonical_language(candidate) if isinstance(candidate, str) and of_languages else candidate,)
            if kind == "string" and "date-time" in kinds:
                return (self._date_time(field, str(candidate)),)
        raise self._error(_mismatch(field, kind_of(candidates[0]), kinds))

    def _date_time(self, field: str, text: str) -> str:
        try:
            return str.__str__(DateTime.parse(text))
        except (ValueError, OverflowError):
            raise self._error(f"The field '{field}' expects a date and time, such as \"2017-01-04T19:54:49.797Z\".") from None


def kind_of(value: Scalar) -> Kind:
    """The JSON type of a value."""
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "number"


def _readings(text: str) -> tuple[Scalar, ...]:
    """What a bare variable may mean: the text itself, and the number or boolean that it spells."""
    if text in ("true", "false"):
        return (text, text == "true")
    spelled: int | Decimal | None = number(text)
    return (text,) if spelled is None else (text, spelled)


def _mismatch(field: str, kind: Kind, kinds: frozenset[Kind]) -> str:
    if kinds == {"object"}:
        return f"The field '{field}' is an object: its fields are compared as '{field}(...)'."
    return f"The field '{field}' expects a {' or a '.join(sorted(kinds - {'object', 'any'}))}, not a {kind}."
