"""Orders from quotes over HTTP: a buyer asks, gets an offer, asks for a better one, gets that and orders; at each door."""

from __future__ import annotations

from typing import Any

import pytest
from quoting import ASKED, DOORS, FIRST, PASSWORD, SECOND, a_market, asked_for, buyer, filled, of_quote, offer, staged_of

from live import Client

__all__ = ["a_market"]


def renegotiated(market: Client, ada: Client, door: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Her request, and the second offer: she has asked for a better one than the first."""
    request = asked_for(ada, door)
    assert request["totalPrice"]["centAmount"] == ASKED
    staged = staged_of(market, door, request, quoteRequestStateToAccepted=True)
    first = offer(market, door, staged, 1000, stagedQuoteStateToSent=True)
    seen = ada.get(f"me/quotes/{first['id']}")
    assert (seen["quoteState"], seen["totalPrice"]["centAmount"]) == ("Pending", FIRST)
    wish = {"action": "requestQuoteRenegotiation", "buyerComment": "A fifth, please"}
    first = ada.update(f"me/quotes/{first['id']}", 1, wish)
    assert (first["quoteState"], first["buyerComment"]) == ("DeclinedForRenegotiation", "A fifth, please")
    staged = market.get(f"{door}staged-quotes/{staged['id']}")
    last_day = {"action": "setValidTo", "validTo": "2035-01-01T00:00:00.000Z"}
    staged = market.update(f"{door}staged-quotes/{staged['id']}", staged["version"], last_day)
    second = offer(market, door, staged, 2000)
    answered = {"action": "changeQuoteState", "quoteState": "RenegotiationAddressed"}
    assert market.update(f"{door}quotes/{first['id']}", 2, answered)["quoteState"] == "RenegotiationAddressed"
    assert (second["totalPrice"]["centAmount"], second["validTo"]) == (SECOND, "2035-01-01T00:00:00.000Z")
    refusal = market.refused(400, "POST", f"{door}orders/quotes", of_quote(first, version=3))
    assert refusal["code"] == "InvalidOperation"
    return request, second


@pytest.mark.parametrize("door", [*DOORS, "me/"])
def test_from_a_request_to_an_order_with_one_renegotiation(market: Client, door: str) -> None:
    ada, sellers = buyer(market), "" if door == "me/" else door
    request, quote = renegotiated(market, ada, sellers)
    # What anything costs from now on changes nothing of the offer.
    mug = market.get("products/key=mug")
    price = {"action": "changePrice", "priceId": mug["masterData"]["current"]["masterVariant"]["prices"][0]["id"]}
    dearer = {**price, "price": {"value": {"currencyCode": "EUR", "centAmount": 9999}}, "staged": False}
    market.update("products/key=mug", mug["version"], dearer)
    who, draft = (ada, {"id": quote["id"], "version": 1}) if door == "me/" else (market, of_quote(quote, orderNumber="A-1"))
    key = {"headers": {"Idempotency-Key": "once"}}
    order = who.create(f"{door}orders/quotes", {**draft, "quoteStateToAccepted": True}, **key)
    assert who.create(f"{door}orders/quotes", {**draft, "quoteStateToAccepted": True}, **key) == order
    for member in ("totalPrice", "taxedPrice", "lineItems", "shippingInfo", "shippingAddress", "directDiscounts"):
        assert order[member] == quote[member]
    assert (order["totalPrice"]["centAmount"], order["quote"]) == (SECOND, {"typeId": "quote", "id": quote["id"]})
    assert (order["customerId"], order["origin"], "cart" in order) == (request["customer"]["id"], "Quote", False)
    assert ada.get(f"me/quotes/{quote['id']}")["quoteState"] == "Accepted"
    assert ada.get(f"me/orders/{order['id']}")["id"] == order["id"]
    cart = market.get(f"{sellers}staged-quotes/{quote['stagedQuote']['id']}?expand=quotationCart")["quotationCart"]["obj"]
    assert cart["cartState"] == "Ordered"
    assert who.refused(409, "POST", f"{door}orders/quotes", draft)["code"] == "ConcurrentModification"
    assert who.refused(400, "POST", f"{door}orders/quotes", {**draft, "version": 2})["code"] == "InvalidOperation"
    (told,) = market.get("messages", params={"where": 'type = "OrderCreated"'})["results"]
    assert told["order"] == order
    found = market.get("orders", params={"where": f'quote(id = "{quote["id"]}")'})
    assert [each["id"] for each in found["results"]] == [order["id"]]


def test_a_quote_that_stays_pending_becomes_one_order_all_the_same(market: Client) -> None:
    ada = buyer(market)
    quote = offer(market, "", staged_of(market, "", asked_for(ada)), 1000)
    order = market.create("orders/quotes", of_quote(quote, orderState="Confirmed"))
    assert (order["orderState"], market.get(f"quotes/{quote['id']}")) == ("Confirmed", quote)
    refusal = market.refused(400, "POST", "orders/quotes", of_quote(quote))
    assert (refusal["code"], refusal["message"]) == ("InvalidOperation", f"The quote '{quote['id']}' has been ordered already.")
    # The flow that older clients know: the order first, then the quote's state.
    accepted = {"action": "changeMyQuoteState", "quoteState": "Accepted"}
    assert ada.update(f"me/quotes/{quote['id']}", 1, accepted)["quoteState"] == "Accepted"
    market.delete(f"orders/{order['id']}", 1)


def test_an_offer_past_its_day_is_not_ordered(market: Client) -> None:
    ada = buyer(market)
    staged = staged_of(market, "", asked_for(ada))
    staged = market.update(f"staged-quotes/{staged['id']}", 1, {"action": "setValidTo", "validTo": "2020-01-01T00:00:00.000Z"})
    quote = offer(market, "", staged, 1000)
    assert market.refused(400, "POST", "orders/quotes", of_quote(quote))["code"] == "InvalidOperation"
    assert ada.refused(400, "POST", "me/orders/quotes", {"id": quote["id"], "version": 1})["code"] == "InvalidOperation"
    assert ada.get("me/orders")["total"] == 0


def test_an_order_takes_what_its_offer_has_kept_of_the_stock(market: Client) -> None:
    market.create("inventory", {"sku": "mug", "quantityOnStock": 2})
    ada = buyer(market)
    cart = filled(ada, inventoryMode="ReserveOnOrder")
    request = ada.create("me/quote-requests", {"cartId": cart["id"], "cartVersion": cart["version"]})
    quotes = [offer(market, "", staged_of(market, "", request), 1000) for _ in range(2)]
    market.create("orders/quotes", of_quote(quotes[0]))
    assert market.get("inventory")["results"][0]["availableQuantity"] == 0
    short = market.refused(400, "POST", "orders/quotes", of_quote(quotes[1]))
    assert (short["code"], short["skus"]) == ("OutOfStock", ["mug"])


@pytest.mark.parametrize("left_in_cart", [5, 2])
def test_what_the_offer_has_reserved_passes_to_its_order(market: Client, left_in_cart: int) -> None:
    """Of 10 mugs the buyer's own cart reserves 4. The offer is of 5, for which its cart reserves as many, or only 2 when it comes
    to the order: 5 are left on stock, and 1 of them is available, either way. The tea that came later is given back."""
    lasting = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 20}
    market.update("", market.get("")["version"], lasting)
    entries = [market.create("inventory", {"sku": sku, "quantityOnStock": count}) for sku, count in (("mug", 10), ("tea", 3))]

    def left() -> list[tuple[int, int]]:
        seen = [market.get(f"inventory/{entry['id']}") for entry in entries]
        return [(entry["quantityOnStock"], entry["availableQuantity"]) for entry in seen]

    ada = buyer(market)
    line = {"sku": "mug", "quantity": 4}
    cart = filled(ada, lineItems=[line], inventoryMode="ReserveOnCart")
    request = ada.create("me/quote-requests", {"cartId": cart["id"], "cartVersion": cart["version"]})
    staged = staged_of(market, "", request)
    path = f"carts/{staged['quotationCart']['id']}"
    quotation = market.get(path)
    assert "reservation" not in quotation["lineItems"][0] and left() == [(10, 6), (3, 3)]

    def step(**action: Any) -> None:
        market.update(path, market.get(path)["version"], action)

    mugs = {"action": "changeLineItemQuantity", "lineItemId": quotation["lineItems"][0]["id"]}
    step(**mugs, quantity=5)
    quote = market.create("quotes", {"stagedQuote": {"id": staged["id"]}, "stagedQuoteVersion": staged["version"]})
    assert "reservation" not in quote["lineItems"][0]
    step(action="addLineItem", sku="tea", quantity=2)
    step(**mugs, quantity=left_in_cart)
    assert left() == [(10, 6 - left_in_cart), (3, 1)]
    order = market.create("orders/quotes", of_quote(quote))
    assert left() == [(5, 1), (3, 3)]
    (sold,) = order["lineItems"]
    assert (sold["quantity"], sold["reservation"]["obj"]["state"]) == (5, "Committed")
    closed = market.get(path)
    assert (closed["cartState"], ["reservation" in each for each in closed["lineItems"]]) == ("Ordered", [True, False])


def test_a_quotation_cart_is_the_sellers(market: Client) -> None:
    ada = buyer(market)
    quote = offer(market, "", staged_of(market, "", asked_for(ada)), 1000)
    staged = market.get(f"staged-quotes/{quote['stagedQuote']['id']}")
    cart = market.get(f"carts/{staged['quotationCart']['id']}")
    update = {"version": cart["version"], "actions": [{"action": "addLineItem", "sku": "tea"}]}
    for method, path, body in (
        ("POST", f"me/carts/{cart['id']}", update),
        ("DELETE", f"me/carts/{cart['id']}?version={cart['version']}", None),
        ("POST", "me/orders", {"id": cart["id"], "version": cart["version"]}),
    ):
        assert ada.refused(400, method, path, body)["code"] == "InvalidOperation"
    assert ada.get("me/active-cart")["id"] != cart["id"]
    copy = ada.create("me/carts/replicate", {"reference": {"typeId": "cart", "id": cart["id"]}})
    assert copy["origin"] == "Customer"


def test_strangers_order_no_quotes(market: Client) -> None:
    door = "in-store/key=berlin/"
    ada, eve = buyer(market), buyer(market, "eve@example.com")
    quote = offer(market, door, staged_of(market, door, asked_for(ada, door)), 1000)
    mine = {"id": quote["id"], "version": 1}
    assert eve.refused(404, "POST", "me/orders/quotes", mine)["code"] == "ResourceNotFound"
    assert (
        market.refused(400, "POST", "in-store/key=paris/orders/quotes", of_quote(quote))["code"] == "ReferencedResourceNotFound"
    )
    for who, path in ((market.anonymous(), "me/orders/quotes"), (market, "me/orders/quotes")):
        assert who.refused(403, "POST", path, mine)["code"] == "insufficient_scope"
    key = market.project
    for scope in ("manage_my_orders", "manage_my_quotes"):
        narrow = market.signed_in("ada@example.com", PASSWORD, scope=f"{scope}:{key}")
        assert narrow.refused(403, "POST", "me/orders/quotes", mine)["code"] == "insufficient_scope"
    assert market.server is not None
    orders = market.server.client(key, f"manage_orders:{key}")
    assert orders.refused(403, "POST", "orders/quotes", of_quote(quote))["code"] == "insufficient_scope"
    quotes = market.server.client(key, f"manage_quotes:{key}:berlin")
    assert quotes.refused(403, "POST", "orders/quotes", of_quote(quote))["code"] == "insufficient_scope"
    assert quotes.create(f"{door}orders/quotes", of_quote(quote))["store"] == {"typeId": "store", "key": "berlin"}
