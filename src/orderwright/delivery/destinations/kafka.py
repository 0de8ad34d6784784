"""Kafka, of Confluent Cloud or one's own: each note is a record, taken when the brokers have confirmed it as `acks` says.

The library calls back in a thread, which waits for what it has to tell as long as a producer is open. It connects over TLS and
signs in with the key. For a cluster that the operator allows, `SASL_PLAINTEXT://` before its name does without TLS, and
`PLAINTEXT://` without both, as the listeners of Kafka are called.
"""

from __future__ import annotations

import asyncio
import importlib
import ssl
import threading
from typing import Any

import certifi

from orderwright.delivery.destinations.brokers import CONNECT_S, SEND_S
from orderwright.delivery.interface import DeliveryError, MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import ConfluentCloudDestination
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import GuardedHttp

_OF_CONFLUENT = ".confluent.cloud"
_PROTOCOLS = ("SASL_SSL", "SASL_PLAINTEXT", "PLAINTEXT")
_POLL_S = 0.1
_CONFIGURED = (
    "_AUTHENTICATION",
    "_SSL",
    "_UNKNOWN_TOPIC",
    "_UNKNOWN_PARTITION",
    "SASL_AUTHENTICATION_FAILED",
    "UNKNOWN_TOPIC_OR_PART",
    "TOPIC_AUTHORIZATION_FAILED",
    "CLUSTER_AUTHORIZATION_FAILED",
    "TOPIC_EXCEPTION",
    "INVALID_REQUIRED_ACKS",
)
_OF_THE_NOTE = ("MSG_SIZE_TOO_LARGE", "INVALID_MSG", "INVALID_MSG_SIZE", "INVALID_RECORD", "POLICY_VIOLATION")


class Kafka:
    """Produces to one topic. Without a key in the destination a record's key is the resource, whose records are in order then."""

    width = 64

    def __init__(self, library: Any, settings: dict[str, Any], topic: str, key: str | None) -> None:
        self._library = library
        self._topic = topic
        self._key = key
        self._why: DeliveryError | None = None
        self._open = True
        self._codes = {code: getattr(library.KafkaError, code, None) for code in (*_CONFIGURED, *_OF_THE_NOTE)}
        try:
            self._producer: Any = library.Producer({**settings, "error_cb": self._heard})
        except library.KafkaException:
            raise invalid_input("The library of Kafka does not take this destination.") from None
        self._thread = threading.Thread(target=self._listen, name="kafka", daemon=True)
        self._thread.start()

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        if self._why is not None:
            raise self._why
        loop = asyncio.get_running_loop()
        taken: asyncio.Future[None] = loop.create_future()

        def told(error: Any, _message: Any) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, taken, None if error is None else self._meant(error))

        try:
            self._producer.produce(
                self._topic,
                note.payload,
                key=self._key or note.resource_id,
                headers={"id": note.id, "content-type": note.content_type},
                on_delivery=told,
            )
        except BufferError:
            raise UnavailableError("Kafka takes nothing at the moment.") from None
        except self._library.KafkaException as error:
            raise self._meant(error.args[0]) from None
        await taken

    async def close(self) -> None:
        """Close the connections; what was not confirmed is not waited for."""
        self._open = False
        self._producer.purge()
        # To take the producer apart waits for its own threads, so this thread lets it go last.
        self._producer = None
        await asyncio.to_thread(self._thread.join, CONNECT_S)

    def _listen(self) -> None:
        producer = self._producer
        while self._open:
            producer.poll(_POLL_S)
        producer.flush(0)

    def _heard(self, error: Any) -> None:
        """What the brokers say beside all records. Who may not sign in need not wait for each record's time to run out."""
        meant = self._meant(error)
        if isinstance(meant, MisconfiguredError):
            self._why = meant
            if (producer := self._producer) is not None:
                producer.purge()

    def _meant(self, error: Any) -> DeliveryError:
        code = error.code()
        if self._why is not None:
            return self._why
        if any(code == self._codes[name] for name in _CONFIGURED):
            return MisconfiguredError(f"Kafka does not allow it, or has no such topic: {error.name()}.")
        if any(code == self._codes[name] for name in _OF_THE_NOTE):
            return RejectedError(f"Kafka did not take the record: {error.name()}.")
        return UnavailableError(f"Kafka cannot be reached, or does not confirm in time: {error.name()}.")


def _settle(taken: asyncio.Future[None], error: DeliveryError | None) -> None:
    if taken.done():
        return
    if error is None:
        taken.set_result(None)
    else:
        taken.set_exception(error)


def _checked(server: str, outside: GuardedHttp) -> tuple[str, str]:
    """The protocol and the server. Raises `InvalidInput` for one that is neither Confluent's nor allowed by the operator: the
    library looks names up by itself, so that no look-up of ours could hold it to an address."""
    before, sep, address = server.rpartition("://")
    protocol = before if sep else "SASL_SSL"
    host, colon, port = address.rpartition(":")
    if protocol not in _PROTOCOLS or not colon or not host or not port.isdecimal() or not 0 < int(port) < 2**16 or "," in host:
        raise invalid_input("The bootstrap server must be named as host:port, such as name.region.provider.confluent.cloud:9092.")
    if outside.allowed.names(host, int(port)):
        return protocol, address
    if protocol == "SASL_SSL" and host.lower().endswith(_OF_CONFLUENT):
        return protocol, address
    raise invalid_input(f"The host '{host}' is not among those that the operator of this server allows.")


def opened(destination: ConfluentCloudDestination, outside: GuardedHttp) -> Kafka:
    """Raises `InvalidInput` for what can not be, and ModuleNotFoundError without the library."""
    library: Any = importlib.import_module("confluent_kafka")
    protocol, server = _checked(destination.bootstrap_server, outside)
    settings: dict[str, Any] = {
        "bootstrap.servers": server,
        "security.protocol": protocol,
        "acks": destination.acks,
        "enable.idempotence": destination.acks == "all",
        "message.max.bytes": 2**20,
        "message.timeout.ms": int(SEND_S * 1000),
        "socket.connection.setup.timeout.ms": int(CONNECT_S * 1000),
        "linger.ms": 0,
        "allow.auto.create.topics": False,
        "topic.metadata.propagation.max.ms": 2000,
        "client.id": "orderwright",
        "log_level": 0,
    }
    if protocol.startswith("SASL"):
        settings |= {
            "sasl.mechanisms": "PLAIN",
            "sasl.username": destination.api_key.reveal(),
            "sasl.password": destination.api_secret.reveal(),
        }
    if protocol.endswith("SSL"):
        settings["ssl.ca.location"] = ssl.get_default_verify_paths().cafile or certifi.where()
    return Kafka(library, settings, destination.topic, destination.key)
