"""What the demo project takes off its prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from orderwright.demo.places import CURRENCIES
from orderwright.engine.scalars import DateTime

GIFT = "choc70"
"""The key of the product that is given away."""


def product_discounts(today: datetime) -> list[dict[str, Any]]:
    """The drafts: one sale, which has begun on the day the project was made. Its orders were placed before."""
    return [
        {
            "key": "listening-weeks",
            "name": {"en": "Listening weeks", "de": "Hörwochen"},
            "description": {"en": "15 % off headphones and speakers"},
            "value": {"type": "relative", "permyriad": 1500},
            "predicate": 'productType.key = "electronics" and product.key in ("headset", "speaker")',
            "sortOrder": "0.5",
            "isActive": True,
            "validFrom": DateTime.of(today),
            "validUntil": DateTime.of(today + timedelta(days=365)),
        }
    ]


def cart_discounts(gift_id: str) -> list[dict[str, Any]]:
    """The drafts: three books for the price of two, books sent for nothing, a gift, and 10 % for whoever has the code.

    `gift_id` is the product of the gift.
    """
    free = {"type": "relative", "permyriad": 10_000}
    books = 'productType.key = "book"'
    return [
        {
            "key": "three-for-two",
            "name": {"en": "Three books for the price of two", "de": "Drei Bücher zum Preis von zweien"},
            "value": free,
            "target": {
                "type": "multiBuyLineItems",
                "predicate": books,
                "triggerQuantity": 3,
                "discountedQuantity": 1,
                "selectionMode": "Cheapest",
            },
            "cartPredicate": "true",
            "sortOrder": "0.4",
        },
        {
            "key": "books-sent-free",
            "name": {"en": "Books from 60 on are sent for nothing", "de": "Bücher ab 60 versandkostenfrei"},
            "value": free,
            "target": {"type": "shipping"},
            "cartPredicate": " or ".join(f'lineItemTotal({books}) >= "60.00 {currency}"' for currency in CURRENCIES),
            "sortOrder": "0.3",
        },
        {
            "key": "chocolate",
            "name": {"en": "A bar of chocolate from 150 on", "de": "Eine Tafel Schokolade ab 150"},
            "value": {"type": "giftLineItem", "product": {"typeId": "product", "id": gift_id}, "variantId": 1},
            "cartPredicate": " or ".join(f'totalPrice >= "150.00 {currency}"' for currency in CURRENCIES),
            "sortOrder": "0.2",
        },
        {
            "key": "welcome",
            "name": {"en": "10 % for the first order", "de": "10 % auf die erste Bestellung"},
            "value": {"type": "relative", "permyriad": 1000},
            "target": {"type": "lineItems", "predicate": "true"},
            "cartPredicate": "true",
            "sortOrder": "0.1",
            "requiresDiscountCode": True,
        },
    ]


def discount_codes() -> list[dict[str, Any]]:
    """The drafts: one code, which each customer may use once."""
    return [
        {
            "key": "welcome",
            "code": "WELCOME",
            "name": {"en": "Welcome", "de": "Willkommen"},
            "cartDiscounts": [{"typeId": "cart-discount", "key": "welcome"}],
            "maxApplicationsPerCustomer": 1,
        }
    ]
