"""What customers have beside the five verbs: passwords, the tokens that reset them and verify emails, and what they may do as
associates of a business unit.

A password is hashed here, before the domain sees it. What proves that somebody is the customer (a password, a token) is
looked at here; that it is used once is held by the write that uses it up.
"""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec

from orderwright.auth.passwords import hash_password
from orderwright.auth.words import random_word
from orderwright.domain.business_unit.model import BusinessUnit
from orderwright.domain.business_unit.permissions import BusinessUnitAssociateResponse, associate_of, wanted_roles
from orderwright.domain.business_unit.resource import RESOURCE as UNITS
from orderwright.domain.customer import tokens
from orderwright.domain.customer.actions.authentication import SetAuthenticationMode
from orderwright.domain.customer.model import email_claim
from orderwright.domain.customer.resource import RESOURCE
from orderwright.domain.customer.tokens import TokenKind
from orderwright.domain.signing import requests
from orderwright.engine.clock import now
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decode_body, decoder, encode, plain
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime, Secret
from orderwright.errors import ApiError, duplicate_field
from orderwright.http.api.doors import IN_STORE, PROJECT
from orderwright.http.api.endpoints import Endpoints, expansions, named
from orderwright.http.api.routes import NAMED, UUID, Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, json_answer
from orderwright.http.wire.refusals import expired_customer_token, invalid_current_password
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.tables import credentials, customer_tokens
from orderwright.verbs.again import again, conflicts
from orderwright.verbs.verbs import not_found

TOLD_AS_EXPIRED = timedelta(days=30)
"""How long an expired token is told as such; after that it may be swept, and is one that never was."""
# One token in so many sweeps, and a sweep deletes more than that, so expired tokens cannot pile up.
_SWEEP_ONE_IN, _SWEEP_LIMIT = 100, 1_000
_TOKEN_BYTES = 30  # 40 characters
_MOST_TRIES = 5


def routes(house: House) -> Iterator[Route]:
    """The paths of customers, but for those of signing up and in, and what they may do in a business unit."""
    made, path, token = Customers(house, RESOURCE), RESOURCE.path, requests.CustomerToken
    row = functools.partial(Route, family=path, resource=RESOURCE, doors=(PROJECT, IN_STORE))
    for step, column in NAMED:
        yield row(at=f"{path}/{step}", method="POST", verb="update", endpoint=made.update, column=column, instead=True)
    for at, endpoint, body, answers in (
        ("password-token", made.create_password_token, made.PASSWORD_TOKEN, token),
        ("password/reset", made.reset_password, made.RESET, None),
        ("password", made.change_password, made.CHANGE, None),
        ("email-token", made.create_email_token, made.EMAIL_TOKEN, token),
        ("email/confirm", made.confirm_email, made.CONFIRM, None),
    ):
        yield row(at=f"{path}/{at}", method="POST", verb="update", endpoint=endpoint, body=body, answers=answers, queries=())
    for at, endpoint in (("password-token=", made.by_password_token), ("email-token=", made.by_email_token)):
        yield row(at=f"{path}/{at}", method="GET", verb="get", endpoint=endpoint)
    for step, column in NAMED:
        yield Route(
            at=f"{UNITS.path}/{step}/associates/*",
            method="GET",
            verb="associate",
            endpoint=functools.partial(_associate, house),
            family=UNITS.path,
            resource=UNITS,
            doors=(PROJECT, IN_STORE),
            column=column,
            answers=BusinessUnitAssociateResponse,
            queries=(),
        )


