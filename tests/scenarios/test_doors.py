"""Every door and verb with a stranger's token, another store's, an expired one and none: 401 and 403 as documented.

What is asked for is the route table itself; which scopes open it, the published specification says.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import asyncpg
import httpx
import pytest

from live import Client, skip_without_specification, speccheck
from orderwright.app import declared
from orderwright.auth.scopes import SCOPES as SCOPE_NAMES
from orderwright.auth.scopes import STORE_SCOPES, needed
from orderwright.http.api.doors import DOORS
from orderwright.http.api.routes import form_of
from shop_setup import cart_draft, open_shop, order_draft

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
CHALLENGE = 'Bearer realm="orderwright", error="invalid_token"'


class Operation(NamedTuple):
    """A route: its method, its path below the project, and its path as the specification writes it."""

    method: str
    path: str
    template: str


def operations() -> Iterator[Operation]:
    """Every route there is, in the store `berlin` and with an id of nothing."""
    doors = {door.name: door for door in DOORS}
    for door, collection, form, method in declared().table:
        template = "/".join(filter(None, (doors[door].template, collection, form_of(form))))
        words = template.removeprefix("/{projectKey}").lstrip("/").replace("{storeKey}", "berlin").replace("{id}", ID)
        yield Operation(method, re.sub(r"\{[^}]*\}", "a-name", words), template)


OPERATIONS = sorted(operations())
# The one that monitoring asks, which the specification has without a token.
PUBLIC = "/{projectKey}/subscriptions/{id}/health"


def ask(shop: Client, method: str, path: str, authorization: str | None) -> httpx.Response:
    """A request below the project with just this Authorization header; a body where the method takes one."""
    headers = {} if authorization is None else {"Authorization": authorization}
    content = b"this would not even be JSON" if method == "POST" else None
    if path == "messages/stream" and method == "GET":  # where it is answered, it has no end
        with httpx.stream(method, f"{shop.url}/{shop.project}/{path}", headers=headers) as answer:
            if answer.status_code >= 400:
                answer.read()
            return answer
    return shop.http.request(method, f"/{shop.project}/{path}".rstrip("/"), headers=headers, content=content)


def expired(shop: Client, database_url: str) -> str:
    """A token whose time has run out before anybody used it."""
    token = shop.fetch_token()

    async def end() -> str:
        connection = await asyncpg.connect(database_url)
        try:
            statement = "UPDATE token SET expires_at = now() - interval '1 second' WHERE shard = $1 AND hash = $2"
            return str(await connection.execute(statement, shop.project, hashlib.sha256(token.encode()).digest()))
        finally:
            await connection.close()

    assert asyncio.run(end()) == "UPDATE 1"
    return token


def test_nobody_gets_in_without_a_token_of_the_project(
    shop: Client, client_with: Callable[[str, str], Client], server: Any, database_url: str
) -> None:
    server.project(f"{shop.project}-other")
    stranger = client_with(f"{shop.project}-other", f"manage_project:{shop.project}-other")
    tokens = {
        "none": None,
        "empty": "",
        "no scheme": shop.token,
        "another scheme": f"Basic {shop.token}",
        "no token": "Bearer",
        "malformed": "Bearer not a token",
        "other characters": "Bearer a.b/c=",
        "too long": "Bearer " + "a" * 5_000,
        "unknown": "Bearer " + "a" * 43,
        "expired": f"Bearer {expired(shop, database_url)}",
        "another project's": f"Bearer {stranger.token}",
    }
    for name, authorization in tokens.items():
        for method, path, template in OPERATIONS if name in ("none", "expired", "another project's") else OPERATIONS[:7]:
            if template == PUBLIC:
                continue
            answer = ask(shop, method, path, authorization)
            assert answer.status_code == 401, (name, method, path, answer.text)
            assert answer.headers["www-authenticate"] == CHALLENGE
            if method == "HEAD":
                assert answer.content == b""
                continue
            body = answer.json()
            assert body.pop("error_description", "invalid_token") == "invalid_token"
            assert body == {
                "statusCode": 401,
                "message": "invalid_token",
                "error": "invalid_token",
                "errors": [{"code": "invalid_token", "message": "invalid_token"}],
            }
    assert stranger.get("carts")["results"] == []


# Those of the specification that a token carries beside its scopes, to say whose it is.
OWNERS = ("customer_id:", "anonymous_id:", "customer:")
SCOPES = (
    "view_orders:{0}",
    "manage_orders:{0}",
    "manage_orders:{0}:berlin",
    "manage_orders:{0}:paris",
    "view_products:{0}",
    "manage_products:{0}",
    "view_published_products:{0}",
    "manage_customers:{0}",
    "view_customers:{0}:berlin",
    "view_products:{0}:berlin",
    "manage_products:{0}:berlin",
    "manage_my_payments:{0}",
    "manage_my_orders:{0}:berlin",
    "manage_my_profile:{0}:berlin",
    "view_orders:{0}:berlin",
    "view_shipping_methods:{0}",
    "introspect_oauth_tokens:{0}",
    "view_product_types:{0}",
    "view_zones:{0}",
    "view_channels:{0}",
    "view_payments:{0}",
    "manage_my_orders:{0}",
    "manage_my_profile:{0}",
    "view_key_value_documents:{0}",
    "manage_states:{0}",
    "view_stores:{0}",
    "manage_types:{0}",
    "view_project_settings:{0}",
    "view_messages:{0}",
    "manage_api_clients:{0}",
)


@functools.cache
def specified() -> dict[str, Any]:
    """The specification's operations by their paths, in which names do not count."""
    checker = speccheck()
    assert checker is not None
    return {re.sub(r"\{[^}]*\}", "{}", path): methods for path, methods in checker.spec()["paths"].items()}


