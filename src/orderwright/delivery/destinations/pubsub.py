"""Google Cloud Pub/Sub, by its interface over HTTP: a note is taken when the service has answered 2xx.

Who publishes is this server itself, as Google's library for that finds it: `GOOGLE_APPLICATION_CREDENTIALS`, or the service
account of the machine. `PUBSUB_EMULATOR_HOST` names an emulator, which asks nobody who they are.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import os
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from orderwright.delivery.destinations.brokers import SEND_S
from orderwright.delivery.destinations.posting import Post, Posting
from orderwright.delivery.interface import MisconfiguredError, Note, UnavailableError
from orderwright.domain.subscription.destinations import GoogleCloudPubSubDestination
from orderwright.engine.json.codec import encode
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import GuardedHttp

_SERVICE = "https://pubsub.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/pubsub"
_PROJECT = re.compile(r"(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
_TOPIC = re.compile(r"[A-Za-z][A-Za-z0-9._~+%-]{2,254}")
Token = Callable[[], Awaitable[str | None]]


def opened(destination: GoogleCloudPubSubDestination, outside: GuardedHttp) -> Posting:
    """Raises `InvalidInput` for names that can not be, and ModuleNotFoundError without the library."""
    emulator = os.environ.get("PUBSUB_EMULATOR_HOST")
    url = address(destination, f"http://{emulator}" if emulator else _SERVICE)
    return publishing(url, _nobody if emulator else Identity().token, outside)


def address(destination: GoogleCloudPubSubDestination, service: str) -> str:
    """Where is published. Raises `InvalidInput` for names that can not be."""
    if not _PROJECT.fullmatch(destination.project_id) or not _TOPIC.fullmatch(destination.topic):
        raise invalid_input("The project's id or the topic's name is not such as Google Cloud has them.")
    return f"{service}/v1/projects/{quote(destination.project_id, safe=':')}/topics/{quote(destination.topic)}:publish"


def publishing(url: str, token: Token, outside: GuardedHttp) -> Posting:
    """Publishes to a topic. What is about one resource has one ordering key."""

    async def post(note: Note) -> Post:
        message = {
            "data": base64.b64encode(note.payload).decode(),
            "attributes": {"content-type": note.content_type},
            "orderingKey": note.resource_id,
        }
        bearer = await token()
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        return Post(url, headers, encode({"messages": [message]}))

    return Posting(post, outside)


class Identity:
    """Who this server is at Google. The library blocks, so a token is fetched in a thread, by one at a time."""

    def __init__(self) -> None:
        self._library: Any = importlib.import_module("google.auth")
        self._errors: Any = importlib.import_module("google.auth.exceptions")
        self._request: Any = importlib.import_module("google.auth.transport.requests").Request
        self._known: Any = None
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """A token that is good for a while. Raises DeliveryError."""
        async with self._lock:
            if self._known is None or not self._known.valid:
                await self._renewed()
            return str(self._known.token)

    async def _renewed(self) -> None:
        try:
            async with asyncio.timeout(SEND_S):
                self._known = await asyncio.to_thread(self._renew)
        except self._errors.DefaultCredentialsError:
            raise MisconfiguredError("This server has no identity at Google.") from None
        except (self._errors.TransportError, TimeoutError):
            raise UnavailableError("Google gives no token at the moment.") from None
        except self._errors.GoogleAuthError as error:
            text = "Google gives this server no token."
            raise (UnavailableError if error.retryable else MisconfiguredError)(text) from None

    def _renew(self) -> Any:
        known = self._known or self._library.default(scopes=[_SCOPE])[0]
        known.refresh(self._request())
        return known


async def _nobody() -> None:
    """An emulator asks for no token."""
