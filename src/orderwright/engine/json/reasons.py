"""Why a body is refused, in terms of JSON: what the decoder says speaks of the types of Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Final

# What the decoder calls the kinds of values, the API's own scalars among them.
KINDS: Final = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "Decimal": "a number",
    "number": "a number",
    "bool": "true or false",
    "null": "null",
    "NoneType": "null",
    "array": "an array",
    "list": "an array",
    "tuple": "an array",
    "object": "an object",
    "dict": "an object",
    "datetime": "a date and time",
    "date": "a date",
    "time": "a time of day",
    "duration": "a duration",
    "bytes": "a text in base64",
    "uuid": "a UUID",
}
_UNITS: Final = {"str": "character", "array": "element", "object": "member", "bytes": "byte"}
_BOUNDS: Final = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
_NAMES = re.compile(r"`([^`]+)`")
# What stands at the end of our patterns for the sake of Python's dialect alone.
_PYTHONIC = r"(?!\n)"


def _kinds(named: str) -> str:
    """`str | null` is "a text or null"."""
    found = list(dict.fromkeys(KINDS.get(name, name) for name in named.split(" | ")))
    return f"{', '.join(found[:-1])} or {found[-1]}" if len(found) > 1 else found[0]


def _counted(kind: str, count: str) -> str:
    unit = _UNITS[kind]
    return f"{count} {unit if count == '1' else unit + 's'}"


def _pattern(quoted: str) -> str:
    return str(ast.literal_eval(quoted)).replace(_PYTHONIC, "")


# Every text of the decoder, as msgspec 0.22 has them, and what is said instead.
_TEXTS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"Expected `([^`]+)`, got `([^`]+)`", lambda found: f"Expected {_kinds(found[1])}, got {_kinds(found[2])}"),
        (r"Expected `([^`]+)`", lambda found: f"Expected {_kinds(found[1])}"),
        (
            r"Expected `(\w+)` of length (>=|<=) (\d+)",
            lambda found: f"Expected {_kinds(found[1])} {_BOUNDS[found[2]]} {_counted(found[1], found[3])}",
        ),
        (
            r"Expected `(\w+)` of (?:length|(at (?:least|most)) length) (\d+)(?:, got \d+)?",
            lambda found: f"Expected {_kinds(found[1])} of {found[2] or 'exactly'} {_counted(found[1], found[3])}",
        ),
        (
            r"Expected `(\w+)` of length (\d+) to (\d+)(?:, got \d+)?",
            lambda found: f"Expected {_kinds(found[1])} of {found[2]} to {_counted(found[1], found[3])}",
        ),
        (r"Expected `(\w+)` matching regex (.+)", lambda found: f"Expected {_kinds(found[1])} of the form {_pattern(found[2])}"),
        (r"Expected `(\w+)` (>=|<=|>|<) (\S+)", lambda found: f"Expected {_kinds(found[1])} {_BOUNDS[found[2]]} {found[3]}"),
        (
            r"Expected `(\w+)` that's a multiple of (\S+)",
            lambda found: f"Expected {_kinds(found[1])} that is a multiple of {found[2]}",
        ),
        (
            r"Expected `(\w+)` with (a|no) timezone component",
            lambda found: f"Expected {_kinds(found[1])} with {found[2]} time zone",
        ),
        (r"Invalid (?:enum )?value (.+)", lambda found: f"The value {found[1]} is none of those that are allowed"),
        (r"Invalid decimal string", lambda _: "Expected a number, got a text"),
        (r"(?:Integer value|Number) out of range", lambda _: "The number is out of range"),
        (r"(?:Duration|Timestamp) is out of range ?", lambda _: "The time is out of range"),
        (r"Invalid RFC3339 encoded (\w+)", lambda found: f"Expected {_kinds(found[1])}"),
        (r"Invalid ISO8601 duration", lambda _: f"Expected {KINDS['duration']}"),
        (r"Invalid base64 encoded string", lambda _: f"Expected {KINDS['bytes']}"),
        (r"Invalid epoch timestamp", lambda _: f"Expected {KINDS['datetime']}"),
        (r"Invalid UUID", lambda _: f"Expected {KINDS['uuid']}"),
        (r"Object missing required field `[^`]+`", lambda _: "Missing required value"),
        (r"Object contains unknown field `([^`]+)`", lambda found: f"There is no field {found[1]}"),
        (r"Input data was truncated", lambda _: "The document ends too early."),
        (r"'utf-?8' codec can't decode .+", lambda _: "A text is not in UTF-8."),
    )
)


def in_json(text: str) -> str:
    """What the decoder says, in terms of JSON. Texts of our own, which name no type, stay as they are."""
    for pattern, said in _TEXTS:
        found = pattern.fullmatch(text)
        if found is not None:
            return said(found)
    return _NAMES.sub(lambda found: _kinds(found[1]), text)