def opening(operation: Operation) -> set[str] | None:
    """The scopes that the specification names for an operation, `manage_project` aside; None for one of our own, and for one
    that asks for no token."""
    found = specified().get(re.sub(r"\{[^}]*\}", "{}", operation.template), {}).get(operation.method.lower())
    if found is None or "security" not in found:
        return None
    named = map(str.strip, found["security"][0]["oauth_2_0"])
    return {scope for scope in named if not scope.startswith((*OWNERS, "manage_project:"))}


def opens(scope: str, wanted: set[str]) -> bool:
    """Whether a scope grants one of those wanted: to manage is to view, and the project's right holds in its stores."""
    name, _, store = scope.partition(":{0}")
    granted = {name, name.replace("manage_", "view_", 1)}
    places = [":{projectKey}:{storeKey}"] if store == ":berlin" else [":{projectKey}", ":{projectKey}:{storeKey}"]
    return store != ":paris" and any(right + place in wanted for right in granted for place in places)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_opens_what_the_specification_says_and_nothing_else(
    shop: Client, client_with: Callable[[str, str], Client], scope: str
) -> None:
    skip_without_specification()
    caller = client_with(shop.project, scope.format(shop.project))
    for operation in OPERATIONS:
        wanted = opening(operation)
        answer = ask(shop, operation.method, operation.path, f"Bearer {caller.token}")
        own = "/me" in operation.template
        if wanted is not None and opens(scope, wanted) and not own:
            assert answer.status_code in (200, 400, 404), (operation, answer.text)
        elif wanted is not None and not opens(scope, wanted):
            assert answer.status_code == 403, (operation, answer.text)
            if operation.method != "HEAD":
                body = answer.json()
                assert (body["statusCode"], body["error"]) == (403, "insufficient_scope")
                assert body["message"] == body["error_description"] == body["errors"][0]["message"]
                assert body["errors"][0]["code"] == "insufficient_scope"


def test_every_scope_there_is_is_named_for_the_operations_that_it_opens() -> None:
    """What the test before this one asks over HTTP of some scopes, of all of them and without a server."""
    skip_without_specification()
    doors = {door.name: door for door in DOORS}
    for (name, collection, form, method), route in declared().table.items():
        door = doors[name]
        template = "/".join(filter(None, (door.template, collection, form_of(form))))
        wanted = opening(Operation(method, "", template))
        if wanted is None:
            continue
        granting = set(needed("k", route.family, route.verb, "berlin" if door.in_store else None, door.own))
        for scope in SCOPE_NAMES - {"manage_project"}:
            for place in ("", ":berlin", ":paris") if scope in STORE_SCOPES else ("",):
                grants = opens(f"{scope}:{{0}}{place}", wanted) and (door.in_store or not place)
                assert (f"{scope}:k{place}" in granting) == grants, (method, template, scope, place)


