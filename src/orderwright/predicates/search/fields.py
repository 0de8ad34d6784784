"""Which fields a type is searched by: the members of its documents, and of documents that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec.inspect as model
from msgspec import Struct

from orderwright.errors import ApiError, invalid_input
from orderwright.predicates.fields import Place, root
from orderwright.predicates.search.tree import Field, Kind


class Joined(Struct, frozen=True):
    """Documents of another type, searched as if they stood in the place of the reference to them.

    `own` are the members of the reference itself, which need no other document. `hidden` are dotted members that
    nobody may search by.
    """

    type_id: str
    model: Any
    own: tuple[str, ...]
    hidden: tuple[str, ...] = ()


SIMPLE: Final = ("fullText", "exact", "prefix", "wildcard", "range", "exists")
"""The simple expressions that every search takes."""


class Searchable(Struct, frozen=True):
    """A type, by dotted field what is searched behind its references, and the simple expressions that can be asked.

    `hidden` as of `Joined`. `everywhere` are the members whose texts the field `all` stands for, where a type has that.
    """

    model: Any
    joined: Mapping[str, Joined] = {}
    hidden: tuple[str, ...] = ()
    everywhere: tuple[str, ...] = ()
    expressions: tuple[str, ...] = SIMPLE


_OF_CUSTOM_TYPE: Final[Mapping[str, Kind]] = {
    "BooleanType": "boolean",
    "StringType": "text",
    "LocalizedStringType": "localized",
    "EnumType": "text",
    "LocalizedEnumType": "text",
    "NumberType": "number",
    "DateType": "date",
    "TimeType": "time",
    "DateTimeType": "datetime",
}
CUSTOM_TYPES: Final[Mapping[str, Kind]] = {
    **_OF_CUSTOM_TYPE,
    **{f"SetType.{name}": kind for name, kind in _OF_CUSTOM_TYPE.items() if name != "BooleanType"},
}
"""What each `customType` is: an enum's value is its key, and a set is searched by its elements."""

_OF_FIELD_TYPE: Final[Mapping[str, Kind]] = {
    "boolean": "boolean",
    "text": "text",
    "ltext": "localized",
    "enum": "text",
    "lenum": "text",
    "number": "number",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
}
FIELD_TYPES: Final[Mapping[str, Kind]] = {**_OF_FIELD_TYPE, **{f"set_{name}": kind for name, kind in _OF_FIELD_TYPE.items()}}
"""The same by `fieldType`, as the newer searches of the API name them."""

_KINDS: Final[Mapping[str, Kind]] = {"string": "text", "number": "number", "boolean": "boolean", "date-time": "datetime"}
_MAX_STEPS = 20
ALL = "all"


def field_named(name: str, searchable: Searchable, declared: Kind | None, language: str | None) -> Field:
    """The field of a name, of the declared kind where the type leaves it open.

    Raises `InvalidInput` for one that the type does not have, for another kind than it has, and for a language where there is
    only one text. A localized field without a language stands for its texts in all of them.
    """
    steps = tuple(name.split("."))
    if len(steps) > _MAX_STEPS or not all(step.isprintable() and step for step in steps):
        raise wrong(name, "Unknown field.")
    if name == ALL and searchable.everywhere:
        return _everywhere(searchable.everywhere, declared, language)
    joined = _joined(steps, searchable)
    depth, target = joined or (0, searchable)
    inner = steps[depth:]
    if any(inner[: len(hidden)] == hidden for hidden in (tuple(each.split(".")) for each in target.hidden)):
        raise wrong(name, "Unknown field.")
    place, path = _reached(name, root(target.model), inner)
    kind = _kind(name, place, declared)
    if language is not None and kind != "localized":
        raise wrong(name, "It is not localized, so that it takes no language.")
    if language is not None:
        path = (*path, language)
    return Field(name, kind, path, joined[1].type_id if joined else None, in_any=kind == "localized" and language is None)


def _everywhere(members: tuple[str, ...], declared: Kind | None, language: str | None) -> Field:
    if declared not in (None, "text"):
        raise wrong(ALL, "It is of another type.")
    if language is not None:
        raise wrong(ALL, "It is not localized, so that it takes no language.")
    return Field(ALL, "text", (), within=members)


def wrong(name: str, reason: str) -> ApiError:
    """400 `InvalidInput` about a field."""
    return invalid_input(f"Field [{name[:200]}]: {reason}")


def _joined(steps: tuple[str, ...], searchable: Searchable) -> tuple[int, Joined] | None:
    """How many steps lead to the reference, and what is behind it."""
    for prefix, joined in searchable.joined.items():
        leading = tuple(prefix.split("."))
        rest = steps[len(leading) :]
        if rest and steps[: len(leading)] == leading and rest[0] not in joined.own:
            return len(leading), joined
    return None


def _reached(name: str, place: Place, steps: tuple[str, ...]) -> tuple[Place, tuple[str, ...]]:
    path: list[str] = []
    for step in steps:
        if _is_custom(place):
            # Custom fields are named without the member that holds them all.
            path.append("fields")
            place = place.field("fields") or place
        below = None if place.localized else place.field(step)
        if below is None:
            raise wrong(name, "Unknown field.")
        path.append(step)
        place = below
    return place, tuple(path)


def _is_custom(place: Place) -> bool:
    """Whether here are custom fields: an object of a Type and the values that it shapes."""
    return place.names() == ["fields", "type"]


def _kind(name: str, place: Place, declared: Kind | None) -> Kind:
    kinds = place.kinds
    if place.localized:
        known: Kind = "localized"
    elif all(isinstance(each, model.DateType) for each in place.alternatives):
        known = "date"
    elif len(kinds) == 1:
        (only,) = kinds
        known = _KINDS.get(only, "object" if only == "object" else "any")
    else:
        known = "any"
    if declared is None or known == declared:
        return known
    if known != "any":
        raise wrong(name, "It is of another type.")
    return declared
