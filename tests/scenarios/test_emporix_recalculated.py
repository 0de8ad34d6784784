"""What adds to an order of the second dialect or recalculates it while it is changed: products, pieces, units, expected days."""

from __future__ import annotations

from typing import Any

import pytest
from emporix_shop import Tenant, cost, entry, refused

from emporix.schema import problems
from live import Server
from shop_setup import open_shop

# Two of an entry for 60 and one for 36, gross; 1 for the payment, 10 for shipping.
BODY: dict[str, Any] = {
    "currency": "EUR",
    "customer": {"email": "ada@example.com"},
    "shippingAddress": {"contactName": "Ada King", "street": "Hauptstr.", "zipCode": "10115", "city": "Berlin", "country": "DE"},
    "mixins": {"generalAttributes": {"orderNumber": "E-1"}, "erp": {"a": 1}},
    "metadata": {"mixins": {"generalAttributes": "https://e.example/g", "erp": "https://e.example/erp"}},
    "entries": [
        entry("a", None, 50, 60, 10, amount=2),
        entry("b", None, 30, 36, 6) | {"measurementUnit": {"unit": "GRM", "value": 500}},
    ],
    "calculatedPrice": {
        "price": cost(80, 96, 16),
        "discountedPrice": cost(80, 96, 16),
        "totalFee": cost(1, 1, 0),
        "totalShipping": cost(8.33, 10, 1.67),
        "finalPrice": cost(89.33, 107, 17.67),
    },
}


@pytest.fixture
def tenant(server: Server) -> Tenant:
    tenant = Tenant(server)
    open_shop(tenant.shop)
    assert tenant.send("POST", "salesorders", BODY).status_code == 201
    return tenant


def test_a_product_is_added(tenant: Tenant) -> None:
    before = tenant.get("salesorders/E-1")
    mug = tenant.shop.get("products/key=mug")["id"]
    wish = {"entries": [{"productId": mug, "quantity": 3}]}
    preview = tenant.send("POST", "salesorders/E-1/entries", wish)
    assert preview.status_code == 200, preview.text
    assert tenant.get("salesorders/E-1") == before
    # The schema has a number, which some write with decimals.
    spelled = tenant.send("POST", "salesorders/E-1/entries", {"entries": [{"productId": mug, "quantity": 3.0}]}).json()
    assert (spelled["totalPrice"], spelled["entries"][-1]["amount"]) == (preview.json()["totalPrice"], 3)
    order = tenant.send("POST", "salesorders/E-1/entries?store=true", wish).json()
    assert order == tenant.get("salesorders/E-1") and problems("salesOrder", order) == []
    *own, added = order["entries"]
    assert own == before["entries"]
    # 3 x 19.99 = 59.97 with 19 % included: 59.97 / 1.19 = 50.3949.. is 50.39, and 9.58 tax. One is 19.99 / 1.19 = 16.7983.. .
    assert (added["amount"], added["orderedAmount"], added["unitPrice"], added["totalPrice"]) == (3, 3, 19.99, 59.97)
    assert (added["product"]["id"], added["product"]["sku"], added["product"]["name"]) == (mug, "mug", "Mug")
    assert added["calculatedPrice"]["finalPrice"] == cost(50.39, 59.97, 9.58) | {"taxCode": "19% MwSt", "taxRate": 19}
    assert added["calculatedUnitPrice"] == cost(16.798, 19.99, 3.192) | {"taxCode": "19% MwSt", "taxRate": 19}
    assert (added["tax"]["lines"][0]["rate"], added["tax"]["lines"][0]["amount"]) == (19, 9.58)
    # 96 + 59.97, and 107 + 59.97.
    assert order["calculatedPrice"]["price"] == cost(130.39, 155.97, 25.58)
    assert order["calculatedPrice"]["finalPrice"] == cost(139.72, 166.97, 27.25)
    same = tenant.shop.get("orders/order-number=E-1")
    assert same["totalPrice"]["centAmount"] == 16697
    assert [(line["variant"]["sku"], line["quantity"], line["totalPrice"]["centAmount"]) for line in same["lineItems"]] == [
        ("mug", 3, 5997)
    ]
    # By its SKU as well, with a change of another entry in the same request; each is an entry of its own.
    body = {"entries": [{"productId": "tea", "quantity": 1}, {"entryId": "entry-a", "quantity": 0}]}
    order = tenant.send("POST", "salesorders/E-1/entries?store=true", body).json()
    assert [each["product"]["sku"] for each in order["entries"]] == ["b", "mug", "tea"]
    assert [line["variant"]["sku"] for line in tenant.shop.get("orders/order-number=E-1")["lineItems"]] == ["mug", "tea"]
    # 166.97 - 60 + 24.50.
    assert order["calculatedPrice"]["finalPrice"]["grossValue"] == 131.47
    assert tenant.disagreeing() == []


