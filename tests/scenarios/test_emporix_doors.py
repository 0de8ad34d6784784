"""Every path of the second dialect with a stranger's token, another tenant's, one without the scope and none.

What is asked for are the rows themselves; which scopes open the orders stands here, as the published description has it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from emporix_front import PASSWORD, Front, with_token
from emporix_shop import Tenant, refused
from signing_up import run

from live import Server
from orderwright.app import empty_house
from orderwright.auth.scopes import UNBOUND_SCOPES
from orderwright.http.emporix import accounts, mount, orders


class Row(NamedTuple):
    """A method, and a path below the server in which `{tenant}` is left."""

    method: str
    path: str

    def at(self, tenant: str) -> str:
        return "/" + self.path.format(tenant=tenant)


def rows() -> Iterator[Row]:
    house = empty_house()
    for served in (*orders.served(house), *accounts.served(house)):
        filled = re.sub(r"\{(?!tenant\})[^}]*\}", "XX-1", served.at)
        yield Row(served.method, filled)
        if served.method == "GET":
            yield Row("HEAD", filled)


ROWS = sorted(set(rows()))
TENANTS = [row for row in ROWS if "/{tenant}" in row.path]
PUBLIC = [row for row in ROWS if row not in TENANTS]
ALL_OF_TENANT = ("order-v2/{tenant}/salesorders", "configuration/")
OWN = ("order-v2/{tenant}/orders", "order-v2/{tenant}/legal-entity-orders", "customer-management/")


def test_the_rows_are_all_there_are() -> None:
    """The twenty operations of the orders and their neighbours; and no mount has a word that this file does not ask for."""
    assert len([row for row in ROWS if row.path.startswith("order-v2/") and row.method != "HEAD"]) == 20 - 1  # one is a HEAD
    words = {row.path.partition("/")[0] for row in ROWS}
    assert words | set(accounts.UNSERVED) == {word for each in mount.mounts(empty_house()) for word in each.words}
    assert {row.path for row in PUBLIC} == {"customerlogin/auth/anonymous/login", "customerlogin/auth/anonymous/refresh"}


def ask(http: httpx.Client, row: Row, tenant: str, headers: dict[str, str]) -> httpx.Response:
    """A request with a body that would be refused if anybody read it."""
    content = b"this would not even be JSON" if row.method in ("POST", "PUT", "PATCH") else None
    return http.request(row.method, row.at(tenant), headers=headers, content=content)


def is_refused(answer: httpx.Response, row: Row, status: int) -> None:
    """In the form of the services, 401 in the gateway's."""
    assert answer.status_code == status, (row, answer.status_code, answer.text)
    if row.method == "HEAD":
        assert answer.content == b""
    elif status == 401:
        fault = answer.json()["fault"]
        assert fault["faultstring"] and fault["detail"]["errorcode"] == "oauth.v2.InvalidAccessToken", row
        assert "www-authenticate" not in answer.headers
    else:
        refused(answer, status)


@pytest.fixture
def tenant(server: Server) -> Tenant:
    return Tenant(server)


def test_nobody_gets_in_without_a_token_of_the_tenant(tenant: Tenant, server: Server) -> None:
    other = Tenant(server)
    front = Front(server, other.key)
    front.signed_up()
    session = front.session()
    tokens = {
        "none": {},
        "empty": {"Authorization": ""},
        "another scheme": {"Authorization": f"Basic {tenant.api.token}"},
        "malformed": with_token("not a token"),
        "unknown": with_token("a" * 43),
        "another tenant's": with_token(other.api.token),
        "another tenant's of the first dialect": with_token(other.shop.token),
        "another tenant's customer": with_token(session["access_token"]),
        "a refresh token": with_token(session["refresh_token"]),
        "another tenant's visitor": with_token(front.visitor()),
        "beside another tenant's customer": {**with_token("a" * 43), "saas-token": session["saas_token"]},
    }
    for name, headers in tokens.items():
        for row in TENANTS if name in ("none", "another tenant's", "another tenant's customer") else TENANTS[::7]:
            is_refused(ask(tenant.api.http, row, tenant.key, headers), row, 401)
    for row in TENANTS:
        # A good token of what is no tenant, and one that is told to be for another.
        is_refused(ask(tenant.api.http, row, "ab", with_token(tenant.shop.token)), row, 404)
        contradicting = {**with_token(tenant.api.token), "Emporix-Tenant": other.key}
        is_refused(ask(tenant.api.http, row, tenant.key, contradicting), row, 400)


def test_a_token_whose_time_is_over_is_told_so(tenant: Tenant, session_database_url: str) -> None:
    token = tenant.client("order.order_read").token
    end = "UPDATE token SET expires_at = now() - interval '1 second' WHERE shard = $1 AND hash = $2 RETURNING hash"
    assert len(run(session_database_url, end, tenant.key, hashlib.sha256(token.encode()).digest())) == 1
    for row in TENANTS:
        answer = ask(tenant.api.http, row, tenant.key, with_token(token))
        assert answer.status_code == 401, row
        if row.method != "HEAD":
            fault = {"faultstring": "Access Token expired", "detail": {"errorcode": "keymanagement.service.access_token_expired"}}
            assert answer.json() == {"fault": fault}, row


