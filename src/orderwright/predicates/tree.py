"""What a predicate says, as a frozen tree; the texts of what is wrong with one.

A tree is made by `grammar.parse`, made fit for a type by `check.check`, and read by `jsonpath.to_jsonpath` and
`closure.compile`. What a node means is told here once, and both readers follow it:

- A field that holds an array stands for each of its elements: `tags = "a"` holds when one element is "a", and
  `lineItems(quantity > 1 and custom is defined)` when one element satisfies all of it.
- Every term is true or false, never unknown. A comparison with a missing or null field is false, also `!=` and
  `not in`: those hold where the field is defined and no element equals the value. `not (x = "a")` also holds without x.
- Values of different JSON types never compare: they are unequal and in no order.
- A missing or null field is empty.
"""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from orderwright.predicates.patterns import Pattern


class PredicateError(Exception):
    """A query parameter that cannot be understood: 400 `InvalidInput` with `message` as it stands.

    `syntax` tells apart what is no predicate at all from one that asks for what is not there; `reason` is the message without
    the parameter.
    """

    def __init__(self, parameter: str, reason: str, *, syntax: bool = False) -> None:
        self.message = f"Malformed parameter: {parameter}: {reason}"
        self.reason = reason
        self.syntax = syntax
        super().__init__(self.message)


class Loose(Struct, frozen=True):
    """The value of a variable that was sent bare: its type is that of the field it meets (`check` decides)."""

    text: str


Operator = Literal["=", "!=", "<", "<=", ">", ">="]
Scalar = str | bool | int | Decimal
Value = Scalar | Loose


class And(Struct, frozen=True):
    terms: tuple["Predicate", ...]


class Or(Struct, frozen=True):
    terms: tuple["Predicate", ...]


class Not(Struct, frozen=True):
    term: "Predicate"


class Nested(Struct, frozen=True):
    """`field(term)`: the object, or one element of the array, satisfies `term`."""

    field: str
    term: "Predicate"


class Compare(Struct, frozen=True):
    field: str
    operator: Operator
    value: Value


class In(Struct, frozen=True):
    """`in`, and `contains any`, which for one element is the same question."""

    field: str
    values: tuple[Value, ...]
    negated: bool = False


class ContainsAll(Struct, frozen=True):
    field: str
    values: tuple[Value, ...]


class IsEmpty(Struct, frozen=True):
    field: str
    negated: bool = False


class IsDefined(Struct, frozen=True):
    field: str
    negated: bool = False


class Matches(Struct, frozen=True):
    """A text at the field has the pattern somewhere in it; what is no text has none."""

    field: str
    pattern: Pattern


class WithinCircle(Struct, frozen=True):
    """The GeoJSON point of `field` lies at most `metres` from the centre, along the surface (degrees east, north)."""

    field: str
    longitude: float
    latitude: float
    metres: float


Predicate = And | Or | Not | Nested | Compare | In | ContainsAll | IsEmpty | IsDefined | Matches | WithinCircle


def conjoined(terms: "tuple[Predicate, ...] | list[Predicate]") -> Predicate:
    """All of `terms`; a single one stands for itself. With none of them it holds for everything."""
    return terms[0] if len(terms) == 1 else And(tuple(terms))


def conjuncts(tree: Predicate) -> tuple[Predicate, ...]:
    """The terms that must all hold, nested `and`s opened."""
    if not isinstance(tree, And):
        return (tree,)
    return tuple(inner for term in tree.terms for inner in conjuncts(term))
