"""What the decoder says of a value is said in terms of JSON: every text of it, made by the decoder itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from orderwright.engine.json.reasons import in_json
from orderwright.engine.scalars import whole


class Red(msgspec.Struct, tag_field="colour", tag="red"):
    """One of two."""

    shade: int = 0


class Blue(msgspec.Struct, tag_field="colour", tag="blue"):
    """The other one."""

    shade: int = 0


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """Has one field and takes no other."""

    shade: int


PATTERN = whole("[A-Z]{2}")
Colour = Red | Blue
# What is expected, what is sent, and what is said.
REFUSED: list[tuple[Any, str, str]] = [
    (str, "1", "Expected a text, got a whole number"),
    (str, "null", "Expected a text, got null"),
    (int, '"a"', "Expected a whole number, got a text"),
    (int, "1.5", "Expected a whole number, got a number"),
    (int, "true", "Expected a whole number, got true or false"),
    (float, "{}", "Expected a number, got an object"),
    (Decimal, "true", "Expected a number, got true or false"),
    (Decimal, '"x"', "Expected a number, got a text"),
    (bool, "[]", "Expected true or false, got an array"),
    (list[int], "{}", "Expected an array, got an object"),
    (dict[str, int], "[]", "Expected an object, got an array"),
    (Red, "1", "Expected an object, got a whole number"),
    (str | None, "1", "Expected a text or null, got a whole number"),
    (int | list[str] | None, "{}", "Expected a whole number, an array or null, got an object"),
    (float | Decimal, '"x"', "Expected a number, got a text"),
    (None, "1", "Expected null, got a whole number"),
    (Annotated[int, Meta(ge=0)], "-1", "Expected a whole number of at least 0"),
    (Annotated[int, Meta(gt=0)], "0", "Expected a whole number of at least 1"),
    (Annotated[int, Meta(le=3)], "5", "Expected a whole number of at most 3"),
    (Annotated[int, Meta(multiple_of=2)], "3", "Expected a whole number that is a multiple of 2"),
    (Annotated[float, Meta(lt=3)], "5", "Expected a number below 3.0"),
    (Annotated[float, Meta(gt=3)], "1", "Expected a number above 3.0"),
    (Annotated[float, Meta(ge=0)], "-1", "Expected a number of at least 0.0"),
    (Annotated[float, Meta(multiple_of=2)], "3", "Expected a number that is a multiple of 2.0"),
    (Annotated[str, Meta(min_length=1)], '""', "Expected a text of at least 1 character"),
    (Annotated[str, Meta(max_length=2)], '"abc"', "Expected a text of at most 2 characters"),
    (Annotated[str, Meta(pattern=PATTERN)], '"b"', "Expected a text of the form ^[A-Z]{2}$"),
    (Annotated[str, Meta(pattern="^'\"$")], '"b"', "Expected a text of the form ^'\"$"),
    (Annotated[list[int], Meta(min_length=1)], "[]", "Expected an array of at least 1 element"),
    (Annotated[list[int], Meta(max_length=1)], "[1,2]", "Expected an array of at most 1 element"),
    (Annotated[dict[str, int], Meta(min_length=2)], "{}", "Expected an object of at least 2 members"),
    (Annotated[dict[str, int], Meta(max_length=1)], '{"a":1,"b":2}', "Expected an object of at most 1 member"),
    (Annotated[bytes, Meta(max_length=1)], '"AAAA"', "Expected a text in base64 of at most 1 byte"),
    (tuple[int, int], "[1]", "Expected an array of exactly 2 elements"),
    (Literal["x", "y"], '"z"', "The value 'z' is none of those that are allowed"),
    (Literal[1, 2], "3", "The value 3 is none of those that are allowed"),
    (Colour, '{"colour":"green"}', "The value 'green' is none of those that are allowed"),
    (Colour, '{"colour":1}', "Expected a text"),
    (Colour, "{}", "Missing required value"),
    (Strict, "{}", "Missing required value"),
    (Strict, '{"shade":1,"tint":2}', "There is no field tint"),
    (int, "9" * 5_000, "The number is out of range"),
    (float, "1e400", "The number is out of range"),
    (datetime, '"x"', "Expected a date and time"),
    (Annotated[datetime, Meta(tz=True)], '"2026-01-01T00:00:00"', "Expected a date and time with a time zone"),
    (Annotated[datetime, Meta(tz=False)], '"2026-01-01T00:00:00Z"', "Expected a date and time with no time zone"),
    (date, '"x"', "Expected a date"),
    (time, '"x"', "Expected a time of day"),
    (timedelta, '"x"', "Expected a duration"),
    (bytes, '"??"', "Expected a text in base64"),
    (UUID, '"x"', "Expected a UUID"),
]


@pytest.mark.parametrize(("expected", "sent", "said"), REFUSED)
def test_a_refusal_speaks_of_json(expected: Any, sent: str, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(sent, type=expected)
    assert in_json(str(caught.value).partition(" - at `")[0]) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Input data was truncated", "The document ends too early."),
        ("'utf-8' codec can't decode byte 0xff in position 0: invalid start byte", "A text is not in UTF-8."),
        ("JSON is malformed: trailing characters (byte 4)", "JSON is malformed: trailing characters (byte 4)"),
        ("Expected `array` of length 1 to 3, got 4", "Expected an array of 1 to 3 elements"),
        ("Expected `array` of at least length 1, got 0", "Expected an array of at least 1 element"),
        ("Exactly one of `id` and `key` must be given", "Exactly one of id and key must be given"),
        ("Something new about `str | int`", "Something new about a text or a whole number"),
    ],
)
def test_other_texts(text: str, said: str) -> None:
    assert in_json(text) == said