def test_nobody_gets_what_is_others(tenant: Tenant, server: Server) -> None:
    """Visitors and customers have nothing of the tenant's, services nothing of customers', and nobody what the scope lacks."""
    front = Front(server, tenant.key)
    front.signed_up()
    customer, visitor = front.session()["access_token"], front.visitor()
    both = server.client(tenant.key, f"manage_project:{tenant.key} {' '.join(sorted(UNBOUND_SCOPES))}")
    everything = both.signed_in("ada@example.com", PASSWORD).token, both.anonymous().token
    poor = tenant.client("order.order_post"), tenant.client(f"view_products:{tenant.key}")
    for row in TENANTS:
        tokens: list[str] = []
        if row.path.startswith(ALL_OF_TENANT):
            tokens = [customer, visitor, *everything, *(client.token for client in poor)]
        elif row.path.startswith(OWN):
            tokens = [visitor, everything[1], tenant.api.token, both.token, *(client.token for client in poor)]
        for token in tokens:
            is_refused(ask(tenant.api.http, row, tenant.key, with_token(token)), row, 403)
        if not row.path.startswith(("order-v2/", "configuration/")):  # of a client that has no scope of this dialect
            is_refused(ask(tenant.api.http, row, tenant.key, with_token(tenant.shop.token)), row, 403)


def test_a_foreign_order_is_none(tenant: Tenant) -> None:
    """At every path of a customer another's order is told as one that there is not, and stays as it is."""
    tenant.shop.create("associate-roles", {"key": "manager", "permissions": ["ViewOthersOrders"]})
    ada, eve = tenant.customer("ada@example.com"), tenant.customer("eve@example.com")
    role = {"associateRole": {"typeId": "associate-role", "key": "manager"}}
    associate = {"customer": {"typeId": "customer", "id": eve.get("me")["id"]}, "associateRoleAssignments": [role]}
    tenant.shop.create("business-units", {"key": "XX-1", "name": "X", "unitType": "Company", "associates": [associate]})
    tenant.order("XX-2", customer={"id": ada.get("me")["id"], "email": "ada@example.com"})
    before = tenant.get("salesorders/XX-2")
    bodies = {"POST": {"status": "DECLINED"}}
    seen = 0
    for row in TENANTS:
        if row.path.startswith(OWN[:2]) and row.path.count("XX-1") > row.path.count("legal-entity-orders"):
            method, path = row.method, row.path.removeprefix("order-v2/{tenant}/")
            foreign, nothing = (
                tenant.send(method, path[::-1].replace("1-XX", id[::-1], 1)[::-1], bodies.get(method), who=eve)
                for id in ("XX-2", "XX-3")
            )
            assert foreign.status_code == nothing.status_code == 404, row
            assert foreign.text.replace("XX-2", "XX-3") == nothing.text
            seen += 1
    assert seen == 7  # two reads and the moves, each of them but the POST with its HEAD
    assert tenant.get("salesorders/XX-2") == before


READ, UPDATE, COMPLETED = "order.order_read", "order.order_update", "order.order_update_completed"
OPENED: dict[tuple[str, str], set[str]] = {
    ("GET", ""): {READ},
    ("HEAD", ""): {READ},
    ("POST", ""): {"order.order_create"},
    ("POST", "/search"): {READ},
    ("GET", "/XX-1"): {READ},
    ("PUT", "/XX-1"): {UPDATE, COMPLETED},
    ("PATCH", "/XX-1"): {UPDATE, COMPLETED},
    ("DELETE", "/XX-1"): {"order.order_delete"},
    ("GET", "/XX-1/transitions"): {READ, UPDATE, COMPLETED},
    ("POST", "/XX-1/transitions"): {UPDATE, COMPLETED},
    ("GET", "/XX-1/historical-transitions"): {READ, UPDATE},
    ("POST", "/XX-1/split"): {UPDATE},
    ("POST", "/XX-1/calculations"): {UPDATE, COMPLETED},
    ("POST", "/XX-1/entries"): {UPDATE},
}
"""Below `salesorders`: the scopes that open it. Those of vendors open nothing, since no token says whose they are."""


def test_each_scope_opens_what_it_opens(tenant: Tenant) -> None:
    path = "order-v2/{tenant}/salesorders"
    asked = [row for row in TENANTS if row.path.startswith(path) and (row.method, row.path.removeprefix(path)) in OPENED]
    assert len(asked) == len(OPENED) == 14
    for scope in sorted(UNBOUND_SCOPES):
        for suffix in ("", "--DE"):
            token = tenant.client(f"{scope}{suffix}").token
            for row in asked:
                opening = OPENED[row.method, row.path.removeprefix(path)]
                status = ask(tenant.api.http, row, tenant.key, with_token(token)).status_code
                assert (status != 403) == (scope in opening), (scope, row, status)
                assert status in (200, 400, 403, 404), (scope, row, status)


