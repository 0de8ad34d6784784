"""Bad input at the doors of an owner, and in the bodies that are neither drafts nor updates: refused, and nothing stored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec.inspect as model
import pytest
from bad_shapes import example, mutants
from test_bad_input import quote, refuse_each, refuse_each_action, rows

from live import Client
from orderwright.app import declared
from orderwright.domain.cart.resource import MY_REPLICA
from orderwright.domain.customer.resource import MINE as MY_CUSTOMER
from orderwright.engine.json.codec import decode_body
from orderwright.engine.resource import ResourceType
from orderwright.http.api.doors import DOORS
from orderwright.http.api.routes import form_of
from orderwright.resources import OWN
from shop_setup import cart_draft, open_shop

__all__ = ["rows"]  # a fixture of these tests too
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SIGNUP = "me/signup"


def is_created(resource: ResourceType) -> bool:
    """Whether an owner may make one."""
    return ("me", resource.path, "", "POST") in declared().table


# Of those that an owner may only see and change, as quotes, no draft is sent.
DRAFTED = [*(resource for resource in OWN if is_created(resource)), MY_REPLICA, MY_CUSTOMER]
CHANGED = [resource for resource in (*OWN, MY_CUSTOMER) if resource.actions.types]


def place_of(resource: ResourceType) -> str:
    """Where a draft is sent."""
    if resource is MY_CUSTOMER:
        return SIGNUP
    return f"me/{resource.path}" + ("/replicate" if resource is MY_REPLICA else "")


def ids(resource: ResourceType) -> str:
    return place_of(resource)


@pytest.fixture
def ada(shop: Client) -> Client:
    """A customer of a shop with goods."""
    open_shop(shop)
    shop.create("customers", {"email": "ada@example.com", "password": "secret"})
    return shop.signed_in("ada@example.com", "secret")


@pytest.mark.parametrize("resource", DRAFTED, ids=ids)
def test_each_field_of_each_draft_of_an_owner(ada: Client, rows: Callable[[], tuple[int, ...]], resource: ResourceType) -> None:
    kind = model.type_info(resource.draft)
    good = example(kind)
    decode_body(resource.draft, json.dumps(good).encode())
    before = rows()
    refuse_each(ada, place_of(resource), resource.draft, mutants(kind, good, set()))
    assert rows() == before


@pytest.mark.parametrize("resource", CHANGED, ids=ids)
def test_each_field_of_each_action_of_an_owner(
    ada: Client, shop: Client, rows: Callable[[], tuple[int, ...]], resource: ResourceType
) -> None:
    asked = shop.create("carts", cart_draft(("mug", 1), customerId=ada.get("me")["id"]))
    quote(shop, asked)
    ada.create("me/carts", {"currency": "EUR", "lineItems": cart_draft(("mug", 1))["lineItems"]})
    ada.create("me/shopping-lists", {"name": {"en": "Wishes"}})
    ada.create("me/payments", {"amountPlanned": {"currencyCode": "EUR", "centAmount": 100}})
    if resource is MY_CUSTOMER:
        path, document = "me", ada.get("me")
    else:
        document = ada.get(f"me/{resource.path}")["results"][0]
        path = f"me/{resource.path}/{document['id']}"
    before = rows()
    refuse_each_action(ada, path, document["version"], resource)
    assert rows() == before
    assert ada.get(path) == document


def bodies() -> Iterator[tuple[str, Any]]:
    """Paths below the project whose bodies are structs of their own."""
    doors = {door.name: door for door in DOORS}
    for (door, collection, form, method), route in declared().table.items():
        if method == "POST" and route.body is not None:
            words = "/".join(filter(None, (doors[door].template, collection, form_of(form)))).removeprefix("/{projectKey}/")
            path = words.replace("{storeKey}", "berlin").replace("{id}", ID)
            yield re.sub(r"\{[^}]*\}", "a-name", path), route.body


BODIES: list[tuple[str, Any]] = sorted(bodies(), key=lambda pair: pair[0])


@pytest.mark.parametrize(("path", "body"), BODIES, ids=str)
def test_each_field_of_each_other_body(
    ada: Client,
    rows: Callable[[], tuple[int, ...]],
    shop: Client,
    client_with: Callable[[str, str], Client],
    path: str,
    body: Any,
) -> None:
    shop.create("stores", {"key": "berlin"})
    kind = model.type_info(body)
    good = example(kind)
    decode_body(body, json.dumps(good).encode())
    caller = ada if "me/" in path else shop
    if path == "api-clients":
        caller = client_with(shop.project, f"manage_api_clients:{shop.project}")
    before = rows()
    refuse_each(caller, path, body, mutants(kind, good, set()))
    assert rows() == before
