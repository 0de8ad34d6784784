"""What is over goes, by index and in batches; what is modified meanwhile stays; sweeps and writers do not disturb each other."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace

from notes import race
from orderwright.app import verbs_over
from orderwright.commands.projects import create_project
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import ClientLogging
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.effects import EraseAnswers
from orderwright.engine.unit.making import erasing
from orderwright.http.api.endpoints import collection_of
from orderwright.predicates import check as check_predicate
from orderwright.predicates import parse
from orderwright.predicates.sort import Sort
from orderwright.resources import EXPIRING, RESOURCES
from orderwright.settings import Settings
from orderwright.storage.database import MAIN_SESSION, Database
from orderwright.storage.documents.check import check
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.documents.effects import EFFECTS
from orderwright.storage.migrations import migrate
from orderwright.storage.queries.queries import PageRequest, page_sql
from orderwright.storage.tables import sweeps
from orderwright.storage.tables.sweeps import Retention
from orderwright.verbs.sweeps import Sweeps, Swept
from orderwright.verbs.verbs import Verbs

TYPES = {resource.type_id: resource for resource in RESOURCES}
# The moment at which everything in these tests is made.
START = datetime(2031, 5, 1, 12, tzinfo=UTC)
NOON = timedelta(hours=12)
_numbers = itertools.count(1)


class Shop:
    """A fresh project at START, and a sweeper of it with a clock of its own."""

    def __init__(self, dsn: str, key: str, database: Database) -> None:
        self.dsn, self.key, self.database = dsn, key, database
        self.at = START
        self.verbs = self.engine(database)
        self.access = Access(shard=key, who=ClientLogging(client_id="tester"))

    def engine(self, database: Database) -> Verbs:
        return verbs_over(database, lambda: DateTime.of(self.at))

    async def make(self, type_id: str, **draft: Any) -> Any:
        decoded = decode_body(TYPES[type_id].draft, json.dumps(draft).encode())
        return json.loads(await self.verbs.create(TYPES[type_id], decoded, self.access))

    async def cart(self, days: int | None = None, **more: Any) -> Any:
        """A cart in euros with days of its own, or the project's 90."""
        return await self.make("cart", currency="EUR", **({"deleteDaysAfterLastModification": days} if days else {}), **more)

    async def change(self, type_id: str, document: Any, *actions: dict[str, Any]) -> Any:
        body = json.dumps({"version": document["version"], "actions": actions}).encode()
        update = decode_body(TYPES[type_id].actions.update_type(), body)
        lookup = Lookup("id", document["id"])
        return json.loads(await self.verbs.update(TYPES[type_id], lookup, update.version, update.actions, self.access))

    async def sweep(self, days: float, keeps: int = 15, through: Database | None = None) -> Swept:
        """What goes so many days after START, but for the rows of changes: their ids have the time of the test itself."""
        verbs = self.engine(through or self.database)
        swept = await Sweeps(verbs, EXPIRING, 1).project(Retention(self.key, keeps), START + timedelta(days=days))
        return replace(swept, changes=0)

    async def ids(self, type_id: str) -> set[str]:
        statement = "SELECT d.id FROM document d WHERE d.shard = $1 AND d.type = $2"
        return {str(row["id"]) for row in await self.database.fetch(statement, self.key, type_id)}

    async def claims(self) -> set[tuple[str, str]]:
        statement = "SELECT c.kind, c.value FROM claim c WHERE c.shard = $1 AND c.kind IN ('cart.key', 'payment.use')"
        return {(row["kind"], row["value"]) for row in await self.database.fetch(statement, self.key)}

    async def numbers(self, id: str) -> list[int]:
        statement = "SELECT m.sequence_number FROM message m WHERE m.shard = $1 AND m.resource_id = $2 ORDER BY 1"
        return [row["sequence_number"] for row in await self.database.fetch(statement, self.key, id)]

    async def sound(self) -> bool:
        return await check(self.database, TYPES, [self.key]) == []


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(dsn, Settings.from_environment({}))
    try:
        yield database
    finally:
        await database.close()


