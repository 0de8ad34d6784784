"""A customer's own orders in the second dialect: hers, whichever dialect they were made in, and nobody else's."""

from __future__ import annotations

import pytest
from emporix_shop import Tenant, cost, entry, refused

from emporix.schema import problems
from live import Client, Server


@pytest.fixture
def tenant(server: Server) -> Tenant:
    return Tenant(server)


def own(tenant: Tenant, who: Client, number: str, **more: object) -> None:
    """An order of hers, made in the first dialect."""
    customer = who.get("me")["id"]
    tenant.imported(number, customerId=customer, **more)


def test_a_customer_sees_her_own(tenant: Tenant) -> None:
    ada, eve = tenant.customer("ada@example.com"), tenant.customer("eve@example.com")
    own(tenant, ada, "A-1")
    own(tenant, ada, "A-2", paymentState="Pending")
    own(tenant, eve, "E-1")
    tenant.imported("N-1")
    page = tenant.send("GET", "orders", who=ada, params={"sort": "created:desc"}, headers={"saas-token": "whatever"})
    assert (page.status_code, page.headers["x-total-count"]) == (200, "2")
    assert [order["id"] for order in page.json()] == ["A-2", "A-1"]
    assert [problem for order in page.json() for problem in problems("order", order)] == []
    assert not [order for order in page.json() if "checkout" in order]
    assert tenant.ids("orders", eve) == ["E-1"]
    assert tenant.ids("orders", ada, q="id:(A-1,E-1,N-1)") == ["A-1"]
    assert tenant.ids("orders", ada, status="IN_CHECKOUT") == ["A-2"]
    order = tenant.get("orders/A-1", ada)
    assert problems("order", order) == []
    assert order["customer"]["id"] == ada.get("me")["id"]
    for number in ("E-1", "N-1", "X-1"):
        refused(tenant.send("GET", f"orders/{number}", who=ada), 404)
        refused(tenant.send("GET", f"orders/{number}/transitions", who=ada), 404)
        refused(tenant.send("POST", f"orders/{number}/transitions", {"status": "DECLINED"}, who=ada), 404)
    assert tenant.get("salesorders/E-1")["status"] == "CREATED"


def test_a_customer_is_known_by_her_number(tenant: Tenant) -> None:
    """By which an order says whose it is, as it is her id in this dialect."""
    ada = tenant.customer("ada@example.com")
    tenant.shop.update(f"customers/{ada.get('me')['id']}", 1, {"action": "setCustomerNumber", "customerNumber": "K-7"})
    tenant.order("A-1", customer={"id": "K-7", "email": "ada@example.com"})
    tenant.order("N-1", customer={"id": "K-8", "email": "ada@example.com"})
    assert tenant.ids("orders", ada) == tenant.ids(q="customer.id:K-7") == ["A-1"]
    order = tenant.get("orders/A-1", ada)
    assert (order["customer"]["id"], order["createdBy"]) == ("K-7", "K-7")
    assert tenant.shop.get("orders/order-number=A-1")["customerId"] == ada.get("me")["id"]
    # The parts of her order are hers.
    entries = [entry("a", {"id": "v-1"}, 50, 60, 10), entry("b", None, 30, 36, 6)]
    figures = {name: cost(80, 96, 16) for name in ("price", "discountedPrice", "finalPrice")}
    tenant.order("A-2", customer={"id": "K-7", "email": "ada@example.com"}, entries=entries, calculatedPrice=figures)
    split = tenant.send("POST", "salesorders/A-2/split", {"splitBy": "VENDOR_ID"}).json()
    assert sorted(tenant.ids("orders", ada)) == sorted(["A-1", "A-2", *(part["id"] for part in split["subOrders"])])
    # What was read may be sent back.
    assert tenant.send("PUT", "salesorders/A-1", tenant.get("salesorders/A-1")).status_code == 204
    assert tenant.disagreeing() == []


