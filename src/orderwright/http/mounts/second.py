"""What `/oauth/token` is asked and answers in the second dialect, where that differs. A client's own scopes tell its dialect."""

from __future__ import annotations

from typing import Final

import msgspec

from orderwright.auth.clients import ProvenClient
from orderwright.auth.scopes import left_of
from orderwright.auth.tokens import Tokens
from orderwright.errors import ApiError
from orderwright.http.mounts.dialect import basic
from orderwright.http.wire.exchange import Request

SESSION_IDLE_S: Final = 120
"""What Emporix tells of every client's session. Nothing ends after it."""
_MAX_MEMBERS: Final = 50
_CREDENTIALS: Final = frozenset({"client_id", "client_secret"})
_decoder = msgspec.json.Decoder(dict[str, str])


class Issued(msgspec.Struct, frozen=True):
    """A token as Emporix answers it: without a refresh token, which is told as an empty one."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105 - the type of a token is no secret
    refresh_token: str = ""
    refresh_token_expires_in: int = 0
    session_idle_time: int = SESSION_IDLE_S


async def client_credentials(tokens: Tokens, client: ProvenClient, requested: str | None) -> Issued:
    """A token of the client itself. Its scope tells what was given, and the tenant."""
    issued = await tokens.issue(client, left_of(requested, client.scope))
    return Issued(issued.access_token, issued.expires_in, with_tenant(issued.scope, client.project_key))


def with_tenant(scope: str, project_key: str) -> str:
    """A scope as it is shown, with the tenant behind it."""
    return f"{scope} tenant={project_key}".lstrip()


def is_json(request: Request) -> bool:
    """Whether a request says that its body is JSON."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def unusual(request: Request) -> list[tuple[str, str]] | None:
    """What only clients of the second dialect send: a JSON body, and the client's id and even its secret in the query string, of
    which nothing is logged here. None for a request that has neither, or a body that is no object of texts."""
    found = [(name, value) for name, value in request.query if name in _CREDENTIALS]
    if not is_json(request) or not request.body:
        return found or None
    try:
        members = _decoder.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return [*found, *members.items()] if len(members) <= _MAX_MEMBERS else None


def client_id(request: Request, unusual: list[tuple[str, str]]) -> str:
    """Who seems to ask; a secret has not been looked at yet."""
    try:
        return basic(request.headers["authorization"])[0]
    except (KeyError, ApiError):
        return dict(unusual).get("client_id", "")
