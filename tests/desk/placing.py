"""A shop with orders for the desk: stores, workflow states, and orders of mugs and tea with a wrapping."""

from __future__ import annotations

import html
import re
from typing import Any

from desks import Desk, Page

from live import Client
from shop_setup import BERLIN, by_key, cart_draft, open_shop, order_draft

WRAP = {"key": "wrap", "name": {"en": "Wrapping", "de": "Verpackung"}, "slug": "wrap", "quantity": 2}


def opened(shop: Client) -> None:
    """The shop of `open_shop`, with two stores and the states of two workflows, where `new` leads to `checked` alone."""
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    checked = shop.create("states", {"key": "checked", "type": "OrderState", "initial": False, "transitions": []})
    shop.create("states", {"key": "lost", "type": "OrderState", "initial": False})
    leads = [{"typeId": "state", "id": checked["id"]}]
    shop.create("states", {"key": "new", "type": "OrderState", "initial": True, "transitions": leads})
    shop.create("states", {"key": "picked", "type": "LineItemState", "initial": False})


def placed(shop: Client, number: str, *lines: tuple[str, int], store: str | None = None, **more: Any) -> dict[str, Any]:
    """An order of so many of each SKU, three mugs unless it says otherwise, and two wrappings at 1.00."""
    wrap = {**WRAP, "money": {"currencyCode": "EUR", "centAmount": 100}, "taxCategory": by_key("tax-category", "standard")}
    draft = cart_draft(*(lines or (("mug", 3),)), customLineItems=[wrap], **{"billingAddress": BERLIN, **more})
    door = f"in-store/key={store}/" if store else ""
    made: dict[str, Any] = shop.create(f"{door}orders", order_draft(shop.create(f"{door}carts", draft), orderNumber=number))
    return made


def act(desk: Desk, order: dict[str, Any], form: str, fields: dict[str, Any] | None = None) -> Page:
    """Send a form of an order's page at the version that the order has here."""
    return desk.send("orders", order["id"], form, fields={"version": str(order["version"]), **(fields or {})})


def told(page: Page) -> str:
    """What the box on a page says of a form that was refused."""
    found = re.search(r'<div class="wrong" role="alert">(.*?)</div>', page.source, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(found[1])).split()) if found else ""


def now(shop: Client, order: dict[str, Any]) -> dict[str, Any]:
    """The order as the API has it."""
    found: dict[str, Any] = shop.get(f"orders/{order['id']}")
    return found
