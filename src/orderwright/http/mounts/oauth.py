"""The endpoints under /oauth: a token for a client's credentials, what a token is worth, and its end."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from orderwright.auth import scopes
from orderwright.auth.accounts import Accounts
from orderwright.auth.clients import ProvenClient, authenticate
from orderwright.auth.refusals import (
    anonymous_id_already_in_use,
    insufficient_scope,
    invalid_client,
    invalid_customer_account_credentials,
    invalid_request,
    unsupported_grant_type,
)
from orderwright.auth.tokens import Issued, Tokens
from orderwright.errors import ApiError, AuthError, InvalidCredentialsError
from orderwright.http.api.openapi import TokenPath
from orderwright.http.mounts import dialect, second
from orderwright.http.mounts.dialect import basic
from orderwright.http.mounts.refusal import body_of
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.limits import FORM
from orderwright.http.wire.mounts import Mount, Served, Table
from orderwright.storage.database import Database

MAX_FIELDS = 50
_FORM_TYPE = "application/x-www-form-urlencoded"
_NO_STORE = (("cache-control", "no-store"), ("pragma", "no-cache"))
# What clients also send in the query string. Of the first dialect a secret is never read from there: addresses end up in logs.
_IN_QUERY = frozenset({"grant_type", "scope", "token", "token_type_hint", "anonymous_id"})
# It becomes a word of a scope, so it must be one (RFC 6749, 3.3).
_ANONYMOUS_ID = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,256}")

Parameters = dict[str, str]


class Asking(NamedTuple):
    """What a token endpoint is asked, by a client that has shown its secret. The store and the project stand in the path."""

    client: ProvenClient
    parameters: Parameters
    store_key: str | None = None
    peer: str | None = None


def mount(house: House) -> Mount:
    """The paths of tokens, of all projects."""
    flows = Flows(house.database, house.tokens, house.accounts)
    return dialect.mount(house, Table(flows.served()).answer, "oauth")


def described(house: House) -> tuple[TokenPath, ...]:
    """The same, as the OpenAPI document tells them."""
    return Flows(house.database, house.tokens, house.accounts).paths()


class Flows:
    """What answers below /oauth."""

    def __init__(self, database: Database, tokens: Tokens, accounts: Accounts) -> None:
        self._database = database
        self._tokens = tokens
        self._accounts = accounts

    async def client_credentials(self, asking: Asking) -> Issued | second.Issued:
        """A token of the client itself, told as its dialect tells it."""
        if scopes.speaks_second(asking.client.scope):
            return await second.client_credentials(self._tokens, asking.client, asking.parameters.get("scope"))
        return await self._tokens.issue(asking.client, _granted(asking))

    async def refresh_token(self, asking: Asking) -> Issued:
        """A further access token of a session."""
        token = _required(asking.parameters, "refresh_token")
        return await self._tokens.refresh(asking.client, token, asking.parameters.get("scope"))

    async def password(self, asking: Asking) -> Issued:
        """The session of a customer, of the project or of the store in the path."""
        email, password = _required(asking.parameters, "username"), _required(asking.parameters, "password")
        scope = scopes.of_owner(_granted(asking), customer=True)
        key = asking.client.project_key
        try:
            customer, hash = await self._accounts.signed_in(key, email, password, asking.store_key, asking.peer)
        except InvalidCredentialsError:
            raise invalid_customer_account_credentials() from None
        issued = await self._tokens.open_customer(asking.client, scope, customer, hash)
        if issued is None:
            raise invalid_customer_account_credentials()
        return issued

    async def anonymous(self, asking: Asking) -> Issued:
        """The session of somebody who is not known yet."""
        scopes_held = frozenset(asking.client.scope.split())
        wanted = scopes.wider(scopes.Scope("create_anonymous_token", asking.client.project_key))
        if scopes_held.isdisjoint(wanted):
            raise insufficient_scope(list(wanted))
        anonymous_id = asking.parameters.get("anonymous_id") or str(uuid.uuid4())
        if _ANONYMOUS_ID.fullmatch(anonymous_id) is None:
            raise invalid_request("Malformed parameter: anonymous_id: It has up to 256 characters of ASCII and no spaces.")
        scope = scopes.of_owner(_granted(asking), customer=False)
        issued = await self._tokens.open_anonymous(asking.client, scope, anonymous_id)
        if issued is None:
            raise anonymous_id_already_in_use()
        return issued

    async def introspect(self, asking: Asking) -> dict[str, Any]:
        """What a token is worth."""
        return await self._tokens.introspect(asking.client, _required(asking.parameters, "token"))

    async def revoke(self, asking: Asking) -> None:
        """The end of a token."""
        await self._tokens.revoke(asking.client, _required(asking.parameters, "token"))

    def paths(self) -> tuple[TokenPath, ...]:
        """Every path, with the fields of its form and what they ask for."""
        signed_in, password = ("grant_type", "username", "password"), {"password": self.password}
        to_client = {"client_credentials": self.client_credentials, "refresh_token": self.refresh_token}
        to_anybody = {"client_credentials": self.anonymous}
        return (
            TokenPath("oauth/token", ("grant_type",), ("scope", "refresh_token"), to_client),
            TokenPath("oauth/{projectKey}/customers/token", signed_in, ("scope",), password),
            TokenPath("oauth/{projectKey}/in-store/key={storeKey}/customers/token", signed_in, ("scope",), password),
            TokenPath("oauth/{projectKey}/anonymous/token", ("grant_type",), ("anonymous_id", "scope"), to_anybody),
            TokenPath("oauth/introspect", ("token",), answers="Introspection", endpoint=self.introspect),
            TokenPath("oauth/token/revoke", ("token",), answers=None, endpoint=self.revoke),
        )

    def served(self) -> Iterable[Served]:
        """The rows of the mount. What RFC 6749, section 5.2 names is answered by them; other failures are raised."""
        for path in self.paths():
            endpoint = path.endpoint or _by_grant_type(path.grants)
            yield Served(path.at, "POST", functools.partial(self._handle, endpoint))

    async def _handle(self, endpoint: Endpoint, request: Request, names: tuple[str, ...]) -> Answer:
        project_key, store_key = (*names, None, None)[:2]
        try:
            parameters = await self._parameters(await _with_form(request))
            client = await authenticate(self._database, *_credentials(request.headers.get("authorization"), parameters))
            if project_key not in (None, client.project_key):
                raise invalid_client()
            document = await endpoint(Asking(client, parameters, store_key, request.peer))
        except AuthError as error:
            # The challenge answers those who used the header; a browser would ask its user for a password otherwise.
            challenge = error.status == 401 and "authorization" in request.headers
            headers = (("www-authenticate", 'Basic realm="orderwright"'),) if challenge else ()
            return json_answer(error.status, body_of(error), *_NO_STORE, *headers)
        return Answer(200, b"", _NO_STORE) if document is None else json_answer(200, document, *_NO_STORE)

    async def _parameters(self, request: Request) -> Parameters:
        """The form's fields, and those few of the query string; of a client of the second dialect, what it sends otherwise."""
        unusual = second.unusual(request)
        if unusual is not None:
            client = await self._tokens.client(second.client_id(request, unusual))
            if client is not None and scopes.speaks_second(client.scope):
                form = () if second.is_json(request) else _form(request)
                return _merged((*_of_query(request), *unusual, *form))
        return _merged((*_of_query(request), *_form(request)))


