"""Sessions of visitors who are not known yet. A shop's page opens them itself, without a secret, so a token is given that opens
only what everybody may do."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from orderwright.auth.clients import ProvenClient
from orderwright.auth.openings import SESSIONS, Openings
from orderwright.auth.refusals import invalid_grant
from orderwright.auth.tokens import Issued
from orderwright.http.emporix.accounts.callers import CONTEXT, NO_STORE, SESSION, optional, parameter, public_client
from orderwright.http.mounts.second import with_tenant
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.mounts import Served

ACCESS_S: Final = 3_600
"""Seconds for which the token of a session that anybody may open lives at most; so what strangers leave is soon swept."""
LONGEST_S: Final = 86_400
"""Seconds after its last use for which such a session lives at most."""
CHOSEN: Final = ("siteCode", "currency", "language", "targetLocation")
"""What may be chosen for a session, whether the shop has it or not."""
_WORD: Final = re.compile("[A-Za-z0-9_-]{1,256}")


def served(house: House) -> Iterator[Served]:
    """The rows of anonymous sessions."""
    openings = Openings(*SESSIONS)

    async def login(request: Request, _names: tuple[str, ...]) -> Answer:
        client, session_id = _brief(await public_client(house, request)), str(uuid.uuid4())
        scope = " ".join((f"{SESSION}{session_id}", *_chosen(request)))
        openings.take(request.peer)
        issued = await house.tokens.open_visitor(client, scope, session_id)
        return _answer(house, client, issued, session_id)

    async def refresh(request: Request, _names: tuple[str, ...]) -> Answer:
        client, token = _brief(await public_client(house, request)), parameter(request, "refresh_token", "refreshToken")
        row = await house.tokens.refreshable(client, token)
        if row.anonymous_id is None:
            raise invalid_grant()
        openings.take(request.peer)
        return _answer(house, client, await house.tokens.refresh(client, token, None), row.anonymous_id)

    yield Served("customerlogin/auth/anonymous/login", "GET", login)
    yield Served("customerlogin/auth/anonymous/refresh", "GET", refresh)


def _chosen(request: Request) -> Iterator[str]:
    """The words of what a visitor chooses. What can be the name of nothing that a shop has is passed over."""
    for name in CHOSEN:
        value = optional(request, name)
        if value is not None and _WORD.fullmatch(value):
            yield f"{CONTEXT}{name}={value}"


def _brief(client: ProvenClient) -> ProvenClient:
    access_s, refresh_s = min(client.access_s or ACCESS_S, ACCESS_S), min(client.refresh_s or LONGEST_S, LONGEST_S)
    return replace(client, access_s=access_s, refresh_s=refresh_s)


def _answer(house: House, client: ProvenClient, issued: Issued, session_id: str) -> Answer:
    document: dict[str, Any] = {
        "access_token": issued.access_token,
        "token_type": issued.token_type,
        "expires_in": issued.expires_in,
        "refresh_token": issued.refresh_token,
        "refresh_token_expires_in": house.tokens.refresh_seconds(client),
        "sessionId": session_id,
        "scope": with_tenant("", client.project_key),
    }
    return json_answer(200, document, *NO_STORE)
