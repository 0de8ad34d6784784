"""The whole way of an order in the second dialect, over all twenty operations; and one order between the two dialects."""

from __future__ import annotations

from typing import Any

import pytest
from emporix_shop import ALL, Tenant, cost, entry, refused

from emporix.operations import OPERATIONS
from live import Client, Server
from shop_setup import cart_draft, open_shop, order_draft

ALPHA, BETA = {"id": "v-alpha", "name": "Alpha"}, {"id": "v-beta", "name": "Beta"}
ADDRESS = {"contactName": "Ada King", "street": "Hauptstr.", "zipCode": "10115", "city": "Berlin", "country": "DE"}
SENT = {"carrier": "DHL", "trackingNumber": "T-1", "shippedDate": "2026-01-02T03:04:05.000Z", "expectDeliveryOn": "2026-01-05"}


@pytest.fixture
def tenant(server: Server) -> Tenant:
    tenant = Tenant(server)
    open_shop(tenant.shop)
    return tenant


def body(number: str, **more: Any) -> dict[str, Any]:
    """Gross: goods for 60 and 36, a fee of 1 for the payment, shipping for 10."""
    return {
        "currency": "EUR",
        "customer": {"email": "ada@example.com"},
        "shippingAddress": ADDRESS,
        "mixins": {"generalAttributes": {"orderNumber": number}},
        "metadata": {"mixins": {"generalAttributes": "https://e.example/g"}},
        "entries": [entry("a", ALPHA, 50, 60, 10, amount=2), entry("b", BETA, 30, 36, 6)],
        "calculatedPrice": {
            "price": cost(80, 96, 16),
            "discountedPrice": cost(80, 96, 16),
            "totalFee": cost(0.83, 1, 0.17),
            "totalShipping": cost(8.33, 10, 1.67),
            "finalPrice": cost(89.16, 107, 17.84),
        },
        **more,
    }


def done(tenant: Tenant, method: str, path: str, sent: Any = None, who: Client | None = None) -> Any:
    """The JSON of a success, if it has any."""
    answer = tenant.send(method, path, sent, who=who)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def test_all_twenty_operations(tenant: Tenant) -> None:
    # A back office makes an order, looks for it, and gives it other amounts: first to look at, then for good.
    assert done(tenant, "POST", "salesorders", body("E-1")) == {"id": "E-1"}
    assert tenant.send("HEAD", "salesorders", params={"q": "status:CREATED"}).headers["x-total-count"] == "1"
    assert [order["id"] for order in done(tenant, "POST", "salesorders/search", {"q": "totalPrice:107"})] == ["E-1"]
    two = {"entries": [{"entryId": "entry-a", "quantity": 3}, {"productId": "mug", "quantity": 1}]}
    preview = done(tenant, "POST", "salesorders/E-1/entries", two)
    assert tenant.get("salesorders/E-1")["totalPrice"] == 107
    assert done(tenant, "POST", "salesorders/E-1/entries?store=true", two)["totalPrice"] == preview["totalPrice"] == 156.99
    # It is confirmed and sent; one of the three was not there.
    done(tenant, "POST", "salesorders/E-1/transitions", {"status": "CONFIRMED"})
    delivered = done(tenant, "POST", "salesorders/E-1/calculations", {"entries": [{"entryId": "entry-a", "deliveredAmount": 2}]})
    assert delivered["totalPrice"] == 126.99
    done(tenant, "PATCH", "salesorders/E-1", {"shipments": [SENT], "status": "SHIPPED"})
    assert done(tenant, "GET", "salesorders/E-1/transitions") == [{"status": "COMPLETED"}]
    whole = tenant.get("salesorders/E-1")
    done(tenant, "PUT", "salesorders/E-1", whole | {"quoteId": "Q-1"})
    done(tenant, "POST", "salesorders/E-1/transitions", {"status": "COMPLETED"})
    assert tenant.history("E-1") == ["CREATED", "CONFIRMED", "SHIPPED", "COMPLETED"]
    order = tenant.get("salesorders/E-1")
    assert (order["shipments"], order["quoteId"], order["status"]) == ([SENT], "Q-1", "COMPLETED")
    # The first dialect has the same figures in minor units.
    same = tenant.shop.get("orders/order-number=E-1")
    assert (same["totalPrice"]["centAmount"], same["orderState"]) == (12699, "Complete")
    # Another one is split, and the parts add up.
    done(tenant, "POST", "salesorders", body("E-2"))
    split = done(tenant, "POST", "salesorders/E-2/split", {"splitBy": "VENDOR_ID"})
    parts = [tenant.get(f"salesorders/{part['id']}") for part in split["subOrders"]]
    assert round(sum(part["calculatedPrice"]["finalPrice"]["grossValue"] for part in parts), 2) == 107
    done(tenant, "DELETE", f"salesorders/{parts[0]['id']}")
    assert sorted(tenant.ids()) == sorted(["E-1", "E-2", parts[1]["id"]])
    # A customer lists what is hers, cancels it, and reads what her company ordered.
    ada = tenant.customer("ada@example.com")
    _assigned(tenant, ada)
    done(tenant, "POST", "salesorders", body("A-1", customer={"id": ada.get("me")["id"], "email": "ada@example.com"}))
    done(tenant, "POST", "salesorders", body("U-1", legalEntityId="acme"))
    assert (tenant.ids("orders", ada), tenant.get("orders/A-1", ada)["status"]) == (["A-1"], "CREATED")
    assert tenant.get("orders/A-1/transitions", ada) == [{"status": "DECLINED"}]
    done(tenant, "POST", "orders/A-1/transitions", {"status": "DECLINED"}, ada)
    assert tenant.ids("legal-entity-orders/acme", ada) == ["U-1"]
    assert tenant.get("legal-entity-orders/acme/U-1", ada)["legalEntityId"] == "acme"
    assert tenant.succeeded == set(OPERATIONS) and len(OPERATIONS) == 20
    assert tenant.disagreeing() == []


