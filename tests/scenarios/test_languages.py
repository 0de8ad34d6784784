"""BCP 47 ignores case: a language is the same language at every place of the API, however it is written."""

from __future__ import annotations

from typing import Any

from live import Client
from shop_setup import by_key, open_shop


def speaking(shop: Client, *languages: str) -> Any:
    """The project with these languages."""
    return shop.update("", shop.get("")["version"], {"action": "changeLanguages", "languages": list(languages)})


def test_project_and_stores_have_the_same_languages_in_any_case(shop: Client) -> None:
    assert speaking(shop, "EN", "DE", "en", "de-at")["languages"] == ["en", "de", "de-AT"]
    assert shop.create("stores", {"key": "berlin", "languages": ["de"]})["languages"] == ["de"]
    store = shop.create("stores", {"key": "wien", "languages": ["DE-AT", "EN", "de_at"]})
    assert store["languages"] == ["de-AT", "en"]
    same = shop.update("stores/key=wien", store["version"], {"action": "setLanguages", "languages": ["de-AT", "en"]})
    assert same == store
    project = shop.get("")
    gone = {"version": project["version"], "actions": [{"action": "changeLanguages", "languages": ["En", "De"]}]}
    assert shop.refused(400, "POST", "", gone)["code"] == "LanguageUsedInStores"
    unknown = shop.refused(400, "POST", "stores", {"key": "paris", "languages": ["FR"]})
    assert (unknown["code"], unknown["languages"]) == ("ProjectNotConfiguredForLanguages", ["fr"])


def test_carts_orders_and_customers_take_the_projects_languages_in_any_case(shop: Client) -> None:
    speaking(shop, "en", "DE-at")
    cart = shop.create("carts", {"currency": "EUR", "locale": "De-aT"})
    assert cart["locale"] == "de-AT"
    assert shop.update(f"carts/{cart['id']}", cart["version"], {"action": "setLocale", "locale": "EN"})["locale"] == "en"
    signed_up = shop.create("customers", {"email": "ada@example.org", "password": "secret", "locale": "EN"})
    assert signed_up["customer"]["locale"] == "en"
    refused = shop.refused(400, "POST", "carts", {"currency": "EUR", "locale": "fr"})
    assert (refused["code"], refused["allowedValues"]) == ("InvalidField", ["en", "de-AT"])
    found = shop.get("carts", params={"where": 'locale = "EN"'})
    assert [each["id"] for each in found["results"]] == [cart["id"]]
    assert shop.get("carts", params={"where": 'locale in ("de-at", "fr")'})["count"] == 0
    asked = shop.get("customers", params={"where": "locale = :one", "var.one": "eN"})
    assert asked["count"] == 1


def test_localized_texts_are_stored_found_and_sorted_in_any_case(shop: Client) -> None:
    shop.create("channels", {"key": "two", "name": {"EN": "B", "de-at": "Zwei"}})
    shop.create("channels", {"key": "one", "name": {"en": "C"}})
    assert shop.get("channels/key=two")["name"] == {"en": "B", "de-AT": "Zwei"}
    both = shop.get("channels", params={"sort": "name.EN asc"})["results"]
    assert [each["name"]["en"] for each in both] == ["B", "C"]
    for where in ('name(EN = "B")', 'name(`DE-at` = "Zwei")', "name(`dE-AT` is defined)", 'name(eN in ("A", "B"))'):
        assert [each["key"] for each in shop.get("channels", params={"where": where})["results"]] == ["two"], where
    for draft in ({"key": "x3", "name": {"EN": "A", "en": "A"}}, {"key": "x4", "name": {"de_AT": "a", "de-at": "b"}}):
        assert shop.refused(400, "POST", "channels", draft)["code"] == "InvalidJsonInput"
    assert shop.get("channels")["count"] == 2


def test_a_slug_is_unique_in_its_language_in_any_case(shop: Client) -> None:
    shop.create("categories", {"name": {"en": "A"}, "slug": {"de-AT": "same"}})
    error = shop.refused(400, "POST", "categories", {"name": {"en": "B"}, "slug": {"DE-at": "same"}})
    assert (error["code"], error["duplicateValue"]) == ("DuplicateField", "same")
    shop.create("categories", {"name": {"en": "B"}, "slug": {"de": "same"}})


def test_values_of_localized_custom_fields_are_stored_in_one_spelling(shop: Client) -> None:
    field = {"name": "note", "label": {"EN": "Note"}, "required": False, "type": {"name": "LocalizedString"}}
    made = shop.create("types", {"key": "notes", "name": {"en": "N"}, "resourceTypeIds": ["order"], "fieldDefinitions": [field]})
    assert made["fieldDefinitions"][0]["label"] == {"en": "Note"}
    of_notes = {"type": by_key("type", "notes"), "fields": {"note": {"EN": "hello", "de-at": "servus"}}}
    cart = shop.create("carts", {"currency": "EUR", "custom": of_notes})
    assert cart["custom"]["fields"]["note"] == {"en": "hello", "de-AT": "servus"}
    of_notes["fields"] = {"note": {"EN": "a", "en": "b"}}
    assert shop.refused(400, "POST", "carts", {"currency": "EUR", "custom": of_notes})["code"] == "InvalidField"


def test_a_search_names_its_language_in_any_case(shop: Client) -> None:
    open_shop(shop)
    draft = {"currency": "EUR", "country": "DE", "lineItems": [{"sku": "mug"}], "shippingAddress": {"country": "DE"}}
    cart = shop.create("carts", draft)
    order = shop.create("orders", {"cart": {"id": cart["id"], "typeId": "cart"}, "version": cart["version"]})
    for language in ("en", "EN"):
        query = {"exact": {"field": "lineItems.name", "language": language, "value": "Mug"}}
        found = shop.send("POST", "orders/search", {"query": query}).json()
        assert [hit["id"] for hit in found["hits"]] == [order["id"]], language
