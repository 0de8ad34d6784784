"""Carts, customers and products at the desk: found, paged, read and linked, as far as the token goes."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from backdated import dated, days_ago
from desks import Desk, desk_of

from live import Client, Server
from orderwright.desk.browsing.listing import PAGE
from orderwright.domain.cart.resource import RESOURCE as CARTS
from orderwright.domain.customer.resource import RESOURCE as CUSTOMERS
from orderwright.domain.goods.product.resource import RESOURCE as PRODUCTS
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft, product

EVIL = "<script>alert(1)</script>"
Told = Mapping[str, Any]


def page(desk: Desk, *words: str, status: int = 200, **asked: Any) -> httpx.Response:
    """A page of the desk, on which no script of a client's stands."""
    found = desk.http.get(desk.at(*words), params=asked)
    assert found.status_code == status, found.text
    assert EVIL not in found.text
    return found


def rows(found: httpx.Response, place: str) -> list[str]:
    """The ids that the rows of a list lead to, in their order."""
    return re.findall(rf'<th scope="row"><a href="/desk/[^/"]+/{place}/([0-9a-f-]{{36}})', found.text)


def ids(desk: Desk, place: str, **asked: Any) -> list[str]:
    """What a list finds, on its first page."""
    return rows(page(desk, place, **asked), place)


def customer(shop: Client, email: str, **more: Any) -> Any:
    """A new customer."""
    return shop.create("customers", {"email": email, "password": "secret", **more})["customer"]


@pytest.mark.parametrize("place", ["carts", "customers", "products"])
@pytest.mark.parametrize("sorting", ["newest", "oldest", "changed"])
def test_paging_finds_all_once_in_their_order(server: Server, shop: Client, place: str, sorting: str) -> None:
    open_shop(shop)
    first: Told = {
        "carts": lambda: shop.create("carts", cart_draft(("mug", 1))),
        "customers": lambda: customer(shop, "ada@example.com"),
        "products": lambda: shop.create("products", product("box", 100)),
    }[place]()
    kind = {"carts": CARTS, "customers": CUSTOMERS, "products": PRODUCTS}[place]
    made = []
    for number in range(2 * PAGE + 1):
        more = {"email": f"c{number}@example.com"} if place == "customers" else {"key": f"k-{number}"}
        # Of some the moments are alike, so that only their ids tell them apart.
        at = days_ago(1 + number // 3)
        made.append((at, dated(server, shop, kind, another(first, number), at, **more)))
    desk = desk_of(server, shop)
    found, further = [], f"{desk.at(place)}?q=&sort={sorting}"
    pages = 0
    while further:
        answer = desk.http.get(further)
        shown = rows(answer, place)
        assert 0 < len(shown) <= PAGE
        found += shown
        pages += 1
        following = re.search(r'href="([^"]*)" rel="next"', answer.text)
        further = html.unescape(following[1]) if following else ""
    expected = [id for _, id in sorted(made, reverse=sorting != "oldest")]
    there = {id for _, id in made}
    assert [id for id in found if id in there] == expected
    assert len(found) == len(set(found))
    assert first["id"] in found
    assert pages == 3


def another(document: Told, number: int) -> Told:
    """A product without what only one may have; anything else as it is."""
    if "masterData" not in document:
        return document
    data = document["masterData"]
    variant = {**data["staged"]["masterVariant"], "sku": None}
    part = {**data["staged"], "masterVariant": variant, "slug": {"en": f"box-{number}"}}
    return {**document, "masterData": {**data, "current": part, "staged": part}}


def test_a_cart_is_found_and_leads_to_its_customer_its_order_and_its_products(server: Server, shop: Client) -> None:
    open_shop(shop)
    ada = customer(shop, "ada@example.com", firstName="Ada", lastName=EVIL)
    cart = shop.create("carts", cart_draft(("mug", 2), ("tea", 1), customerId=ada["id"], key="hers"))
    other = shop.create("carts", cart_draft(("tea", 1), customerEmail="eve@example.com"))
    order = shop.create("orders", order_draft(cart, orderNumber="A-1"))
    desk = desk_of(server, shop)
    for text in (cart["id"], ada["id"], "hers", "ADA@example.com"):
        assert ids(desk, "carts", q=text) == [cart["id"]], text
    assert ids(desk, "carts", q="eve@example.com") == [other["id"]]
    assert ids(desk, "carts", q="nobody") == []
    assert ids(desk, "carts", state="Active") == [other["id"]]
    assert ids(desk, "carts", currency="EUR") == [other["id"], cart["id"]]
    assert ids(desk, "carts", currency="USD") == []
    shown = page(desk, "carts", cart["id"])
    # 2 x 19.99 + 24.50, and 5.95 for the parcel, which is free from 100.
    for amount in ("€39.98", "€24.50", "€5.95", "€70.43"):
        assert amount in shown.text, amount
    assert f'href="/desk/{shop.project}/orders/{order["id"]}">A-1</a>' in shown.text
    assert f'href="/desk/{shop.project}/customers/{ada["id"]}">Ada {html.escape(EVIL)}</a>' in shown.text
    mug = shop.get("products/key=mug")
    assert f'href="/desk/{shop.project}/products/{mug["id"]}">Mug</a>' in shown.text
    assert "Ordered" in shown.text
    bought = page(desk, "orders", order["id"])
    assert f'href="/desk/{shop.project}/products/{mug["id"]}">Mug</a>' in bought.text
    assert f'href="/desk/{shop.project}/customers/{ada["id"]}">' in bought.text
    assert "/products/" not in page(desk_of(server, shop, f"view_orders:{shop.project}"), "orders", order["id"]).text
    assert ">A-1</a>" not in page(desk, "carts", other["id"]).text
    page(desk, "carts", "no-such-cart", status=404)


def test_what_was_made_at_once_can_be_told_apart(server: Server, shop: Client) -> None:
    open_shop(shop)
    made = [shop.create("carts", cart_draft(("mug", 1)))["id"] for _ in range(2)]
    links = desk_of(server, shop).get("carts").links
    # The beginning of an id is the time, which they share but for the milliseconds.
    assert {name for name, href in links.items() if href.rpartition("/")[2] in made} == {id[-8:] for id in made}


def test_a_customer_is_found_by_what_one_knows_of_her(server: Server, shop: Client) -> None:
    ada = customer(shop, "Ada.Winter@example.com", customerNumber="K-7", firstName="Ada", lastName="Winter", companyName="Looms")
    eve = customer(shop, "eve@example.com", firstName=EVIL, lastName="Summer")
    desk = desk_of(server, shop)
    for text in ("ada.winter@EXAMPLE.com", "K-7", "k-7", "winter", "ADA", "ada winter", "looms", ada["id"]):
        assert ids(desk, "customers", q=text) == [ada["id"]], text
    assert ids(desk, "customers", q="ada summer") == []
    assert ids(desk, "customers") == [eve["id"], ada["id"]]
    assert html.escape(EVIL) in page(desk, "customers").text


def test_a_customer_has_her_orders_and_carts_the_newest_first(server: Server, shop: Client) -> None:
    open_shop(shop)
    shop.create("customer-groups", {"groupName": "VIP", "key": "vip"})
    home = {"country": "DE", "firstName": "Ada", "streetName": "Lindenweg", "city": "Berlin", "key": "home"}
    more = {
        "firstName": "Ada",
        "customerGroup": by_key("customer-group", "vip"),
        "addresses": [home],
        "defaultShippingAddress": 0,
    }
    ada = customer(shop, "ada@example.com", **more)
    made = []
    for number in range(12):
        cart = shop.create("carts", cart_draft(("mug", 1), customerId=ada["id"]))
        made.append(shop.create("orders", order_draft(cart, orderNumber=f"A-{number}"))["id"])
    stranger = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 1)))))["id"]
    desk = desk_of(server, shop)
    shown = page(desk, "customers", ada["id"])
    assert rows(shown, "orders") == made[:1:-1]
    assert len(rows(shown, "carts")) == 10
    for text in ("vip", "Lindenweg", "usual shipping address", "ada@example.com"):
        assert text in shown.text, text
    (all_of_them,) = re.findall(r'href="([^"]*)">All orders of this customer', shown.text)
    assert set(rows(desk.http.get(html.unescape(all_of_them)), "orders")) == set(made)
    assert stranger not in shown.text
    (carts,) = re.findall(r'href="([^"]*)">All carts of this customer', shown.text)
    assert len(rows(desk.http.get(html.unescape(carts)), "carts")) == 12


