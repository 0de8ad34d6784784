"""The API page's examples, sent as they stand there to a server that has nothing yet: what one tries first is to succeed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from answering import Noted, answered, shape
from answering_second import Noted as Noted2
from answering_second import answered as answered_second
from emporix_shop import Tenant

from live import Client, Server
from orderwright import app
from orderwright.http.docs.answers import ANSWERS, SECOND_ANSWERS
from orderwright.http.emporix import mount as emporix
from relaying import receiving

JSON = "application/json"
# By path, the type of what is created there: each before those that name it.
UNPUBLISHED = ("setSearchKeywords",)
"""The published schema has texts in the place of keywords, so no answer that has any fits it."""
CREATED = {
    "states": "state",
    "channels": "channel",
    "customer-groups": "customer-group",
    "customers": "customer",
    "associate-roles": "associate-role",
    "business-units": "business-unit",
    "stores": "store",
    "tax-categories": "tax-category",
    "zones": "zone",
    "shipping-methods": "shipping-method",
    "discount-groups": "discount-group",
    "cart-discounts": "cart-discount",
    "discount-codes": "discount-code",
    "categories": "category",
    "product-types": "product-type",
    "products": "product",
    "standalone-prices": "standalone-price",
    "inventory": "inventory-entry",
    "types": "type",
    "payments": "payment",
    "shopping-lists": "shopping-list",
    "custom-objects": "key-value-document",
    "carts": "cart",
    "orders": "order",
    # Behind the order, since a queue puts it into the prices at some time.
    "product-discounts": "product-discount",
}


class Page(NamedTuple):
    """What the API page reads."""

    document: Any

    @classmethod
    def of(cls, server: Server, dialect: str = "openapi") -> Page:
        return cls(httpx.get(f"{server.url}/docs/{dialect}.json").json())

    def examples(self, path: str) -> dict[str, Any]:
        """The bodies that are offered for a POST, by their names."""
        told = self.document["paths"][path]["post"]["requestBody"]["content"][JSON]["examples"]
        kept = self.document["components"]["examples"]
        return {name: kept[example["$ref"].rpartition("/")[2]]["value"] for name, example in told.items()}

    def example(self, method: str, path: str) -> Any:
        """The only one that is offered."""
        return self.document["paths"][path][method]["requestBody"]["content"][JSON]["example"]


def placed(value: Any, made: dict[str, Any]) -> Any:
    """An example in which references are to what was made here."""
    if isinstance(value, list):
        return [placed(part, made) for part in value]
    if not isinstance(value, dict):
        return value
    if value.get("typeId") in made and "id" in value:
        return {**value, "id": made[value["typeId"]]["id"]}
    return {name: placed(part, made) for name, part in value.items()}


def created(page: Page, shop: Client) -> dict[str, Any]:
    """Everything that there is an example of, by its type."""
    made: dict[str, Any] = {}
    for path, kind in CREATED.items():
        (draft,) = page.examples(f"/{{projectKey}}/{path}").values()
        answer = shop.send("POST", path, placed(draft, made))
        assert answer.status_code == 201, (path, answer.text)
        made[kind] = answer.json().get("customer", answer.json())
    return made


def test_what_the_page_shows_can_be_created(server: Server, shop: Client) -> None:
    made = created(Page.of(server), shop)
    assert made["cart"]["lineItems"][0]["variant"]["sku"] == "MUG-1"
    # A tenth of 19.99 EUR is off, by the cart discount that was created on the way: 1.999 -> 2.00.
    assert made["order"]["totalPrice"]["centAmount"] == 1799


def test_actions_that_the_page_shows_can_be_sent(server: Server, shop: Client) -> None:
    page = Page.of(server)
    made = created(page, shop)
    succeeded: list[str] = []
    refused: dict[str, str] = {}
    for path, kind in CREATED.items():
        if kind == "key-value-document":
            continue
        one = f"{path}/{made[kind]['id']}"
        for action, body in page.examples(f"/{{projectKey}}/{path}/{{id}}").items():
            if action in UNPUBLISHED:
                continue
            answer = shop.send("POST", one, {**placed(body, made), "version": shop.get(one)["version"]})
            if answer.status_code == 200:
                succeeded.append(f"{kind} {action}")
            else:
                refused[f"{kind} {action}"] = answer.json()["errors"][0]["code"]
    # What is refused names lines, addresses or deliveries that this shop has not, or sets what is set: it is well-formed.
    assert not set(refused.values()) & {"InvalidJsonInput", "RequiredField"}, refused
    assert len(succeeded) >= 245
    assert {"tax-category setKey", "customer addAddress", "product setPrices", "order setOrderNumber"} <= set(succeeded)


def test_orders_of_the_second_dialect_go_their_way_by_the_page(server: Server) -> None:
    page, tenant = Page.of(server, "order-v2"), Tenant(server)
    orders = "/order-v2/{tenant}/salesorders"
    made = tenant.send("POST", "salesorders", page.example("post", orders))
    assert made.status_code == 201, made.text
    one = f"salesorders/{made.json()['id']}"
    assert tenant.send("PATCH", one, page.example("patch", f"{orders}/{{orderId}}")).status_code == 204
    assert tenant.get(one)["shipments"][0]["carrier"] == "DHL"
    moved = tenant.send("POST", f"{one}/transitions", page.example("post", f"{orders}/{{orderId}}/transitions"))
    assert (moved.status_code, tenant.get(one)["status"]) == (204, "CONFIRMED")
    found = tenant.send("POST", "salesorders/search", page.example("post", f"{orders}/search"))
    assert (found.status_code, found.json()) == (200, [])
    assert tenant.get(one)["calculatedPrice"]["finalPrice"]["grossValue"] == 19.99


def test_what_the_page_shows_as_answers_is_what_is_answered(server: Server, shop: Client) -> None:
    page, noted = Page.of(server), Noted()

    def example(path: str) -> Any:
        (draft,) = page.examples(f"/{{projectKey}}/{path}").values()
        return draft

    with receiving() as receiver:
        noted.by(shop)
        answered(server, shop, created(page, shop), noted, receiver, example)
    assert_shown(noted.plain(shop.project), ANSWERS)


def test_what_the_second_page_shows_as_answers_is_what_is_answered(server: Server) -> None:
    tenant = Tenant(server)
    page, noted = Page.of(server, "order-v2"), Noted2(emporix.served(app.empty_house()))
    answered_second(tenant, noted, lambda method, path: page.example(method.lower(), f"/{path}"))
    assert_shown(noted.plain(tenant.key), SECOND_ANSWERS)


def assert_shown(found: dict[str, Any], file: Path) -> None:
    """Hold answers against those that the page shows; or put them there, where that is asked for."""
    if os.environ.get("ORDERWRIGHT_WRITE_ANSWERS"):
        rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in found.items())
        file.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
    shown = json.loads(file.read_text(encoding="utf-8"))
    assert found.keys() == shown.keys()
    stale = [name for name in found if shape(found[name]) != shape(shown[name])]
    assert stale == [], "answers have other members now: ORDERWRIGHT_WRITE_ANSWERS=1 writes them anew"
