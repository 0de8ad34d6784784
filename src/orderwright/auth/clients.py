"""API clients: an id, a secret that is shown once, and the scopes that bound every token of theirs."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from orderwright.auth import scopes
from orderwright.auth.refusals import invalid_client
from orderwright.auth.words import random_word
from orderwright.engine.scalars import DateTime, decode_scalar, encode_scalar
from orderwright.errors import ApiError, AuthError
from orderwright.storage.database import Database
from orderwright.storage.tables import credentials

_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ORIGIN = re.compile(r"https?://[a-z0-9._\[\]:-]{1,255}")
_MAX_NAME, _MAX_ORIGINS = 256, 100
# The bounds of the API, in seconds and days: an hour to a week, half a minute to a year.
ACCESS_S, REFRESH_S, DAYS = (3_600, 604_800), (30, 31_536_000), (1, 36_500)
# Compared against when there is no such client, so that the work done does not tell whether there is one.
_NOBODY = hashlib.sha256(secrets.token_bytes(32)).digest()


class ClientError(ApiError):
    """An API client cannot be made; the text is one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(400, "InvalidInput", sentence)


class ApiClient(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An API client as it is served and stored. A secret is never stored: it stands in a NewApiClient."""

    id: str
    name: str
    scope: str
    created_at: DateTime
    last_used_at: str | None = None
    delete_at: DateTime | None = None
    access_token_validity_seconds: int | None = None
    refresh_token_validity_seconds: int | None = None


class NewApiClient(ApiClient, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The answer to a creation: the only time that the secret is known."""

    secret: str


_decoder = msgspec.json.Decoder(ApiClient, dec_hook=decode_scalar)
_encoder = msgspec.json.Encoder(enc_hook=encode_scalar)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a new client is to be. Seconds and days of None are the server's own and for ever; no origins are any."""

    scope: str
    name: str
    access_s: int | None = None
    refresh_s: int | None = None
    days: int | None = None
    origins: tuple[str, ...] = ()


class ProvenClient(msgspec.Struct, frozen=True):
    """A client that has shown its secret, or of which less is enough. `scope` is space-separated; the seconds are None where the
    server's own hold."""

    id: str
    project_key: str
    scope: str
    access_s: int | None = None
    refresh_s: int | None = None


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


async def create_client(
    database: Database, project_key: str, scope: str, name: str, origins: Sequence[str] = ()
) -> ClientCredentials:
    """Make a client of an existing project. Raises ClientError for an unknown project and for scopes that it cannot have."""
    made = await make_client(database, project_key, Wish(scope=scope, name=name, origins=tuple(origins)))
    return ClientCredentials(made.id, made.secret, made.scope, project_key)


async def make_client(database: Database, project_key: str, wish: Wish) -> NewApiClient:
    """The same for any wish; what is returned holds the only copy of the secret."""
    scope = _checked_scope(project_key, wish.scope)
    if not 1 <= len(wish.name) <= _MAX_NAME or "\0" in wish.name:
        raise ClientError(f"The name of an API client has from 1 to {_MAX_NAME} characters.")
    _within("accessTokenValiditySeconds", wish.access_s, ACCESS_S)
    _within("refreshTokenValiditySeconds", wish.refresh_s, REFRESH_S)
    _within("deleteDaysAfterCreation", wish.days, DAYS)
    origins = _checked_origins(wish.origins)
    if not await credentials.project_exists(database, project_key):
        raise ClientError(f"There is no project {project_key!r}.")
    now = datetime.now(UTC)
    ends = None if wish.days is None else now + timedelta(days=wish.days)
    served = ApiClient(
        id=random_word(18),
        name=wish.name,
        scope=scope,
        created_at=DateTime.of(now),
        delete_at=None if ends is None else DateTime.of(ends),
        access_token_validity_seconds=wish.access_s,
        refresh_token_validity_seconds=wish.refresh_s,
    )
    secret = random_word(32)
    row = credentials.ClientRow(served.id, project_key, scope, hash_of(secret), ends, origins, _encoder.encode(served).decode())
    await credentials.add_client(database, row, wish.name, served.created_at.instant())
    return NewApiClient(**msgspec.structs.asdict(served), secret=secret)


def _within(name: str, value: int | None, bounds: tuple[int, int]) -> None:
    if value is not None and not bounds[0] <= value <= bounds[1]:
        raise ClientError(f"The value of {name} lies from {bounds[0]} to {bounds[1]}.")


def _checked_origins(origins: Sequence[str]) -> list[str]:
    if len(origins) > _MAX_ORIGINS:
        raise ClientError(f"An API client has at most {_MAX_ORIGINS} origins.")
    for origin in origins:
        if _ORIGIN.fullmatch(origin) is None:
            raise ClientError(f"{origin[:300]!r} is no origin; one looks like https://shop.example, in small letters.")
    return list(dict.fromkeys(origins))


def _checked_scope(project_key: str, scope: str) -> str:
    if _ID.fullmatch(project_key) is None:
        raise ClientError(f"{project_key!r} cannot be the key of a project.")
    words = list(dict.fromkeys(scope.split()))
    parsed: list[scopes.Scope] = []
    for word in words:
        try:
            parsed += () if scopes.unbound(word) else scopes.parse(word)
        except AuthError:
            raise ClientError(f"There is no scope {word[:300]!r}; one looks like manage_project:{project_key}.") from None
    if not words:
        raise ClientError(f"An API client needs a scope, such as manage_project:{project_key}.")
    for each in parsed:
        if each.project_key != project_key:
            raise ClientError(f"The scope {each} belongs to another project than {project_key}.")
    joined = " ".join(words)
    if len(joined) > scopes.MAX_SCOPE_LENGTH:
        raise ClientError(f"The scopes of an API client have at most {scopes.MAX_SCOPE_LENGTH} characters together.")
    return joined


async def authenticate(database: Database, client_id: str, client_secret: str) -> ProvenClient:
    """The client of this id and secret. Raises `invalid_client`, with one answer for a wrong secret and for no such client.

    The first use on a day is noted as the client's last day of use.
    """
    row = await find(database, client_id)
    matches = hmac.compare_digest(row.secret_hash if row else _NOBODY, hash_of(client_secret))
    if row is None or not matches or ended(row, datetime.now(UTC)):
        raise invalid_client()
    served = _decoder.decode(row.body)
    today = datetime.now(UTC).date().isoformat()
    if served.last_used_at != today:
        used = msgspec.structs.replace(served, last_used_at=today)
        await credentials.see_client(database, row, _encoder.encode(used).decode())
    return named(row)


def named(row: credentials.ClientRow) -> ProvenClient:
    """A client whose secret is not asked for, because its id is public or because its token has been shown."""
    served = _decoder.decode(row.body)
    seconds = served.access_token_validity_seconds, served.refresh_token_validity_seconds
    return ProvenClient(row.id, row.project, row.scope, *seconds)


def ended(client: credentials.ClientRow, now: datetime) -> bool:
    """Whether a client has come to its end, though its row may still stand."""
    return client.delete_at is not None and client.delete_at <= now


async def find(database: Database, client_id: str) -> credentials.ClientRow | None:
    """The client of this id, of whatever project."""
    # An id that no client can have would be refused by the database itself if it held a NUL.
    return await credentials.find_client(database, client_id if _ID.fullmatch(client_id) else "")
