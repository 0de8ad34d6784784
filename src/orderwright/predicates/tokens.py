"""The words of a predicate, each with the place where it stands."""

import json
import re
from typing import Literal

from msgspec import Struct

from orderwright.predicates.tree import PredicateError

MAX_LENGTH = 20_000

Kind = Literal["name", "quoted name", "string", "number", "variable", "sign", "end"]


class Token(Struct, frozen=True):
    """`text` is what it means: a string without quotes and escapes, a variable without its colon."""

    kind: Kind
    text: str
    position: int


class Source(Struct, frozen=True):
    """The text and the parameter it came in, to tell where something is wrong."""

    text: str
    parameter: str

    def error(self, position: int, expected: str) -> PredicateError:
        """The error for what stands at `position` (an offset in characters) where `expected` should."""
        found = f"Invalid input '{self.text[position]}'" if position < len(self.text) else "Unexpected end of input"
        return PredicateError(
            self.parameter,
            f"Syntax error while parsing '{self.parameter}'. {found}, expected {expected} ({self.place(position)})",
            syntax=True,
        )

    def place(self, position: int) -> str:
        """Where that is, for a message."""
        before = self.text[:position]
        return f"line {before.count(chr(10)) + 1}, column {position - (before.rfind(chr(10)) + 1) + 1}"


NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?"

# Each alternative begins with characters of its own and repeats one class of characters only,
# so that matching takes time in proportion to the text whatever is sent.
_TOKEN = re.compile(
    rf"""[ \t\f\r\n]*+
      (?: (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<tick>`[^`\x00-\x1f\ud800-\udfff]+`)
      | (?P<string>"[^"\\]*(?:\\.[^"\\]*)*")
      | (?P<number>{NUMBER})
      | (?P<variable>:[A-Za-z0-9]+)
      | (?P<sign><=|>=|<>|!=|[=<>(),.])
      | (?P<end>\Z))
    """,
    re.VERBOSE | re.DOTALL,
)
_UNFINISHED = {'"': "'\"'", "`": "a name and '`'", ":": "the name of an input parameter"}


def tokens(source: Source) -> list[Token]:
    """The tokens of the text, an `end` token last.

    Raises PredicateError for what is no token, and for a text longer than MAX_LENGTH characters.
    """
    text = source.text
    if len(text) > MAX_LENGTH:
        raise PredicateError(source.parameter, f"The predicate is longer than {MAX_LENGTH} characters.")
    found: list[Token] = []
    after = 0
    while True:
        match = _TOKEN.match(text, after)
        if match is None:
            raise _no_token(source, after)
        found.append(_token(source, match))
        if match.lastgroup == "end":
            return found
        after = match.end()


def _no_token(source: Source, after: int) -> PredicateError:
    position = len(source.text) - len(source.text[after:].lstrip(" \t\f\r\n"))
    expected = _UNFINISHED.get(source.text[position])
    return source.error(len(source.text) if expected else position, expected or "a field, a value or an operator")


def _token(source: Source, match: re.Match[str]) -> Token:
    kind = match.lastgroup
    assert kind is not None
    text, position = match[kind], match.start(kind)
    match kind:
        case "sign":
            return Token("sign", "!=" if text == "<>" else text, position)
        case "string":
            return Token("string", unescaped(source, text, position), position)
        case "tick":
            return Token("quoted name", text[1:-1], position)
        case "variable":
            return Token("variable", text[1:], position)
        case "name" | "number" | "end":
            return Token(kind, text, position)
    raise AssertionError(kind)


# `json.loads` would build a decoder for each string, since a string may hold line breaks here.
_strings = json.JSONDecoder(strict=False)


def unescaped(source: Source, text: str, position: int) -> str:
    """The meaning of a string in its quotes, which are those of JSON; `position` is where it stands."""
    if text.isascii() and "\\" not in text and "\x00" not in text:  # as almost all are
        return text[1:-1]
    try:
        plain = _strings.decode(text)
    except json.JSONDecodeError as error:
        raise source.error(position + error.pos, "an escape") from None
    assert isinstance(plain, str)
    try:
        plain.encode()
    except UnicodeEncodeError:
        raise source.error(position, "a string without half a surrogate pair") from None
    if "\x00" in plain:
        raise source.error(position, "a string without null characters")
    return plain
