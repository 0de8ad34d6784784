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

from live import Client, Server
from shop_setup import BERLIN, by_key, open_shop

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


def ordered(shop: Client) -> dict[str, Any]:
    """An order of two lines in a shop."""
    lines = [{"sku": "mug", "quantity": 2}, {"sku": "tea", "quantity": 1}]
    draft = {
        "currency": "EUR",
        "country": "DE",
        "customerEmail": "ada@example.com",
        "lineItems": lines,
        "shippingAddress": BERLIN,
    }
    cart = shop.create("carts", {**draft, "shippingMethod": by_key("shipping-method", "parcel")})
    named = {"version": cart["version"], "cart": {"typeId": "cart", "id": cart["id"]}, "orderNumber": "A-1"}
    made: dict[str, Any] = shop.create("orders", named)
    return made


def pages(shop: Client) -> list[str]:
    """One page of each kind, below the project."""
    ordered(shop)
    return ["orders", "orders?order=Open&q=nobody", "orders?order=Nothing"]


@pytest.mark.parametrize(("size", "dark"), [((1280, 900), False), ((400, 800), True)], ids=["wide", "phone in the dark"])
def test_no_page_has_a_serious_fault(
    server: Server, shop: Client, axe: str, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    open_shop(shop)
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
