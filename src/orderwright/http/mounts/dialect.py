"""What the mounts of the API that commercetools' clients speak have in common."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from urllib.parse import unquote_plus

from orderwright.auth.refusals import invalid_client
from orderwright.auth.tokens import Tokens
from orderwright.http.mounts.refusal import refusal
from orderwright.http.special.house import House
from orderwright.http.wire.cors import Origins, Sharing
from orderwright.http.wire.exchange import Handler
from orderwright.http.wire.mounts import Mount


def mount(house: House, answer: Handler, *words: str, urgent: bool = False) -> Mount:
    """What stands below some first words, or below those that nothing else has."""
    sharing = Sharing(origins=origins_by(house.tokens))
    return Mount(words=words, answer=answer, refusal=refusal, sharing=sharing, urgent=urgent)


def origins_by(tokens: Tokens) -> Origins:
    """The origins of the client that a token or a secret names."""

    async def origins(headers: Mapping[str, str], path: tuple[str, ...]) -> Collection[str]:
        authorization = headers.get("authorization", "")
        if authorization[:6].lower() != "basic ":
            principal = tokens.remembered(authorization, path[0])
            return principal.origins if principal is not None else ()
        client = await tokens.client(basic(authorization)[0])
        return (client.origins or ()) if client is not None else ()

    return origins


def basic(authorization: str) -> tuple[str, str]:
    """A client's id and secret in the header of HTTP Basic. Both halves are form-encoded before they are joined by the colon and
    encoded again (RFC 6749, 2.3.1). Raises `invalid_client`."""
    scheme, _, encoded = authorization.strip().partition(" ")
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
        client_id, colon, client_secret = pair.partition(":")
        if colon:
            return unquote_plus(client_id, errors="strict"), unquote_plus(client_secret, errors="strict")
    except (binascii.Error, ValueError):
        pass
    raise invalid_client()
