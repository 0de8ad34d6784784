"""What a request for orders asks: the query parameters as predicates, an order, a page and the fields that are to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from orderwright.emporix.q.grammar import OneOf, Term, Word, read_q
from orderwright.emporix.refusals import out_of_range
from orderwright.emporix.table.fields import LOCALIZED, predicate, sort_cases, sort_paths
from orderwright.emporix.table.places import Question
from orderwright.errors import invalid_input
from orderwright.predicates import check
from orderwright.predicates.sort import Sort
from orderwright.predicates.tokens import Source
from orderwright.predicates.tree import Predicate, PredicateError

Parameters = tuple[tuple[str, str], ...]
PAGE_SIZE: Final = 16
MAX_PAGE_SIZE: Final = 500
MAX_OFFSET: Final = 10_000
MAX_SORTINGS: Final = 10
MAX_FIELDS: Final = 100
MAX_LENGTH: Final = 1_000
"""Characters of one field, or one value of a filter."""
FILTERS: Final = ("status", "siteCode", "legalEntityId")
"""Parameters that are no part of `q` and say the value of a field."""


class Asked(Struct, frozen=True):
    """One page of orders: predicates that must all hold, the order, which rows, and the fields that are shown (all, where none
    are named)."""

    where: tuple[Predicate, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int = PAGE_SIZE
    offset: int = 0
    fields: tuple[str, ...] = ()


def asked(parameters: Parameters, languages: tuple[str, ...] = ()) -> Asked:
    """What the decoded parameters of a request ask. `languages` are the project's, in which a text is looked for.

    Raises 400 `InvalidInput`: for `q` and `sort` with what is wrong and where, for a page that is no number from 1, a `pageSize`
    outside 1 to 500, a page that begins beyond 10,000 orders, a status that there is not, and for more than 10 sortings or 100
    fields. Empty values are none; of a parameter that stands twice the last one counts.
    """
    given = {name: value for name, value in parameters if value != ""}
    size = _number(given, "pageSize", PAGE_SIZE, MAX_PAGE_SIZE)
    number = _number(given, "pageNumber", 1, MAX_OFFSET // size + 1)
    filters = tuple(where_field(name, given[name]) for name in FILTERS if name in given)
    return Asked(
        where=(*filters, *where(given.get("q", ""), languages)),
        sort=_sort(given.get("sort", "")),
        limit=size,
        offset=(number - 1) * size,
        fields=_fields(given.get("fields", "")),
    )


def in_languages(parameters: Parameters) -> bool:
    """Whether a `q` may look for a text in the languages of the project, which only such a one has to be read for."""
    return any(name == "q" and any(field in text for field in LOCALIZED) for name, text in parameters)


def names(member: str, fields: Iterable[str]) -> bool:
    """Whether one of the fields is of a member of an order."""
    return any(field.partition(".")[0] == member for field in fields)


def where(q: str, languages: tuple[str, ...] = ()) -> tuple[Predicate, ...]:
    """The terms of a `q` as predicates on orders. Raises 400 `InvalidInput`."""
    source = Source(q, "q")
    try:
        return tuple(check(predicate(Question(term, source, languages)), Any, "q") for term in read_q(q))
    except PredicateError as error:
        raise invalid_input(str(error)) from None


def where_field(field: str, value: str) -> Predicate:
    """That a field has a value, which is taken as it stands. Raises 400 `InvalidInput`."""
    term = Term((field,), OneOf((Word(value, quoted=True, position=0),)), 0)
    try:
        if len(value) > MAX_LENGTH or "\x00" in value or not value.isprintable():
            raise PredicateError(field, f"Expected a text of up to {MAX_LENGTH} characters.")
        return predicate(Question(term, Source(value, field)))
    except PredicateError as error:
        raise invalid_input(str(error)) from None


def _number(given: dict[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))) or not 1 <= int(text) <= most:
        raise out_of_range(name, text, 1, most)
    return int(text)


def _sort(text: str) -> tuple[Sort, ...]:
    keys: list[Sort] = []
    for key in filter(None, map(str.strip, text.split(","))):
        field, _, direction = key.partition(":")
        if len(key) > MAX_LENGTH or direction.lower() not in ("", "asc", "desc") or not field.isprintable():
            raise invalid_input("Malformed parameter: sort: Expected field names, each with ':asc' or ':desc' if any.")
        cases = sort_cases(field)
        paths = (field,) if cases else sort_paths(field)
        if not paths:
            raise invalid_input(f"Malformed parameter: sort: The field '{field}' cannot be sorted by.")
        first, *others = [tuple(path.split(".")) for path in paths]
        keys.append(Sort(first, descending=direction.lower() == "desc", otherwise=tuple(others), cases=cases))
        if len(keys) > MAX_SORTINGS:
            raise invalid_input(f"Malformed parameter: sort: More than {MAX_SORTINGS} sort expressions.")
    return tuple(keys)


def _fields(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))
    if len(found) > MAX_FIELDS or any(len(field) > MAX_LENGTH for field in found):
        raise invalid_input(f"Malformed parameter: fields: Expected at most {MAX_FIELDS} field names.")
    return found
