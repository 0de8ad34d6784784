"""Every field that orders are found by, each alone: those of the earlier document, and what came since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from live import Client, Server
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft

NOTE = {"name": "note", "type": {"name": "String"}, "label": {"en": "Note"}, "required": False}
RETURNED = {"action": "addReturnInfo", "returnTrackingId": "R-1"}


class Orders:
    """A shop with three orders: `full` of a customer, `guest` of an anonymous session, and `old`, which was imported."""

    def __init__(self, shop: Client) -> None:
        self.shop = shop
        open_shop(shop)
        shop.create("stores", {"key": "berlin"})
        shop.create("types", {"key": "gift", "name": {"en": "Gift"}, "resourceTypeIds": ["order"], "fieldDefinitions": [NOTE]})
        shop.create("channels", {"key": "erp", "roles": ["OrderExport"]})
        shop.create("customer-groups", {"groupName": "VIP", "key": "vip"})
        shop.create("states", {"key": "new", "type": "OrderState", "initial": True})
        shop.create("payments", {"key": "paid", "amountPlanned": eur(1)})
        shop.create("inventory", {"sku": "mug", "quantityOnStock": 9})
        scored = {"action": "setShippingRateInputType", "shippingRateInputType": {"type": "CartScore"}}
        shop.update("", shop.get("")["version"], scored)
        new = {"email": "ada@example.com", "password": "secret", "customerGroup": by_key("customer-group", "vip")}
        ada = shop.create("customers", new)["customer"]["id"]
        category = by_key("tax-category", "standard")
        wrap = {"name": {"en": "Wrapping"}, "slug": "wrap", "money": eur(100), "taxCategory": category}
        more = {"customerId": ada, "locale": "de", "billingAddress": {**BERLIN, "city": "Bonn"}, "customLineItems": [wrap]}
        more |= {
            "shippingRateInput": {"type": "Score", "score": 7},
            "inventoryMode": "TrackOnly",
            "store": by_key("store", "berlin"),
        }
        more |= {"custom": {"type": by_key("type", "gift"), "fields": {"note": "hi"}}, "purchaseOrderNumber": "PO-1"}
        states = {"shipmentState": "Ready", "paymentState": "Paid", "orderState": "Confirmed", "state": by_key("state", "new")}
        full = shop.create(
            "orders", order_draft(shop.create("carts", cart_draft(("mug", 2), **more)), orderNumber="A-1", **states)
        )
        back = {"quantity": 1, "lineItemId": full["lineItems"][0]["id"], "shipmentState": "Returned"}
        paid = {"action": "addPayment", "payment": by_key("payment", "paid")}
        sync = {"action": "updateSyncInfo", "channel": by_key("channel", "erp"), "externalId": "E-1"}
        self.full = shop.update(f"orders/{full['id']}", 1, paid, sync, {**RETURNED, "items": [back]})
        guest: dict[str, Any] = {
            "anonymousId": "visit",
            "country": "FR",
            "customerEmail": "guest@example.com",
            "origin": "Merchant",
        }
        guest |= {"taxMode": "Disabled", "shippingMethod": None, "shippingAddress": {"country": "FR", "city": "Paris"}}
        self.guest = shop.create("orders", order_draft(shop.create("carts", cart_draft(("tea", 1), **guest))))
        item = {"name": {"en": "Old"}, "slug": "old", "quantity": 1, "money": eur(10)}
        imported = {"totalPrice": eur(10), "customLineItems": [item], "completedAt": "2001-02-03T04:05:06.000Z"}
        self.old = shop.create("orders/import", imported)

    def found(self, predicate: str) -> set[str]:
        """The names of the orders that a predicate finds; `{field.path}` in it stands for a value of the full order."""
        results = self.shop.get("orders", params={"where": self.filled(predicate)})["results"]
        names = {self.full["id"]: "full", self.guest["id"]: "guest", self.old["id"]: "old"}
        return {names[order["id"]] for order in results}

    def filled(self, predicate: str) -> str:
        for path in ("createdAt", "lastModifiedAt", "id", "customerId", "customerGroup.id", "cart.id", "state.id"):
            value: Any = self.full
            for step in path.split("."):
                value = value[step]
            predicate = predicate.replace("{" + path + "}", value)
        (payment,) = self.full["paymentInfo"]["payments"]
        return predicate.replace("{payment}", payment["id"]).replace("{channel}", self.full["syncInfo"][0]["channel"]["id"])


@pytest.fixture(scope="module")
def orders(server: Server) -> Iterator[Orders]:
    """The shop, made once: nothing here changes it."""
    server.project("scenario-order-queries")
    yield Orders(server.client("scenario-order-queries"))


# Two mugs at 19.99, a wrapping and the parcel at 5.95: 46.93, of which 39.98 / 1.19 = 33.60, 0.84 and 5.00 are net.
OF_THE_EARLIER_DOCUMENT = [
    ('createdAt = "{createdAt}"', {"full"}),
    ('lastModifiedAt = "{lastModifiedAt}"', {"full"}),
    ('completedAt = "2001-02-03T04:05:06.000Z"', {"old"}),
    ('orderNumber = "A-1"', {"full"}),
    ('purchaseOrderNumber = "PO-1"', {"full"}),
    ('customerId = "{customerId}"', {"full"}),
    ('customerEmail = "guest@example.com"', {"guest"}),
    ('anonymousId = "visit"', {"guest"}),
    ('country = "FR"', {"guest"}),
    ('totalPrice(centAmount = 4693 and currencyCode = "EUR")', {"full"}),
    ("taxedPrice(totalNet(centAmount = 3944))", {"full"}),
    ('shippingAddress(city = "Paris")', {"guest"}),
    ('billingAddress(city = "Bonn")', {"full"}),
    ('customerGroup(id = "{customerGroup.id}")', {"full"}),
    ('orderState = "Confirmed"', {"full"}),
    ('shipmentState = "Ready"', {"full"}),
    ('paymentState = "Paid"', {"full"}),
    ('syncInfo(channel(id = "{channel}") and externalId = "E-1")', {"full"}),
    ('returnInfo(returnTrackingId = "R-1" and items(shipmentState = "Returned"))', {"full"}),
    ('lineItems(variant(sku = "tea") and quantity = 1)', {"guest"}),
    ('customLineItems(slug = "wrap")', {"full"}),
    ('cart(id = "{cart.id}")', {"full"}),
    ('paymentInfo(payments(id = "{payment}"))', {"full"}),
    ('state(id = "{state.id}")', {"full"}),
    ('locale = "de"', {"full"}),
    ('inventoryMode = "TrackOnly"', {"full"}),
    ("shippingRateInput(score = 7)", {"full"}),
    ('shippingInfo(shippingMethodName = "Parcel")', {"full"}),
]
SINCE_THEN = [
    ('id = "{id}"', {"full"}),
    ("version = 2", {"full"}),
    ('store(key = "berlin")', {"full"}),
    ('custom(fields(note = "hi"))', {"full"}),
    ('businessUnit(key = "unit")', set()),
    ("businessUnit is not defined", {"full", "guest", "old"}),
    ("quote is not defined", {"full", "guest", "old"}),
    ('quote(id = "none")', set()),
    ("discountTypeCombination is not defined", {"full", "guest", "old"}),
    ("recurringOrder is not defined", {"full", "guest", "old"}),
    ('origin = "Merchant"', {"guest"}),
    ('taxMode = "Disabled"', {"guest"}),
    ('taxMode = "External"', {"old"}),
    ('shippingMode = "Single"', {"full", "guest", "old"}),
    ("discountCodes is empty", {"full", "guest", "old"}),
    ("itemShippingAddresses is empty", {"full", "guest", "old"}),
    ("taxedShippingPrice(totalGross(centAmount = 595))", {"full"}),
    ('taxRoundingMode = "HalfEven" and taxCalculationMode = "LineItemLevel"', {"full", "guest", "old"}),
    ('createdBy(clientId = "nobody")', set()),
    ("createdBy(attributedTo is not defined)", {"full", "guest", "old"}),
    ('createdBy(attributedTo(source = "IntakeAgent"))', set()),
]


@pytest.mark.parametrize(("predicate", "names"), OF_THE_EARLIER_DOCUMENT)
def test_a_field_of_the_earlier_document(orders: Orders, predicate: str, names: set[str]) -> None:
    assert orders.found(predicate) == names


@pytest.mark.parametrize(("predicate", "names"), SINCE_THEN)
def test_a_field_that_came_since(orders: Orders, predicate: str, names: set[str]) -> None:
    assert orders.found(predicate) == names


@pytest.mark.parametrize("field", ["orderNumber", "purchaseOrderNumber", "customerId", "completedAt", "state", "store", "custom"])
def test_what_is_not_there_is_found_by_that(orders: Orders, field: str) -> None:
    there = {name for name in ("full", "guest", "old") if field in getattr(orders, name)}
    assert orders.found(f"{field} is defined") == there
    assert orders.found(f"{field} is not defined") == {"full", "guest", "old"} - there


@pytest.mark.parametrize("field", ["createdAt", "lastModifiedAt", "orderNumber", "totalPrice.centAmount", "orderState", "id"])
def test_orders_are_sorted(orders: Orders, field: str) -> None:
    def value(order: Any) -> Any:
        for step in field.split("."):
            order = order.get(step, "")
        return order

    where = f"{field.partition('.')[0]} is defined"
    up = orders.shop.get("orders", params={"sort": f"{field} asc", "where": where})["results"]
    down = orders.shop.get("orders", params={"sort": f"{field} desc", "where": where})["results"]
    assert [value(order) for order in up] == sorted(value(order) for order in up)
    assert [value(order) for order in down] == sorted((value(order) for order in down), reverse=True)


def test_an_unknown_field_is_refused(orders: Orders) -> None:
    error = orders.shop.refused(400, "GET", "orders", params={"where": 'ordernumber = "A-1"'})
    assert error["code"] == "InvalidInput"


def test_references_are_expanded(orders: Orders) -> None:
    paths = ["cart", "state", "customerGroup", "paymentInfo.payments[*]", "lineItems[*].state[*].state", "syncInfo[*].channel"]
    order = orders.shop.get(f"orders/{orders.full['id']}", params={"expand": paths})
    assert order["cart"]["obj"]["cartState"] == "Ordered"
    assert (order["state"]["obj"]["key"], order["customerGroup"]["obj"]["name"]) == ("new", "VIP")
    assert order["paymentInfo"]["payments"][0]["obj"]["key"] == "paid"
    assert order["lineItems"][0]["state"][0]["state"]["obj"]["key"] == "Initial"
    assert order["syncInfo"][0]["channel"]["obj"]["key"] == "erp"
