"""Queries over HTTP: every operator, variables, sorting, pages, totals, expansion, and each field the specification names."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client, Server
from shop_setup import BERLIN, by_key, cart_draft, open_shop, order_draft

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture(scope="module")
def asked(server: Server) -> Client:
    """A shop whose carts and orders are only read: carts a, b and c, orders 1 (Open, of a copy of b) and 2 (Complete)."""
    server.project("queries")
    shop = server.client("queries")
    open_shop(shop)
    shop.create("stores", {"key": "berlin"})
    shop.create("carts", {"currency": "EUR", "key": "cart-a", "country": "DE", "locale": "de"})
    shop.create("carts", cart_draft(("mug", 1), key="cart-b", customerEmail="b@example.com", purchaseOrderNumber="7"))
    shop.create("carts", cart_draft(("mug", 2), ("tea", 5), key="cart-c", country=None, anonymousId="anon-1", origin="Merchant"))
    first = shop.create(
        "carts", cart_draft(("mug", 1), anonymousId="anon-2", locale="de", billingAddress={**BERLIN, "city": "Potsdam"})
    )
    shop.create("orders", order_draft(first, orderNumber="N 1", purchaseOrderNumber="P/1"))
    item = {"name": {"en": "Wrapping"}, "slug": "wrapping", "money": {"currencyCode": "EUR", "centAmount": 300}}
    item["taxCategory"] = by_key("tax-category", "standard")
    second = shop.create("carts", cart_draft(("tea", 4), customLineItems=[item], store={"key": "berlin"}))
    order = shop.create("orders", order_draft(second, orderNumber='N"2\\', paymentState="Paid"))
    back = {"quantity": 1, "lineItemId": order["lineItems"][0]["id"], "shipmentState": "Returned"}
    shop.update(
        f"orders/{order['id']}",
        1,
        {"action": "changeShipmentState", "shipmentState": "Shipped"},
        {"action": "addReturnInfo", "items": [back], "returnTrackingId": "R1"},
        {"action": "changeOrderState", "orderState": "Complete"},
    )
    return shop


def carts(asked: Client, *where: str, **parameters: Any) -> list[str]:
    """The keys of the carts that a query finds, sorted; the ordered ones have none and are left out."""
    page = asked.get("carts", params={"where": ['cartState = "Active"', *where], "limit": 500, **parameters})
    assert (page["offset"], page["limit"], page["count"], page["total"]) == (0, 500, len(page["results"]), len(page["results"]))
    return sorted(cart["key"].removeprefix("cart-") for cart in page["results"])


# a is empty; b has a mug at 19.99 and 5.95 for shipping; c two mugs and five teas at 24.50, 162.48 in all, shipped freely.
CARTS = [
    ('key = "cart-b"', "b"),
    ('key != "cart-b"', "ac"),
    ('key <> "cart-b"', "ac"),
    ('key < "cart-b"', "a"),
    ('key <= "cart-b"', "ab"),
    ('key > "cart-b"', "c"),
    ('key >= "cart-b"', "bc"),
    ('key in ("cart-a", "cart-c", "cart-x")', "ac"),
    ('key not in ("cart-a", "cart-x")', "bc"),
    ("totalPrice(centAmount = 2594)", "b"),
    ("totalPrice(centAmount > 2594)", "c"),
    ("totalPrice(centAmount >= 0 and centAmount < 16248)", "ab"),
    ('totalPrice(centAmount = 16248 and currencyCode = "EUR")', "c"),
    ('totalPrice(centAmount = 16248 and currencyCode = "USD")', ""),
    ("country is defined", "ab"),
    ("country is not defined", "c"),
    ("lineItems is empty", "a"),
    ("lineItems is not empty", "bc"),
    ("shippingInfo is not defined", "a"),
    ('not(key = "cart-a")', "bc"),
    ('not key = "cart-a" and not (key = "cart-b")', "c"),
    ('key = "cart-a" or key = "cart-b" and country = "FR"', "a"),
    ('(key = "cart-a" or key = "cart-b") and country = "DE"', "ab"),
    ('lineItems(variant(sku = "tea"))', "c"),
    ('lineItems(variant(sku = "mug") and quantity = 2)', "c"),
    ('lineItems(variant(sku = "mug") and quantity = 5)', ""),  # one line must satisfy both
    ('lineItems(variant(sku = "mug")) and lineItems(quantity = 5)', "c"),
    ('lineItems(productSlug(en = "mug-slug"))', "bc"),
    ('lineItems(name(`en` = "Tea"))', "c"),
    ("lineItems(variant(prices(value(centAmount = 2450))))", "c"),  # below what the queried copy leaves out
    ('shippingAddress(city = "Berlin" and postalCode = "10969")', "bc"),
    ("shippingInfo(price(centAmount = 0))", "c"),
    ('anonymousId = "anon-1"', "c"),
    ('origin = "Merchant"', "c"),
    ('version = 1 and purchaseOrderNumber = "7"', "b"),
    ("version in (1, 2)", "abc"),
    ('createdAt > "2020-01-01T00:00:00.000Z" and createdAt < "2999-01-01"', "abc"),
    ('lastModifiedAt < "2020-01-01T02:00:00+02:00"', ""),
    ("custom is not defined", "abc"),
    ('custom(fields(colour = "red"))', ""),
    ('store(key = "berlin")', ""),
    ("taxedPrice(taxPortions(rate = 0.19))", "bc"),
    ('itemShippingAddresses(key contains any ("a", "b"))', ""),
    ('locale = "de"', "a"),
]


@pytest.mark.parametrize(("where", "found"), CARTS, ids=[where for where, _ in CARTS])
def test_where(asked: Client, where: str, found: str) -> None:
    assert "".join(carts(asked, where)) == found
    status = asked.send("HEAD", "carts", params={"where": ['cartState = "Active"', where]}).status_code
    assert status == (200 if found else 404)


def test_contains(asked: Client) -> None:
    def stores(where: str) -> int:
        return len(asked.get("stores", params={"where": where})["results"])

    asked.create("stores", {"key": "both", "languages": ["en", "de"]})
    assert [stores(f"languages contains {how}") for how in ('all ("en", "de")', 'all ("en", "fr")', 'any ("fr", "de")')] == [
        1,
        0,
        1,
    ]
    assert stores("languages is empty") == stores('key = "berlin"') == 1


@pytest.mark.parametrize("form", ["var.{0}", "{0}"])
def test_variables(asked: Client, form: str) -> None:
    def by(where: str, **values: Any) -> str:
        return "".join(carts(asked, where, **{form.format(name): value for name, value in values.items()}))

    assert by("key = :k", k="cart-b") == "b"
    assert by("key = :k", k='"cart-b"') == "b"
    assert by("key in :keys", keys=["cart-a", "cart-c"]) == "ac"
    assert by("key in (:one, :two)", one="cart-a", two="cart-b") == "ab"
    assert by("totalPrice(centAmount >= :least)", least="2594") == "bc"
    assert by("customerEmail = :email", email="b@example.com") == "b"
    assert by("key = :k", k='" or key is defined or key = "') == ""
    assert asked.refused(400, "GET", "carts", params={"where": "key = :k"})["code"] == "InvalidInput"


def test_several_predicates_all_hold(asked: Client) -> None:
    assert carts(asked, 'key >= "cart-b"', 'key <= "cart-b"') == ["b"]
    assert carts(asked, 'key = "cart-a"', 'key = "cart-b"') == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"where": ""}, "Malformed parameter: where:"),
        ({"where": 'key = "a'}, "Malformed parameter: where: Syntax error while parsing 'where'."),
        ({"where": "key ="}, "(line 1, column 6)"),
        ({"where": "key == 1"}, "(line 1, column 6)"),
        ({"where": 'colour = "red"'}, "Malformed parameter: where:"),
        ({"where": 'lineItems(colour = "red")'}, "'colour'"),
        ({"where": "key = 7"}, "Malformed parameter: where:"),
        ({"where": 'createdAt > "yesterday"'}, "Malformed parameter: where:"),
        ({"where": 'totalPrice = "1"'}, "Malformed parameter: where:"),
        ({"where": "(" * 100 + 'key = "a"' + ")" * 100}, "Malformed parameter: where:"),
        ({"where": 'key = "a\u0000"'}, "Malformed parameter: where:"),
        ({"where": " and ".join(['key = "abcdefghijklmnop"'] * 1_000)}, "Malformed parameter: where:"),
        ({"where": "custom(fields(place within circle(1, 2, 3)))"}, "applies to a field of the resource itself"),
        ({"where": "within circle(1, 2, 3)"}, "Malformed parameter: where:"),
        ({"where": "totalPrice(centAmount > 1e999)"}, "Malformed parameter: where:"),
        ({"where": ['key = "a"', "nonsense"]}, "Malformed parameter: where:"),
        ({"where": "'; DROP TABLE document; --"}, "Malformed parameter: where:"),
        ({"sort": "colour desc"}, "Malformed parameter: sort:"),
        ({"sort": "createdAt down"}, "Malformed parameter: sort:"),
        ({"sort": "lineItems.quantity"}, "Malformed parameter: sort:"),
        ({"sort": "createdAt; DROP TABLE document"}, "Malformed parameter: sort:"),
        ({"sort": ""}, "Malformed parameter: sort:"),
        ({"sort": ["createdAt"] * 11}, "Malformed parameter: sort: More than 10"),
        ({"where": 'lineItems(state(state(foo = "x")))'}, "Malformed parameter: where: The field 'foo'"),
        ({"where": 'lineItems(state(state = "x"))'}, "Malformed parameter: where:"),
        ({"where": "customLineItems(state(state(id = 5)))"}, "Malformed parameter: where:"),
        ({"limit": "501"}, "Malformed parameter: limit:"),
        ({"limit": "-1"}, "Malformed parameter: limit:"),
        ({"limit": "ten"}, "Malformed parameter: limit:"),
        ({"limit": "1.0"}, "Malformed parameter: limit:"),
        ({"limit": "9" * 30}, "Malformed parameter: limit:"),
        ({"limit": ""}, "Malformed parameter: limit:"),
        ({"offset": "10001"}, "Malformed parameter: offset:"),
        ({"offset": "-1"}, "Malformed parameter: offset:"),
        ({"withTotal": "yes"}, "Malformed parameter: withTotal:"),
        ({"withTotal": ""}, "Malformed parameter: withTotal:"),
        ({"expand": ""}, "Malformed parameter: expand:"),
        ({"expand": "cart..id"}, "Malformed parameter: expand:"),
        ({"expand": "a." * 50 + "a"}, "Malformed parameter: expand:"),
        ({"expand": "cart[*"}, "Malformed parameter: expand:"),
    ],
)
def test_parameters_that_are_refused(asked: Client, parameters: dict[str, Any], message: str) -> None:
    error = asked.refused(400, "GET", "carts", params=parameters)
    assert error["code"] == "InvalidInput"
    assert message in error["message"]
    assert error["message"].startswith("Malformed parameter: ")
    if "where" in parameters:
        assert asked.send("HEAD", "carts", params=parameters).status_code == 400


def test_pages_never_repeat_or_drop_rows(server: Server) -> None:
    server.project("pages")
    shop = server.client("pages")
    made = [shop.create("carts", {"currency": "EUR", "country": ("DE", "FR")[number % 2]})["id"] for number in range(23)]
    for sort in (
        "country asc",
        "country desc",
        ["country", "version desc"],
        "createdAt desc",
        "totalPrice.centAmount asc",
        "cartState",
        None,
    ):
        found: list[dict[str, Any]] = []
        for offset in range(0, 30, 5):
            page = shop.get("carts", params={"limit": 5, "offset": offset, **({"sort": sort} if sort else {})})
            assert (page["total"], page["count"]) == (23, len(page["results"]))
            found += page["results"]
        ids = [cart["id"] for cart in found]
        assert sorted(ids) == sorted(made), sort
        if sort == "country desc":
            assert ids == sorted((cart["id"] for cart in found if cart["country"] == "FR"), reverse=True) + sorted(
                (cart["id"] for cart in found if cart["country"] == "DE"), reverse=True
            )
        if sort == "createdAt desc":
            assert [cart["createdAt"] for cart in found] == sorted((cart["createdAt"] for cart in found), reverse=True)
        if sort is None:
            assert ids == sorted(ids)


def test_totals_and_limits(asked: Client) -> None:
    assert asked.get("carts", params={"limit": 0}) == {"limit": 0, "offset": 0, "count": 0, "total": 5, "results": []}
    page = asked.get("carts", params={"withTotal": "false", "limit": 2, "offset": 4})
    assert ("total" in page, page["limit"], page["offset"], page["count"]) == (False, 2, 4, 1)
    page = asked.get("carts", params={"where": 'cartState = "Ordered"', "limit": 1})
    assert (page["total"], page["count"]) == (2, 1)
    page = asked.get("carts", params={"offset": 10_000})
    assert (page["limit"], page["total"], page["count"], page["results"]) == (20, 5, 0, [])
    assert asked.send("HEAD", "carts").status_code == 200
    assert asked.send("HEAD", "carts", params={"where": 'key = "none"'}).content == b""


# The fields that an earlier version of the API lists as queryable: a predicate, and the numbers of the orders it finds.
ORDERS = [
    ('createdAt > "2020-01-01T00:00:00.000Z"', "12"),
    ('lastModifiedAt > "2020-01-01T00:00:00.000Z"', "12"),
    ("completedAt is not defined", "12"),
    ('orderNumber = "N 1"', "1"),
    ('orderNumber = "N\\"2\\\\"', "2"),
    ('orderNumber in ("N 1", "N 3")', "1"),
    ('purchaseOrderNumber = "P/1"', "1"),
    ("customerId is not defined", "12"),
    (f'customerId = "{ID}"', ""),
    ('customerEmail = "ada@example.com"', "12"),
    ('anonymousId = "anon-2"', "1"),
    ('country = "DE"', "12"),
    ("totalPrice(centAmount = 2594)", "1"),  # 19.99 and 5.95
    ("taxedPrice(totalGross(centAmount = 10100))", "2"),  # 4 x 24.50 and 3.00 are 101.00, shipped freely
    ('shippingAddress(country = "DE" and firstName = "Ada")', "12"),
    ('billingAddress(city = "Potsdam")', "1"),
    ("customerGroup is not defined", "12"),
    (f'customerGroup(id = "{ID}")', ""),
    ('orderState = "Complete"', "2"),
    ('orderState != "Complete"', "1"),
    ('shipmentState = "Shipped"', "2"),
    ("shipmentState is not defined", "1"),
    ('paymentState = "Paid"', "2"),
    ("syncInfo is empty", "12"),
    (f'syncInfo(channel(id = "{ID}"))', ""),
    ('returnInfo(returnTrackingId = "R1" and items(shipmentState = "Returned" and paymentState = "Initial"))', "2"),
    ("returnInfo is empty", "1"),
    ('lineItems(variant(sku = "tea") and quantity = 4)', "2"),
    ('customLineItems(slug = "wrapping" and money(centAmount = 300))', "2"),
    ("cart is defined", "12"),
    (f'cart(id = "{ID}")', ""),
    ("paymentInfo is not defined", "12"),
    (f'paymentInfo(payments(id = "{ID}"))', ""),
    ("state is not defined", "12"),
    (f'state(id = "{ID}")', ""),
    ('locale = "de"', "1"),
    ('inventoryMode = "None"', "12"),
    ("shippingRateInput is not defined", "12"),
    ('shippingInfo(shippingMethodName = "Parcel" and price(centAmount = 595))', "1"),
    # And others of the type.
    ("id is defined and version = 2", "2"),
    ('store(key = "berlin")', "2"),
    ('taxMode = "Platform" and taxRoundingMode = "HalfEven" and taxCalculationMode = "LineItemLevel"', "12"),
    ('origin = "Customer"', "12"),
    ("discountCodes is empty", "12"),
    ('businessUnit(key = "b")', ""),
    ("createdBy(clientId is defined)", "12"),
]


@pytest.mark.parametrize(("where", "found"), ORDERS, ids=[where for where, _ in ORDERS])
def test_each_queryable_field_of_an_order(asked: Client, where: str, found: str) -> None:
    page = asked.get("orders", params={"where": where, "sort": "createdAt asc"})
    assert "".join({"N 1": "1", 'N"2\\': "2"}[order["orderNumber"]] for order in page["results"]) == found
    assert page["total"] == len(found)


def test_expansion(asked: Client) -> None:
    path = "orders/order-number=N%201"
    plain = asked.get(path)
    paths = [
        "cart",
        "lineItems[*].productType",
        "lineItems[0].taxCategory",
        "shippingInfo.shippingMethod",
        "taxedPrice",
        "nothing.at[*].all",
    ]
    order = asked.get(path, params={"expand": paths})
    assert (order["cart"]["obj"]["cartState"], order["cart"]["obj"]["id"]) == ("Ordered", order["cart"]["id"])
    assert order["lineItems"][0]["productType"]["obj"]["name"] == "Goods"
    assert order["shippingInfo"]["shippingMethod"]["obj"]["key"] == "parcel"
    nested = asked.get(path, params={"expand": "shippingInfo.shippingMethod.zoneRates[*].zone"})
    zones = [rate["zone"]["obj"]["key"] for rate in nested["shippingInfo"]["shippingMethod"]["obj"]["zoneRates"]]
    assert sorted(zones) == ["germany", "us"]
    page = asked.get("orders", params={"expand": "cart", "sort": "createdAt asc"})
    assert [order["cart"]["obj"]["id"] for order in page["results"]] == [order["cart"]["id"] for order in page["results"]]
    product = asked.get("products/key=mug", params={"expand": ["productType", "taxCategory"]})
    assert (product["productType"]["obj"]["key"], product["taxCategory"]["obj"]["key"]) == ("goods", "standard")
    # An expansion is part of an answer, never of what is stored.
    assert asked.get(path) == plain


def test_a_reference_to_what_is_gone_stays_plain(shop: Client) -> None:
    open_shop(shop)
    cart = shop.create("carts", cart_draft(("mug", 1)))
    order = shop.create("orders", order_draft(cart))
    shop.delete(f"carts/{cart['id']}", 2)
    assert shop.get(f"orders/{order['id']}", params={"expand": "cart"})["cart"] == {"typeId": "cart", "id": cart["id"]}


def test_a_change_may_ask_for_an_expansion(shop: Client) -> None:
    open_shop(shop)
    expand = {"params": {"expand": "shippingInfo.shippingMethod"}}
    cart = shop.create("carts", cart_draft(("mug", 1)), **expand)
    assert cart["shippingInfo"]["shippingMethod"]["obj"]["name"] == "Parcel"
    changed = shop.update(f"carts/{cart['id']}", 1, {"action": "setCustomerEmail", "email": "e"}, **expand)
    assert changed["shippingInfo"]["shippingMethod"]["obj"]["name"] == "Parcel"
    assert "obj" not in shop.get(f"carts/{cart['id']}")["shippingInfo"]["shippingMethod"]
    # What is refused is refused before anything is stored.
    assert shop.refused(400, "POST", "carts", {"currency": "EUR"}, params={"expand": "a..b"})["code"] == "InvalidInput"
    assert shop.get("carts")["total"] == 1


def test_a_predicate_on_a_single_document_is_ignored(asked: Client) -> None:
    assert asked.get("carts/key=cart-a", params={"where": 'key = "cart-b"'})["key"] == "cart-a"


def test_messages_are_asked_by_what_all_have_and_by_what_one_type_has(asked: Client) -> None:
    def told(where: str, **variables: str) -> int:
        return int(asked.get("messages", params={"where": where, **variables})["total"])

    assert told('type = "OrderCreated"') == told('type = "OrderCreated" and createdAt > "2020-01-01T01:00:00+01:00"') == 2
    assert told('type = "OrderCreated" and createdAt > :since', **{"var.since": "2020-01-01"}) == 2
    assert told('createdAt < "0001-01-02"') == 0
    assert told('type = "OrderStateChanged" and orderState = "Complete" and oldOrderState = "Open"') == 1
    assert told('resource(typeId = "order") and sequenceNumber = 1') == 2
    for instant in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday"):
        error = asked.refused(400, "GET", "messages", params={"where": f'createdAt > "{instant}"'})
        assert (error["code"], "expects a date and time" in error["message"]) == ("InvalidInput", True)


# What a statement, a jsonpath or the driver could stumble over. None of it finds anything, and none of it fails.
ODD = [
    "version = 1" + "0" * 390,
    "version > 1e399 or version < -1e399 or version in (1e30, 1.5)",
    "taxedPrice(taxPortions(rate = 1e-399))",
    'createdAt < "0001-01-01T00:00:00.000Z" or createdAt > "9999-12-31T23:59:59.999Z"',
    'custom(fields(`a"b\\` = 1))',
    'custom(fields(`a\'b` = 1 or `$` = true or `*` = true or `ä` = "x"))',
    "country within circle(13.4, 52.5, 1000)",
    "country within circle(180, 90, 1e308)",
    'id = "x" or id in ("x", "y") or id > "zzz" or id = "0F8FAD5B-D9CB-469F-A165-70867728950E"',
    'customerEmail = "\\ud83d\\udce6\\u2028" or customerEmail > "\U0001f4e6"',
    f'customerEmail = "{"a" * 15_000}"',
    f"orderNumber in ({', '.join(chr(34) + str(number) + chr(34) for number in range(2_000))})",
    " or ".join(f'country = "{number}"' for number in range(900)),
    "not " * 3_000 + "id is not defined",
    "(" * 49 + "id is not defined" + ")" * 49,
    'lineItems(variant(attributes(name = "a" and value(key = "a"))))',
    'orderState in ("Open", "Nope") and orderState = "Nope"',
]


@pytest.mark.parametrize("where", ODD, ids=range(len(ODD)))
def test_odd_predicates_find_nothing(asked: Client, where: str) -> None:
    assert asked.get("orders", params={"where": where})["results"] == []
    assert asked.send("HEAD", "orders", params={"where": where}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "id",
        "version desc",
        "store.key",
        "createdBy.clientId",
        "custom.fields.x",
        "custom.fields.`a-b`",
        "custom.fields.a'b\"c{d},e",
    ],
)
def test_odd_sortings_keep_every_row(asked: Client, path: str) -> None:
    assert len(asked.get("orders", params={"sort": path})["results"]) == 2


def test_the_old_form_asks_for_one_customers_active_cart_and_never_lists_others(shop: Client) -> None:
    shop.create("carts", {"currency": "EUR"})
    nobody = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert shop.refused(404, "GET", "carts", params={"customerId": nobody})["code"] == "ResourceNotFound"
    assert shop.refused(404, "GET", f"carts/customer-id={nobody}")["code"] == "ResourceNotFound"
    assert shop.send("HEAD", f"carts/customer-id={nobody}").status_code == 404
    # Beside a predicate it is the value of the variable of that name.
    asked = {"where": "customerId = :customerId", "customerId": nobody}
    assert shop.get("carts", params=asked)["results"] == []
