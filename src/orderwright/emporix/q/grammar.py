"""The language of the parameter `q`: text to terms, which must all hold.

    q         = term { space term }
    term      = path ":" condition;  path = name { "." name }
    condition = "null" | "missing" | "exists" | value | limit | pattern
              | "(" ( limit { "AND" limit } | value { "," value } | value { "OR" value } | pattern ) ")"
    limit     = ( ">=" | "<=" | ">" | "<" ) value;  pattern = "~" regular expression
    value     = '"' text with JSON's escapes '"' | characters up to a space, and between brackets up to "," or ")"

A regular expression goes up to the first space outside of its own brackets, or to the bracket that closes the condition. The key
words of a condition are words only where they stand bare and alone: `:"null"` is the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from orderwright.predicates.patterns import Pattern, PatternError, read_pattern
from orderwright.predicates.tokens import Source, unescaped
from orderwright.predicates.tree import PredicateError

PARAMETER: Final = "q"
MAX_LENGTH = 10_000
MAX_TERMS = 50
MAX_VALUES = 500
"""Of all terms together: each may be looked for in many places."""
MAX_STEPS = 20
"""Names of one path."""

Limit = Literal[">=", "<=", ">", "<"]
_LIMITS: Final[tuple[Limit, ...]] = (">=", "<=", ">", "<")


class Word(Struct, frozen=True):
    """A value as it stands in the text at `position`; only a bare one may be a number or a boolean."""

    text: str
    quoted: bool
    position: int


class OneOf(Struct, frozen=True):
    words: tuple[Word, ...]


class Within(Struct, frozen=True):
    """Limits that one value keeps, all of them."""

    limits: tuple[tuple[Limit, Word], ...]


class Like(Struct, frozen=True):
    pattern: Pattern


class Known(Struct, frozen=True):
    """Whether there is a value that is not null."""

    there: bool


Condition = OneOf | Within | Like | Known
_WORDS: Final = {"exists": Known(True), "missing": Known(False), "null": Known(False)}


class Term(Struct, frozen=True):
    """What is asked of the field at a dotted path, which stands at `position`."""

    path: tuple[str, ...]
    condition: Condition
    position: int


def read_q(text: str) -> tuple[Term, ...]:
    """The terms of a `q`; none for a text of spaces.

    Raises PredicateError, with line and column, for another form, and for more than 10,000 characters, 50 terms, 500 values or 20
    names of a path; for a pattern outside the subset that `predicates.patterns` reads.
    """
    source = Source(text, PARAMETER)
    if len(text) > MAX_LENGTH:
        raise PredicateError(PARAMETER, f"The query is longer than {MAX_LENGTH} characters.")
    for half in re.finditer("[\x00\ud800-\udfff]", text):
        raise source.error(half.start(), "text without null characters and halves of surrogate pairs")
    return _Reader(source).whole()


# One class of characters each, so that reading takes time in proportion to the text.
_SPACE = re.compile(r"[ \t\r\n]*")
_NAME = re.compile(r"[^\s.:()\",~<>=]+")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BARE = re.compile(r'[^\s()"]+')
_BARE_IN_LIST = re.compile(r'[^\s(),"]+')


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._at = 0
        self._values = 0

    def whole(self) -> tuple[Term, ...]:
        terms: list[Term] = []
        self._spaces()
        while self._at < len(self._text):
            if len(terms) == MAX_TERMS:
                raise PredicateError(PARAMETER, f"The query has more than {MAX_TERMS} terms.")
            terms.append(self._term())
            if not self._spaces() and self._at < len(self._text):
                raise self._expected("a space or the end of input")
        return tuple(terms)

    def _expected(self, what: str) -> PredicateError:
        return self._source.error(self._at, what)

    def _spaces(self) -> bool:
        return bool(self._read(_SPACE))

    def _read(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        self._at += len(match[0]) if match else 0
        return match[0] if match else ""

    def _take(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) if taken else 0
        return taken

    def _term(self) -> Term:
        start = self._at
        path = [self._name()]
        while self._take("."):
            path.append(self._name())
        if not self._take(":"):
            raise self._expected("'.' or ':'")
        if len(path) > MAX_STEPS:
            raise PredicateError(PARAMETER, f"Expected a path of up to {MAX_STEPS} field names.")
        if path[0] == "compoundLogicalQuery":
            raise PredicateError(PARAMETER, "Orders are not searched by logical compounds: the terms must all hold.")
        return Term(tuple(path), self._condition(), start)

    def _name(self) -> str:
        name = self._read(_NAME)
        if not name or not name.isprintable():
            raise self._expected("the name of a field")
        return name

    def _condition(self) -> Condition:
        if self._take("("):
            return self._in_brackets()
        if self._take("~"):
            return self._pattern(lambda sign, depth: sign in " \t\r\n" and depth == 0)
        limit = self._limit()
        if limit is not None:
            return Within((limit,))
        word = self._word(_BARE)
        return OneOf((word,)) if word.quoted else _WORDS.get(word.text, OneOf((word,)))

    def _word(self, bare: re.Pattern[str]) -> Word:
        start = self._at
        self._values += 1
        if self._values > MAX_VALUES:
            raise PredicateError(PARAMETER, f"The query has more than {MAX_VALUES} values.")
        if self._text.startswith('"', start):
            text = self._read(_STRING)
            if not text:
                raise self._source.error(len(self._text), "'\"'")
            return Word(unescaped(self._source, text, start), True, start)
        text = self._read(bare)
        if not text:
            raise self._expected("a value")
        return Word(text, False, start)

    def _limit(self, bare: re.Pattern[str] = _BARE) -> tuple[Limit, Word] | None:
        for sign in _LIMITS:
            if self._take(sign):
                return sign, self._word(bare)
        return None

    def _in_brackets(self) -> Condition:
        self._spaces()
        if self._take("~"):
            found = self._pattern(lambda sign, depth: sign == ")" and depth == 0)
            if not self._take(")"):
                raise self._expected("')'")
            return found
        limit = self._limit(_BARE_IN_LIST)
        if limit is None:
            return OneOf(self._list())
        limits = [limit]
        while self._separated("AND"):
            following = self._limit(_BARE_IN_LIST)
            if following is None:
                raise self._expected("'>=', '<=', '>' or '<'")
            limits.append(following)
        self._close("'AND' or ')'")
        return Within(tuple(limits))

    def _list(self) -> tuple[Word, ...]:
        words = [self._word(_BARE_IN_LIST)]
        separator = next((sign for sign in (",", "OR") if self._separated(sign)), None)
        if separator is not None:
            words.append(self._word(_BARE_IN_LIST))
            while self._separated(separator):
                words.append(self._word(_BARE_IN_LIST))
        self._close(f"'{separator}' or ')'" if separator else "',', 'OR' or ')'")
        return tuple(words)

    def _separated(self, sign: str) -> bool:
        """Whether a separator stands here, and past it; a word is one only with a space on either side."""
        start = self._at
        spaced = self._spaces()
        if self._take(sign) and (sign == "," or (spaced and self._spaces())):
            self._spaces()
            return True
        self._at = start
        return False

    def _close(self, expected: str) -> None:
        self._spaces()
        if not self._take(")"):
            raise self._expected(expected)

    def _pattern(self, ends: Callable[[str, int], bool]) -> Like:
        start, depth, in_class = self._at, 0, False
        while self._at < len(self._text):
            sign = self._text[self._at]
            if not in_class and ends(sign, depth):
                break
            if sign == "\\":
                self._at += 1
            elif in_class:
                in_class = sign != "]"
            elif sign == "[":
                in_class = True
            else:
                depth += {"(": 1, ")": -1}.get(sign, 0)
            self._at += 1
        self._at = min(self._at, len(self._text))
        try:
            pattern = read_pattern(self._text[start : self._at])
        except PatternError as error:
            raise self._source.error(start + error.position, f"{error.expected} (of the pattern)") from None
        if not pattern.text:
            raise self._expected("a pattern")
        return Like(pattern)
