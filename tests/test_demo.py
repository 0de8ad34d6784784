"""The demo project: what it holds, that it is the same each time, and that a load that was killed is finished by the next."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar, get_args
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from domain.facts import facts as read
from live import speccheck
from orderwright import demo
from orderwright.app import verbs_over
from orderwright.demo.products import charming, isbn, slug
from orderwright.domain.goods.product.model import Product
from orderwright.domain.goods.product_discount.of_products import discounted
from orderwright.domain.order.model import OrderState, ShipmentState
from orderwright.domain.sale.model import PaymentState
from orderwright.engine.access import Access
from orderwright.engine.actions import Change
from orderwright.engine.facts import Catalogue
from orderwright.engine.json.codec import decode_body, decoder
from orderwright.engine.model import ClientLogging
from orderwright.engine.scalars import DateTime
from orderwright.engine.steps import drained
from orderwright.resources import RESOURCES
from orderwright.settings import Settings
from orderwright.storage import migrations
from orderwright.storage.database import Database
from orderwright.storage.documents.check import check

T = TypeVar("T")
Json = dict[str, Any]
TYPES = {resource.type_id: resource for resource in RESOURCES}
SCHEMAS = {
    "customer": "Customer",
    "order": "Order",
    "cart": "Cart",
    "product": "Product",
    "product-type": "ProductType",
    "shipping-method": "ShippingMethod",
    "product-discount": "ProductDiscount",
    "cart-discount": "CartDiscount",
    "discount-code": "DiscountCode",
}


class KilledError(Exception):
    """Stands for the end of the process."""


class Room:
    """A database of its own, so that a whole load and its check see nothing else."""

    def __init__(self, dsn: str, settings: Settings) -> None:
        self.dsn = dsn
        self._settings = settings

    def run(self, work: Callable[[Database], Awaitable[T]]) -> T:
        async def opened() -> T:
            database = await Database.connect(self.dsn, self._settings)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(opened())

    def documents(self) -> dict[str, list[Json]]:
        """Every document by type, oldest first, as it is served."""
        statement = "SELECT type, body FROM document WHERE shard = $1 ORDER BY created_at, id"
        found: dict[str, list[Json]] = {}
        for row in self.run(lambda database: database.fetch(statement, "demo")):
            found.setdefault(row["type"], []).append(msgspec.json.decode(row["body"]))
        return found

    def messages(self) -> list[str]:
        statement = "SELECT body FROM message WHERE shard = $1 ORDER BY id"
        return [row["body"] for row in self.run(lambda database: database.fetch(statement, "demo"))]


@contextmanager
def new_room(database_url: str, settings: Settings) -> Iterator[Room]:
    name = f"demo_{uuid4().hex}"
    dsn = urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))

    async def admin(statement: str) -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(admin(f"CREATE DATABASE {name}"))
    asyncio.run(migrations.migrate(dsn))
    yield Room(dsn, settings)
    asyncio.run(admin(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def loaded(database_url: str, settings: Settings) -> Iterator[Room]:
    """The demo project, loaded in one go."""
    with new_room(database_url, settings) as room:
        calls: list[tuple[int, int]] = []
        report = room.run(lambda database: demo.seed(database, lambda done, total: calls.append((done, total))))
        assert report is not None
        assert (report.products, report.orders) == (60, 300)
        assert calls == [(done, 629) for done in range(1, 630)]
        yield room


@pytest.fixture(scope="module")
def documents(loaded: Room) -> dict[str, list[Json]]:
    return loaded.documents()


@pytest.fixture(scope="module")
def orders(documents: dict[str, list[Json]]) -> dict[str, Json]:
    return {order["orderNumber"]: order for order in documents["order"]}


def silent(_done: int, _total: int) -> None:
    """For loads whose progress nobody watches."""


def test_every_row_agrees_with_its_document(loaded: Room) -> None:
    assert loaded.run(lambda database: check(database, TYPES)) == []


def test_a_second_load_changes_nothing(loaded: Room, documents: dict[str, list[Json]]) -> None:
    assert loaded.run(lambda database: demo.seed(database, silent)) is None
    assert loaded.documents() == documents


def test_what_there_is_of_each_type(documents: dict[str, list[Json]]) -> None:
    assert {type_id: len(found) for type_id, found in documents.items()} == {
        "project": 1, "tax-category": 4, "zone": 4, "store": 2, "shipping-method": 3, "product-type": 5,
        "product": 60, "inventory-entry": 199, "customer": 32, "cart": 312, "order": 300, "state": 1, "product-discount": 1,
        "cart-discount": 4, "discount-code": 1,
    }  # fmt: skip
    keys = {product_type["id"]: product_type["key"] for product_type in documents["product-type"]}
    sold = Counter(keys[product["productType"]["id"]] for product in documents["product"])
    assert sold == {"clothing": 18, "book": 16, "food": 14, "electronics": 12}
    assert sorted(store["key"] for store in documents["store"]) == ["berlin", "newyork"]


def test_all_is_valid_by_the_published_schema(documents: dict[str, list[Json]]) -> None:
    checker = speccheck()
    if checker is None:
        pytest.skip("the published schema is not in this checkout")
    problems = [checker.problems(schema, found) for type_id, schema in SCHEMAS.items() for found in documents[type_id][::10]]
    assert [problem for problem in problems if problem] == []


def test_every_variant_has_a_price_in_each_currency(documents: dict[str, list[Json]]) -> None:
    dated = tiered = scoped = 0
    for product in documents["product"]:
        data = product["masterData"]["current"]
        assert product["masterData"]["published"]
        for variant in (data["masterVariant"], *data["variants"]):
            plain = [price["value"]["currencyCode"] for price in variant["prices"] if not price.keys() & {"country", "validFrom"}]
            assert sorted(plain) == ["EUR", "GBP", "USD"]
            dated += any("validFrom" in price for price in variant["prices"])
            tiered += any("tiers" in price for price in variant["prices"])
            scoped += any("country" in price for price in variant["prices"])
    assert min(dated, tiered, scoped) > 20


def test_the_sale_is_on_headphones_and_speakers(documents: dict[str, list[Json]]) -> None:
    """129.00 and 199.00 EUR less 15 %, as a server finds it due when it starts."""
    known = [(each, found) for each in ("product-discount", "product-type") for found in documents[each]]
    catalogue = Catalogue(1, [(each, decoder(TYPES[each].model).decode(msgspec.json.encode(found))) for each, found in known])
    (sale,) = documents["product-discount"]
    facts = read(catalogue, now=DateTime(sale["validFrom"]))
    reduced = {}
    for found in documents["product"]:
        product = decoder(Product).decode(msgspec.json.encode(found))
        after = drained(discounted(product, Change(product), facts)).after
        for variant in after.master_data.current.all_variants:
            for price in variant.prices or ():
                if price.discounted and price.value.currency_code == "EUR" and not price.valid_from and not price.country:
                    reduced[variant.sku] = price.discounted.value.cent_amount
    assert reduced == {"HEADSET-BLACK": 10965, "HEADSET-SAND": 10965, "SPEAKER-BLACK": 16915, "SPEAKER-WHITE": 16915}


def tried(room: Room, **draft: Any) -> Json:
    """The cart that a draft would make in Germany, sent by the standard method."""
    address = {"country": "DE", "city": "Berlin"}
    body = {"currency": "EUR", "country": "DE", "shippingAddress": address, "shippingMethod": {"key": "standard"}, **draft}
    access = Access(shard="demo", who=ClientLogging(client_id="tester"), dry_run=True)

    async def create(database: Database) -> bytes:
        return await verbs_over(database).create(
            TYPES["cart"], decode_body(TYPES["cart"].draft, json.dumps(body).encode()), access
        )

    found: Json = json.loads(room.run(create))
    return found


def test_three_books_for_the_price_of_two_and_a_code(loaded: Room) -> None:
    """14.00, 13.00 and 16.00 EUR: the cheapest is free. The code takes 10 % off the other two: 1.40 and 1.60."""
    books = [{"sku": sku} for sku in ("HARBOUR-PA", "ORCHARD-PA", "SIGNAL-PA")]
    cart = tried(loaded, lineItems=books)
    assert [line["totalPrice"]["centAmount"] for line in cart["lineItems"]] == [1400, 0, 1600]
    assert "discountedPrice" not in cart["shippingInfo"]
    with_code = tried(loaded, lineItems=books, discountCodes=["WELCOME"])
    assert [line["totalPrice"]["centAmount"] for line in with_code["lineItems"]] == [1260, 0, 1440]
    assert [code["state"] for code in with_code["discountCodes"]] == ["MatchesCart"]


def test_books_are_sent_for_nothing_and_a_large_cart_has_a_gift(loaded: Room) -> None:
    """5 books for 14.00 EUR are worth 70.00, 11 are worth 154.00, of which 3 are free."""
    five, eleven = (tried(loaded, lineItems=[{"sku": "HARBOUR-PA", "quantity": quantity}]) for quantity in (5, 11))
    for cart in (five, eleven):
        assert cart["shippingInfo"]["discountedPrice"]["value"]["centAmount"] == 0
    assert [line["lineItemMode"] for line in five["lineItems"]] == ["Standard"]
    assert {line["variant"]["sku"]: line["totalPrice"]["centAmount"] for line in eleven["lineItems"]} == {
        "HARBOUR-PA": 8 * 1400,
        "CHOC70-80G": 0,
    }
    assert eleven["totalPrice"]["centAmount"] == 8 * 1400


def test_attributes_of_every_kind(documents: dict[str, list[Json]]) -> None:
    kinds = {attribute["type"]["name"] for product_type in documents["product-type"] for attribute in product_type["attributes"]}
    assert kinds == {
        "boolean", "text", "ltext", "enum", "lenum", "number", "money", "date", "time", "datetime", "reference", "set", "nested",
    }  # fmt: skip


def test_the_rates_of_six_countries_and_two_states(documents: dict[str, list[Json]]) -> None:
    rates = {
        (category["key"], rate["country"], rate.get("state")): (rate["amount"], rate["includedInPrice"])
        for category in documents["tax-category"]
        for rate in category["rates"]
    }
    assert len(rates) == 4 * (6 + 2)
    assert [rates["standard", country, None][0] for country in ("DE", "AT", "FR", "NL", "IT", "GB")] == [
        0.19, 0.2, 0.2, 0.21, 0.22, 0.2,
    ]  # fmt: skip
    assert rates["books", "FR", None] == (0.055, True)
    assert rates["food", "IT", None] == (0.1, True)
    assert rates["standard", "US", "NY"] == (0.08875, False)
    assert rates["shipping", "US", "CA"] == (0, False)


def test_orders_in_every_state(orders: dict[str, Json]) -> None:
    def count(field: str) -> Counter[str | None]:
        return Counter(order.get(field) for order in orders.values())

    assert count("orderState") == {"Open": 50, "Confirmed": 108, "Complete": 126, "Cancelled": 16}
    assert count("shipmentState") == {
        None: 30, "Pending": 36, "Ready": 14, "Delayed": 10, "Backorder": 10, "Partial": 14, "Shipped": 44, "Delivered": 126,
        "Canceled": 16,
    }  # fmt: skip
    assert count("paymentState") == {None: 20, "Pending": 20, "BalanceDue": 14, "Failed": 18, "Paid": 212, "CreditOwed": 16}
    assert set(get_args(OrderState)) <= set(count("orderState"))
    assert set(get_args(ShipmentState)) <= set(count("shipmentState"))
    assert set(get_args(PaymentState)) <= set(count("paymentState"))


def test_deliveries_and_returns(orders: dict[str, Json]) -> None:
    sent = Counter(len(order["shippingInfo"]["deliveries"]) for order in orders.values())
    # 14 on account, 14 and 12 in part, 30 on the way, 90 there, 24 with a return; the twelve sent the rest later.
    assert sent == {0: 300 - 184, 1: 172, 2: 12}
    parcels = [parcel for order in orders.values() for each in order["shippingInfo"]["deliveries"] for parcel in each["parcels"]]
    assert len(parcels) == 172 + 2 * 12
    back = Counter(
        (item["shipmentState"], item["paymentState"])
        for order in orders.values()
        for each in order["returnInfo"]
        for item in each["items"]
    )
    assert back == {
        ("Advised", "NonRefundable"): 6,
        ("Returned", "Initial"): 8,
        ("BackInStock", "Refunded"): 8,
        ("Unusable", "NotRefunded"): 2,
    }


def test_all_happened_in_the_last_ninety_days(orders: dict[str, Json]) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    created = [datetime.fromisoformat(order["createdAt"]) for order in orders.values()]
    changed = [datetime.fromisoformat(order["lastModifiedAt"]) for order in orders.values()]
    assert today - timedelta(days=90) < min(created)
    assert max(changed) < today
    assert max(created) - min(created) > timedelta(days=80)
    assert sorted(orders) == list(orders), "numbers rise with time"
    assert all(order["customerEmail"].endswith("@example.com") for order in orders.values())


def test_two_of_three_orders_are_customers(documents: dict[str, list[Json]], orders: dict[str, Json]) -> None:
    emails = {customer["id"]: customer["email"] for customer in documents["customer"]}
    # As many as there are names in the eight markets.
    assert len(set(emails.values())) == 8 + 3 + 4 + 3 + 3 + 4 + 4 + 3
    owned = [order for order in orders.values() if "customerId" in order]
    assert len(owned) == 200
    assert all(emails[order["customerId"]] == order["customerEmail"] for order in owned)
    assert all(customer["addresses"] and "password" not in customer for customer in documents["customer"])
    assert {order["customerEmail"] for order in orders.values()} == set(emails.values())


def test_there_is_stock_of_every_sku_and_little_of_some(loaded: Room, documents: dict[str, list[Json]]) -> None:
    versions = (product["masterData"]["current"] for product in documents["product"])
    skus = [variant["sku"] for version in versions for variant in (version["masterVariant"], *version["variants"])]
    assert sorted(entry["sku"] for entry in documents["inventory-entry"]) == sorted(skus)
    statement = "SELECT available FROM stock WHERE shard = $1"
    available = [row["available"] for row in loaded.run(lambda database: database.fetch(statement, "demo"))]
    assert len(available) == len(skus)
    assert 5 <= sum(quantity < 5 for quantity in available) <= 40


def test_a_dozen_carts_were_left_in_the_last_weeks(documents: dict[str, list[Json]]) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    left = [cart for cart in documents["cart"] if cart["cartState"] == "Active"]
    assert len(left) == 12
    assert sum("customerId" in cart for cart in left) == 8
    assert all(timedelta(0) < today - datetime.fromisoformat(cart["createdAt"]) < timedelta(days=20) for cart in left)
    assert all(cart["totalPrice"]["centAmount"] > 0 for cart in left)


def test_stores_sell_in_their_countries(orders: dict[str, Json]) -> None:
    sold = Counter((order.get("store", {}).get("key"), order["shippingAddress"]["country"] == "US") for order in orders.values())
    assert set(sold) == {("berlin", False), ("newyork", True), (None, False), (None, True)}


@pytest.mark.parametrize(
    ("number", "lines", "shipping", "total", "net", "gross"),
    [
        # A hardcover: 15.00 + 9.00. 24.00 / 1.07 = 22.43, 4.95 / 1.19 = 4.16.
        ("DEMO-00002", {"CARTO-HA": (1, 2400)}, 495, 2895, 2243 + 416, 2895),
        # California: groceries and shipping are exempt, 21.99 x 7.25 % = 1.59.
        (
            "DEMO-00066",
            {"GRANOLA-1600G": (1, 2799), "FOX-HA": (1, 2199), "CHOCM-80G": (1, 369)},
            795,
            2799 + 2199 + 369 + 795,
            6162,
            6162 + 159,
        ),
        # Great Britain taxes neither books nor biscuits, only shipping: 5.95 / 1.2 = 4.96. From four on, biscuits are 3.59.
        ("DEMO-00254", {"ORCHARD-HA": (1, 1889), "COOKIE-200G": (6, 6 * 359)}, 595, 1889 + 2154 + 595, 1889 + 2154 + 496, 4638),
        # A carton of six (28.99 each instead of 31.99), and granola in the sale (5.89 instead of 6.90); shipping is free.
        # 173.94 / 1.07 = 162.56, 11.78 / 1.07 = 11.01.
        ("DEMO-00284", {"NAPOLI-1000G": (6, 6 * 2899), "GRANOLA-400G": (2, 2 * 589)}, 0, 18572, 16256 + 1101, 18572),
    ],
)
def test_amounts_worked_out_by_hand(
    orders: dict[str, Json], number: str, lines: dict[str, tuple[int, int]], shipping: int, total: int, net: int, gross: int
) -> None:
    order = orders[number]
    found = {line["variant"]["sku"]: (line["quantity"], line["totalPrice"]["centAmount"]) for line in order["lineItems"]}
    assert found == lines
    assert order["shippingInfo"]["price"]["centAmount"] == shipping
    assert order["totalPrice"]["centAmount"] == total
    assert order["taxedPrice"]["totalNet"]["centAmount"] == net
    assert order["taxedPrice"]["totalGross"]["centAmount"] == gross


async def killed(database: Database, statements: int) -> None:
    """A load whose process ends before its statement after so many."""
    left = iter(range(statements))

    def observe(_statement: str) -> None:
        if next(left, None) is None:
            raise KilledError

    database.observe = observe
    with pytest.raises(KilledError):
        await demo.seed(database, silent)


async def two_at_once(database: Database) -> None:
    await asyncio.gather(demo.seed(database, silent), demo.seed(database, silent))


def test_loads_that_were_killed_are_finished_by_two_at_once(loaded: Room, database_url: str, settings: Settings) -> None:
    """However a load came to its end, the documents and Messages are the very ones of an undisturbed load."""
    with new_room(database_url, settings) as room:
        for statements in (1, 2, 9, 77, 190, 343, 430, 501, 602):
            room.run(partial(killed, statements=statements))
        room.run(two_at_once)
        assert room.run(lambda database: check(database, TYPES)) == []
        assert room.messages() == loaded.messages()
        again, once = room.documents(), loaded.documents()
        # Only the project itself is made anew by each installation, with the state that is built into it.
        assert again.pop("state")[0]["id"] == once.pop("state")[0]["id"]
        assert again.pop("project")[0]["name"] == once.pop("project")[0]["name"] == "Orderwright Demo"
        assert again == once


@pytest.mark.parametrize(
    ("cents", "charm"), [(349, 349), (386, 389), (1108, 1109), (1995, 1999), (2000, 1999), (2798, 2799), (2049, 1999)]
)
def test_prices_end_in_nine(cents: int, charm: int) -> None:
    assert charming(cents) == charm


def test_numbers_and_names_are_well_formed() -> None:
    # 9*1+7*3+8*1+9*3+9*1+9*3+9*1+9*3 = 137, then 0*1+0*3+0*1+1*3 = 140: the check digit is 0.
    assert isbn(1) == "9789999900010"
    assert slug("Größe & Maß, 70 %") == "grosse-mass-70"
