"""Order search over HTTP: twenty-two orders of one shop, and by hand which of them each expression finds."""

from __future__ import annotations

from typing import Any

import pytest
from searching import LOCALIZED, case, exact, exists, fulltext, prefix, text_field, wildcard, within

from live import Client, Server
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft, product

ODD = "o'100%_a\\b\"@example.com"
CHOICES = [{"key": "red", "label": "Red"}, {"key": "green", "label": "Green"}]
CUSTOM_TYPE = {
    "key": "extra",
    "name": LOCALIZED,
    "resourceTypeIds": ["order", "payment"],
    "fieldDefinitions": [
        text_field("note", {"name": "String"}),
        text_field("gift", {"name": "Boolean"}),
        text_field("points", {"name": "Number"}),
        text_field("day", {"name": "Date"}),
        text_field("at", {"name": "Time"}),
        text_field("when", {"name": "DateTime"}),
        text_field("color", {"name": "Enum", "values": CHOICES}),
        text_field("tags", {"name": "Set", "elementType": {"name": "String"}}),
        text_field("scores", {"name": "Set", "elementType": {"name": "Number"}}),
        text_field("title", {"name": "LocalizedString"}),
    ],
}
CUSTOM: dict[str, dict[str, Any]] = {
    "D-001": {
        "note": "Ring twice, please",
        "gift": True,
        "points": 1.5,
        "day": "2024-02-29",
        "at": "14:00:00",
        "when": "2024-05-01T10:00:00Z",
        "color": "red",
        "tags": ["a", "b"],
        "scores": [1, 9],
        "title": {"en": "Birthday", "de": "Geburtstag"},
    },
    "D-002": {
        "note": "ring once",
        "gift": False,
        "points": 20,
        "day": "2024-03-01",
        "at": "08:30:00.500",
        "when": "2024-05-01T12:30:00+02:00",
        "color": "green",
        "tags": ["b", "c"],
        "scores": [5],
        "title": {"de": "Taufe"},
    },
    "D-003": {"note": "", "points": -3, "tags": []},
}
# Totals in cents: A-00n are n mugs of 19.99 each, B-00n one big mug of 30.00 and n sets of 5.00 each, all others one tea of
# 24.50, and 5.95 for the parcel below 100.00. So A: 2594, 4593, 6592, 8591, 10590, 11994, 13993, 15992.
A = {f"A-00{number}" for number in range(1, 9)}
B = {f"B-00{number}" for number in range(1, 7)}
C = {f"C-00{number}" for number in range(1, 6)}
D = {f"D-00{number}" for number in range(1, 4)}
EVERY = A | B | C | D


def fill(shop: Client) -> None:
    """The orders, in the order of their numbers."""
    open_shop(shop)
    named = {"name": {"en": "Big red mug", "de": "Große rote Tasse"}}
    shop.create("products", {**product("big", 3000), **named})
    shop.create("products", {**product("set", 500), "name": {"en": "Red-tea set"}})
    shop.create("types", CUSTOM_TYPE)
    shop.create("stores", {"key": "harbour", "name": {"en": "Harbour Store", "de": "Hafenladen"}})
    for number in sorted(A):
        count = int(number[-1])
        order(
            shop, number, ("mug", count), customerEmail="ada@example.com", shippingAddress={**BERLIN, "lastName": f"Love{count}"}
        )
    for number in sorted(B):
        order(shop, number, ("big", 1), ("set", int(number[-1])), customerEmail="Bob@Example.com")
    for number in sorted(C):
        order(shop, number, ("tea", 1), customerEmail=ODD, store=by_key("store", "harbour"))
    for number in sorted(D):
        fields = CUSTOM[number]
        made = order(
            shop, number, ("tea", 1), custom={"type": by_key("type", "extra"), "fields": fields}, customerEmail="d@example.com"
        )
        if number == "D-001":
            change(shop, made, {"action": "changeOrderState", "orderState": "Cancelled"})
    pay(shop, "C-001", "visa", 7)
    pay(shop, "C-002", "cash", 8)
    made = shop.get("orders/order-number=A-002")
    item = {"id": made["lineItems"][0]["id"], "quantity": 1}
    change(
        shop,
        made,
        {"action": "addDelivery", "items": [item], "parcels": [{"trackingData": {"trackingId": "TRACK-9", "carrier": "DHL"}}]},
        {
            "action": "addReturnInfo",
            "items": [{"quantity": 1, "lineItemId": item["id"], "shipmentState": "Advised"}],
            "returnTrackingId": "R-7",
        },
        {"action": "changePaymentState", "paymentState": "Paid"},
        {"action": "changeShipmentState", "shipmentState": "Partial"},
    )


