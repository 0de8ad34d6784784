"""What the scenarios of quotes share: a shop that makes offers, its buyers, and the steps of a negotiation.

Two mugs at 19.99 and a parcel at 5.95 are 45.93. The first offer takes a tenth off the mugs: 19.99 - 1.999 = 17.991, so 17.99;
35.98 + 5.95 = 41.93. The second one takes a fifth: 19.99 - 3.998 = 15.992, so 15.99; 31.98 + 5.95 = 37.93.
"""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, by_key, open_shop

PASSWORD = "correct horse"
DOORS = ("", "in-store/key=berlin/")
ASKED, FIRST, SECOND = 4593, 4193, 3793
STATES = {"quote-requests": "QuoteRequestState", "staged-quotes": "StagedQuoteState", "quotes": "QuoteState"}
NOTE = {"type": by_key("type", "quoted"), "fields": {"note": "a"}}


@pytest.fixture(name="market")
def a_market(shop: Client) -> Client:
    """A shop with its goods, two stores, a Type of quotes and a State of each kind."""
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    field = {"name": "note", "label": {"en": "Note"}, "type": {"name": "String"}, "required": False}
    shop.create("types", {"key": "quoted", "name": {"en": "Quoted"}, "resourceTypeIds": ["quote"], "fieldDefinitions": [field]})
    for kind in STATES.values():
        shop.create("states", {"key": kind, "type": kind, "initial": True})
    return shop


def buyer(market: Client, email: str = "ada@example.com") -> Client:
    """A customer who is signed in."""
    market.create("customers", {"email": email, "password": PASSWORD})
    return market.signed_in(email, PASSWORD)


def filled(ada: Client, door: str = "", **more: Any) -> dict[str, Any]:
    """A cart of hers."""
    store = {"store": by_key("store", "berlin")} if door else {}
    draft = {"currency": "EUR", "country": "DE", "lineItems": [{"sku": "mug", "quantity": 2}], "shippingAddress": BERLIN}
    made: dict[str, Any] = ada.create(
        "me/carts", {**draft, "shippingMethod": by_key("shipping-method", "parcel"), **store, **more}
    )
    return made


def at(document: dict[str, Any], type_id: str, member: str) -> dict[str, Any]:
    """A draft's naming of a document and its version."""
    return {member: {"typeId": type_id, "id": document["id"]}, f"{member}Version": document["version"]}


def cheaper(permyriad: int) -> dict[str, Any]:
    """So many ten-thousandths off all items."""
    discount = {"value": {"type": "relative", "permyriad": permyriad}, "target": {"type": "lineItems", "predicate": "1 = 1"}}
    return {"action": "setDirectDiscounts", "discounts": [discount]}


def offer(market: Client, door: str, staged: dict[str, Any], permyriad: int, **more: Any) -> dict[str, Any]:
    """The seller takes so much off, and makes the quote."""
    cart = market.get(f"{door}carts/{staged['quotationCart']['id']}")
    market.update(f"{door}carts/{cart['id']}", cart["version"], cheaper(permyriad))
    quote: dict[str, Any] = market.create(f"{door}quotes", {**at(staged, "staged-quote", "stagedQuote"), **more})
    return quote


def staged_of(market: Client, door: str, request: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The seller begins with an offer."""
    made: dict[str, Any] = market.create(f"{door}staged-quotes", {**at(request, "quote-request", "quoteRequest"), **more})
    return made


def asked_for(ada: Client, door: str = "") -> dict[str, Any]:
    """Her request."""
    cart = filled(ada, door)
    made: dict[str, Any] = ada.create("me/quote-requests", {"cartId": cart["id"], "cartVersion": cart["version"]})
    return made


def of_quote(quote: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The draft of an order."""
    return {"quote": {"typeId": "quote", "id": quote["id"]}, "version": quote["version"], **more}
