"""The list of orders: each filter against orders that were made for it, every order once over all pages, whole exports, and a
change of many of which some conflict."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from desks import Desk, Page, desk_of

from live import Client, Server
from orderwright.desk.orders import exporting
from orderwright.desk.orders.bulk import MOST


def imported(shop: Client, number: str, cents: int = 1000, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    """An order that was made elsewhere."""
    total = {"currencyCode": currency, "centAmount": cents}
    line = {"name": {"en": "Gift wrap"}, "slug": "wrap", "quantity": 1, "money": total, "taxCategory": {"key": "vat"}}
    made: dict[str, Any] = shop.create(
        "orders/import", {"orderNumber": number, "totalPrice": total, "customLineItems": [line], **more}
    )
    return made


@pytest.fixture
def orders(shop: Client) -> dict[str, dict[str, Any]]:
    """Six orders, by their numbers."""
    shop.create("tax-categories", {"key": "vat", "name": "VAT", "rates": []})
    for key in ("berlin", "munich"):
        shop.create("stores", {"key": key})
    name = {"firstName": "Zoë", "lastName": "O'Hara", "country": "DE"}
    more: dict[str, dict[str, Any]] = {
        "A-1": {"cents": 1250, "orderState": "Open", "paymentState": "Paid", "store": {"typeId": "store", "key": "berlin"}},
        "A-2": {"cents": 1249, "orderState": "Confirmed", "shipmentState": "Shipped", "customerEmail": "ada@example.com"},
        "A-3": {"cents": 1251, "orderState": "Open", "shippingAddress": name},
        "A-4": {"cents": 13, "currency": "USD", "orderState": "Complete", "store": {"typeId": "store", "key": "munich"}},
        "A-5": {"cents": 990_000, "orderState": "Cancelled", "billingAddress": {**name, "firstName": "Ann"}},
        "A-6": {"cents": 1250, "orderState": "Open", "shipmentState": "Partial", "paymentState": "Pending"},
    }
    return {number: imported(shop, number, **draft) for number, draft in more.items()}


def numbers(page: Page) -> list[str]:
    """The orders on a page, as they come."""
    return [text for text in page.links if re.fullmatch(r"[A-Z]+-\d+", text)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "A-6 A-5 A-4 A-3 A-2 A-1"),
        ({"sort": "oldest"}, "A-1 A-2 A-3 A-4 A-5 A-6"),
        ({"sort": "lowest"}, "A-4 A-2 A-1 A-6 A-3 A-5"),
        ({"sort": "highest"}, "A-5 A-3 A-6 A-1 A-2 A-4"),
        ({"order": "Open"}, "A-6 A-3 A-1"),
        ({"order": ["Open", "Complete"], "payment": "Paid"}, "A-1"),
        ({"shipment": ["Shipped", "Partial"]}, "A-6 A-2"),
        ({"in": "munich"}, "A-4"),
        ({"storeless": "1"}, "A-6 A-5 A-3 A-2"),
        ({"storeless": "1", "in": "munich"}, ""),
        ({"shipment": "None"}, "A-5 A-4 A-3 A-1"),
        ({"payment": ["None", "Pending"], "order": "Open"}, "A-6 A-3"),
        ({"least": "12.495", "most": "12.50", "currency": "eur"}, "A-6 A-1"),
        ({"least": "0.13", "most": "0.13", "currency": "USD"}, "A-4"),
        ({"least": "12,5", "most": "12,50", "currency": "EUR"}, "A-6 A-1"),
        ({"currency": "USD"}, "A-4"),
        ({"q": "a-3"}, "A-3"),
        ({"q": " ADA@example.com "}, "A-2"),
        ({"q": "Zoë"}, "A-3"),
        ({"q": "o'hara"}, "A-5 A-3"),
        ({"q": "ann o'hara"}, "A-5"),
        ({"q": '") or orderState = "Open'}, ""),
        ({"q": "WRAP"}, ""),
        ({"since": "2020-01-01", "until": "2020-12-31"}, ""),
        ({"return": "Returned"}, ""),
    ],
)
def test_a_filter_finds_what_it_says(
    server: Server, shop: Client, orders: dict[str, Any], asked: dict[str, Any], found: str
) -> None:
    page = desk_of(server, shop).get("orders", asked=asked)
    assert page.status == 200, page.alerts
    assert numbers(page) == found.split()


def test_a_day_ends_with_its_last_millisecond(server: Server, shop: Client, orders: dict[str, Any]) -> None:
    desk, day = desk_of(server, shop), orders["A-1"]["createdAt"][:10]
    assert "A-1" in numbers(desk.get("orders", asked={"since": day, "until": day, "sort": "oldest"}))
    assert numbers(desk.get("orders", asked={"since": "9000-01-01"})) == []
    assert len(numbers(desk.get("orders", asked={"until": "9999-12-31"}))) == 6


@pytest.mark.parametrize(
    "asked",
    [
        {"order": "Opened"},
        {"order": "None"},
        {"sort": "random"},
        {"after": "x"},
        {"after": '2026-01-01T00:00:00.000Z"~00000000-0000-0000-0000-000000000000'},
        {"after": "1 or 1~00000000-0000-0000-0000-000000000000", "sort": "highest"},
        {"since": "yesterday"},
        {"least": "5"},
        {"least": "NaN", "currency": "EUR"},
        {"least": "1e99", "currency": "EUR"},
        {"currency": "XYZ"},
        {"in": 'x"'},
        {"q": "x" * 257},
        {"page": "26"},
    ],
)
def test_what_no_list_has_is_refused_in_a_sentence(server: Server, shop: Client, asked: dict[str, str]) -> None:
    page = desk_of(server, shop).get("orders", asked=asked)
    assert page.status == 400
    assert page.alerts.endswith(".")


@pytest.mark.parametrize("sort", ["newest", "oldest", "changed", "highest", "lowest"])
def test_all_pages_together_have_every_order_once(server: Server, shop: Client, sort: str) -> None:
    shop.create("tax-categories", {"key": "vat", "name": "VAT", "rates": []})
    made = [imported(shop, f"P-{number}", cents=100 + number % 3)["orderNumber"] for number in range(60)]
    desk, seen, pages = desk_of(server, shop), list[str](), 0
    at = f"{desk.at('orders')}?sort={sort}"
    while at:
        page = Page(desk.http.get(at))
        seen += numbers(page)
        pages += 1
        at = page.links.get("Next page", "")
    assert pages == 3
    assert sorted(seen) == sorted(made)
    if sort == "oldest":
        assert seen == made


def test_an_export_has_what_the_filter_finds_and_nothing_else(server: Server, shop: Client, orders: dict[str, Any]) -> None:
    imported(shop, "=1+1", orderState="Open", customerEmail="@sum", cents=5)
    desk = desk_of(server, shop)
    answer = desk.http.get(desk.at("orders.csv"), params={"order": "Open", "sort": "oldest"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="orders-{shop.project}.csv"'
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["orderNumber"], row["total"], row["currency"]) for row in table] == [
        ("A-1", "12.50", "EUR"),
        ("A-3", "12.51", "EUR"),
        ("A-6", "12.50", "EUR"),
        ("'=1+1", "0.05", "EUR"),
    ]
    assert table[1]["name"] == "Zoë O'Hara"
    assert table[3]["customerEmail"] == "'@sum"
    lines = desk.http.get(desk.at("orders.ndjson"), params={"order": "Open", "sort": "oldest"}).text.splitlines()
    wanted = [shop.get(f"orders/{orders[number]['id']}") for number in ("A-1", "A-3", "A-6")]
    assert [json.loads(line) for line in lines[:3]] == wanted


def test_an_export_goes_beyond_one_page_of_the_api(server: Server, shop: Client) -> None:
    shop.create("tax-categories", {"key": "vat", "name": "VAT", "rates": []})
    made = [imported(shop, f"E-{number}")["id"] for number in range(exporting.AT_ONCE + 3)]
    desk = desk_of(server, shop)
    assert Desk(server, shop.project).http.get(desk.at("orders.ndjson")).status_code == 303  # who has not signed in gets none
    text = desk.http.get(desk.at("orders.ndjson"), params={"sort": "oldest"}).text
    assert [json.loads(line)["id"] for line in text.splitlines()] == made


def test_of_many_that_are_changed_each_tells_its_outcome(server: Server, shop: Client, orders: dict[str, Any]) -> None:
    desk = desk_of(server, shop)
    chosen = desk.get("orders", asked={"order": "Open"}).values("chosen")
    assert sorted(chosen) == sorted(f"{orders[number]['id']}:1" for number in ("A-1", "A-3", "A-6"))
    late = orders["A-3"]
    shop.update(f"orders/{late['id']}", 1, {"action": "changePaymentState", "paymentState": "Failed"})
    page = desk.send("orders", fields={"chosen": chosen, "change": "order:Confirmed"}, asked={"order": "Open"})
    assert "2 of 3 orders changed" in page.text
    assert "It was changed since this page was opened." in page.text
    assert page.values("chosen") == [f"{late['id']}:2"]  # the failed one alone, at the version it has now
    states = {number: shop.get(f"orders/{orders[number]['id']}")["orderState"] for number in orders}
    assert states == {
        "A-1": "Confirmed", "A-2": "Confirmed", "A-3": "Open", "A-4": "Complete", "A-5": "Cancelled", "A-6": "Confirmed",
    }  # fmt: skip
    again = desk.send("orders", fields={"chosen": page.values("chosen"), "change": page.values("change")[0]})
    assert "1 of 1 orders changed" in again.text
    assert shop.get(f"orders/{late['id']}")["orderState"] == "Confirmed"
    assert shop.get(f"orders/{late['id']}")["paymentState"] == "Failed"


@pytest.mark.parametrize(
    ("chosen", "change"),
    [
        ([], "order:Open"),
        (["x:1"] * 1, "order:Nothing"),
        (["x:1"], "total:1"),
        (["x:one"], "order:Open"),
        ([f"{number}:1" for number in range(MOST + 1)], "order:Open"),
    ],
)
def test_a_change_of_many_that_says_nothing_is_refused(server: Server, shop: Client, chosen: list[str], change: str) -> None:
    desk = desk_of(server, shop)
    refused = desk.send("orders", fields={"chosen": chosen, "change": change}, asked={"q": 'a"b&c', "order": "Open"})
    assert refused.status == 400
    # The list is there again, with its filter.
    assert Page(desk.http.get(refused.links["Back"])).values("q") == ['a"b&c']


def test_a_clerk_sees_and_changes_what_is_of_her_store(server: Server, shop: Client, orders: dict[str, Any]) -> None:
    clerk = desk_of(server, shop, f"manage_orders:{shop.project}:berlin manage_orders:{shop.project}:munich")
    assert numbers(clerk.get("orders")) == ["A-1"]
    assert numbers(clerk.get("orders", asked={"store": "munich"})) == ["A-4"]
    assert numbers(clerk.get("orders", asked={"store": "elsewhere"})) == ["A-1"]
    assert numbers(clerk.get("orders", asked={"in": "munich"})) == []
    other = f"{orders['A-2']['id']}:1"
    page = clerk.send("orders", fields={"chosen": [other], "change": "order:Open"})
    assert "0 of 1 orders changed" in page.text
    assert shop.get(f"orders/{orders['A-2']['id']}")["version"] == 1
    reader = desk_of(server, shop, f"view_orders:{shop.project}")
    assert "Change the selected to" not in reader.get("orders").text
    page = reader.send("orders", fields={"chosen": [other], "change": "order:Open"})
    assert "0 of 1 orders changed" in page.text


def test_what_a_stranger_has_written_stays_text(server: Server, shop: Client, orders: dict[str, Any]) -> None:
    script = "<script>alert(1)</script>"
    imported(shop, f"X{script}", shippingAddress={"firstName": script, "lastName": '"><img src=x>', "country": "DE"})
    page = desk_of(server, shop).get("orders", asked={"q": '"><svg onload=alert(1)>'})
    assert "<svg" not in page.source
    page = desk_of(server, shop).get("orders")
    assert "<script>alert" not in page.source and "<img" not in page.source
    assert script in page.text


def test_who_has_several_stores_stays_in_the_one_she_looks_at(server: Server, shop: Client, orders: dict[str, Any]) -> None:
    clerk = desk_of(server, shop, f"manage_orders:{shop.project}:berlin manage_orders:{shop.project}:munich")
    page = clerk.get("orders", asked={"store": "munich", "order": "Complete"})
    assert numbers(page) == ["A-4"]
    inside = [link for link in page.links.values() if link.startswith(f"/desk/{shop.project}/")]
    assert len(inside) > 3
    assert all("store=munich" in link for link in inside), inside
    choice = re.compile(r'<form method="get" class="stores" action="([^"]*)">(.*?)<label>', re.DOTALL)
    ((action, kept),) = choice.findall(page.source)
    assert (action, re.findall(r'name="(\w+)" value="(\w+)"', kept)) == (clerk.at("orders"), [("order", "Complete")])
    opened = Page(clerk.http.get(page.links["A-4"]))
    assert opened.status == 200
    assert [(action, kept.strip()) for action, kept in choice.findall(opened.source)] == [(clerk.at("orders"), "")]
    chosen = {"proof": opened.values("proof")[0], "chosen": page.values("chosen"), "change": "shipment:Shipped"}
    (action,) = re.findall(r'<form method="post" action="([^"]*orders[^"]*)"', page.source)
    changed = Page(clerk.http.post(action.replace("&amp;", "&"), data=chosen))
    assert "1 of 1 orders changed" in changed.text
    assert "order=Complete" in changed.links["Back to the list"] and "store=munich" in changed.links["Back to the list"]
    assert shop.get(f"orders/{orders['A-4']['id']}")["shipmentState"] == "Shipped"