def test_a_variant_is_added_by_the_id_that_it_is_shown_with(tenant: Tenant) -> None:
    mug = tenant.shop.get("products/key=mug")
    price = {"value": {"currencyCode": "EUR", "centAmount": 500}}
    variant = {"action": "addVariant", "sku": "mug-blue", "prices": [price], "staged": False}
    tenant.shop.update(f"products/{mug['id']}", mug["version"], variant)
    wish = {"entries": [{"productId": f"{mug['id']}--2", "quantity": 1}]}
    order = tenant.send("POST", "salesorders/E-1/entries", wish).json()
    assert order["entries"][2]["product"]["id"] == f"{mug['id']}--2"
    assert (order["entries"][2]["product"]["sku"], order["entries"][2]["unitPrice"]) == ("mug-blue", 5)
    wish["entries"][0]["productId"] = f"{mug['id']}--3"
    refused(tenant.send("POST", "salesorders/E-1/entries", wish), 400)


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        ({"productId": "nothing", "quantity": 1}, "entries.productId"),
        ({"productId": "00000000-0000-4000-8000-000000000001", "quantity": 1}, "entries.productId"),
        ({"productId": "mug", "entryId": "entry-a", "quantity": 1}, "entries.productId"),
        ({"productId": "mug", "quantity": 0}, "entries.quantity"),
        ({"productId": "m\u0000", "quantity": 1}, "entries.productId"),
        ({"quantity": 1}, "entries.entryId"),
    ],
    ids=["unknown", "unknown id", "both", "nothing", "null", "unnamed"],
)
def test_what_is_no_product_changes_nothing(tenant: Tenant, wish: dict[str, Any], named: str) -> None:
    before = tenant.get("salesorders/E-1")
    told = refused(tenant.send("POST", "salesorders/E-1/entries?store=true", {"entries": [wish]}), 400)
    assert named in str(told), told
    assert tenant.get("salesorders/E-1") == before


def test_what_was_delivered_has_pieces_and_a_unit(tenant: Tenant) -> None:
    body = {"entries": [{"entryId": "entry-b", "deliveredAmount": 2, "deliveredAmountInPc": 7, "unit": "GRM"}]}
    order = tenant.send("POST", "salesorders/E-1/calculations", body).json()
    assert [each.get("packedAmountInPc") for each in order["entries"]] == [None, 7]
    assert (order["entries"][1]["amount"], order["entries"][1]["orderedAmount"]) == (2, 1)
    # Two of 36.
    assert order["calculatedPrice"]["finalPrice"]["grossValue"] == 143
    for unit, id in (("KGM", "entry-b"), ("GRM", "entry-a")):
        wrong = {"entries": [{"entryId": id, "deliveredAmount": 1, "unit": unit}]}
        assert "entries.unit" in str(refused(tenant.send("POST", "salesorders/E-1/calculations", wrong), 400))
    bad = {"entries": [{"entryId": "entry-b", "deliveredAmount": 1, "deliveredAmountInPc": -1}]}
    refused(tenant.send("POST", "salesorders/E-1/calculations", bad), 400)
    assert tenant.get("salesorders/E-1") == order


