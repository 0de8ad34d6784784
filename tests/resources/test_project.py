"""The project's settings, and how a project is made."""

import asyncio
from typing import Any

import pytest

from domain.facts import NOW, PROJECT
from orderwright.engine.codec import decoder
from orderwright.errors import ApiError
from orderwright.projects import RESERVED_PROJECT_KEYS, ProjectError, create_project, new_project
from orderwright.resources.project import RESOURCE
from orderwright.settings import Settings
from orderwright.storage import migrations
from orderwright.storage.database import Database
from orderwright.storage.documents import Documents
from resources.changes import changed, holds_to_specification, refused


def test_settings_are_changed() -> None:
    after = changed(
        RESOURCE,
        PROJECT,
        {"action": "changeName", "name": "Shop"},
        {"action": "changeCurrencies", "currencies": ["EUR", "GBP", "EUR"]},
        {"action": "changeCountries", "countries": ["AT"]},
        {"action": "changeLanguages", "languages": ["de", "en", "fr", "it"]},
        {"action": "changeMessagesConfiguration", "messagesConfiguration": {"enabled": True, "deleteDaysAfterCreation": 90}},
        {"action": "changeMessagesEnabled", "messagesEnabled": False},
        {"action": "changeCartsConfiguration", "cartsConfiguration": {"deleteDaysAfterLastModification": 7}},
        {"action": "changeCountryTaxRateFallbackEnabled", "countryTaxRateFallbackEnabled": True},
        {"action": "changePriceRoundingMode", "priceRoundingMode": "HalfUp"},
        {"action": "changeTaxRoundingMode", "taxRoundingMode": "HalfDown"},
        {"action": "setShippingRateInputType", "shippingRateInputType": {"type": "CartValue"}},
    )
    assert (after.name, after.currencies, after.countries) == ("Shop", ("EUR", "GBP"), ("AT",))
    assert after.languages == ("de", "en", "fr", "it")
    assert (after.messages.enabled, after.messages.delete_days_after_creation) == (False, 90)
    assert (after.carts.delete_days_after_last_modification, after.carts.country_tax_rate_fallback_enabled) == (7, True)
    assert (after.carts.price_rounding_mode, after.carts.tax_rounding_mode) == ("HalfUp", "HalfDown")
    holds_to_specification("Project", after)
    assert changed(RESOURCE, after, {"action": "setShippingRateInputType"}).shipping_rate_input_type is None


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("InvalidOperation", {"action": "changeCurrencies", "currencies": []}),
        ("InvalidField", {"action": "changeCurrencies", "currencies": ["XYZ"]}),
        ("InvalidOperation", {"action": "changeCountries", "countries": []}),
        ("InvalidOperation", {"action": "changeLanguages", "languages": []}),
        ("LanguageUsedInStores", {"action": "changeLanguages", "languages": ["en", "fr"]}),
        ("InvalidJsonInput", {"action": "changeName", "name": ""}),
        ("InvalidJsonInput", {"action": "changePriceRoundingMode", "priceRoundingMode": "Up"}),
        ("InvalidJsonInput", {"action": "changeMessagesConfiguration", "messagesConfiguration": {"enabled": True}}),
        ("InvalidJsonInput", {"action": "setShippingRateInputType", "shippingRateInputType": {"type": "CartScore"}}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, PROJECT, action)


def test_a_new_project_has_the_defaults_of_the_api() -> None:
    project = new_project(NOW, "my-shop", ["EUR", "EUR"], ["DE"], ["en", "de-AT"])
    assert (project.currencies, project.languages) == (("EUR",), ("en", "de-AT"))
    assert project.carts.delete_days_after_last_modification == 90
    holds_to_specification("Project", project)


@pytest.mark.parametrize(
    ("key", "currencies", "countries", "languages", "sentence"),
    [
        ("health", ["EUR"], ["DE"], ["en"], "reserved"),
        ("Shop", ["EUR"], ["DE"], ["en"], "lowercase"),
        ("x", ["EUR"], ["DE"], ["en"], "2 to 36"),
        ("a/b", ["EUR"], ["DE"], ["en"], "letters"),
        ("@clients", ["EUR"], ["DE"], ["en"], "letters"),
        ("shop\n", ["EUR"], ["DE"], ["en"], "letters"),
        ("shop", [], ["DE"], ["en"], "at least one currency"),
        ("shop", ["EUX"], ["DE"], ["en"], "'EUX' is not a currency"),
        ("shop", ["EUR"], [], ["en"], "at least one country"),
        ("shop", ["EUR"], ["Germany"], ["en"], "'Germany' is not a country"),
        ("shop", ["EUR"], ["DE"], [], "at least one language"),
        ("shop", ["EUR"], ["DE"], ["e n"], "'e n' is not a language"),
    ],
)
def test_what_is_no_project(key: str, currencies: list[str], countries: list[str], languages: list[str], sentence: str) -> None:
    with pytest.raises(ProjectError, match=sentence):
        new_project(NOW, key, currencies, countries, languages)


def test_every_path_of_the_server_itself_is_reserved() -> None:
    assert {"oauth", "order-v2", "customer", "customerlogin", "health", "ready", "metrics", "docs"} <= RESERVED_PROJECT_KEYS


def test_a_project_is_stored_once(database_url: str, settings: Settings) -> None:
    async def twice() -> tuple[str, ApiError, str]:
        await migrations.migrate(database_url)
        database = await Database.connect(database_url, settings)
        try:
            made = await create_project(database, "made-once", ["EUR"], ["DE"], ["en"])
            with pytest.raises(ProjectError) as caught:
                await create_project(database, "made-once", ["USD"], ["US"], ["en"])
            found = await Documents(database).catalogue("made-once", ["project"])
            assert found is not None
            ((_, body),) = found[1]
            return made.id, caught.value, body
        finally:
            await database.close()

    id, error, body = asyncio.run(twice())
    assert str(error) == "The project 'made-once' exists already."
    stored = decoder(RESOURCE.model).decode(body)
    assert (stored.id, stored.currencies) == (id, ("EUR",))
