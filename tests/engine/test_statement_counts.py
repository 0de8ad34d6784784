"""How many statements a change of a cart costs: what standalone prices and customer groups add is read with the variant."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from orderwright import app
from orderwright.commands.projects import create_project
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import ClientLogging
from orderwright.resources import RESOURCES
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents.check import check
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.migrations import migrate

TYPES = {resource.type_id: resource for resource in RESOURCES}


class Shop:
    """Makes and changes real resources, and counts the statements."""

    def __init__(self, database: Database, project: str) -> None:
        self.verbs, self.access = app.verbs_over(database), Access(shard=project, who=ClientLogging(client_id="tester"))
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
    # One is read and one is written: for a visitor, for a customer, and at her own door.
    owned = {"customerId": customer["id"]}
    for customer_id, owner in ((None, {}), (None, owned), (customer["id"], owned)):
        shop.access = replace(shop.access, customer_id=customer_id)
        cart = await shop.make("cart", currency="EUR", **owner)
        for line, total in (({"sku": "embedded"}, 500), ({"sku": "alone"}, 800), ({"productId": alone["id"]}, 1100)):
            cart, count = await shop.change("cart", cart, {"action": "addLineItem", **line})
            assert (cart["totalPrice"]["centAmount"], count) == (total, 2), line
    shop.access = replace(shop.access, customer_id=None)
    line = cart["lineItems"][0]["id"]
    cart, count = await shop.change("cart", cart, {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": 9})
    assert count == 3  # which variant that is, only the cart tells
    _, count = await shop.change("cart", cart, {"action": "recalculate"})
    assert count == 2  # nothing changed, so that nothing is written


async def lock_what_they_name(shop: Shop) -> None:
    common = {"name": {"en": "n"}, "key": "kk"}
    await shop.make("type", **common, resourceTypeIds=["order"])
    await shop.make("store", **common)
    await shop.make("tax-category", name="n", key="kk", rates=[])
    await shop.make("product-type", name="t", key="kk", description="")
    variant = {"sku": "mug", "prices": [{"value": euros(500)}]}
    await shop.make(
        "product", productType={"key": "kk"}, name={"en": "n"}, slug={"en": "mug"}, masterVariant=variant, publish=True
    )
    await shop.make("customer-group", groupName="n", key="kk")
    group, custom = {"customerGroup": {"key": "kk"}}, {"custom": {"type": {"key": "kk"}}}
    customer = await shop.make("customer", email="bob@example.com", authenticationMode="ExternalAuth", **group)
    line = {"name": {"en": "n"}, "slug": "slug", "money": euros(5), "taxCategory": {"key": "kk"}}
    first = await shop.make("state", key="first", type="ReviewState")

    async def locks(made: Awaitable[Any]) -> tuple[int, int, Any]:
        """How many statements a write takes, and how many of them lock what it names."""
        shop.seen.clear()
        document = await made
        return len(shop.seen), sum("KEY SHARE" in text for text in shop.seen), document

    await shop.make("cart", currency="EUR")  # the first one loads the catalogue
    assert (await locks(shop.make("cart", currency="EUR")))[:2] == (2, 0)
    for names in (group, custom, {"store": {"key": "kk"}}):
        assert (await locks(shop.make("cart", currency="EUR", **names)))[:2] == (2, 1), names
    # What she belongs to is copied, not named; and no cart keeps a tax category from being deleted.
    for rest in ({"customerId": customer["id"]}, {"customLineItems": [line]}):
        assert (await locks(shop.make("cart", currency="EUR", **rest)))[:2] == (2, 0), rest
    shop.access = replace(shop.access, store_key="kk")
    address = {"shippingAddress": {"country": "DE"}}
    statements, locking, cart = await locks(shop.make("cart", currency="EUR", lineItems=[{"sku": "mug"}], **address))
    assert (statements, locking, cart["store"]["key"]) == (2, 1, "kk")
    # An order has the store of its cart, which is compared.
    statements, locking, order = await locks(shop.make("order", cart={"id": cart["id"]}, version=1))
    assert (statements, locking, order["store"]["key"]) == (3, 0, "kk")
    # What names itself has been compared.
    statements, locking, _ = await locks(
        shop.change("state", first, {"action": "setTransitions", "transitions": [{"key": "first"}]})
    )
    assert (statements, locking) == (3, 0)


@pytest.mark.parametrize("story", [add_lines, lock_what_they_name])
def test_what_a_change_costs(database_url: str, story: Callable[[Shop], Awaitable[None]]) -> None:
    async def run() -> None:
        await migrate(database_url)
        database = await Database.connect(database_url, Settings.from_environment({}))
        try:
            project = f"counts-{story.__name__}"
            await create_project(database, project, ["EUR"], ["DE"], ["en"])
            await story(Shop(database, project))
            assert await check(database, TYPES, [project]) == []
        finally:
            await database.close()

    asyncio.run(run())
