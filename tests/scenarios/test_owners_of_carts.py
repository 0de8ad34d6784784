"""Whose a cart is, and how it is found by that: a customer's or a session's, never both; by `customerId` it is one cart."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import cart_draft, open_shop

WHERE = 'cartState = "Ordered"'


@pytest.fixture
def market(shop: Client) -> Client:
    """A shop with a store."""
    open_shop(shop)
    shop.create("stores", {"key": "berlin"})
    return shop


def ada(market: Client) -> str:
    made = market.create("customers", {"email": "ada@example.com", "password": "secret"})
    return str(made["customer"]["id"])


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
def test_no_cart_is_a_customers_and_a_sessions(market: Client, door: str) -> None:
    customer = ada(market)
    both = {"currency": "EUR", "customerId": customer, "anonymousId": "visit"}
    assert market.refused(400, "POST", f"{door}carts", both)["code"] == "InvalidOperation"
    assert market.get("carts")["total"] == 0
    # An action that gives the cart to the customer takes it from the session, in whatever order they come.
    cart = market.create(f"{door}carts", {"currency": "EUR", "anonymousId": "visit"})
    path = f"{door}carts/{cart['id']}"
    session, owner = {"action": "setAnonymousId", "anonymousId": "v"}, {"action": "setCustomerId", "customerId": customer}
    given = market.update(path, 1, session, owner)
    assert (given["customerId"], "anonymousId" in given) == (customer, False)
    for action in (session, {"action": "setAnonymousId"}):
        error = market.refused(400, "POST", path, {"version": 2, "actions": [owner, action]})
        assert (error["code"], error["action"]["action"]) == ("InvalidOperation", "setAnonymousId")
    replica = market.create(f"{door}carts/replicate", {"reference": {"typeId": "cart", "id": cart["id"]}})
    assert (replica["customerId"], "anonymousId" in replica) == (customer, False)
    freed = market.update(path, 2, {"action": "setCustomerId"}, session)
    assert (freed["anonymousId"], "customerId" in freed) == ("v", False)


def test_a_sign_in_takes_the_cart_from_the_session_in_the_change_that_gives_it_away(market: Client) -> None:
    customer = ada(market)
    cart = market.create("carts", cart_draft(("mug", 1), anonymousId="visit"))
    draft = {"email": "ada@example.com", "password": "secret", "anonymousCart": {"typeId": "cart", "id": cart["id"]}}
    signed_in = market.send("POST", "login", draft).json()["cart"]
    assert (signed_in["id"], signed_in["version"], signed_in["customerId"]) == (cart["id"], 2, customer)
    assert "anonymousId" not in signed_in
    assert market.get("carts", params={"where": "anonymousId is defined and customerId is defined"})["total"] == 0


def one(market: Client, path: str, **parameters: Any) -> Any:
    """The document of a 200. The published description has nothing but pages at this path."""
    headers = {"Authorization": f"Bearer {market.token}"}
    answer = market.http.get(f"/{market.project}/{path}", params=parameters, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
def test_by_customer_id_one_cart_is_answered_whatever_stands_beside_it(market: Client, door: str) -> None:
    customer = ada(market)
    cart = market.create(f"{door}carts", {"currency": "EUR", "customerId": customer})
    path = f"{door}carts"
    beside: list[dict[str, Any]] = [
        {},
        {"where": WHERE},
        {"where": [WHERE, 'customerEmail = "x"'], "limit": 1, "sort": "id"},
        {"where": 'key = ":customerIdentity"', "var.customerIdentity": "x"},
    ]
    for id in (customer, customer.upper()):
        for more in beside:
            assert one(market, path, customerId=id, **more) == cart, more
    # A predicate with a variable of that name asks for a page.
    page = market.get(path, params={"customerId": customer, "where": "customerId = :customerId"})
    assert (page["total"], page["results"]) == (1, [cart])
    for nobody in ("0f8fad5b-d9cb-469f-a165-70867728950e", "nonsense"):
        for more in ({}, {"where": WHERE}):
            error = market.refused(404, "GET", path, params={"customerId": nobody, **more})
            assert error["message"] == f"The Resource with customer id '{nobody}' was not found."


def test_an_order_of_another_version_of_its_cart_is_a_conflict(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 1)))
    for version in (-1, 0, 2, -(2**63) - 1, 2**64):
        draft = {"cart": {"typeId": "cart", "id": cart["id"]}, "version": version}
        error = market.refused(409, "POST", "orders", draft)
        assert (error["code"], error["currentVersion"]) == ("ConcurrentModification", 1)