def test_a_change_recalculates(tenant: Tenant) -> None:
    first, _ = tenant.get("salesorders/E-1")["entries"]
    body = {"entries": [first | {"amount": 1}, {"amount": 2, "product": {"id": "mug"}}], "mixins": {"erp": {"a": 2}}}
    assert tenant.send("PATCH", "salesorders/E-1?recalculate=true", body).status_code == 204
    order = tenant.get("salesorders/E-1")
    assert [(each["product"]["sku"], each["amount"]) for each in order["entries"]] == [("a", 1), ("mug", 2)]
    # 107 less 30, less 36, and 39.98 more.
    assert order["calculatedPrice"]["finalPrice"]["grossValue"] == order["totalPrice"] == 80.98
    assert (order["mixins"]["erp"], order["metadata"]["version"]) == ({"a": 2}, 2)
    assert tenant.shop.get("orders/order-number=E-1")["totalPrice"]["centAmount"] == 8098
    # What was read may be put back, with another amount; figures are found, whatever was sent.
    changed = order | {"totalPrice": 1, "entries": [order["entries"][0] | {"amount": 4}, order["entries"][1]]}
    assert tenant.send("PUT", "salesorders/E-1?recalculate=true", changed).status_code == 204
    after = tenant.get("salesorders/E-1")
    assert (after["totalPrice"], after["entries"][1], after["mixins"]) == (170.98, order["entries"][1], order["mixins"])
    for entries, named in (
        ([first | {"product": {**first["product"], "name": "Another"}}], "entries.product"),
        ([{"amount": 1}], "entries.product.id"),
        ([{"id": "entry-z", "amount": 1}], "entries.entryId"),
        ([{"amount": 1, "product": {"id": "mug"}, "mixins": {"a": {}}}], "entries.mixins"),
        ([], "entries"),
    ):
        told = refused(tenant.send("PATCH", "salesorders/E-1?recalculate=true", {"entries": entries}), 400)
        assert named in str(told), told
    assert tenant.get("salesorders/E-1") == after
    # An order that can not be recalculated is changed without it only.
    tenant.imported("C-1")
    refused(tenant.send("PATCH", "salesorders/C-1?recalculate=true", {"status": "CONFIRMED"}), 400)
    assert tenant.get("salesorders/C-1")["status"] == "CREATED"
    assert tenant.disagreeing() == []


def test_a_parcel_is_expected_on_a_day(tenant: Tenant) -> None:
    tenant.imported("C-1")
    for id in ("E-1", "C-1"):
        sent = {"carrier": "DHL", "trackingNumber": "T-1", "shippedDate": "2026-01-02T03:04:05.000Z"}
        expected = sent | {"expectDeliveryOn": "2026-01-05"}
        assert tenant.send("PATCH", f"salesorders/{id}", {"shipments": [expected]}).status_code == 204
        assert tenant.get(f"salesorders/{id}")["shipments"] == [expected]
        other = sent | {"trackingNumber": "T-2"}
        assert tenant.send("PATCH", f"salesorders/{id}", {"shipments": [expected, other]}).status_code == 204
        # What is kept anew, and what an action of the first dialect changes, leaves it.
        schemas = {"mixins": {"x": "https://e.example/x"}}
        assert tenant.send("PATCH", f"salesorders/{id}", {"mixins": {"x": {"y": 1}}, "metadata": schemas}).status_code == 204
        order = tenant.shop.get(f"orders/order-number={id}")
        tenant.shop.update(f"orders/{order['id']}", order["version"], {"action": "setCustomerEmail", "email": "x@y.example"})
        assert tenant.get(f"salesorders/{id}")["shipments"] == [expected, other]
        assert "@expected" not in str(order)
        # Nobody sends the name under which it is kept.
        assert tenant.send("PATCH", f"salesorders/{id}", {"@expected": {}}).status_code == 204
        assert tenant.get(f"salesorders/{id}")["shipments"] == [expected, other]
    assert tenant.disagreeing() == []
