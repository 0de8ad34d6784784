"""The expressions of a search as parts of a SQL statement; nothing here talks to a database.

Those on fields that are typed columns become conditions on the columns, others one jsonpath each over `query`, which its
GIN index serves for equality. What jsonpath cannot say (case, words, wildcards) is asked of each value that a jsonpath finds.
All texts from outside are arguments: inside a jsonpath they are quoted, for LIKE its own signs are escaped, and no regular
expression is made of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from orderwright.predicates.jsonpath import literal
from orderwright.predicates.search.tree import (
    NO_WORD,
    All,
    AnyOf,
    Exact,
    Exists,
    Field,
    FullText,
    NoneOf,
    Prefix,
    Query,
    Range,
    Scalar,
    Simple,
    Sorting,
    Wildcard,
)
from orderwright.storage.documents.columns import PARAMETERS, Collection, Column, Statement, as_sent, in_text_order
from orderwright.storage.queries.query_terms import INDEXED


class _Link(Struct, frozen=True):
    """How a document is joined with those it refers to: `outer` of its own row is `inner` of theirs."""

    outer: str
    inner: str
    beside: str = ""


_LINKS: Final = {
    "store": _Link("document.store_key", "j.key"),
    "state": _Link("document.query #>> '{state,id}'", "j.id::text"),
    "customer-group": _Link("document.query #>> '{customerGroup,id}'", "j.id::text"),
    # Who uses a payment holds the claim on it, which is found by the payment's id without reading any order.
    "payment": _Link(
        "document.id",
        "c.owner",
        " JOIN claim c ON c.shard = j.shard AND c.kind = 'payment.use' AND c.value = j.id::text AND c.value >= ''",
    ),
}


class _Place(Struct, frozen=True):
    """Where a field's values are: in the rows of a collection, or in a JSON value to which some steps of its path have led."""

    source: Collection | None = None
    value: str = ""
    behind: int = 0

    def column(self, field: Field) -> Column | None:
        """The column of a field, which is null exactly where the document lacks the field."""
        return self.source.columns.get(".".join(field.path)) if self.source else None

    def document(self, *fields: Field) -> str:
        """The JSON that holds the fields."""
        if self.source is None:
            return self.value
        bulky = any(_leads_into(field, name) for field in fields for name in self.source.bulk)
        return "body::jsonb" if bulky else "query"

    def path(self, field: Field) -> str:
        """The jsonpath from that JSON to the field's values."""
        if field.within:
            members = " || ".join(f"@.key == {literal(name)}" for name in field.within)
            return f"$.keyvalue() ? ({members}).value.**"
        return "$" + "".join(f".{json.dumps(step)}" for step in field.path[self.behind :]) + (".*" if field.in_any else "")


