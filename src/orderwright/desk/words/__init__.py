"""What the desk says, in the languages it speaks: texts, amounts and moments, as each place writes them."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "de": "Deutsch"}
"""The languages, by their tags, each in its own name. English is what the texts are written in: its folder
has the names of the API alone that are no English."""
_USUAL: Final = "en_GB"
_ROOM: Final = Path(__file__).parent


class Words:
    """Texts and figures in one language, as they are written in one place."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.language = locale[:2]
        self._texts = texts(self.language)

    def __call__(self, text: str, **values: object) -> str:
        """A text of ours in this language, with values put in where it names them."""
        said = self._texts.get(text, text)
        return said.format(**values) if values else said

    def money(self, amount: Mapping[str, Any] | None) -> str:
        """An amount as the API has it, with all its digits; nothing for none."""
        if amount is None:
            return ""
        digits = int(amount.get("fractionDigits", 2))
        minor = amount.get("preciseAmount", amount["centAmount"])
        return _money(int(minor), digits, str(amount["currencyCode"]), self.locale)

    def number(self, value: float | str) -> str:
        """A number."""
        return _number(str(value), self.locale)

    @staticmethod
    def short(id: str | None) -> str:
        """As much of an id as is shown of what has no name: its end, since ids begin with the time. Nothing for none."""
        return (id or "")[-8:]

    def percent(self, share: float | str) -> str:
        """A share of one, as per cent."""
        return _percent(str(share), self.locale)

    def moment(self, instant: str | datetime | None) -> str:
        """A moment in UTC, to the minute; nothing for none."""
        text = str(instant) if instant else ""
        return f"{_day(text[:10], self.locale)}, {text[11:16]}" if text else ""

    def day(self, day: str | date) -> str:
        """A day."""
        return _day(str(day)[:10], self.locale)

    def local(self, texts: Mapping[str, str] | str | None) -> str:
        """A localized text in this language, or in any that it has."""
        if not isinstance(texts, Mapping):
            return texts or ""
        tags = (self.locale.replace("_", "-"), self.language, "en")
        near = (text for tag, text in texts.items() if tag[:2] == self.language)
        return next((texts[tag] for tag in tags if tag in texts), next(near, next(iter(texts.values()), "")))


@functools.cache
def words_of(locale: str) -> Words:
    """The words of a locale that `locale_of` has chosen."""
    return Words(locale)


@functools.cache
def texts(language: str) -> dict[str, str]:
    """What has been translated, by the English text or the name that the API has for it."""
    found: dict[str, str] = {}
    for file in sorted((_ROOM / language).glob("*.json")):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def locale_of(chosen: str, accepted: str) -> str:
    """The locale of a visit: the language that was `chosen`, else the first of those a browser accepts that is spoken here. The
    region of that language stays as the browser has it, if it is known."""
    tags = [part.partition(";")[0].strip().replace("-", "_") for part in accepted[:200].split(",")]
    fitting = [tag for tag in tags if tag[:2] in ((chosen,) if chosen in LANGUAGES else LANGUAGES)]
    for tag in fitting:
        if tag in _locales():
            return tag
    return {"de": "de_DE"}.get(chosen or (fitting[0][:2] if fitting else ""), _USUAL)


@functools.cache
def _locales() -> frozenset[str]:
    from babel.localedata import locale_identifiers  # not when the server starts: many never open the desk

    return frozenset(name for name in locale_identifiers() if len(name) == 5 and name[:2] in LANGUAGES)


@functools.lru_cache(maxsize=8_192)
def _money(minor: int, digits: int, currency: str, locale: str) -> str:
    from babel.numbers import format_currency, get_currency_precision

    value = Decimal(minor).scaleb(-digits)
    if digits == get_currency_precision(currency):
        return str(format_currency(value, currency, locale=locale))
    return f"{_number(format(value, f'.{digits}f'), locale)} {currency}"


@functools.lru_cache(maxsize=8_192)
def _number(value: str, locale: str) -> str:
    from babel.numbers import format_decimal

    number = Decimal(value)
    places = max(0, -int(number.as_tuple().exponent))
    return str(format_decimal(number, format=f"#,##0.{'0' * places}" if places else "#,##0", locale=locale))


@functools.lru_cache(maxsize=1_024)
def _percent(share: str, locale: str) -> str:
    from babel.numbers import format_percent

    return str(format_percent(Decimal(share), locale=locale, decimal_quantization=False))


@functools.lru_cache(maxsize=1_024)
def _day(day: str, locale: str) -> str:
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMd", date.fromisoformat(day), locale=locale))
