r"""Patterns from outside: a subset of regular expressions that every reader of a predicate understands alike, in linear time.

    pattern = branch { "|" branch };  branch = { piece };  piece = "^" | "$" | atom [ "?" | "*" | "+" | "{" m [ "," [ n ] ] "}" ]
    atom    = character | "." | "\" escape | "[" [ "^" ] ranges "]" | "(" pattern ")"

What is repeated holds no repetition itself, and nothing refers back to what a group has matched: PostgreSQL then needs no more
than its automaton, whose size `MAX_STATES` bounds. Upper and lower case differ. A `.` is no line break, as no class is one that
excludes.
"""

import functools
import re

from msgspec import Struct

MAX_PATTERN = 200
MAX_REPEATED = 50
MAX_STATES = 1_000
MAX_GROUPS = 20
"""How deep groups may stand in each other."""

# As ASCII, whatever the database's locale takes for a letter.
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \t\r\n\f\v"}
_CHARACTERS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}


class PatternError(Exception):
    """What is no pattern, or one outside the subset: `expected` stands for what is at `position`, in characters."""

    def __init__(self, position: int, expected: str) -> None:
        super().__init__(f"{expected} at {position}")
        self.position = position
        self.expected = expected


class Pattern(Struct, frozen=True):
    """A pattern that `read_pattern` has read: `text` is written with what Python and PostgreSQL take for the same."""

    text: str

    def compiled(self) -> re.Pattern[str]:
        """The pattern for Python."""
        # Its `$` alone would also stand before a line break at the end, and its excluding classes let line breaks in.
        return _compiled(self.text)


@functools.lru_cache(maxsize=256)
def _compiled(text: str) -> re.Pattern[str]:
    found, after = [], 0
    for match in _FOR_PYTHON.finditer(text):
        found += [text[after : match.start()], {"$": r"\Z", "[^": "[^\n"}.get(match[0], match[0])]
        after = match.end()
    return re.compile("".join((*found, text[after:])))


# Escaped characters are passed over, so that only a sign that means something is put into Python's words.
_FOR_PYTHON = re.compile(r"\\.|\[\^|\$", re.DOTALL)


def read_pattern(text: str) -> Pattern:
    """The pattern that a text from outside spells. Raises PatternError."""
    if len(text) > MAX_PATTERN:
        raise PatternError(MAX_PATTERN, f"the end of a pattern of at most {MAX_PATTERN} characters")
    reader = _Reader(text)
    written, _ = reader.branches(0)
    if reader.at < len(text):
        raise PatternError(reader.at, "'(' before ')'")
    return Pattern(written)