class SearchCompiler:
    """A statement in the making: its arguments, and what was compiled with them.

    `frequent` is a search that so many documents satisfy that its hits are best met on the way through the order.
    """

    def __init__(self, source: Collection, shard: str, frequent: bool = False) -> None:
        self._args: list[Any] = []
        self._searched = _Place(source=source)
        self._shard = self.bind(shard)
        self._frequent = frequent
        self.confined = f"shard = {self._shard} AND type = {self.bind(source.type)}"

    def bind(self, value: Any) -> str:
        self._args.append(value)
        return f"${len(self._args)}"

    def statement(self, text: str) -> Statement:
        return Statement(text, tuple(self._args))

    def where(self, query: Query) -> str:
        return f"{self.confined} AND {self.condition(query)}"

    def walkable(self, query: Query, sort: Sequence[Sorting]) -> bool:
        """Whether the hits are in an order that columns give."""
        by_columns = (each.field is not None and self._column_of(each.field) is not None for each in sort)
        return all(by_columns) if sort else not _varies(query)

    def in_order(self, query: Query, sort: Sequence[Sorting]) -> bool:
        """Whether columns alone decide, and an index has what they find in the order of creation, which is asked for."""
        terms = query.terms if isinstance(query, All) else (query,)
        if sort and (len(sort) > 1 or sort[0].field is None or sort[0].field.path != ("createdAt",)):
            return False
        found = []
        for term in terms:
            column = self._column_of(term.field) if isinstance(term, Exact | Range) else None
            if column is None or (isinstance(term, Exact) and (term.ignoring_case or len(term.values) > 1)):
                return False
            found.append(column.name if isinstance(term, Exact) or column.name == "created_at" else "")
        return all(INDEXED.get(name) == "created_at" for name in found)

    def condition(self, query: Query) -> str:
        match query:
            case All(terms):
                return f"({' AND '.join(map(self.condition, terms))})"
            case AnyOf(terms):
                return f"({' OR '.join(map(self.condition, terms))})"
            case NoneOf(terms):
                # A column that is null makes a condition null, which is not true.
                return f"(({' OR '.join(map(self.condition, terms))}) IS NOT TRUE)"
            case _:
                return self._simple(query)

    def _simple(self, term: Simple) -> str:
        if isinstance(term, FullText) and not term.words:
            return "false"
        if term.field.joined is None:
            return self._at(term, self._searched)
        link = _LINKS[term.field.joined]
        inner = f"FROM document j{link.beside} WHERE j.shard = {self._shard} AND j.type = {self.bind(term.field.joined)}"
        return f"{link.outer} IN (SELECT {link.inner} {inner} AND {self._at(term, _Place(value='j.query'))})"

    def _at(self, term: Simple, place: _Place) -> str:
        column = place.column(term.field)
        return self._by_jsonpath(term, place) if column is None else self._by_column(term, column)

    def _by_column(self, term: Simple, column: Column) -> str:
        match term:
            case Exists():
                return f"{column.name} IS NOT NULL"
            case Exact(values=values, ignoring_case=False):
                sent = [value for value in (as_sent(column.kind, value) for value in values) if value is not None]
                if self._frequent and len(sent) == 1:  # as an equality, behind which an index has the others in order
                    return f"{column.name} = {self.bind(sent[0])}::{PARAMETERS[column.kind]}"
                return f"{column.name} = ANY ({self.bind(sent)}::{PARAMETERS[column.kind]}[])"
            case Range(bounds=bounds):
                parts = [f"{column.name} {operator} {self._sent(column, value)}" for operator, value in bounds]
                return f"({' AND '.join(parts)})"
        text = _as_text(column)
        return self._of_words(term, text) if isinstance(term, FullText) else f"({self._of_text(term, text)})"

    def _sent(self, column: Column, value: Scalar) -> str:
        return f"{self.bind(as_sent(column.kind, value))}::{PARAMETERS[column.kind]}"

    def _by_jsonpath(self, term: Simple, place: _Place) -> str:
        path, document = place.path(term.field), place.document(term.field)
        match term:
            case Exact(values=values, ignoring_case=False):
                test = " || ".join(f"@ == {literal(value)}" for value in values)
            case Range(bounds=bounds):
                test = " && ".join(f"@ {operator} {literal(value)}" for operator, value in bounds)
            case Prefix(value=value, ignoring_case=False):
                test = f"@ starts with {literal(value)}"
            case Exists():
                test = "@ != null"
            case FullText():
                words = self._of_words(term, _TEXT, self._values(document, path, "string"))
                return f"({self._mentions(term, document)} AND {words})" if term.field.within else words
            case _:
                return f"EXISTS (SELECT 1 {self._values(document, path, 'string')} WHERE {self._of_text(term, _TEXT)})"
        found = f"{self.bind(f'{path} ? ({test})')}::jsonpath"
        # The function means what the operator does, and no index serves it.
        walked = self._frequent and place is self._searched
        return f"jsonb_path_exists({document}, {found}, '{{}}', true)" if walked else f"{document} @? {found}"

    def _values(self, document: str, path: str, kind: str) -> str:
        """The values of one JSON type at the end of a path, as `found.value`."""
        typed = f'{path} ? (@.type() == "{kind}")'
        return f"FROM jsonb_path_query({document}, {self.bind(typed)}::jsonpath) AS found(value)"

    def _of_text(self, term: Simple, text: str) -> str:
        match term:
            case Exact(values=values):
                return f"lower({text}) = ANY (ARRAY(SELECT lower(unnest({self.bind(list(map(str, values)))}::text[]))))"
            case Prefix(value=value, ignoring_case=ignoring):
                return f"starts_with({_folded(text, ignoring)}, {_folded(f'{self.bind(value)}::text', ignoring)})"
            case Wildcard(value=value, ignoring_case=ignoring):
                return f"{_folded(text, ignoring)} LIKE {_folded(f'{self.bind(_like(value))}::text', ignoring)}"
        raise TypeError(f"{type(term).__name__} asks nothing of a text")

    def _of_words(self, term: FullText, text: str, rows: str = "") -> str:
        wanted = self._wanted(term)
        words = self._words(text, rows, wanted)
        if term.prefixes:
            return f"cardinality(ARRAY({_begun(wanted, words)})) {f'= cardinality({wanted})' if term.every else '> 0'}"
        return f"{words} {'@>' if term.every else '&&'} {wanted}"

    def _mentions(self, term: FullText, document: str) -> str:
        """Whether the words stand anywhere in the JSON: true of every hit, at a tenth of what opening the document costs."""
        # A word holds no sign that JSON writes otherwise.
        patterns = f"ARRAY(SELECT '%' || unnest({self._wanted(term)}) || '%')"
        return f"lower({document}::text) LIKE {'ALL' if term.every else 'ANY'} ({patterns})"

    def _words(self, text: str, rows: str, wanted: str) -> str:
        """The words of those texts that hold one of the wanted: to look for these costs less than to split each text."""
        holding = f"lower({text}) LIKE ANY (ARRAY(SELECT '%' || unnest({wanted}) || '%'))"
        return f"ARRAY(SELECT regexp_split_to_table(lower({text}), '{NO_WORD}') {rows} WHERE {holding})"

    def _wanted(self, term: FullText) -> str:
        # A word holds no sign that means anything to LIKE.
        return f"ARRAY(SELECT lower(unnest({self.bind(list(term.words))}::text[])))"

    def relevance(self, query: Query) -> str | None:
        """How relevant a hit is; None where all are alike."""
        weight = _weight(query)
        return f"({self._score(query)}) / {self.bind(weight)}::float8" if weight and _varies(query) else None

    def _score(self, query: Query) -> str:
        """The weight of what a document satisfies, if it satisfies `query`."""
        match query:
            case All(terms, scored):
                return " + ".join(self._score(term) for term in terms if scored and _weight(term)) or "0"
            case AnyOf(terms):
                parts = [
                    f"CASE WHEN {self.condition(term)} THEN {self._score(term)} ELSE 0 END" for term in terms if _weight(term)
                ]
                return " + ".join(parts) or "0"
            case NoneOf():
                return "0"
            case FullText(every=False) if _varies(query):
                return f"{self.bind(query.boost)}::float8 * {self._share(query)}"
        return f"{self.bind(query.boost)}::float8"

    def _share(self, term: FullText) -> str:
        """Which part of the words are there."""
        if term.field.joined is not None:
            return "1.0"
        column, wanted = self._searched.column(term.field), self._wanted(term)
        if column is not None:
            there = self._words(_as_text(column), "", wanted)
        else:
            rows = self._values(self._searched.document(term.field), self._searched.path(term.field), "string")
            there = self._words(_TEXT, rows, wanted)
        both = _begun(wanted, there) if term.prefixes else f"SELECT unnest({wanted}) INTERSECT SELECT unnest({there})"
        return f"cardinality(ARRAY({both})) / {self.bind(len(term.words))}::float8"

    def order(self, sort: Sequence[Sorting], constant: bool) -> list[tuple[str, str]]:
        """The keys of the order and their directions, completed so that no two documents are alike."""
        if not sort:
            return [*([] if constant else [("relevance", "DESC")]), ("created_at", "DESC"), ("id", "DESC")]
        keys = [key for each in sort for key in self._keys(each)]
        unique = any(each.field is not None and each.field.name == "id" for each in sort)
        return keys if unique else [*keys, ("id", _direction(sort[-1]))]

    def _column_of(self, field: Field) -> Column | None:
        return self._searched.column(field) if field.joined is None else None

    def _keys(self, sorting: Sorting) -> list[tuple[str, str]]:
        way = _direction(sorting)
        if sorting.field is None:
            return [("relevance", way)]
        column = self._column_of(sorting.field)
        if column is not None:
            return [(in_text_order(column), f"{way} NULLS LAST" if column.kind == "text" else way)]
        # What a field holds that nobody has declared is not known: numbers first, then texts.
        kinds = [_JSON_TYPES[sorting.field.kind]] if sorting.field.kind in _JSON_TYPES else ["number", "string"]
        return [(self._key(sorting, sorting.field, kind), f"{way} NULLS LAST") for kind in kinds]

    def _key(self, sorting: Sorting, field: Field, kind: str) -> str:
        value, order = (f"{_TEXT}::numeric", "") if kind == "number" else (f'{_TEXT} COLLATE "C"', ' COLLATE "C"')
        one = f"SELECT {sorting.mode}({value})"
        if field.joined is not None:
            joined = _Place(value="j.query")
            link, inner = _LINKS[field.joined], f"{one} {self._values('j.query', joined.path(field), kind)}"
            there = f"j.shard = {self._shard} AND j.type = {self.bind(field.joined)} AND {link.inner} = {link.outer}"
            return f"(SELECT {sorting.mode}(({inner})) FROM document j{link.beside} WHERE {there}){order}"
        if sorting.among is None:
            return f"({one} {self._values(self._searched.document(field), self._searched.path(field), kind)}){order}"
        return f"({one} {self._among(sorting.among, field, kind)}){order}"

    def _among(self, among: Simple, field: Field, kind: str) -> str:
        """The values of those elements that satisfy an expression."""
        shared = 0
        while shared < min(len(field.path), len(among.field.path)) - 1 and field.path[shared] == among.field.path[shared]:
            shared += 1
        element = _Place(value="element.value", behind=shared)
        above = Field(field.name, "object", field.path[:shared])
        document = self._searched.document(field, among.field)
        elements = (
            f"FROM jsonb_path_query({document}, {self.bind(f'{self._searched.path(above)}[*]')}::jsonpath) AS element(value)"
        )
        typed = f'{element.path(field)} ? (@.type() == "{kind}")'
        inner = f"SELECT jsonb_path_query(element.value, {self.bind(typed)}::jsonpath) AS value {elements}"
        return f"FROM ({inner} WHERE {self._at(among, element)}) AS found"


