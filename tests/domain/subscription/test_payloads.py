"""The notifications in both formats, key by key, as they were seen at the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orderwright.domain.subscription.destinations import SqsDestination, WebhookDestination, whole
from orderwright.domain.subscription.model import CloudEventsFormat, PlatformFormat, Subscription
from orderwright.domain.subscription.payloads import Told, change_payload, message_payload, trial_notification
from orderwright.engine.json.codec import decoder, encode
from orderwright.engine.scalars import Credential, DateTime
from orderwright.engine.unit.rows import ChangeKind

AT = DateTime("2022-06-17T08:41:58.066Z")
PATHS = {"customer": "customers", "order": "orders"}
MESSAGE: dict[str, Any] = {
    "id": "81ee6da8-5bc2-471b-9159-89bac735a45d",
    "version": 1,
    "createdAt": "2022-06-17T08:41:58.066Z",
    "lastModifiedAt": "2022-06-17T08:41:58.066Z",
    "sequenceNumber": 8,
    "resource": {"typeId": "customer", "id": "b32d1013-cd25-4cb4-95ab-99c494531d73"},
    "resourceVersion": 17,
    "resourceUserProvidedIdentifiers": {"customerNumber": "7"},
    "correlationId": "not told",
    "type": "CustomerAddressChanged",
    "address": {"id": "a", "country": "DE", "custom": 1.10},
}
TOLD = {name: value for name, value in MESSAGE.items() if name != "correlationId"}


def subscription(format: Any = None) -> Subscription:
    return Subscription(
        id="00000000-0000-4000-8000-000000000001",
        version=1,
        created_at=AT,
        last_modified_at=AT,
        destination=WebhookDestination(url="https://a.example/", secret=Credential("whsec_x")),
        messages=(),
        changes=(),
        events=(),
        format=format or PlatformFormat(),
        status="Healthy",
    )


PLATFORM, CLOUD = subscription(), subscription(CloudEventsFormat(cloud_events_version="1.0"))


def told(each: Subscription, most: int = 10_000, **more: Any) -> Any:
    return json.loads(message_payload(each, "shop", json.dumps({**MESSAGE, **more}), PATHS, most))


def test_a_message() -> None:
    assert told(PLATFORM) == {"notificationType": "Message", "projectKey": "shop", **TOLD}


def test_a_message_as_a_cloud_event() -> None:
    assert told(CLOUD) == {
        "specversion": "1.0",
        "id": MESSAGE["id"],
        "type": "com.commercetools.customer.message.CustomerAddressChanged",
        "source": "/shop/customers",
        "subject": MESSAGE["resource"]["id"],
        "time": "2022-06-17T08:41:58.066Z",
        "sequence": "8",
        "sequencetype": "Integer",
        "dataref": f"/shop/messages/{MESSAGE['id']}",
        "data": told(PLATFORM),
    }


@pytest.mark.parametrize("each", [PLATFORM, CLOUD], ids=["platform", "cloud"])
def test_a_message_that_is_too_large_goes_without_its_own_members(each: Subscription) -> None:
    size = len(message_payload(each, "shop", json.dumps(MESSAGE), PATHS, 10_000))
    assert told(each, size) == told(each)
    short = told(each, size - 1)
    data = short["data"] if each is CLOUD else short
    envelope = {name: value for name, value in TOLD.items() if name not in ("type", "address")}
    reason = {"reason": "Payload too large", "payloadType": "CustomerAddressChanged"}
    assert data == {"notificationType": "Message", "projectKey": "shop", **envelope, "payloadNotIncluded": reason}
    if each is CLOUD:
        assert short["type"] == "com.commercetools.customer.message.CustomerAddressChanged"


def test_numbers_are_told_to_the_digit() -> None:
    body = json.dumps(MESSAGE).replace("1.1", "1.10")
    assert b'"custom":1.10}' in message_payload(PLATFORM, "shop", body, PATHS, 10_000).replace(b" ", b"")


CHANGES: dict[ChangeKind, tuple[str, dict[str, Any]]] = {
    "created": ("ResourceCreated", {}),
    "updated": ("ResourceUpdated", {"oldVersion": 14}),
    "deleted": ("ResourceDeleted", {}),
    "erased": ("ResourceDeleted", {"dataErasure": True}),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_in_both_formats(kind: ChangeKind) -> None:
    change = Told(id="c", type_id="order", resource_id="o", version=15, kind=kind, at=AT, identifiers='{"orderNumber":"A-1"}')
    name, more = CHANGES[kind]
    expected = {
        "notificationType": name,
        "projectKey": "shop",
        "resource": {"typeId": "order", "id": "o"},
        "resourceUserProvidedIdentifiers": {"orderNumber": "A-1"},
        "version": 15,
        "modifiedAt": "2022-06-17T08:41:58.066Z",
        **more,
    }
    assert json.loads(change_payload(PLATFORM, "shop", change, PATHS)) == expected
    assert json.loads(change_payload(CLOUD, "shop", change, PATHS)) == {
        "specversion": "1.0",
        "id": "c",
        "type": f"com.commercetools.order.change.{name}",
        "source": "/shop/orders",
        "subject": "o",
        "time": "2022-06-17T08:41:58.066Z",
        "data": expected,
    }


def test_the_test_notification_says_that_the_subscription_was_made() -> None:
    assert json.loads(trial_notification(PLATFORM, "shop", "n", {"subscription": "subscriptions"})) == {
        "notificationType": "ResourceCreated",
        "projectKey": "shop",
        "resource": {"typeId": "subscription", "id": PLATFORM.id},
        "version": 1,
        "modifiedAt": "2022-06-17T08:41:58.066Z",
    }


def test_a_secret_is_shown_by_its_end_and_kept_whole() -> None:
    sent = b'{"type":"SQS","queueUrl":"https://q","region":"r","accessKey":"AK","accessSecret":"0123456789abcdef"}'
    destination = decoder(SqsDestination).decode(sent)
    shown = encode(destination)
    assert json.loads(shown)["accessSecret"] == "****cdef"
    assert encode(decoder(SqsDestination).decode(shown)) == shown
    assert json.loads(whole(destination)) == json.loads(sent) | {"authenticationMode": "Credentials"}
    assert repr(Credential("short one")) == "****"
