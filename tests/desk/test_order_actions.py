"""What is done to an order at the desk: each form does what it says, at the version that was shown, and a late one learns why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from desks import Desk, Page, desk_of
from placing import act, now, opened, placed, told

from live import Client, Server
from shop_setup import by_key, eur

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def order(shop: Client) -> dict[str, Any]:
    opened(shop)
    return placed(shop, "D-1", ("mug", 3), ("tea", 2))


@pytest.fixture
def desk(server: Server, shop: Client) -> Desk:
    return desk_of(server, shop)


def done(page: Page) -> Page:
    assert page.status == 200, page.source
    assert page.alerts == ""
    assert "Done." in page.text
    return page


@pytest.mark.parametrize(
    ("form", "state", "member"),
    [
        ("order-state", "Confirmed", "orderState"),
        ("shipment-state", "Shipped", "shipmentState"),
        ("payment-state", "Paid", "paymentState"),
    ],
)
def test_a_state_is_changed(desk: Desk, shop: Client, order: dict[str, Any], form: str, state: str, member: str) -> None:
    done(act(desk, order, form, {"state": state}))
    changed = now(shop, order)
    assert (changed[member], changed["version"]) == (state, order["version"] + 1)


def test_a_workflow_offers_the_steps_that_it_has(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    states = {state["key"]: state["id"] for state in shop.get("states", params={"limit": 100})["results"]}
    page = desk.get("orders", order["id"])
    assert options(page, "workflow") == {states["new"]}
    done(act(desk, order, "workflow", {"state": states["new"]}))
    order = now(shop, order)
    assert order["state"]["id"] == states["new"]
    assert options(desk.get("orders", order["id"]), "workflow") == {states["checked"]}
    refused = act(desk, order, "workflow", {"state": states["lost"]})
    assert refused.status == 400
    assert "There is no transition" in told(refused)
    done(act(desk, order, "workflow", {"state": states["checked"]}))
    assert options(desk.get("orders", order["id"]), "workflow") == set()


def options(page: Page, form: str) -> set[str]:
    """The values that the one form of a page offers."""
    found = re.search(rf'action="[^"]*/{form}".*?</form>', page.source, re.DOTALL)
    return set(re.findall(r'<option value="([^"]+)"', found[0])) if found else set()


def test_units_are_moved_in_their_workflow(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    begun = order["lineItems"][0]["state"][0]["state"]["id"]
    picked = next(state["id"] for state in shop.get("states", params={"where": 'key = "picked"'})["results"])
    page = desk.get("orders", order["id"], "items")
    mug, _ = order["lineItems"]
    (wrap,) = order["customLineItems"]
    assert options(page, "items") == {picked}
    fields = {"to": picked, f"move.{mug['id']}.{begun}": "2", f"move.{wrap['id']}.{begun}": "1"}
    done(act(desk, order, "items", fields))
    changed = now(shop, order)
    assert [(part["state"]["id"], part["quantity"]) for part in changed["lineItems"][0]["state"]] == [(begun, 1), (picked, 2)]
    assert [part["quantity"] for part in changed["customLineItems"][0]["state"]] == [1, 1]
    too_many = act(desk, changed, "items", {"to": picked, f"move.{mug['id']}.{begun}": "2"})
    assert too_many.status == 400
    assert "Only 1 units" in too_many.alerts
    assert too_many.values(f"move.{mug['id']}.{begun}") == ["2"]


def test_half_is_delivered_and_then_the_rest(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    mug, tea = order["lineItems"]
    (wrap,) = order["customLineItems"]
    page = desk.get("orders", order["id"], "deliver")
    shown = {name: value for name, value in page.fields if name.startswith("quantity.")}
    assert shown == {f"quantity.{mug['id']}": "3", f"quantity.{tea['id']}": "2", f"quantity.{wrap['id']}": "2"}
    box = {"parcel.1.carrier": "DHL", "parcel.1.trackingId": "T-1", "parcel.2.weightInGram": "900", "key": "first"}
    picked = {f"quantity.{mug['id']}": "2", f"quantity.{tea['id']}": "0", f"quantity.{wrap['id']}": ""}
    done(act(desk, order, "deliver", {**shown, **picked, **box, "state": "Partial"}))
    order = now(shop, order)
    (delivery,) = order["shippingInfo"]["deliveries"]
    assert (delivery["key"], delivery["items"]) == ("first", [{"id": mug["id"], "quantity": 2}])
    assert [parcel.get("trackingData", {}).get("trackingId") for parcel in delivery["parcels"]] == ["T-1", None]
    assert delivery["parcels"][1]["measurements"] == {"weightInGram": 900}
    assert order["shipmentState"] == "Partial"
    rest = {name: value for name, value in desk.get("orders", order["id"], "deliver").fields if name.startswith("quantity.")}
    assert rest == {f"quantity.{mug['id']}": "1", f"quantity.{tea['id']}": "2", f"quantity.{wrap['id']}": "2"}
    done(act(desk, order, "deliver", rest))
    order = now(shop, order)
    assert not [name for name, _ in desk.get("orders", order["id"], "deliver").fields if name.startswith("quantity.")]
    parcel = delivery["parcels"][1]["id"]
    done(act(desk, order, "tracking", {"parcel": parcel, "carrier": "UPS", "trackingId": "1Z"}))
    order = now(shop, order)
    done(act(desk, order, "parcel", {"delivery": delivery["id"], "carrier": "DPD", "lengthInMillimeter": "300"}))
    parcels = now(shop, order)["shippingInfo"]["deliveries"][0]["parcels"]
    assert parcels[1]["trackingData"] == {"trackingId": "1Z", "carrier": "UPS", "isReturn": False}
    assert parcels[2]["trackingData"]["carrier"] == "DPD"
    assert parcels[2]["measurements"] == {"lengthInMillimeter": 300}


def test_who_has_nothing_to_send_is_told_so(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    pages = {name: desk.get("orders", order["id"], name) for name in ("deliver", "return", "items")}
    assert all('type="number"' in page.source for page in pages.values())
    units = {f"quantity.{item['id']}": str(item["quantity"]) for item in (*order["lineItems"], *order["customLineItems"])}
    done(act(desk, order, "deliver", units))
    done(act(desk, now(shop, order), "return", units))
    page = desk.get("orders", order["id"], "deliver")
    assert "All units of this order are in deliveries." in page.text and 'type="number"' not in page.source
    page = desk.get("orders", order["id"], "return")
    assert "All units of this order have come back." in page.text and 'type="number"' not in page.source
    bare = placed(shop, "B-1", shippingMethod=None)
    page = desk.get("orders", bare["id"], "deliver")
    assert "The order has no shipping method" in page.text and 'type="number"' not in page.source


def test_a_part_comes_back_and_is_refunded(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    mug, tea = order["lineItems"]
    fields = {f"quantity.{mug['id']}": "1", f"comment.{mug['id']}": "Chipped", f"quantity.{tea['id']}": ""}
    done(act(desk, order, "return", {**fields, "state": "Returned", "trackingId": "R-1"}))
    order = now(shop, order)
    (back,) = order["returnInfo"]
    (item,) = back["items"]
    assert (back["returnTrackingId"], item["quantity"], item["comment"]) == ("R-1", 1, "Chipped")
    page = desk.get("orders", order["id"])
    assert offered(page, "return-shipment") == ["BackInStock", "Unusable"]
    assert offered(page, "return-payment") == ["Refunded", "NotRefunded"]
    done(act(desk, order, "return-shipment", {"item": item["id"], "state": "BackInStock"}))
    order = now(shop, order)
    done(act(desk, order, "return-payment", {"item": item["id"], "state": "Refunded"}))
    order = now(shop, order)
    assert [(each["shipmentState"], each["paymentState"]) for each in order["returnInfo"][0]["items"]] == [
        ("BackInStock", "Refunded")
    ]
    page = desk.get("orders", order["id"])
    assert offered(page, "return-shipment") == offered(page, "return-payment") == []
    assert act(desk, order, "return-payment", {"item": item["id"], "state": "NotRefunded"}).status == 400
    assert f'name="quantity.{mug["id"]}" min="0" max="2"' in desk.get("orders", order["id"], "return").source


def offered(page: Page, form: str) -> list[str]:
    """The states that the buttons of a form lead to."""
    found = re.findall(rf'action="[^"]*/{form}".*?</form>', page.source, re.DOTALL)
    return [state for text in found for state in re.findall(r'name="state" value="([^"]+)"', text)]


def test_money_is_charged_and_given_back(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    payment = shop.create("payments", {"key": "card", "amountPlanned": eur(5000)})
    other = shop.create("payments", {"key": "other", "amountPlanned": eur(5000)})
    order = shop.update(f"orders/{order['id']}", order["version"], {"action": "addPayment", "payment": by_key("payment", "card")})
    named = {"payment": payment["id"], "version": str(payment["version"])}
    done(
        act(desk, order, "transaction", {**named, "type": "Charge", "amount": "50,00", "state": "Pending", "interactionId": "X"})
    )
    payment = shop.get(f"payments/{payment['id']}")
    (charge,) = payment["transactions"]
    assert (charge["type"], charge["amount"]["centAmount"], charge["state"]) == ("Charge", 5000, "Pending")
    late = {**named, "transaction": charge["id"], "state": "Success"}
    refused = act(desk, order, "transaction-state", late)
    assert refused.status == 409
    assert shop.client_id not in told(refused)  # it was changed here
    assert "Changed" in told(refused)
    done(act(desk, order, "transaction-state", {**late, "version": str(payment["version"])}))
    payment = shop.get(f"payments/{payment['id']}")
    assert payment["transactions"][0]["state"] == "Success"
    named["version"] = str(payment["version"])
    wrong = act(desk, order, "transaction", {**named, "type": "Refund", "amount": "12.345", "interactionId": EVIL})
    assert (wrong.status, wrong.values("amount"), wrong.values("interactionId")) == (400, ["12.345"], [EVIL])
    assert "An amount is written in digits" in wrong.alerts
    done(act(desk, order, "transaction", {**named, "type": "Refund", "amount": "12.34", "state": "Success"}))
    assert shop.get(f"payments/{payment['id']}")["transactions"][1]["amount"]["centAmount"] == 1234
    foreign = {**named, "payment": other["id"], "version": str(other["version"]), "type": "Charge", "amount": "1"}
    assert act(desk, order, "transaction", foreign).status == 400
    assert shop.get(f"payments/{other['id']}")["version"] == other["version"]
    assert now(shop, order)["version"] == order["version"]


def test_addresses_and_the_e_mail_address_are_changed(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    typed = {"firstName": "Grace", "lastName": "Hopper", "city": "Potsdam", "country": "DE", "streetName": ""}
    for form, member in (("shipping-address", "shippingAddress"), ("billing-address", "billingAddress")):
        done(act(desk, order, form, typed))
        order = now(shop, order)
        assert order[member] == {name: value for name, value in typed.items() if value}
    done(act(desk, order, "email", {"email": "grace@example.com"}))
    assert now(shop, order)["customerEmail"] == "grace@example.com"
    wrong = act(desk, now(shop, order), "shipping-address", {"country": "Germany", "city": EVIL})
    assert wrong.status == 400
    assert wrong.alerts
    assert EVIL in wrong.values("city")
    assert "<script>alert" not in wrong.source


def test_who_is_late_is_told_who_was_there_and_may_send_again(server: Server, shop: Client, order: dict[str, Any]) -> None:
    first, late = desk_of(server, shop), desk_of(server, shop)
    done(act(first, order, "payment-state", {"state": "Paid"}))
    done(act(first, now(shop, order), "return", {f"quantity.{order['lineItems'][0]['id']}": "1"}))
    fields = {f"quantity.{order['lineItems'][0]['id']}": "2", "parcel.1.trackingId": EVIL}
    refused = act(late, order, "deliver", fields)
    assert refused.status == 409
    said = told(refused)
    assert "It was changed since this page was opened." in said and order["id"] not in said
    assert "Meanwhile this was changed:" in said
    assert "Payment: – → Paid" in said
    assert "Return added (units: 1)" in said
    clerk = now(shop, order)["lastModifiedBy"]["clientId"]
    assert said.count(clerk) == 2
    assert "Created" not in said
    assert refused.values("parcel.1.trackingId") == [EVIL]
    assert refused.values(f"quantity.{order['lineItems'][0]['id']}") == ["2"]
    assert "<script>alert" not in refused.source
    assert "deliveries" not in now(shop, order)["shippingInfo"] or not now(shop, order)["shippingInfo"]["deliveries"]
    again = {name: value for name, value in refused.fields if name in (*fields, "version", "proof")}
    done(late.send("orders", order["id"], "deliver", fields=again))
    assert now(shop, order)["shippingInfo"]["deliveries"][0]["items"][0]["quantity"] == 2


def test_many_at_once_are_told_who_was_there_too(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    done(act(desk, order, "payment-state", {"state": "Paid"}))
    page = desk.send("orders", fields={"chosen": f"{order['id']}:{order['version']}", "change": "order:Confirmed"})
    assert "Payment: – → Paid" in page.text
    assert now(shop, order)["lastModifiedBy"]["clientId"] in page.text


def test_a_form_needs_the_proof_of_a_page(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    for proof in ("", "0" * 64):
        page = desk.send(
            "orders", order["id"], "order-state", fields={"version": str(order["version"]), "state": "Confirmed"}, proof=proof
        )
        assert page.status == 403
    assert now(shop, order) == order
    assert desk.get("orders", order["id"], "order-state").status == 303  # to the order


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_is_refused(desk: Desk, shop: Client, order: dict[str, Any], version: str) -> None:
    page = act(desk, order, "order-state", {"state": "Confirmed", "version": version})
    assert page.status == 400
    assert page.alerts
    assert now(shop, order) == order


def test_who_may_only_look_is_offered_nothing(server: Server, shop: Client, order: dict[str, Any]) -> None:
    viewer = desk_of(server, shop, f"view_orders:{shop.project}")
    page = viewer.get("orders", order["id"])
    assert re.findall(r'<form method="post"[^>]*action="[^"]*/orders/', page.source) == []
    refused = act(viewer, order, "order-state", {"state": "Confirmed"})
    assert refused.status == 403
    assert now(shop, order) == order


def test_a_clerk_changes_the_orders_of_her_store_alone(server: Server, shop: Client, order: dict[str, Any]) -> None:
    hers, others = placed(shop, "B-1", store="berlin"), placed(shop, "P-1", store="paris")
    clerk = desk_of(server, shop, f"manage_orders:{shop.project}:berlin")
    done(act(clerk, hers, "order-state", {"state": "Confirmed"}))
    for foreign in (others, order):
        assert act(clerk, foreign, "order-state", {"state": "Confirmed"}).status == 404
        assert now(shop, foreign) == foreign