OF_CUSTOMERS = {
    "/orders": "order.history_view",
    "/orders/XX-1": "order.history_view",
    "/orders/XX-1/transitions": "order.order_updateascustomer",
    "/legal-entity-orders/XX-1": "order.order_read_le",
    "/legal-entity-orders/XX-1/XX-1": "order.order_read_le",
}
"""What opens them to a service that names the customer."""


def test_a_service_that_names_a_customer_needs_the_scope(tenant: Tenant, server: Server) -> None:
    front = Front(server, tenant.key)
    ada = front.signed_up()
    tenant.shop.create("associate-roles", {"key": "buyer", "permissions": ["CreateMyCarts"]})
    role = {"associateRole": {"typeId": "associate-role", "key": "buyer"}}
    associate = {"customer": {"typeId": "customer", "id": ada}, "associateRoleAssignments": [role]}
    tenant.shop.create("business-units", {"key": "XX-1", "name": "X", "unitType": "Company", "associates": [associate]})
    saas = front.session()["saas_token"]
    own = [row for row in TENANTS if row.path.removeprefix("order-v2/{tenant}") in OF_CUSTOMERS]
    assert len(own) == 11  # six operations and a HEAD beside each GET
    for scope in sorted(UNBOUND_SCOPES):
        token = tenant.client(scope).token
        for row in own:
            opened = OF_CUSTOMERS[row.path.removeprefix("order-v2/{tenant}")] == scope
            headers = {**with_token(token), "saas-token": saas}
            status = ask(tenant.api.http, row, tenant.key, headers).status_code
            assert (status != 403) == opened, (scope, row, status)
            assert status in (200, 400, 403, 404), (scope, row, status)
            if opened:
                is_refused(ask(tenant.api.http, row, tenant.key, with_token(token)), row, 403)
                is_refused(ask(tenant.api.http, row, tenant.key, {**headers, "saas-token": "nothing"}), row, 401)


def test_pages_of_browsers_may_ask_for_all_of_it(tenant: Tenant) -> None:
    """They ask with the headers that the SDKs send, and read the total and refusals."""
    asked = "authorization,content-type,emporix-tenant,saas-token,session-id,x-total-count,x-version"
    for row in ROWS:
        preflight = {
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": row.method,
            "Access-Control-Request-Headers": asked,
        }
        answer = tenant.api.http.options(row.at(tenant.key), headers=preflight)
        assert answer.status_code == 200, row
        assert {row.method, "PUT", "PATCH", "DELETE"} <= set(answer.headers["access-control-allow-methods"].split(", "))
        assert answer.headers["access-control-allow-headers"] == asked
        told = ask(tenant.api.http, row, tenant.key, {"Origin": "https://shop.example"})
        assert told.headers["access-control-allow-origin"] == "https://shop.example"
        assert "X-Total-Count" in told.headers["access-control-expose-headers"].split(", ")


def test_what_is_not_served_is_told_so(tenant: Tenant) -> None:
    """Neighbours that clients ask for and can do without."""
    for method, path, status in (
        ("PUT", "order-v2/{}/subscriptions/O-1/P-1", 404),
        ("PATCH", "session-context/{}/me/context", 405),
        ("POST", "customer-management/{}/legal-entities", 405),
        ("GET", "customer-management/{}/contact-assignments", 404),
        ("GET", "customer/{}/me/addresses", 404),
        ("POST", "site/{}/sites", 405),
        ("POST", "checkout/{}/checkouts/order", 404),
        ("GET", "cart/{}/carts", 404),
        ("GET", "statistics/tenants/{}/orderStats", 404),
        ("POST", "currency/{}/currencies", 405),
    ):
        answer = tenant.api.http.request(method, f"/{path.format(tenant.key)}", headers=with_token(tenant.api.token))
        body: Any = answer.json()
        assert (answer.status_code, body["status"]) == (status, status) and body["message"], path


def test_a_trailing_slash_is_none(tenant: Tenant) -> None:
    """The dashboard sends one."""
    tenant.order("E-1")
    assert tenant.ids("salesorders/") == ["E-1"]


def test_a_vendors_scope_is_told_that_it_opens_nothing(tenant: Tenant) -> None:
    """Not the orders of all vendors, with a suffix neither; beside another scope it takes nothing away."""
    for scope in ("order.order_read_by_vendor", "order.order_manage_by_vendor", "order.order_read_by_vendor--DE"):
        vendor = tenant.client(scope)
        for row in (row for row in TENANTS if row.path.startswith("order-v2/{tenant}/salesorders") and row.method != "HEAD"):
            answer = ask(tenant.api.http, row, tenant.key, with_token(vendor.token))
            told = refused(answer, 403)["message"]
            assert told.startswith(f"{scope.partition('--')[0]} opens nothing here"), row
            assert "order.order_" in told.partition("missing: ")[2], row
    both = tenant.client("order.order_read_by_vendor order.order_read")
    assert tenant.api.http.get(f"/order-v2/{tenant.key}/salesorders", headers=with_token(both.token)).status_code == 200
