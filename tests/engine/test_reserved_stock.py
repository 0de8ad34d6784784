"""Reservations in a real database, through the verbs and their clock: time that runs out, and what the check says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from orderwright import app
from orderwright.commands.projects import create_project
from orderwright.engine.access import Access
from orderwright.engine.clock import now
from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import ClientLogging
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError
from orderwright.resources import RESOURCES
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents.check import check
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.migrations import migrate

TYPES = {resource.type_id: resource for resource in RESOURCES}
HOUR = timedelta(hours=1)


class Shop:
    """Mugs for 5.00, of which there are three, in a project that keeps reservations for 20 minutes."""

    def __init__(self, database: Database, project: str) -> None:
        self.database, self.project = database, project
        self.verbs = app.verbs_over(database, lambda: DateTime.of(now().instant() - self.ago))
        self.access = Access(shard=project, who=ClientLogging(client_id="tester"))
        self.ago = timedelta()
        self.entry = ""

    async def open(self) -> None:
        await self.change("project", Lookup("key", self.project), {"action": "setReservationExpirationInMinutes", **minutes(20)})
        await self.make("product-type", name="t", key="kind", description="")
        variant = {"sku": "mug", "prices": [{"value": {"currencyCode": "EUR", "centAmount": 500}}]}
        goods = {"productType": {"key": "kind"}, "name": {"en": "n"}, "slug": {"en": "mug"}, "publish": True}
        await self.make("product", masterVariant=variant, **goods)
        self.entry = (await self.make("inventory-entry", sku="mug", quantityOnStock=3))["id"]

    async def make(self, type_id: str, **draft: Any) -> Any:
        resource = TYPES[type_id]
        return json.loads(await self.verbs.create(resource, decode_body(resource.draft, json.dumps(draft).encode()), self.access))

    async def change(self, type_id: str, lookup: Lookup, *actions: dict[str, Any]) -> Any:
        """The document after actions at its present version."""
        resource = TYPES[type_id]
        version = json.loads(await self.verbs.get(resource, lookup, self.access))["version"]
        sent = decode_body(resource.actions.update_type(), json.dumps({"version": version, "actions": actions}).encode())
        return json.loads(await self.verbs.update(resource, lookup, version, sent.actions, self.access))

    async def cart(self, pieces: int) -> Any:
        line = {"sku": "mug", "quantity": pieces}
        return await self.make(
            "cart", currency="EUR", inventoryMode="ReserveOnCart", shippingAddress={"country": "DE"}, lineItems=[line]
        )

    async def order(self, cart: Any) -> Any:
        return await self.make("order", cart={"id": cart["id"]}, version=cart["version"])

    async def left(self) -> tuple[int, int]:
        """On stock and available."""
        entry = json.loads(await self.verbs.get(TYPES["inventory-entry"], Lookup("id", self.entry), self.access))
        return entry["quantityOnStock"], entry["availableQuantity"]

    async def rows(self) -> list[int]:
        """The pieces of each row that is kept."""
        found = await self.database.fetch("SELECT r.pieces FROM reservation r WHERE r.shard = $1 ORDER BY r.pieces", self.project)
        return [row["pieces"] for row in found]

    async def sound(self) -> None:
        assert await check(self.database, TYPES, [self.project]) == []


def minutes(number: int) -> dict[str, int]:
    return {"reservationExpirationInMinutes": number}


def kept(cart: Any) -> list[int | None]:
    return [line["reservation"]["obj"]["quantity"] if "reservation" in line else None for line in cart["lineItems"]]


async def is_available_again_without_anybody_asking(shop: Shop) -> None:
    shop.ago = HOUR
    await shop.cart(2)
    # It was over 40 minutes ago: whoever reads finds three pieces, although the row is still there.
    assert (await shop.left(), await shop.rows()) == ((3, 3), [2])
    await shop.sound()
    shop.ago = timedelta()
    second = await shop.cart(3)
    assert (kept(second), await shop.left(), await shop.rows()) == ([3], (3, 0), [3])


async def is_sold_to_somebody_else(shop: Shop) -> None:
    shop.ago = HOUR
    first = await shop.cart(2)
    shop.ago = timedelta()
    await shop.order(await shop.cart(2))
    assert (await shop.left(), await shop.rows()) == ((1, 1), [])
    with pytest.raises(ApiError) as caught:
        await shop.order(first)
    assert caught.value.code == "OutOfStock"
    # What the cart does not have any more is not given back either.
    await shop.verbs.delete(TYPES["cart"], Lookup("id", first["id"]), first["version"], shop.access)
    assert await shop.left() == (1, 1)


async def is_taken_up_again_by_its_cart(shop: Shop) -> None:
    shop.ago = HOUR
    first = await shop.cart(2)
    shop.ago = timedelta()
    line = first["lineItems"][0]["id"]
    action = {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": 3}
    again = await shop.change("cart", Lookup("id", first["id"]), action)
    assert (kept(again), await shop.left(), await shop.rows()) == ([3], (3, 0), [3])
    await shop.order(again)
    assert (await shop.left(), await shop.rows()) == ((0, 0), [])


async def is_found_by_a_clock_that_is_behind(shop: Shop) -> None:
    """Its cart believes that it has it still, and somebody else was told otherwise: nothing is sold twice."""
    shop.ago = HOUR
    first = await shop.cart(3)
    shop.ago = timedelta()
    second = await shop.cart(3)
    shop.ago = HOUR
    with pytest.raises(ApiError) as caught:
        await shop.order(first)
    assert caught.value.code == "OutOfStock"
    shop.ago = timedelta()
    await shop.order(second)
    assert await shop.left() == (0, 0)


async def is_counted_when_the_entry_is(shop: Shop) -> None:
    shop.ago = HOUR
    await shop.cart(2)
    shop.ago = timedelta()
    entry = await shop.change("inventory-entry", Lookup("id", shop.entry), {"action": "addQuantity", "quantity": 4})
    assert ((entry["quantityOnStock"], entry["availableQuantity"]), await shop.rows()) == ((7, 7), [])


async def stays_where_nothing_is_released(shop: Shop) -> None:
    action = {"action": "setReleaseExpiredReservations", "releaseExpiredReservations": False}
    await shop.change("project", Lookup("key", shop.project), action)
    shop.ago = HOUR
    first = await shop.cart(2)
    shop.ago = timedelta()
    assert (await shop.left(), kept(await shop.cart(2))) == ((3, 1), [None])
    await shop.order(first)
    assert (await shop.left(), await shop.rows()) == ((1, 1), [])


async def leaves_nothing_behind(shop: Shop) -> None:
    first = await shop.cart(2)
    assert (await shop.left(), await shop.rows()) == ((3, 1), [2])
    action = {"action": "setReservationExpirationInMinutes", **minutes(60)}
    longer = await shop.change("cart", Lookup("id", first["id"]), action)
    assert (kept(longer), await shop.left(), await shop.rows()) == ([2], (3, 1), [2])
    await shop.sound()
    await shop.verbs.delete(TYPES["cart"], Lookup("id", first["id"]), 2, shop.access, erase=True)
    assert (await shop.left(), await shop.rows()) == ((3, 3), [])


@pytest.mark.parametrize(
    "story",
    [
        is_available_again_without_anybody_asking,
        is_sold_to_somebody_else,
        is_taken_up_again_by_its_cart,
        is_found_by_a_clock_that_is_behind,
        is_counted_when_the_entry_is,
        stays_where_nothing_is_released,
        leaves_nothing_behind,
    ],
)
def test_a_reservation(database_url: str, story: Callable[[Shop], Awaitable[None]]) -> None:
    async def run() -> None:
        await migrate(database_url)
        database = await Database.connect(database_url, Settings.from_environment({}))
        try:
            shop = Shop(database, f"kept-{story.__name__.replace('_', '-')}"[:36].rstrip("-"))
            await create_project(database, shop.project, ["EUR"], ["DE"], ["en"])
            await shop.open()
            await story(shop)
            await shop.sound()
        finally:
            await database.close()

    asyncio.run(run())


TAMPERED = {
    "a counter": ("UPDATE stock SET available = available - 1 WHERE shard = $1", "2 pieces are not available, and carts keep 1"),
    "a row of more": ("UPDATE reservation SET pieces = 2 WHERE shard = $1", "1 pieces are not available, and carts keep 2"),
    "no row": ("DELETE FROM reservation WHERE shard = $1", "is not kept"),
    "another version": ("UPDATE reservation SET version = 9 WHERE shard = $1", "is not what the cart"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_check_finds(database_url: str, what: str) -> None:
    statement, sentence = TAMPERED[what]

    async def run() -> None:
        await migrate(database_url)
        database = await Database.connect(database_url, Settings.from_environment({}))
        try:
            shop = Shop(database, f"reserved-wrong-{list(TAMPERED).index(what)}")
            await create_project(database, shop.project, ["EUR"], ["DE"], ["en"])
            await shop.open()
            cart = await shop.cart(1)
            await shop.sound()
            await database.execute(statement, shop.project)
            assert any(sentence in problem for problem in await check(database, TYPES, [shop.project]))
            # Nothing wrong stays for the other tests of this database.
            await database.execute("DELETE FROM reservation WHERE shard = $1", shop.project)
            await database.execute("UPDATE stock SET available = on_stock WHERE shard = $1", shop.project)
            await shop.verbs.delete(TYPES["cart"], Lookup("id", cart["id"]), 1, shop.access)
            await shop.sound()
        finally:
            await database.close()

    asyncio.run(run())
