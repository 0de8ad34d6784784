"""What becomes of a customer's session: other tokens, a question about it, its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orderwright.auth.openings import SESSIONS, Openings
from orderwright.auth.refusals import insufficient_scope, invalid_grant
from orderwright.auth.tokens import bearer
from orderwright.domain.customer.model import Customer
from orderwright.domain.customer.resource import RESOURCE
from orderwright.engine.json.codec import decoder
from orderwright.http.emporix.accounts.callers import CONTEXT, NO_STORE, SESSION, Caller, caller, customer, optional, parameter
from orderwright.http.emporix.assigned import not_assigned, unit_of
from orderwright.http.emporix.guard import ENTITY, entity_of
from orderwright.http.mounts.second import with_tenant
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.mounts import Served
from orderwright.storage.documents.documents import Lookup

_OWNERS = ("customer_id:", "anonymous_id:", SESSION, ENTITY, CONTEXT)


def served(house: House) -> Iterator[Served]:
    """The rows of sessions that are open."""
    refreshes = Openings(*SESSIONS)

    async def refresh(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        if asked.principal.customer_id is None and asked.principal.anonymous_id is None:
            raise insufficient_scope(["customer_id", "anonymous_id"])
        token = parameter(request, "refreshToken", "refresh_token")
        row = await house.tokens.refreshable(asked.client, token)
        if row.customer_id is None or asked.principal.customer_id not in (None, row.customer_id):
            raise invalid_grant()
        refreshes.take(request.peer)
        scope = await _chosen(house, asked, row.customer_id, row.scope)
        issued = await house.tokens.rotate(asked.client, token, scope)
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
        document: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": await house.tokens.seconds_left(request.headers["authorization"], asked.tenant),
            "scope": with_tenant(_scopes(asked), asked.tenant),
            "sessionId": asked.session_id,
            "email": found.email,
            "legalEntityId": await _entity(house, asked),
        }
        return json_answer(200, document, *NO_STORE)

    async def scopes(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        owner = asked.principal.customer_id or asked.principal.anonymous_id or asked.client.id
        return json_answer(200, {"userId": owner, "scopes": _scopes(asked)}, *NO_STORE)

    yield Served("iam/{tenant}/users/me/scopes", "GET", scopes)
    yield Served("customer/{tenant}/refreshauthtoken", "GET", refresh)
    yield Served("customer/{tenant}/logout", "GET", logout)
    yield Served("customer/{tenant}/validateauthtoken", "GET", validate)


def _scopes(asked: Caller) -> str:
    """What a token opens, without the words that say whose it is."""
    return " ".join(sorted(word for word in asked.principal.scopes if not word.startswith(_OWNERS)))


async def _chosen(house: House, asked: Caller, customer_id: str, scope: str) -> str:
    """The scope of her next token: the legal entity that she acts for is the one that the request names, or none. Raises 403 for
    one that is not hers; the refresh token stays as it is then."""
    words = [word for word in scope.split() if not word.startswith(ENTITY)]
    entity = optional(asked.request, "legalEntityId")
    if entity is not None:
        if await unit_of(house.verbs, asked.access, entity, customer_id) is None:
            raise not_assigned(entity)
        words.append(f"{ENTITY}{entity}")
    return " ".join(words)


async def _entity(house: House, asked: Caller) -> str | None:
    """The legal entity of a token, as long as its customer acts for it."""
    entity, customer_id = entity_of(asked.principal), asked.principal.customer_id
    if entity is None or customer_id is None or await unit_of(house.verbs, asked.access, entity, customer_id) is None:
        return None
    return entity
