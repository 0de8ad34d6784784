"""Many who order one quote at once make one order of it, whether its state is set or not, and none of one that is withdrawn."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from burning import Client, a_server, a_shop, at_once, cart_draft

RACERS = 20


server = a_server()
shop = a_shop("quote")


def named(document: dict[str, Any], type_id: str, member: str) -> dict[str, Any]:
    return {member: {"typeId": type_id, "id": document["id"]}, f"{member}Version": document["version"]}


def quoted(shop: Client) -> dict[str, Any]:
    """A pending quote."""
    ada = shop.create("customers", {"email": "ada@example.com", "password": "correct horse"})["customer"]
    cart = shop.create("carts", cart_draft(("mug", 2), customerId=ada["id"]))
    request = shop.create("quote-requests", named(cart, "cart", "cart"))
    staged = shop.create("staged-quotes", named(request, "quote-request", "quoteRequest"))
    made: dict[str, Any] = shop.create("quotes", named(staged, "staged-quote", "stagedQuote"))
    return made


@pytest.mark.parametrize("accepting", [True, False])
def test_twenty_orders_of_one_quote_are_one(shop: Client, accepting: bool) -> None:
    quote = quoted(shop)
    draft = {"quote": {"typeId": "quote", "id": quote["id"]}, "version": 1, "quoteStateToAccepted": accepting}
    answers = at_once(shop, *[("/orders/quotes", draft)] * RACERS)
    counted = Counter(answer.status_code for answer in answers)
    assert counted[201] == 1
    assert set(counted) <= {201, 400, 409}
    assert {error["code"] for answer in answers if answer.status_code >= 400 for error in answer.json()["errors"]} <= {
        "InvalidOperation",
        "ConcurrentModification",
    }
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    orders = shop.get("orders", params={"where": f'quote(id = "{quote["id"]}")'})
    assert orders["results"] == [made]
    after = shop.get(f"quotes/{quote['id']}")
    assert (after["quoteState"], after["version"]) == (("Accepted", 2) if accepting else ("Pending", 1))
    told = shop.get("messages", params={"where": 'type = "OrderCreated"'})
    assert [message["resource"]["id"] for message in told["results"]] == [made["id"]]


def test_an_offer_is_ordered_or_withdrawn(shop: Client) -> None:
    quote = quoted(shop)
    order = {"quote": {"typeId": "quote", "id": quote["id"]}, "version": 1, "quoteStateToAccepted": True}
    withdrawal = {"version": 1, "actions": [{"action": "changeQuoteState", "quoteState": "Withdrawn"}]}
    answers = at_once(shop, *[("/orders/quotes", order), (f"/quotes/{quote['id']}", withdrawal)] * (RACERS // 2))
    done = [answer.status_code for answer in answers if answer.status_code < 300]
    assert len(done) == 1
    state = shop.get(f"quotes/{quote['id']}")["quoteState"]
    assert (state, shop.get("orders")["total"]) == (("Accepted", 1) if done == [201] else ("Withdrawn", 0))
