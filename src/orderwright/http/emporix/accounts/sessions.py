"""What becomes of a customer's session: other tokens, a question about it, its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orderwright.auth.refusals import insufficient_scope, invalid_grant
from orderwright.auth.tokens import bearer
from orderwright.domain.customer.model import Customer
from orderwright.domain.customer.resource import RESOURCE
from orderwright.engine.json.codec import decoder
from orderwright.errors import unauthorized
from orderwright.http.emporix.accounts.callers import NO_STORE, SESSION, caller, customer, optional, parameter
from orderwright.http.mounts.second import with_tenant
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.mounts import Served
from orderwright.storage.documents.documents import Lookup

_OWNERS = ("customer_id:", "anonymous_id:", SESSION)


def served(house: House) -> Iterator[Served]:
    """The rows of sessions that are open."""

    async def refresh(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        if asked.principal.customer_id is None and asked.principal.anonymous_id is None:
            raise insufficient_scope(["customer_id", "anonymous_id"])
        token = parameter(request, "refreshToken", "refresh_token")
        if optional(request, "legalEntityId") is not None:
            raise unauthorized("The customer does not belong to this legal entity.")
        row = await house.tokens.refreshable(asked.client, token)
        if row.customer_id is None or asked.principal.customer_id not in (None, row.customer_id):
            raise invalid_grant()
        issued = await house.tokens.rotate(asked.client, token, row.scope)
        session = (word.removeprefix(SESSION) for word in row.scope.split() if word.startswith(SESSION))
        document: dict[str, Any] = {
            "access_token": issued.access_token,
            "token_type": issued.token_type,
            "expires_in": issued.expires_in,
            "refresh_token": issued.refresh_token,
            "refresh_token_expires_in": house.tokens.refresh_seconds(asked.client),
            "session_id": next(session, None),
        }
        return json_answer(200, document, *NO_STORE)

    async def logout(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        token = optional(request, "accessToken", "access_token") or bearer(request.headers.get("authorization"))
        await house.tokens.sign_out(asked.principal, token)
        return Answer(204)

    async def validate(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await customer(house, request, names[0])
        lookup = Lookup("id", str(asked.principal.customer_id))
        found = decoder(Customer).decode(await house.verbs.get(RESOURCE, lookup, asked.access))
        words = sorted(word for word in asked.principal.scopes if not word.startswith(_OWNERS))
        document: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": await house.tokens.seconds_left(request.headers["authorization"], asked.tenant),
            "scope": with_tenant(" ".join(words), asked.tenant),
            "sessionId": asked.session_id,
            "email": found.email,
            "legalEntityId": None,
        }
        return json_answer(200, document, *NO_STORE)

    yield Served("customer/{tenant}/refreshauthtoken", "GET", refresh)
    yield Served("customer/{tenant}/logout", "GET", logout)
    yield Served("customer/{tenant}/validateauthtoken", "GET", validate)
