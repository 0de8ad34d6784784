"""Makes of the server's statements a script for pgbench, which runs the very same ones, each time for another order.

The ids in the recorded arguments that differ from order to order become texts that end in a running number of twelve digits.
pgbench sends every argument as the server does, as a parameter of a prepared statement; a varying one is joined from its constant
pieces and the number by the database, which costs it about a microsecond each.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

DIGITS = 12
_PARAMETER = re.compile(r"\$(\d+)")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Statement(msgspec.Struct, frozen=True):
    """One statement as it went to the database."""

    text: str
    arguments: tuple[Any, ...]


class Script(msgspec.Struct, frozen=True):
    """`text` is the file for `pgbench -f`, `variables` are its `-D` options; `base`, `clients` and `k` are given beside them."""

    text: str
    variables: dict[str, str]


def numbered(texts: Iterable[str]) -> dict[str, str]:
    """For each varying text what its constant front becomes: ids keep their form, others are cut to leave room.

    Every varying text must be at least twelve characters long, and is as long afterwards as before.
    """
    fronts: dict[str, str] = {}
    for index, text in enumerate(sorted(texts)):
        fronts[text] = f"{index:08x}-0000-7000-8000-" if _UUID.fullmatch(text) else text[:-DIGITS]
    return fronts


def renamed(text: str, fronts: Mapping[str, str], number: int) -> str:
    """The same text for the order of a number: what the script makes of it, worked out here."""
    pattern = _varying(fronts)
    return pattern.sub(lambda match: f"{fronts[match[0]]}{number:0{DIGITS}d}", text)


def varying_ids(first: Sequence[Statement], second: Sequence[Statement]) -> set[str]:
    """The ids of one recording that are not in another recording of the same request."""
    return _ids(first) - _ids(second)


def _ids(statements: Sequence[Statement]) -> set[str]:
    texts = (as_text(argument) or "" for statement in statements for argument in statement.arguments)
    return {id for text in texts for id in _UUID.findall(text)}


def script(statements: Sequence[Statement], fronts: Mapping[str, str]) -> Script:
    """Write the script. Together the clients take the numbers from `base` on, which has twelve digits, without gaps."""
    names = (f"a{number}" for number in itertools.count(1))
    variables: dict[str, str] = {}
    lines = [r"\set k :k + 1", r"\set n :base + :k * :clients + :client_id"]
    for statement in statements:
        written = [_parameter(argument, fronts, names, variables) for argument in statement.arguments]
        if re.search(r"(?<!:):[A-Za-z0-9_]", statement.text):
            raise ValueError(f"pgbench would take a part of this statement for a variable: {statement.text}")
        text = _PARAMETER.sub(lambda match, written=written: written[int(match[1]) - 1], statement.text)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        lines.append(f"{text.rstrip(';')};")
    return Script("\n".join(lines) + "\n", variables)


def without(statement: Statement, table: str) -> Statement:
    """The statement without the part that puts rows into a table. Raises ValueError where it has none."""
    found = re.search(rf", \w+ AS \((?=INSERT \w+ {table} )", statement.text)
    if found is None:
        raise ValueError(f"nothing is written to {table}: {statement.text}")
    depth, at = 1, found.end()
    while depth:
        depth += {"(": 1, ")": -1}.get(statement.text[at], 0)
        at += 1
    return Statement(statement.text[: found.start()] + statement.text[at:], statement.arguments)


def _parameter(argument: Any, fronts: Mapping[str, str], names: Iterable[str], variables: dict[str, str]) -> str:
    text = as_text(argument)
    if text is None:
        return "NULL"  # pgbench cannot send one
    pieces: list[str] = []

    def constant(piece: str) -> None:
        if piece:
            name = next(iter(names))
            variables[name] = piece
            pieces.append(f":{name}")

    at = 0
    for match in _varying(fronts).finditer(text):
        constant(text[at : match.start()] + fronts[match[0]])
        pieces.append(":n")
        at = match.end()
    constant(text[at:])
    if not pieces:
        return "''"
    if len(pieces) == 1:
        return pieces[0]
    return f"({' || '.join(f'{piece}::text' for piece in pieces)})"


def _varying(fronts: Mapping[str, str]) -> re.Pattern[str]:
    # Something that never matches when nothing varies.
    return re.compile("|".join(re.escape(text) for text in sorted(fronts, key=len, reverse=True)) or r"(?!)")


def as_text(argument: Any) -> str | None:
    """An argument in PostgreSQL's text form, which is how pgbench sends parameters; None is NULL."""
    if argument is None:
        return None
    if isinstance(argument, bool):
        return "true" if argument else "false"
    if isinstance(argument, datetime):
        return argument.isoformat()
    if isinstance(argument, list | tuple):
        return "{" + ",".join(_element(each) for each in argument) + "}"
    return str(argument)


def _element(value: Any) -> str:
    text = as_text(value)
    if text is None:
        return "NULL"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
