"""API clients: an id, a secret that is shown once, and the scopes that bound every token of theirs."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime

import msgspec

from orderwright.auth import scopes
from orderwright.errors import ApiError, AuthError, invalid_client
from orderwright.storage import credentials
from orderwright.storage.database import Database

_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MAX_NAME = 256
# Compared against when there is no such client, so that the work done does not tell whether there is one.
_NOBODY = hashlib.sha256(secrets.token_bytes(32)).digest()


class ClientError(ApiError):
    """An API client cannot be made; the text is one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(400, "InvalidInput", sentence)


class ApiClient(msgspec.Struct, frozen=True):
    """A client that has shown its secret. `scope` is space-separated."""

    id: str
    project_key: str
    scope: str


class ClientCredentials(msgspec.Struct, frozen=True):
    """A new client, with the only copy of its secret."""

    client_id: str
    client_secret: str
    scope: str
    project_key: str


def hash_of(secret: str) -> bytes:
    """The SHA-256 that is stored for a secret or a token.

    These are 32 random bytes, so nobody can try them all and a slow hash would only slow down the server; passwords, which
    people choose, are another matter.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


async def create_client(database: Database, project_key: str, scope: str, name: str) -> ClientCredentials:
    """Make a client of an existing project. Raises ClientError for an unknown project and for scopes that it cannot have."""
    scope = _checked_scope(project_key, scope)
    if not 1 <= len(name) <= _MAX_NAME or "\0" in name:
        raise ClientError(f"The name of an API client has from 1 to {_MAX_NAME} characters.")
    if not await credentials.project_exists(database, project_key):
        raise ClientError(f"There is no project {project_key!r}.")
    made = ClientCredentials(secrets.token_urlsafe(18), secrets.token_urlsafe(32), scope, project_key)
    row = credentials.ClientRow(made.client_id, project_key, scope, hash_of(made.client_secret))
    await credentials.add_client(database, row, name, datetime.now(UTC))
    return made


def _checked_scope(project_key: str, scope: str) -> str:
    if _ID.fullmatch(project_key) is None:
        raise ClientError(f"{project_key!r} cannot be the key of a project.")
    parsed: list[scopes.Scope] = []
    for word in scope.split():
        try:
            parsed += scopes.parse(word)
        except AuthError:
            raise ClientError(f"There is no scope {word[:300]!r}; one looks like manage_project:{project_key}.") from None
    if not parsed:
        raise ClientError(f"An API client needs a scope, such as manage_project:{project_key}.")
    for each in parsed:
        if each.project_key != project_key:
            raise ClientError(f"The scope {each} belongs to another project than {project_key}.")
    joined = " ".join(dict.fromkeys(map(str, parsed)))
    if len(joined) > scopes.MAX_SCOPE_LENGTH:
        raise ClientError(f"The scopes of an API client have at most {scopes.MAX_SCOPE_LENGTH} characters together.")
    return joined


async def known_client(database: Database, client_id: str) -> bool:
    """Whether there is a client of this id."""
    return await _find(database, client_id) is not None


async def authenticate(database: Database, client_id: str, client_secret: str) -> ApiClient:
    """The client of this id and secret. Raises `invalid_client`, with one answer for a wrong secret and for no such client."""
    row = await _find(database, client_id)
    matches = hmac.compare_digest(row.secret_hash if row else _NOBODY, hash_of(client_secret))
    if row is None or not matches:
        raise invalid_client()
    return ApiClient(row.id, row.project, row.scope)


async def _find(database: Database, client_id: str) -> credentials.ClientRow | None:
    # An id that no client can have would be refused by the database itself if it held a NUL.
    return await credentials.find_client(database, client_id if _ID.fullmatch(client_id) else "")
