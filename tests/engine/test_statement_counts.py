"""How many statements a change of a cart costs: what standalone prices and customer groups add is read with the variant."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from orderwright import app
from orderwright.engine.access import Access
from orderwright.engine.codec import decode_body
from orderwright.engine.model import ClientLogging
from orderwright.projects import create_project
from orderwright.resources import RESOURCES
from orderwright.settings import Settings
from orderwright.storage.check import check
from orderwright.storage.database import Database
from orderwright.storage.documents import Lookup
from orderwright.storage.migrations import migrate

PROJECT = "statement-counts"
TYPES = {resource.type_id: resource for resource in RESOURCES}


class Shop:
    """Makes and changes real resources, and counts the statements."""

    def __init__(self, database: Database) -> None:
        self.verbs, self.access = app.verbs_over(database), Access(shard=PROJECT, who=ClientLogging(client_id="tester"))
        self.seen: list[str] = []
        database.observe = self.seen.append

    async def make(self, type_id: str, **draft: Any) -> Any:
        resource = TYPES[type_id]
        decoded = decode_body(resource.draft, json.dumps(draft).encode())
        return json.loads(await self.verbs.create(resource, decoded, self.access))

    async def change(self, type_id: str, document: Any, *actions: dict[str, Any]) -> tuple[Any, int]:
        """The document after actions, and how many statements that took."""
        resource = TYPES[type_id]
        update = decode_body(
            resource.actions.update_type(), json.dumps({"version": document["version"], "actions": actions}).encode()
        )
        self.seen.clear()
        after = await self.verbs.update(resource, Lookup("id", document["id"]), update.version, update.actions, self.access)
        return json.loads(after), len(self.seen)


def euros(cents: int) -> dict[str, Any]:
    return {"currencyCode": "EUR", "centAmount": cents}


async def add_lines(shop: Shop) -> None:
    await shop.make("product-type", name="t", key="kind", description="")
    common = {"productType": {"key": "kind"}, "name": {"en": "n"}, "publish": True}
    prices = [{"value": euros(500)}]
    await shop.make("product", slug={"en": "embedded"}, masterVariant={"sku": "embedded", "prices": prices}, **common)
    alone = await shop.make("product", slug={"en": "alone"}, masterVariant={"sku": "alone"}, priceMode="Standalone", **common)
    await shop.make("standalone-price", sku="alone", value=euros(300))
    customer = await shop.make("customer", email="ada@example.com", authenticationMode="ExternalAuth")
    cart = await shop.make("cart", currency="EUR", customerId=customer["id"])
    for line, total in (({"sku": "embedded"}, 500), ({"sku": "alone"}, 800), ({"productId": alone["id"]}, 1100)):
        cart, count = await shop.change("cart", cart, {"action": "addLineItem", **line})
        assert (cart["totalPrice"]["centAmount"], count) == (total, 3), line
    _, count = await shop.change("cart", cart, {"action": "recalculate"})
    assert count == 2  # nothing changed, so that nothing is written


def test_a_line_is_added_by_a_read_a_prefetch_and_a_write(database_url: str) -> None:
    async def run() -> None:
        await migrate(database_url)
        database = await Database.connect(database_url, Settings.from_environment({}))
        try:
            await create_project(database, PROJECT, ["EUR"], ["DE"], ["en"])
            await add_lines(Shop(database))
            assert await check(database, TYPES, [PROJECT]) == []
        finally:
            await database.close()

    asyncio.run(run())
