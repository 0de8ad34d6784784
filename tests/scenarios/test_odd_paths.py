"""What stands in paths and query parameters is as strange as anything in a body: refused or not found, never a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import msgspec.inspect as model
import pytest

from live import Client
from orderwright.app import declared
from orderwright.http.api.doors import DOORS
from orderwright.http.api.routes import Route
from orderwright.http.wire.exchange import EVENTS
from shop_setup import cart_draft, open_shop

NOBODY = "0f8fad5b-d9cb-469f-a165-70867728950e"
ODD = ("nonsense", NOBODY, NOBODY.upper(), "\x00", "a" * 3_000, "'; DROP TABLE document", "%", "=", "\u202e\U0001f4a5", "-1")
# Every parameter that an endpoint reads by its name, and two that none does.
PARAMETERS = (
    *("where", "sort", "limit", "offset", "withTotal", "expand", "version", "dataErasure", "customerId", "cartId"),
    *("country", "state", "currency", "orderEditId", "staged", "priceCurrency", "priceCountry", "priceCustomerGroup"),
    *("priceCustomerGroupAssignments", "priceChannel", "localeProjection", "storeProjection", "filter[attributes]"),
    *("filter[supplyChannels]", "variant", "sku", "filename", "dryRun", "var.x", "unknown"),
)
DRAWN = {"matching-cart": {"cartId": NOBODY}, "matching-location": {"country": "DE"}}


def routes() -> Iterator[tuple[str, str, str, Route]]:
    """Door, path below the door with its names left open, method and route, of every project-wide and in-store path."""
    doors = {door.name: door for door in DOORS}
    for (door, path, form, method), route in declared().table.items():
        if not doors[door].own and path != "api-clients":
            yield door, "/".join(step for step in (path, form) if step), method, route


def filled(form: str, word: str) -> str:
    """The form with a word at each place that a client fills."""
    steps = form.split("/")
    open_steps = [steps[0], *("" if step in ("id", "*") else step for step in steps[1:])]
    named = [step + quote(word, safe="") if step.endswith("=") or not step else step for step in open_steps]
    return "/".join(named)


def filled_step(step: str) -> str:
    """A step of a form, with an id wherever a client names something."""
    return NOBODY if step in ("id", "*") else f"{step}{NOBODY}" if step.endswith("=") else step


@pytest.fixture
def market(shop: Client) -> Client:
    """A shop with a store and a cart of an anonymous session."""
    open_shop(shop)
    shop.create("stores", {"key": "berlin"})
    shop.create("carts", cart_draft(("mug", 1), anonymousId="visit"))
    return shop


def status(shop: Client, method: str, path: str, content: str = "", **params: Any) -> int:
    """The status of an answer that is no failure and echoes nothing that only the server makes."""
    found, body = shop.bare(method, f"{path}?{urlencode(params)}" if params else path, content.encode())
    assert found < 500, (method, path, content, params, body)
    assert b'"action":{"action":"takeOver"' not in body, (method, path, body)
    return found


def test_no_word_in_a_path_fails_the_server(market: Client) -> None:
    bodies = {"merge": {"anonymousId": "visit"}, "": {"version": 1, "actions": []}}
    for door, form, method, _ in routes():
        prefix = "in-store/key=berlin/" if door == "in-store" else ""
        for word in ODD if "=" in form or "*" in form or "/id" in form else ():
            body = bodies.get(form.rpartition("/")[2], bodies[""])
            sent: dict[str, Any] = {"POST": {"content": json.dumps(body)}, "DELETE": {"version": 1}}
            options = sent.get(method, {})
            assert status(market, method, prefix + filled(form, word), **options) in (200, 400, 404), (form, word)
    for word in ODD:
        door = f"in-store/key={quote(word, safe='')}"
        for path in ("carts", f"carts/{NOBODY}", "orders", "customers", "product-projections/key=mug"):
            assert status(market, "GET", f"{door}/{path}") in (400, 404)


def test_no_value_of_a_parameter_fails_the_server(market: Client) -> None:
    read = [(door, form) for door, form, method, route in routes() if method == "GET" and route.produces != EVENTS]
    asked = [(door, form) for door, form in read if "=" not in form and "*" not in form]
    asked += [("project", "product-projections/key=mug"), ("in-store", "product-projections/key=mug")]
    for door, form in asked:
        prefix = "in-store/key=berlin/" if door == "in-store" else ""
        path = prefix + "/".join(filled_step(step) for step in form.split("/"))
        needed = DRAWN.get(form.rpartition("/")[2], {})
        for name in PARAMETERS:
            for word in ODD:
                assert status(market, "GET", path, **{**needed, name: word}) in (200, 400, 404), (path, name, word)


def test_malformed_json_behind_a_null_is_refused_at_every_post(market: Client) -> None:
    tried = 0
    for door, form, method, route in routes():
        kind = route.body or (route.resource.draft if route.verb == "create" and route.resource else None)
        if method != "POST" or "application/json" not in route.media:
            continue
        names = [field.encode_name for field in model.type_info(kind).fields] if kind is not None else ["version", "actions"]  # type: ignore[attr-defined]  # a body is an object
        prefix = "in-store/key=berlin/" if door == "in-store" else ""
        path = prefix + "/".join(filled_step(step) for step in form.split("/"))
        for name in names:
            for rest in ("", "}}", '"more": ', '"more": nul}', "'"):
                tried += 1
                assert status(market, "POST", path, content=f'{{"{name}":null,{rest}') == 400, (path, name, rest)
    assert tried > 500


def test_a_merge_names_a_customer_who_is_there(market: Client) -> None:
    for word in ("nonsense", NOBODY, "a" * 300):
        error = market.refused(404, "POST", f"carts/customer-id={word}/merge", {"anonymousId": "visit"})
        assert (error["code"], "action" in error) == ("ResourceNotFound", False)
        assert error["message"] == f"The Resource with customer id '{word[:200]}' was not found."
    ada = market.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]
    merged = market.send("POST", f"carts/customer-id={ada['id'].upper()}/merge", {"anonymousId": "visit"})
    assert (merged.status_code, merged.json()["customerId"], "anonymousId" in merged.json()) == (200, ada["id"], False)
    assert market.get(f"carts/customer-id={ada['id'].upper()}")["id"] == merged.json()["id"]