def test_a_product_is_found_by_key_sku_and_name(server: Server, shop: Client) -> None:
    open_shop(shop)
    draft = product("loom", 100)
    draft |= {"name": {"en": "Hand loom", "de": "Webstuhl"}, "variants": [{"sku": "loom-large"}]}
    loom = shop.create("products", draft)
    renamed = shop.update(f"products/{loom['id']}", loom["version"], {"action": "changeName", "name": {"en": EVIL, "de": "Neu"}})
    desk = desk_of(server, shop)
    for text in ("loom", "LOOM-LARGE", "webstuhl", "Webstuhl", "neu", loom["id"], EVIL):
        assert ids(desk, "products", q=text) == [loom["id"]], text
    assert ids(desk, "products", q="nothing") == []
    assert len(ids(desk, "products")) == 3
    assert renamed["masterData"]["hasStagedChanges"]
    assert html.escape(EVIL) in page(desk, "products", loom["id"], part="staged").text
    published = page(desk, "products", loom["id"]).text
    assert "Hand loom" in published
    assert "with changes that are not published" in published
    german = desk_of(server, shop, language="de-DE")
    assert "<h1>Webstuhl</h1>" in page(german, "products", loom["id"]).text


def test_a_product_is_found_by_a_long_name_in_a_project_of_many_languages(server: Server, shop: Client) -> None:
    open_shop(shop)
    languages = [
        "en",
        "de",
        *(f"{tag}-CH" for tag in ("en", "fr", "it", "rm")),
        *["fr", "it", "es", "pt", "nl", "pl", "cs", "da", "sv", "fi", "hu", "ro", "sk", "sl"],
    ]
    assert len(languages) == 20
    shop.update("", shop.get("")["version"], {"action": "changeLanguages", "languages": languages})
    name = "Webstuhl " + "x" * 247
    loom = shop.create("products", {**product("loom", 100), "name": {"fr-CH": name}})
    assert ids(desk_of(server, shop), "products", q=name) == [loom["id"]]


