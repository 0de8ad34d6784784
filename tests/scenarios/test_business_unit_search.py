"""Business unit search over HTTP: four units of one shop, and by hand which of them each expression finds."""

from __future__ import annotations

from typing import Any

import pytest
from searching import exact, exists, fulltext, prefix, wildcard

from live import Client, Server

HAMBURG = {"country": "DE", "city": "Hamburg", "streetName": "Deichstraße"}
PARIS = {"country": "FR", "city": "Paris", "company": "Lumière"}


@pytest.fixture(scope="module")
def shop(server: Server) -> Client:
    shop = _shop(server, "units-searched")
    shop.create("customers", {"email": "ada@example.com", "password": "secret", "key": "ada"})
    shop.create("associate-roles", {"key": "buyer", "permissions": ["CreateMyCarts"]})
    role = {"associateRole": {"typeId": "associate-role", "key": "buyer"}}
    member = {"customer": {"typeId": "customer", "key": "ada"}, "associateRoleAssignments": [role]}
    units: list[dict[str, Any]] = [
        {
            "key": "acme",
            "name": "Acme Plumbing",
            "unitType": "Company",
            "contactEmail": "info@acme.example",
            "addresses": [HAMBURG],
        },
        {"key": "acme-north", "name": "North", "unitType": "Division", "parentUnit": _unit("acme"), "associates": [member]},
        {"key": "zeta", "name": "Zeta Lamps", "unitType": "Company", "status": "Inactive", "addresses": [PARIS, HAMBURG]},
        {"key": "plum", "name": "Plum", "unitType": "Company"},
    ]
    for unit in units:
        shop.create("business-units", unit)
    return shop


def _shop(server: Server, key: str) -> Client:
    server.project(key)
    return server.client(key)


def _unit(key: str) -> dict[str, str]:
    return {"typeId": "business-unit", "key": key}


def found(shop: Client, query: Any = None, **more: Any) -> list[str]:
    """The keys of what is found."""
    sent = more if query is None else {"query": query, **more}
    answer = shop.send("POST", "business-units/search", sent)
    assert answer.status_code == 200, answer.text
    hits = answer.json()["results"]
    assert all(set(hit) == {"id", "relevance"} for hit in hits)
    return [shop.get(f"business-units/{hit['id']}")["key"] for hit in hits]


def test_what_each_expression_finds(shop: Client) -> None:
    by_key = {"field": "key", "order": "asc"}
    for query, keys in (
        (fulltext("all", "plumbing"), ["acme"]),
        (fulltext("all", "hamburg"), ["acme", "zeta"]),
        (fulltext("name", "lamps"), ["zeta"]),
        (exact("contactEmail", "info@acme.example"), ["acme"]),
        (exact("unitType", "Division"), ["acme-north"]),
        (exact("status", "Inactive"), ["zeta"]),
        (prefix("key", "acme"), ["acme", "acme-north"]),
        (wildcard("name", "*Plum*"), ["acme", "plum"]),
        (exact("topLevelUnit.key", "acme"), ["acme", "acme-north"]),
        (exact("parentUnit.key", "acme"), ["acme-north"]),
        (exact("associates.customer.id", shop.get("customers/key=ada")["id"]), ["acme-north"]),
        (exact("addresses.country", "FR"), ["zeta"]),
        (exists("contactEmail"), ["acme"]),
        ({"not": [exists("addresses.city")]}, ["acme-north", "plum"]),
        (None, ["acme", "acme-north", "plum", "zeta"]),
    ):
        assert found(shop, query, sort=[by_key]) == keys, query
    assert found(shop, sort=[by_key], limit=2, offset=1) == ["acme-north", "plum"]
    page = shop.send("POST", "business-units/search", {"limit": 1}).json()
    assert (page["total"], page["limit"], page["offset"]) == (4, 1, 0)
    for sent in (
        {"limit": 0},
        {"limit": 101},
        {"offset": 9901},
        {"query": exact("password", "x")},
        {"query": exact("memberIds", "x")},
    ):
        assert shop.send("POST", "business-units/search", sent).status_code == 400, sent


def test_it_is_switched_by_the_project(server: Server) -> None:
    shop = _shop(server, "units-switched")
    assert shop.send("HEAD", "business-units/search").status_code == 200
    assert shop.get("business-units/search/indexing-status") == {"status": "Ready"}
    version = shop.get("")["version"]
    action = {"action": "changeBusinessUnitSearchStatus", "status": "Deactivated"}
    shop.update("", version, action)
    assert shop.send("HEAD", "business-units/search").status_code == 409
    assert shop.refused(400, "POST", "business-units/search", {})["code"] == "SearchNotReady"
    shop.refused(404, "GET", "business-units/search/indexing-status")


def test_who_may_search(server: Server) -> None:
    key = "units-guarded"
    server.project(key)
    assert server.client(key, f"view_business_units:{key}").send("POST", "business-units/search", {}).status_code == 200
    server.client(key, f"view_customers:{key}").refused(403, "POST", "business-units/search", {})
    server.client(key, f"view_business_units:{key}").refused(403, "GET", "business-units/search/indexing-status")
