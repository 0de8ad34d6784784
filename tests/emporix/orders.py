"""An order of the first dialect, and what is asked of orders.

Two blue mugs at 5.00 with 19 % included: 10.00 gross, 1000 / 1.19 = 840.3 is 8.40 net, 1.60 tax. A wrapping at 42.00 with 7 %
included: 4200 / 1.07 = 3925.2 is 39.25 net, 2.75 tax. Shipping at 4.95 with 19 %: 495 / 1.19 = 415.97 is 4.16 net, 0.79 tax.
Together 56.95 gross, 51.81 net, 5.14 tax, of which 2.39 at 19 % and 2.75 at 7 %.
"""

from __future__ import annotations

from typing import Any

from domain.facts import facts
from domain.order.orders import KNOWN
from orderwright.domain.order.importing.create import create_imported
from orderwright.domain.order.importing.drafts import OrderImportDraft
from orderwright.domain.order.model import Order
from orderwright.emporix.asking import where
from orderwright.engine.json.codec import decode_body, encode, to_builtins
from orderwright.predicates import compile
from orderwright.predicates.tree import conjoined


def cents(amount: int) -> dict[str, Any]:
    return {"currencyCode": "EUR", "centAmount": amount}


def taxed(net: int, gross: int, rate: float, name: str) -> dict[str, Any]:
    portion = {"rate": rate, "amount": cents(gross - net), "name": name}
    return {"totalNet": cents(net), "totalGross": cents(gross), "totalTax": cents(gross - net), "taxPortions": [portion]}


def vat(rate: float, name: str) -> dict[str, Any]:
    return {"name": name, "amount": rate, "includedInPrice": True, "country": "DE"}


STANDARD, REDUCED = vat(0.19, "STANDARD"), vat(0.07, "REDUCED")
DRAFT: dict[str, Any] = {
    "orderNumber": "EON1200",
    "customerId": "00000000-0000-4000-8000-000000000072",
    "customerEmail": "ada@example.com",
    "country": "DE",
    "store": {"key": "berlin"},
    "totalPrice": cents(5695),
    "lineItems": [
        {
            "name": {"en": "Mug", "de": "Becher"},
            "variant": {
                "sku": "mug-blue",
                "images": [{"url": "https://cdn.example/mug.png", "dimensions": {"w": 1, "h": 1}}],
            },
            "quantity": 2,
            "price": {"value": cents(500)},
            "taxRate": STANDARD,
            "taxedPrice": taxed(840, 1000, 0.19, "STANDARD"),
        }
    ],
    "customLineItems": [
        {
            "name": {"en": "Wrapping"},
            "slug": "wrap",
            "quantity": 1,
            "money": cents(4200),
            "taxRate": REDUCED,
            "taxedPrice": taxed(3925, 4200, 0.07, "REDUCED"),
        }
    ],
    "taxedPrice": {
        "totalNet": cents(5181),
        "totalGross": cents(5695),
        "totalTax": cents(514),
        "taxPortions": [
            {"rate": 0.19, "amount": cents(239), "name": "STANDARD"},
            {"rate": 0.07, "amount": cents(275), "name": "REDUCED"},
        ],
    },
    "shippingInfo": {
        "shippingMethodName": "Pickup",
        "price": cents(495),
        "shippingRate": {"price": cents(495)},
        "taxRate": STANDARD,
        "taxedPrice": taxed(416, 495, 0.19, "STANDARD"),
        "deliveries": [{"items": [], "parcels": [{"trackingData": {"carrier": "DHL", "trackingId": "T-1"}}]}],
    },
    "shippingAddress": {
        "firstName": "Ada",
        "lastName": "King",
        "streetName": "Hauptstr.",
        "streetNumber": "1",
        "postalCode": "10115",
        "city": "Berlin",
        "country": "DE",
        "phone": "030-1",
    },
    "billingAddress": {"lastName": "King", "city": "Berlin", "country": "DE", "company": "Engines"},
}


def order(**more: Any) -> Order:
    """The order above with other members in its draft; None leaves one out."""
    sent = {name: value for name, value in {**DRAFT, **more}.items() if value is not None}
    return create_imported(decode_body(OrderImportDraft, encode(sent)), facts(found=KNOWN)).after


def finds(q: str, document: Order | dict[str, Any], *languages: str) -> bool:
    """Whether a query finds an order, or the JSON of one."""
    plain = to_builtins(document) if isinstance(document, Order) else document
    return compile(conjoined(where(q, languages)))(plain)
