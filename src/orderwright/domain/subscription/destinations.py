"""Where notifications are sent: the services of the API, and four for those who host their own.

What is secret in a destination is a `Credential`: answers, errors and logs show its last characters at most. The whole of it is
kept apart from the document, for those who send.
commercetools: Subscriptions, Destination.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta
from msgspec.structs import replace

from orderwright.engine.json.codec import encode
from orderwright.engine.model import Value
from orderwright.engine.scalars import Credential

Text = Annotated[str, Meta(min_length=1, max_length=2048)]
AuthenticationMode = Literal["Credentials", "IAM"]
KIB: Final = 1024


class Destination(Value, tag_field="type"):
    """What all of them have: `most_bytes` is the size of a payload that the service takes."""

    most_bytes = 1024 * KIB


class SqsDestination(Destination, tag="SQS"):
    """A queue of Amazon SQS."""

    queue_url: Text
    region: Text
    access_key: Text | None = None
    access_secret: Credential | None = None
    authentication_mode: AuthenticationMode = "Credentials"

    most_bytes = 256 * KIB


class SnsDestination(Destination, tag="SNS"):
    """A topic of Amazon SNS."""

    topic_arn: Text
    access_key: Text | None = None
    access_secret: Credential | None = None
    authentication_mode: AuthenticationMode = "Credentials"

    most_bytes = 256 * KIB


class EventBridgeDestination(Destination, tag="EventBridge"):
    """The default event bus of an account at Amazon. The `source` of the events is made where a draft has none (`sourced`). An
    event may have 256 KiB with all that is around the note."""

    region: Text
    account_id: Text
    source: Annotated[str, Meta(max_length=256)] | None = None

    most_bytes = 254 * KIB


class EventGridDestination(Destination, tag="EventGrid"):
    """A topic of Azure Event Grid, which takes CloudEvents only."""

    uri: Text
    access_key: Credential

    most_bytes = 1000 * KIB


class AzureServiceBusDestination(Destination, tag="AzureServiceBus"):
    """A queue or topic of Azure Service Bus, which takes 256 KiB with all that is around the note."""

    connection_string: Credential

    most_bytes = 254 * KIB


class GoogleCloudPubSubDestination(Destination, tag="GoogleCloudPubSub"):
    """A topic of Google Cloud Pub/Sub, which takes 10 MB of a request that has the note in Base64."""

    project_id: Text
    topic: Text

    most_bytes = 7_000 * KIB


class ConfluentCloudDestination(Destination, tag="ConfluentCloud"):
    """A topic of Kafka, which takes 1 MiB with all that is around the note."""

    bootstrap_server: Text
    api_key: Credential
    api_secret: Credential
    acks: Literal["0", "1", "all"]
    topic: Text
    key: Text | None = None

    most_bytes = 1000 * KIB


class WebhookDestination(Destination, tag="HTTP"):
    """Ours: a URL that is posted to, signed as Standard Webhooks 1.0 says. During a rotation there are two secrets, and each
    request has a signature by both. A secret is `whsec_` and 24 to 64 bytes in Base64."""

    url: Text
    secret: Credential
    previous_secret: Credential | None = None


class RabbitMqDestination(Destination, tag="RabbitMQ"):
    """Ours: an exchange of RabbitMQ; the empty one leads to the queue that is called like the routing key."""

    uri: Text
    routing_key: Annotated[str, Meta(max_length=255)]
    exchange: Annotated[str, Meta(max_length=255)] = ""
    user: Text | None = None
    password: Credential | None = None


class NatsDestination(Destination, tag="NATS"):
    """Ours: a subject that a stream of NATS JetStream takes: 1 MiB with the headers, unless its server is told otherwise."""

    uri: Text
    subject: Text
    user: Text | None = None
    password: Credential | None = None
    token: Credential | None = None

    most_bytes = 1000 * KIB


class RedisDestination(Destination, tag="RedisStream"):
    """Ours: a stream of Redis. Where it is to hold no more than about `max_length` entries, the oldest go."""

    uri: Text
    stream: Text
    max_length: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    user: Text | None = None
    password: Credential | None = None


AnyDestination = (
    SqsDestination
    | SnsDestination
    | EventBridgeDestination
    | EventGridDestination
    | AzureServiceBusDestination
    | GoogleCloudPubSubDestination
    | ConfluentCloudDestination
    | WebhookDestination
    | RabbitMqDestination
    | NatsDestination
    | RedisDestination
)


def type_of(destination: Any) -> str:
    """What the API calls its type."""
    return str(destination.__struct_config__.tag)


def whole(destination: Any) -> str:
    """The destination with its secrets, as JSON: nothing to be shown."""
    members = {
        name: value.reveal() if isinstance(value, Credential) else value
        for name, field in zip(destination.__struct_encode_fields__, destination.__struct_fields__, strict=True)
        if (value := getattr(destination, field)) is not None
    }
    return encode({"type": type_of(destination), **members}).decode()


def sourced(destination: AnyDestination, project: str, id: str) -> AnyDestination:
    """The destination of the project's subscription of this id, with the source of its events where it needs one."""
    if isinstance(destination, EventBridgeDestination) and not destination.source:
        return replace(destination, source=f"orderwright/{project}/{id}")
    return destination


def secret_name(id: str) -> str:
    """Under which name the whole destination of a subscription is kept."""
    return f"subscription {id} destination"


def has_credentials(destination: Any) -> bool:
    """Whether the service of Amazon is to be asked with a key of the subscription's own."""
    return bool(destination.access_key and destination.access_secret)
