"""Amazon SQS, SNS and EventBridge: each note is one message, taken when the service has answered with the message's id.

With the authentication mode `Credentials` the key of the subscription is used; with `IAM`, and for EventBridge, what this server
itself is allowed, as the library finds it. The library blocks, so each note is sent in a thread.
"""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from orderwright.delivery.destinations.brokers import CONNECT_S, SEND_S
from orderwright.delivery.interface import DeliveryError, MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import EventBridgeDestination, SnsDestination, SqsDestination
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import GuardedHttp

_OF_AMAZON = (".amazonaws.com", ".amazonaws.com.cn")
_BUSY = ("throttl", "toomanyrequests", "requestlimit", "serviceunavailable", "internal", "kmsthrottling")
_OF_THE_NOTE = ("invalidmessagecontents", "invalidparametervalue", "malformeddetail")
_ACCOUNT = re.compile(r"\d{12}")


class Amazon:
    """Sends by one function of the library, which takes a note."""

    width = 16

    def __init__(self, errors: Any, client: Any, call: Callable[[Note], Any]) -> None:
        self._errors = errors
        self._client = client
        self._call = call

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        try:
            await asyncio.to_thread(self._call, note)
        except self._errors.ClientError as error:
            raise _told(error.response) from None
        except (self._errors.NoCredentialsError, self._errors.PartialCredentialsError, self._errors.ParamValidationError):
            raise MisconfiguredError("There are no credentials, or a member of the destination can not be.") from None
        except self._errors.BotoCoreError:
            raise UnavailableError("The service cannot be reached, or does not answer in time.") from None

    async def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _told(response: Any) -> DeliveryError:
    """What an error of the service means. Its code is told; its text may name what is secret."""
    return _meant(str(response.get("Error", {}).get("Code", "")), response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _meant(code: str, status: int) -> DeliveryError:
    text, name = f"The service answered {code or status}.", code.lower()
    if status >= 500 or any(word in name for word in _BUSY):
        return UnavailableError(text)
    return RejectedError(text) if any(word in name for word in _OF_THE_NOTE) else MisconfiguredError(text)


def _keys(destination: SqsDestination | SnsDestination) -> dict[str, str]:
    """What the client signs with; nothing for what it finds. Raises `InvalidInput` without the key that is to be used."""
    if destination.authentication_mode != "Credentials":
        return {}
    if destination.access_key is None or destination.access_secret is None:
        raise invalid_input("The authentication mode Credentials needs 'accessKey' and 'accessSecret'.")
    return {"aws_access_key_id": destination.access_key, "aws_secret_access_key": destination.access_secret.reveal()}


def _client(service: str, region: str, keys: dict[str, str]) -> tuple[Any, Any]:
    """The library's errors and its client. Raises `InvalidInput` for a region that can not be."""
    library: Any = importlib.import_module("boto3")
    config: Any = importlib.import_module("botocore.config")
    errors: Any = importlib.import_module("botocore.exceptions")
    try:
        client = library.session.Session().client(
            service,
            region_name=region,
            config=config.Config(
                connect_timeout=CONNECT_S, read_timeout=SEND_S, retries={"total_max_attempts": 1}, max_pool_connections=16
            ),
            **keys,
        )
    except (errors.BotoCoreError, ValueError):
        raise invalid_input(f"The region '{region}' can not be.") from None
    return errors, client


def _bridge(destination: EventBridgeDestination) -> Amazon:
    """The default bus of the account. An event's source is the destination's, and its detail is the note."""
    if not _ACCOUNT.fullmatch(destination.account_id):
        raise invalid_input("The id of an account at Amazon has twelve digits.")
    if (destination.source or "").startswith("aws."):
        raise invalid_input("The source of an event can not begin with 'aws.', which Amazon keeps to itself and its partners.")
    # Only the partitions of China and of governments are called otherwise, each with regions of its own.
    partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(destination.region.rpartition("-")[0].rpartition("-")[0], "aws")
    bus = f"arn:{partition}:events:{destination.region}:{destination.account_id}:event-bus/default"
    errors, events = _client("events", destination.region, {})

    def put(note: Note) -> None:
        entry: dict[str, Any] = {
            "EventBusName": bus,
            "Source": destination.source,
            "DetailType": note.kind,
            "Resources": [],
            "Detail": note.payload.decode(),
        }
        for each in events.put_events(Entries=[entry])["Entries"]:
            if "ErrorCode" in each:
                raise _meant(each["ErrorCode"], 200)

    return Amazon(errors, events, put)


def opened(destination: SqsDestination | SnsDestination | EventBridgeDestination, outside: GuardedHttp) -> Amazon:
    """Raises `InvalidInput` for what can not be, and ModuleNotFoundError without the library."""
    if isinstance(destination, EventBridgeDestination):
        return _bridge(destination)
    if isinstance(destination, SnsDestination):
        parts = destination.topic_arn.split(":")
        if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sns":
            raise invalid_input("The topic must be named by its ARN, such as arn:aws:sns:eu-west-1:123456789012:orders.")
        errors, topic = _client("sns", parts[3], _keys(destination))
        return Amazon(errors, topic, lambda note: topic.publish(TopicArn=destination.topic_arn, Message=note.payload.decode()))
    try:
        url = urlsplit(destination.queue_url)
        host, port = url.hostname or "", url.port or 443
    except ValueError:
        host, port = "", 443
    # A URL of another host would be asked with the credentials of this server.
    if not (host.endswith(_OF_AMAZON) or outside.allowed.names(host, port)):
        raise invalid_input("The URL of the queue must be one of Amazon SQS.")
    errors, queue = _client("sqs", destination.region, _keys(destination))
    return Amazon(
        errors, queue, lambda note: queue.send_message(QueueUrl=destination.queue_url, MessageBody=note.payload.decode())
    )