def test_a_product_shows_its_prices_and_its_stock(server: Server, shop: Client) -> None:
    open_shop(shop)
    shop.create("channels", {"key": "north", "roles": ["InventorySupply", "ProductDistribution"]})
    channel = by_key("channel", "north")
    shop.create("inventory", {"sku": "mug", "quantityOnStock": 7})
    shop.create("inventory", {"sku": "mug", "quantityOnStock": 11, "supplyChannel": channel})
    shop.create("inventory", {"sku": "tea", "quantityOnStock": 13})
    shop.create("standalone-prices", {"sku": "mug", "value": eur(1500), "country": "FR", "channel": channel})
    shop.create("standalone-prices", {"sku": "tea", "value": eur(1600)})
    mug = shop.get("products/key=mug")
    shown = page(desk_of(server, shop), "products", mug["id"]).text
    prices, standalone, stock = re.split(r"<h2>(?:Standalone prices|Stock)</h2>", shown)
    assert "€19.99" in prices
    assert "US$19.99" in prices
    assert "€15.00" in standalone
    assert "<td>FR</td><td></td><td>north</td>" in standalone
    assert "€16.00" not in shown
    found = re.findall(r'<td>(\w*)</td><td class="figure">(\d+)</td><td class="figure">(\d+)</td>', stock)
    assert sorted(found) == [("", "7", "7"), ("north", "11", "11")]
    # Who may see products and no standalone prices sees the rest.
    fewer = page(desk_of(server, shop, f"view_products:{shop.project}"), "products", mug["id"]).text
    assert "Standalone prices" not in fewer
    assert "<h2>Stock</h2>" in fewer


def test_a_product_of_very_many_long_skus_is_shown(server: Server, shop: Client) -> None:
    open_shop(shop)
    draft = product("many", 100)
    draft["variants"] = [{"sku": f"{number:03d}{'x' * 250}"} for number in range(99)]
    many = shop.create("products", draft)
    shop.create("inventory", {"sku": draft["variants"][98]["sku"], "quantityOnStock": 3})
    shown = page(desk_of(server, shop), "products", many["id"]).text
    assert '<td class="figure">3</td>' in shown.partition("<h2>Stock</h2>")[2]


def test_a_clerk_sees_the_carts_and_customers_of_her_store(server: Server, shop: Client) -> None:
    open_shop(shop)
    for key in ("berlin", "hamburg"):
        shop.create("stores", {"key": key, "name": {"en": key.title()}})
    hers = shop.create("carts", cart_draft(("mug", 1), store=by_key("store", "berlin")))
    others = shop.create("carts", cart_draft(("mug", 1), store=by_key("store", "hamburg")))
    ada = customer(shop, "ada@example.com", stores=[by_key("store", "berlin")])
    eve = customer(shop, "eve@example.com", stores=[by_key("store", "hamburg")])
    scopes = " ".join(f"view_{what}:{shop.project}:berlin" for what in ("orders", "customers", "products"))
    clerk = desk_of(server, shop, scopes)
    assert ids(clerk, "carts") == [hers["id"]]
    assert ids(clerk, "carts", **{"in": "hamburg"}) == []
    assert ids(clerk, "customers") == [ada["id"]]
    page(clerk, "carts", others["id"], status=404)
    page(clerk, "customers", eve["id"], status=404)
    shown = page(clerk, "carts", hers["id"]).text
    assert f"/desk/{shop.project}/products" not in shown  # which no door of a store shows
    page(clerk, "products", status=403)


@pytest.mark.parametrize(("place", "scope"), [("carts", "products"), ("customers", "orders"), ("products", "orders")])
def test_what_the_token_does_not_open_is_neither_offered_nor_shown(server: Server, shop: Client, place: str, scope: str) -> None:
    open_shop(shop)
    desk = desk_of(server, shop, f"manage_{scope}:{shop.project}")
    refused = page(desk, place, status=403)
    assert 'role="alert"' in refused.text
    assert f'href="/desk/{shop.project}/{place}"' not in refused.text
    page(desk, place, "2be40bb7-fc7f-4768-852a-f3644e11331d", status=403)


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        ("carts", {"state": "Gone"}),
        ("carts", {"since": "yesterday"}),
        ("carts", {"in": "a b"}),
        ("carts", {"currency": "XXZ"}),
        ("customers", {"sort": "highest"}),
        ("customers", {"after": "2026-01-01T00:00:00.000Z"}),
        ("products", {"after": "x~2be40bb7-fc7f-4768-852a-f3644e11331d"}),
        ("products", {"q": "x" * 257}),
    ],
)
def test_what_no_list_has_is_refused_on_a_page(server: Server, shop: Client, place: str, asked: dict[str, str]) -> None:
    assert 'role="alert"' in page(desk_of(server, shop), place, status=400, **asked).text
