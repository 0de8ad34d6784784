"""Every example body of the published schema is accepted over HTTP and answered in kind, and what follows from one.

`Tenant.send` holds each answer against the schema with the patches of `emporix/patches.md`.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from emporix_shop import EON1200, Tenant, refused

from emporix.schema import EXAMPLES, problems
from emporix.test_drafts import SERVERS, leaves
from live import Server
from shop_setup import by_key, open_shop


@pytest.fixture
def tenant(server: Server) -> Tenant:
    return Tenant(server)


@pytest.mark.parametrize("name", ["EON1200", "EON2076", "EON2076-read", "dynamicVariant"])
def test_a_body_that_makes_an_order(tenant: Tenant, name: str) -> None:
    body = EXAMPLES[name]
    made = tenant.send("POST", "salesorders", body).json()["id"]
    order = tenant.get(f"salesorders/{made}")
    back = leaves(order)
    # With every figure as it came; what the server says itself, and at which version it is, aside.
    server = SERVERS | {".id", ".metadata.version"}
    lost = {
        path: (value, back.get(path)) for path, value in leaves(body).items() if path not in server and back.get(path) != value
    }
    assert {path: pair for path, pair in lost.items() if not path.endswith(".extendedOrderStatus")} == {}
    assert tenant.get("salesorders") == [order]
    assert tenant.send("POST", "salesorders/search", {"q": f"id:{made}"}).json() == [order]
    assert tenant.disagreeing() == []


def test_the_minor_units_of_the_published_example(tenant: Tenant) -> None:
    tenant.send("POST", "salesorders", EON1200)
    same = tenant.shop.get("orders/order-number=EON1200")
    # 501.829 gross, 436.288 net: 436.29 and 501.83, and so 65.54 tax. Shipping is 10.482, fees are 49.037.
    assert same["totalPrice"] == {"type": "centPrecision", "currencyCode": "EUR", "centAmount": 50183, "fractionDigits": 2}
    taxed = {name: same["taxedPrice"][name]["centAmount"] for name in ("totalNet", "totalGross", "totalTax")}
    assert taxed == {"totalNet": 43629, "totalGross": 50183, "totalTax": 6554}
    assert same["shippingInfo"]["price"]["centAmount"] == 1048
    *items, fees = same["customLineItems"]
    assert (fees["slug"], fees["totalPrice"]["centAmount"]) == ("fees", 4904)
    of_entries = [entry["calculatedPrice"]["discountedPrice"]["grossValue"] for entry in EON1200["entries"]]
    assert [item["totalPrice"]["centAmount"] for item in items] == [round(gross * 100) for gross in of_entries]
    # 442.31 after discounts: the items add up to it, whole cents to one.
    assert abs(sum(item["totalPrice"]["centAmount"] for item in items) - 44231) <= 1


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_body_of_a_change(tenant: Tenant, method: str) -> None:
    # The order that the example changes: as it says, but for what it changes.
    body = EXAMPLES["orderUpdate"]
    before = deepcopy(body) | {"channel": {"name": "before"}}
    before["customer"]["company"] = "Before"
    before["deliveryWindow"]["deliveryCycle"] = "before"
    made = tenant.send("POST", "salesorders", before).json()["id"]
    shown = tenant.get(f"salesorders/{made}")
    assert tenant.send(method, f"salesorders/{made}", body).status_code == 204
    order = tenant.get(f"salesorders/{made}")
    assert (order["customer"]["company"], order["deliveryWindow"]["deliveryCycle"]) == (
        body["customer"]["company"],
        body["deliveryWindow"]["deliveryCycle"],
    )
    assert order["metadata"]["version"] == 2
    # Of its entries and figures the example says less than is shown, and changes nothing.
    assert (order["entries"], order["calculatedPrice"]) == (shown["entries"], shown["calculatedPrice"])
    other = body["entries"][0] | {"amount": 4}
    for entries in ([other], [*body["entries"], other], []):
        sent = {name: value for name, value in body.items() if name != "metadata"} | {"entries": entries}
        assert "entries" in str(refused(tenant.send(method, f"salesorders/{made}", sent), 400))
    assert problems("orderUpdateDto", body, lenient=True) == []


def test_the_other_bodies(tenant: Tenant) -> None:
    open_shop(tenant.shop)
    gram = {"measurementUnit": {"unit": "GRM", "value": 1}}
    entries = [
        {"id": id, "amount": amount, "unitPrice": 1, "price": {"currency": "EUR"}, "product": {"name": id}, **more}
        for id, amount, more in (
            ("5c336893a981210009900071", 5, {}),
            ("5c336893a981210009900072", 500, gram),
            ("1010234", 1, {}),
        )
    ]
    address = {"contactName": "Ada King", "street": "Hauptstr.", "zipCode": "10115", "city": "Berlin", "country": "DE"}
    tenant.order("EON1007", entries=entries, shippingAddress=address)
    assert [each["id"] for each in tenant.send("POST", "salesorders/search", EXAMPLES["orderSearch"][0]).json()] == ["EON1007"]
    delivered = tenant.send("POST", "salesorders/EON1007/calculations", EXAMPLES["orderCalculation"]).json()
    assert [each["amount"] for each in delivered["entries"]] == [10, 1000, 1]
    tenant.shop.create("products", _product("1010234"))
    amounts = []
    for body in EXAMPLES["orderEntries"]:
        order = tenant.send("POST", "salesorders/EON1007/entries?store=true", body).json()
        amounts.append([each["amount"] for each in order["entries"]])
    assert amounts == [[10, 1000, 1, 1], [10, 1000, 2, 1], [10, 1000, 1]]
    # The example of a transition is one that a customer and a tenant may make.
    assert tenant.send("POST", "salesorders/EON1007/transitions", EXAMPLES["transition"]).status_code in (204, 400)
    of_vendor = {"amount": 1, "unitPrice": 1, "price": {"currency": "EUR"}, "product": {"name": "x", "vendor": {"id": "v-1"}}}
    tenant.order("EON1227", entries=[of_vendor, entries[0]])
    split = tenant.send("POST", "salesorders/EON1227/split", EXAMPLES["orderSplit"][0]).json()
    assert (split["masterOrder"], split["splitBy"], len(split["subOrders"])) == ("EON1227", "VENDOR_ID", 2)


def _product(sku: str) -> dict[str, Any]:
    return {
        "productType": by_key("product-type", "goods"),
        "name": {"en": "Goods"},
        "slug": {"en": f"goods-{sku}"},
        "publish": True,
        "masterVariant": {"sku": sku, "prices": [{"value": {"currencyCode": "EUR", "centAmount": 250}}]},
    }


def test_what_is_no_order_is_refused_in_the_form_of_the_schema(tenant: Tenant) -> None:
    for amount in ("12", "1e400", None, True, [1]):
        body = EON1200 | {"totalPrice": amount}
        answer = tenant.send("POST", "salesorders", body)
        if amount is None:
            assert answer.status_code == 201
            tenant.send("DELETE", "salesorders/EON1200")
        else:
            assert "totalPrice" in str(refused(answer, 400))
    assert tenant.ids() == []
