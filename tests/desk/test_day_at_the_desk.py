"""A day's work in a real browser: what clerks do all day, done by what they see."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from browser import MISSING, Browser, browser

from live import Client, Server
from orderwright.auth.tokens import link_for

pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Browser]:
    """One person's browser."""
    with browser(tmp_path) as opened:
        yield opened
        assert opened.complaints() == []


def sign_in(window: Browser, server: Server, shop: Client) -> None:
    """Come in with the shop's client."""
    window.open(f"{server.url}/desk")
    window.type("API client", shop.client_id)
    window.type("Secret", shop.client_secret)
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
    assert "order=Open" in window.chrome.current_url  # it can be sent to somebody
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
