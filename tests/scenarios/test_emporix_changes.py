"""Orders that are changed in the second dialect, merged or as a whole: what the first one then shows, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from emporix_shop import ALL, EON1200, Tenant, refused

from emporix.schema import problems
from live import Server

SENT = {"shippedDate": "2026-02-03T04:05:06.000Z", "carrier": "DHL", "trackingNumber": "JJD1"}


@pytest.fixture
def tenant(server: Server) -> Tenant:
    return Tenant(server)


def patched(tenant: Tenant, id: str, **members: Any) -> None:
    answer = tenant.send("PATCH", f"salesorders/{id}", members, params={"recalculate": "false"})
    assert (answer.status_code, answer.content) == (204, b""), answer.text


def test_an_order_is_sent_as_the_tutorial_does(tenant: Tenant) -> None:
    tenant.order("E-1")
    patched(tenant, "E-1", status="CONFIRMED")
    refused(tenant.send("PATCH", "salesorders/E-1", {"status": "SHIPPED"}), 400)
    patched(tenant, "E-1", shipments=[SENT])
    patched(tenant, "E-1", status="SHIPPED")
    order = tenant.get("salesorders/E-1")
    assert problems("salesOrder", order) == []
    assert (order["status"], order["shipments"]) == ("SHIPPED", [SENT])
    assert tenant.history("E-1") == ["CREATED", "CONFIRMED", "SHIPPED"]
    same = tenant.shop.get("orders/order-number=E-1")
    (delivery,) = same["shippingInfo"]["deliveries"]
    tracking = delivery["parcels"][0]["trackingData"]
    assert (tracking["carrier"], tracking["trackingId"], same["shipmentState"]) == ("DHL", "JJD1", "Shipped")
    assert same["totalPrice"]["centAmount"] == 4200
    types = {message["type"] for message in tenant.shop.get("messages")["results"]}
    assert {"DeliveryAdded", "ParcelAddedToDelivery", "OrderStateChanged", "OrderShipmentStateChanged"} <= types
    # Sent again it is there already; another one comes beside it.
    version = order["metadata"]["version"]
    patched(tenant, "E-1", shipments=[{**SENT, "shippedDate": "2026-02-03T05:05:06+01:00"}])
    assert tenant.get("salesorders/E-1")["metadata"]["version"] == version
    patched(tenant, "E-1", shipments=[{"shippedDate": "2026-02-04T00:00:00.000Z", "carrier": "UPS"}])
    assert [each["carrier"] for each in tenant.get("salesorders/E-1")["shipments"]] == ["DHL", "UPS"]


def test_a_move_and_its_shipment_in_one_change(tenant: Tenant) -> None:
    tenant.imported("C-1", orderState="Confirmed")
    patched(tenant, "C-1", status="SHIPPED", shipments=[SENT])
    order = tenant.get("salesorders/C-1")
    assert (order["status"], order["shipments"], order["metadata"]["version"]) == ("SHIPPED", [SENT], 2)
    refused(tenant.send("PATCH", "salesorders/C-1", {"status": "CREATED"}), 400)


def test_members_are_merged(tenant: Tenant) -> None:
    assert tenant.send("POST", "salesorders", EON1200).status_code == 201
    before = tenant.get("salesorders/EON1200")
    address = {
        "street": "New street",
        "mixins": {"gate": {"code": 7}},
        "metadata": {"mixins": {"gate": "https://e.example/gate"}},
    }
    patched(
        tenant,
        "EON1200",
        billingAddress=address,
        customer={"email": "new@example.com"},
        mixins={"erp": {"number": 12.50}},
        metadata={"mixins": {"erp": "https://e.example/erp"}},
        channel={"name": "phone"},
        ownMember=[1, {"a": None}],
    )
    order = tenant.get("salesorders/EON1200")
    assert problems("salesOrder", order) == []
    assert order["billingAddress"] == {**before["billingAddress"], **address}
    assert order["customer"] == {**before["customer"], "email": "new@example.com"}
    assert order["mixins"] == {**before["mixins"], "erp": {"number": 12.5}}
    assert order["metadata"]["mixins"]["erp"] == "https://e.example/erp"
    assert order["channel"] == {**before["channel"], "name": "phone"}
    assert order["ownMember"] == [1, {"a": None}]
    for name in ("entries", "calculatedPrice", "totalPrice", "tax", "shipping", "discounts", "status"):
        assert order[name] == before[name], name
    assert tenant.ids(q="mixins.erp.number:12.5 billingAddress.mixins.gate.code:7 channel.name:phone") == ["EON1200"]
    same = tenant.shop.get("orders/order-number=EON1200")
    assert (same["billingAddress"]["streetName"], same["customerEmail"]) == ("New street", "new@example.com")
    types = {message["type"] for message in tenant.shop.get("messages")["results"]}
    assert {"OrderBillingAddressSet", "OrderCustomerEmailSet"} <= types
    # Null takes a member away.
    patched(tenant, "EON1200", mixins={"erp": None}, channel=None)
    order = tenant.get("salesorders/EON1200")
    assert "channel" not in order and order["mixins"] == before["mixins"]
    assert tenant.disagreeing() == []


def test_what_was_read_may_be_put_back(tenant: Tenant) -> None:
    assert tenant.send("POST", "salesorders", {**EON1200, "restriction": "DE"}).status_code == 201
    tenant.imported("C-1")
    for id in ("EON1200", "C-1"):
        before = tenant.get(f"salesorders/{id}")
        assert tenant.send("PUT", f"salesorders/{id}", before).status_code == 204
        assert tenant.get(f"salesorders/{id}") == before
    before = tenant.get("salesorders/EON1200")
    left = {name: value for name, value in before.items() if name not in ("channel", "restriction")}
    assert tenant.send("PUT", "salesorders/EON1200", {**left, "deliveryWindowId": "w-1"}).status_code == 204
    after = tenant.get("salesorders/EON1200")
    assert after["deliveryWindowId"] == "w-1"
    assert "channel" not in after and "restriction" not in after
    assert after["entries"] == before["entries"]
    assert after["metadata"]["version"] == before["metadata"]["version"] + 1


def test_what_has_no_entries_is_no_whole_order(tenant: Tenant) -> None:
    """A change that was to be merged takes nothing away because it is sent by the other method."""
    tenant.order("E-1", channel={"name": "phone"})
    before = tenant.get("salesorders/E-1")
    for body in ({}, {"status": "CONFIRMED"}, {"entries": None}, {"metadata": {"version": 1}}):
        for query in ("", "?recalculate=true"):
            told = refused(tenant.send("PUT", f"salesorders/E-1{query}", body), 400)
            assert told["details"][0]["field"] == "entries"
    assert tenant.get("salesorders/E-1") == before


def test_an_old_version_is_refused(tenant: Tenant) -> None:
    tenant.order("E-1")
    patched(tenant, "E-1", metadata={"version": 1}, status="CONFIRMED")
    for method in ("PATCH", "PUT"):
        refused(tenant.send(method, "salesorders/E-1", {"metadata": {"version": 1}, "status": "COMPLETED"}), 409)
    assert tenant.get("salesorders/E-1")["status"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"entries": []}, "entries"),
        ({"totalPrice": 1}, "totalPrice"),
        ({"calculatedPrice": {"finalPrice": {"grossValue": 1}}}, "calculatedPrice"),
        ({"currency": "USD"}, "currency"),
        ({"customer": {"id": "another"}}, "customer.id"),
        ({"mixins": {"generalAttributes": {"orderNumber": "E-2"}}}, "orderNumber"),
        ({"mixins": {"erp": {"a": 1}}}, "metadata.mixins.erp"),
        ({"cartId": "c"}, "cartId"),
        ({"checkout": True}, "checkout"),
        ({"subOrders": ["a"]}, "subOrders"),
        ({"status": "LOST"}, "status"),
        ({"status": "COMPLETED"}, "COMPLETED"),
        ({"shipments": [{"carrier": "DHL"}]}, "shippedDate"),
        ({"shipments": [{**SENT, "expectDeliveryOn": "tomorrow"}]}, "expectDeliveryOn"),
        ({"shipments": [{"shippedDate": "2026-01-01", "carrier": f"{n}"} for n in range(101)]}, "shipments"),
        ({"billingAddress": {"country": "Germany"}}, "billingAddress"),
        ([], "array"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused_changes_nothing(tenant: Tenant, body: Any, named: str) -> None:
    tenant.order("E-1")
    before = tenant.get("salesorders/E-1")
    told = refused(tenant.send("PATCH", "salesorders/E-1", body), 400)
    assert named in str(told), told
    assert tenant.get("salesorders/E-1") == before


def test_who_may_change(tenant: Tenant) -> None:
    tenant.order("DE-1", restriction="DE")
    tenant.order("AT-1", restriction="AT")
    german = tenant.client(" ".join(f"{scope}--DE" for scope in ALL.split()))
    for method in ("PATCH", "PUT"):
        refused(tenant.send(method, "salesorders/AT-1", {"status": "DECLINED"}, who=german), 404)
        refused(tenant.send(method, "salesorders/DE-1", {"restriction": "AT"}, who=german), 403)
        refused(tenant.send(method, "salesorders/DE-1", {}, who=tenant.client("order.order_read")), 403)
    refused(tenant.send("PATCH", "salesorders/DE-1", {}, params={"recalculate": "perhaps"}), 400)
    assert tenant.send("PATCH", "salesorders/DE-1", {"status": "DECLINED"}, who=german).status_code == 204
    assert tenant.ids(status="DECLINED") == ["DE-1"]