def test_a_customer_may_cancel_only(tenant: Tenant) -> None:
    ada = tenant.customer("ada@example.com")
    own(tenant, ada, "A-1")
    own(tenant, ada, "A-2", paymentState="Pending")
    assert tenant.get("orders/A-1/transitions", ada) == [{"status": "DECLINED"}]
    assert tenant.get("orders/A-2/transitions", ada) == []
    # Moves that others may make are forbidden, those that nobody may are impossible.
    message = refused(tenant.send("POST", "orders/A-2/transitions", {"status": "DECLINED"}, who=ada), 403)["message"]
    assert "IN_CHECKOUT" in message and "DECLINED" in message
    refused(tenant.send("POST", "orders/A-1/transitions", {"status": "CONFIRMED"}, who=ada), 403)
    refused(tenant.send("POST", "orders/A-1/transitions", {"status": "SHIPPED"}, who=ada), 400)
    refused(tenant.send("POST", "orders/A-1/transitions", {}, who=ada), 400)
    assert tenant.send("POST", "orders/A-1/transitions", {"status": "DECLINED", "comment": "No"}, who=ada).status_code == 204
    refused(tenant.send("POST", "orders/A-1/transitions", {"status": "DECLINED"}, who=ada), 400)
    order = tenant.shop.get("orders/order-number=A-1")
    assert order["orderState"] == "Cancelled"
    assert order["lastModifiedBy"]["customer"]["id"] == ada.get("me")["id"]
    assert tenant.history("A-1") == ["CREATED", "DECLINED"]


def test_nobody_else_has_orders_of_her_own(tenant: Tenant) -> None:
    own(tenant, tenant.customer("ada@example.com"), "A-1")
    for who in (tenant.api, tenant.shop, tenant.shop.anonymous()):
        refused(tenant.send("GET", "orders", who=who), 403)
        refused(tenant.send("GET", "orders/A-1", who=who), 403)
        refused(tenant.send("POST", "orders/A-1/transitions", {"status": "DECLINED"}, who=who), 403)
    assert tenant.api.http.get(f"/order-v2/{tenant.key}/orders").status_code == 401
    refused(tenant.send("GET", "legal-entity-orders/le-1", who=tenant.customer("eve@example.com")), 403)
    refused(tenant.send("GET", "legal-entity-orders/le-1/A-1", who=tenant.api), 403)


def test_the_orders_of_a_legal_entity(tenant: Tenant) -> None:
    tenant.shop.create("associate-roles", {"key": "manager", "permissions": ["ViewOthersOrders"]})
    tenant.shop.create("associate-roles", {"key": "buyer", "permissions": ["CreateMyCarts"]})
    ada, bob, eve = (tenant.customer(f"{name}@example.com") for name in ("ada", "bob", "eve"))
    roles = ((ada, "manager"), (bob, "buyer"))
    associates = [
        {
            "customer": {"typeId": "customer", "id": who.get("me")["id"]},
            "associateRoleAssignments": [{"associateRole": {"typeId": "associate-role", "key": role}}],
        }
        for who, role in roles
    ]
    for key in ("acme", "other"):
        members = associates if key == "acme" else []
        tenant.shop.create("business-units", {"key": key, "name": key, "unitType": "Company", "associates": members})
        tenant.imported(f"{key}-1", businessUnit={"typeId": "business-unit", "key": key})
    tenant.order("acme-2", legalEntityId="acme", checkout=True, cartId="c-1")
    own(tenant, ada, "A-1")
    page = tenant.send("GET", "legal-entity-orders/acme", who=ada, params={"sort": "id"})
    assert (page.status_code, page.headers["x-total-count"]) == (200, "2"), page.text
    assert [order["id"] for order in page.json()] == ["acme-1", "acme-2"]
    assert [problem for order in page.json() for problem in problems("salesOrder", order)] == []
    assert not [order for order in page.json() if "checkout" in order]
    assert tenant.ids("legal-entity-orders/acme", ada, q="id:other-1") == []
    assert tenant.get("legal-entity-orders/acme/acme-1", ada)["legalEntityId"] == "acme"
    for number in ("other-1", "A-1"):
        refused(tenant.send("GET", f"legal-entity-orders/acme/{number}", who=ada), 404)
    assert tenant.ids("orders", ada) == ["A-1"]
    # She is not assigned there; he may not view what others order, but for a scope; the others are not assigned at all.
    refused(tenant.send("GET", "legal-entity-orders/other", who=ada), 403)
    for who in (bob, eve, tenant.api, tenant.shop.anonymous()):
        refused(tenant.send("GET", "legal-entity-orders/acme", who=who), 403)
        refused(tenant.send("GET", "legal-entity-orders/acme/acme-1", who=who), 403)
    reader = tenant.client(f"order.order_read_le manage_project:{tenant.key}")
    assert len(tenant.ids("legal-entity-orders/acme", reader.signed_in("bob@example.com", "her secret"))) == 2
    refused(tenant.send("GET", "legal-entity-orders/acme", who=reader.signed_in("eve@example.com", "her secret")), 403)
    refused(tenant.send("GET", "legal-entity-orders/" + "k" * 300, who=ada), 403)