def _assigned(tenant: Tenant, who: Client) -> None:
    tenant.shop.create("associate-roles", {"key": "manager", "permissions": ["ViewOthersOrders"]})
    role = {"associateRole": {"typeId": "associate-role", "key": "manager"}}
    member = {"customer": {"typeId": "customer", "id": who.get("me")["id"]}, "associateRoleAssignments": [role]}
    tenant.shop.create("business-units", {"key": "acme", "name": "Acme", "unitType": "Company", "associates": [member]})


def test_an_order_of_a_cart_changed_in_the_second_dialect(tenant: Tenant) -> None:
    cart = tenant.shop.create("carts", cart_draft(("mug", 2)))
    order = tenant.shop.create("orders", order_draft(cart, orderNumber="C-1"))
    shown = tenant.get("salesorders/C-1")
    # Two for 39.98 and shipping for 5.95, 19 % included: 45.93 / 1.19 = 38.596.. is 33.60 and 5.00 by item.
    assert (shown["totalPrice"], shown["entries"][0]["unitPrice"], shown["shipping"]["total"]["amount"]) == (45.93, 19.99, 5.95)
    taxed = order["taxedPrice"]
    assert shown["calculatedPrice"]["finalPrice"]["netValue"] == taxed["totalNet"]["centAmount"] / 100
    assert (shown["checkout"], shown["cartId"]) == (True, cart["id"])
    change = {
        "status": "CONFIRMED",
        "customer": {"email": "new@example.com"},
        "shippingAddress": {"city": "Potsdam"},
        "channel": {"name": "phone"},
    }
    done(tenant, "PATCH", "salesorders/C-1", change)
    done(tenant, "PATCH", "salesorders/C-1", {"shipments": [SENT], "status": "SHIPPED"})
    same = tenant.shop.get("orders/order-number=C-1")
    assert (same["orderState"], same["shipmentState"], same["customerEmail"]) == ("Confirmed", "Shipped", "new@example.com")
    assert (same["shippingAddress"]["city"], same["shippingAddress"]["streetName"]) == (
        "Potsdam",
        order["shippingAddress"]["streetName"],
    )
    assert same["shippingInfo"]["deliveries"][0]["parcels"][0]["trackingData"]["trackingId"] == "T-1"
    assert (same["totalPrice"], same["lineItems"][0]["quantity"], "emporix" in same) == (order["totalPrice"], 2, False)
    after = tenant.get("salesorders/C-1")
    assert (after["channel"], after["shipments"], after["metadata"]["version"]) == ({"name": "phone"}, [SENT], same["version"])
    assert {name: after[name] for name in ("entries", "calculatedPrice", "totalPrice")} == {
        name: shown[name] for name in ("entries", "calculatedPrice", "totalPrice")
    }