def in_a_shop(story: Callable[[Shop], Awaitable[None]]) -> Callable[[str], None]:
    """Makes a coroutine that takes a Shop a test; everything must be sound at its end."""

    def test(database_url: str) -> None:
        async def run() -> None:
            await migrate(database_url)
            async with opened(database_url) as database:
                shop = Shop(database_url, f"sweeps-{next(_numbers)}", database)
                await create_project(database, shop.key, ["EUR"], ["DE"], ["en"])
                await story(shop)
                assert await shop.sound()

        asyncio.run(run())

    test.__name__ = story.__name__
    return test


@in_a_shop
async def test_a_cart_goes_after_its_own_days(shop: Shop) -> None:
    day, usual, long = await shop.cart(1), await shop.cart(), await shop.cart(365_250)
    assert usual["deleteDaysAfterLastModification"] == 90
    assert await shop.sweep(0.99) == Swept()
    assert await shop.ids("cart") == {day["id"], usual["id"], long["id"]}
    # At the very moment it is not yet over.
    assert await shop.sweep(1) == Swept()
    assert await shop.sweep(1.01) == Swept(documents=1)
    assert await shop.ids("cart") == {usual["id"], long["id"]}
    assert await shop.sweep(90.01) == Swept(documents=1)
    assert await shop.sweep(365_249) == Swept()
    assert await shop.sweep(365_251) == Swept(documents=1)
    assert await shop.ids("cart") == set()


@in_a_shop
async def test_the_days_count_from_the_last_modification(shop: Shop) -> None:
    cart = await shop.cart(2)
    shop.at = START + timedelta(days=1)
    cart = await shop.change("cart", cart, {"action": "setCustomerEmail", "email": "ada@example.com"})
    assert await shop.sweep(2.99) == Swept()
    shorter = await shop.change(
        "cart", cart, {"action": "setDeleteDaysAfterLastModification", "deleteDaysAfterLastModification": 1}
    )
    assert shorter["version"] == 3
    assert await shop.sweep(1.99) == Swept()
    assert await shop.sweep(2.01) == Swept(documents=1)


@in_a_shop
async def test_what_a_cart_held_is_free_again(shop: Shop) -> None:
    payment = await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 100})
    cart = await shop.cart(1, key="basket")
    reference = {"typeId": "payment", "id": payment["id"]}
    await shop.change("cart", cart, {"action": "addPayment", "payment": reference})
    assert await shop.claims() == {("cart.key", "basket"), ("payment.use", payment["id"])}
    assert (await shop.sweep(1.01)).documents == 1
    assert await shop.claims() == set()
    again = await shop.cart(1, key="basket")
    await shop.change("cart", again, {"action": "addPayment", "payment": reference})
    assert await shop.ids("payment") == {payment["id"]}


@in_a_shop
async def test_a_cart_that_is_modified_between_being_found_and_deleted_stays(shop: Shop) -> None:
    cart, other = await shop.cart(1), await shop.cart(1)
    found = sweeps.documents_over

    async def found_and_then_modified(*asked: Any) -> list[sweeps.Over]:
        over = await found(*asked)
        shop.at = START + timedelta(days=2)
        if over:
            await shop.change("cart", cart, {"action": "setCustomerEmail", "email": "ada@example.com"})
        return over

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps, "documents_over", found_and_then_modified)
        assert await shop.sweep(1.5) == Swept(documents=1)
    assert await shop.ids("cart") == {cart["id"]} != {other["id"]}


@in_a_shop
async def test_a_cart_that_cannot_be_read_does_not_keep_the_others(shop: Shop) -> None:
    broken, cart = await shop.cart(1), await shop.cart(1)
    was = "SELECT d.body FROM document d WHERE d.shard = $1 AND d.id = $2"
    row = await shop.database.fetchrow(was, shop.key, broken["id"])
    assert row is not None
    spoil = "UPDATE document SET body = $3 WHERE shard = $1 AND id = $2"
    await shop.database.execute(spoil, shop.key, broken["id"], "{}")
    assert await shop.sweep(1.5) == Swept(documents=1)
    assert await shop.ids("cart") == {broken["id"]} != {cart["id"]}
    await shop.database.execute(spoil, shop.key, broken["id"], row["body"])


