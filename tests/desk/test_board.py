"""The board: what it counts is worked out here from the orders, carts and entries that were made; each bar leads to its list."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from backdated import dated, days_ago
from desks import Desk, desk_of

from live import Client, Server
from orderwright.desk.board.drawing import Bar, lying, standing
from orderwright.domain.cart.resource import RESOURCE as CARTS
from orderwright.domain.order.resource import RESOURCE as ORDERS
from orderwright.engine.model import KeyReference
from relaying import http, receiving
from shop_setup import cart_draft, eur, open_shop, usd

ROW = re.compile(r"<tr><th scope=\"row\">(?:<a href=\"([^\"]*)\">)?([^<]*)(?:</a>)?</th>\s*(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td class=\"figure[^\"]*\">([^<]*)</td>")


def day(at: datetime) -> str:
    """A day as the desk writes it, as people do in Britain: of September four letters."""
    return f"{at.day} {at:%b}{'t' if at.month == 9 else ''} {at.year}"


def numbers(page: httpx.Response, after: str, before: str = "<h2>") -> Mapping[str, tuple[tuple[str, ...], str]]:
    """The rows of the tables between two texts: for each name its numbers and its link."""
    assert page.status_code == 200, page.text
    part = page.text.partition(after)[2].partition(before)[0]
    return {
        html.unescape(name): (tuple(map(html.unescape, CELL.findall(rest))), html.unescape(href))
        for href, name, rest in ROW.findall(part)
    }


def board(desk: Desk, params: Any = None) -> httpx.Response:
    """The page of the board."""
    return desk.http.get(desk.at("board"), params=params)


def imported(shop: Client, money: Mapping[str, Any], **more: Any) -> Any:
    """An order from elsewhere with this total."""
    item = {"name": {"en": "Wrapping"}, "slug": "wrap", "quantity": 1, "money": money}
    return shop.create("orders/import", {"totalPrice": money, "customLineItems": [item], **more})


def listed(desk: Desk, href: str) -> set[str]:
    """The ids on a list that a bar leads to."""
    page = desk.http.get(href)
    assert page.status_code == 200
    return set(re.findall(r'href="/desk/[^/"]+/(?:orders|carts)/([0-9a-f-]{36})[?"]', page.text))


@pytest.fixture
def year(server: Server, shop: Client) -> dict[str, str]:
    """Orders of today, of three days ago and of forty days ago, in two currencies and two stores; their ids."""
    for key in ("berlin", "hamburg"):
        shop.create("stores", {"key": key, "name": {"en": key.title()}})
    first = imported(shop, eur(1000), paymentState="Paid")
    found = {"first": first["id"], "second": imported(shop, eur(2550))["id"], "dollars": imported(shop, usd(700))["id"]}
    for name, days, cents, store in (
        ("berlin", 3, 4000, "berlin"),
        ("hamburg", 3, 12345, "hamburg"),
        ("old", 40, 9999, "berlin"),
    ):
        money = replaced_money(first["totalPrice"], cents)
        more: dict[str, Any] = {"shipment_state": "Shipped", "payment_state": None, "order_number": f"N-{name}"}
        copy = {**first, "totalPrice": money}
        belongs = KeyReference(type_id="store", key=store)
        found[name] = dated(server, shop, ORDERS, copy, days_ago(days), store=belongs, **more)
    return found


def replaced_money(money: Mapping[str, Any], cents: int) -> dict[str, Any]:
    """Another amount of the same currency."""
    return {**money, "centAmount": cents}


def test_orders_and_turnover_by_day_and_by_state(server: Server, shop: Client, year: dict[str, str]) -> None:
    desk = desk_of(server, shop)
    page = board(desk)
    days = numbers(page, "The numbers", "</table>")
    assert len(days) == 30
    assert days[day(days_ago(0))][0] == ("2", "€35.50")
    assert days[day(days_ago(3))][0] == ("2", "€163.45")
    assert days[day(days_ago(1))] == (("0", "€0.00"), "")
    assert "Orders: <strong>4</strong>" in page.text
    assert "Turnover: <strong>€198.95</strong>" in page.text
    assert listed(desk, days[day(days_ago(3))][1]) == {year["berlin"], year["hamburg"]}
    assert listed(desk, days[day(days_ago(0))][1]) == {year["first"], year["second"]}
    groups = numbers(page, 'class="bars"', "Carts that were left")
    assert groups["Shipped"][0] == ("2", "€163.45")
    assert groups["Paid"][0] == ("1", "€10.00")
    assert groups["berlin"][0] == ("1", "€40.00")
    assert groups["No store"][0] == ("2", "€35.50")
    without = numbers(page, 'aria-label="Payment"', "</table>")["None"]
    assert without[0] == ("3", "€188.95")
    assert listed(desk, groups["Shipped"][1]) == {year["berlin"], year["hamburg"]}
    assert listed(desk, groups["Paid"][1]) == {year["first"]}
    assert listed(desk, groups["berlin"][1]) == {year["berlin"]}
    assert listed(desk, groups["No store"][1]) == {year["first"], year["second"]}
    assert listed(desk, without[1]) == {year["second"], year["berlin"], year["hamburg"]}
    assert "Orders: <strong>2</strong>" in board(desk, params={"storeless": "1"}).text
    assert "Orders: <strong>3</strong>" in board(desk, params={"payment": "None"}).text


def test_one_currency_at_a_time_among_those_found(server: Server, shop: Client, year: dict[str, str]) -> None:
    desk = desk_of(server, shop)
    (href,) = re.findall(r'<a href="([^"]*)">USD <small>\(1\)', board(desk).text)
    page = desk.http.get(html.unescape(href))
    assert "Turnover: <strong>US$7.00</strong>" in page.text
    assert 'aria-current="true">USD' in page.text
    assert "EUR <small>(4)" in page.text
    assert listed(desk, numbers(page, "The numbers", "</table>")[day(days_ago(0))][1]) == {year["dollars"]}
    pounds = board(desk, params={"currency": "GBP"})
    assert "There are no such orders." in pounds.text
    assert "EUR <small>(4)" in pounds.text


def test_the_filter_is_that_of_the_list(server: Server, shop: Client, year: dict[str, str]) -> None:
    desk = desk_of(server, shop)
    old = {"since": f"{days_ago(41):%Y-%m-%d}", "until": f"{days_ago(40):%Y-%m-%d}"}
    assert {name: found[0] for name, found in numbers(board(desk, params=old), "The numbers", "</table>").items()} == {
        day(days_ago(41)): ("0", "€0.00"),
        day(days_ago(40)): ("1", "€99.99"),
    }
    for asked, total in (
        ({"shipment": "Shipped"}, "€163.45"),
        ({"in": "hamburg"}, "€123.45"),
        ({"q": "N-berlin"}, "€40.00"),
        ({"least": "30", "most": "50", "currency": "EUR"}, "€40.00"),
        ({"payment": ["Paid", "Failed"]}, "€10.00"),
    ):
        assert f"Turnover: <strong>{total}</strong>" in board(desk, params=asked).text, asked


def test_a_clerk_sees_the_figures_of_her_store(server: Server, shop: Client, year: dict[str, str]) -> None:
    clerk = desk_of(server, shop, f"view_orders:{shop.project}:berlin")
    page = board(clerk)
    assert "Turnover: <strong>€40.00</strong>" in page.text
    assert "hamburg" not in page.text
    assert "Stock that runs low" not in page.text
    assert "Deliveries of subscriptions" not in page.text
    assert "There are no such orders." in board(clerk, params={"in": "hamburg"}).text
    assert "Turnover: <strong>€40.00</strong>" in board(clerk, params={"store": "hamburg"}).text
    both = desk_of(server, shop, f"view_orders:{shop.project}:berlin view_orders:{shop.project}:hamburg")
    page = board(both, params={"store": "hamburg"})
    assert "Turnover: <strong>€123.45</strong>" in page.text
    assert listed(both, numbers(page, "The numbers", "</table>")[day(days_ago(3))][1]) == {year["hamburg"]}


def test_carts_that_were_left(server: Server, shop: Client) -> None:
    open_shop(shop)
    shop.create("stores", {"key": "berlin", "name": {"en": "Berlin"}})
    cart = shop.create("carts", cart_draft(("mug", 2), shippingMethod=None))
    assert cart["totalPrice"]["centAmount"] == 3998
    two_hours = days_ago(0) - timedelta(hours=2)
    first = dated(server, shop, CARTS, cart, two_hours)
    store = KeyReference(type_id="store", key="berlin")
    second = dated(server, shop, CARTS, cart, days_ago(4), store=store)
    dated(server, shop, CARTS, cart, days_ago(0) - timedelta(days=31))
    dated(server, shop, CARTS, cart, days_ago(4), cart_state="Ordered")
    dated(server, shop, CARTS, cart, days_ago(4), line_items=())
    desk = desk_of(server, shop)
    page = board(desk)
    days = numbers(page, "Carts that were left")
    assert days[day(two_hours)][0] == ("1", "€39.98")
    assert days[day(days_ago(4))][0] == ("1", "€39.98")
    assert listed(desk, days[day(two_hours)][1]) == {first}
    assert listed(desk, days[day(days_ago(4))][1]) == {second}
    assert "Carts: <strong>2</strong>" in page.text
    assert "Their totals: <strong>€79.96</strong>" in page.text
    assert "Carts: <strong>1</strong>" in board(desk, params={"in": "berlin"}).text
    days = numbers(board(desk, params={"storeless": "1"}), "Carts that were left")
    assert [days[day(two_hours)][0], days[day(days_ago(4))][0]] == [("1", "€39.98"), ("0", "€0.00")]
    assert listed(desk, days[day(two_hours)][1]) == {first}
    clerk = board(desk_of(server, shop, f"view_orders:{shop.project}:berlin"))
    assert list(numbers(clerk, "Carts that were left")[day(days_ago(4))][0]) == ["1", "€39.98"]
    assert "Carts: <strong>1</strong>" in clerk.text


def test_stock_that_runs_low(server: Server, shop: Client) -> None:
    shop.create("channels", {"key": "north", "roles": ["InventorySupply"]})
    evil = "<script>alert(1)</script>"
    for sku, pieces in (("plenty", 500), ("six", 6), ("three", 3), (evil, 0)):
        shop.create("inventory", {"sku": sku, "quantityOnStock": pieces})
    shop.create("inventory", {"sku": "three", "quantityOnStock": 4, "supplyChannel": {"typeId": "channel", "key": "north"}})
    desk = desk_of(server, shop)

    def shown(**asked: str) -> list[tuple[str, tuple[str, ...]]]:
        page = board(desk, params=asked)
        assert evil not in page.text
        part = page.text.partition("<h2>Stock that runs low")[2].partition("<h2>")[0]
        return [(html.unescape(name), tuple(CELL.findall(rest))) for _, name, rest in ROW.findall(part)]

    assert shown() == [("three", ("4", "4")), (evil, ("0", "0")), ("three", ("3", "3"))]
    assert shown(below="4") == [(evil, ("0", "0")), ("three", ("3", "3"))]
    assert shown(below="7")[-1] == ("six", ("6", "6"))
    assert shown(below="0") == []
    assert "<td>north</td>" in board(desk).text
    for number in range(51):
        shop.create("inventory", {"sku": f"out-{number}", "quantityOnStock": 0})
    assert [sku for sku, _ in shown()] == [f"out-{number}" for number in range(50, 0, -1)]
    assert "Stock that runs low" in board(desk_of(server, shop, f"view_orders:{shop.project} view_products:{shop.project}")).text
    assert "Stock that runs low" not in board(desk_of(server, shop, f"view_orders:{shop.project}")).text


def test_deliveries_that_lag(server: Server, shop: Client) -> None:
    desk = desk_of(server, shop)
    assert "There are no subscriptions." in board(desk).text
    with receiving() as receiver:
        changes = [{"resourceTypeId": "order"}]
        shop.create("subscriptions", {"key": "slow", "destination": http(receiver), "changes": changes})
        receiver.answer = lambda got: 503
        imported(shop, eur(100))
        deadline = time.monotonic() + 15
        while (found := numbers(board(desk), "Deliveries of subscriptions")["slow"][0]) != ("1", "0"):
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        page = board(desk).text.partition("Deliveries of subscriptions")[2]
        assert f"{days_ago(0).year}" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"below": "-1"},
        {"below": "x"},
        {"below": "1000001"},
        {"since": "2025-01-01", "until": "2026-01-02"},
        {"since": "2026-01-02", "until": "2026-01-01"},
        {"since": "yesterday"},
        {"currency": "XXZ"},
        {"q": "x" * 257},
    ],
)
def test_what_no_board_shows_is_refused_on_a_page(server: Server, shop: Client, asked: dict[str, str]) -> None:
    page = board(desk_of(server, shop), params=asked)
    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_who_may_not_see_orders_sees_no_board(server: Server, shop: Client) -> None:
    page = board(desk_of(server, shop, f"manage_products:{shop.project}"))
    assert page.status_code == 403
    assert "view_orders" in page.text
    assert ">Board</a>" not in page.text


def test_the_board_speaks_german(server: Server, shop: Client, year: dict[str, str]) -> None:
    page = board(desk_of(server, shop, language="de-DE"))
    assert "Umsatz: <strong>198,95\xa0€</strong>" in page.text
    assert "Verlassene Warenkörbe" in page.text


def test_bars_are_as_long_as_their_amounts() -> None:
    bars = [Bar(name, amount, str(amount), None) for name, amount in (("a", 50), ("b", 200), ("c", 0), ("d", 1), ("e", -7))]
    drawn = standing(bars)
    # A quarter of a hundred, all of it, nothing, the least that can be seen, nothing.
    assert drawn.path == "M0.75 75h8.5v25h-8.5zM10.75 0h8.5v100h-8.5zM30.75 99h8.5v1h-8.5z"
    assert (drawn.width, drawn.highest) == (50, bars[1])
    assert lying(bars) == (25.0, 100.0, 0.0, 1.0, 0.0)
    assert standing([bars[2]]).highest is None
    assert (standing([]).path, lying([])) == ("", ())