def test_what_a_change_does_to_an_order_of_a_cart(tenant: Tenant) -> None:
    """The table in docs/differences.md, row by row."""
    cart = tenant.shop.create("carts", cart_draft(("mug", 1)))
    order = tenant.shop.create("orders", order_draft(cart, orderNumber="C-1"))
    first = tenant.get("salesorders/C-1")
    kept = {
        "channel": {"name": "phone"},
        "deliveryWindow": {"id": "w-1", "deliveryDate": "2026-01-02"},
        "deliveryWindowId": "w-1",
        "orderCycle": "monthly",
        "quoteId": "Q-1",
        "restriction": "DE",
        "vendor": {"id": "v-1"},
        "assistedBuying": {"entries": [{"employeeId": "e-1", "operation": "CREATE", "timestamp": "2026-01-02T03:04:05.000Z"}]},
        "future": [{"a": 1}],
        "mixins": {"erp": {"a": 1}},
        "metadata": {"mixins": {"erp": "https://e.example/erp"}},
        "customer": {"company": "Engines", "mixins": {"x": {"y": 1}}, "metadata": {"mixins": {"x": "https://e.example/x"}}},
    }
    done(tenant, "PATCH", "salesorders/C-1", kept)
    shown = tenant.get("salesorders/C-1")
    whole = {name: value for name, value in kept.items() if name not in ("mixins", "metadata", "customer")}
    assert {name: shown[name] for name in whole} == whole
    assert (shown["mixins"]["erp"], shown["metadata"]["mixins"]["erp"]) == ({"a": 1}, "https://e.example/erp")
    assert (shown["customer"]["company"], shown["customer"]["mixins"]) == ("Engines", {"x": {"y": 1}})
    passed = {"id": "X", "created": "2020-01-01T00:00:00.000Z", "createdBy": "me", "lastStatusChange": "x", "completed": "x"}
    done(tenant, "PATCH", "salesorders/C-1", passed)
    assert tenant.get("salesorders/C-1") == shown
    for fixed in (
        {"totalPrice": 1},
        {"currency": "USD"},
        {"countryCode": "AT"},
        {"siteCode": "x"},
        {"legalEntityId": "x"},
        {"cartId": "x"},
        {"checkout": False},
        {"orderType": "SUB_ORDER"},
        {"customer": {"id": "x"}},
        {"mixins": {"generalAttributes": {"orderNumber": "X"}}},
        {"assistedBuying": {"entries": [{"operation": "LOST"}]}},
    ):
        refused(tenant.send("PATCH", "salesorders/C-1", fixed), 400)
    # What is left out of a PUT goes, but for what stays.
    done(tenant, "PUT", "salesorders/C-1", {"entries": first["entries"], "calculatedPrice": first["calculatedPrice"]})
    after = tenant.get("salesorders/C-1")
    assert not [name for name in (*kept, "shippingAddress") if name in after and name not in ("mixins", "metadata", "customer")]
    assert (after["mixins"], after["customer"]["company"]) == (first["mixins"], "Engines")
    assert {name: after[name] for name in ("entries", "calculatedPrice", "siteCode", "cartId") if name in after} == {
        name: first[name] for name in ("entries", "calculatedPrice", "siteCode", "cartId") if name in first
    }
    same = tenant.shop.get("orders/order-number=C-1")
    assert ("shippingAddress" in same, same["totalPrice"]) == (False, order["totalPrice"])
    done(tenant, "DELETE", "salesorders/C-1")
    tenant.shop.refused(404, "GET", f"orders/{order['id']}")
    assert tenant.disagreeing() == []


