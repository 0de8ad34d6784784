"""What the lists of the desk share: the text that is looked for, and pages that begin behind a place, however far that is."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from orderwright.engine.scalars import DateTime
from orderwright.errors import invalid_input

TEXT: Final = 256
"""Characters of a text that is looked for, at most."""
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
Place = tuple[str, str]
"""Where a page begins: the sorted value and the id of the document before it."""


class Sorting(NamedTuple):
    """An order of a list: what it is called, its sort expression, and how the value stands in a document and in a predicate."""

    title: str
    path: tuple[str, ...]
    way: str
    form: str

    @property
    def asked(self) -> tuple[str, str]:
        """The sort keys; the id comes last, so that no two documents are alike."""
        return f"{'.'.join(self.path)} {self.way}", f"id {self.way}"

    @property
    def by_number(self) -> bool:
        """Whether the value is a number, not a moment."""
        return self.path[0] == "totalPrice"

    def behind(self, value: str, id: str) -> str:
        """The predicate of what comes behind a document in this order. Its first term alone is answered by an index."""
        sign = "<" if self.way == "desc" else ">"
        literal = value if self.by_number else quoted(value)
        near, strictly = (self.form.format(f"{each} {literal}") for each in (f"{sign}=", sign))
        return f"{near} and ({strictly} or id {sign} {quoted(id)})"

    def after(self, document: Mapping[str, object]) -> str:
        """The place behind a document, as it stands in an address."""
        value: object = document
        for step in self.path:
            value = value[step]  # type: ignore[index]  # a document
        return f"{value}~{document['id']}"

    def place(self, text: str) -> Place | None:
        """The place that stands in an address; None for none. Raises InvalidInput."""
        if not text:
            return None
        value, tilde, id = text.partition("~")
        try:
            uuid.UUID(id)
            int(value) if self.by_number else DateTime.parse(value)
        except ValueError:
            tilde = ""
        if not tilde:
            raise invalid_input("There is no such place in the list.")
        return value, id


class Listed(msgspec.Struct, rename="camel", kw_only=True):
    """What a list shows of every document. Nothing else of it is read: most of a long page is not shown."""

    id: str
    created_at: str
    last_modified_at: str

    @property
    def sorted_by(self) -> dict[str, Any]:
        """What it may be sorted by, as it stands in the document."""
        return {"createdAt": self.created_at, "lastModifiedAt": self.last_modified_at, "id": self.id}


BY_TIME: Final[Mapping[str, Sorting]] = {
    "newest": Sorting("Newest first", ("createdAt",), "desc", "createdAt {}"),
    "oldest": Sorting("Oldest first", ("createdAt",), "asc", "createdAt {}"),
    "changed": Sorting("Last changed first", ("lastModifiedAt",), "desc", "lastModifiedAt {}"),
}
"""The orders that every list may have."""


def page_of(terms: Iterable[str], sorting: Sorting, behind: Place | None, limit: int) -> list[tuple[str, str]]:
    """The query parameters of one page of what satisfies all terms."""
    place = () if behind is None else (sorting.behind(*behind),)
    where = [("where", term) for term in (*terms, *place)]
    sort = [("sort", key) for key in sorting.asked]
    return [*where, *sort, ("limit", str(limit)), ("withTotal", "false")]


def of_store(key: str, without: bool) -> Iterator[str]:
    """The predicates of what belongs to a store, if one is named, and of what belongs to none."""
    if key:
        yield f"store(key = {quoted(key)})"
    if without:
        yield "store(key is not defined)"


def store_in(text: str) -> str:
    """The key of a store in an address; an empty text for none. Raises InvalidInput."""
    if text and _KEY.fullmatch(text) is None:
        raise invalid_input("This is not the key of a store.")
    return text


def text_in(text: str) -> str:
    """A text that is looked for. Raises InvalidInput for one that no list has."""
    if len(text) > TEXT or "\0" in text:
        raise invalid_input("What is looked for is no text, or too long.")
    return text


def day_in(text: str) -> date | None:
    """A day in an address; None for none. Raises InvalidInput."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise invalid_input("A day is written as 2026-12-24.") from None


def quoted(text: str) -> str:
    """A text as a predicate has it."""
    return json.dumps(text, ensure_ascii=False)


def spellings(text: str) -> tuple[str, ...]:
    """How a text may be meant that somebody types, as predicates have it: for equalities, which an index answers."""
    return tuple(map(quoted, dict.fromkeys((text, text.upper(), text.lower(), text.title()))))


def typed(text: str) -> str:
    """The same as the list of a predicate."""
    return f"({', '.join(spellings(text))})"


def whole_names(text: str) -> Iterator[tuple[str, str]]:
    """The first and last name that a text may be, as predicates have them."""
    first, space, last = text.rpartition(" ")
    if space:
        yield quoted(first.title()), quoted(last.title())


def is_id(text: str) -> bool:
    """Whether a text is the id of a document."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
