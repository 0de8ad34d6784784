"""No page of the desk keeps anybody out: what axe-core finds on each, in light and dark, on a wide window and on a phone's."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from browser import MISSING, Browser, browser
from placing import opened, placed

from live import Client, Server
from shop_setup import eur

HERE = Path(__file__).parent / "axe"
RUN = "const done = arguments[arguments.length - 1]; axe.run().then((found) => done(JSON.stringify(found.violations)))"
pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker, installed as its lock file says."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True, capture_output=True, timeout=300)
    return (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text()


def worked_on(shop: Client) -> dict[str, Any]:
    """An order of a customer with all that a page shows: a payment, a delivery with a parcel, and a return."""
    customer = shop.create("customers", {"email": "ada@example.com", "password": "p", "firstName": "Ada"})["customer"]
    order = placed(shop, "A-1", ("mug", 2), ("tea", 1), customerId=customer["id"])
    total = eur(order["totalPrice"]["centAmount"])
    charged = {"type": "Charge", "amount": total, "state": "Success"}
    payment = shop.create("payments", {"amountPlanned": total, "transactions": [charged]})
    mugs = order["lineItems"][0]["id"]
    parcel = {"trackingData": {"carrier": "DHL", "trackingId": "J-1"}, "measurements": {"weightInGram": 300}}
    made: dict[str, Any] = shop.update(
        f"orders/{order['id']}",
        order["version"],
        {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}},
        {"action": "addDelivery", "items": [{"id": mugs, "quantity": 2}], "parcels": [parcel]},
        {"action": "addReturnInfo", "items": [{"lineItemId": mugs, "quantity": 1, "shipmentState": "Returned"}]},
    )
    return made


def pages(shop: Client) -> list[str]:
    """One page of each kind, below the project."""
    opened(shop)
    order = worked_on(shop)
    at = f"orders/{order['id']}"
    documents = {
        "carts": order["cart"]["id"],
        "customers": order["customerId"],
        "products": order["lineItems"][0]["productId"],
    }
    return [
        "orders",
        "orders?order=Open&q=nobody",
        "orders?order=Nothing",
        at,
        *(f"{at}/{page}" for page in ("deliver", "return", "items", "raw")),
        "board",
        *documents,
        *(f"{path}/{id}" for path, id in documents.items()),
    ]


@pytest.mark.parametrize(("size", "dark"), [((1280, 900), False), ((400, 800), True)], ids=["wide", "phone in the dark"])
def test_no_page_has_a_serious_fault(
    server: Server, shop: Client, axe: str, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    found = {}
    with browser(tmp_path, size=size, dark=dark) as window:
        window.open(f"{server.url}/desk")
        found["door"] = faults(window, axe)
        window.type("API client", shop.client_id)
        window.type("Secret", shop.client_secret)
        window.press("Sign in")
        for page in pages(shop):
            window.open(f"{server.url}/desk/{shop.project}/{page}")
            found[page] = faults(window, axe)
            wide = window.chrome.execute_script("return document.documentElement.scrollWidth > window.innerWidth + 1")
            assert not wide, f"{page} is wider than the window"
        assert window.complaints() == []
    assert {page: told for page, told in found.items() if told} == {}


def faults(window: Browser, axe: str) -> list[str]:
    """What the checker finds serious on the page that is open."""
    window.chrome.execute_script(axe)
    told = json.loads(window.chrome.execute_async_script(RUN))
    serious = [each for each in told if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in serious]