class _Part(Struct, frozen=True):
    """How many states a part of the automaton has, and whether it repeats something."""

    states: int
    repeats: bool = False


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def branches(self, depth: int) -> tuple[str, _Part]:
        """One pattern, up to the end of its group."""
        if depth > MAX_GROUPS:
            raise PatternError(self.at, f"at most {MAX_GROUPS} groups in each other")
        written: list[str] = []
        states, repeats = 0, False
        while self._next() not in ("", ")"):
            if self._take("|"):
                written.append("|")
                continue
            piece, part = self._piece(depth)
            written.append(piece)
            states, repeats = states + part.states, repeats or part.repeats
            if states > MAX_STATES:
                raise PatternError(self.at, f"a pattern that comes to at most {MAX_STATES} characters, repeated ones as often")
        return "".join(written), _Part(states, repeats)

    def _next(self) -> str:
        return self._text[self.at : self.at + 1]

    def _take(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self.at)
        self.at += len(sign) if taken else 0
        return taken

    def _piece(self, depth: int) -> tuple[str, _Part]:
        for anchor in "^$":
            if self._take(anchor):
                if self._next() and self._next() in "?*+{":
                    raise PatternError(self.at, "something to repeat")
                return anchor, _Part(1)
        atom, part = self._atom(depth)
        start = self.at
        repetition = self._repetition()
        if repetition is None:
            return atom, part
        sign, most = repetition
        if part.repeats:
            raise PatternError(start, "no repetition of what is repeated")
        if self._next() and self._next() in "?*+{":
            raise PatternError(self.at, "one repetition")
        return atom + sign, _Part(part.states * max(most, 1), repeats=True)

    def _repetition(self) -> tuple[str, int] | None:
        for sign in "?*+":
            if self._take(sign):
                return sign, 1
        if not self._take("{"):
            return None
        start = self.at
        end = self._text.find("}", start)
        found = re.fullmatch(r"([0-9]{1,3})(?:(,)([0-9]{1,3})?)?", self._text[start:end]) if end >= 0 else None
        if found is None:
            raise PatternError(start, "'m}', 'm,}' or 'm,n}'")
        numbers = [int(number) for number in (found[1], found[3]) if number]
        if max(numbers) > MAX_REPEATED or numbers != sorted(numbers):
            raise PatternError(start, f"numbers up to {MAX_REPEATED}, the smaller one first")
        self.at = end + 1
        return f"{{{','.join(map(str, numbers))}{',' if found[2] and len(numbers) == 1 else ''}}}", max(numbers) + 1

    def _atom(self, depth: int) -> tuple[str, _Part]:
        start = self.at
        if self._take("("):
            if self._next() == "?":
                raise PatternError(self.at, "a plain group")
            inner, part = self.branches(depth + 1)
            if not self._take(")"):
                raise PatternError(self.at, "')'")
            if not inner:
                raise PatternError(start + 1, "something in the group")
            return f"(?:{inner})", part
        if self._take("["):
            return self._class(), _Part(1)
        if self._take("\\"):
            return self._escape(inside=False), _Part(1)
        if self._take("."):
            return ".", _Part(1)
        character = self._next()
        if character in "?*+{}]":
            raise PatternError(start, "something to repeat" if character in "?*+{" else "an escape before a bracket")
        self.at += 1
        return _plain(character), _Part(1)

    def _escape(self, inside: bool) -> str:
        """What stands behind a backslash: a class of characters, a character of no sight, or a sign as it is."""
        letter = self._next()
        if letter in _CHARACTERS:
            self.at += 1
            return _CHARACTERS[letter]
        if letter and letter.lower() in _CLASSES:
            if inside and letter.isupper():
                raise PatternError(self.at, "no class that excludes within another")
            self.at += 1
            characters = _CLASSES[letter.lower()]
            return characters if inside else f"[{'^' if letter.isupper() else ''}{characters}]"
        if not letter or letter.isalnum() or letter == "_" or not letter.isascii():
            raise PatternError(self.at, "one of d, w, s, t, n, r, f, v or a sign behind the backslash")
        self.at += 1
        return _plain(letter)

    def _class(self) -> str:
        negated = self._take("^")
        written: list[str] = []
        while not self._take("]"):
            if not self._next() or self._next() == "[":
                raise PatternError(self.at, "']'" if not self._next() else "an escape before '['")
            low, is_class = self._member()
            if self._next() == "-" and self._text[self.at + 1 : self.at + 2] not in ("", "]"):
                self.at += 1
                start = self.at
                high, high_is_class = self._member()
                if is_class or high_is_class or high < low:
                    raise PatternError(start, "the end of a range, not before its beginning")
                written.append(f"{_plain(low)}-{_plain(high)}")
            else:
                written.append(low if is_class else _plain(low))
        if not written:
            raise PatternError(self.at - 1, "something in the class")
        return f"[{'^' if negated else ''}{''.join(written)}]"

    def _member(self) -> tuple[str, bool]:
        """A character of a class, or what the name of a class stands for."""
        if not self._take("\\"):
            character = self._next()
            if not character:
                raise PatternError(self.at, "']'")
            self.at += 1
            return character, False
        is_class = self._next().lower() in _CLASSES and bool(self._next())
        found = self._escape(inside=True)
        return (found, True) if is_class else (found[-1], False)


def _plain(character: str) -> str:
    """A character that stands for itself, within a class and outside."""
    is_sign = character.isascii() and character.isprintable() and not character.isalnum() and character not in " _"
    return f"\\{character}" if is_sign else character
