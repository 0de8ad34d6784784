"""Subscriptions over HTTP: every operation and action, what is refused, and what arrives at a receiver on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from live import Client
from relaying import SECRET, Receiver, http, receiving
from shop_setup import cart_draft, open_shop, order_draft

ORDERS = [{"resourceTypeId": "order"}]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def arrived(met: Callable[[], bool]) -> None:
    """Waits until something has."""
    deadline = time.monotonic() + 15
    while not met():
        assert time.monotonic() < deadline, "nothing has arrived"
        time.sleep(0.02)


def test_each_operation_and_action(shop: Client, receiver: Receiver) -> None:
    for form in ("id", "key=a-key"):
        made = shop.create("subscriptions", {"key": "a-key", "destination": http(receiver), "changes": ORDERS})
        one = f"subscriptions/{made['id'] if form == 'id' else form}"
        assert made["format"] == {"type": "Platform"} and made["status"] == "Healthy"
        assert (made["messages"], made["events"]) == ([], [])
        assert shop.get(one) == made
        assert shop.send("HEAD", one).status_code == 200
        assert shop.send("HEAD", "subscriptions", params={"where": 'key = "a-key"'}).status_code == 200
        assert shop.get("subscriptions", params={"where": 'status = "Healthy"', "sort": "createdAt desc"})["results"] == [made]
        assert shop.refused(400, "POST", "subscriptions", {"key": "a-key", "destination": http(receiver), "changes": ORDERS})
        events = [{"resourceTypeId": "checkout", "types": ["CheckoutPaymentCharged"]}]
        after = shop.update(
            one,
            1,
            {"action": "setMessages", "messages": [{"resourceTypeId": "order", "types": ["OrderCreated"]}]},
            {"action": "setEvents", "events": events},
            {"action": "setChanges"},
            {"action": "changeDestination", "destination": http(receiver)},
            {"action": "setKey", "key": "a-key"},
        )
        assert (after["version"], after["changes"], after["events"]) == (2, [], events)
        assert [got.told["version"] for got in receiver.got[-2:]] == [1, 2]
        assert shop.send("GET", f"subscriptions/{made['id']}/health", token="").status_code == 200
        assert shop.delete(one, 2) == after
        assert shop.send("HEAD", one).status_code == 404


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Either 'messages', 'changes', or 'events' must be set."),
    "strange message": (
        {"messages": [{"resourceTypeId": "order", "types": ["PaymentCreated"]}]},
        "'PaymentCreated' is not a message type of the resource type 'order'.",
    ),
    "strange event": (
        {"events": [{"resourceTypeId": "checkout", "types": ["ImportUnresolved"]}]},
        "'ImportUnresolved' is not an event type of the resource type 'checkout'.",
    ),
    "short secret": (
        {"changes": ORDERS, "destination": {"type": "HTTP", "url": "http://127.0.0.1:9/", "secret": "whsec_YQ=="}},
        "The secret of an HTTP destination must be 'whsec_' and 24 to 64 bytes in Base64.",
    ),
    "no url": (
        {"changes": ORDERS, "destination": {"type": "HTTP", "url": "ftp://127.0.0.1/", "secret": SECRET}},
        "The URL must be an absolute one of http or https, in ASCII, without a user in it.",
    ),
    "format": (
        {"changes": ORDERS, "destination": {"type": "EventGrid", "uri": "https://a.example", "accessKey": "k"}},
        "The destination EventGrid takes the format CloudEvents only.",
    ),
    "no project": (
        {"changes": ORDERS, "destination": {"type": "GoogleCloudPubSub", "projectId": "p", "topic": "t"}},
        "The project's id or the topic's name is not such as Google Cloud has them.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_stores_nothing(shop: Client, receiver: Receiver, case: str) -> None:
    more, message = REFUSED[case]
    error = shop.refused(400, "POST", "subscriptions", {"destination": http(receiver), **more})
    assert (error["code"], error["message"]) == ("InvalidInput", message)
    assert shop.get("subscriptions")["count"] == 0
    assert receiver.got == []


def test_a_type_that_cannot_be_subscribed_to(shop: Client, receiver: Receiver) -> None:
    draft = {"destination": http(receiver), "messages": [{"resourceTypeId": "cart"}]}
    assert shop.refused(400, "POST", "subscriptions", draft)["code"] == "InvalidJsonInput"


def test_only_who_manages_subscriptions_sees_them(shop: Client, client_with: Callable[[str, str], Client]) -> None:
    other = client_with(shop.project, f"manage_orders:{shop.project}")
    assert other.send("GET", "subscriptions").status_code == 403
    assert client_with(shop.project, f"manage_subscriptions:{shop.project}").get("subscriptions")["count"] == 0


def test_an_order_is_told_in_both_formats_within_a_moment(shop: Client, receiver: Receiver) -> None:
    open_shop(shop)
    told = {"messages": ORDERS, "changes": [*ORDERS, {"resourceTypeId": "cart"}]}
    shop.create("subscriptions", {"key": "plain", "destination": http(receiver), **told})
    with receiving() as other:
        cloud = {"type": "CloudEvents", "cloudEventsVersion": "1.0"}
        shop.create("subscriptions", {"key": "cloud", "destination": http(other), "format": cloud, **told})
        order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 1))), orderNumber="A-1"))
        order = shop.update(f"orders/{order['id']}", 1, {"action": "changeOrderState", "orderState": "Confirmed"})
        shop.delete(f"orders/{order['id']}", 2)
        arrived(lambda: len(receiver.about(order["id"])) == 6)
        arrived(lambda: len(other.got) == 8)
        events = [got.told for got in other.got if got.told["subject"] == order["id"]]
        # By this a receiver knows the structured mode of CloudEvents over HTTP.
        assert {got.headers["content-type"] for got in other.got} == {"application/cloudevents+json; charset=utf-8"}
        assert {got.headers["content-type"] for got in receiver.got} == {"application/json"}
    plain = receiver.about(order["id"])
    assert [each["notificationType"] for each in plain] == [
        *("Message", "ResourceCreated", "Message", "ResourceUpdated", "Message", "ResourceDeleted"),
    ]
    carts = [each for each in receiver.taken if each["resource"]["typeId"] == "cart"]
    assert [each["notificationType"] for each in carts] == ["ResourceCreated"]
    assert plain[0]["type"] == "OrderCreated" and plain[0]["order"]["id"] == order["id"]
    assert plain[0]["resourceUserProvidedIdentifiers"] == {"orderNumber": "A-1"}
    messages = shop.get("messages", params={"where": f'resource(id = "{order["id"]}")', "sort": "sequenceNumber asc"})
    assert [each["id"] for each in plain if each["notificationType"] == "Message"] == [each["id"] for each in messages["results"]]
    types = [each["type"].removeprefix("com.commercetools.order.") for each in events]
    assert types == [
        *("message.OrderCreated", "change.ResourceCreated", "message.OrderStateChanged", "change.ResourceUpdated"),
        *("message.OrderDeleted", "change.ResourceDeleted"),
    ]
    assert [each["data"] for each in events if "sequence" in each] == [
        each for each in plain if each["notificationType"] == "Message"
    ]


def test_a_monitor_reads_how_a_subscription_fares(shop: Client, receiver: Receiver) -> None:
    made = shop.create("subscriptions", {"destination": http(receiver), "messages": [{"resourceTypeId": "payment"}]})
    path = f"subscriptions/{made['id']}"

    def health() -> int:
        return shop.http.get(f"/{shop.project}/{path}/health").status_code

    for answer, status, told in (
        (503, "TemporaryError", 503),
        (403, "ConfigurationError", 400),
        (204, "Healthy", 200),
        (410, "ConfigurationErrorDeliveryStopped", 400),
    ):
        receiver.answer = lambda got, answer=answer: answer  # type: ignore[misc]  # a value of its own for each
        shop.create("payments", {"amountPlanned": {"currencyCode": "EUR", "centAmount": 1}})
        arrived(lambda status=status: shop.get(path)["status"] == status)  # type: ignore[misc]
        assert health() == told
    receiver.answer = lambda got: 204
    changed = shop.update(path, shop.get(path)["version"], {"action": "changeDestination", "destination": http(receiver)})
    assert (changed["status"], health()) == ("Healthy", 200)


def test_an_order_edit_is_told_by_its_messages_alone(shop: Client, receiver: Receiver) -> None:
    """As the API has it: who wants to hear that an order was edited subscribes to the Message OrderEditApplied."""
    open_shop(shop)
    order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 1)))))
    told = {"messages": ORDERS, "changes": [*ORDERS, {"resourceTypeId": "order-edit"}]}
    made = shop.create("subscriptions", {"destination": http(receiver), **told})
    staged = [{"action": "setCustomerEmail", "email": "b@example.com"}]
    edit = shop.create("orders/edits", {"resource": {"typeId": "order", "id": order["id"]}, "stagedActions": staged})
    versions = {"editVersion": 1, "resourceVersion": order["version"]}
    assert shop.send("POST", f"orders/edits/{edit['id']}/apply", versions).status_code == 200
    shop.update(f"orders/{order['id']}", 2, {"action": "changeOrderState", "orderState": "Confirmed"})
    arrived(lambda: len(receiver.taken) == 6)
    names = [(each["notificationType"], each.get("type")) for each in receiver.about(order["id"])]
    assert names == [
        *(("Message", "OrderCustomerEmailSet"), ("Message", "OrderEditApplied"), ("Message", "OrderStateChanged")),
        ("ResourceUpdated", None),
    ]
    assert receiver.about(order["id"])[-1]["oldVersion"] == 2
    assert [each["notificationType"] for each in receiver.about(edit["id"])] == ["ResourceCreated", "ResourceUpdated"]
    assert shop.get(f"subscriptions/{made['id']}/deliveries/gaps")["results"] == []


def test_a_resource_is_named_as_its_user_names_it(shop: Client, receiver: Receiver) -> None:
    open_shop(shop)
    types = ("product", "key-value-document", "subscription")
    told = {"changes": [{"resourceTypeId": each} for each in types], "messages": [{"resourceTypeId": "product"}]}
    shop.create("subscriptions", {"key": "named", "destination": http(receiver), **told})
    assert receiver.got[0].told["resourceUserProvidedIdentifiers"] == {"key": "named"}
    shop.create("custom-objects", {"container": "shelf", "key": "a", "value": 1})
    mug = shop.get("products/key=mug")
    shop.update("products/key=mug", 1, {"action": "changeSlug", "slug": {"en": "a-cup"}, "staged": False}, {"action": "setKey"})
    arrived(lambda: len(receiver.taken) == 3)
    (shelved,) = (each for each in receiver.taken if each["resource"]["typeId"] == "key-value-document")
    assert shelved["resourceUserProvidedIdentifiers"] == {"containerAndKey": {"container": "shelf", "key": "a"}}
    for each in receiver.about(mug["id"]):  # the Message and the change
        assert each["resourceUserProvidedIdentifiers"] == {"slug": {"en": "a-cup"}}


def test_operators_read_the_log_and_send_again(shop: Client, receiver: Receiver) -> None:
    made = shop.create("subscriptions", {"destination": http(receiver), "messages": [{"resourceTypeId": "payment"}]})
    payment = shop.create("payments", {"amountPlanned": {"currencyCode": "EUR", "centAmount": 1}})
    arrived(lambda: len(receiver.about(payment["id"])) == 1)
    at = f"subscriptions/{made['id']}/deliveries"

    def log() -> Any:
        return shop.get(at, params={"state": "sent", "limit": 5})

    arrived(lambda: len(log()["results"]) == 1)
    (line,) = log()["results"]
    assert (line["notificationType"], line["sequenceNumber"], line["attempts"]) == ("PaymentCreated", 1, 1)
    assert line["resource"] == {"typeId": "payment", "id": payment["id"]}
    assert shop.get(f"{at}/gaps")["results"] == []
    assert shop.send("POST", f"{at}/replay", {"messageIds": [line["id"]]}).json() == {"queued": 1}
    arrived(lambda: len(receiver.about(payment["id"])) == 2)
    assert shop.send("POST", f"{at}/replay", {"messageIds": [line["id"].upper()]}).json() == {"queued": 1}
    for body in ({}, {"messageIds": ["no-uuid"]}):
        assert shop.refused(400, "POST", f"{at}/replay", body)["code"] == "InvalidInput"
    assert shop.refused(400, "GET", at, params={"state": "lost"})["code"] == "InvalidInput"
    assert shop.refused(400, "GET", f"{at}/gaps", params={"since": "yesterday"})["code"] == "InvalidInput"
