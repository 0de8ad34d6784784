"""HTTP: each note is posted to a URL and signed, as Standard Webhooks 1.0 says. 2xx takes it; 410 ends it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable

from orderwright.delivery.interface import (
    GoneError,
    MisconfiguredError,
    Note,
    RejectedError,
    UnavailableError,
)
from orderwright.domain.laws.forms import url
from orderwright.domain.subscription.destinations import WebhookDestination
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import AnswerTooLargeError, GuardedHttp, NotReachedError

LIMIT_S = 15.0
"""In which a receiver must have answered."""
MOST_BYTES = 64 * 1024
"""Of an answer that are read; all that counts is its status."""
NOT_REACHED = (
    f"The host gave no answer within {LIMIT_S:g} seconds, or cannot be reached. "
    "One that is not public is reached where ORDERWRIGHT_ALLOWED_HOSTS names it."
)
_PREFIX = "whsec_"
_BUSY = {408, 425, 429, 502, 503, 504}
_CONFIGURED = {401, 403, 404, 405}


def key_of(secret: str) -> bytes:
    """The key of a secret. Raises `InvalidInput` for one that is not `whsec_` and 24 to 64 bytes in Base64."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True) if secret.startswith(_PREFIX) else b""
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise invalid_input("The secret of an HTTP destination must be 'whsec_' and 24 to 64 bytes in Base64.")
    return key


def signatures(keys: tuple[bytes, ...], id: str, timestamp: int, payload: bytes) -> str:
    """The header `webhook-signature`: one signature for each key."""
    signed = f"{id}.{timestamp}.".encode() + payload
    made = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return " ".join(f"v1,{each}" for each in made)


class Webhook:
    """Posts to one URL."""

    width = 32

    def __init__(self, url: str, keys: tuple[bytes, ...], http: GuardedHttp, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._keys = keys
        self._http = http
        self._clock = clock

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        timestamp = int(self._clock())
        headers = {
            "Content-Type": note.content_type,
            "User-Agent": "Orderwright",
            "webhook-id": note.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(self._keys, note.id, timestamp, note.payload),
        }
        try:
            status = (await self._http.post(self._url, headers, note.payload, timeout_s=LIMIT_S, most_bytes=MOST_BYTES)).status
        except AnswerTooLargeError as error:
            status = error.status
        except NotReachedError:
            # Who has named the host does not learn what stands inside: all that cannot be reached is told in the same words.
            raise UnavailableError(NOT_REACHED) from None
        if 200 <= status < 300:
            return
        text = f"The answer was {status}."
        if status == 410:
            raise GoneError(text)
        if status in _CONFIGURED or 300 <= status < 400:  # redirects are not followed
            raise MisconfiguredError(text)
        raise (UnavailableError if status in _BUSY else RejectedError)(text)

    async def close(self) -> None:
        """The connections are the client's, which others use as well."""


def opened(destination: WebhookDestination, outside: GuardedHttp) -> Webhook:
    """Raises `InvalidInput` for a URL or a secret that can not be."""
    try:
        url(destination.url)
    except ValueError:
        raise invalid_input("The URL must be an absolute one of http or https, in ASCII, without a user in it.") from None
    secrets = (destination.secret, destination.previous_secret)
    keys = tuple(key_of(secret.reveal()) for secret in secrets if secret is not None)
    return Webhook(destination.url, keys, outside)
