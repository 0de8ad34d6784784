"""The shop that most tests begin with is a copy; it is what its seven requests would have made."""

from __future__ import annotations

import json
import re

from live import BESIDE, Client, Server
from orderwright.resources import RESOURCES
from orderwright.storage.documents.check import check
from shop_setup import make_shop, open_shop

PATHS = ("tax-categories", "zones", "shipping-methods", "product-types", "products", "messages", "states")
TYPES = {resource.type_id: resource for resource in RESOURCES}
OWN = re.compile(r'"(clientId|correlationId)": "[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.]+Z')


def shown(shop: Client) -> dict[str, list[str]]:
    """All that is there, but for ids, times, and the requests and the client that have made it."""
    found = {path: shop.get(path, params={"limit": 500})["results"] for path in PATHS}
    return {path: sorted(OWN.sub("own", json.dumps(result)) for result in results) for path, results in found.items()}


def test_a_copied_shop_is_what_its_requests_make(server: Server, shop: Client, database_url: str) -> None:
    make_shop(shop)
    server.project(f"{shop.project}-copy")
    copied = server.client(f"{shop.project}-copy")
    open_shop(copied)
    assert shown(copied) == shown(shop)
    assert len(shown(copied)["products"]) == 2
    projects = [shop.project, copied.project]
    assert BESIDE.run(database_url, lambda database: check(database, TYPES, projects)) == []
