"""Orders that are split by vendors: the parts add up to the order, and all are made in one write."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from emporix_shop import Tenant, cost, entry, refused

from emporix.schema import problems
from live import Server

ALPHA, BETA = {"id": "v-alpha", "name": "Alpha"}, {"id": "v-beta", "name": "Beta"}


@pytest.fixture
def tenant(server: Server) -> Tenant:
    return Tenant(server)


# Gross: goods 120, the fee of the first entry 6, that of the payment 1, shipping 10.
BODY: dict[str, Any] = {
    "currency": "EUR",
    "restriction": "DE",
    "cartId": "cart-1",
    "checkout": True,
    "customer": {"id": "c-1", "email": "ada@example.com"},
    "channel": {"name": "storefront"},
    "mixins": {"generalAttributes": {"orderNumber": "EON1227"}, "erp": {"a": 1}},
    "metadata": {"mixins": {"generalAttributes": "https://e.example/g", "erp": "https://e.example/erp"}},
    "payments": [{"method": "invoice", "paidAmount": 0, "currency": "EUR", "status": "PENDING"}],
    "entries": [
        entry("a", ALPHA, 50, 60, 10, fee=(5, 6, 1)),
        entry("b", BETA, 30, 36, 6),
        entry("c", None, 20, 24, 4),
    ],
    "calculatedPrice": {
        "price": cost(100, 120, 20),
        "discountedPrice": cost(100, 120, 20),
        "totalFee": cost(6, 7, 1),
        "totalShipping": cost(8.33, 10, 1.67),
        "finalPrice": cost(114.33, 137, 22.67),
    },
}


def made(tenant: Tenant, **more: Any) -> str:
    answer = tenant.send("POST", "salesorders", {**BODY, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_an_order_is_split_by_vendors(tenant: Tenant) -> None:
    made(tenant)
    answer = tenant.send("POST", "salesorders/EON1227/split", {"splitBy": "VENDOR_ID"})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"masterOrder", "splitBy", "subOrders"}
    assert (answer.json()["masterOrder"], answer.json()["splitBy"]) == ("EON1227", "VENDOR_ID")
    told = answer.json()["subOrders"]
    assert [sub.get("uniqueValue") for sub in told] == ["v-alpha", "v-beta", None]
    subs = [tenant.get(f"salesorders/{sub['id']}") for sub in told]
    master = tenant.get("salesorders/EON1227")
    assert [problem for order in (master, *subs) for problem in problems("salesOrder", order)] == []
    assert (master["orderType"], master["subOrders"]) == ("MASTER_ORDER", [sub["id"] for sub in told])
    assert master["splitInfo"] == {"splitBy": "VENDOR_ID"}
    assert (master["calculatedPrice"], master["metadata"]["version"]) == (BODY["calculatedPrice"], 2)
    assert subs[0]["vendor"] == ALPHA and "vendor" not in subs[2]
    assert [sub["splitInfo"].get("uniqueValue") for sub in subs] == ["v-alpha", "v-beta", None]
    assert [[each["id"] for each in sub["entries"]] for sub in subs] == [["entry-a"], ["entry-b"], ["entry-c"]]
    for sub in subs:
        assert (sub["orderType"], sub["masterOrder"], sub["status"]) == ("SUB_ORDER", "EON1227", "CREATED")
        assert (sub["restriction"], sub["channel"], sub["mixins"]["erp"]) == ("DE", {"name": "storefront"}, {"a": 1})
        assert (sub["customer"]["email"], sub["payments"], sub["checkout"]) == ("ada@example.com", [], False)
    # By 60, 36 and 24 of 120. Shipping: 5, 3, 2 gross; net 4.165, a half to the even one, and 2.499, the last has the rest.
    # The fee of the payment: 0.50, 0.30, 0.20 without a tax.
    shipping = [cost(4.16, 5, 0.84), cost(2.5, 3, 0.5), cost(1.67, 2, 0.33)]
    fees = [cost(5.5, 6.5, 1), cost(0.3, 0.3, 0), cost(0.2, 0.2, 0)]
    finals = [cost(59.66, 71.5, 11.84), cost(32.8, 39.3, 6.5), cost(21.87, 26.2, 4.33)]
    prices = [sub["calculatedPrice"] for sub in subs]
    assert [price["totalShipping"] for price in prices] == shipping
    assert [price["totalFee"] for price in prices] == fees
    assert [price["finalPrice"] for price in prices] == finals
    # So do they in the first dialect.
    orders = [tenant.shop.get(f"orders/{sub['id']}") for sub in told]
    assert [order["totalPrice"]["centAmount"] for order in orders] == [7150, 3930, 2620]
    assert [order["taxedPrice"]["totalNet"]["centAmount"] for order in orders] == [5966, 3280, 2187]
    assert tenant.ids(q="masterOrder:EON1227 vendor.id:v-beta") == [told[1]["id"]]
    refused(tenant.send("POST", "salesorders/EON1227/split", {}), 400)
    refused(tenant.send("POST", f"salesorders/{told[0]['id']}/split", {}), 400)
    # The cart's one order is the master, still.
    assert tenant.send("POST", "salesorders", {**BODY, "mixins": {}}).status_code == 409
    assert tenant.disagreeing() == []


def test_two_who_split_at_once_split_once(tenant: Tenant) -> None:
    made(tenant)
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: tenant.send("POST", "salesorders/EON1227/split", {}), range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400]
    assert len(tenant.ids()) == 4


@pytest.mark.parametrize(
    "more",
    [
        {"status": "CONFIRMED"},
        {"discounts": [{"code": "TOTAL", "amount": 1, "currency": "EUR"}]},
        {"entries": [entry("c", None, 20, 24, 4)]},
        {"orderType": "MASTER_ORDER"},
    ],
    ids=["status", "discounts", "no vendor", "split already"],
)
def test_what_is_not_split(tenant: Tenant, more: dict[str, Any]) -> None:
    made(tenant, **more)
    before = tenant.get("salesorders/EON1227")
    refused(tenant.send("POST", "salesorders/EON1227/split", {"splitBy": "VENDOR_ID"}), 400)
    assert tenant.get("salesorders") == [before]


def test_who_may_split(tenant: Tenant) -> None:
    made(tenant)
    refused(tenant.send("POST", "salesorders/EON1227/split", {}, who=tenant.client("order.order_read")), 403)
    refused(tenant.send("POST", "salesorders/EON1227/split", {}, who=tenant.client("order.order_update--AT")), 404)
    refused(tenant.send("POST", "salesorders/EON1227/split", {"splitBy": "COLOUR"}), 400)
    refused(tenant.send("POST", "salesorders/X/split", {}), 404)
    assert len(tenant.ids()) == 1
    assert tenant.send("POST", "salesorders/EON1227/split", {}, who=tenant.client("order.order_update--DE")).status_code == 200
