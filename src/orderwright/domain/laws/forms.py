"""The one form in which each kind of value is stored, for attributes and custom fields alike.

Every form takes what was decoded from JSON and raises one of `WRONG_SHAPE` for what it is not. To the sender they are one
error, which the caller words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, time
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from orderwright.domain.amounts.money import Money, TypedMoney, typed
from orderwright.engine.json.codec import in_one_order, to_builtins
from orderwright.engine.languages import by_language
from orderwright.engine.model import Reference
from orderwright.engine.scalars import DateTime, LocalizedString, bounded
from orderwright.errors import ApiError

LONGEST_URL: Final = 2_048
WRONG_SHAPE: Final = (msgspec.ValidationError, ValueError, TypeError, KeyError, OverflowError, ApiError)


def exactly(expected: type) -> Callable[[Any], Any]:
    """The form of values that are stored as they come. Each must be of this very type: to Python, true is a number too."""

    def form(value: Any) -> Any:
        if type(value) is not expected:
            raise TypeError(value)
        return value

    return form


boolean = exactly(bool)
text = exactly(str)


number = bounded


def localized(value: Any) -> dict[str, str]:
    """A text by languages, each once and in its one spelling."""
    return by_language(msgspec.convert(value, LocalizedString))


def money(value: Any) -> TypedMoney:
    """An amount in minor units, or in high precision."""
    return typed(msgspec.convert(value, Money), "value")


def url(value: str) -> str:
    """What this server is to call: an absolute URL of HTTP, in ASCII, without a user in it. What is secret has a field of its
    own, and would be shown here."""
    parts = urlsplit(value)
    plain = len(value) <= LONGEST_URL and re.fullmatch(r"[!-~]+", value) is not None
    there = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    if not plain or not there:
        raise ValueError(value)
    return value


def day(value: Any) -> str:
    """A day, `2001-09-11`."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError(value)
    return date.fromisoformat(value).isoformat()


def time_of_day(value: Any) -> str:
    """A time of day, cut to milliseconds: `14:00:00.000`."""
    if not re.fullmatch(r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?", value, re.ASCII):
        raise ValueError(value)
    seconds, _, fraction = value.partition(".")
    return time.fromisoformat(f"{seconds}.{fraction:0<6}").isoformat("milliseconds")


def instant(value: Any) -> str:
    """An instant, in UTC and cut to milliseconds: `2018-10-14T14:00:00.000Z`."""
    # A day alone is an instant to Python; to the API it is not.
    if not re.match(r"\d{4}-\d{2}-\d{2}T\d", value, re.ASCII):
        raise ValueError(value)
    return str.__str__(DateTime.parse(value))


def reference(value: Any, type_id: str) -> Any:
    """A reference to a resource of one type. What it points to is not held to exist."""
    found = msgspec.convert(value, Reference)
    if found.type_id != type_id:
        raise ValueError(value)
    return to_builtins(found)


def each_once(elements: Iterable[Any]) -> list[Any]:
    """The elements of a set, in the order of their first appearance.

    Objects are the same whatever the order of their members; 1 and 1.0 are one number.
    """
    found: dict[Any, Any] = {}
    for element in elements:
        found.setdefault(in_one_order(element) if isinstance(element, dict | list) else element, element)
    return list(found.values())
