"""A small shop made through the API: German VAT included, New York's sales tax on top, shipping free from 100 euros."""

from __future__ import annotations

from typing import Any

from live import Client

BERLIN = {
    "country": "DE",
    "firstName": "Ada",
    "streetName": "Lindenweg",
    "streetNumber": "1",
    "postalCode": "10969",
    "city": "Berlin",
}
NEW_YORK = {"country": "US", "state": "New York", "city": "New York", "postalCode": "10001"}


def eur(cents: int) -> dict[str, Any]:
    """An amount of euros in cents."""
    return {"currencyCode": "EUR", "centAmount": cents}


def usd(cents: int) -> dict[str, Any]:
    """An amount of dollars in cents."""
    return {"currencyCode": "USD", "centAmount": cents}


def by_key(type_id: str, key: str) -> dict[str, str]:
    """A resource identifier."""
    return {"typeId": type_id, "key": key}


def open_shop(shop: Client) -> None:
    """Tax category `standard`, zones, shipping method `parcel`, products with the SKUs `mug` (19.99 EUR) and `tea` (24.50).

    The requests of `make_shop` are sent once for each database; other shops are copies of what they made.
    """
    if shop.server is None or not shop.server.copied(shop.project, make_shop):
        make_shop(shop)


def make_shop(shop: Client) -> None:
    """The same by its seven requests."""
    shop.create(
        "tax-categories",
        {
            "name": "Standard",
            "key": "standard",
            "rates": [
                {"name": "19% MwSt", "amount": 0.19, "includedInPrice": True, "country": "DE"},
                {"name": "NY", "amount": 0.08875, "includedInPrice": False, "country": "US", "state": "New York"},
            ],
        },
    )
    shop.create("zones", {"name": "Germany", "key": "germany", "locations": [{"country": "DE"}]})
    shop.create("zones", {"name": "US", "key": "us", "locations": [{"country": "US", "state": "New York"}]})
    shop.create(
        "shipping-methods",
        {
            "name": "Parcel",
            "key": "parcel",
            "isDefault": True,
            "taxCategory": by_key("tax-category", "standard"),
            "zoneRates": [
                {"zone": by_key("zone", "germany"), "shippingRates": [{"price": eur(595), "freeAbove": eur(10_000)}]},
                {"zone": by_key("zone", "us"), "shippingRates": [{"price": usd(900)}]},
            ],
        },
    )
    shop.create("product-types", {"name": "Goods", "key": "goods", "description": "Anything."})
    for sku, cents in (("mug", 1999), ("tea", 2450)):
        shop.create("products", product(sku, cents))


def product(sku: str, cents: int) -> dict[str, Any]:
    """A published product with one variant, priced alike in euros and dollars."""
    return {
        "key": sku,
        "productType": by_key("product-type", "goods"),
        "name": {"en": sku.title()},
        "slug": {"en": f"{sku}-slug"},
        "taxCategory": by_key("tax-category", "standard"),
        "publish": True,
        "masterVariant": {"sku": sku, "prices": [{"value": eur(cents)}, {"value": usd(cents)}]},
    }


def cart_draft(*lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    """A cart in euros, sent to Berlin by parcel."""
    return {
        "currency": "EUR",
        "country": "DE",
        "customerEmail": "ada@example.com",
        "lineItems": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
        "shippingAddress": BERLIN,
        "shippingMethod": by_key("shipping-method", "parcel"),
        **more,
    }


def order_draft(cart: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An order of a cart at its version."""
    return {"cart": {"typeId": "cart", "id": cart["id"]}, "version": cart["version"], **more}