def test_a_store_token_at_its_own_door(shop: Client, client_with: Callable[[str, str], Client]) -> None:
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    berlin = client_with(shop.project, f"manage_orders:{shop.project}:berlin")
    own = berlin.create("in-store/key=berlin/carts", cart_draft(("mug", 1)))
    foreign = shop.create("in-store/key=paris/carts", cart_draft(("mug", 1), key="paris-cart"))
    free = shop.create("carts", cart_draft(("mug", 1)))
    for hidden in (foreign, free):
        path = f"in-store/key=berlin/carts/{hidden['id']}"
        email = {"version": hidden["version"], "actions": [{"action": "setCustomerEmail", "email": "e"}]}
        for method, body, parameters in (
            ("GET", None, {}),
            ("POST", email, {}),
            ("DELETE", None, {"version": hidden["version"]}),
        ):
            error = berlin.refused(404, method, path, body, params=parameters)
            absent = berlin.refused(404, method, f"in-store/key=berlin/carts/{ID}", body, params=parameters)
            # Another store's cart looks exactly like none.
            assert error == {**absent, "message": absent["message"].replace(ID, hidden["id"])}
        assert berlin.send("HEAD", path).status_code == 404
        error = berlin.refused(400, "POST", "in-store/key=berlin/orders", order_draft(hidden))
        assert (error["code"], error["typeId"], error["id"]) == ("ReferencedResourceNotFound", "cart", hidden["id"])
    assert berlin.refused(404, "GET", "in-store/key=berlin/carts/key=paris-cart")["code"] == "ResourceNotFound"
    assert [cart["id"] for cart in berlin.get("in-store/key=berlin/carts")["results"]] == [own["id"]]
    for where in ('store(key = "paris")', f'id = "{foreign["id"]}"', "store is not defined", 'id = "a" or id is defined'):
        found = [cart["id"] for cart in berlin.get("in-store/key=berlin/carts", params={"where": where})["results"]]
        assert found == ([own["id"]] if " or " in where else [])
    moved = berlin.refused(400, "POST", "in-store/key=berlin/carts", {"currency": "EUR", "store": {"key": "paris"}})
    assert moved["code"] in ("InvalidInput", "InvalidField", "InvalidOperation")
    order = berlin.create("in-store/key=berlin/orders", order_draft(own, orderNumber="B-1"))
    assert order["store"] == {"typeId": "store", "key": "berlin"}
    assert berlin.refused(403, "GET", "orders/order-number=B-1")["code"] == "insufficient_scope"
    assert berlin.refused(403, "GET", "in-store/key=paris/orders/order-number=B-1")["code"] == "insufficient_scope"
    assert (
        shop.refused(404, "DELETE", "in-store/key=paris/orders/order-number=B-1", params={"version": 1})["code"]
        == "ResourceNotFound"
    )
    assert shop.get("orders/order-number=B-1")["id"] == order["id"]


def test_expansion_shows_no_other_store(shop: Client) -> None:
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    order = shop.create(
        "in-store/key=berlin/orders", order_draft(shop.create("in-store/key=berlin/carts", cart_draft(("mug", 1))))
    )
    path = f"in-store/key=berlin/orders/{order['id']}"
    seen = shop.get(path, params={"expand": ["cart", "lineItems[*].productType"]})
    assert (seen["cart"]["obj"]["id"], seen["cart"]["obj"]["cartState"]) == (order["cart"]["id"], "Ordered")
    assert seen["lineItems"][0]["productType"]["obj"]["key"] == "goods"
    assert shop.get("in-store/key=paris/orders", params={"expand": "cart"})["results"] == []


def test_what_stands_at_no_door(shop: Client) -> None:
    for path in (
        "colours",
        "carts/a/b/c",
        "me/colours",
        "in-store",
        "in-store/key=berlin",
        "in-store/key=berlin/zones",
        "Carts",
    ):
        assert shop.refused(404, "GET", path)["code"] == "ResourceNotFound", path
    for method, path in (
        ("PUT", "carts"),
        ("PATCH", f"carts/{ID}"),
        ("DELETE", "carts"),
        ("POST", f"messages/{ID}"),
        ("PUT", ""),
    ):
        error = shop.refused(405, method, path)
        assert (error["code"], error["message"]) == ("MethodNotAllowed", f"The method {method} is not served here.")
    assert shop.send("PUT", "carts").headers["allow"] == "GET, HEAD, POST"
    assert shop.send("GET", "carts/replicate").headers["allow"] == "POST"
    unknown = shop.http.get("/no-such-project/carts", headers={"Authorization": f"Bearer {shop.token}"})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (404, "ResourceNotFound")
    assert shop.http.get("/no-such-project").status_code == 404
    assert shop.http.post("/health").headers["allow"] == "GET, HEAD"
