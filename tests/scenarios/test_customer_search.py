"""Customer search over HTTP: twelve customers of one shop, and by hand which of them each expression finds."""

from __future__ import annotations

from typing import Any

import pytest
from searching import LOCALIZED, case, exact, exists, fulltext, prefix, text_field, wildcard, within

from live import Client, Server
from shop_setup import by_key

ODD = "o'100%_a\\b\"@example.com"
TYPE = {
    "key": "extra",
    "name": LOCALIZED,
    "resourceTypeIds": ["customer"],
    "fieldDefinitions": [
        text_field("note", {"name": "String"}),
        text_field("points", {"name": "Number"}),
        text_field("tags", {"name": "Set", "elementType": {"name": "String"}}),
        text_field("motto", {"name": "LocalizedString"}),
    ],
}
LONDON = {"country": "GB", "city": "London", "streetName": "St James Square", "postalCode": "SW1"}
HAMBURG = {"country": "DE", "city": "Hamburg", "streetName": "Deichstraße", "streetNumber": "7"}
PARIS = {"country": "FR", "city": "Paris", "additionalStreetInfo": "Cour B"}
VIP = by_key("customer-group", "vip")
CUSTOMERS: list[dict[str, Any]] = [
    {
        "customerNumber": "C-01",
        "email": "ada@example.com",
        "password": "secret",
        "authenticationMode": "Password",
        "key": "ada",
        "externalId": "crm-77",
        "title": "Countess",
        "salutation": "Mrs",
        "firstName": "Ada",
        "middleName": "King",
        "lastName": "Lovelace",
        "companyName": "Analytical Engines",
        "vatId": "GB999999973",
        "dateOfBirth": "1815-12-10",
        "isEmailVerified": True,
        "locale": "en",
        "addresses": [LONDON],
        "customerGroup": VIP,
    },
    {
        "customerNumber": "C-02",
        "email": "Bob@Example.com",
        "firstName": "Bob",
        "lastName": "Berlin",
        "dateOfBirth": "1990-02-28",
        "addresses": [HAMBURG, PARIS],
        "stores": [by_key("store", "berlin")],
    },
    {
        "customerNumber": "C-03",
        "email": "elodie@exemple.fr",
        "firstName": "Élodie",
        "lastName": "Dupont",
        "dateOfBirth": "2000-02-29",
        "addresses": [PARIS],
        "customerGroupAssignments": [{"customerGroup": VIP}],
        "custom": {
            "type": by_key("type", "extra"),
            "fields": {"note": "calls twice", "tags": ["a", "b"], "motto": {"en": "Onward", "de": "Voran"}},
        },
    },
    {"customerNumber": "C-04", "email": ODD, "lastName": "Quote"},
    *(
        {
            "customerNumber": f"C-{number:02}",
            "email": f"tina{number}@test.example",
            "firstName": "Tina",
            "lastName": f"Test{number}",
            "custom": {"type": by_key("type", "extra"), "fields": {"points": number}},
            "stores": [by_key("store", "harbour")] if number < 7 else [],
        }
        for number in range(5, 13)
    ),
]
EVERY = {f"C-{number:02}" for number in range(1, 13)}
TINA = EVERY - {"C-01", "C-02", "C-03", "C-04"}


@pytest.fixture(scope="module")
def shop_of_customers(server: Server) -> Client:
    """The customers, whom no test changes."""
    server.project("customer-search-shop")
    shop = server.client("customer-search-shop")
    for key in ("berlin", "harbour"):
        shop.create("stores", {"key": key})
    shop.create("customer-groups", {"key": "vip", "groupName": "Very Important"})
    shop.create("types", TYPE)
    for draft in CUSTOMERS:
        shop.create("customers", {"authenticationMode": "ExternalAuth", **draft})
    return shop


@pytest.fixture(scope="module")
def numbers(shop_of_customers: Client) -> dict[str, str]:
    """Customer numbers by id."""
    found = shop_of_customers.get("customers", params={"limit": 500})["results"]
    assert {each["customerNumber"] for each in found} == EVERY
    return {each["id"]: each["customerNumber"] for each in found}


