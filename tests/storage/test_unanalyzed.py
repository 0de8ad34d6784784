"""What is read by an id or a key, and what is written, costs as much among 20,000 documents as among 1,000, though no table was
ever analyzed: not when the connections have planned everything in an empty database, nor when they are new."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import random
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import asyncpg
import pytest

from live import Client
from orderwright.auth.clients import ClientCredentials, create_client
from orderwright.bench import bulk
from orderwright.bench.recording import Recorder
from orderwright.commands.projects import create_project
from orderwright.domain.order.model import Order
from orderwright.engine.json.codec import decoder
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents.loading import load
from orderwright.storage.migrations import migrate
from shop_setup import by_key, cart_draft, eur, make_shop, order_draft

SHARD = "untended"
SLACK = 8
"""Rows that are dead since the last step and still in the way, in tables that nobody vacuums."""
READ = (
    "SELECT (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)"
    " + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname <> 'schema_version')"
)
ANALYZED = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= 0"
# As many carts, prices, inventory entries and business units as orders, of the same customers and stores and all in one state.
COPIES = (
    "INSERT INTO document (shard, id, type, version, created_at, last_modified_at, key, customer_id, anonymous_id, store_key,"
    " state, sku, message_sequence, write_id, body, query)"
    " SELECT shard, gen_random_uuid(), kind, 1, created_at, last_modified_at, kind || order_number, customer_id, order_number,"
    " store_key, 'Active', 'sku-' || order_number, 0, write_id, body, query"
    " FROM document, unnest('{cart,standalone-price,inventory-entry,business-unit}'::text[]) AS kind"
    " WHERE type = 'order' AND order_number LIKE 'B-%' AND substr(order_number, 3)::integer >= $1"
)
BESIDE = (
    "INSERT INTO token (shard, hash, kind, client_id, scope, created_at, expires_at, customer_id, anonymous_id, refresh)"
    " SELECT shard, uuid_send(id), 'access', 'client', 'scope', now(), now() + interval '1 day', customer_id, anonymous_id,"
    " uuid_send(write_id) FROM document WHERE type = 'cart' ON CONFLICT DO NOTHING",
    "INSERT INTO idempotency (shard, key, request, status, type, id, version, write_id, created_at, body)"
    " SELECT shard, uuid_send(id), '', 200, type, id, 1, write_id, now(), '' FROM document WHERE type = 'cart'"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO stock (shard, entry, on_stock, available) SELECT shard, id, 1, 1 FROM document WHERE type = 'inventory-entry'"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO variant (shard, product_id, staged, variant_id, sku, master, body)"
    " SELECT shard, id, staged, 1, sku, true, '' FROM document, unnest('{f,t}'::boolean[]) AS staged WHERE type = 'cart'"
    " ON CONFLICT DO NOTHING",
)


@pytest.fixture
def untended(database_url: str) -> Iterator[str]:
    """The address of a database of its own, in which nothing is analyzed by itself."""
    dsn = urlsplit(database_url)._replace(path=f"/{SHARD}").geturl()

    async def make() -> None:
        await on(database_url, f"CREATE DATABASE {SHARD}")
        await migrate(dsn)
        for row in await on(dsn, "SELECT relname FROM pg_stat_user_tables"):
            await on(dsn, f"ALTER TABLE {row['relname']} SET (autovacuum_enabled = off)")

    asyncio.run(make())
    yield dsn
    asyncio.run(on(database_url, f"DROP DATABASE {SHARD} WITH (FORCE)"))


async def on(dsn: str, statement: str, *arguments: Any) -> Any:
    """What a statement on a connection of its own returns."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(statement, *arguments)
    finally:
        await connection.close()


