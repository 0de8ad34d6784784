"""Stores: languages of the project, countries each once, and what their changes tell."""

from typing import Any

import pytest

from domain.facts import BERLIN
from orderwright.resources.store import (
    RESOURCE,
    StoreCountriesChanged,
    StoreCreated,
    StoreDeleted,
    StoreLanguagesChanged,
    StoreNameSet,
)
from resources.changes import changed, holds_to_specification, made, not_made, refused, shown, told

DRAFT: dict[str, Any] = {"key": "rome", "name": {"en": "Rome"}, "languages": ["en"], "countries": [{"code": "IT"}] * 2}


def test_a_draft_makes_a_store_and_tells_it() -> None:
    store = made(RESOURCE, DRAFT)
    assert [country.code for country in store.countries] == ["IT"]
    holds_to_specification("Store", store)
    assert RESOURCE.created is not None and RESOURCE.deleted is not None
    message = RESOURCE.created(store)
    assert isinstance(message, StoreCreated)
    assert shown(message)["countries"] == [{"code": "IT"}]
    assert isinstance(RESOURCE.deleted(store), StoreDeleted)


def test_the_name_is_set_with_a_text_a_language() -> None:
    after, messages = told(RESOURCE, BERLIN, {"action": "setName", "name": {"de": "Laden", "en": "Shop"}})
    assert after.name == {"de": "Laden", "en": "Shop"}
    assert messages == [
        StoreNameSet(name={"de": "Laden", "en": "Shop"}, name_all_locales=({"de": "Laden"}, {"en": "Shop"}))
    ]


def test_languages_tell_what_came_and_went() -> None:
    after, messages = told(RESOURCE, BERLIN, {"action": "setLanguages", "languages": ["fr", "de"]})
    assert after.languages == ("fr", "de")
    assert messages == [StoreLanguagesChanged(added_languages=("fr",), removed_languages=("en",))]


def test_the_same_languages_tell_nothing() -> None:
    assert told(RESOURCE, BERLIN, {"action": "setLanguages", "languages": ["de", "en", "de"]}) == (BERLIN, [])


def test_countries_tell_what_came_and_went() -> None:
    after, messages = told(
        RESOURCE,
        BERLIN,
        {"action": "addCountry", "country": {"code": "AT"}},
        {"action": "addCountry", "country": {"code": "AT"}},
        {"action": "removeCountry", "country": {"code": "DE"}},
        {"action": "removeCountry", "country": {"code": "CH"}},
    )
    assert [country.code for country in after.countries] == ["AT"]
    assert [type(message) for message in messages] == [StoreCountriesChanged] * 2
    assert changed(RESOURCE, after, {"action": "setCountries"}).countries == ()


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("ProjectNotConfiguredForLanguages", {"action": "setLanguages", "languages": ["it"]}),
        ("InvalidJsonInput", {"action": "addCountry", "country": {"code": "Italy"}}),
        ("InvalidJsonInput", {"action": "setKey", "key": "other"}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, BERLIN, action)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("ProjectNotConfiguredForLanguages", {"languages": ["it"]}),
        ("InvalidJsonInput", {"supplyChannels": [{"typeId": "channel", "key": "c"}]}),
        ("InvalidJsonInput", {"storefront": {"faqUrl": "https://example.com"}}),
        ("InvalidJsonInput", {"key": "r"}),
    ],
)
def test_drafts_that_are_refused(code: str, changes: dict[str, Any]) -> None:
    not_made(code, RESOURCE, {**DRAFT, **changes})


def test_members_that_are_not_served_may_be_empty() -> None:
    assert made(RESOURCE, {**DRAFT, "supplyChannels": [], "custom": None}).supply_channels == ()
