"""Orders of the second dialect whose entries get other amounts: as a preview, stored, and for what was delivered."""

from __future__ import annotations

from typing import Any

import pytest
from emporix_shop import Tenant, cost, entry, refused

from emporix.schema import problems
from live import Server

# Gross: two of the first entry for 60 with a fee of 6, one of the second for 36; 1 for the payment, 10 for shipping.
BODY: dict[str, Any] = {
    "currency": "EUR",
    "restriction": "DE",
    "customer": {"email": "ada@example.com"},
    "mixins": {"generalAttributes": {"orderNumber": "E-1"}, "erp": {"a": 1}},
    "metadata": {"mixins": {"generalAttributes": "https://e.example/g", "erp": "https://e.example/erp"}},
    "entries": [entry("a", None, 50, 60, 10, fee=(5, 6, 1), amount=2), entry("b", None, 30, 36, 6)],
    "calculatedPrice": {
        "price": cost(80, 96, 16),
        "discountedPrice": cost(80, 96, 16),
        "totalFee": cost(6, 7, 1),
        "totalShipping": cost(8.33, 10, 1.67),
        "finalPrice": cost(94.33, 113, 18.67),
    },
}
THREE = {"entries": [{"entryId": "entry-a", "quantity": 3}]}


@pytest.fixture
def tenant(server: Server) -> Tenant:
    tenant = Tenant(server)
    assert tenant.send("POST", "salesorders", BODY).status_code == 201
    return tenant


def test_entries_get_other_amounts(tenant: Tenant) -> None:
    before = tenant.get("salesorders/E-1")
    same = tenant.shop.get("orders/order-number=E-1")
    preview = tenant.send("POST", "salesorders/E-1/entries", THREE)
    assert preview.status_code == 200, preview.text
    assert tenant.get("salesorders/E-1") == before
    stored = tenant.send("POST", "salesorders/E-1/entries", THREE, params={"store": "true"})
    order = tenant.get("salesorders/E-1")
    assert stored.json() == order and problems("salesOrder", order) == []
    assert preview.json()["entries"] == order["entries"]
    assert preview.json()["calculatedPrice"] == order["calculatedPrice"]
    # Three cost 90 with a fee of 9; the other one, the payment and shipping cost what they did.
    first, second = order["entries"]
    assert (first["amount"], first["orderedAmount"], first["unitPrice"]) == (3, 3, 30)
    assert first["calculatedPrice"]["price"] == first["calculatedPrice"]["discountedPrice"] == cost(75, 90, 15)
    assert first["calculatedPrice"]["totalFee"] == cost(7.5, 9, 1.5)
    assert first["calculatedPrice"]["finalPrice"] == cost(82.5, 99, 16.5)
    assert second == before["entries"][1]
    assert order["calculatedPrice"] == {
        "price": cost(105, 126, 21),
        "discountedPrice": cost(105, 126, 21),
        "totalFee": cost(8.5, 10, 1.5),
        "totalShipping": cost(8.33, 10, 1.67),
        "finalPrice": cost(121.83, 146, 24.17),
    }
    assert (order["totalPrice"], order["subTotalPrice"], order["totalAuthorizedAmount"]) == (146, 126, 146)
    for name in ("customer", "mixins", "restriction", "shipping", "status", "id"):
        assert order[name] == before[name], name
    assert order["metadata"]["version"] == 2
    after = tenant.shop.get("orders/order-number=E-1")
    assert (after["totalPrice"]["centAmount"], after["taxedPrice"]["totalNet"]["centAmount"]) == (14600, 12183)
    assert [item["quantity"] for item in after["customLineItems"][:2]] == [3, 1]
    assert [item["totalPrice"]["centAmount"] for item in after["customLineItems"]] == [9000, 3600, 1000]
    assert [item["id"] for item in after["customLineItems"][:2]] == [item["id"] for item in same["customLineItems"][:2]]
    assert tenant.ids(q="calculatedPrice.finalPrice.grossValue:146") == ["E-1"]
    assert tenant.disagreeing() == []


def test_an_entry_is_taken_away(tenant: Tenant) -> None:
    body = {"entries": [{"entryId": "entry-a", "quantity": 0}]}
    order = tenant.send("POST", "salesorders/E-1/entries?store=true", body).json()
    assert [each["id"] for each in order["entries"]] == ["entry-b"]
    # 113 less 66, and 94.33 less 55.
    assert order["calculatedPrice"]["finalPrice"] == cost(39.33, 47, 7.67)
    assert order["calculatedPrice"]["totalFee"] == cost(1, 1, 0)
    refused(tenant.send("POST", "salesorders/E-1/entries?store=true", {"entries": [{"entryId": "entry-b", "quantity": 0}]}), 400)
    assert tenant.get("salesorders/E-1") == order