class Shop:
    """A shop in this process, with one connection for queries and one for everything else. Speaks as `live.Client` does."""

    def __init__(self, dsn: str, runner: asyncio.Runner, credentials: ClientCredentials) -> None:
        self._dsn, self._runner = dsn, runner
        self._recorder = Recorder(dsn)
        runner.run(self._recorder.__aenter__())
        self._client_id = credentials.client_id
        self._client = f"Basic {base64.b64encode(f'{credentials.client_id}:{credentials.client_secret}'.encode()).decode()}"
        self.token = self.grant("token", grant_type="client_credentials")

    def close(self) -> None:
        self._runner.run(self._recorder.__aexit__(None, None, None))

    def grant(self, path: str, **form: str) -> str:
        """The access token of a grant."""
        body = urlencode(form).encode()
        return str(self._sent("POST", f"/oauth/{path}", body, self._client, "application/x-www-form-urlencoded")["access_token"])

    def visit(self) -> str:
        """The token of a visitor of the second dialect."""
        path = f"/customerlogin/auth/anonymous/login?tenant={SHARD}&client_id={self._client_id}"
        return str(self._sent("GET", path, b"", "", "text/plain")["access_token"])

    def ask(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """The answer of the second dialect's service of customers."""
        content = b"" if body is None else json.dumps(body).encode()
        return self._sent(method, f"/customer/{SHARD}/{path}", content, f"Bearer {token}", "application/json")

    def send(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Any:
        """The document that a success answers with."""
        content = b"" if body is None else json.dumps(body).encode()
        return self._sent(method, f"/{SHARD}/{path}", content, f"Bearer {token or self.token}", "application/json", **headers)

    def create(self, path: str, draft: Any) -> Any:
        return self.send("POST", path, draft)

    def update(self, path: str, document: Any, *actions: Any, token: str | None = None) -> Any:
        body = {"version": document["version"], "actions": list(actions)}
        return self.send("POST", f"{path}/{document['id']}", body, token)

    def read(self) -> int:
        """How many rows of indexes, and of tables that were walked through, everything so far has read."""
        self._runner.run(self._recorder.flush())
        return int(self._runner.run(on(self._dsn, READ))[0][0])

    def _sent(self, method: str, path: str, content: bytes, who: str, kind: str, **more: str) -> Any:
        headers = {"Host": "x", "Authorization": who, "Content-Type": kind, "Content-Length": str(len(content))}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())])
        answer, _ = self._runner.run(self._recorder.answer(head.encode() + b"\r\n\r\n" + content))
        return json.loads(answer) if answer else None


def prepared(shop: Shop) -> Order:
    """The catalogue, and an order that others are made of."""
    make_shop(cast(Client, shop))
    for key in bulk.STORES:
        shop.create("stores", {"key": key})
    fields = [{"name": "campaign", "label": {"en": "C"}, "required": False, "type": {"name": "String"}}]
    shop.create("types", {"key": "origin", "name": {"en": "O"}, "resourceTypeIds": ["order"], "fieldDefinitions": fields})
    shop.create("customers", {"email": "ada@example.com", "password": "secret", "key": "ada"})
    shop.create("inventory", {"sku": "tea", "quantityOnStock": 1_000_000, "key": "tea-in-stock"})
    shop.create("standalone-prices", {"sku": "mug", "value": eur(1500), "key": "mug-price"})
    cart = shop.create("carts", cart_draft(("mug", 1), ("tea", 1)))
    custom = {"type": by_key("type", "origin"), "fields": {"campaign": "first"}}
    template: Order = decoder(Order).decode(json.dumps(shop.create("orders", order_draft(cart, custom=custom))))
    return template


def steps(shop: Shop, number: int) -> Iterator[str]:
    """A customer's and a merchant's way, told step by step; `number` makes names new."""
    tracked = {"lineItems": [{"sku": "tea", "quantity": 1, "inventoryMode": "ReserveOnOrder"}]}
    cart = shop.create("carts", cart_draft(("mug", 1), ("tea", 1), key=f"cart-{number}", store=by_key("store", "berlin")))
    yield "create a cart with a key in a store"
    cart = shop.update(
        "carts", cart, {"action": "addLineItem", "sku": "mug", "quantity": 2}, {"action": "setKey", "key": f"k{number}"}
    )
    yield "add a line by SKU and change the key"
    shop.send("GET", f"carts/{cart['id']}")
    yield "a cart by id"
    shop.send("GET", f"carts/key=k{number}")
    yield "a cart by key"
    shop.send("GET", f"in-store/key=berlin/carts/{cart['id']}?expand=lineItems[*].productType&expand=shippingInfo.taxCategory")
    yield "a cart by id in a store, expanded"
    cart = shop.update("in-store/key=berlin/carts", cart, {"action": "setCustomerEmail", "email": "b@example.com"})
    yield "update a cart in a store"
    order = shop.create("orders", order_draft(cart, orderNumber=f"O-{number}"))
    yield "an order from a cart"
    shop.send("GET", f"orders/{order['id']}")
    yield "an order by id"
    shop.send("GET", f"orders/order-number=O-{number}")
    yield "an order by its number"
    order = shop.update("orders", order, {"action": "changeOrderState", "orderState": "Confirmed"})
    yield "update an order"
    shop.send("POST", "carts", cart_draft(("mug", 1)), Idempotency_Key=f"once-{number}")
    yield "create a cart with an Idempotency-Key"
    stocked = shop.create("carts", {**cart_draft(), **tracked})
    shop.create("orders", order_draft(stocked))
    yield "an order that takes stock"
    shop.send("GET", "inventory/key=tea-in-stock")
    shop.send("GET", "products/key=mug")
    yield "an inventory entry and a product by key"
    ada = shop.grant(f"{SHARD}/customers/token", grant_type="password", username="ada@example.com", password="secret")
    yield "sign in"
    mine = shop.send("POST", "me/carts", {"currency": "EUR", "country": "DE"}, ada)
    yield "a customer creates her cart"
    mine = shop.update("me/carts", mine, {"action": "addLineItem", "sku": "mug"}, token=ada)
    yield "she changes it"
    shop.send("GET", "me/active-cart", token=ada)
    yield "she asks for her active cart"
    shop.send("DELETE", f"me/carts/{mine['id']}?version={mine['version']}", token=ada)
    yield "she deletes it"
    guest = shop.grant(f"{SHARD}/anonymous/token", grant_type="client_credentials", anonymous_id=f"guest-{number}")
    yield "an anonymous session"
    mine = shop.send("POST", "me/carts", {"currency": "EUR", "country": "DE"}, guest)
    shop.send("GET", f"me/carts/{mine['id']}", token=guest)
    yield "a guest creates and reads a cart"
    visitor = shop.visit()
    yield "a visitor of the second dialect"
    who = {"email": f"v{number}@example.com", "password": "secret"}
    shop.ask("POST", "signup", visitor, {**who, "customerDetails": {"contactPhone": "1"}})
    session = shop.ask("POST", "login", visitor, who)
    yield "sign up and in there"
    shop.ask("GET", f"refreshauthtoken?refreshToken={session['refresh_token']}", visitor)
    yield "a refresh there"
    shop.ask("PATCH", "me", session["access_token"], {"contactPhone": "2"})
    shop.ask("GET", "me", session["access_token"])
    yield "she changes and reads her details"
    shop.ask("GET", "logout", session["access_token"])
    yield "she signs out"
    shop.send("POST", "custom-objects", {"container": f"c{number}", "key": "same", "value": 1})
    shop.send("GET", f"custom-objects/c{number}/same")
    yield "a custom object by container and key"
    company = shop.create("business-units", {"key": f"c{number}", "name": "C", "unitType": "Company"})
    yield "a company"
    for name, above in ((f"d{number}", f"c{number}"), (f"e{number}", f"d{number}")):
        place = {"unitType": "Division", "parentUnit": by_key("business-unit", above)}
        shop.create("business-units", {"key": name, "name": name, **place})
        yield f"a division below {'a company' if above[0] == 'c' else 'a division'}"
    shop.update("business-units", company, {"action": "addStore", "store": by_key("store", "berlin")})
    yield "a store that two divisions inherit"
    shop.send("GET", f"in-store/key=berlin/business-units/key=e{number}")
    yield "a division by key in a store"
    (message,) = shop.send("GET", f"messages?where=resource(id%3D%22{order['id']}%22)&limit=1&withTotal=false")["results"]
    yield "-"
    shop.send("GET", f"messages/{message['id']}")
    yield "a Message by id"