class Customers(Endpoints):
    """Customers as the shop sees them. The bodies it takes are members, so that a face may take others."""

    PASSWORD_TOKEN: Any = requests.CustomerCreatePasswordResetToken
    EMAIL_TOKEN: Any = requests.CustomerCreateEmailToken
    RESET: Any = requests.CustomerResetPassword
    CHANGE: Any = requests.CustomerChangePassword
    CONFIRM: Any = requests.CustomerEmailVerify

    def __init__(self, house: House, resource: ResourceType) -> None:
        super().__init__(house.verbs, resource)
        self._accounts = house.accounts
        self._secrets = replace(resource, actions=tokens.INTERNAL_ACTIONS)
        self._database = house.database

    async def create(self, asked: Asked) -> Answer:
        """POST on the collection: 201 with the customer, and her cart if she has one."""
        paths = expansions(asked)
        draft = decode_body(self.resource.draft, asked.request.body)
        customer, cart = await self.sign_up(draft, asked)
        return await self.document(201, sign_in_result(customer, cart), paths, asked)

    async def sign_up(self, draft: Any, asked: Asked) -> tuple[bytes, bytes | None]:
        """The bytes of a new customer, and of the cart that she brings along."""
        if draft.password is not None:
            draft = msgspec.structs.replace(draft, password=await hashed(draft.password))
        made = self.verbs.create(self.resource, draft, asked.access)
        return await _naming(draft.email, made), None

    async def update(self, asked: Asked) -> Answer:
        """POST on a customer: her actions run in order, all or none."""
        paths = expansions(asked)
        update = decode_body(self._update, asked.request.body)
        actions = await with_hashes(update.actions)
        emails = [action.email for action in actions if hasattr(action, "email")]
        made = self.verbs.update(self.resource, named(asked), update.version, actions, asked.access)
        return await self.document(200, await _naming(emails[-1] if emails else None, made), paths, asked)

    async def create_password_token(self, asked: Asked) -> Answer:
        """A token for whoever has an email, without regard to case. Raises 404."""
        request = decode_body(self.PASSWORD_TOKEN, asked.request.body)
        claim = email_claim(request.email, asked.access.store_key)
        found = await credentials.find_account(self._database, asked.access.shard, claim)
        if found is None:
            raise tokens.no_such_email(request.email)
        return await self._issue("password", found[0], None, request, asked)

    async def create_email_token(self, asked: Asked) -> Answer:
        """A token to verify a customer's email with. Raises 404, 409."""
        request = decode_body(self.EMAIL_TOKEN, asked.request.body)
        return await self._issue("email", request.id, request.version, request, asked)

    async def by_password_token(self, asked: Asked) -> Answer:
        """The customer whom a token was made for. Raises 404, `ExpiredCustomerPasswordToken`."""
        return await self._by_token("password", asked)

    async def by_email_token(self, asked: Asked) -> Answer:
        """The customer whom a token was made for. Raises 404, `ExpiredCustomerEmailToken`."""
        return await self._by_token("email", asked)

    async def reset_password(self, asked: Asked) -> Answer:
        """A new password by a token, which ends all sessions. Raises 404, 409, `ExpiredCustomerPasswordToken`."""
        request = decode_body(self.RESET, asked.request.body)
        await self._owner("password", request.token_value, asked)
        action = tokens.ResetPassword(token_hash=hash_of(request.token_value), password=await hashed(request.new_password))
        return await self._redeem("password", request, action, asked)

    async def confirm_email(self, asked: Asked) -> Answer:
        """The email is verified by a token. Raises 404, 409, `ExpiredCustomerEmailToken`."""
        request = decode_body(self.CONFIRM, asked.request.body)
        return await self._redeem("email", request, tokens.VerifyEmail(token_hash=hash_of(request.token_value)), asked)

    async def change_password(self, asked: Asked) -> Answer:
        """A new password by the old one. Raises 404, 409, `InvalidCurrentPassword`."""
        request = decode_body(self.CHANGE, asked.request.body)
        lookup = Lookup("id", asked.access.customer_id or request.id)
        await self.verbs.get(self.resource, lookup, asked.access)
        current, peer = request.current_password.reveal(), asked.request.peer
        if not await self._accounts.confirms(asked.access.shard, lookup.value, current, peer):
            raise invalid_current_password()
        action = tokens.ReplacePassword(password=await hashed(request.new_password))
        return Answer(200, await self._change(lookup, request.version, action, asked))

    async def _issue(self, kind: TokenKind, customer_id: str, version: int | None, request: Any, asked: Asked) -> Answer:
        value, at = random_word(_TOKEN_BYTES), now()
        if secrets.randbelow(_SWEEP_ONE_IN) == 0:
            await customer_tokens.sweep_tokens(self._database, asked.access.shard, at.instant() - TOLD_AS_EXPIRED, _SWEEP_LIMIT)
        action = tokens.IssueToken(
            kind=kind,
            id=new_id(),
            hash=hash_of(value),
            value=Secret(value),
            expires_at=DateTime.of(at.instant() + timedelta(minutes=request.ttl_minutes)),
            ttl_minutes=request.ttl_minutes,
            invalidate_older_tokens=request.invalidate_older_tokens,
            email=getattr(request, "email", None),
        )
        await self._change(Lookup("id", customer_id), version, action, asked)
        made = requests.CustomerToken(
            id=action.id,
            customer_id=customer_id,
            value=value,
            created_at=at,
            last_modified_at=at,
            expires_at=action.expires_at,
            invalidate_older_tokens=action.invalidate_older_tokens,
        )
        return json_answer(200, made)

    async def _by_token(self, kind: TokenKind, asked: Asked) -> Answer:
        paths = expansions(asked)
        customer_id = await self._owner(kind, asked.names[0], asked)
        return await self.document(200, await self._seen(kind, customer_id, asked), paths, asked)

    async def _owner(self, kind: TokenKind, token: str, asked: Asked) -> str:
        row = await customer_tokens.find_token(self._database, asked.access.shard, kind, hash_of(token))
        if row is None:
            raise tokens.no_such_token(kind)
        if row.expires_at <= now().instant():
            # Whether a token has expired is the business of those who may see its customer.
            await self._seen(kind, row.customer_id, asked)
            raise expired_customer_token(kind)
        return row.customer_id

    async def _seen(self, kind: TokenKind, customer_id: str, asked: Asked) -> bytes:
        """The customer's bytes. One whom the door does not show looks like a token that never was."""
        try:
            return await self.verbs.get(self.resource, Lookup("id", customer_id), asked.access)
        except ApiError as error:
            raise tokens.no_such_token(kind) if error.status == 404 else error from None

    async def _redeem(self, kind: TokenKind, request: Any, action: Any, asked: Asked) -> Answer:
        customer_id = await self._owner(kind, request.token_value, asked)
        await self._seen(kind, customer_id, asked)
        version = getattr(request, "version", None)
        return Answer(200, await self._change(Lookup("id", customer_id), version, action, asked))

    async def _change(self, lookup: Lookup, version: int | None, action: Any, asked: Asked) -> bytes:
        """Run one of the internal actions, where no version is given on the present one. Raises 404, 409."""

        async def once() -> bytes:
            expected = version if version is not None else await self._version(lookup, asked)
            return await self.verbs.update(self._secrets, lookup, expected, [action], asked.access)

        return await again(once, lambda error: version is None and conflicts(error), _MOST_TRIES)

    async def _version(self, lookup: Lookup, asked: Asked) -> int:
        body = await self.verbs.get(self.resource, lookup, asked.access)
        return int(plain(body)["version"])


