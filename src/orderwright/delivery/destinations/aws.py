"""Amazon SQS, SNS and EventBridge: each note is one message, taken when the service has answered with the message's id. Up to ten
of them are one request, which is what Amazon counts.

With the authentication mode `Credentials` the key of the subscription is used; with `IAM`, and for EventBridge, what this server
itself is allowed, as the library finds it. The library blocks, so each request is made in a thread. A destination has threads of
its own, so that one which does not answer holds up no other.
"""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from orderwright.delivery.destinations.batches import AT_ONCE, Batches, Outcome
from orderwright.delivery.destinations.brokers import CONNECT_S, SEND_S
from orderwright.delivery.interface import DeliveryError, MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import EventBridgeDestination, SnsDestination, SqsDestination
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import GuardedHttp

# Only what is Amazon's own: machines of its customers have names below amazonaws.com, too, and some lead inside.
_QUEUES = re.compile(r"(sqs(-fips)?\.[a-z0-9-]+|([a-z0-9-]+\.)?queue)\.amazonaws\.com(\.cn)?")
_BUSY = ("throttl", "toomanyrequests", "requestlimit", "serviceunavailable", "internal", "kmsthrottling")
_OF_THE_NOTE = ("invalidmessagecontents", "invalidparametervalue", "malformeddetail", "toolong")
_ACCOUNT = re.compile(r"\d{12}")


class Amazon:
    """Sends by one function of the library, which takes notes and returns what became of each."""

    width = Batches.width

    def __init__(self, errors: Any, client: Any, call: Callable[[Sequence[Note]], Sequence[Outcome]]) -> None:
        self._errors = errors
        self._client = client
        self._call = call
        self._batches = Batches(self._sent)
        self._threads = ThreadPoolExecutor(AT_ONCE, "amazon")

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        await self._batches.send(note)

    async def _sent(self, notes: Sequence[Note]) -> Sequence[Outcome]:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._call, notes)
        except self._errors.ClientError as error:
            raise _told(error.response) from None
        except (self._errors.NoCredentialsError, self._errors.PartialCredentialsError, self._errors.ParamValidationError):
            raise MisconfiguredError("There are no credentials, or a member of the destination can not be.") from None
        except self._errors.BotoCoreError:
            raise UnavailableError("The service cannot be reached, or does not answer in time.") from None

    async def close(self) -> None:
        """Close the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()


def _told(response: Any) -> DeliveryError:
    """What an error of the service means. Its code is told; its text may name what is secret."""
    return _meant(str(response.get("Error", {}).get("Code", "")), response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _meant(code: str, status: int) -> DeliveryError:
    text, name = f"The service answered {code or status}.", code.lower()
    if status >= 500 or any(word in name for word in _BUSY):
        return UnavailableError(text)
    return RejectedError(text) if any(word in name for word in _OF_THE_NOTE) else MisconfiguredError(text)


def _text(note: Note) -> str:
    """A note as JSON without the two characters that a message can not have but escaped."""
    return note.payload.decode().replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _named(notes: Sequence[Note], member: str) -> list[dict[str, str]]:
    """Notes as entries of a batch, whose ids are their places."""
    return [{"Id": str(place), member: _text(note)} for place, note in enumerate(notes)]


def _of_each(answer: Any, notes: Sequence[Note]) -> list[Outcome]:
    """What SQS and SNS tell of each entry."""
    failed = {each["Id"]: _of_entry(each) for each in answer.get("Failed", ())}
    taken = {each["Id"] for each in answer.get("Successful", ())}
    silence = UnavailableError("The service has not told what became of the message.")
    return [None if id in taken else failed.get(id, silence) for id in map(str, range(len(notes)))]


def _of_entry(failure: Any) -> DeliveryError:
    """Where the request was fine, what is invalid is this one message."""
    code = str(failure.get("Code", ""))
    if failure.get("SenderFault") and code.lower().startswith("invalid"):
        return RejectedError(f"The service answered {code}.")
    return _meant(code, 400 if failure.get("SenderFault") else 500)


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
                connect_timeout=CONNECT_S, read_timeout=SEND_S, retries={"total_max_attempts": 1}, max_pool_connections=AT_ONCE
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

    def put(notes: Sequence[Note]) -> list[Outcome]:
        entries: list[dict[str, Any]] = [
            {"EventBusName": bus, "Source": destination.source, "DetailType": note.kind, "Resources": [], "Detail": _text(note)}
            for note in notes
        ]
        told = events.put_events(Entries=entries)["Entries"]  # in their order
        return [_meant(each["ErrorCode"], 200) if "ErrorCode" in each else None for each in told]

    return Amazon(errors, events, put)


def _topic(destination: SnsDestination) -> Amazon:
    parts = destination.topic_arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sns":
        raise invalid_input("The topic must be named by its ARN, such as arn:aws:sns:eu-west-1:123456789012:orders.")
    errors, topic = _client("sns", parts[3], _keys(destination))

    def publish(notes: Sequence[Note]) -> list[Outcome]:
        entries = _named(notes, "Message")
        return _of_each(topic.publish_batch(TopicArn=destination.topic_arn, PublishBatchRequestEntries=entries), notes)

    return Amazon(errors, topic, publish)


def _queue(destination: SqsDestination, outside: GuardedHttp) -> Amazon:
    try:
        url = urlsplit(destination.queue_url)
        host, port = url.hostname or "", url.port or 443
    except ValueError:
        host, port = "", 443
    # A URL of another host would be asked with the credentials of this server.
    if not (outside.allowed.names(host, port) or (url.scheme == "https" and port == 443 and _QUEUES.fullmatch(host))):
        raise invalid_input("The URL of the queue must be one of Amazon SQS.")
    errors, queue = _client("sqs", destination.region, _keys(destination))

    def send(notes: Sequence[Note]) -> list[Outcome]:
        return _of_each(queue.send_message_batch(QueueUrl=destination.queue_url, Entries=_named(notes, "MessageBody")), notes)

    return Amazon(errors, queue, send)


def opened(destination: SqsDestination | SnsDestination | EventBridgeDestination, outside: GuardedHttp) -> Amazon:
    """Raises `InvalidInput` for what can not be, and ModuleNotFoundError without the library."""
    if isinstance(destination, EventBridgeDestination):
        return _bridge(destination)
    return _topic(destination) if isinstance(destination, SnsDestination) else _queue(destination, outside)