@in_a_shop
async def test_several_batches_in_one_sweep(shop: Shop) -> None:
    """More carts than a portion, all of one moment, and one product with more Messages than a batch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps, "DOCUMENTS", sweeps.DOCUMENTS.replace(f"LIMIT {sweeps.PORTION}", "LIMIT 10"))
        patch.setattr(sweeps, "PORTION", 10)
        patch.setattr(sweeps, "MESSAGES", sweeps.MESSAGES.replace(f"LIMIT {sweeps.BATCH}", "LIMIT 4"))
        patch.setattr(sweeps, "BATCH", 4)
        payment = await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 100})
        for number in range(11):
            action = {"action": "setStatusInterfaceCode", "interfaceCode": str(number)}
            payment = await shop.change("payment", payment, action)
        carts = [await shop.cart(1) for _ in range(25)]
        kept = await shop.cart(2)
        assert await shop.numbers(payment["id"]) == list(range(1, 13))
        assert await shop.sweep(1.5, keeps=1) == Swept(messages=12, documents=len(carts))
        assert await shop.ids("cart") == {kept["id"]}


@in_a_shop
async def test_a_clock_that_is_behind_leaves_no_gap(shop: Shop) -> None:
    """The second of three Messages comes from a process whose clock is a day behind."""
    payment = await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 100})
    for days, code in ((-1, "a"), (1, "b")):
        shop.at = START + timedelta(days=days)
        payment = await shop.change("payment", payment, {"action": "setStatusInterfaceCode", "interfaceCode": code})
    assert await shop.numbers(payment["id"]) == [1, 2, 3]
    assert await shop.sweep(14.5) == Swept(messages=2)
    assert await shop.numbers(payment["id"]) == [3]
    assert await shop.sound()
    payment = await shop.change("payment", payment, {"action": "setStatusInterfaceCode", "interfaceCode": "c"})
    assert await shop.numbers(payment["id"]) == [3, 4]


@in_a_shop
async def test_sweepers_and_writers_at_once(shop: Shop) -> None:
    """Four sweepers on connections of their own, while half of the carts are modified and new Messages are told."""
    count = 60
    carts = [await shop.cart(1, key=f"c{number}") for number in range(count)]
    payments = [await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 1}) for _ in range(count)]
    shop.at = START + timedelta(days=20)

    async def modify(cart: Any) -> Any:
        return await shop.change("cart", cart, {"action": "setCustomerEmail", "email": "ada@example.com"})

    async def tell(payment: Any) -> Any:
        for number in range(3):
            action = {"action": "setStatusInterfaceCode", "interfaceCode": str(number)}
            payment = await shop.change("payment", payment, action)
        return payment

    rivals = [await Database.connect(shop.dsn, Settings.from_environment({})) for _ in range(4)]
    try:
        done, refused = await race(
            *(shop.sweep(19, through=rival) for rival in rivals),
            *(modify(cart) for cart in carts[::2]),
            *(tell(payment) for payment in payments),
        )
    finally:
        for rival in rivals:
            await rival.close()
    swept = Swept()
    for each in done:
        swept += each if isinstance(each, Swept) else Swept()
    modified = {each["id"] for each in done if isinstance(each, dict) and each.get("type") == "Cart"}
    # A cart is either modified or deleted, and deleted by one of them.
    assert {error.status for error in refused} <= {404}
    assert len(modified) + len(refused) == count // 2
    assert await shop.ids("cart") == modified
    assert swept.documents == count - len(modified)
    assert await shop.claims() == {("cart.key", cart["key"]) for cart in carts if cart["id"] in modified}
    # What was told at START is gone, and the rest is numbered on.
    assert swept.messages + (await shop.sweep(19)).messages == count
    for payment in payments:
        assert await shop.numbers(payment["id"]) == [2, 3, 4]


@in_a_shop
async def test_what_another_sweep_has_locked_is_left_to_it(shop: Shop) -> None:
    payments = [await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 1}) for _ in range(3)]
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(shop.dsn)
    try:
        async with connection.transaction():
            lock = "SELECT 1 FROM message WHERE shard = $1 AND resource_id = $2 FOR UPDATE"
            await connection.execute(lock, shop.key, UUID(payments[0]["id"]))
            async with asyncio.timeout(5):
                assert await shop.sweep(20) == Swept(messages=2)
    finally:
        await connection.close()
    assert await shop.sweep(20) == Swept(messages=1)


@in_a_shop
async def test_every_project_is_looked_at(shop: Shop) -> None:
    """By the real clock, so that nothing of other tests is over: what is older than its days was made so."""
    shop.at = datetime.now(UTC) - timedelta(days=3)
    cart = await shop.cart(2)
    payment = await shop.make("payment", amountPlanned={"currencyCode": "EUR", "centAmount": 1})
    configuration = {"enabled": False, "deleteDaysAfterCreation": 2}
    project = json.loads(await shop.verbs.get(TYPES["project"], Lookup("key", shop.key), shop.access))
    project["id"] = (await shop.ids("project")).pop()
    await shop.change("project", project, {"action": "changeMessagesConfiguration", "messagesConfiguration": configuration})
    shop.at = datetime.now(UTC)
    for _ in range(2):
        await Sweeps(shop.verbs, EXPIRING, 1, lambda: DateTime.of(shop.at)).once()
    assert await shop.ids("cart") == set() != {cart["id"]}
    assert await shop.numbers(payment["id"]) == []


def test_what_is_over_or_asked_for_is_found_by_an_index(database_url: str) -> None:
    """Among 50,000 carts and 20,000 orders, as the main pool plans: one plan for all arguments."""

    async def run() -> None:
        await migrate(database_url)
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            database_url, server_settings={**MAIN_SESSION, "random_page_cost": "1.1"}
        )
        transaction = connection.transaction()
        await transaction.start()
        try:
            await fill(connection)
            for text, arguments, index in STATEMENTS:
                plan = await planned(connection, text, arguments)
                assert "Seq Scan" not in plan, plan
                named = [f"{word} {each}" for each in index.split("|") for word in ("using", "on")]
                assert any(name in plan for name in named), plan
                # A whole project is never read for want of a better condition than its key.
                assert "Index Cond: (shard = $1)\n" not in plan, plan
        finally:
            await transaction.rollback()
            await connection.close()

    asyncio.run(run())


AT = "'2031-05-01T12:00:00'"
NEWEST = PageRequest((check_predicate(parse('type = "OrderCreated"', {}), Any),), (Sort(("createdAt",), descending=True),))
STATEMENTS = (
    (page_sql(collection_of(TYPES["message"]), "", NEWEST, visible=()).text, "'many', 'OrderCreated', 20, 0", "message_type"),
    (sweeps.DOCUMENTS, f"'many', 'cart', {AT}, '-infinity', '{sweeps.BEFORE_ALL.id}'", "document_expiry"),
    (sweeps.MESSAGES, f"'many', {AT}", "message_created"),
    (sweeps.MESSAGES, f"'many', {AT}", "message_number"),
    (sweeps.MESSAGES, f"'many', {AT}", "message_created"),
    *(
        (EFFECTS[type(effect)].text, "'many', '00000000-0000-4000-8000-000000000001'", index)
        for effect, index in zip(erasing("x"), ("message_number", "message_type|message_query", "-"), strict=True)
        if not isinstance(effect, EraseAnswers)  # an empty table is read whole
    ),
)


async def fill(connection: Any) -> None:
    for kind, count in (("cart", 50_000), ("order", 20_000)):
        await connection.execute(
            "INSERT INTO document"
            " (shard, id, type, version, created_at, last_modified_at, message_sequence, write_id, body, query)"
            " SELECT 'many', gen_random_uuid(), $1, 1, $2, $2::timestamptz - g * interval '1 minute', 3, gen_random_uuid(), '',"
            " CASE $1 WHEN 'cart' THEN jsonb_build_object('deleteDaysAfterLastModification', 30 + g % 3) ELSE '{}' END"
            " FROM generate_series(1, $3::integer) g",
            *(kind, START, count),
        )
    await connection.execute(
        "INSERT INTO message SELECT 'many', gen_random_uuid(), $1::timestamptz - g * interval '1 minute', gen_random_uuid(), 1,"
        " 'X', '', jsonb_build_object('n', g) FROM generate_series(1, 20000) g",
        START,
    )
    await connection.execute("ANALYZE document, message")


async def planned(connection: Any, text: str, arguments: str) -> str:
    await connection.execute(f"PREPARE statement AS {text}")
    try:
        rows = await connection.fetch(f"EXPLAIN EXECUTE statement ({arguments})")
        return "\n".join(row[0] for row in rows)
    finally:
        await connection.execute("DEALLOCATE statement")
