"""The languages of the desk: no text without a translation, and figures as each place writes them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import orderwright.desk
from orderwright.desk.orders.filters import CHOICES
from orderwright.desk.visit import PLACES
from orderwright.desk.words import locale_of, texts, words_of

pytestmark = pytest.mark.pure
ROOM = Path(orderwright.desk.__file__).parent
SAID = re.compile(r"""\bt\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')|\bwords(?:_for\(request\))?\(\s*"((?:[^"\\]|\\.)*)\"""")


REFUSED = re.compile(r"""\binvalid_input\(\s*"((?:[^"\\]|\\.)*)\"""")


def said() -> dict[str, str]:
    """Every text of a page or of the code, and a file that has it."""
    files = [*ROOM.rglob("*.html"), *ROOM.rglob("*.py")]
    found = {}
    for file in files:
        source = file.read_text(encoding="utf-8")
        for groups in SAID.findall(source):
            found["".join(groups)] = file.name
        found |= dict.fromkeys(REFUSED.findall(source), file.name)
    return found


def test_every_text_has_a_translation() -> None:
    known = texts("de")
    assert [title for title in PLACES.values() if title not in known] == []
    assert {text: file for text, file in said().items() if text not in known} == {}


def test_a_translation_puts_in_what_the_text_does() -> None:
    for text, translated in texts("de").items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", translated)), text
        assert translated.strip(), text


def test_no_text_is_translated_twice_in_two_ways() -> None:
    seen: dict[str, str] = {}
    for file in sorted((ROOM / "words" / "de").glob("*.json")):
        for text, translated in json.loads(file.read_text(encoding="utf-8")).items():
            assert seen.setdefault(text, translated) == translated, (file.name, text)


@pytest.mark.parametrize(
    ("locale", "cents", "digits", "currency", "written"),
    [
        ("en_GB", 123456, 2, "EUR", "€1,234.56"),
        ("en_US", -5, 2, "USD", "-$0.05"),
        ("de_DE", 123456, 2, "EUR", "1.234,56\xa0€"),
        ("de_AT", 123456, 2, "EUR", "€\xa01.234,56"),
        ("en_GB", 1234, 0, "JPY", "JP¥1,234"),
        ("de_DE", 1234567, 3, "KWD", "1.234,567\xa0KWD"),
        ("en_GB", 1234500, 4, "EUR", "123.4500 EUR"),
    ],
)
def test_an_amount_is_written_with_all_its_digits(locale: str, cents: int, digits: int, currency: str, written: str) -> None:
    amount = {"type": "centPrecision", "centAmount": cents, "fractionDigits": digits, "currencyCode": currency}
    assert words_of(locale).money(amount) == written


def test_a_share_is_written_with_all_its_digits() -> None:
    assert [words_of(locale).percent(0.075) for locale in ("en_GB", "de_DE")] == ["7.5%", "7,5\xa0%"]
    assert words_of("en_GB").percent("0.19") == "19%"


def test_a_name_of_the_api_is_read_as_words() -> None:
    names = [state for choice in CHOICES for state in choice.offered]
    for language in ("en_GB", "de_DE"):
        said = [words_of(language)(name) for name in names]
        assert [text for text in said if re.search("[a-z][A-Z]", text)] == []


def test_a_precise_amount_keeps_its_digits() -> None:
    amount = {"centAmount": 1, "preciseAmount": 12345, "fractionDigits": 6, "currencyCode": "EUR"}
    assert words_of("de_DE").money(amount) == "0,012345 EUR"


@pytest.mark.parametrize(
    ("chosen", "accepted", "locale"),
    [
        ("", "de-CH, de;q=0.8", "de_CH"),
        ("", "de", "de_DE"),
        ("", "en-US", "en_US"),
        ("", "fr, en;q=0.5, de;q=0.1", "en_GB"),
        ("de", "en-US", "de_DE"),
        ("de", "en-US, de-AT", "de_AT"),
        ("en", "de-AT", "en_GB"),
        ("xx", "", "en_GB"),
        ("", "de_" * 10_000, "de_DE"),
        ("", "de-../../x", "de_DE"),
    ],
)
def test_a_locale_is_one_that_is_known(chosen: str, accepted: str, locale: str) -> None:
    assert locale_of(chosen, accepted) == locale


def test_days_and_moments_are_of_utc() -> None:
    assert words_of("de_DE").moment("2026-03-01T23:59:59.999Z") == "1. März 2026, 23:59"
    assert words_of("en_US").moment("2026-03-01T23:59:59.999Z") == "Mar 1, 2026, 23:59"
    assert words_of("en_GB").day("2026-12-24") == "24 Dec 2026"


def test_of_an_id_its_end_is_shown() -> None:
    # Both were made in the same minute, so that they begin alike.
    one, other = "01a22ba9-14f4-70a0-b6e0-6167589e3181", "01a22ba9-14f4-70a0-b6e0-7d7bb8e2fe33"
    words = words_of("de_DE")
    assert (words.short(one), words.short(other), words.short(None)) == ("589e3181", "b8e2fe33", "")