def costs(shop: Shop, number: int) -> dict[str, int]:
    """How many rows each step has read."""
    found, before = {}, shop.read()
    for name in steps(shop, number):
        now = shop.read()
        found[name], before = now - before, now
    return found


async def fill(dsn: str, template: Order, numbers: range) -> None:
    """Five documents a number, with what stands beside them."""
    settings = Settings.from_environment({"ORDERWRIGHT_DATABASE_URL": dsn})
    database = await Database.connect(dsn, settings)
    try:
        ids = bulk.Ids(random.Random(numbers.start))  # noqa: S311 - the same ids in each run
        orders = itertools.islice(bulk.orders(template, numbers.stop, seed=numbers.stop), numbers.start, None)
        await load(database, SHARD, [bulk.made(order, ids) for order in orders])
    finally:
        await database.close()
    await on(dsn, COPIES, numbers.start)
    for statement in BESIDE:
        await on(dsn, statement)


async def a_client(dsn: str) -> ClientCredentials:
    """A project with a client that may do everything."""
    settings = Settings.from_environment({"ORDERWRIGHT_DATABASE_URL": dsn})
    database = await Database.connect(dsn, settings)
    try:
        await create_project(database, SHARD, ["EUR", "USD"], ["DE", "US"], ["en"])
        return await create_client(database, SHARD, f"manage_project:{SHARD} order.order_read", "test")
    finally:
        await database.close()


def test_nothing_that_is_named_costs_more_among_more_documents(untended: str) -> None:
    with asyncio.Runner() as runner:
        credentials = runner.run(a_client(untended))
        early = Shop(untended, runner, credentials)
        template = prepared(early)
        costs(early, 1)  # now everything is planned, in a database that is all but empty
        runner.run(fill(untended, template, range(40)))
        later = Shop(untended, runner, credentials)
        costs(later, 2)  # by others among 200 documents
        runner.run(fill(untended, template, range(40, 250)))
        few = costs(early, 3)
        runner.run(fill(untended, template, range(250, 5_000)))
        late = Shop(untended, runner, credentials)
        costs(late, 4)  # what a new connection reads once
        many = [costs(shop, number) for number, shop in enumerate((early, later, late), 5)]
        for shop in (early, later, late):
            shop.close()
        assert runner.run(on(untended, ANALYZED)) == []
    dearer = {
        name: (rows, *(each[name] for each in many))
        for name, rows in few.items()
        if max(each[name] for each in many) > rows + SLACK
    }
    assert dearer == {}
    assert all(rows < 40 for rows in few.values()), few
