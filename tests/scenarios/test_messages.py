"""Messages over HTTP: what they can be asked by, how long they are kept, the switch, and their erasure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from live import Client
from orderwright.app import verbs_over
from orderwright.resources import EXPIRING, RESOURCES
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents.check import check
from orderwright.storage.tables.sweeps import Retention, projects
from orderwright.verbs.sweeps import Sweeps, Swept
from shop_setup import cart_draft, eur, open_shop, order_draft

ITEM = {"name": {"en": "Old"}, "slug": "old", "quantity": 1, "money": {"currencyCode": "EUR", "centAmount": 1}}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def orders(shop: Client) -> Client:
    """A shop with one order, B-1, that was confirmed, and then got a purchase order number."""
    open_shop(shop)
    order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 1))), orderNumber="B-1"))
    confirmed = {"action": "changeOrderState", "orderState": "Confirmed"}
    named = {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "PO 7"}
    shop.update(f"orders/{order['id']}", 1, confirmed, named)
    return shop


def told(shop: Client, **parameters: Any) -> list[tuple[int, str]]:
    """Numbers and types of the Messages of a page."""
    page = shop.get("messages", params=parameters)
    return [(each["sequenceNumber"], each["type"]) for each in page["results"]]


def about(id: str) -> dict[str, Any]:
    """All Messages of one resource, as they were told."""
    return {"where": f'resource(id = "{id}")', "sort": "sequenceNumber asc", "limit": 500}


def test_messages_of_one_change_come_in_the_order_in_which_it_happened(shop: Client) -> None:
    """By creation time and by default: all of one change have the same instant."""
    order = shop.create("orders/import", {"totalPrice": eur(1), "customLineItems": [ITEM]})
    named = [{"action": "setPurchaseOrderNumber", "purchaseOrderNumber": f"PO {number}"} for number in range(40)]
    shop.update(f"orders/{order['id']}", 1, *named)
    mine = {"where": f'resource(id = "{order["id"]}")', "limit": 500}
    for sort in ({}, {"sort": "createdAt asc"}, {"sort": "lastModifiedAt asc"}):
        assert [number for number, _ in told(shop, **mine, **sort)] == list(range(1, 42)), sort


def sweep(settings: Settings, shop: Client, days: float, keeps: int = 15) -> Swept:
    """What goes in `days` from now from a project that keeps its Messages so many days; all that is left must be in order."""

    async def run() -> Swept:
        database = await Database.connect(str(settings.database_url), settings)
        try:
            at = datetime.now(UTC) + timedelta(days=days)
            swept = await Sweeps(verbs_over(database), EXPIRING, 1).project(Retention(shop.project, keeps), at)
            assert await check(database, {kind.type_id: kind for kind in RESOURCES}, [shop.project]) == []
            return replace(swept, changes=0)  # which is another test's
        finally:
            await database.close()

    return asyncio.run(run())


CREATED, CONFIRMED, NAMED = (1, "OrderCreated"), (2, "OrderStateChanged"), (3, "OrderPurchaseOrderNumberSet")


def test_what_every_message_has(orders: Client) -> None:
    order = orders.get("orders/order-number=B-1")
    page = orders.get("messages", params=about(order["id"]))
    assert (page["limit"], page["offset"], page["count"], page["total"]) == (500, 0, 3, 3)
    message = page["results"][1]
    assert message["version"] == 1
    assert message["createdAt"] == message["lastModifiedAt"] == order["lastModifiedAt"]
    assert message["resource"] == {"typeId": "order", "id": order["id"]}
    assert (message["resourceVersion"], message["sequenceNumber"]) == (2, 2)
    assert message["resourceUserProvidedIdentifiers"] == {"orderNumber": "B-1"}
    assert (message["type"], message["orderState"], message["oldOrderState"]) == ("OrderStateChanged", "Confirmed", "Open")
    assert orders.get(f"messages/{message['id']}") == message


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('type = "OrderCreated"', [CREATED]),
        ('type in ("OrderCreated", "OrderStateChanged")', [CREATED, CONFIRMED]),
        ('resource(typeId = "order" and id = "{id}")', [CREATED, CONFIRMED, NAMED]),
        ('resource(typeId = "cart")', []),
        (f'resource(id = "{NOBODY}")', []),
        ('resourceUserProvidedIdentifiers(orderNumber = "B-1")', [CREATED, CONFIRMED, NAMED]),
        ('resourceUserProvidedIdentifiers(orderNumber = "B-2")', []),
        ("resourceUserProvidedIdentifiers(orderNumber is defined) and sequenceNumber > 1", [CONFIRMED, NAMED]),
        ('createdAt > "2020-01-01T00:00:00Z" and createdAt <= "{now}" and sequenceNumber <= 2', [CREATED, CONFIRMED]),
        ('createdAt < "2020-01-01T00:00:00Z"', []),
        ('lastModifiedAt = "{now}"', [CONFIRMED, NAMED]),
        ("resourceVersion = 2 and version = 1", [CONFIRMED, NAMED]),
        ('id = "{message}"', [CREATED]),
        # Fields that only some Messages have, and fields of the document inside one.
        ('orderState = "Confirmed" and oldOrderState = "Open"', [CONFIRMED]),
        ('purchaseOrderNumber = "PO 7"', [NAMED]),
        ('order(orderNumber = "B-1" and totalPrice(centAmount = 2594))', [CREATED]),
        ('order(lineItems(variant(sku = "mug") and quantity = 1))', [CREATED]),
        ('type = "OrderCreated" and order(customerEmail = "nobody@example.com")', []),
        ("order is not defined", [CONFIRMED, NAMED]),
        ('typ = "OrderCreated"', []),
    ],
)  # fmt: skip
def test_what_messages_are_asked_by(orders: Client, where: str, found: list[tuple[int, str]]) -> None:
    order = orders.get("orders/order-number=B-1")
    first = orders.get("messages", params=about(order["id"]))["results"][0]
    for name, value in (("id", order["id"]), ("now", order["lastModifiedAt"]), ("message", first["id"])):
        where = where.replace(f"{{{name}}}", value)
    ours = f'resource(typeId = "order") and ({where})'
    assert told(orders, where=ours, sort="sequenceNumber asc") == found
    assert orders.send("HEAD", "messages", params={"where": ours}).status_code == (200 if found else 404)


def test_pages_orders_and_totals(orders: Client) -> None:
    ours = {"where": 'resource(typeId = "order")'}
    assert told(orders, **ours, sort=["createdAt desc", "sequenceNumber desc"]) == [NAMED, CONFIRMED, CREATED]
    assert told(orders, **ours, sort="type asc", limit=2) == [CREATED, NAMED]
    assert told(orders, **ours, sort="order.totalPrice.centAmount asc", limit=1) == [CREATED]
    assert told(orders, **ours, sort="sequenceNumber asc", limit=1, offset=2) == [NAMED]
    page = orders.get("messages", params={**ours, "withTotal": "false", "limit": 2})
    assert ("total" in page, page["count"]) == (False, 2)
    assert orders.get("messages", params={**ours, "limit": 0})["total"] == 3
    for parameters in ({"where": "sequenceNumber ="}, {"where": 'createdAt > "then"'}, {"limit": 501}, {"sort": "a b"}):
        assert orders.refused(400, "GET", "messages", params=parameters)["code"] == "InvalidInput"


def test_the_resource_is_shown_as_it_is_now(orders: Client) -> None:
    order = orders.get("orders/order-number=B-1")
    for message in orders.get("messages", params={**about(order["id"]), "expand": "resource"})["results"]:
        assert message["resource"] == {"typeId": "order", "id": order["id"], "obj": order}
    single = orders.get(f"messages/{message['id']}", params={"expand": "resource"})
    assert single["resource"]["obj"] == order
    orders.delete(f"orders/{order['id']}", order["version"])
    single = orders.get(f"messages/{message['id']}", params={"expand": "resource"})
    assert single["resource"] == {"typeId": "order", "id": order["id"]}


def test_only_who_may_see_messages_sees_them(orders: Client, client_with: Callable[[str, str], Client]) -> None:
    message = orders.get("messages", params={"limit": 1})["results"][0]
    paths = ("messages", f"messages/{message['id']}")
    viewing = client_with(orders.project, f"view_messages:{orders.project}")
    selling = client_with(orders.project, f"manage_orders:{orders.project}")
    for path in paths:
        assert [viewing.send(method, path).status_code for method in ("GET", "HEAD")] == [200, 200]
        assert [selling.send(method, path).status_code for method in ("GET", "HEAD")] == [403, 403]
    for path in (f"messages/{NOBODY}", "messages/none"):
        assert [viewing.send(method, path).status_code for method in ("GET", "HEAD")] == [404, 404]


def switch(shop: Client, enabled: bool, days: int = 15) -> None:
    configuration = {"enabled": enabled, "deleteDaysAfterCreation": days}
    action = {"action": "changeMessagesConfiguration", "messagesConfiguration": configuration}
    assert shop.update("", shop.get("")["version"], action)["messages"] == configuration


def test_the_switch(orders: Client, settings: Settings) -> None:
    order = orders.get("orders/order-number=B-1")
    switch(orders, enabled=False)
    orders.update(f"orders/{order['id']}", 2, {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "PO 8"})
    assert told(orders, **about(order["id"])) == [CREATED, CONFIRMED, NAMED]
    switch(orders, enabled=True)
    orders.update(f"orders/{order['id']}", 3, {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "PO 9"})
    after = orders.get("messages", params=about(order["id"]))["results"][3]
    assert (after["sequenceNumber"], after["resourceVersion"], after["purchaseOrderNumber"]) == (4, 4, "PO 9")
    # What is kept grows old also where nothing new is kept.
    switch(orders, enabled=False)
    assert sweep(settings, orders, days=16).messages > 0
    assert told(orders) == []


def test_messages_go_after_their_days_and_numbers_go_on(orders: Client, settings: Settings) -> None:
    order = orders.get("orders/order-number=B-1")
    assert sweep(settings, orders, days=14.9) == Swept()
    assert sweep(settings, orders, days=89.9, keeps=90) == Swept()
    count = orders.get("messages")["total"]
    assert sweep(settings, orders, days=15.1) == Swept(messages=count)
    assert told(orders) == []
    orders.update(f"orders/{order['id']}", 2, {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "PO 8"})
    assert told(orders, **about(order["id"])) == [(4, "OrderPurchaseOrderNumberSet")]
    assert sweep(settings, orders, days=0) == Swept()


def test_the_days_are_those_of_the_project(orders: Client, settings: Settings) -> None:
    async def days() -> int:
        database = await Database.connect(str(settings.database_url), settings)
        try:
            after, found = "", dict[str, int]()
            while page := await projects(database, after):
                found |= {each.shard: each.days for each in page}
                after = page[-1].shard
            return found[orders.project]
        finally:
            await database.close()

    assert asyncio.run(days()) == 15
    switch(orders, enabled=False, days=3)
    assert asyncio.run(days()) == 3


def erase(shop: Client, path: str, version: int, erasing: str = "true") -> httpx.Response:
    answer = shop.send("DELETE", path, params={"version": version, "dataErasure": erasing})
    assert answer.status_code == 200, answer.text
    return answer


def test_erasing_an_order_leaves_nothing_that_tells_of_it(orders: Client) -> None:
    order = orders.get("orders/order-number=B-1")
    other = orders.create("orders", order_draft(orders.create("carts", cart_draft(("mug", 1)))))
    assert erase(orders, f"orders/{order['id']}", 2).json() == order
    assert told(orders, **about(order["id"])) == []
    assert told(orders, where='type = "OrderDeleted"') == []
    assert told(orders, **about(other["id"])) == [(1, "OrderCreated")]
    # Without it the Messages stay, and one tells of the deletion.
    erase(orders, f"orders/{other['id']}", 1, "false")
    assert told(orders, **about(other["id"])) == [(1, "OrderCreated"), (2, "OrderDeleted")]
    assert orders.refused(404, "DELETE", f"orders/{order['id']}", params={"version": 2, "dataErasure": "true"})


def test_erasing_a_customer_a_cart_and_a_payment(shop: Client) -> None:
    made = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]
    other = shop.create("customers", {"email": "bob@example.com", "password": "secret"})["customer"]
    for customer in (made, other):
        token = shop.send("POST", "customers/email-token", {"id": customer["id"], "ttlMinutes": 60})
        assert token.status_code == 200
    payment = shop.create("payments", {"amountPlanned": eur(100), "customer": {"typeId": "customer", "id": made["id"]}})
    cart = shop.create("carts", {"currency": "EUR", "customerId": other["id"]})
    before = shop.get("messages", params={"where": f'customerId = "{made["id"]}"'})["results"]
    assert [each["type"] for each in before] == ["CustomerEmailTokenCreated"]
    erase(shop, f"customers/{made['id']}", 1)
    left = shop.get("messages", params={"sort": "createdAt asc"})["results"]
    kept = {(each["type"], each["resource"]["id"]) for each in left if each["type"] != "CustomerEmailTokenCreated"}
    assert kept == {("CustomerCreated", other["id"]), ("PaymentCreated", payment["id"])}
    assert [each["customerId"] for each in left if each["type"] == "CustomerEmailTokenCreated"] == [other["id"]]
    erase(shop, f"payments/{payment['id']}", 1)
    erase(shop, f"carts/{cart['id']}", 1)
    assert told(shop, **about(payment["id"])) == []
    # What can be nobody's data keeps its Messages whatever is asked for.
    category = shop.create("categories", {"name": {"en": "a"}, "slug": {"en": "a-slug"}})
    erase(shop, f"categories/{category['id']}", 1)
    assert told(shop, **about(category["id"]))[0] == (1, "CategoryCreated")


def test_an_erased_order_is_not_kept_for_repeated_requests(orders: Client, settings: Settings) -> None:
    cart = orders.create("carts", cart_draft(("mug", 1)))
    keyed = {"headers": {"Idempotency-Key": "one-order"}}
    order = orders.create("orders", order_draft(cart), **keyed)
    assert orders.create("orders", order_draft(cart), **keyed) == order

    async def kept() -> int:
        database = await Database.connect(str(settings.database_url), settings)
        try:
            statement = "SELECT count(*) AS kept FROM idempotency WHERE shard = $1 AND id = $2"
            row = await database.fetchrow(statement, orders.project, order["id"])
            return int(row["kept"]) if row else 0
        finally:
            await database.close()

    assert asyncio.run(kept()) == 1
    answer = orders.send(
        "DELETE",
        f"orders/{order['id']}",
        params={"version": 1, "dataErasure": "true"},
        headers={"Idempotency-Key": "erase-it"},
    )
    assert answer.status_code == 200
    assert asyncio.run(kept()) == 0
