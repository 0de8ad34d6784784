"""The values of a search in the form in which documents hold them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

from orderwright.engine.scalars import DateTime, Number, bounded
from orderwright.predicates.search.fields import wrong
from orderwright.predicates.search.tree import Field, Kind, Scalar

MAX_TEXT = 256


def text(field: Field, value: Any) -> str:
    """A text of at most MAX_TEXT characters. Raises `InvalidInput`."""
    if not isinstance(value, str):
        raise wrong(field.name, "The value must be a text.")
    if len(value) > MAX_TEXT:
        raise wrong(field.name, f"The value is longer than {MAX_TEXT} characters.")
    if "\0" in value:
        raise wrong(field.name, "The value holds the character U+0000, which no document can.")
    return value


def scalar(field: Field, value: Any) -> Scalar:
    """A value of the field's kind. Raises `InvalidInput` for another, and for a field that holds no single value."""
    if field.kind == "object":
        raise wrong(field.name, "It is an object, of which only `exists` can be asked.")
    if field.kind == "any":
        raise wrong(field.name, "Type is missing.")
    try:
        return _FORMS[field.kind](field, value)
    except (ValueError, TypeError, OverflowError):
        raise wrong(field.name, f"The value is no {field.kind}.") from None


def _number(_field: Field, value: Any) -> int | Decimal:
    sent = bounded(value)
    # The shortest text of a float is what was sent.
    return Decimal(repr(sent)) if isinstance(sent, float) else sent


def _boolean(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _day(_field: Field, value: Any) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError(value)
    return date.fromisoformat(value).isoformat()


def _time(_field: Field, value: Any) -> str:
    if not re.fullmatch(r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z?", value, re.ASCII):
        raise ValueError(value)
    return time.fromisoformat(value.removesuffix("Z")).isoformat("milliseconds")


def _instant(_field: Field, value: Any) -> str:
    return str.__str__(DateTime.parse(value))


_FORMS: Final[Mapping[Kind, Callable[[Field, Any], Scalar]]] = {
    "text": text,
    "localized": text,
    "number": _number,
    "boolean": _boolean,
    "date": _day,
    "time": _time,
    "datetime": _instant,
}


def boost(field: Field, value: Any) -> float:
    """A weight, 1 if none is given. Raises `InvalidInput` for one below 0 or above a million."""
    if value is None:
        return 1.0
    if not isinstance(value, Number) or not 0 <= value <= 1_000_000:
        raise wrong(field.name, "The boost must be a number from 0 to 1000000.")
    return float(value)