def order(shop: Client, number: str, *lines: tuple[str, int], custom: Any = None, **more: Any) -> dict[str, Any]:
    cart = shop.create("carts", cart_draft(*lines, **more))
    made: dict[str, Any] = shop.create("orders", order_draft(cart, orderNumber=number, **({"custom": custom} if custom else {})))
    return made


def change(shop: Client, made: dict[str, Any], *actions: dict[str, Any]) -> None:
    shop.update(f"orders/{made['id']}", made["version"], *actions)


def pay(shop: Client, number: str, method: str, points: int) -> None:
    custom = {"type": by_key("type", "extra"), "fields": {"points": points}}
    draft = {
        "amountPlanned": eur(3045),
        "interfaceId": f"psp-{method}",
        "paymentMethodInfo": {"method": method, "token": {"value": "secret"}},
    }
    payment = shop.create("payments", {**draft, "custom": custom})
    made = shop.get(f"orders/order-number={number}")
    change(shop, made, {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}})


@pytest.fixture(scope="module")
def shop_of_orders(server: Server) -> Client:
    """The orders, which no test changes."""
    server.project("search-shop")
    shop = server.client("search-shop")
    fill(shop)
    return shop


@pytest.fixture(scope="module")
def numbers(shop_of_orders: Client) -> dict[str, str]:
    """Order numbers by id."""
    found = shop_of_orders.get("orders", params={"limit": 500})["results"]
    assert {each["orderNumber"] for each in found} == EVERY
    return {each["id"]: each["orderNumber"] for each in found}


