"""What a search asks, checked: the tree that `storage/queries/search_terms.py` compiles. What a node means is told here once:

- A field that leads through arrays stands for every value at the end of its path, and an expression holds if one of them
  satisfies it. Expressions are independent of each other: two of them may be satisfied by different elements of an array.
- An expression is true or false, never unknown: about a field without a value it is false, and so a `not` of it true.
- Values of different JSON types are never equal and in no order. Text is compared by its characters' numbers.
- The words of a text are its runs of letters and digits (`words_of`), whatever their case.
- The relevance of a hit is the weight (`boost`) of the expressions that it satisfies, as a part of all weight there is.
  A full text with `mustMatch: any` scores the share of its words that were found. What stands in `filter` and `not` has no
  weight; where nothing has, the relevance is 1.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Kind = Literal["text", "localized", "number", "boolean", "date", "time", "datetime", "object", "any"]
"""What stands at the end of a path. `any` is a field that the type leaves open; the request may say what it takes it for."""

Scalar = str | bool | int | Decimal
Operator = Literal["<", "<=", ">", ">="]
Mode = Literal["min", "max", "avg", "sum"]

# All ASCII but letters and digits, what Latin-1 and the punctuation blocks have in signs: said in characters' numbers, so
# that every database, whatever its locale, splits a text as this does.
NO_WORD = (
    "[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00bf\\u00d7\\u00f7\\u2000-\\u206f\\u2e00-\\u2e7f\\u3000-\\u303f]+"
)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, each once whatever its case, in their order."""
    return tuple({word.lower(): word for word in re.split(NO_WORD, text) if word}.values())


class Field(Struct, frozen=True):
    """A field as the request names it, and the JSON members that lead to it.

    `joined` is the type of the document in which the path begins, where it is not the searched one. `in_any` language means
    one more member of any name at the end. With `within` there is no path: it stands for every text at or below these members.
    """

    name: str
    kind: Kind
    path: tuple[str, ...]
    joined: str | None = None
    in_any: bool = False
    within: tuple[str, ...] = ()


class Exact(Struct, frozen=True):
    """The whole value is one of these."""

    field: Field
    values: tuple[Scalar, ...]
    ignoring_case: bool = False
    boost: float = 1.0


class FullText(Struct, frozen=True):
    """Every word is among those of the field, or any of them is; as `prefixes`, if one of those begins with it."""

    field: Field
    words: tuple[str, ...]
    every: bool = True
    boost: float = 1.0
    prefixes: bool = False


class Prefix(Struct, frozen=True):
    """The value begins so."""

    field: Field
    value: str
    ignoring_case: bool = False
    boost: float = 1.0


class Wildcard(Struct, frozen=True):
    """The whole value has the form: a `*` stands for any characters, a `?` for one; a backslash before them for themselves."""

    field: Field
    value: str
    ignoring_case: bool = False
    boost: float = 1.0


class Range(Struct, frozen=True):
    """One value lies within all bounds."""

    field: Field
    bounds: tuple[tuple[Operator, Scalar], ...]
    boost: float = 1.0


class Exists(Struct, frozen=True):
    """There is a value: not null, and not an empty array."""

    field: Field
    boost: float = 1.0


class All(Struct, frozen=True):
    """`and`; with `scored` false `filter`, which has no weight."""

    terms: tuple[Query, ...]
    scored: bool = True


class AnyOf(Struct, frozen=True):
    """`or`."""

    terms: tuple[Query, ...]


class NoneOf(Struct, frozen=True):
    """`not`: none of them holds."""

    terms: tuple[Query, ...]


Simple = Exact | FullText | Prefix | Wildcard | Range | Exists
Query = Simple | All | AnyOf | NoneOf


class Sorting(Struct, frozen=True):
    """One key of the order; without a field it is the relevance.

    Of several values `mode` makes one. `among` leaves only the values of those elements that satisfy it: elements of the last
    object or array that both paths go through.
    """

    field: Field | None
    descending: bool
    mode: Mode
    among: Simple | None = None
