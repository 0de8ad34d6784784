"""Customers who sign up and in: the same ones, with the same passwords, as through the other dialect."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from orderwright.auth import saas_tokens
from orderwright.auth.openings import ACCOUNTS, SESSIONS, Openings
from orderwright.auth.scopes import of_customers
from orderwright.domain.customer.details import DetailedDraft, create_detailed
from orderwright.domain.customer.model import Customer, Email
from orderwright.domain.customer.resource import RESOURCE
from orderwright.engine.json.codec import decode_body, decoder, plain
from orderwright.engine.model import Value
from orderwright.engine.scalars import Secret
from orderwright.errors import ApiError, InvalidCredentialsError, invalid_input
from orderwright.http.emporix.accounts.callers import NO_STORE, SESSION, Caller, caller
from orderwright.http.emporix.accounts.details import Details, HerAddress, drafted
from orderwright.http.emporix.guard import is_service
from orderwright.http.special.customers import hashed
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.limits import FORM
from orderwright.http.wire.mounts import Served
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.hand_over import Offer

SHORTEST_PASSWORD: Final = 6
_DETAILED: Final = dataclasses.replace(RESOURCE, draft=DetailedDraft, create=create_detailed)


class Login(Value):
    """Who signs in."""

    email: Email
    password: Secret


class SignUp(Value):
    """Who signs up. `signup` are what she signs in with, where that is not what she is written to at."""

    email: Email | None = None
    password: Secret | None = None
    customer_details: Details | None = None
    customer_address: HerAddress | None = None
    signup: Login | None = None


def served(house: House) -> Iterator[Served]:
    """The rows of signing up and in."""
    sign_ups, logins = Openings(*ACCOUNTS), Openings(*SESSIONS)

    async def sign_up(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        if not is_service(asked.principal):
            sign_ups.take(request.peer)
        draft = _draft(decode_body(SignUp, (await request.with_body(FORM)).body))
        try:
            made = await house.verbs.create(_DETAILED, await _with_hash(draft), asked.access)
        except ApiError as error:
            if error.code == "DuplicateField" and error.fields["field"] == "email":
                raise ApiError(409, "DuplicateField", "A customer with this e-mail address exists.", field="email") from None
            raise
        return json_answer(201, {"id": plain(made)["id"]})

    async def login(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        if not is_service(asked.principal):
            logins.take(request.peer)
        body = decode_body(Login, (await request.with_body(FORM)).body)
        email, password = body.email, body.password.reveal()
        customer_id, hash = await house.accounts.signed_in(asked.tenant, email, password, None, request.peer)
        return await _signed_in(house, asked, customer_id, hash)

    yield Served("customer/{tenant}/signup", "POST", sign_up)
    yield Served("customer/{tenant}/login", "POST", login)


async def _signed_in(house: House, asked: Caller, customer_id: str, hash: str) -> Answer:
    """Her session, which goes on with the anonymous one's id and has what that one leaves."""
    # Before the session is opened: whoever is refused for a cart of hers that cannot be joined has none.
    await house.hand_over.at_sign_in(customer_id, Offer(anonymous_id=asked.principal.anonymous_id), asked.access)
    session_id = asked.session_id or str(uuid.uuid4())
    scope = " ".join((of_customers(asked.client.scope), f"{SESSION}{session_id}", *asked.context))
    issued = await house.tokens.open_customer(asked.client, scope, customer_id, hash)
    if issued is None:
        raise InvalidCredentialsError
    customer = decoder(Customer).decode(await house.verbs.get(RESOURCE, Lookup("id", customer_id), asked.access))
    seconds = house.tokens.refresh_seconds(asked.client)
    # It holds as long as the session may be refreshed, since no refresh brings another one.
    named = customer.id, customer.customer_number or customer.id
    saas_token = await saas_tokens.made(house.database, asked.tenant, named, hash, seconds)
    document: dict[str, Any] = {
        "access_token": issued.access_token,
        "saas_token": saas_token,
        "refresh_token": issued.refresh_token,
        "expires_in": issued.expires_in,
        "refresh_token_expires_in": seconds,
        "token_type": issued.token_type,
        "session_id": session_id,
        "initialPassword": False,
        # b2b-showcase reads these only.
        "accessToken": issued.access_token,
        "saasToken": saas_token,
        "expiresIn": issued.expires_in,
        "refreshToken": issued.refresh_token,
        "refreshTokenExpiresIn": seconds,
    }
    return json_answer(200, document, *NO_STORE)


def _draft(body: SignUp) -> DetailedDraft:
    """Who is made of a sign-up. Raises InvalidInput for one without an address or a password."""
    said = body.signup
    email, password = (said.email, said.password) if said is not None else (body.email, body.password)
    if not email or not password:
        raise invalid_input("A sign-up has an email and a password.")
    if len(password.reveal()) < SHORTEST_PASSWORD:
        raise ApiError(400, "InvalidField", f"A password has at least {SHORTEST_PASSWORD} characters.", field="password")
    draft = drafted(email, password, body.customer_details, body.customer_address)
    if body.email in (None, email) or "contactEmail" in draft.details:
        return draft
    return replace(draft, details={**draft.details, "contactEmail": body.email})


async def _with_hash(draft: DetailedDraft) -> DetailedDraft:
    assert draft.password is not None, "a sign-up has one"
    return replace(draft, password=await hashed(draft.password))