_TEXT: Final = "(found.value #>> '{}')"
_JSON_TYPES: Final = {
    "text": "string",
    "localized": "string",
    "date": "string",
    "time": "string",
    "datetime": "string",
    "number": "number",
    "boolean": "boolean",
}


def _leads_into(field: Field, name: str) -> bool:
    """Whether the values of a field are, or may be, at or below the dotted `name`."""
    if field.within:
        return name.partition(".")[0] in field.within
    path = ".".join(field.path)
    return path == name or path.startswith(f"{name}.")


def _weight(query: Query) -> float:
    """The most that a hit can score."""
    match query:
        case All(terms, scored):
            return sum(map(_weight, terms)) if scored else 0.0
        case AnyOf(terms):
            return sum(map(_weight, terms))
        case NoneOf():
            return 0.0
    return query.boost


def _varies(query: Query) -> bool:
    """Whether two hits may score differently."""
    match query:
        case All(terms, scored):
            return scored and any(map(_varies, terms))
        case AnyOf(terms):
            return len(terms) > 1 or _varies(terms[0])
        case FullText(every=False):
            return len(query.words) > 1
    return False


def _begun(wanted: str, words: str) -> str:
    """The wanted words with which one of the words begins."""
    longer = f"SELECT 1 FROM unnest({words}) AS there(word) WHERE starts_with(there.word, wanted.word)"
    return f"SELECT wanted.word FROM unnest({wanted}) AS wanted(word) WHERE EXISTS ({longer})"


def _direction(sorting: Sorting) -> str:
    return "DESC" if sorting.descending else "ASC"


def _as_text(column: Column) -> str:
    return column.name if column.kind == "text" else f"{column.name}::text"


def _folded(text: str, ignoring_case: bool) -> str:
    return f"lower({text})" if ignoring_case else text


def _like(pattern: str) -> str:
    """A wildcard pattern for LIKE, in which the signs of LIKE stand for themselves."""
    return re.sub(r"\\[*?\\]|[*?%_\\]", _like_sign, pattern)


def _like_sign(found: re.Match[str]) -> str:
    sign = found[0]
    if len(sign) == 2:
        return sign[1] if sign[1] != "\\" else "\\\\"
    return {"*": "%", "?": "_"}.get(sign, f"\\{sign}")
