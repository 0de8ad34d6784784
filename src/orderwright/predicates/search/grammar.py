"""The JSON of a search into its tree. Errors name the place in the JSON, as the API's do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from orderwright.engine.languages import canonical_language
from orderwright.engine.scalars import Locale
from orderwright.errors import ApiError, invalid_input, invalid_json_input
from orderwright.predicates.search import values
from orderwright.predicates.search.fields import CUSTOM_TYPES, FIELD_TYPES, Searchable, field_named, wrong
from orderwright.predicates.search.tree import (
    All,
    AnyOf,
    Exact,
    Exists,
    Field,
    FullText,
    Kind,
    Mode,
    NoneOf,
    Operator,
    Prefix,
    Query,
    Range,
    Simple,
    Sorting,
    Wildcard,
    words_of,
)

MAX_EXPRESSIONS = 50
MAX_SORTINGS = 10
SCORE = "score"
_OPERATORS: Final[Mapping[str, Operator]] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TEXTS = ("text", "localized")
_RANGES = ("number", "date", "time", "datetime")


def parse_query(query: Any, searchable: Searchable) -> Query:
    """Read and check the `query` of a request.

    Raises `InvalidJsonInput` for another form, `InvalidInput` for an unknown field, a value or expression that its type does not
    take, and for more than MAX_EXPRESSIONS expressions.
    """
    return _Reader(searchable).query(query, ".query")


def parse_sort(sort: Any, searchable: Searchable) -> tuple[Sorting, ...]:
    """Read and check the `sort` of a request. Raises as `parse_query`."""
    if len(sort) > MAX_SORTINGS:
        raise invalid_input(f"More than {MAX_SORTINGS} sortings.")
    reader = _Reader(searchable)
    return tuple(reader.sorting(each, f".sort[{place}]") for place, each in enumerate(sort))


class _Reader:
    """Reads one request and counts its expressions."""

    def __init__(self, searchable: Searchable) -> None:
        self._searchable = searchable
        self._count = 0
        self._compound: Mapping[str, Callable[[tuple[Query, ...]], Query]] = {
            "and": All,
            "or": AnyOf,
            "not": NoneOf,
            "filter": lambda terms: All(terms, scored=False),
        }
        self._simple: Mapping[str, Callable[[Mapping[str, Any]], Simple]] = {
            "fullText": self._full_text,
            "fullTextPrefix": self._full_text_prefix,
            "exact": self._exact,
            "prefix": self._prefix,
            "wildcard": self._wildcard,
            "range": self._range,
            "exists": self._exists,
        }

    def query(self, query: Any, at: str) -> Query:
        name, inner = self._only(query, at)
        compound = self._compound.get(name)
        if compound is None:
            return self._expression(name, inner, at)
        if not isinstance(inner, list) or not inner:
            raise _malformed(f"{at}.{name}", "A list of at least one expression is needed.")
        return compound(tuple(self.query(term, f"{at}.{name}[{place}]") for place, term in enumerate(inner)))

    def sorting(self, sort: Mapping[str, Any], at: str) -> Sorting:
        """One key; `sort` has the members of the request's type, checked as far as their types go."""
        name, mode = sort["field"], sort.get("mode")
        descending = sort.get("order", "desc" if name == SCORE else "asc") == "desc"
        way: Mode = mode or ("max" if descending else "min")
        if name == SCORE:
            if len(sort.keys() - {"field", "order"}):
                raise wrong(name, "The relevance is sorted by as it is.")
            return Sorting(None, descending, way)
        field = self._field(sort)
        if field.kind == "object":
            raise wrong(name, "It is an object, which cannot be sorted by.")
        if field.within:
            raise wrong(name, "It stands for many fields, which cannot be sorted by.")
        if field.in_any:
            raise wrong(name, "It is localized, so that a language is needed.")
        if mode in ("avg", "sum") and (field.kind != "number" or (mode == "avg" and field.joined)):
            raise wrong(name, f"It cannot be sorted by with the mode '{mode}'.")
        among = None
        if sort.get("filter") is not None:
            among = self._expression(*self._only(sort["filter"], f"{at}.filter"), f"{at}.filter")
            if among.field.joined or field.joined:
                raise wrong(name, "A sort filter takes fields of the document itself only.")
        return Sorting(field, descending, way, among)

    def _only(self, query: Any, at: str) -> tuple[str, Any]:
        """The one member of an expression."""
        self._count += 1
        if self._count > MAX_EXPRESSIONS:
            raise invalid_input(f"The query has more than {MAX_EXPRESSIONS} expressions.")
        named = {name: inner for name, inner in query.items() if inner is not None} if isinstance(query, dict) else {}
        if len(named) != 1:
            raise self._unknown(at)
        return next(iter(named.items()))

    def _unknown(self, at: str) -> ApiError:
        *names, last = (f"[{name}]" for name in self._searchable.expressions)
        simple = f"{', '.join(names)} or {last}"
        return _malformed(at, f"Exactly one {simple} expression needed, or one of [and], [or], [not] and [filter].")

    def _expression(self, name: str, inner: Any, at: str) -> Simple:
        if name not in self._searchable.expressions:
            raise self._unknown(at)
        read = self._simple[name]
        if not isinstance(inner, dict) or not isinstance(inner.get("field"), str):
            raise _malformed(f"{at}.{name}", "An object with a [field] is needed.")
        return read(inner)

    def _field(self, inner: Mapping[str, Any]) -> Field:
        language = inner.get("language")
        if language is not None:
            try:
                language = canonical_language(msgspec.convert(language, Locale))
            except msgspec.ValidationError:
                raise wrong(inner["field"], "The language is no locale.") from None
        return field_named(inner["field"], self._searchable, _declared(inner), language)

    def _text_field(self, inner: Mapping[str, Any], expression: str) -> Field:
        field = self._field(inner)
        if field.kind == "any":
            raise wrong(field.name, "Type is missing.")
        if field.kind not in _TEXTS:
            raise wrong(field.name, f"It is no text, so that [{expression}] cannot be asked of it.")
        return _in_one_language(field)

    def _exact(self, inner: Mapping[str, Any]) -> Simple:
        field = self._field(inner)
        given = [inner["value"]] if inner.get("value") is not None else inner.get("values")
        if not isinstance(given, list) or not given or (inner.get("value") is not None and inner.get("values") is not None):
            raise wrong(field.name, "A value is needed.")
        if len(given) > MAX_EXPRESSIONS:
            raise wrong(field.name, f"More than {MAX_EXPRESSIONS} values.")
        found = tuple(values.scalar(field, value) for value in given)
        ignoring = _flag(field, inner, "caseInsensitive") and field.kind in _TEXTS
        return Exact(_in_one_language(field), found, ignoring, values.boost(field, inner.get("boost")))

    def _full_text(self, inner: Mapping[str, Any]) -> Simple:
        return self._words(inner, "fullText", prefixes=False)

    def _full_text_prefix(self, inner: Mapping[str, Any]) -> Simple:
        return self._words(inner, "fullTextPrefix", prefixes=True)

    def _words(self, inner: Mapping[str, Any], expression: str, *, prefixes: bool) -> Simple:
        field = self._text_field(inner, expression)
        match = inner.get("mustMatch") or "all"
        if match not in ("all", "any"):
            raise wrong(field.name, "[mustMatch] must be 'all' or 'any'.")
        words = words_of(values.text(field, inner.get("value")))
        return FullText(field, words, match == "all", values.boost(field, inner.get("boost")), prefixes)

    def _prefix(self, inner: Mapping[str, Any]) -> Simple:
        field = self._text_field(inner, "prefix")
        value, ignoring = values.text(field, inner.get("value")), _flag(field, inner, "caseInsensitive")
        return Prefix(field, value, ignoring, values.boost(field, inner.get("boost")))

    def _wildcard(self, inner: Mapping[str, Any]) -> Simple:
        field = self._text_field(inner, "wildcard")
        value, ignoring = values.text(field, inner.get("value")), _flag(field, inner, "caseInsensitive")
        return Wildcard(field, value, ignoring, values.boost(field, inner.get("boost")))

    def _range(self, inner: Mapping[str, Any]) -> Simple:
        field = self._field(inner)
        given = [(operator, inner[name]) for name, operator in _OPERATORS.items() if inner.get(name) is not None]
        if not given:
            raise wrong(field.name, "At least one of [gt], [gte], [lt] and [lte] is needed.")
        if field.kind not in (*_RANGES, "any"):
            raise wrong(field.name, "It is in no order, so that [range] cannot be asked of it.")
        bounds = tuple((operator, values.scalar(field, value)) for operator, value in given)
        return Range(field, bounds, values.boost(field, inner.get("boost")))

    def _exists(self, inner: Mapping[str, Any]) -> Simple:
        field = self._field(inner)
        return Exists(field, values.boost(field, inner.get("boost")))


def _in_one_language(field: Field) -> Field:
    if field.in_any:
        raise wrong(field.name, "It is localized, so that a language is needed.")
    return field


def _declared(inner: Mapping[str, Any]) -> Kind | None:
    """What the request takes the field for."""
    for member, known in (("customType", CUSTOM_TYPES), ("fieldType", FIELD_TYPES)):
        name = inner.get(member)
        if name is not None:
            if not isinstance(name, str) or name not in known:
                raise wrong(inner["field"], f"The {member} must be one of {', '.join(known)}.")
            return known[name]
    return None


def _flag(field: Field, inner: Mapping[str, Any], name: str) -> bool:
    value = inner.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong(field.name, f"[{name}] must be true or false.")
    return bool(value)


def _malformed(at: str, reason: str) -> ApiError:
    return invalid_json_input(f"Invalid JSON at '{at[:200]}': {reason}")
