"""Order numbers that a project or a store makes up, set by the command line while the server runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from live import Client, Server
from orderwright.commands.projects import number_orders
from orderwright.errors import ApiError
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft


@pytest.fixture
def market(shop: Client) -> Client:
    open_shop(shop)
    return shop


def numbered(server: Server, shop: Client, template: str | None, **how: Any) -> None:
    server._beside(lambda database: number_orders(database, shop.project, template, **how))


def ordered(shop: Client, *, door: str = "", order: dict[str, Any] | None = None, **cart: Any) -> dict[str, Any]:
    made = shop.create(f"{door}carts", cart_draft(("mug", 1), **cart))
    found: dict[str, Any] = shop.create(f"{door}orders", order_draft(made, **(order or {})))
    return found


def test_without_a_template_an_order_has_no_number(market: Client) -> None:
    assert "orderNumber" not in ordered(market)


def test_the_command_line_says_how(server: Server, market: Client) -> None:
    words = ("project", "order-numbers", market.project)
    assert server.command(*words) == ""
    assert server.command(*words, "--template", "{year}-{seq:06}", "--first", "501") == "project: {year}-{seq:06}\n"
    year = datetime.now(UTC).year
    first = ordered(market)
    assert first["orderNumber"] == f"{year}-000501"
    assert market.get(f"orders/order-number={year}-000501") == first
    (told,) = market.get("messages", params={"where": 'type = "OrderCreated"'})["results"]
    assert told["order"] == first
    assert told["resourceUserProvidedIdentifiers"] == {"orderNumber": f"{year}-000501"}
    assert ordered(market)["orderNumber"] == f"{year}-000502"
    assert server.command(*words, "--template", "{seq}", "--gap-free") == "project: {seq} (gap-free)\n"
    assert [ordered(market)["orderNumber"] for _ in range(2)] == ["1", "2"]
    # What the server has set aside is left at once.
    server.command(*words, "--template", "B-{seq}")
    assert [ordered(market)["orderNumber"] for _ in range(4)] == ["B-3", "B-4", "B-5", "B-6"]
    server.command(*words, "--template", "B-{seq}", "--first", "500")
    assert ordered(market)["orderNumber"] == "B-500"
    assert server.command(*words, "--off") == ""
    assert "orderNumber" not in ordered(market)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--gap-free",), "without one nothing was changed"),
        (("--first", "5"), "without one nothing was changed"),
        (("--store", "berlin"), "without one nothing was changed"),
        (("--template", "{seq}", "--off"), "Either --template says how"),
        (("nowhere",), "There is no project 'nowhere'"),
    ],
)
def test_a_command_that_changes_nothing_says_so(server: Server, market: Client, words: tuple[str, ...], sentence: str) -> None:
    key = () if words == ("nowhere",) else (market.project,)
    with pytest.raises(AssertionError, match=re.escape(sentence)):
        server.command("project", "order-numbers", *key, *words)


def test_a_given_number_stays_and_is_passed_over(server: Server, market: Client) -> None:
    numbered(server, market, "{seq}")
    given = ordered(market, order={"orderNumber": "2"})
    assert given["orderNumber"] == "2"
    assert [ordered(market)["orderNumber"] for _ in range(2)] == ["1", "3"]
    cart = market.create("carts", cart_draft(("mug", 1)))
    refused = market.refused(400, "POST", "orders", order_draft(cart, orderNumber="3"))
    assert (refused["code"], refused["field"]) == ("DuplicateField", "orderNumber")


def test_a_stores_template_wins_over_the_projects(server: Server, market: Client) -> None:
    for key in ("berlin", "paris"):
        market.create("stores", {"key": key})
    numbered(server, market, "{store}P-{seq:03}")
    numbered(server, market, "B{seq}", store="berlin", gap_free=True, first=10)
    assert [ordered(market)["orderNumber"] for _ in range(2)] == ["P-001", "P-002"]
    berlin = [ordered(market, door="in-store/key=berlin/")["orderNumber"] for _ in range(2)]
    berlin.append(ordered(market, store=by_key("store", "berlin"))["orderNumber"])
    assert berlin == ["B10", "B11", "B12"]
    assert ordered(market, door="in-store/key=paris/")["orderNumber"] == "parisP-003"
    numbered(server, market, None, store="berlin")
    assert ordered(market, door="in-store/key=berlin/")["orderNumber"] == "berlinP-004"


def test_an_imported_order_keeps_its_number_or_gets_one(server: Server, market: Client) -> None:
    numbered(server, market, "{seq}")
    wrap = {"name": {"en": "Wrapping"}, "slug": "wrap", "quantity": 1, "money": eur(4200)}
    draft = {"totalPrice": eur(4200), "customLineItems": [wrap]}
    assert market.create("orders/import", {**draft, "orderNumber": "OLD-1"})["orderNumber"] == "OLD-1"
    answers = [market.send("POST", "orders/import", draft, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [(answer.status_code, answer.json()["orderNumber"]) for answer in answers] == [(201, "1")] * 2
    assert market.get("orders")["total"] == 2


def test_an_owners_order_is_numbered_and_sent_again_keeps_its_number(server: Server, market: Client) -> None:
    draft = {
        "currency": "EUR", "country": "DE", "lineItems": [{"sku": "mug"}], "shippingAddress": BERLIN,
        "shippingMethod": by_key("shipping-method", "parcel"),
    }  # fmt: skip
    guest = market.anonymous("visitor")
    for gap_free, number in ((False, "W1"), (True, "W2")):
        numbered(server, market, "W{seq}", gap_free=gap_free)
        cart = guest.create("me/carts", draft)
        body = {"id": cart["id"], "version": cart["version"]}
        answers = [guest.send("POST", "me/orders", body, headers={"Idempotency-Key": number}) for _ in range(3)]
        assert [(answer.status_code, answer.json()["orderNumber"]) for answer in answers] == [(201, number)] * 3
        assert market.get(f"orders/order-number={number}") == answers[0].json()


def test_a_refused_order_takes_no_number_of_those_without_gaps(server: Server, market: Client) -> None:
    numbered(server, market, "{seq}", gap_free=True)
    for expected in ("1", "2"):
        cart = market.create("carts", cart_draft(("mug", 1)))
        assert market.refused(409, "POST", "orders", order_draft(cart, version=9))["code"] == "ConcurrentModification"
        assert market.create("orders", order_draft(cart))["orderNumber"] == expected


@pytest.mark.parametrize(
    ("template", "how", "sentence"),
    [
        ("A", {}, "needs {seq} exactly once"),
        ("{seq}", {"store": "nowhere"}, "There is no store 'nowhere'"),
        ("{seq}", {"store": "berlin"}, "numbers the orders of the project already"),
        ("{seq:03}", {"store": "berlin"}, "numbers the orders of the project already"),  # 100 is 100 in both
    ],
)
def test_what_cannot_be_set_is_refused(server: Server, market: Client, template: str, how: dict[str, Any], sentence: str) -> None:
    market.create("stores", {"key": "berlin"})
    numbered(server, market, "{seq}")
    with pytest.raises(ApiError, match=re.escape(sentence)):
        numbered(server, market, template, **how)
    assert ordered(market)["orderNumber"] == "1"


def test_a_project_that_is_not_there_has_no_numbers(server: Server) -> None:
    with pytest.raises(ApiError, match="There is no project 'nowhere'"):
        server._beside(lambda database: number_orders(database, "nowhere", "{seq}"))