def test_an_order_of_the_second_dialect_changed_in_the_first(tenant: Tenant) -> None:
    done(tenant, "POST", "salesorders", body("E-1"))
    before, order = tenant.get("salesorders/E-1"), tenant.shop.get("orders/order-number=E-1")
    lines = [(item["name"]["en"], item["quantity"], item["totalPrice"]["centAmount"]) for item in order["customLineItems"]]
    assert lines == [("a", 2, 6000), ("b", 1, 3600), ("Fees", 1, 100)]
    assert (order["taxedPrice"]["totalNet"]["centAmount"], order["taxMode"]) == (8916, "External")
    order = tenant.shop.update(
        f"orders/{order['id']}",
        order["version"],
        {"action": "changeOrderState", "orderState": "Confirmed"},
        {"action": "addDelivery", "parcels": [{"trackingData": {"carrier": "UPS", "trackingId": "T-9"}}]},
        {"action": "changeShipmentState", "shipmentState": "Shipped"},
        {"action": "setCustomerEmail", "email": "new@example.com"},
    )
    after = tenant.get("salesorders/E-1")
    assert (after["status"], after["customer"]["email"], after["id"]) == ("SHIPPED", "new@example.com", "E-1")
    assert (after["shipments"][0]["carrier"], after["shipments"][0]["trackingNumber"]) == ("UPS", "T-9")
    assert after["mixins"]["generalAttributes"]["orderNumber"] == "E-1"
    assert (after["entries"], after["calculatedPrice"]) == (before["entries"], before["calculatedPrice"])
    assert tenant.history("E-1") == ["CREATED", "CONFIRMED", "SHIPPED"]
    assert tenant.ids(q="status:SHIPPED customer.email:new@example.com") == ["E-1"]
    assert tenant.disagreeing() == []


def test_bad_requests_store_nothing_and_tell_nothing_of_others(tenant: Tenant, server: Server) -> None:
    ada, eve = tenant.customer("ada@example.com"), tenant.customer("eve@example.com")
    _assigned(tenant, ada)
    done(tenant, "POST", "salesorders", body("A-1", customer={"id": ada.get("me")["id"], "email": "ada@example.com"}))
    done(tenant, "POST", "salesorders", body("U-1", legalEntityId="acme"))
    before = {id: tenant.get(f"salesorders/{id}") for id in ("A-1", "U-1")}
    other = Tenant(server)
    # Another tenant's token, in a tenant that there is and in one that there is not: the latter is told to nobody as one.
    answer = tenant.send("GET", "salesorders/A-1", who=other.api)
    assert (answer.status_code, set(answer.json())) == (401, {"fault"})
    refused(tenant.api.http.get("/order-v2/nobodyhere/salesorders", headers={"Authorization": f"Bearer {tenant.api.token}"}), 404)
    # Another customer's order is told as one that there is not, to the letter.
    foreign, nowhere = (refused(tenant.send("GET", f"orders/{id}", who=eve), 404) for id in ("A-1", "A-9"))
    assert str(foreign).replace("A-1", "A-9") == str(nowhere)
    foreign, nowhere = (refused(tenant.send("GET", f"legal-entity-orders/{id}/U-1", who=eve), 403) for id in ("acme", "acne"))
    assert str(foreign).replace("acme", "acne") == str(nowhere)
    assert tenant.ids("orders", eve) == tenant.ids("orders", eve, q="id:A-1", legalEntityId="acme") == []
    for parameters in (
        {"q": "id:("},
        {"q": "id:~(a"},
        {"q": "created:>x"},
        {"q": "totalPrice:>1e"},
        {"pageSize": "501"},
        {"pageNumber": "-1"},
    ):
        refused(tenant.send("GET", "salesorders", params=parameters), 400)
        refused(tenant.send("GET", "orders", params=parameters, who=ada), 400)
    refused(tenant.send("POST", "salesorders/search", {"q": "id:(" * 2}), 400)
    refused(tenant.send("POST", "salesorders/A-1/transitions", {"status": "SHIPPED"}), 400)
    refused(tenant.send("POST", "orders/A-1/transitions", {"status": "CONFIRMED"}, who=ada), 403)
    refused(tenant.send("PATCH", "salesorders/A-1", {"metadata": {"version": 7}, "status": "CONFIRMED"}), 409)
    refused(tenant.send("PUT", "salesorders/A-1", before["A-1"] | {"metadata": {"version": 0}, "quoteId": "Q"}), 409)
    for amount in ("1", "one", [1], {"a": 1}, False):
        refused(tenant.send("POST", "salesorders", body("B-1", totalPrice=amount)), 400)
        refused(
            tenant.send("POST", "salesorders/A-1/entries?store=true", {"entries": [{"entryId": "entry-a", "quantity": amount}]}),
            400,
        )
    refused(
        tenant.send("PATCH", "salesorders/A-1", {"status": "CONFIRMED"}, who=tenant.client(f"{ALL.replace(' ', '--AT ')}--AT")),
        404,
    )
    assert {id: tenant.get(f"salesorders/{id}") for id in before} == before
    assert sorted(tenant.ids()) == ["A-1", "U-1"]