def asked(shop: Client, **body: Any) -> dict[str, Any]:
    answer = shop.send("POST", "customers/search", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fulltext_prefix(field: str, value: str, **more: Any) -> dict[str, Any]:
    return {"fullTextPrefix": {"field": field, "value": value, **more}}


STRING, NUMBER, TAGS = {"fieldType": "text"}, {"fieldType": "number"}, {"fieldType": "set_text"}
MOTTO = {"fieldType": "ltext"}
FOUND: list[tuple[dict[str, Any], set[str]]] = [
    (exact("customerNumber", "C-01"), {"C-01"}),
    ({"exact": {"field": "customerNumber", "values": ["C-01", "C-05", "x"]}}, {"C-01", "C-05"}),
    (exact("key", "ada"), {"C-01"}),
    (exact("externalId", "crm-77"), {"C-01"}),
    (exact("email", "bob@example.com"), set()),
    (exact("email", "bob@example.com", caseInsensitive=True), {"C-02"}),
    (exact("email", ODD), {"C-04"}),
    (exact("firstName", "Tina"), TINA),
    (exact("middleName", "King"), {"C-01"}),
    (exact("lastName", "dupont", caseInsensitive=True), {"C-03"}),
    (exact("title", "Countess"), {"C-01"}),
    (exact("salutation", "Mrs"), {"C-01"}),
    (exact("companyName", "Analytical Engines"), {"C-01"}),
    (exact("vatId", "GB999999973"), {"C-01"}),
    (exact("locale", "en"), {"C-01"}),
    (exact("isEmailVerified", True), {"C-01"}),
    (exact("authenticationMode", "Password"), {"C-01"}),
    (exact("dateOfBirth", "1990-02-28"), {"C-02"}),
    (exact("addresses.city", "Paris"), {"C-02", "C-03"}),
    (exact("addresses.country", "DE"), {"C-02"}),
    (exact("addresses.streetName", "Deichstraße"), {"C-02"}),
    (exact("stores.key", "berlin"), {"C-02"}),
    (exact("stores.key", "harbour"), {"C-05", "C-06"}),
    (exact("customerGroup.name", "Very Important"), {"C-01"}),
    (exact("customerGroup.typeId", "customer-group"), {"C-01"}),
    (exact("customerGroupAssignments.customerGroup.typeId", "customer-group"), {"C-03"}),
    (exact("custom.note", "calls twice", **STRING), {"C-03"}),
    (exact("custom.points", 7, **NUMBER), {"C-07"}),
    (exact("custom.tags", "b", **TAGS), {"C-03"}),
    (exact("custom.motto", "Voran", language="de", **MOTTO), {"C-03"}),
    (fulltext("companyName", "ENGINES analytical"), {"C-01"}),
    (fulltext("companyName", "engines steam"), set()),
    (fulltext("companyName", "engines steam", mustMatch="any"), {"C-01"}),
    (fulltext("email", "example"), {"C-01", "C-02", "C-04"} | TINA),
    (fulltext_prefix("companyName", "ENG anal"), {"C-01"}),
    (fulltext_prefix("companyName", "eng steam"), set()),
    (fulltext_prefix("companyName", "eng steam", mustMatch="any"), {"C-01"}),
    (fulltext_prefix("companyName", "gines"), set()),
    (fulltext_prefix("email", "tina1"), {"C-10", "C-11", "C-12"}),
    (prefix("lastName", "Test1"), {"C-10", "C-11", "C-12"}),
    (prefix("email", "bob@", caseInsensitive=True), {"C-02"}),
    (prefix("addresses.postalCode", "SW"), {"C-01"}),
    (wildcard("email", "*@test.example"), TINA),
    (wildcard("lastName", "?est?"), {"C-05", "C-06", "C-07", "C-08", "C-09"}),
    (wildcard("addresses.city", "ham*", caseInsensitive=True), {"C-02"}),
    (wildcard("email", "*100%_a\\\\b*"), {"C-04"}),
    (within("dateOfBirth", gte="1990-02-28", lt="2000-02-29"), {"C-02"}),
    (within("dateOfBirth", gt="1990-02-28"), {"C-03"}),
    (within("createdAt", gte="2020-01-01T00:00:00Z"), EVERY),
    (within("lastModifiedAt", lt="2020-01-01T00:00:00Z"), set()),
    (within("custom.points", gte=7, lt=9, **NUMBER), {"C-07", "C-08"}),
    (exists("customerGroup"), {"C-01"}),
    (exists("dateOfBirth"), {"C-01", "C-02", "C-03"}),
    (exists("stores"), {"C-02", "C-05", "C-06"}),
    (exists("addresses"), {"C-01", "C-02", "C-03"}),
    (exists("custom.motto", language="de", **MOTTO), {"C-03"}),
    ({"and": [exact("firstName", "Tina"), exists("stores")]}, {"C-05", "C-06"}),
    ({"or": [exact("key", "ada"), exact("addresses.city", "Hamburg")]}, {"C-01", "C-02"}),
    ({"not": [exact("firstName", "Tina"), exists("addresses")]}, {"C-04"}),
    ({"filter": [prefix("customerNumber", "C-0"), exact("firstName", "Tina")]}, TINA - {"C-10", "C-11", "C-12"}),
    # `all` are the texts of a customer and her addresses together: words may come from different fields.
    (fulltext("all", "ada london"), {"C-01"}),
    (fulltext("all", "paris"), {"C-02", "C-03"}),
    (fulltext("all", "BERLIN"), {"C-02"}),  # the name, not the store
    (fulltext("all", "ada hamburg"), set()),
    (fulltext("all", "ada hamburg", mustMatch="any"), {"C-01", "C-02"}),
    (fulltext("all", "crm 77"), {"C-01"}),
    (fulltext_prefix("all", "ad lond"), {"C-01"}),
    (fulltext_prefix("all", "!"), set()),
    (exact("all", "Dupont"), {"C-03"}),
    (exact("all", "dupont", caseInsensitive=True, fieldType="text"), {"C-03"}),
    (prefix("all", "Analyt"), {"C-01"}),
    (wildcard("all", "*STRA?E", caseInsensitive=True), {"C-02"}),
    # Neither the password nor what is shown in its place.
    (fulltext("all", "secret"), set()),
    (wildcard("all", "****aGg=*"), set()),
    (exact("all", '" || @.key == "password'), set()),
]


@pytest.mark.parametrize(("query", "expected"), FOUND, ids=case)
def test_who_is_found(shop_of_customers: Client, numbers: dict[str, str], query: dict[str, Any], expected: set[str]) -> None:
    found = asked(shop_of_customers, query=query, limit=100)
    assert {numbers[result["id"]] for result in found["results"]} == expected
    assert {**found, "results": len(found["results"])} == {
        **{"total": len(expected), "offset": 0, "limit": 100},
        "results": len(expected),
    }
    assert all(result.keys() == {"id", "relevance"} and 0 < result["relevance"] <= 1 for result in found["results"])


def test_a_group_is_found_by_its_id(shop_of_customers: Client, numbers: dict[str, str]) -> None:
    group = shop_of_customers.get("customer-groups/key=vip")["id"]
    for field, number in (("customerGroup.id", "C-01"), ("customerGroupAssignments.customerGroup.id", "C-03")):
        (result,) = asked(shop_of_customers, query=exact(field, group))["results"]
        assert numbers[result["id"]] == number


def test_customers_are_sorted(shop_of_customers: Client, numbers: dict[str, str]) -> None:
    def sorted_by(query: Any, *sort: dict[str, Any]) -> list[str]:
        return [numbers[result["id"]] for result in asked(shop_of_customers, query=query, sort=list(sort))["results"]]

    tina = exact("firstName", "Tina")
    assert sorted_by(tina, {"field": "customerNumber", "order": "asc"}) == sorted(TINA)
    assert sorted_by(tina, {"field": "email", "order": "desc"})[:3] == ["C-09", "C-08", "C-07"]
    assert sorted_by(tina) == sorted(TINA, reverse=True)  # the newest first
    assert sorted_by(tina, {"field": "createdAt", "order": "asc"}) == sorted(TINA)
    assert sorted_by(tina, {"field": "custom.points", "fieldType": "number", "order": "desc"}) == sorted(TINA, reverse=True)
    assert sorted_by(exists("dateOfBirth"), {"field": "dateOfBirth", "order": "desc"}) == ["C-03", "C-02", "C-01"]
    # Bob's cities are Hamburg and Paris: the last of them is Élodie's only one.
    cities = {"field": "addresses.city", "order": "asc"}
    by_city = exists("addresses.city")
    assert sorted_by(by_city, cities, {"field": "customerNumber", "order": "asc"}) == ["C-02", "C-01", "C-03"]
    assert sorted_by(by_city, {**cities, "mode": "max"}, {"field": "customerNumber", "order": "asc"}) == ["C-01", "C-02", "C-03"]
    in_france = {**cities, "filter": exact("addresses.country", "FR")}
    assert sorted_by(by_city, in_france, {"field": "customerNumber", "order": "asc"}) == ["C-02", "C-03", "C-01"]
    either = {"or": [exact("lastName", "Dupont", boost=3), exact("addresses.city", "Paris")]}
    found = asked(shop_of_customers, query=either, sort=[{"field": "score", "order": "desc"}])["results"]
    assert [(numbers[each["id"]], each["relevance"]) for each in found] == [("C-03", 1.0), ("C-02", 0.25)]
    # Of the words "ber" and "dup" each begins one of a name.
    words = fulltext_prefix("lastName", "dup ber", mustMatch="any")
    found = asked(shop_of_customers, query=words, sort=[{"field": "customerNumber", "order": "asc"}])["results"]
    assert [(numbers[each["id"]], each["relevance"]) for each in found] == [("C-02", 0.5), ("C-03", 0.5)]


def test_pages(shop_of_customers: Client, numbers: dict[str, str]) -> None:
    every = asked(shop_of_customers)
    assert (every["total"], every["limit"], every["offset"]) == (12, 20, 0)
    assert [numbers[each["id"]] for each in every["results"]] == sorted(EVERY, reverse=True)
    assert {each["relevance"] for each in every["results"]} == {1.0}
    sort = [{"field": "customerNumber", "order": "asc"}]
    pages = [asked(shop_of_customers, sort=sort, limit=5, offset=offset) for offset in (0, 5, 10, 15)]
    assert [numbers[each["id"]] for page in pages for each in page["results"]] == sorted(EVERY)
    assert [(page["total"], page["offset"], len(page["results"])) for page in pages] == [
        (12, 0, 5),
        (12, 5, 5),
        (12, 10, 2),
        (12, 15, 0),
    ]
    assert asked(shop_of_customers, offset=9_900)["results"] == []


REFUSED: list[tuple[Any, str]] = [
    ({"query": {}}, "InvalidJsonInput"),
    ({"query": []}, "InvalidJsonInput"),
    ({"query": {"exact": "x"}}, "InvalidJsonInput"),
    ({"query": {"or": []}}, "InvalidJsonInput"),
    ({"query": {"fuzzy": {"field": "lastName", "value": "x", "level": 1}}}, "InvalidJsonInput"),
    ({"query": {"fullTextPrefix": {"field": "dateOfBirth", "value": "1990"}}}, "InvalidInput"),
    ({"query": {"fullTextPrefix": {"field": "lastName", "value": "x", "mustMatch": "some"}}}, "InvalidInput"),
    ({"query": exact("password", "secret")}, "InvalidInput"),
    ({"query": prefix("password", "*")}, "InvalidInput"),
    ({"query": exists("password")}, "InvalidInput"),
    ({"query": exists("lowercaseEmail")}, "InvalidInput"),
    ({"query": exists("nope")}, "InvalidInput"),
    ({"query": exact("addresses", "x")}, "InvalidInput"),
    ({"query": exact("email", 5)}, "InvalidInput"),
    ({"query": exact("isEmailVerified", "true")}, "InvalidInput"),
    ({"query": exact("dateOfBirth", "2001-02-29")}, "InvalidInput"),
    ({"query": prefix("dateOfBirth", "1990")}, "InvalidInput"),
    ({"query": within("dateOfBirth", gte="1990-01-01T00:00:00Z")}, "InvalidInput"),
    ({"query": within("lastName", gte="A")}, "InvalidInput"),
    ({"query": exact("custom.note", "x")}, "InvalidInput"),  # of which type?
    ({"query": exact("custom.motto", "Voran", **MOTTO)}, "InvalidInput"),  # in which language?
    ({"query": exact("all", 5)}, "InvalidInput"),
    ({"query": exact("all", "x", language="en")}, "InvalidInput"),
    ({"query": exact("all", 5, fieldType="number")}, "InvalidInput"),
    ({"query": exact("all.email", "x")}, "InvalidInput"),
    ({"query": within("all", gte=5)}, "InvalidInput"),
    ({"limit": 0}, "InvalidInput"),
    ({"limit": 101}, "InvalidInput"),
    ({"offset": -1}, "InvalidInput"),
    ({"offset": 9_901}, "InvalidInput"),
    ({"limit": "5"}, "InvalidJsonInput"),
    ({"sort": [{"field": "password", "order": "asc"}]}, "InvalidInput"),
    ({"sort": [{"field": "all", "order": "asc"}]}, "InvalidInput"),
    ({"sort": [{"field": "nope", "order": "asc"}]}, "InvalidInput"),
    ({"sort": [{"order": "asc"}]}, "InvalidJsonInput"),
    ({"sort": [{"field": "email", "order": "up"}]}, "InvalidJsonInput"),
    ({"sort": [{"field": "email", "order": "asc", "filter": exact("password", "x")}]}, "InvalidInput"),
]


@pytest.mark.parametrize(("body", "code"), REFUSED, ids=case)
def test_what_is_refused(shop_of_customers: Client, body: Any, code: str) -> None:
    assert shop_of_customers.refused(400, "POST", "customers/search", body)["code"] == code


def test_what_is_written_is_found_at_once_and_only_in_its_project(shop: Client, shop_of_customers: Client) -> None:
    assert asked(shop)["total"] == 0
    made = shop.create("customers", {"email": "new@example.com", "authenticationMode": "ExternalAuth"})["customer"]
    assert asked(shop, query=fulltext("all", "new"))["results"] == [{"id": made["id"], "relevance": 1.0}]
    shop.update(f"customers/{made['id']}", 1, {"action": "changeEmail", "email": "other@example.com"})
    assert asked(shop, query=fulltext("all", "new"))["total"] == 0
    assert asked(shop, query=exact("email", "other@example.com"))["total"] == 1
    shop.delete(f"customers/{made['id']}", 2)
    assert asked(shop)["total"] == 0
    assert asked(shop_of_customers)["total"] == 12


def test_the_search_is_there_until_it_is_switched_off(shop: Client) -> None:
    def switch(status: str) -> dict[str, Any]:
        action = {"action": "changeCustomerSearchStatus", "status": status}
        setting: dict[str, Any] = shop.update("", shop.get("")["version"], action)["searchIndexing"]["customers"]
        return setting

    assert shop.send("HEAD", "customers/search").status_code == 200
    began = shop.get("")["createdAt"]
    assert shop.get("customers/search/indexing-status") == {"status": "Ready", "startedAt": began, "lastModifiedAt": began}
    switch("Deactivated")
    assert shop.send("HEAD", "customers/search").status_code == 409
    error = shop.refused(400, "POST", "customers/search", {"query": exists("id")})
    assert (error["code"], error["message"].startswith("Customer Search is not ready.")) == ("SearchNotReady", True)
    assert shop.refused(404, "GET", "customers/search/indexing-status")["code"] == "ResourceNotFound"
    assert shop.send("HEAD", "orders/search").status_code == 200  # which has a switch of its own
    since = switch("Activated")["lastModifiedAt"]
    assert shop.send("HEAD", "customers/search").status_code == 200
    assert asked(shop)["total"] == 0
    assert shop.get("customers/search/indexing-status") == {"status": "Ready", "startedAt": since, "lastModifiedAt": since}


def test_who_may_search(shop: Client, client_with: Any) -> None:
    project, status = shop.project, "customers/search/indexing-status"
    viewer = client_with(project, f"view_customers:{project}")
    assert viewer.send("POST", "customers/search", {}).status_code == 200
    assert viewer.send("HEAD", "customers/search").status_code == 200
    assert viewer.refused(403, "GET", status)["code"] == "insufficient_scope"
    assert client_with(project, f"view_project_settings:{project}").get(status)["status"] == "Ready"
    for scope in (f"view_orders:{project}", f"view_customers:{project}:berlin", f"view_project_settings:{project}"):
        assert client_with(project, scope).refused(403, "POST", "customers/search", {})["code"] == "insufficient_scope"
    assert shop.refused(405, "GET", "customers/search")["code"] == "MethodNotAllowed"
    assert shop.refused(405, "POST", status, {})["code"] == "MethodNotAllowed"
