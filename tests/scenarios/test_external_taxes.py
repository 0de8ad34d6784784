"""Carts that are taxed from outside, from their draft to their order; the client holds every answer against the schema."""

from __future__ import annotations

from typing import Any

from live import Client
from shop_setup import cart_draft, eur, open_shop, order_draft

RATE: dict[str, Any] = {"name": "VAT", "amount": 0.2, "country": "DE"}


def amounts(price: dict[str, Any]) -> tuple[int, int, int]:
    """(net, tax, gross) in minor units."""
    net, tax, gross = (price[name]["centAmount"] for name in ("totalNet", "totalTax", "totalGross"))
    return net, tax, gross


def update(shop: Client, cart: dict[str, Any], *actions: dict[str, Any]) -> Any:
    after = shop.update(f"carts/{cart['id']}", cart["version"], *actions)
    assert shop.get(f"carts/{cart['id']}") == after
    return after


def test_rates_from_outside(shop: Client) -> None:
    open_shop(shop)
    cart = shop.create("carts", {**cart_draft(("mug", 2)), "taxMode": "External"})
    assert "taxedPrice" not in cart
    assert cart["totalPrice"]["centAmount"] == 3998 + 595
    assert shop.refused(400, "POST", "orders", order_draft(cart))["code"] == "InvalidOperation"
    wrap = {"name": {"en": "Wrapping"}, "slug": "wrapping", "money": eur(250)}
    cart = update(shop, cart, {"action": "addCustomLineItem", **wrap})
    line, item = cart["lineItems"][0]["id"], cart["customLineItems"][0]["id"]
    cart = update(
        shop,
        cart,
        {"action": "setLineItemTaxRate", "lineItemId": line, "externalTaxRate": RATE},
        {"action": "setCustomLineItemTaxRate", "customLineItemId": item, "externalTaxRate": RATE},
        {"action": "setShippingMethodTaxRate", "externalTaxRate": RATE},
    )
    # 20 % on top of 39.98, 2.50 and 5.95: 7.996, 0.50 and 1.19.
    assert amounts(cart["taxedPrice"]) == (4843, 800 + 50 + 119, 5812)
    order = shop.create("orders", order_draft(cart))
    assert (order["taxMode"], order["taxedPrice"]) == ("External", cart["taxedPrice"])
    copy = shop.create("carts/replicate", {"reference": {"typeId": "order", "id": order["id"]}})
    assert amounts(copy["taxedPrice"]) == amounts(cart["taxedPrice"])


def test_amounts_from_outside(shop: Client) -> None:
    open_shop(shop)
    cart = shop.create("carts", {**cart_draft(("mug", 2)), "taxMode": "ExternalAmount"})
    wrap = {"name": {"en": "Wrapping"}, "slug": "wrapping", "money": eur(250)}
    cart = update(shop, cart, {"action": "addCustomLineItem", **wrap})
    line, item = cart["lineItems"][0]["id"], cart["customLineItems"][0]["id"]
    gross = {"line": 4800, "item": 300, "shipping": 714}
    amount = {name: {"totalGross": eur(cents), "taxRate": RATE} for name, cents in gross.items()}
    portions = [{"rate": 0.2, "amount": eur(971)}]
    taxes = [
        {"action": "setLineItemTaxAmount", "lineItemId": line, "externalTaxAmount": amount["line"]},
        {"action": "setCustomLineItemTaxAmount", "customLineItemId": item, "externalTaxAmount": amount["item"]},
        {"action": "setShippingMethodTaxAmount", "externalTaxAmount": amount["shipping"]},
        {
            "action": "setCartTotalTax",
            "externalTotalGross": eur(5814),
            "externalTaxPortions": portions,
        },
    ]
    cart = update(shop, cart, *taxes)
    # 39.98 + 2.50 + 5.95 = 48.43
    assert amounts(cart["taxedPrice"]) == (4843, 971, 5814)
    assert amounts(cart["lineItems"][0]["taxedPrice"]) == (3998, 802, 4800)
    assert amounts(cart["customLineItems"][0]["taxedPrice"]) == (250, 50, 300)
    assert amounts(cart["shippingInfo"]["taxedPrice"]) == (595, 119, 714)
    assert amounts(cart["taxedShippingPrice"]) == (595, 119, 714)
    changed = update(shop, cart, {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": 1})
    assert ("taxedPrice" in changed, "taxedPrice" in changed["lineItems"][0]) == (False, False)
    back = update(shop, changed, {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": 2})
    order = shop.create("orders", order_draft(update(shop, back, *taxes)))
    assert amounts(order["taxedPrice"]) == (4843, 971, 5814)


def test_a_mode_that_changes_takes_the_rates_along(shop: Client) -> None:
    open_shop(shop)
    cart = shop.create("carts", {**cart_draft(("mug", 2)), "taxMode": "External", "externalTaxRateForShippingMethod": RATE})
    assert cart["shippingInfo"]["taxRate"]["amount"] == 0.2
    cart = update(shop, cart, {"action": "changeTaxMode", "taxMode": "Platform"})
    # 39.98 / 1.19 = 33.60 and 5.95 / 1.19 = 5.00
    assert amounts(cart["taxedPrice"]) == (3860, 733, 4593)
    cart = update(shop, cart, {"action": "changeTaxMode", "taxMode": "External"})
    assert ("taxedPrice" in cart, "taxRate" in cart["shippingInfo"]) == (False, False)
