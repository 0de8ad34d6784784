"""Requests, staged quotes and quotes over HTTP, at each of the doors: every operation, every action, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from quoting import ASKED, DOORS, FIRST, NOTE, PASSWORD, STATES, a_market, asked_for, at, buyer, filled, offer, staged_of

from live import Client
from orderwright.domain.quote.offer.resource import MINE as MY_QUOTES
from orderwright.domain.quote.offer.resource import RESOURCE as QUOTES
from orderwright.domain.quote.quote_request.resource import MINE as MY_REQUESTS
from orderwright.domain.quote.quote_request.resource import RESOURCE as REQUESTS
from orderwright.domain.quote.staged_quote.resource import RESOURCE as STAGED
from shop_setup import by_key

__all__ = ["a_market"]


def common(path: str) -> list[dict[str, Any]]:
    """The actions that all three have."""
    return [
        {"action": "setCustomType", **NOTE},
        {"action": "setCustomField", "name": "note", "value": "b"},
        {"action": "transitionState", "state": by_key("state", STATES[path])},
    ]


@pytest.mark.parametrize("door", DOORS)
def test_every_action_of_a_seller(market: Client, door: str) -> None:
    ada = buyer(market)
    eve = market.create("customers", {"email": "eve@example.com", "password": PASSWORD})["customer"]
    cart = filled(ada, door)
    draft = {**at(cart, "cart", "cart"), "key": "request", "comment": "Cheaper", "custom": NOTE, "purchaseOrderNumber": "PO-1"}
    request = market.create(f"{door}quote-requests", draft)
    assert request["totalPrice"]["centAmount"] == ASKED and "rest" not in request
    staged = staged_of(market, door, request, key="staged", quoteRequestStateToAccepted=True)
    assert market.get(f"{door}quote-requests/key=request")["quoteRequestState"] == "Accepted"
    assert (staged["custom"]["fields"], staged["purchaseOrderNumber"]) == ({"note": "a"}, "PO-1")
    assert staged.get("store") == request.get("store") == ({"typeId": "store", "key": "berlin"} if door else None)
    quote = offer(market, door, staged, 1000, key="quote", stagedQuoteStateToSent=True)
    assert market.get(f"{door}staged-quotes/key=staged")["stagedQuoteState"] == "Sent"
    owner = {"action": "changeCustomer", "customer": {"id": eve["id"]}}
    actions: dict[str, list[dict[str, Any]]] = {
        "quote-requests": [owner, {"action": "changeQuoteRequestState", "quoteRequestState": "Closed"}],
        "staged-quotes": [
            {"action": "setSellerComment", "sellerComment": "Ten percent"},
            {"action": "setValidTo", "validTo": "2035-01-01T00:00:00.000Z"},
            {"action": "changeStagedQuoteState", "stagedQuoteState": "Closed"},
        ],
        "quotes": [
            owner,
            {"action": "requestQuoteRenegotiation", "buyerComment": "A fifth"},
            {"action": "changeQuoteState", "quoteState": "RenegotiationAddressed"},
        ],
    }
    for path, kind in (("quote-requests", REQUESTS), ("staged-quotes", STAGED), ("quotes", QUOTES)):
        sent = [*common(path), *actions[path]]
        assert {action["action"] for action in sent} == {each.__struct_config__.tag for each in kind.actions.types}
        document = market.get(f"{door}{path}")["results"][0]
        # By key and by id, one each.
        after = market.update(f"{door}{path}/key={document['key']}", document["version"], *sent[:-1])
        after = market.update(f"{door}{path}/{document['id']}", after["version"], sent[-1])
        assert (after["custom"]["fields"], after["state"]["typeId"]) == ({"note": "b"}, "state")
        if "customer" in sent[3]:
            assert after["customer"]["id"] == eve["id"]
    assert quote["totalPrice"]["centAmount"] == FIRST
    told = market.get(
        "messages", params={"limit": 500, "where": 'resource(typeId in ("quote-request", "staged-quote", "quote"))'}
    )
    assert {message["type"] for message in told["results"]} == {
        *("QuoteRequestCreated", "QuoteRequestCustomerChanged", "QuoteRequestStateChanged", "QuoteRequestStateTransition"),
        *("StagedQuoteCreated", "StagedQuoteSellerCommentSet", "StagedQuoteStateChanged", "StagedQuoteStateTransition"),
        *("StagedQuoteValidToSet", "QuoteCreated", "QuoteCustomerChanged", "QuoteRenegotiationRequested", "QuoteStateChanged"),
        "QuoteStateTransition",
    }
    assert not [
        message for message in told["results"] for value in message.values() if isinstance(value, dict) and "rest" in value
    ]


@pytest.mark.parametrize("door", DOORS)
def test_every_operation(market: Client, door: str) -> None:
    ada = buyer(market)
    request = asked_for(ada, door)
    staged = staged_of(market, door, request, key="key-0")
    quote = offer(market, door, staged, 1000, key="key-0")
    assert market.refused(
        409, "POST", f"{door}quote-requests", {**at(request, "cart", "cart"), "cart": request["cart"], "cartVersion": 9}
    )
    # The requests that are made here have keys; that of the owner has none.
    keyed = market.create(f"{door}quote-requests", {"cart": request["cart"], "cartVersion": 1, "key": "key-0"})
    for path, ids in (("quotes", [quote]), ("staged-quotes", [staged]), ("quote-requests", [keyed, request])):
        for name in (ids[0]["id"], "key=key-0"):
            assert market.get(f"{door}{path}/{name}")["id"] == ids[0]["id"]
            assert market.send("HEAD", f"{door}{path}/{name}").status_code == 200
        page = market.get(f"{door}{path}", params={"where": 'key = "key-0"', "sort": "createdAt desc"})
        assert [each["id"] for each in page["results"]] == [ids[0]["id"]]
        assert (
            market.send("HEAD", f"{door}{path}", params={"where": f'customer(id = "{request["customer"]["id"]}")'}).status_code
            == 200
        )
        assert market.send("HEAD", f"{door}{path}", params={"where": 'key = "nothing"'}).status_code == 404
    expanded = market.get(f"{door}quotes/{quote['id']}", params={"expand": ["stagedQuote.quotationCart", "quoteRequest"]})
    assert expanded["stagedQuote"]["obj"]["quotationCart"]["obj"]["origin"] == "Quote"
    assert expanded["quoteRequest"]["obj"]["id"] == request["id"] and "rest" not in expanded["quoteRequest"]["obj"]
    for path in ("quotes", "quote-requests"):
        assert market.refused(400, "GET", f"{door}{path}?where=rest is defined")["code"] == "InvalidInput"
    assert market.delete(f"{door}quotes/key=key-0", 1)["id"] == quote["id"]
    again = market.create(f"{door}quotes", at(staged, "staged-quote", "stagedQuote"))
    assert market.delete(f"{door}quotes/{again['id']}", 1)["id"] == again["id"]
    cart = staged["quotationCart"]["id"]
    assert market.delete(f"{door}staged-quotes/key=key-0", 1)["id"] == staged["id"]
    assert market.send("HEAD", f"{door}carts/{cart}").status_code == 404
    other = staged_of(market, door, request)
    assert market.delete(f"{door}staged-quotes/{other['id']}", 1)["id"] == other["id"]
    assert market.delete(f"{door}quote-requests/key=key-0", 1)["id"] == keyed["id"]
    assert market.delete(f"{door}quote-requests/{request['id']}", 1)["id"] == request["id"]
    told = market.get(
        "messages", params={"limit": 500, "where": 'type in ("QuoteDeleted", "StagedQuoteDeleted", "QuoteRequestDeleted")'}
    )
    assert told["total"] == 6


def test_every_operation_of_a_buyer(market: Client) -> None:
    ada = buyer(market)
    request = asked_for(ada)
    staged = staged_of(market, "", request)
    quote = offer(market, "", staged, 1000, key="offer")
    draft = {**at(filled(ada), "cart", "cart"), "key": "wish"}
    keyed = market.create("quote-requests", draft)
    for path, key, id, resource in (
        ("me/quote-requests", "wish", keyed["id"], MY_REQUESTS),
        ("me/quotes", "offer", quote["id"], MY_QUOTES),
    ):
        assert {each.__struct_config__.tag for each in resource.actions.types} <= {
            *("cancelQuoteRequest", "changeMyQuoteState", "requestQuoteRenegotiation"),
        }
        for name in (id, f"key={key}"):
            assert ada.get(f"{path}/{name}")["id"] == id
            assert ada.send("HEAD", f"{path}/{name}").status_code == 200
        assert id in [each["id"] for each in ada.get(path)["results"]]
        assert ada.send("HEAD", path, params={"where": f'key = "{key}"'}).status_code == 200
        assert ada.refused(405, "DELETE", f"{path}/{id}?version=1")["code"] == "MethodNotAllowed"
    assert ada.update("me/quote-requests/key=wish", 1, {"action": "cancelQuoteRequest"})["quoteRequestState"] == "Cancelled"
    again = {"version": 2, "actions": [{"action": "cancelQuoteRequest"}]}
    assert ada.refused(400, "POST", f"me/quote-requests/{keyed['id']}", again)["code"] == "InvalidOperation"
    assert ada.update(f"me/quote-requests/{request['id']}", 1, {"action": "cancelQuoteRequest"})["version"] == 2
    declined = {"action": "changeMyQuoteState", "quoteState": "Declined"}
    assert ada.update("me/quotes/key=offer", 1, declined)["quoteState"] == "Declined"
    second = market.create("quotes", at(staged, "staged-quote", "stagedQuote"))
    wish = {"action": "requestQuoteRenegotiation", "buyerComment": "A fifth"}
    assert ada.update(f"me/quotes/{second['id']}", 1, wish)["quoteState"] == "DeclinedForRenegotiation"
    guest = market.anonymous()
    for path in ("me/quotes", "me/quote-requests"):
        assert guest.refused(403, "GET", path)["code"] == "insufficient_scope"
    assert ada.refused(404, "GET", "in-store/key=berlin/me/quotes")["code"] == "ResourceNotFound"


def test_strangers_find_nothing(market: Client) -> None:
    ada, eve = buyer(market), buyer(market, "eve@example.com")
    request = asked_for(ada, "in-store/key=berlin/")
    staged = staged_of(market, "", request)
    quote = offer(market, "", staged, 1000)
    cart = filled(ada)
    for path, document, actions in (
        ("quotes", quote, [{"action": "requestQuoteRenegotiation"}]),
        ("quote-requests", request, [{"action": "setCustomType"}]),
        ("staged-quotes", staged, [{"action": "setCustomType"}]),
    ):
        update = {"version": 1, "actions": actions}
        here = f"in-store/key=paris/{path}"
        assert market.get(here)["total"] == 0
        for method, body in (("GET", None), ("POST", update), ("DELETE", None)):
            name = f"{here}/{document['id']}" + ("?version=1" if method == "DELETE" else "")
            assert market.refused(404, method, name, body)["code"] == "ResourceNotFound"
        if path != "staged-quotes":
            assert eve.get(f"me/{path}")["total"] == 0
            mine = {"version": 1, "actions": [{"action": "cancelQuoteRequest"}]} if path == "quote-requests" else update
            for method, body in (("GET", None), ("POST", mine)):
                assert eve.refused(404, method, f"me/{path}/{document['id']}", body)["code"] == "ResourceNotFound"
    not_hers = {"cartId": cart["id"], "cartVersion": cart["version"]}
    assert eve.refused(404, "POST", "me/quote-requests", not_hers)["code"] == "ResourceNotFound"
    elsewhere = "in-store/key=paris/"
    for path, draft in (
        ("quote-requests", at(cart, "cart", "cart")),
        ("staged-quotes", at(request, "quote-request", "quoteRequest")),
        ("quotes", at(staged, "staged-quote", "stagedQuote")),
    ):
        assert market.refused(400, "POST", f"{elsewhere}{path}", draft)["code"] == "ReferencedResourceNotFound"


def test_what_scopes_open(market: Client) -> None:
    request = asked_for(buyer(market))
    key = market.project
    assert market.server is not None
    for scope, path, draft in (
        ("manage_quote_requests", "quote-requests", {"cart": request["cart"], "cartVersion": 1}),
        ("manage_staged_quotes", "staged-quotes", at(request, "quote-request", "quoteRequest")),
        ("manage_quotes", "quotes", {"stagedQuote": {"id": request["id"]}, "stagedQuoteVersion": 1}),
    ):
        viewing, managing = (market.server.client(key, f"{name}:{key}") for name in (scope.replace("manage", "view"), scope))
        assert viewing.get(path)["limit"] == managing.get(path)["limit"] == 20
        assert viewing.refused(403, "POST", path, draft)["code"] == "insufficient_scope"
        assert managing.send("POST", path, draft).status_code in (201, 400)
        for other in {*STATES} - {path}:
            assert managing.refused(403, "GET", other)["code"] == "insufficient_scope"
    of_store = market.server.client(key, f"manage_quotes:{key}:berlin")
    assert of_store.get("in-store/key=berlin/quotes")["total"] == 0
    for path in ("quotes", "in-store/key=paris/quotes"):
        assert of_store.refused(403, "GET", path)["code"] == "insufficient_scope"
