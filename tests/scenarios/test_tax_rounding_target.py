"""Which part of a price with its tax included is rounded: the tax category says it, carts and orders follow."""

from __future__ import annotations

from typing import Any

from live import Client
from shop_setup import by_key, eur, product

UK_VAT = {"name": "VAT", "amount": 0.2, "includedInPrice": True, "country": "GB"}


def split(item: Any) -> tuple[int, int]:
    """Net and tax of an item, a cart or an order, in cents."""
    price = item["taxedPrice"]
    assert price["totalNet"]["centAmount"] + price["totalTax"]["centAmount"] == price["totalGross"]["centAmount"]
    return price["totalNet"]["centAmount"], price["totalTax"]["centAmount"]


def test_carts_and_orders_round_net_or_tax_as_the_rate_says(shop: Client) -> None:
    category = shop.create("tax-categories", {"name": "VAT", "key": "standard", "rates": [UK_VAT]})
    assert category["rates"][0]["taxRoundingTarget"] == "Net"
    shop.create("product-types", {"name": "Goods", "key": "goods", "description": "Anything."})
    shop.create("products", product("tea", 699))
    draft = {"currency": "EUR", "country": "GB", "shippingAddress": {"country": "GB"}, "lineItems": [{"sku": "tea"}]}
    cart = shop.create("carts", draft)
    # 6.99 / 1.2 = 5.825, and the tax in it is 1.165.
    assert (split(cart["lineItems"][0]), split(cart)) == ((582, 117), (582, 117))
    by_tax = {"action": "replaceTaxRate", "taxRateId": category["rates"][0]["id"]}
    after = shop.update(f"tax-categories/{category['id']}", 1, {**by_tax, "taxRate": {**UK_VAT, "taxRoundingTarget": "Tax"}})
    assert after["rates"][0]["taxRoundingTarget"] == "Tax"
    cart = shop.update(f"carts/{cart['id']}", cart["version"], {"action": "recalculate"})
    assert cart["lineItems"][0]["taxRate"]["taxRoundingTarget"] == "Tax"
    assert (split(cart["lineItems"][0]), split(cart)) == ((583, 116), (583, 116))
    order = shop.create("orders", {"cart": {"id": cart["id"], "typeId": "cart"}, "version": cart["version"]})
    assert (split(order["lineItems"][0]), split(order)) == ((583, 116), (583, 116))
    custom = {"name": {"en": "Wrap"}, "slug": "wrap", "money": eur(299), "taxCategory": by_key("tax-category", "standard")}
    # 2.99 / 1.2 = 2.4917, and 0.4983: nothing is half here.
    assert split(shop.create("carts", {**draft, "lineItems": [], "customLineItems": [custom]})) == (249, 50)


def test_what_is_neither_net_nor_tax_is_refused(shop: Client) -> None:
    draft = {"name": "VAT", "rates": [{**UK_VAT, "taxRoundingTarget": "Gross"}]}
    assert shop.refused(400, "POST", "tax-categories", draft)["code"] == "InvalidJsonInput"
    assert shop.get("tax-categories")["count"] == 0