Endpoint = Callable[[Asking], Awaitable[Any]]


def _by_grant_type(grants: Mapping[str, Endpoint]) -> Endpoint:
    async def grant(asking: Asking) -> Any:
        grant_type = _required(asking.parameters, "grant_type")
        if grant_type not in grants:
            raise unsupported_grant_type(_shown(grant_type))
        return await grants[grant_type](asking)

    return grant


def _granted(asking: Asking) -> str:
    return scopes.granted(asking.parameters.get("scope"), asking.client.scope)


def _required(parameters: Parameters, name: str) -> str:
    if name not in parameters:
        raise invalid_request(f"Missing required parameter: {name}.")
    return parameters[name]


def _shown(text: str) -> str:
    """What a stranger sent, fit to stand in an error: bounded, and ASCII as RFC 6749 wants descriptions to be."""
    return text[:100].encode("ascii", "replace").decode()


async def _with_form(request: Request) -> Request:
    try:
        return await request.with_body(FORM)
    except ApiError as error:
        if error.status != 413:
            raise
        raise invalid_request(f"The form is larger than {FORM.most} bytes.", status=413) from None


def _of_query(request: Request) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in request.query if name in _IN_QUERY)


def _merged(pairs: Iterable[tuple[str, str]]) -> Parameters:
    """A field without a value counts as left out (RFC 6749, 3.2)."""
    found: Parameters = {}
    for name, value in pairs:
        if value and found.setdefault(name, value) != value:
            raise invalid_request(f"The parameter {_shown(name)} is given more than once.")
    return found


def _form(request: Request) -> Iterable[tuple[str, str]]:
    if not request.body:
        return ()
    if request.headers.get("content-type", _FORM_TYPE).partition(";")[0].strip().lower() != _FORM_TYPE:
        raise invalid_request(f"The body must be {_FORM_TYPE}.")
    try:
        return parse_qsl(request.body.decode(), errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:  # bytes that are no UTF-8, or too many fields
        raise invalid_request("The body is not a well-formed form.") from None


def _credentials(authorization: str | None, parameters: Parameters) -> tuple[str, str]:
    """The client's id and secret, from HTTP Basic or from the form, but not from both (RFC 6749, 2.3)."""
    if authorization is None:
        if "client_id" not in parameters or "client_secret" not in parameters:
            raise invalid_client()
        return parameters["client_id"], parameters["client_secret"]
    client_id, client_secret = basic(authorization)
    if "client_secret" in parameters or parameters.get("client_id", client_id) != client_id:
        raise invalid_request("The client credentials are given in more than one way.")
    return client_id, client_secret
