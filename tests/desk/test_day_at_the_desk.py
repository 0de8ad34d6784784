"""A day's work in a real browser: what clerks do all day, done by what they see."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from browser import MISSING, Browser, browser
from placing import now, opened, placed

from live import Client, Server
from orderwright.auth.tokens import link_for
from shop_setup import eur

pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Browser]:
    """One person's browser."""
    with browser(tmp_path) as opened:
        yield opened
        assert opened.complaints() == []


def sign_in(window: Browser, server: Server, shop: Client, name: str = "") -> None:
    """Come in with the shop's client."""
    window.open(f"{server.url}/desk")
    window.type("API client", shop.client_id)
    window.type("Secret", shop.client_secret)
    window.type("Your name, which others read beside what you change", name)
    window.press("Sign in")
    assert window.heading == "Orders"


def imported(shop: Client, number: str, **more: Any) -> dict[str, Any]:
    """An order that was made elsewhere."""
    total = {"currencyCode": "EUR", "centAmount": 4200}
    line = {"name": {"en": "Lamp"}, "slug": "lamp", "quantity": 1, "money": total, "taxCategory": {"key": "vat"}}
    draft = {"orderNumber": number, "totalPrice": total, "customLineItems": [line], "orderState": "Open", **more}
    made: dict[str, Any] = shop.create("orders/import", draft)
    return made


