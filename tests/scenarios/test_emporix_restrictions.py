"""Restrictions of a tenant of the second dialect: its settings, and what tokens see that are confined to some."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from emporix_shop import ALL, EON1200, Tenant, refused

from live import Client, Server

SYNC = "enableSyncBetweenRestrictionsAndSiteCodes"
LINE = {"amount": 1, "product": {"sku": "x", "name": "X"}, "unitPrice": 21, "price": {"currency": "EUR"}}


@pytest.fixture
def tenant(server: Server) -> Tenant:
    return Tenant(server)


def configure(tenant: Tenant, method: str, key: str = "", body: Any = None, who: Client | None = None) -> httpx.Response:
    asking = who or tenant.shop
    path = f"/configuration/{tenant.key}/configurations" + (f"/{key}" if key else "")
    return asking.http.request(method, path, json=body, headers={"Authorization": f"Bearer {asking.token}"})


def put_in(tenant: Tenant, key: str, value: Any) -> None:
    answer = configure(tenant, "POST", body=[{"key": key, "value": value}])
    assert answer.status_code == 201, answer.text


def test_settings_are_kept_with_their_versions(tenant: Tenant) -> None:
    viewer, manager = (tenant.client(f"configuration.configuration_{right}") for right in ("view", "manage"))
    assert configure(tenant, "GET").json() == []
    refused(configure(tenant, "GET", "restrictions"), 404)
    sent = [{"key": "restrictions", "value": ["DE", "AT", "DE"], "secured": False, "version": 1}, {"key": SYNC, "value": True}]
    refused(configure(tenant, "POST", body=sent, who=viewer), 403)
    made = configure(tenant, "POST", body=sent, who=manager)
    restrictions = {"key": "restrictions", "secured": False, "value": ["DE", "AT"], "version": 1}
    sync = {"key": SYNC, "secured": False, "value": True, "version": 1}
    assert (made.status_code, made.json()) == (201, [restrictions, sync])
    refused(configure(tenant, "POST", body=sent[:1]), 409)
    for who in (viewer, manager, tenant.shop):
        assert configure(tenant, "GET", who=who).json() == [restrictions, sync]
        assert configure(tenant, "GET", "restrictions", who=who).json() == restrictions
    asked = tenant.shop.http.get(
        f"/configuration/{tenant.key}/configurations",
        params={"keys": f"{SYNC},project_lang"},
        headers={"Authorization": f"Bearer {viewer.token}"},
    )
    assert asked.json() == [sync]
    body = {"key": "restrictions", "value": ["FR"], "version": 1}
    refused(configure(tenant, "PUT", "restrictions", body, viewer), 403)
    changed = configure(tenant, "PUT", "restrictions", body, manager)
    assert (changed.status_code, changed.json()) == (200, {**restrictions, "value": ["FR"], "version": 2})
    assert refused(configure(tenant, "PUT", "restrictions", body), 409)["type"] == "conflict_resource"
    refused(configure(tenant, "DELETE", SYNC, who=viewer), 403)
    assert configure(tenant, "DELETE", SYNC, who=manager).status_code == 204
    refused(configure(tenant, "DELETE", SYNC), 404)
    refused(configure(tenant, "PUT", SYNC, {"key": SYNC, "value": False}), 400)
    bad: list[Any] = [
        [], {}, [{"key": "restrictions"}], [{"key": "project_lang", "value": "x"}], [{"key": SYNC, "value": "yes"}],
        [{"key": SYNC, "value": True}, {"key": SYNC, "value": True}], [{"key": SYNC, "value": True, "secured": True}],
        [{"key": "restrictions", "value": ["a b"]}], [{"key": "restrictions", "value": ["A"] * 1_001}],
    ]  # fmt: skip
    for each in bad:
        refused(configure(tenant, "POST", body=each), 400)
    refused(configure(tenant, "PUT", "restrictions", {"key": SYNC, "value": True}), 400)
    assert configure(tenant, "GET").json() == [{**restrictions, "value": ["FR"], "version": 2}]
    # The first dialect's settings are what they were.
    assert tenant.disagreeing() == []
    for who in (tenant.api, tenant.shop.anonymous(), tenant.customer("ada@example.com")):
        for method in ("GET", "POST"):
            refused(configure(tenant, method, who=who), 403)


def test_of_settings_that_are_changed_at_once_each_counts(tenant: Tenant) -> None:
    put_in(tenant, "restrictions", ["DE"])

    def change(number: int) -> int:
        body = {"key": "restrictions", "value": [f"R{number}"], "version": 1}
        return configure(tenant, "PUT", "restrictions", body).status_code

    with ThreadPoolExecutor(5) as pool:
        changed = [pool.submit(change, number) for number in range(4)]
        put_in(tenant, SYNC, False)
    assert sorted(each.result() for each in changed) == [200, 409, 409, 409]
    assert [each["version"] for each in configure(tenant, "GET").json()] == [2, 1]


def test_a_restriction_is_one_of_the_tenants(tenant: Tenant) -> None:
    tenant.order("O-1", restriction="FR")
    put_in(tenant, "restrictions", ["DE", "AT"])
    body = refused(tenant.send("POST", "salesorders", {"entries": [LINE], "restriction": "FR"}), 400)
    assert body["details"][0]["field"] == "restriction"
    tenant.order("O-2", restriction="DE")
    for method in ("PATCH", "PUT"):
        before = tenant.get("salesorders/O-2")
        for bad in ("FR", 5, ["DE"]):
            sent = {"restriction": bad} if method == "PATCH" else {**before, "restriction": bad}
            refused(tenant.send(method, "salesorders/O-2", sent), 400)
        assert tenant.get("salesorders/O-2") == before
    assert tenant.send("PATCH", "salesorders/O-2", {"restriction": "AT"}).status_code == 204
    assert tenant.get("salesorders/O-2")["restriction"] == "AT"
    # What an order has had before stays, whatever else is changed.
    assert tenant.send("PATCH", "salesorders/O-1", {"channel": {"name": "a"}}).status_code == 204
    assert tenant.get("salesorders/O-1")["restriction"] == "FR"


def test_a_site_stands_for_the_restriction_as_the_tenant_wants(tenant: Tenant) -> None:
    tenant.shop.create("stores", {"key": "DE"})
    german = tenant.client(" ".join(f"{scope}--DE" for scope in ALL.split()))

    def shown(number: str) -> Any:
        return tenant.get(f"salesorders/{number}").get("restriction")

    # Without the setting, a site that is a store does.
    tenant.order("A-1", siteCode="DE")
    tenant.order("A-2", siteCode="elsewhere")
    assert (shown("A-1"), shown("A-2")) == ("DE", None)
    refused(tenant.send("POST", "salesorders", {"entries": [LINE]}, who=german), 403)
    put_in(tenant, SYNC, True)
    tenant.order("B-1", siteCode="DE")
    tenant.order("B-2", siteCode="elsewhere")
    tenant.order("B-3", siteCode="DE", restriction="AT")
    assert [shown(f"B-{n}") for n in (1, 2, 3)] == ["DE", "elsewhere", "AT"]
    assert tenant.send("PATCH", "salesorders/B-3", {"restriction": None}).status_code == 204
    assert shown("B-3") == "DE"
    assert configure(tenant, "PUT", SYNC, {"key": SYNC, "value": False}).status_code == 200
    tenant.order("C-1", siteCode="DE")
    tenant.order("C-2", siteCode="DE", restriction="DE")
    assert (shown("C-1"), shown("C-2"), tenant.get("salesorders/C-1")["siteCode"]) == (None, "DE", "DE")
    assert tenant.ids(who=german, sort="id") == ["A-1", "B-1", "B-3", "C-2"]
    assert tenant.ids(q="restriction:null", sort="id") == ["A-2", "C-1"]
    refused(tenant.send("POST", "salesorders", {"entries": [LINE], "siteCode": "DE"}, who=german), 403)
    refused(tenant.send("PATCH", "salesorders/C-2", {"restriction": None}, who=german), 403)
    assert tenant.send("PATCH", "salesorders/C-2", {"restriction": None}).status_code == 204
    assert shown("C-2") is None
    refused(tenant.send("GET", "salesorders/C-2", who=german), 404)


def test_every_operation_is_confined(tenant: Tenant) -> None:
    """What another restriction has is not there, at each of the tenant's operations; and no trace of it is left."""
    for restriction in ("DE", "AT"):
        tenant.order(f"{restriction}-1", restriction=restriction)
    german = tenant.client(" ".join(f"{scope}--DE" for scope in ALL.split()))
    assert tenant.ids(who=german) == ["DE-1"]
    head = tenant.send("HEAD", "salesorders", who=german)
    assert (head.status_code, head.headers["x-total-count"]) == (200, "1")
    for q in ("restriction:AT", "id:AT-1", "id:(AT-1,DE-1) restriction:(AT)"):
        found = tenant.send("POST", "salesorders/search", {"q": q}, who=german)
        assert (found.json(), found.headers["x-total-count"]) == ([], "0")
    before = tenant.get("salesorders/AT-1")
    for method, path, body in (
        ("GET", "", None), ("PATCH", "", {"channel": {"name": "x"}}), ("PUT", "", before), ("DELETE", "", None),
        ("GET", "/transitions", None), ("POST", "/transitions", {"status": "DECLINED"}), ("GET", "/historical-transitions", None),
        ("POST", "/split", {"splitBy": "VENDOR_ID"}), ("POST", "/entries", {"entries": [{"entryId": "e", "quantity": 1}]}),
        ("POST", "/calculations", {"entries": [{"entryId": "e", "deliveredAmount": 1}]}),
    ):  # fmt: skip
        foreign = refused(tenant.send(method, f"salesorders/AT-1{path}", body, who=german), 404)
        nothing = refused(tenant.send(method, f"salesorders/XX-1{path}", body, who=german), 404)
        assert foreign["message"].replace("AT-1", "XX-1") == nothing["message"], path
    assert tenant.get("salesorders/AT-1") == before
    assert tenant.get("salesorders/DE-1/transitions", german) == [{"status": "CONFIRMED"}, {"status": "DECLINED"}]
    assert tenant.send("POST", "salesorders/DE-1/transitions", {"status": "CONFIRMED"}, who=german).status_code == 204
    # Of two scopes that open an operation the wider one counts, and each operation has its own.
    mixed = tenant.client("order.order_read--DE order.order_read--AT order.order_update--AT")
    assert tenant.ids(who=mixed, sort="id") == ["AT-1", "DE-1"]
    refused(tenant.send("PATCH", "salesorders/DE-1", {"channel": {"name": "x"}}, who=mixed), 404)
    assert tenant.send("PATCH", "salesorders/AT-1", {"channel": {"name": "x"}}, who=mixed).status_code == 204


