"""Azure Event Grid and Service Bus, by their interfaces over HTTP: a note is taken when the service has answered 2xx.

Their libraries are not needed for that, and would connect to addresses that nobody has judged.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode, urlsplit

from orderwright.delivery.destinations.posting import Post, Posting, checked
from orderwright.delivery.interface import Note
from orderwright.domain.laws.forms import url
from orderwright.domain.subscription.destinations import AzureServiceBusDestination, EventGridDestination
from orderwright.engine.json.codec import encode
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import GuardedHttp

_VERSION = "api-version=2018-01-01"
_SIGNED_S = 3600
_NEEDED = ("Endpoint", "SharedAccessKeyName", "SharedAccessKey", "EntityPath")
# 403: the quota of the queue or of the namespace is used up.
_FULL = frozenset({403})


def opened(destination: EventGridDestination | AzureServiceBusDestination, outside: GuardedHttp) -> Posting:
    """Raises `InvalidInput` for an address or a connection string that can not be."""
    return _grid(destination, outside) if isinstance(destination, EventGridDestination) else _bus(destination, outside)


def _grid(destination: EventGridDestination, outside: GuardedHttp) -> Posting:
    """A topic takes CloudEvents in batches, here of one, with the key in a header."""
    try:
        url(destination.uri)
        parts = urlsplit(destination.uri)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        key = _in_a_header(destination.access_key.reveal())
    except ValueError:
        raise invalid_input(
            "The URI must be an absolute one of https, in ASCII, and the access key such as Azure shows it."
        ) from None
    address = checked(destination.uri, host, port, outside)
    if not parts.query:
        address = f"{address}?{_VERSION}"

    async def post(note: Note) -> Post:
        headers = {"aeg-sas-key": key, "Content-Type": "application/cloudevents-batch+json; charset=utf-8"}
        return Post(address, headers, b"[" + note.payload + b"]")

    return Posting(post, outside)


def _bus(destination: AzureServiceBusDestination, outside: GuardedHttp, clock: Callable[[], float] = time.time) -> Posting:
    """A queue or topic takes one message a request. Its session is the resource, so that sessions keep the order."""
    members = _members(destination.connection_string.reveal())
    endpoint, name, key, entity = (members[each] for each in _NEEDED)
    try:
        host, port = urlsplit(endpoint).hostname or "", urlsplit(endpoint).port
        endpoint.encode("ascii")
    except ValueError:
        host, port = "", None
    if not host or urlsplit(endpoint).scheme != "sb":
        raise invalid_input("The endpoint of the connection string must be such as sb://name.servicebus.windows.net/.")
    scheme = "http" if members.get("UseDevelopmentEmulator", "").lower() == "true" else "https"
    resource = f"{scheme}://{host}{'' if port is None else f':{port}'}/{quote(entity)}"
    checked(resource, host, port or (443 if scheme == "https" else 80), outside)

    async def post(note: Note) -> Post:
        broker = {"MessageId": note.id, "SessionId": note.resource_id, "Label": note.kind}
        headers = {
            "Authorization": signature(resource, name, key, int(clock()) + _SIGNED_S),
            "BrokerProperties": encode(broker).decode(),
            "Content-Type": note.content_type,
        }
        return Post(f"{resource}/messages", headers, note.payload)

    return Posting(post, outside, _FULL)


def signature(resource: str, name: str, key: str, expires: int) -> str:
    """The header `Authorization`: a shared access signature of an address, until a time in seconds."""
    signed = f"{quote(resource, safe='')}\n{expires}"
    made = base64.b64encode(hmac.digest(key.encode(), signed.encode(), hashlib.sha256)).decode()
    return "SharedAccessSignature " + urlencode(
        {"sr": resource, "sig": made, "se": expires, "skn": name}, quote_via=quote, safe=""
    )


def _members(text: str) -> Mapping[str, str]:
    """The parts of a connection string by name. Raises `InvalidInput` where one is missing; the text is not repeated."""
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    members = {name.strip(): value.strip() for name, _, value in pairs}
    if missing := [name for name in _NEEDED if not members.get(name)]:
        raise invalid_input(f"The connection string must have {', '.join(_NEEDED)}; it lacks {missing[0]}.")
    return members


def _in_a_header(key: str) -> str:
    """Raises ValueError for what no header holds."""
    if not key.isascii() or not key.isprintable() or not key:
        raise ValueError
    return key
