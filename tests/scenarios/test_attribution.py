"""Carts and orders that a program made on behalf of a client are found by it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from live import Client
from orderwright.app import verbs_over
from orderwright.domain.amounts.money import Money
from orderwright.domain.cart.resource import RESOURCE as CART
from orderwright.domain.order.resource import IMPORTED
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Attribution, AttributionSource, ClientLogging
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents.documents import Lookup

ITEM = {"name": {"en": "Old"}, "slug": "old", "quantity": 1, "money": Money(currency_code="EUR", cent_amount=1)}
DRAFTS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (CART, {"currency": "EUR"}),
    (IMPORTED, {"totalPrice": ITEM["money"], "customLineItems": [ITEM]}),
)
CHANGE = b'{"version": 1, "actions": [{"action": "setCustomerEmail", "email": "a@example.org"}]}'


def _who(source: AttributionSource, client: str) -> ClientLogging:
    return ClientLogging(client_id="program", attributed_to=Attribution(source=source, client_id=client))


async def _made(settings: Settings, project: str) -> None:
    """Two carts and two orders that were imported for one client, of which an export for another has changed the second ones."""
    database = await Database.connect(str(settings.database_url), settings)
    verbs = verbs_over(database)
    try:
        for resource, draft in DRAFTS:
            importing = Access(shard=project, who=_who("Import", "first"))
            sent = decode_body(resource.draft, encode(draft))
            for _ in range(2):
                made = decode_body(dict[str, Any], await verbs.create(resource, sent, importing))
            actions = decode_body(resource.actions.update_type(), CHANGE).actions
            exporting = Access(shard=project, who=_who("Export", "second"))
            await verbs.update(resource, Lookup("id", made["id"]), 1, actions, exporting)
    finally:
        await database.close()


def test_what_was_made_on_behalf_of_a_client_is_found(shop: Client, settings: Settings) -> None:
    asyncio.run(_made(settings, shop.project))
    shop.create("carts", {"currency": "EUR"})
    for path in ("carts", "orders"):
        for where, count in (
            ('createdBy(attributedTo(source = "Import"))', 2),
            ('createdBy(attributedTo(source = "Import" and clientId = "second"))', 0),
            ('lastModifiedBy(attributedTo(source = "Export"))', 1),
            ('lastModifiedBy(attributedTo(clientId in ("first", "second")))', 2),
            ('lastModifiedBy(attributedTo(source = "IntakeAgent"))', 0),
            ('createdBy(attributedTo is defined) and lastModifiedBy(attributedTo(clientId = "first"))', 1),
        ):
            found = shop.get(path, params={"where": where})
            assert (where, found["count"]) == (where, count)
            assert all(
                each["createdBy"]["attributedTo"] == {"source": "Import", "clientId": "first"} for each in found["results"]
            )


@pytest.mark.parametrize("path", ["carts", "orders"])
def test_what_an_attribution_has_not_cannot_be_asked(shop: Client, path: str) -> None:
    for where in (
        'createdBy(attributedTo(name = "x"))',
        'createdBy(attributedTo = "x")',
        "lastModifiedBy(attributedTo(source = 1))",
    ):
        assert shop.refused(400, "GET", path, params={"where": where})["code"] == "InvalidInput"
