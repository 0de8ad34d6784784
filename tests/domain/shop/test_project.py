"""The project's settings, and how a project is made."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, holds_to_specification, refused, shown, with_documents
from domain.facts import BERLIN, NOW, PROJECT
from domain.facts import facts as read
from orderwright.commands.projects import ProjectError, complete_project, create_project, new_project, reserved_project_keys
from orderwright.domain.shop.project.model import Project, SearchIndexingConfiguration, SearchIndexingConfigurationValues
from orderwright.domain.shop.project.resource import EXTERNAL_OAUTH_HEADER, RESOURCE
from orderwright.domain.shop.state import resource as state_type
from orderwright.engine.actions import Change
from orderwright.engine.json.codec import decode_body, decoder, encode
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.effects import SetSecret
from orderwright.errors import ApiError
from orderwright.settings import Settings
from orderwright.storage import migrations
from orderwright.storage.database import Database
from orderwright.storage.documents.documents import Documents

LOSE = "DELETE FROM document WHERE shard = $1 AND type = 'state'"


def classes(*keys: str) -> dict[str, Any]:
    """Classes of carts, each labelled with its key."""
    return {"type": "CartClassification", "values": [{"key": key, "label": {"en": key}} for key in keys]}


def applied(project: Project, **action: Any) -> Change[Project]:
    """The whole change of one action, with its effects."""
    body = encode({"version": project.version, "actions": [action]})
    return RESOURCE.actions.apply(project, decode_body(RESOURCE.actions.update_type(), body).actions, read())


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
        {"action": "changeShoppingListsConfiguration", "shoppingListsConfiguration": {"deleteDaysAfterLastModification": 3}},
        {"action": "setDiscountsConfiguration", "discountsConfiguration": {"discountCombinationMode": "BestDeal"}},
        {"action": "setReleaseExpiredReservations", "releaseExpiredReservations": False},
        {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 44640},
        {"action": "changeMyBusinessUnitStatusOnCreation", "status": "Active"},
        {"action": "setProductCatalogModel", "productCatalogModel": "Classic"},
    )
    assert shown(after)["inventory"] == {"releaseExpiredReservations": False, "reservationExpirationInMinutes": 44640}
    assert (after.shopping_lists.delete_days_after_last_modification, after.product_catalog_model) == (3, "Classic")
    assert shown(after)["discounts"] == {"discountCombinationMode": "BestDeal"}
    assert shown(after)["businessUnits"] == {"myBusinessUnitStatusOnCreation": "Active"}
    assert (after.name, after.currencies, after.countries) == ("Shop", ("EUR", "GBP"), ("AT",))
    assert after.languages == ("de", "en", "fr", "it")
    assert (after.messages.enabled, after.messages.delete_days_after_creation) == (False, 90)
    assert (after.carts.delete_days_after_last_modification, after.carts.country_tax_rate_fallback_enabled) == (7, True)
    assert (after.carts.price_rounding_mode, after.carts.tax_rounding_mode) == ("HalfUp", "HalfDown")
    holds_to_specification("Project", after)
    assert changed(RESOURCE, after, {"action": "setShippingRateInputType"}).shipping_rate_input_type is None


def test_what_owners_may_do_stays_where_defaults_are_changed_without_it() -> None:
    switch = {"action": "changeCustomShippingMethodAtMyCartsEnabled", "customShippingMethodAtMyCartsEnabled": False}
    defaults: dict[str, Any] = {"deleteDaysAfterLastModification": 7}
    off = changed(RESOURCE, PROJECT, switch, {"action": "changeCartsConfiguration", "cartsConfiguration": defaults})
    assert shown(off)["carts"] == {**defaults, "customShippingMethodAtMyCartsEnabled": False}
    holds_to_specification("Project", off)
    both = {**defaults, "customShippingMethodAtMyCartsEnabled": True}
    assert shown(changed(RESOURCE, off, {"action": "changeCartsConfiguration", "cartsConfiguration": both}))["carts"] == both


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
        ("InvalidJsonInput", {"action": "setShippingRateInputType", "shippingRateInputType": {"type": "CartWeight"}}),
        ("DuplicateField", {"action": "setShippingRateInputType", "shippingRateInputType": classes("light", "light")}),
        ("InvalidField", {"action": "setProductCatalogModel", "productCatalogModel": "Modular"}),
        ("InvalidJsonInput", {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 0}),
        ("InvalidJsonInput", {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 44641}),
        ("InvalidJsonInput", {"action": "changeOrderSearchStatus", "status": "Indexing"}),
        ("ReferencedResourceNotFound", {"action": "setMyBusinessUnitAssociateRoleOnCreation", "associateRole": {"key": "buyer"}}),
        ("InvalidJsonInput", {"action": "setExternalOAuth", "externalOAuth": {"url": "u", "authorizationHeader": " Bearer x"}}),
        ("InvalidJsonInput", {"action": "setExternalOAuth", "externalOAuth": {"url": "u"}}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, PROJECT, action)


def test_the_tiers_of_shipping_rates_may_go_by_something_else() -> None:
    by_score = changed(RESOURCE, PROJECT, {"action": "setShippingRateInputType", "shippingRateInputType": {"type": "CartScore"}})
    assert shown(by_score)["shippingRateInputType"] == {"type": "CartScore"}
    sent = classes("light", "heavy")
    by_class = changed(RESOURCE, by_score, {"action": "setShippingRateInputType", "shippingRateInputType": sent})
    assert shown(by_class)["shippingRateInputType"] == sent
    holds_to_specification("Project", by_class)


def test_the_role_of_whoever_makes_a_business_unit_is_kept_by_key() -> None:
    # Associate roles are no resource yet: any document with a key will do.
    facts = with_documents(("associate-role", replace(BERLIN, key="buyer")))
    action = {"action": "setMyBusinessUnitAssociateRoleOnCreation", "associateRole": {"key": "buyer"}}
    assert shown(changed(RESOURCE, PROJECT, action, facts=facts))["businessUnits"] == {
        "myBusinessUnitStatusOnCreation": "Inactive",
        "myBusinessUnitAssociateRoleOnCreation": {"typeId": "associate-role", "key": "buyer"},
    }


def test_searches_are_switched_and_dated_when_that_changes_something() -> None:
    later = read(now=DateTime("2024-06-01T00:00:00.000Z"))
    after = changed(
        RESOURCE,
        PROJECT,
        {"action": "changeProductSearchIndexingEnabled", "enabled": False},
        {"action": "changeProductSearchIndexingEnabled", "enabled": True, "mode": "ProductsSearch"},
        {"action": "changeOrderSearchStatus", "status": "Activated"},
        {"action": "changeCustomerSearchStatus", "status": "Deactivated"},
        {"action": "changeBusinessUnitSearchStatus", "status": "Activated"},
        facts=later,
    )
    stamp = {"lastModifiedAt": "2024-06-01T00:00:00.000Z", "lastModifiedBy": {"clientId": "test"}}
    assert shown(after)["searchIndexing"] == {
        "products": {"status": "Deactivated", **stamp},
        "productsSearch": {"status": "Activated", **stamp},
        "orders": {"status": "Activated", **stamp},
        "customers": {"status": "Deactivated", **stamp},
        "businessUnits": {"status": "Activated", **stamp},
    }
    holds_to_specification("Project", after)
    assert changed(RESOURCE, after, {"action": "changeOrderSearchStatus", "status": "Activated"}) == after


def test_the_search_of_product_projections_is_not_activated_any_more() -> None:
    on = {"action": "changeProductSearchIndexingEnabled", "enabled": True}
    off = changed(RESOURCE, PROJECT, {**on, "enabled": False})
    for project in (PROJECT, off):
        for action in (on, {**on, "mode": "ProductProjectionsSearch"}):
            refused("InvalidOperation", RESOURCE, project, action)
    # Where it is on, as in a project from elsewhere, it stays on until it is switched off.
    values = SearchIndexingConfigurationValues(status="Activated")
    had = replace(PROJECT, search_indexing=SearchIndexingConfiguration(products=values))
    assert changed(RESOURCE, had, on) == had
    assert shown(changed(RESOURCE, had, {**on, "enabled": False}))["searchIndexing"]["products"]["status"] == "Deactivated"


def test_the_header_of_the_introspection_endpoint_is_kept_where_nobody_sees_it() -> None:
    draft = {"url": "https://example.com/introspect", "authorizationHeader": "Bearer very-secret"}
    change = applied(PROJECT, action="setExternalOAuth", externalOAuth=draft)
    assert shown(change.after)["externalOAuth"] == {"url": "https://example.com/introspect", "authorizationHeader": "Bearer ****"}
    assert change.effects == (SetSecret(name=EXTERNAL_OAUTH_HEADER, value="Bearer very-secret"),)
    bare = {**draft, "authorizationHeader": "secret"}
    alone = applied(PROJECT, action="setExternalOAuth", externalOAuth=bare).after
    assert shown(alone)["externalOAuth"]["authorizationHeader"] == "****"
    gone = applied(change.after, action="setExternalOAuth")
    assert (gone.after, gone.effects) == (PROJECT, (SetSecret(name=EXTERNAL_OAUTH_HEADER, value=None),))
    assert changed(RESOURCE, PROJECT, {"action": "setExternalOAuth"}) == PROJECT


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
    served = {"desk", "docs", "health", "images", "livez", "metrics", "oauth", "openapi.json", "ready", "readyz"}
    second = {
        "cart", "checkout", "configuration", "currency", "customer", "customer-management", "customerlogin", "iam", "order-v2",
        "session-context", "site", "statistics",
    }  # fmt: skip
    assert reserved_project_keys() == served | second | {"favicon.ico", "robots.txt"}


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


def test_a_project_has_its_initial_state_and_gets_it_back(database_url: str, settings: Settings) -> None:
    async def run() -> list[list[tuple[str, int]]]:
        await migrations.migrate(database_url)
        database = await Database.connect(database_url, settings)
        try:
            await create_project(database, "with-state", ["EUR"], ["DE"], ["en"])
            seen = [await states(database)]
            for statement in ("DELETE FROM claim WHERE shard = $1 AND kind = 'state.key'", LOSE):
                await database.execute(statement, "with-state")
            seen.append(await states(database))
            # As an earlier version left it: two at once complete it, and one of them does it.
            await asyncio.gather(*(complete_project(database, "with-state") for _ in range(4)))
            seen.append(await states(database))
            with pytest.raises(ProjectError):
                await create_project(database, "with-state", ["EUR"], ["DE"], ["en"])
            await complete_project(database, "no-such-project")
            seen.append(await states(database))
            return seen
        finally:
            await database.close()

    async def states(database: Database) -> list[tuple[str, int]]:
        found = await Documents(database).catalogue("with-state", ["state"])
        assert found is not None
        return [(decoder(state_type.RESOURCE.model).decode(body).key, found[0]) for _, body in found[1]]

    # The catalogue's version, 1 for a new project, rises once.
    assert asyncio.run(run()) == [[("Initial", 1)], [], [("Initial", 2)], [("Initial", 2)]]
