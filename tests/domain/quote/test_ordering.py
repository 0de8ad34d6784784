"""A quote becomes an order: what the order has of it, what happens beside it, and which quotes do not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import holds_to_specification, not_made
from domain.facts import BOOK, LATER, NOW, PARCEL, VARIANTS, catalogue, facts
from domain.order.orders import ADA, KNOWN, PAYMENT
from domain.quote.quotes import OFFERED, cheaper, hers, made_change, named, offered, quoted, reading, staged
from orderwright.domain.cart.resource import RESOURCE as CARTS
from orderwright.domain.order.kept import served
from orderwright.domain.order.model import Order
from orderwright.domain.order.resource import RESOURCE as ORDERS
from orderwright.domain.quote.offer.model import KeptQuote
from orderwright.domain.quote.offer.ordering import FROM_QUOTE, MINE_FROM_QUOTE
from orderwright.domain.quote.terms import BESIDE, SHOWN
from orderwright.domain.sale.lifecycle import check_own
from orderwright.domain.sale.model import Cart, PaymentInfo
from orderwright.engine.actions import Change
from orderwright.engine.model import KeyReference
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError

PENDING = offered()


def ordered(quote: KeptQuote = PENDING, *beside: tuple[str, Any], now: DateTime = NOW, **more: Any) -> Change[Order]:
    """The order and all that changes with it."""
    draft = {"quote": {"typeId": "quote", "id": quote.id}, "version": quote.version, **more}
    return made_change(FROM_QUOTE, draft, reading(("quote", quote), *beside, now=now))


def refused(code: str, quote: KeptQuote, now: DateTime = NOW) -> None:
    not_made(code, FROM_QUOTE, {"quote": {"id": quote.id}, "version": quote.version}, reading(("quote", quote), now=now))


def test_an_order_is_the_quote_to_the_cent() -> None:
    change = ordered(orderNumber="A-1", paymentState="Pending", shipmentState="Ready", orderState="Confirmed")
    order = change.after
    holds_to_specification("Order", served(order))
    assert (order.total_price.cent_amount, order.origin, order.shipping_mode) == (OFFERED, "Quote", "Single")
    assert {name: getattr(order, name) for name in SHOWN} == {name: getattr(PENDING, name) for name in SHOWN}
    assert {name: getattr(order, name) for name in BESIDE} == {name: getattr(PENDING.rest, name) for name in BESIDE}
    assert (order.customer_id, order.customer_email, order.purchase_order_number) == (ADA.id, "ada@example.com", "PO-cart")
    assert (order.quote, order.cart, order.locale) == (named("quote", PENDING.id), None, "en")
    assert (order.order_number, order.order_state) == ("A-1", "Confirmed")
    assert (order.payment_state, order.shipment_state) == ("Pending", "Ready")
    assert list(ORDERS.holds(order)) == [("quote.order", PENDING.id)]


def test_what_anything_costs_today_changes_nothing() -> None:
    dearer = replace(BOOK, variant=replace(BOOK.variant, prices=()), product_key="tome")
    others = [variant for variant in VARIANTS if variant is not BOOK]
    known = facts(catalogue(tax_categories=()), [*others, dearer], found=[*KNOWN, (Wanted("quote", "id", PENDING.id), PENDING)])
    order = made_change(FROM_QUOTE, {"quote": {"id": PENDING.id}, "version": 1}, known).after
    assert order.total_price.cent_amount == OFFERED
    # As of any order, the product's key is that of today.
    assert [line.product_key for line in order.line_items] == ["mug", "tome"]


def test_the_quote_is_accepted_where_that_is_asked_for_and_else_compared() -> None:
    (compared,) = ordered().changed
    assert compared.type_id == "quote" and compared.after is compared.before
    (accepted,) = ordered(quoteStateToAccepted=True).changed
    assert (accepted.before, accepted.after.quote_state) == (PENDING, "Accepted")


def test_which_quotes_are_not_ordered() -> None:
    for state in ("Declined", "DeclinedForRenegotiation", "RenegotiationAddressed", "Accepted", "Withdrawn"):
        refused("InvalidOperation", replace(PENDING, quote_state=state))
    limited = replace(PENDING, valid_to=NOW)
    assert ordered(limited).after.total_price.cent_amount == OFFERED
    refused("InvalidOperation", limited, DateTime("2024-05-01T10:00:00.001Z"))
    refused("InvalidOperation", limited, LATER)
    known = reading(("quote", PENDING))
    not_made("ConcurrentModification", FROM_QUOTE, {"quote": {"id": PENDING.id}, "version": 2}, known)
    not_made("ReferencedResourceNotFound", FROM_QUOTE, {"quote": {"id": ADA.id}, "version": 1}, known)
    not_made("ResourceNotFound", MINE_FROM_QUOTE, {"id": ADA.id, "version": 1}, known)
    mine = made_change(MINE_FROM_QUOTE, {"id": PENDING.id, "version": 1, "quoteStateToAccepted": True}, known)
    assert mine.changed[0].after.quote_state == "Accepted"


def test_a_shipping_method_that_is_not_offered_any_more_forbids_it() -> None:
    assert PENDING.shipping_info is not None and PENDING.shipping_info.shipping_method is not None
    method = next(each for each in catalogue().all("shipping-method") if each.id == PENDING.shipping_info.shipping_method.id)
    found = [(Wanted("quote", "id", PENDING.id), PENDING)]
    draft = {"quote": {"id": PENDING.id}, "version": 1}
    for other in ({"active": False}, {"stores": (KeyReference(type_id="store", key="paris"),)}):
        known = facts(catalogue(shipping_methods=[replace(method, **other), PARCEL]), found=found)
        not_made("InvalidOperation", FROM_QUOTE, draft, known)
    gone = made_change(FROM_QUOTE, draft, facts(catalogue(shipping_methods=[]), found=found))
    assert gone.after.total_price.cent_amount == OFFERED


def test_a_store_sells_to_its_countries_only() -> None:
    found = [(Wanted("quote", "id", PENDING.id), replace(PENDING, country="FR"))]
    draft = {"quote": {"id": PENDING.id}, "version": 1}
    not_made("CountryNotConfiguredInStore", FROM_QUOTE, draft, facts(found=found, store_key="berlin"))
    assert made_change(FROM_QUOTE, draft, facts(found=found)).after.country == "FR"


def test_the_cart_of_the_offer_is_closed_with_its_payments() -> None:
    staging, cart = staged()
    paid = replace(cheaper(cart), payment_info=PaymentInfo(payments=(named("payment", PAYMENT.id),)))
    quote = quoted(staging, paid)
    change = ordered(quote, ("cart", paid))
    _, closed = change.changed
    assert (closed.type_id, closed.before, closed.after.cart_state) == ("cart", paid, "Ordered")
    assert change.after.payment_info == paid.payment_info
    assert ("payment.use", PAYMENT.id) in list(ORDERS.holds(change.after))
    assert list(CARTS.holds(closed.after)) == []
    for state in ("Ordered", "Merged"):
        over: Cart = replace(paid, cart_state=state)
        assert [each.type_id for each in ordered(quote, ("cart", over)).changed] == ["quote"]


def test_at_her_own_door_a_buyer_keeps_off_the_sellers_cart() -> None:
    _, cart = staged()
    own = facts()
    own.customer_id = ADA.id
    with pytest.raises(ApiError):
        check_own(cart, own)
    check_own(cart, facts())
    check_own(hers(), own)
