"""The scalar types of the API: what a single JSON value may be, checked while it is decoded."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta

MAX_DIGITS = 400
"""Of a number whose range no type bounds: beyond them PostgreSQL and the readers of JSON begin to differ."""
_MANY_DIGITS = f"A number has more than {MAX_DIGITS} digits"
_TOO_LARGE = 10**MAX_DIGITS
_LONGEST = 1_000  # characters, zeros that say nothing among them
_NUMBERS = (int, float, Decimal)
_EXACT = Context(prec=MAX_DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact, InvalidOperation])
# Exponents of three digits are far beyond that, and no more than a Decimal can have.
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?0*[0-9]{1,3})?")


class DateTime(str):
    """A UTC instant in the API's one form, `2017-01-04T19:54:49.797Z`, so that comparing texts compares times."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> DateTime:
        """Read any ISO 8601 instant; one without an offset is UTC. Raises ValueError for anything else."""
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError("Expected a date and time, such as 2017-01-04T19:54:49.797Z") from None
        if len(text) == 24 and text[7] == "-" and text[10] == "T" and text[23] == "Z" and text[19] == ".":
            return cls(text)
        try:
            return cls.of(instant)
        except OverflowError:
            raise ValueError("The instant lies outside the years 1 to 9999 of UTC") from None

    @classmethod
    def of(cls, instant: datetime) -> DateTime:
        """The text of `instant`, cut to milliseconds."""
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
        return cls(f"{instant.isoformat(timespec='milliseconds')[:-6]}Z")  # less its +00:00

    def instant(self) -> datetime:
        """The same instant as an aware datetime, for a timestamptz column."""
        return datetime.fromisoformat(self)


class NotServed:
    """A member of the API that this version does not serve: anything but an empty value is refused, never dropped.

    An instance is such an empty value; it means what None means.
    """


class Secret:
    """A password as it was sent. Wherever it would be shown, in an error, a log or a document, its mask stands instead."""

    __slots__ = ("_text",)
    MASK: Final = "****"

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self.MASK

    def reveal(self) -> str:
        """The password itself, for those who hash it."""
        return self._text


class Credential(Secret):
    """A key or password of another service. Where it is long enough that this gives nothing away, its mask ends as it does, so
    that whoever set it can tell it from another. What was masked once stays as it is."""

    __slots__ = ()
    _LONG = 16

    def __repr__(self) -> str:
        text = self._text
        if text.startswith(self.MASK):
            return text[: len(self.MASK) + 4]
        return self.MASK + (text[-4:] if len(text) >= self._LONG else "")


class _AnyNumber(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, _NUMBERS) and not isinstance(value, bool)


class ExactNumber(metaclass=_AnyNumber):
    """A JSON number, exactly as it was sent. A field of the type `float` would round it."""


if TYPE_CHECKING:
    Number = int | float | Decimal
else:
    Number = ExactNumber


def bounded(value: Any) -> Number:
    """A JSON number that was decoded. Raises TypeError for what is none, ValueError for a whole one of more than 400 digits."""
    if not isinstance(value, _NUMBERS) or isinstance(value, bool):
        raise TypeError(f"Expected `number`, got `{type(value).__name__}`")
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        raise ValueError(_MANY_DIGITS)
    return value


def number(text: str) -> int | Decimal | None:
    """The number that `text` spells, exactly; None if it spells none, or one of more than 400 digits."""
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return None
    if text.lstrip("-").isdecimal():
        whole = int(text)
        return whole if abs(whole) < _TOO_LARGE else None
    value = Decimal(text)
    # Not the text is measured but the value, which may be written in more characters than it was sent in.
    return value if abs(value.adjusted()) <= MAX_DIGITS and len(value.as_tuple().digits) <= MAX_DIGITS else None


def fraction(text: str) -> float | Decimal:
    """A JSON number with a fraction or an exponent: a float where that is the very number, else a Decimal without needless zeros.

    So each value has one form, and what a float holds is written as it always was. Raises ValueError for more than 400 digits.
    """
    short = float(text)
    if repr(short) == text:
        return short
    exact = number(text)
    if exact is None:
        raise ValueError(_MANY_DIGITS)
    return short if Decimal(repr(short)) == exact else _EXACT.normalize(Decimal(exact))


def whole(pattern: str) -> str:
    """A regular expression for all of a text. Python's `$` alone would let one more line break pass, and such an id reached
    the database; every other dialect reads the two the same."""
    return rf"^{pattern}$(?!\n)"


UUID = whole("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
Id = Annotated[str, Meta(pattern=UUID)]
Key = Annotated[str, Meta(pattern=whole("[A-Za-z0-9_-]+"), min_length=2, max_length=256)]
CountryCode = Annotated[str, Meta(pattern=whole("[A-Z]{2}"))]
CurrencyCode = Annotated[str, Meta(pattern=whole("[A-Z]{3}0?"))]
Locale = Annotated[str, Meta(pattern=whole("[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8})*"), max_length=35)]
LocalizedString = dict[Locale, str]
CentAmount = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Quantity = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Text = Annotated[str, Meta(max_length=10_000)]


def decode_scalar(expected: type, value: Any) -> Any:
    """What msgspec calls for the types it does not know; ValueError and TypeError become the error that names the path."""
    if expected is DateTime:
        if not isinstance(value, str):
            raise TypeError(f"Expected `datetime`, got `{type(value).__name__}`")
        return DateTime.parse(value)
    if expected is Secret or expected is Credential:
        if not isinstance(value, str):
            raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
        if not value:
            raise ValueError("Expected `str` of length >= 1")
        return expected(value)
    if expected is ExactNumber:
        return bounded(value)
    if expected is NotServed:
        if value in ([], {}, ""):
            return NotServed()
        raise ValueError("This field is not served by this version of Orderwright")
    raise NotImplementedError(expected)


def encode_scalar(value: Any) -> Any:
    """The inverse of `decode_scalar`."""
    if isinstance(value, DateTime):
        return str.__str__(value)
    if isinstance(value, Secret):
        return repr(value)
    if isinstance(value, NotServed):
        return None
    raise NotImplementedError(type(value))