class MyCustomer(Customers):
    """The caller herself: the customer is the door's, and so is what the bodies leave out."""

    RESET = requests.MyCustomerResetPassword
    CHANGE = requests.MyCustomerChangePassword
    CONFIRM = requests.MyCustomerEmailVerify


def sign_in_result(customer: bytes, cart: bytes | None) -> bytes:
    """A `CustomerSignInResult` of stored bytes."""
    return b'{"customer":%s%s}' % (customer, b"" if cart is None else b',"cart":' + cart)


def hash_of(token: str) -> str:
    """What is stored of a token. It is random and long, so that a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def hashed(password: Secret) -> Secret:
    """The password's hash, in its place. Raises InvalidInput for one that is too long."""
    return Secret(await hash_password(password.reveal()))


async def with_hashes(actions: Sequence[Any]) -> list[Any]:
    """The actions with hashes where passwords were. Only the last password outlasts an update, so only it is hashed."""
    given = [action.password for action in actions if isinstance(action, SetAuthenticationMode) and action.password is not None]
    if not given:
        return list(actions)
    last = await hashed(given[-1])
    return [
        msgspec.structs.replace(action, password=last)
        if isinstance(action, SetAuthenticationMode) and action.password is not None
        else action
        for action in actions
    ]


async def _naming(email: str | None, made: Awaitable[bytes]) -> bytes:
    """What `made` gives; an email that another customer has is told as it was sent, not as it is compared."""
    try:
        return await made
    except ApiError as error:
        if error.code == "DuplicateField" and error.fields["field"] == "email":
            # What is compared is folded, and has the key of a store in front of it where it is unique in that store only.
            shown = email or str(error.fields["duplicateValue"]).partition("/")[2]
            raise duplicate_field("email", shown, error.fields.get("conflictingResource")) from None
        raise


async def _associate(house: House, asked: Asked) -> Answer:
    """Raises 404 for a unit that is not seen here and for a customer who is no associate of it."""
    unit = decoder(BusinessUnit).decode(await house.verbs.get(UNITS, named(asked), asked.access))
    customer_id = asked.names[1].lower()
    wanted = list(wanted_roles(unit, customer_id)) if UUID.fullmatch(customer_id) else []
    if not wanted:
        raise not_found(Lookup("id", asked.names[1][:200]))
    return Answer(200, encode(associate_of(unit, customer_id, await house.verbs.facts(asked.access, wanted))))