def test_fifty_orders_are_changed_of_which_two_conflict(server: Server, shop: Client, window: Browser, tmp_path: Path) -> None:
    shop.create("tax-categories", {"key": "vat", "name": "VAT", "rates": []})
    made = [imported(shop, f"N-{number:02d}") for number in range(52)]
    sign_in(window, server, shop)
    window.press_summary("States and total")
    window.field("Open").click()
    window.choose("On a page", "50")
    window.press("Find")
    asked = window.chrome.current_url.partition("?")[2]
    assert sorted(asked.split("&")) == ["order=Open", "page=50", "sort=newest"]  # it can be sent to somebody
    window.named("All on this page").click()
    late = [made[51], made[30]]
    for order in late:
        shop.update(f"orders/{order['id']}", 1, {"action": "changeShipmentState", "shipmentState": "Delayed"})
    window.choose("Change the selected to", "Confirmed")
    window.press("Change")
    assert window.heading == "48 of 50 orders changed"
    left = [box for box in window.all("input[name=chosen]") if box.is_selected()]
    assert sorted(str(box.get_attribute("value")) for box in left) == sorted(f"{order['id']}:2" for order in late)
    states = [shop.get(f"orders/{order['id']}")["orderState"] for order in made]
    assert (states.count("Confirmed"), states[51], states[30], states[:2]) == (48, "Open", "Open", ["Open", "Open"])
    window.press("Try the selected again")
    assert window.heading == "2 of 2 orders changed"
    assert shop.get(f"orders/{late[0]['id']}")["shipmentState"] == "Delayed"
    window.open(f"{server.url}/desk/{shop.project}/orders?order=Confirmed&sort=oldest")
    window.press_here("CSV")
    window.until("50 orders, done.")
    with window.downloaded(tmp_path, f"orders-{shop.project}.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [row["orderNumber"] for row in table] == [f"N-{number:02d}" for number in range(2, 52)]
    window.press("Sign out")
    window.open(f"{server.url}/desk/{shop.project}/orders")
    assert window.heading == "The order desk"


def test_a_link_opens_the_desk_by_itself(server: Server, shop: Client, window: Browser) -> None:
    word = server._beside(lambda database: link_for(database, shop.client_id, 60))
    window.chrome.get(f"{server.url}/desk/{shop.project}/enter/{word}")
    window.until("There are no such orders.")


def test_a_script_in_a_name_stays_text(server: Server, shop: Client, window: Browser) -> None:
    shop.create("tax-categories", {"key": "vat", "name": "VAT", "rates": []})
    script = "<script>document.title='mine'</script><img src=x onerror=alert(1)>"
    order = imported(
        shop, "S-1", shippingAddress={"firstName": script, "lastName": script, "country": "DE"}, customerEmail=script
    )
    sign_in(window, server, shop)
    assert script in window.text
    assert window.chrome.title == "Orders · Orderwright"
    assert window.all("td img") == []
    assert order["version"] == 1


def paid(shop: Client, order: dict[str, Any]) -> dict[str, Any]:
    """A payment that was charged, on the order."""
    total = eur(order["totalPrice"]["centAmount"])
    charged = {"type": "Charge", "amount": total, "state": "Success"}
    payment: dict[str, Any] = shop.create("payments", {"amountPlanned": total, "transactions": [charged]})
    shop.update(
        f"orders/{order['id']}", order["version"], {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}
    )
    return payment


def test_an_order_is_delivered_in_part_comes_back_and_is_refunded(server: Server, shop: Client, window: Browser) -> None:
    opened(shop)
    placed(shop, "D-0", ("tea", 1))
    order = placed(shop, "D-1", ("mug", 4))  # 4 x 19.99 + 2 x 1.00
    payment = paid(shop, order)
    sign_in(window, server, shop)
    window.type("Number, e-mail, SKU or name", "d-1")
    window.press("Find")
    window.press("D-1")
    assert window.heading.startswith("Order D-1")
    window.press("Deliver")
    assert window.heading == "Deliver order D-1"
    window.write("Mug: Deliver now", "2")
    window.write("Wrapping: Deliver now", "0")
    window.type("Carrier", "DHL")
    window.type("Tracking number", "JJD-7")
    window.choose("The shipment is then", "Partial")
    window.press("Deliver")
    assert "JJD-7" in window.text
    found = now(shop, order)
    delivery = found["shippingInfo"]["deliveries"][0]
    assert [(item["id"], item["quantity"]) for item in delivery["items"]] == [(order["lineItems"][0]["id"], 2)]
    assert delivery["parcels"][0]["trackingData"] == {"carrier": "DHL", "trackingId": "JJD-7", "isReturn": False}
    assert found["shipmentState"] == "Partial"
    window.press("Take a return")
    window.write("Mug: Comes back", "1")
    window.write("Mug: Comment", "A chip in the rim.")
    window.press("Take a return")
    assert "A chip in the rim." in window.text
    window.press("Refunded")
    window.press_summary("Add a transaction")
    window.choose("Transaction", "Refund")
    window.type("Amount in EUR", "19.99")
    window.press("Add")
    item = now(shop, order)["returnInfo"][0]["items"][0]
    assert (item["quantity"], item["comment"], item["shipmentState"], item["paymentState"]) == (
        1, "A chip in the rim.", "Returned", "Refunded",
    )  # fmt: skip
    refund = shop.get(f"payments/{payment['id']}")["transactions"][-1]
    assert (refund["type"], refund["amount"]["centAmount"], refund["state"]) == ("Refund", 1999, "Success")


def test_who_is_late_learns_who_was_there_before(server: Server, shop: Client, window: Browser, tmp_path: Path) -> None:
    opened(shop)
    order = placed(shop, "L-1")
    (tmp_path / "late").mkdir()
    with browser(tmp_path / "late") as late:
        for each, name in ((window, "Ada"), (late, "Zoë")):
            sign_in(each, server, shop, name)
            each.press("L-1")
        window.choose("Shipment", "Delayed")
        window.press("Change", nth=1)
        assert now(shop, order)["shipmentState"] == "Delayed"
        late.choose("Order", "Cancelled")
        late.press("Change", nth=0)
        told = late.chrome.find_element("css selector", "[role=alert]").text
        assert "Ada" in told and "Shipment: – → Delayed" in told
        assert now(shop, order)["orderState"] == "Open"
        late.press("Change", nth=0)  # what was chosen is still there
        found = now(shop, order)
        assert (found["orderState"], found["shipmentState"]) == ("Cancelled", "Delayed")
        assert late.complaints() == []


def test_a_clerk_works_in_her_store(server: Server, shop: Client, window: Browser) -> None:
    opened(shop)
    placed(shop, "C-1", store="berlin")
    other = placed(shop, "C-2", store="paris")
    clerk = server.client(shop.project, f"manage_orders:{shop.project}:berlin")
    sign_in(window, server, clerk)
    assert "C-1" in window.text
    assert "C-2" not in window.text
    window.open(f"{server.url}/desk/{shop.project}/orders/{other['id']}")
    assert window.heading == "That was refused"
    window.open(f"{server.url}/desk/{shop.project}/orders")
    window.press("C-1")
    window.choose("Order", "Confirmed")
    window.press("Change", nth=0)
    assert shop.get("orders/order-number=C-1")["orderState"] == "Confirmed"
