"""Notifications as they are sent, in the two formats.

commercetools: Subscriptions, DeliveryPayload, PayloadNotIncluded and CloudEventsPayload.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from orderwright.domain.subscription.model import CloudEventsFormat, Subscription
from orderwright.engine.json.codec import encode, plain
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.rows import ChangeKind

ENVELOPE: Final = (
    "id",
    "version",
    "sequenceNumber",
    "resource",
    "resourceVersion",
    "resourceUserProvidedIdentifiers",
    "createdAt",
    "lastModifiedAt",
)
"""What a notification has of the Message it tells of, beside its type and its own members."""
_NOT_SENT: Final = ("correlationId",)
_DECODER: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_PATHS: Final = {"customer-email-token": "customers/email-token", "customer-password-token": "customers/password-token"}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A change as it is told: of which document, what happened to it, when, and what the user calls it (JSON)."""

    id: str
    type_id: str
    resource_id: str
    version: int
    kind: ChangeKind
    at: DateTime
    identifiers: str = "{}"


def message_payload(subscription: Subscription, project: str, body: str, paths: Mapping[str, str], most: int) -> bytes:
    """What tells of a Message, of which `body` is the JSON. Where that is larger than `most` bytes, it goes without the type and
    the members of its own. `paths` are those of the resources, by type."""
    members: dict[str, Any] = dict(_DECODER.decode(body))
    for name in _NOT_SENT:
        members.pop(name, None)
    head: dict[str, Any] = {"notificationType": "Message", "projectKey": project}
    whole = _formatted_message(subscription, {**head, **members}, paths)
    if len(whole) <= most:
        return whole
    kept: dict[str, Any] = {name: members[name] for name in ENVELOPE if name in members}
    reason = {"reason": "Payload too large", "payloadType": members["type"]}
    return _formatted_message(subscription, {**head, **kept, "payloadNotIncluded": reason}, paths, plain(bytes(members["type"])))


def _formatted_message(
    subscription: Subscription, data: dict[str, Any], paths: Mapping[str, str], told_type: str | None = None
) -> bytes:
    if not isinstance(subscription.format, CloudEventsFormat):
        return encode(data)
    resource = plain(bytes(data["resource"]))
    project, id = data["projectKey"], plain(bytes(data["id"]))
    name = told_type or plain(bytes(data["type"]))
    return encode(
        {
            "specversion": "1.0",
            "id": id,
            "type": f"com.commercetools.{resource['typeId']}.message.{name}",
            "source": _source(project, resource["typeId"], paths),
            "subject": resource["id"],
            "time": data["lastModifiedAt"],
            "sequence": bytes(data["sequenceNumber"]).decode(),
            "sequencetype": "Integer",
            "dataref": f"/{project}/messages/{id}",
            "data": data,
        }
    )


def change_payload(subscription: Subscription, project: str, told: Told, paths: Mapping[str, str]) -> bytes:
    """What tells of a change itself."""
    kind = _NOTIFICATIONS[told.kind]
    data: dict[str, Any] = {
        "notificationType": kind,
        "projectKey": project,
        "resource": {"typeId": told.type_id, "id": told.resource_id},
    }
    if told.identifiers != "{}":
        data["resourceUserProvidedIdentifiers"] = msgspec.Raw(told.identifiers.encode())
    data["version"] = told.version
    if told.kind == "updated":
        data["oldVersion"] = told.version - 1
    if told.kind == "erased":
        data["dataErasure"] = True
    data["modifiedAt"] = told.at
    if not isinstance(subscription.format, CloudEventsFormat):
        return encode(data)
    return encode(
        {
            "specversion": "1.0",
            "id": told.id,
            "type": f"com.commercetools.{told.type_id}.change.{kind}",
            "source": _source(project, told.type_id, paths),
            "subject": told.resource_id,
            "time": told.at,
            "data": data,
        }
    )


def trial_notification(subscription: Subscription, project: str, id: str, paths: Mapping[str, str]) -> bytes:
    """What is sent to a destination before it is stored: that the subscription was made. `id` is the notification's."""
    told = Told(
        id=id,
        type_id="subscription",
        resource_id=subscription.id,
        version=subscription.version,
        kind="created",
        at=subscription.last_modified_at,
        identifiers=encode({} if subscription.key is None else {"key": subscription.key}).decode(),
    )
    return change_payload(subscription, project, told, paths)


def content_type(subscription: Subscription) -> str:
    """What kind of JSON a subscription's notifications are."""
    events = isinstance(subscription.format, CloudEventsFormat)
    return "application/cloudevents+json; charset=utf-8" if events else "application/json"


_NOTIFICATIONS: Final[Mapping[ChangeKind, str]] = {
    "created": "ResourceCreated",
    "updated": "ResourceUpdated",
    "deleted": "ResourceDeleted",
    "erased": "ResourceDeleted",
}


def notification_of(kind: ChangeKind) -> str:
    """What a change of a kind is told as."""
    return _NOTIFICATIONS[kind]


def _source(project: str, type_id: str, paths: Mapping[str, str]) -> str:
    return f"/{project}/{paths.get(type_id) or _PATHS.get(type_id, type_id)}"