def test_customers_of_a_restricted_client_are_restricted(tenant: Tenant) -> None:
    tenant.shop.create("associate-roles", {"key": "manager", "permissions": ["ViewOthersOrders"]})
    tenant.shop.create("customers", {"email": "ada@example.com", "password": "her secret"})
    scopes = "order.history_view--DE order.order_updateascustomer--DE order.order_read_le--DE"
    ada = tenant.client(scopes).signed_in("ada@example.com", "her secret")
    plain = tenant.shop.signed_in("ada@example.com", "her secret")
    id = plain.get("me")["id"]
    role = {"associateRole": {"typeId": "associate-role", "key": "manager"}}
    associate = {"customer": {"typeId": "customer", "id": id}, "associateRoleAssignments": [role]}
    tenant.shop.create("business-units", {"key": "acme", "name": "Acme", "unitType": "Company", "associates": [associate]})
    customer = {"id": id, "email": "ada@example.com"}
    for restriction in ("DE", "AT"):
        tenant.order(f"{restriction}-1", restriction=restriction, customer=customer, legalEntityId="acme")
    assert tenant.ids("orders", plain, sort="id") == ["AT-1", "DE-1"]
    assert tenant.ids("legal-entity-orders/acme", plain, sort="id") == ["AT-1", "DE-1"]
    for path in ("orders", "legal-entity-orders/acme"):
        assert tenant.ids(path, ada) == ["DE-1"]
        refused(tenant.send("GET", f"{path}/AT-1", who=ada), 404)
    refused(tenant.send("POST", "orders/AT-1/transitions", {"status": "DECLINED"}, who=ada), 404)
    assert tenant.send("POST", "orders/DE-1/transitions", {"status": "DECLINED"}, who=ada).status_code == 204


def test_an_example_is_kept_as_it_was(tenant: Tenant) -> None:
    """Also where the tenant has settings."""
    put_in(tenant, "restrictions", ["DE"])
    put_in(tenant, SYNC, True)
    assert tenant.send("POST", "salesorders", {**EON1200, "restriction": "DE"}).status_code == 201
    assert tenant.get("salesorders/EON1200")["restriction"] == "DE"
    assert tenant.disagreeing() == []