def asked(shop: Client, query: Any, **more: Any) -> dict[str, Any]:
    answer = shop.send("POST", "orders/search", {"query": query, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


STRING, NUMBER, TAGS = {"customType": "StringType"}, {"customType": "NumberType"}, {"customType": "SetType.StringType"}
IN_EN = {"language": "en"}
FOUND: list[tuple[dict[str, Any], set[str]]] = [
    # exact: whole values, their case counts unless it is said not to.
    (exact("orderNumber", "A-001"), {"A-001"}),
    (exact("orderNumber", "a-001"), set()),
    (exact("orderNumber", "a-001", caseInsensitive=True), {"A-001"}),
    (exact("orderNumber", "A-00"), set()),
    ({"exact": {"field": "orderNumber", "values": ["A-001", "B-002", "x"]}}, {"A-001", "B-002"}),
    (exact("customerEmail", "bob@example.com"), set()),
    (exact("customerEmail", "bob@example.com", caseInsensitive=True), B),
    (exact("customerEmail", ODD), C),
    (exact("orderState", "Cancelled"), {"D-001"}),
    (exact("paymentState", "Paid"), {"A-002"}),
    (exact("shipmentState", "Partial"), {"A-002"}),
    (exact("id", "62921"), set()),
    (exact("customerId", "62921"), set()),
    (exact("totalPrice.centAmount", 2594), {"A-001"}),
    (exact("totalPrice.centAmount", 2594.0), {"A-001"}),
    (exact("totalPrice.currencyCode", "USD"), set()),
    (exact("lineItems.variant.sku", "set"), B),
    (exact("lineItems.variant.sku", "SET", caseInsensitive=True), B),
    (exact("lineItems.quantity", 6), {"A-006", "B-006"}),
    (exact("lineItems.name", "Große rote Tasse", language="de"), B),
    (exact("lineItems.name", "GROSSE ROTE TASSE", language="de", caseInsensitive=True), set()),
    (exact("lineItems.name", "GROßE ROTE TASSE", language="de", caseInsensitive=True), B),
    (exact("lineItems.name", "Große rote Tasse", **IN_EN), set()),
    (exact("shippingAddress.country", "DE"), EVERY),
    (exact("shippingAddress.lastName", "Love3"), {"A-003"}),
    (exact("store.key", "harbour"), C),
    (exact("store.name", "Hafenladen", language="de"), C),
    (exact("shippingInfo.deliveries.parcels.trackingData.trackingId", "TRACK-9"), {"A-002"}),
    (exact("returnInfo.items.shipmentState", "Advised"), {"A-002"}),
    (exact("returnInfo.returnTrackingId", "R-7"), {"A-002"}),
    (exact("lineItems.taxRate.amount", 0.19), EVERY),  # of the bulk, which is not in the queried copy
    (exact("shippingInfo.taxRate.includedInPrice", True), EVERY),
    (exact("paymentInfo.payments.interfaceId", "psp-visa"), {"C-001"}),
    (exact("paymentInfo.payments.paymentMethodInfo.method", "cash"), {"C-002"}),
    (exact("paymentInfo.payments.custom.points", 8, **NUMBER), {"C-002"}),
    (exact("paymentInfo.payments.typeId", "payment"), {"C-001", "C-002"}),
    # Custom fields, by the type that they are taken for.
    (exact("custom.note", "ring once", **STRING), {"D-002"}),
    (exact("custom.note", "ring once", fieldType="text"), {"D-002"}),
    (exact("custom.note", "RING ONCE", caseInsensitive=True, **STRING), {"D-002"}),
    (exact("custom.note", "", **STRING), {"D-003"}),
    (exact("custom.gift", True, customType="BooleanType"), {"D-001"}),
    (exact("custom.points", 1.5, **NUMBER), {"D-001"}),
    (exact("custom.day", "2024-02-29", customType="DateType"), {"D-001"}),
    (exact("custom.at", "14:00", customType="TimeType"), {"D-001"}),
    (exact("custom.when", "2024-05-01T12:00:00+02:00", customType="DateTimeType"), {"D-001"}),
    (exact("custom.color", "green", customType="EnumType"), {"D-002"}),
    (exact("custom.tags", "b", **TAGS), {"D-001", "D-002"}),
    (exact("custom.scores", 9, customType="SetType.NumberType"), {"D-001"}),
    (exact("custom.title", "Taufe", customType="LocalizedStringType", language="de"), {"D-002"}),
    (exact("custom.unknown", "x", **STRING), set()),
    # fullText: words, whatever their case, all of them or any.
    (fulltext("lineItems.name", "RED", **IN_EN), B),
    (fulltext("lineItems.name", "re", **IN_EN), set()),
    (fulltext("lineItems.name", "mug red", **IN_EN), B),
    (fulltext("lineItems.name", "mug tea", **IN_EN), B),  # the words of both lines together
    (fulltext("lineItems.name", "mug tea", mustMatch="any", **IN_EN), EVERY),
    (fulltext("lineItems.name", "mug table", **IN_EN), set()),
    (fulltext("lineItems.name", "große", language="de"), B),
    (fulltext("lineItems.name", "GROßE", language="de"), B),
    (fulltext("lineItems.name", "!?", **IN_EN), set()),
    (fulltext("custom.note", "twice ring", **STRING), {"D-001"}),
    (fulltext("custom.note", "ring", **STRING), {"D-001", "D-002"}),
    (fulltext("customerEmail", "example.COM"), EVERY),
    (fulltext("customerEmail", "bob ada", mustMatch="any"), A | B),
    (fulltext("store.name", "harbour", **IN_EN), C),
    # prefix
    (prefix("orderNumber", "B-"), B),
    (prefix("orderNumber", "b-"), set()),
    (prefix("orderNumber", "b-", caseInsensitive=True), B),
    (prefix("orderNumber", "%"), set()),
    (prefix("shippingAddress.lastName", "Lo"), A),
    (prefix("shippingAddress.lastName", "LO", caseInsensitive=True), A),
    (prefix("custom.tags", "a", **TAGS), {"D-001"}),
    (prefix("customerEmail", "o'100%_a\\"), C),
    # wildcard: the whole value.
    (wildcard("orderNumber", "A-00?"), A),
    (wildcard("orderNumber", "*-001"), {"A-001", "B-001", "C-001", "D-001"}),
    (wildcard("orderNumber", "A"), set()),
    (wildcard("orderNumber", "A%"), set()),
    (wildcard("orderNumber", "A_00?"), set()),
    (wildcard("orderNumber", "a-*", caseInsensitive=True), A),
    (wildcard("orderNumber", "A-\\*"), set()),
    (wildcard("customerEmail", "*%_a\\\\b*"), C),
    (wildcard("customerEmail", "*%_a\\b*"), C),  # a backslash before another character is itself
    (wildcard("shippingAddress.lastName", "L*e?"), A),
    (wildcard("lineItems.name", "*red*", **IN_EN), B),
    (wildcard("lineItems.name", "*RED*", caseInsensitive=True, **IN_EN), B),
    (wildcard("lineItems.name", "*RED*", **IN_EN), set()),
    # range
    (within("totalPrice.centAmount", gte=10590, lte=13993), {"A-005", "A-006", "A-007"}),
    (within("totalPrice.centAmount", gt=10590, lt=13993), {"A-006"}),
    (within("totalPrice.centAmount", gt=15991.5), {"A-008"}),
    (within("lineItems.quantity", gte=6), {"A-006", "A-007", "A-008", "B-006"}),
    (within("createdAt", gte="2020-01-01T00:00:00Z"), EVERY),
    (within("createdAt", lt="2020-01-01"), set()),
    (within("returnInfo.items.createdAt", gte="2020-01-01T00:00:00.000Z"), {"A-002"}),
    (within("custom.points", gte=-3, lt=20, **NUMBER), {"D-001", "D-003"}),
    (within("custom.day", gte="2024-03-01", customType="DateType"), {"D-002"}),
    (within("custom.at", lt="09:00:00", customType="TimeType"), {"D-002"}),
    (within("custom.when", gt="2024-05-01T10:00:00.000Z", customType="DateTimeType"), {"D-002"}),
    # One value lies within both bounds: of 1 and 9 none lies between 2 and 8.
    (within("custom.scores", gte=2, lte=8, customType="SetType.NumberType"), {"D-002"}),
    (within("version", gt=1), {"A-002", "C-001", "C-002", "D-001"}),
    # exists
    (exists("orderNumber"), EVERY),
    (exists("customerId"), set()),
    (exists("store"), C),
    (exists("store.key"), C),
    (exists("returnInfo"), {"A-002"}),  # an empty array is nothing
    (exists("shippingAddress"), EVERY),
    (exists("paymentInfo.payments"), {"C-001", "C-002"}),
    (exists("custom"), D),
    (exists("custom.gift", customType="BooleanType"), {"D-001", "D-002"}),
    (exists("custom.tags", **TAGS), {"D-001", "D-002"}),
    (exists("custom.title", customType="LocalizedStringType"), {"D-001", "D-002"}),
    (exists("custom.title", customType="LocalizedStringType", language="en"), {"D-001"}),
    # and, or, not, filter
    ({"and": [exact("lineItems.variant.sku", "mug"), within("lineItems.quantity", gt=6)]}, {"A-007", "A-008"}),
    ({"or": [exact("orderNumber", "A-001"), exact("custom.points", 20, **NUMBER)]}, {"A-001", "D-002"}),
    ({"not": [exact("customerEmail", "ada@example.com"), exists("store")]}, B | D),
    ({"not": [exists("customerId")]}, EVERY),
    ({"not": [exact("customerId", "x")]}, EVERY),  # true where there is no customer
    ({"not": [exact("store.name", "Hafenladen", language="de")]}, A | B | D),
    ({"not": [exact("paymentInfo.payments.interfaceId", "psp-visa")]}, EVERY - {"C-001"}),
    ({"filter": [prefix("orderNumber", "A"), wildcard("orderNumber", "*1")]}, {"A-001"}),
    (
        {
            "and": [
                {"or": [prefix("orderNumber", "A"), prefix("orderNumber", "B")]},
                {"not": [within("totalPrice.centAmount", gt=5000)]},
            ]
        },
        {"A-001", "A-002", "B-001", "B-002"},
    ),
    # Expressions are independent: of B-006 one line is the big mug, and another line has 6 units.
    ({"and": [exact("lineItems.variant.sku", "big"), exact("lineItems.quantity", 6)]}, {"B-006"}),
    # Texts that a careless writer of SQL, of a jsonpath or of a pattern would let out of their quotes.
    (exact("orderNumber", "' OR 1=1 --"), set()),
    (exact("shippingAddress.lastName", '" || true || "'), set()),
    (exact("shippingAddress.lastName", '") || (@ != "'), set()),
    (prefix("shippingAddress.lastName", '" || @ starts with "L'), set()),
    (wildcard("shippingAddress.lastName", "' OR '' = '"), set()),
    (fulltext("customerEmail", "$1 '); DROP TABLE document; --"), set()),
    (exact("custom.a' OR 1=1 --", "x", **STRING), set()),
    (exact('custom.a" ? (1 == 1)', "x", **STRING), set()),
    (exact("custom.note", "\U0001f4a5 {0} %s \u202e", **STRING), set()),
]


@pytest.mark.parametrize(("query", "expected"), FOUND, ids=case)
def test_what_is_found(shop_of_orders: Client, numbers: dict[str, str], query: dict[str, Any], expected: set[str]) -> None:
    found = asked(shop_of_orders, query, limit=100)
    assert {numbers[hit["id"]] for hit in found["hits"]} == expected
    assert (found["total"], found["offset"], found["limit"], len(found["hits"])) == (len(expected), 0, 100, len(expected))
    assert all(0 < hit["relevance"] <= 1 and hit["version"] >= 1 for hit in found["hits"])


def in_order(shop: Client, numbers: dict[str, str], query: Any, *sort: Any, **more: Any) -> list[str]:
    return [numbers[hit["id"]] for hit in asked(shop, query, sort=list(sort), **{"limit": 100, **more})["hits"]]


def test_hits_are_sorted(shop_of_orders: Client, numbers: dict[str, str]) -> None:
    def sorted_by(query: Any, *sort: dict[str, Any]) -> list[str]:
        return in_order(shop_of_orders, numbers, query, *sort)

    lettered = prefix("orderNumber", "A")
    assert sorted_by(lettered, {"field": "orderNumber"}) == sorted(A)
    assert sorted_by(lettered, {"field": "orderNumber", "order": "desc"}) == sorted(A, reverse=True)
    # All else alike, the newest comes first.
    assert sorted_by(lettered) == sorted(A, reverse=True)
    assert sorted_by(lettered, {"field": "createdAt"}) == sorted(A)
    assert sorted_by(lettered, {"field": "totalPrice.centAmount", "order": "desc"}) == sorted(A, reverse=True)
    # The lines of B have 1 and n units: the least is always 1, the most n, the sum n + 1.
    units = {"field": "lineItems.quantity", "order": "desc"}
    assert sorted_by(prefix("orderNumber", "B"), units) == sorted(B, reverse=True)
    assert sorted_by(prefix("orderNumber", "B"), {**units, "mode": "sum", "order": "asc"}) == sorted(B)
    assert sorted_by(prefix("orderNumber", "B"), {**units, "mode": "avg"}) == sorted(B, reverse=True)
    assert sorted_by(prefix("orderNumber", "B"), {**units, "mode": "min"}, {"field": "orderNumber"}) == sorted(B)
    # Only the units of one line, which the others do not have: they come last, whatever the direction.
    of_mugs = {**units, "filter": exact("lineItems.variant.sku", "mug")}
    both = {"or": [exact("orderNumber", number) for number in ("A-001", "A-004", "B-006")]}
    assert sorted_by(both, of_mugs) == ["A-004", "A-001", "B-006"]
    assert sorted_by(both, {**of_mugs, "order": "asc"}) == ["A-001", "A-004", "B-006"]
    by_pattern = {**units, "filter": wildcard("lineItems.name", "*MUG", language="en", caseInsensitive=True)}
    assert sorted_by(both, by_pattern, {"field": "orderNumber", "order": "desc"}) == ["A-004", "B-006", "A-001"]
    # Text in the order of its characters' numbers: "Ring" before "ring"; D-003 has the empty one.
    assert sorted_by(exists("custom.note", **STRING), {"field": "custom.note"}) == ["D-003", "D-001", "D-002"]
    assert sorted_by(exists("custom"), {"field": "custom.points", "customType": "NumberType"}) == ["D-003", "D-001", "D-002"]
    assert sorted_by(exists("custom"), {"field": "custom.points"}) == ["D-003", "D-001", "D-002"]
    assert sorted_by(exists("custom"), {"field": "custom.gift", "fieldType": "boolean", "order": "desc"}) == [
        "D-001",
        "D-002",
        "D-003",
    ]
    title = {"field": "custom.title", "customType": "LocalizedStringType", "language": "de"}
    assert sorted_by(exists("custom"), title) == ["D-001", "D-002", "D-003"]
    some = {"or": [exact("orderNumber", "A-001"), exact("orderNumber", "C-001"), exact("orderNumber", "C-002")]}
    points = {"field": "paymentInfo.payments.custom.points", "customType": "NumberType", "order": "desc"}
    assert sorted_by(some, points) == ["C-002", "C-001", "A-001"]
    assert sorted_by(some, {"field": "store.name", "language": "en"}, {"field": "orderNumber"}) == ["C-001", "C-002", "A-001"]


def test_relevance_is_the_weight_of_what_a_hit_satisfies(shop_of_orders: Client, numbers: dict[str, str]) -> None:
    def scores(query: Any, *sort: dict[str, Any]) -> list[tuple[str, float]]:
        found = asked(shop_of_orders, query, sort=list(sort), limit=100)
        return [(numbers[hit["id"]], round(hit["relevance"], 4)) for hit in found["hits"]]

    two = {"or": [exact("orderNumber", "A-001", boost=3), within("totalPrice.centAmount", lte=2594)]}
    assert scores({"or": [*two["or"], exact("orderNumber", "A-002")]}) == [("A-001", 0.8), ("A-002", 0.2)]
    assert scores({"or": [*two["or"], exact("orderNumber", "A-002")]}, {"field": "score", "order": "asc"})[0] == ("A-002", 0.2)
    assert scores({"and": [two, exact("orderNumber", "A-001")]}) == [("A-001", 1.0)]
    # Of the words "ring" and "once" D-002 has both, D-001 the first.
    assert scores(fulltext("custom.note", "once ring", mustMatch="any", **STRING)) == [("D-002", 1.0), ("D-001", 0.5)]
    # What is filtered or negated has no weight.
    assert scores({"and": [{"filter": [two]}, {"not": [exists("customerId")]}]}) == [("A-001", 1.0)]
    weightless = {"or": [exact("orderNumber", "A-001", boost=0), exact("orderNumber", "A-002", boost=0)]}
    assert scores(weightless) == [("A-002", 1.0), ("A-001", 1.0)]


def test_pages(shop_of_orders: Client, numbers: dict[str, str]) -> None:
    every: dict[str, Any] = {"query": exists("orderNumber"), "sort": [{"field": "orderNumber"}]}
    first = shop_of_orders.send("POST", "orders/search", every).json()
    assert (first["total"], first["limit"], first["offset"], len(first["hits"])) == (22, 10, 0, 10)
    pages = [
        in_order(shop_of_orders, numbers, every["query"], *every["sort"], limit=9, offset=offset) for offset in (0, 9, 18, 27)
    ]
    assert [number for page in pages for number in page] == sorted(EVERY)
    assert [len(page) for page in pages] == [9, 9, 4, 0]
    none = asked(shop_of_orders, every["query"], limit=0)
    assert (none["total"], none["hits"]) == (22, [])


REFUSED: list[tuple[Any, str]] = [
    ({}, "InvalidJsonInput"),
    ({"query": {}}, "InvalidJsonInput"),
    ({"query": []}, "InvalidJsonInput"),
    ({"query": {"exact": {"field": "id", "value": "x"}, "exists": {"field": "id"}}}, "InvalidJsonInput"),
    ({"query": {"fuzzy": {"field": "orderNumber", "value": "x", "level": 1}}}, "InvalidJsonInput"),
    ({"query": {"fullTextPrefix": {"field": "orderNumber", "value": "x"}}}, "InvalidJsonInput"),  # of newer searches only
    ({"query": exists("all")}, "InvalidInput"),  # as is this field
    ({"query": {"and": []}}, "InvalidJsonInput"),
    ({"query": {"not": exists("id")}}, "InvalidJsonInput"),
    ({"query": {"exact": "x"}}, "InvalidJsonInput"),
    ({"query": {"exact": {"value": "x"}}}, "InvalidJsonInput"),
    ({"query": exact("nope", "x")}, "InvalidInput"),
    ({"query": exact("", "x")}, "InvalidInput"),
    ({"query": exact("lineItems.nope", "x")}, "InvalidInput"),
    ({"query": exact("orderNumber.x", "x")}, "InvalidInput"),
    ({"query": exact("a." * 30, "x")}, "InvalidInput"),
    ({"query": {"exact": {"field": "orderNumber"}}}, "InvalidInput"),
    ({"query": {"exact": {"field": "orderNumber", "values": ["x"] * 51}}}, "InvalidInput"),
    ({"query": exact("orderNumber", 5)}, "InvalidInput"),
    ({"query": exact("totalPrice.centAmount", "5")}, "InvalidInput"),
    ({"query": exact("totalPrice.centAmount", True)}, "InvalidInput"),
    ({"query": exact("totalPrice", 5)}, "InvalidInput"),
    ({"query": exact("createdAt", "soon")}, "InvalidInput"),
    ({"query": within("createdAt", gte=5)}, "InvalidInput"),
    ({"query": within("createdAt")}, "InvalidInput"),
    ({"query": within("orderNumber", gte="A")}, "InvalidInput"),
    ({"query": within("custom.day", gte="2024-02-30", customType="DateType")}, "InvalidInput"),
    ({"query": within("custom.at", gte="25:00:00", customType="TimeType")}, "InvalidInput"),
    ({"query": fulltext("totalPrice.centAmount", "5")}, "InvalidInput"),
    ({"query": fulltext("orderNumber", "5", mustMatch="some")}, "InvalidInput"),
    ({"query": prefix("createdAt", "2024")}, "InvalidInput"),
    ({"query": wildcard("shippingAddress", "*")}, "InvalidInput"),
    ({"query": exact("lineItems.name", "Mug")}, "InvalidInput"),  # in which language?
    ({"query": exact("lineItems.name", "Mug", language="en/de")}, "InvalidInput"),
    ({"query": exact("orderNumber", "x", language="en")}, "InvalidInput"),
    ({"query": exact("custom.note", "x")}, "InvalidInput"),  # of which type?
    ({"query": exact("custom.note", "x", customType="Text")}, "InvalidInput"),
    ({"query": exact("custom.note", "x", customType=["StringType"])}, "InvalidInput"),
    ({"query": exact("custom.note", 5, **STRING)}, "InvalidInput"),
    ({"query": exact("orderNumber", "5", **NUMBER)}, "InvalidInput"),
    ({"query": exact("orderNumber", "x", caseInsensitive="yes")}, "InvalidInput"),
    ({"query": exact("orderNumber", "x", boost=-1)}, "InvalidInput"),
    ({"query": exact("orderNumber", "x", boost="2")}, "InvalidInput"),
    ({"query": exact("orderNumber", "x" * 257)}, "InvalidInput"),
    ({"query": wildcard("orderNumber", "*" * 257)}, "InvalidInput"),
    ({"query": exact("shippingAddress.city", "\u0000")}, "InvalidInput"),
    ({"query": exact("custom.a\u0000", "x", **STRING)}, "InvalidInput"),
    ({"query": {"or": [exists("id")] * 50}}, "InvalidInput"),  # with the `or` itself 51
    # The token of a payment is not to be guessed at.
    ({"query": prefix("paymentInfo.payments.paymentMethodInfo.token.value", "s")}, "InvalidInput"),
    ({"query": exists("paymentInfo.payments.interfaceInteractions")}, "InvalidInput"),
    ({"query": exists("id"), "limit": 101}, "InvalidInput"),
    ({"query": exists("id"), "limit": -1}, "InvalidInput"),
    ({"query": exists("id"), "offset": 10_001}, "InvalidInput"),
    ({"query": exists("id"), "limit": "5"}, "InvalidJsonInput"),
    ({"query": exists("id"), "sort": [{"field": "nope"}]}, "InvalidInput"),
    ({"query": exists("id"), "sort": [{"order": "asc"}]}, "InvalidJsonInput"),
    ({"query": exists("id"), "sort": [{"field": "id", "order": "up"}]}, "InvalidJsonInput"),
    ({"query": exists("id"), "sort": [{"field": "totalPrice"}]}, "InvalidInput"),
    ({"query": exists("id"), "sort": [{"field": "lineItems.name"}]}, "InvalidInput"),
    ({"query": exists("id"), "sort": [{"field": "orderNumber", "mode": "avg"}]}, "InvalidInput"),
    ({"query": exists("id"), "sort": [{"field": "score", "mode": "avg"}]}, "InvalidInput"),
    ({"query": exists("id"), "sort": [{"field": "lineItems.quantity", "filter": {"and": [exists("id")]}}]}, "InvalidJsonInput"),
    ({"query": exists("id"), "sort": [{"field": "id"}] * 11}, "InvalidInput"),
]


@pytest.mark.parametrize(("body", "code"), REFUSED, ids=case)
def test_what_is_refused(shop_of_orders: Client, body: Any, code: str) -> None:
    assert shop_of_orders.refused(400, "POST", "orders/search", body)["code"] == code


def test_the_refusal_says_where_and_why(shop_of_orders: Client) -> None:
    body = {"query": {"and": [exists("id"), {"not": [{}]}]}}
    error = shop_of_orders.refused(400, "POST", "orders/search", body)
    expected = "Exactly one [fullText], [exact], [prefix], [wildcard], [range] or [exists] expression needed"
    assert error["detailedErrorMessage"].startswith(f"Invalid JSON at '.query.and[1].not[0]': {expected}")
    error = shop_of_orders.refused(400, "POST", "orders/search", {"query": exact("custom.note", "x")})
    assert error["message"] == "Field [custom.note]: Type is missing."


def test_deep_queries_are_refused_or_answered(shop_of_orders: Client) -> None:
    query = exists("id")
    for _ in range(49):
        query = {"and": [query]}
    assert asked(shop_of_orders, query)["total"] == 22
    assert shop_of_orders.refused(400, "POST", "orders/search", {"query": {"and": [query]}})["code"] == "InvalidInput"
    deep = b'{"query":' + b'{"not":[' * 20_000 + b'{"exists":{"field":"id"}}' + b"]}" * 20_000 + b"}"
    assert shop_of_orders.refused(400, "POST", "orders/search", deep)["code"] == "InvalidJsonInput"


def test_what_is_written_is_found_at_once_and_only_in_its_project(shop: Client) -> None:
    assert asked(shop, exists("id"))["total"] == 0
    open_shop(shop)
    made = order(shop, "N-1", ("mug", 1))
    found = asked(shop, exact("orderNumber", "N-1"))
    assert found["hits"] == [{"id": made["id"], "version": 1, "relevance": 1.0}]
    change(shop, made, {"action": "changeOrderState", "orderState": "Complete"})
    assert asked(shop, exact("orderState", "Complete"))["hits"] == [{"id": made["id"], "version": 2, "relevance": 1.0}]
    shop.delete(f"orders/{made['id']}", 2)
    assert asked(shop, exact("orderNumber", "N-1"))["total"] == 0


def test_the_search_is_there_until_it_is_switched_off(shop: Client) -> None:
    assert shop.send("HEAD", "orders/search").status_code == 200
    version = shop.get("")["version"]
    shop.update("", version, {"action": "changeOrderSearchStatus", "status": "Deactivated"})
    assert shop.send("HEAD", "orders/search").status_code == 404
    assert shop.refused(404, "POST", "orders/search", {"query": exists("id")})["code"] == "ResourceNotFound"
    version = shop.get("")["version"]
    shop.update("", version, {"action": "changeOrderSearchStatus", "status": "Activated"})
    assert shop.send("HEAD", "orders/search").status_code == 200


def test_who_may_search(shop: Client, client_with: Any) -> None:
    body = {"query": exists("id")}
    assert client_with(shop.project, f"view_orders:{shop.project}").send("POST", "orders/search", body).status_code == 200
    for scope in (f"view_products:{shop.project}", f"view_orders:{shop.project}:harbour"):
        assert client_with(shop.project, scope).refused(403, "POST", "orders/search", body)["code"] == "insufficient_scope"
    assert shop.refused(405, "GET", "orders/search")["code"] == "MethodNotAllowed"
