"""The services that notifications are sent to, one file each. What needs a library of its own is an optional extra."""

from __future__ import annotations

import importlib
from typing import Any

from orderwright.delivery.interface import Destination
from orderwright.domain.subscription.destinations import (
    AzureServiceBusDestination,
    ConfluentCloudDestination,
    EventBridgeDestination,
    EventGridDestination,
    GoogleCloudPubSubDestination,
    NatsDestination,
    RabbitMqDestination,
    RedisDestination,
    SnsDestination,
    SqsDestination,
    WebhookDestination,
    type_of,
)
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import GuardedHttp

# The module that opens one, and the extra that it needs.
_SERVED: dict[type, tuple[str, str | None]] = {
    SqsDestination: ("aws", "aws"),
    SnsDestination: ("aws", "aws"),
    EventBridgeDestination: ("aws", "aws"),
    ConfluentCloudDestination: ("kafka", "kafka"),
    GoogleCloudPubSubDestination: ("pubsub", "google"),
    EventGridDestination: ("azure", None),
    AzureServiceBusDestination: ("azure", None),
    WebhookDestination: ("webhook", None),
    RabbitMqDestination: ("rabbitmq", "rabbitmq"),
    NatsDestination: ("nats", "nats"),
    RedisDestination: ("redis", "redis"),
}


def opened(destination: Any, outside: GuardedHttp) -> Destination:
    """The service of a destination; nothing is connected yet.

    Raises `InvalidInput` for one whose extra is not installed, or that can not be as it is.
    """
    module, extra = _SERVED[type(destination)]
    opening: Any = importlib.import_module(f"{__name__}.{module}")
    try:
        service: Destination = opening.opened(destination, outside)
    except ModuleNotFoundError as error:
        if extra is None:
            raise
        name = type_of(destination)
        text = f"The destination '{name}' needs the optional package orderwright[{extra}], which is not installed here."
        raise invalid_input(text) from error
    return service
