"""The subscription: what is told to whom.

commercetools: Subscriptions, Subscription.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from orderwright.domain.subscription.destinations import AnyDestination
from orderwright.domain.subscription.types import ChangeResourceTypeId, EventResourceTypeId, EventType, MessageResourceTypeId
from orderwright.engine.model import Resource, Value, always
from orderwright.engine.scalars import Key

TypeName = Annotated[str, Meta(max_length=256)]
HealthStatus = Literal[
    "Healthy", "ConfigurationError", "ConfigurationErrorDeliveryStopped", "TemporaryError", "ManuallySuspended"
]
STOPPED = ("ConfigurationErrorDeliveryStopped", "ManuallySuspended")
"""In these nothing is sent, and nothing is kept to be sent."""


class MessageSubscription(Value):
    """Messages about resources of a type: those of some `types`, or all."""

    resource_type_id: MessageResourceTypeId
    types: tuple[TypeName, ...] = ()


class ChangeSubscription(Value):
    """Changes of resources of a type."""

    resource_type_id: ChangeResourceTypeId


class EventSubscription(Value):
    """Events of a service beside this one. None of them is served here, so that there are none to be told of."""

    resource_type_id: EventResourceTypeId
    types: tuple[EventType, ...] = ()


class PlatformFormat(Value, tag_field="type", tag="Platform"):
    """As Messages are over HTTP."""


class CloudEventsFormat(Value, tag_field="type", tag="CloudEvents"):
    """As the specification of CloudEvents has it."""

    cloud_events_version: Literal["1.0"]


AnyFormat = PlatformFormat | CloudEventsFormat


class Subscription(Resource):
    """What is told to whom. Its destination is shown without its secrets."""

    destination: AnyDestination
    key: Key | None = None
    messages: tuple[MessageSubscription, ...] = always(())
    changes: tuple[ChangeSubscription, ...] = always(())
    events: tuple[EventSubscription, ...] = always(())
    format: AnyFormat = always(PlatformFormat())
    status: HealthStatus = always("Healthy")


class SubscriptionDraft(Value):
    """A subscription as it is sent."""

    destination: AnyDestination
    key: Key | None = None
    messages: tuple[MessageSubscription, ...] = ()
    changes: tuple[ChangeSubscription, ...] = ()
    events: tuple[EventSubscription, ...] = ()
    format: AnyFormat | None = None
