"""The endpoints under /oauth: a token for a client's credentials, what a token is worth, and its end."""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from orderwright.auth import scopes
from orderwright.auth.clients import ApiClient, authenticate
from orderwright.auth.tokens import Issued, Tokens
from orderwright.errors import AuthError, invalid_client, invalid_request, unsupported_grant_type
from orderwright.http.exchange import Answer, Handler, Request, json_answer
from orderwright.storage.database import Database

MAX_FORM_BYTES = 64 * 1024
MAX_FIELDS = 50
_FORM_TYPE = "application/x-www-form-urlencoded"
_NO_STORE = (("cache-control", "no-store"), ("pragma", "no-cache"))
# What clients also send in the query string. A secret is never read from there: addresses end up in logs.
_IN_QUERY = frozenset({"grant_type", "scope", "token", "token_type_hint"})

Parameters = dict[str, str]
Grant = Callable[[Tokens, ApiClient, Parameters], Awaitable[Issued]]
Endpoint = Callable[[Tokens, ApiClient, Parameters], Awaitable[Any]]


async def _client_credentials(tokens: Tokens, client: ApiClient, parameters: Parameters) -> Issued:
    return await tokens.issue(client, scopes.granted(parameters.get("scope"), client.scope))


GRANTS: dict[str, Grant] = {"client_credentials": _client_credentials}
"""The flows at /oauth/token, by `grant_type`."""


async def _token(tokens: Tokens, client: ApiClient, parameters: Parameters) -> Issued:
    grant_type = _required(parameters, "grant_type")
    if grant_type not in GRANTS:
        raise unsupported_grant_type(_shown(grant_type))
    return await GRANTS[grant_type](tokens, client, parameters)


async def _introspect(tokens: Tokens, client: ApiClient, parameters: Parameters) -> dict[str, Any]:
    return await tokens.introspect(client, _required(parameters, "token"))


async def _revoke(tokens: Tokens, client: ApiClient, parameters: Parameters) -> None:
    await tokens.revoke(client, _required(parameters, "token"))


_ENDPOINTS: dict[tuple[str, ...], Endpoint] = {
    ("oauth", "token"): _token,
    ("oauth", "introspect"): _introspect,
    ("oauth", "token", "revoke"): _revoke,
}


def routes(database: Database, tokens: Tokens) -> dict[tuple[str, ...], Handler]:
    """The handlers for POST, by path. What RFC 6749, section 5.2 names is answered here; other failures are raised."""
    return {path: functools.partial(_handle, database, tokens, endpoint) for path, endpoint in _ENDPOINTS.items()}


async def _handle(database: Database, tokens: Tokens, endpoint: Endpoint, request: Request) -> Answer:
    try:
        parameters = _parameters(request)
        client = await authenticate(database, *_credentials(request.headers.get("authorization"), parameters))
        document = await endpoint(tokens, client, parameters)
    except AuthError as error:
        # The challenge answers those who used the header; a browser would ask its user for a password otherwise.
        challenge = error.status == 401 and "authorization" in request.headers
        headers = (("www-authenticate", 'Basic realm="orderwright"'),) if challenge else ()
        return json_answer(error.status, error.body(), *_NO_STORE, *headers)
    return Answer(200, b"", _NO_STORE) if document is None else json_answer(200, document, *_NO_STORE)


def _required(parameters: Parameters, name: str) -> str:
    if name not in parameters:
        raise invalid_request(f"Missing required parameter: {name}.")
    return parameters[name]


def _shown(text: str) -> str:
    """What a stranger sent, fit to stand in an error: bounded, and ASCII as RFC 6749 wants descriptions to be."""
    return text[:100].encode("ascii", "replace").decode()


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
    if len(request.body) > MAX_FORM_BYTES:
        raise invalid_request(f"The form is larger than {MAX_FORM_BYTES} bytes.", status=413)
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