def test_less_was_delivered(tenant: Tenant) -> None:
    body = {"entries": [{"entryId": "entry-a", "deliveredAmount": 1}, {"entryId": "entry-b", "deliveredAmount": 0}]}
    answer = tenant.send("POST", "salesorders/E-1/calculations", body)
    assert answer.status_code == 200, answer.text
    order = tenant.get("salesorders/E-1")
    assert answer.json() == order
    assert [(each["id"], each["amount"], each["orderedAmount"]) for each in order["entries"]] == [("entry-a", 1, 2)]
    # 66 become 33 and 36 nothing, of 113; net 55 become 27.50 and 30 nothing, of 94.33.
    assert order["calculatedPrice"]["finalPrice"] == cost(36.83, 44, 7.17)
    assert order["calculatedPrice"]["totalFee"] == cost(3.5, 4, 0.5)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"entries": []},
        {"entries": [{"quantity": 1}]},
        {"entries": [{"entryId": "entry-z", "quantity": 1}]},
        {"entries": [{"productId": "p", "quantity": 1}]},
        {"entries": [{"entryId": "entry-a", "quantity": -1}]},
        {"entries": [{"entryId": "entry-a", "quantity": 1.5}]},
        {"entries": [{"entryId": f"e{n}", "quantity": 1} for n in range(501)]},
    ],
    ids=["empty", "none", "unnamed", "unknown", "product", "negative", "broken", "too many"],
)
def test_what_is_refused_changes_nothing(tenant: Tenant, body: Any) -> None:
    before = tenant.get("salesorders/E-1")
    refused(tenant.send("POST", "salesorders/E-1/entries?store=true", body), 400)
    assert tenant.get("salesorders/E-1") == before


def test_which_orders_are_not_recalculated(tenant: Tenant) -> None:
    tenant.imported("C-1")
    id = tenant.get("salesorders/C-1")["entries"][0]["id"]
    refused(tenant.send("POST", "salesorders/C-1/entries", {"entries": [{"entryId": id, "quantity": 1}]}), 400)
    for path in ("calculations", "entries"):
        refused(tenant.send("POST", f"salesorders/E-1/{path}", THREE, who=tenant.client("order.order_read")), 403)
    refused(tenant.send("POST", "salesorders/E-1/entries", THREE, who=tenant.client("order.order_update--AT")), 404)
    assert tenant.send("POST", "salesorders/E-1/transitions", {"status": "DECLINED"}).status_code == 204
    refused(tenant.send("POST", "salesorders/E-1/entries", THREE), 400)


def test_odd_members_are_taken_as_they_are(tenant: Tenant) -> None:
    tenant.held = False
    # What the published schema does not say, a creation keeps as it came.
    odd = entry("o", None, 10, 12, 2)
    odd |= {
        "tax": {"total": 5, "lines": [{"amount": 2, "rate": 20, "inclusive": True}]},
        "fees": [1, {"total": "x"}],
        "own": {"total": 4},
    }
    odd["calculatedPrice"]["fees"] = 7
    body = {"currency": "EUR", "entries": [odd], "calculatedPrice": {"price": cost(10, 12, 2)}}
    id = tenant.send("POST", "salesorders", body).json()["id"]
    two = {"entries": [{"entryId": "entry-o", "quantity": 2}]}
    answer = tenant.send("POST", f"salesorders/{id}/entries?store=true", two)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["entries"]
    assert (found["tax"]["total"], found["tax"]["lines"][0]["amount"], found["calculatedPrice"]["fees"]) == (5, 4, 7)
    assert found["calculatedPrice"]["finalPrice"] == cost(20, 24, 4)
    refused(tenant.send("POST", f"salesorders/{id}/split", {}), 400)
    bodies: list[Any] = [{"metadata": 5}, {"mixins": []}, {"customer": 1}, {"shipments": {}}, {"billingAddress": "x"}]
    for sent in [*bodies, {"restriction": ["a"]}]:
        for method in ("PUT", "PATCH"):
            refused(tenant.send(method, f"salesorders/{id}", sent), 400)
    refused(tenant.send("POST", "salesorders", {**body, "checkout": True, "cartId": "c" * 3000}), 400)
