"""The desk on a phone, in German, whose words are long: nothing is wider than its place, and no text lies over another."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from browser import MISSING, browser
from placing import opened, placed

from live import Client, Server

pytestmark = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
# A table may be wider than a phone: it is moved within its place. Nothing else is.
OUTSIDE = """
const found = [];
if (document.documentElement.scrollWidth > window.innerWidth + 1)
  found.push(`page ${document.documentElement.scrollWidth}`);
for (const part of document.querySelectorAll("main fieldset, main label, main button, main dl, header nav, header form"))
  if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth)
    found.push(`${part.tagName} ${part.textContent.trim().slice(0, 60)}`);
for (const label of document.querySelectorAll("label.box")) {
  const box = label.querySelector("input").getBoundingClientRect();
  if (box.width > 24 || box.height > 24) found.push(`box ${label.textContent.trim()}: ${box.width} x ${box.height}`);
}
for (const count of document.querySelectorAll("td input.count"))
  if (count.getBoundingClientRect().right > window.innerWidth) found.push(`count ${count.getAttribute("aria-label")}`);
return found;
"""


def test_nothing_is_wider_than_its_place(server: Server, shop: Client, tmp_path: Path) -> None:
    opened(shop)
    order = placed(shop, "P-1", ("mug", 2))
    found = {}
    with browser(tmp_path, "de-DE", (390, 844)) as window:
        phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        window.chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        window.open(f"{server.url}/desk")
        window.type("API-Client", shop.client_id)
        window.type("Geheimnis", shop.client_secret)
        window.press("Anmelden")
        at = f"orders/{order['id']}"
        pages = ("orders?order=Open&order=Confirmed", "carts", "customers", "products", "board?order=Open", at)
        for page in (*pages, *(f"{at}/{form}" for form in ("deliver", "return", "items", "edit", "shipping-address"))):
            window.open(f"{server.url}/desk/{shop.project}/{page}")
            for hidden in window.all("main details:not([open]) > summary"):
                hidden.click()
            found[page] = window.chrome.execute_script(OUTSIDE)
    assert {page: parts for page, parts in found.items() if parts} == {}
