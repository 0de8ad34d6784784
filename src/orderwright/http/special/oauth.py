"""The endpoints under /oauth: a token for a client's credentials, what a token is worth, and its end."""

from __future__ import annotations

import base64
import binascii
import functools
import re
import uuid
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote_plus

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
from orderwright.errors import ApiError, AuthError, InvalidCredentialsError, MethodNotAllowedError, resource_not_found
from orderwright.http.wire.exchange import Answer, Handler, Request, json_answer
from orderwright.http.wire.limits import FORM
from orderwright.storage.database import Database

MAX_FIELDS = 50
_FORM_TYPE = "application/x-www-form-urlencoded"
_NO_STORE = (("cache-control", "no-store"), ("pragma", "no-cache"))
# What clients also send in the query string. A secret is never read from there: addresses end up in logs.
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


class Flows:
    """What answers below /oauth."""

    def __init__(self, database: Database, tokens: Tokens, accounts: Accounts) -> None:
        self._database = database
        self._tokens = tokens
        self._accounts = accounts

    async def client_credentials(self, asking: Asking) -> Issued:
        """A token of the client itself."""
        return await self._tokens.issue(asking.client, _granted(asking))

    async def refresh_token(self, asking: Asking) -> Issued:
        """A further access token of a session."""
        token = _required(asking.parameters, "refresh_token")
        return await self._tokens.refresh(asking.client, token, asking.parameters.get("scope"))

    async def password(self, asking: Asking) -> Issued:
        """The session of a customer, of the project or of the store in the path."""
        email, password = _required(asking.parameters, "username"), _required(asking.parameters, "password")
        scope = _granted(asking)
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
        issued = await self._tokens.open_anonymous(asking.client, _granted(asking), anonymous_id)
        if issued is None:
            raise anonymous_id_already_in_use()
        return issued

    async def introspect(self, asking: Asking) -> dict[str, Any]:
        """What a token is worth."""
        return await self._tokens.introspect(asking.client, _required(asking.parameters, "token"))

    async def revoke(self, asking: Asking) -> None:
        """The end of a token."""
        await self._tokens.revoke(asking.client, _required(asking.parameters, "token"))

    async def below_project(self, request: Request) -> Answer:
        """Answer a request below /oauth/{projectKey}. Raises 404 and 405."""
        project_key, words = request.segments[1] if len(request.segments) > 1 else "", request.segments[2:]
        store_key = None
        if len(words) > 2 and words[0] == "in-store" and words[1].startswith("key="):
            store_key, words = words[1][4:], words[2:]
        if words == ("customers", "token"):
            endpoint = _by_grant_type({"password": self.password})
        elif words == ("anonymous", "token") and store_key is None:
            endpoint = _by_grant_type({"client_credentials": self.anonymous})
        else:
            raise resource_not_found(named=f"path '/{'/'.join(request.segments)[:200]}'")
        if request.method != "POST":
            raise MethodNotAllowedError(request.method, ["POST"])
        return await self._handle(endpoint, project_key, store_key, request)

    async def _handle(self, endpoint: Endpoint, project_key: str | None, store_key: str | None, request: Request) -> Answer:
        try:
            parameters = _parameters(await _with_form(request))
            client = await authenticate(self._database, *_credentials(request.headers.get("authorization"), parameters))
            if project_key not in (None, client.project_key):
                raise invalid_client()
            document = await endpoint(Asking(client, parameters, store_key, request.peer))
        except AuthError as error:
            # The challenge answers those who used the header; a browser would ask its user for a password otherwise.
            challenge = error.status == 401 and "authorization" in request.headers
            headers = (("www-authenticate", 'Basic realm="orderwright"'),) if challenge else ()
            return json_answer(error.status, error.body(), *_NO_STORE, *headers)
        return Answer(200, b"", _NO_STORE) if document is None else json_answer(200, document, *_NO_STORE)

    async def origins(self, headers: Mapping[str, str], path: tuple[str, ...]) -> Collection[str]:
        """The origins that the browsers of whoever sends these headers may have; none is any, and so is nobody known."""
        authorization = headers.get("authorization", "")
        if authorization[:6].lower() != "basic ":
            principal = self._tokens.remembered(authorization, path[0])
            return principal.origins if principal is not None else ()
        client = await self._tokens.client(_basic(authorization)[0])
        return (client.origins or ()) if client is not None else ()

    def routes(self) -> dict[tuple[str, ...], Handler]:
        """The handlers for POST at paths without a project. What RFC 6749, section 5.2 names is answered here; other failures
        are raised."""
        grants: dict[str, Endpoint] = {"client_credentials": self.client_credentials, "refresh_token": self.refresh_token}
        endpoints: dict[tuple[str, ...], Endpoint] = {
            ("oauth", "token"): _by_grant_type(grants),
            ("oauth", "introspect"): self.introspect,
            ("oauth", "token", "revoke"): self.revoke,
        }
        return {path: functools.partial(self._handle, endpoint, None, None) for path, endpoint in endpoints.items()}


Endpoint = Callable[[Asking], Awaitable[Any]]


def _by_grant_type(grants: dict[str, Endpoint]) -> Endpoint:
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


def _parameters(request: Request) -> Parameters:
    """The form's fields, and those few of the query string; one without a value counts as left out (RFC 6749, 3.2)."""
    found: Parameters = {}
    in_query = ((name, value) for name, value in request.query if name in _IN_QUERY)
    for name, value in (*in_query, *_form(request)):
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
    client_id, client_secret = _basic(authorization)
    if "client_secret" in parameters or parameters.get("client_id", client_id) != client_id:
        raise invalid_request("The client credentials are given in more than one way.")
    return client_id, client_secret


def _basic(authorization: str) -> tuple[str, str]:
    """Both halves are form-encoded before they are joined by the colon and encoded again (RFC 6749, 2.3.1)."""
    scheme, _, encoded = authorization.strip().partition(" ")
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
        client_id, colon, client_secret = pair.partition(":")
        if colon:
            return unquote_plus(client_id, errors="strict"), unquote_plus(client_secret, errors="strict")
    except (binascii.Error, ValueError):
        pass
    raise invalid_client()
