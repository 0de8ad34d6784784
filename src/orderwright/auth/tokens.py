"""Tokens: opaque, random, stored as hashes in the shard of their project. An owner's session is a refresh token and what
comes of it."""

from __future__ import annotations

import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from orderwright.auth import clients
from orderwright.auth.clients import ProvenClient, hash_of
from orderwright.auth.principal import Principal
from orderwright.auth.refusals import ExpiredTokenError, invalid_client, invalid_grant, invalid_token, token_of_another_client
from orderwright.auth.scopes import Scope, granted, wider
from orderwright.auth.words import random_word
from orderwright.storage.database import Database
from orderwright.storage.tables import credentials

CACHE_ENTRIES = 10_000
CACHE_S = 5.0
"""How long a token is taken for valid without asking again. A revoked one works in other processes for as long at most."""
REFRESH_LIFETIME_S = 200 * 86_400
"""Seconds after its last use at which a refresh token expires, where nothing else is set."""
_ACCESS, _REFRESH, _LINK = "access", "refresh", "link"
# One issue in so many sweeps, and a sweep deletes more than that, so expired tokens cannot pile up.
_SWEEP_ONE_IN = 100
_SWEEP_LIMIT = 1_000
_BEARER = re.compile(r"(?i:bearer) +([A-Za-z0-9_-]{1,256})")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PROJECT_KEY = re.compile(r"[A-Za-z0-9_-]{1,256}")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Issued(msgspec.Struct, frozen=True):
    """New tokens as the token endpoint answers them; `expires_in` is seconds of the access token."""

    access_token: str
    expires_in: int
    scope: str
    refresh_token: str | msgspec.UnsetType = msgspec.UNSET
    token_type: str = "Bearer"  # noqa: S105 - the type of a token is no secret


class _Cache(Generic[K, V]):
    """What was read lately, the least recently used dropped first. Only valid tokens enter: anybody can invent invalid ones."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._entries: OrderedDict[K, tuple[V, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, until = entry
        if self._monotonic() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: K, value: V, seconds: float) -> None:
        self._entries[key] = (value, self._monotonic() + min(seconds, CACHE_S))
        self._entries.move_to_end(key)
        while len(self._entries) > CACHE_ENTRIES:
            self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        self._entries.pop(key, None)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """Issues, checks, introspects and revokes the tokens of every project; a token is known only in its own project."""

    def __init__(
        self,
        database: Database,
        lifetime_s: int,
        refresh_lifetime_s: int = REFRESH_LIFETIME_S,
        *,
        now: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        sweep_one_in: int = _SWEEP_ONE_IN,
    ) -> None:
        self._database = database
        self._lifetime_s = lifetime_s
        self._refresh_lifetime_s = refresh_lifetime_s
        self._now = now
        self._sweep_one_in = sweep_one_in
        self._cache: _Cache[tuple[str, bytes], Principal] = _Cache(monotonic)
        self._clients: _Cache[str, credentials.ClientRow] = _Cache(monotonic)
        self._ended = 0  # how many tokens were revoked here

    async def issue(self, client: ProvenClient, scope: str) -> Issued:
        """A new access token of the client's project; `scope` must have been checked against the client's."""
        now = self._now()
        await self._sweep(client, now)
        token, lifetime_s = random_word(32), client.access_s or self._lifetime_s
        row = credentials.TokenRow(_ACCESS, client.id, scope, now + timedelta(seconds=lifetime_s))
        await credentials.add_token(self._database, client.project_key, hash_of(token), row, now)
        return Issued(token, lifetime_s, scope)

    async def link(self, client: ProvenClient, seconds: int) -> str:
        """A word that stands for the client once, within so many seconds; see `use_link`. It is no token."""
        now = self._now()
        word = random_word(32)
        row = credentials.TokenRow(_LINK, client.id, client.scope, now + timedelta(seconds=seconds))
        await credentials.add_token(self._database, client.project_key, hash_of(word), row, now)
        return word

    async def use_link(self, project_key: str, word: str) -> ProvenClient | None:
        """The client of such a word, which is used up; None for all but one of those who use it, and for one that has expired."""
        if _TOKEN.fullmatch(word) is None or _PROJECT_KEY.fullmatch(project_key) is None:
            return None
        client_id = await credentials.use_up(self._database, project_key, hash_of(word), _LINK, self._now())
        client = None if client_id is None else await self.client(client_id)
        return None if client is None else clients.named(client)

    async def open_customer(self, client: ProvenClient, scope: str, customer_id: str, password_hash: str) -> Issued | None:
        """The tokens of a customer who has just shown the password of that hash; None if it was changed meanwhile."""
        now = self._now()
        await self._sweep(client, now)
        issued, session = self._session(client, f"{scope} customer_id:{customer_id}", now)
        opened = await credentials.open_customer(self._database, client.project_key, customer_id, password_hash, session, now)
        return issued if opened else None

    async def open_anonymous(self, client: ProvenClient, scope: str, anonymous_id: str) -> Issued | None:
        """The tokens of an anonymous session; None if its id is in use."""
        now = self._now()
        await self._sweep(client, now)
        issued, session = self._session(client, f"{scope} anonymous_id:{anonymous_id}", now)
        opened = await credentials.open_anonymous(self._database, client.project_key, anonymous_id, session, now)
        return issued if opened else None

    async def open_visitor(self, client: ProvenClient, scope: str, anonymous_id: str) -> Issued:
        """The tokens of an anonymous session that anybody may open; its id is made for it, and kept by them alone."""
        now = self._now()
        await self._sweep(client, now)
        issued, session = self._session(client, f"{scope} anonymous_id:{anonymous_id}", now)
        await credentials.open_visitor(self._database, client.project_key, anonymous_id, session, now)
        return issued

    async def refresh(self, client: ProvenClient, token: str, requested: str | None) -> Issued:
        """A further access token for a refresh token, which stays as it is and lives on from now.

        Raises `invalid_grant` for a token that is not a living refresh token of this client, and `invalid_scope` for more
        than it was issued for.
        """
        now = self._now()
        await self._sweep(client, now)
        row = await self.refreshable(client, token)
        issued, session = self._session(client, _narrowed(row, requested), now, token)
        if not await credentials.refresh(self._database, client.project_key, session, now):
            raise invalid_grant()
        return issued

    async def refreshable(self, client: ProvenClient, token: str) -> credentials.TokenRow:
        """What a refresh token is worth. Raises `invalid_grant` for one that is not a living one of this client."""
        row = await self._living(client.project_key, token, self._now())
        if row is None or row.kind != _REFRESH or row.client_id != client.id:
            raise invalid_grant()
        return row

    async def rotate(self, client: ProvenClient, token: str, scope: str) -> Issued:
        """Another pair of tokens in the place of a refresh token, which is used up; access tokens that came of it live on.

        `scope` names the owner too. Raises `invalid_grant` as `refresh` does, and for all but one of those who use a token at
        the same time.
        """
        now = self._now()
        await self._sweep(client, now)
        issued, session = self._session(client, scope, now)
        if not await credentials.rotate(self._database, client.project_key, hash_of(token), session, now):
            raise invalid_grant()
        return issued

    def refresh_seconds(self, client: ProvenClient) -> int:
        """Seconds after its last use at which a refresh token of the client expires."""
        return client.refresh_s or self._refresh_lifetime_s

    def _session(
        self, client: ProvenClient, scope: str, now: datetime, refresh: str | None = None
    ) -> tuple[Issued, credentials.Session]:
        access, refresh = random_word(32), refresh or random_word(32)
        lifetime_s, idle_s = client.access_s or self._lifetime_s, self.refresh_seconds(client)
        session = credentials.Session(
            client.id,
            scope,
            hash_of(access),
            now + timedelta(seconds=lifetime_s),
            hash_of(refresh),
            now + timedelta(seconds=idle_s),
        )
        return Issued(access, lifetime_s, scope, refresh), session

    async def _sweep(self, client: ProvenClient, now: datetime) -> None:
        if secrets.randbelow(self._sweep_one_in) == 0:
            long_ago = now - timedelta(seconds=self._refresh_lifetime_s)
            await credentials.sweep_tokens(self._database, client.project_key, now, long_ago, _SWEEP_LIMIT)

    async def _living(self, project_key: str, token: str, now: datetime) -> credentials.TokenRow | None:
        if _TOKEN.fullmatch(token) is None:
            return None
        row = await credentials.find_token(self._database, project_key, hash_of(token))
        return row if row is not None and row.kind != _LINK and row.expires_at > now else None

    def remembered(self, authorization: str, project_key: str) -> Principal | None:
        """The caller of a token that was found within the last seconds, else None. Reads nothing."""
        match = _BEARER.fullmatch(authorization.strip())
        return self._cache.get((project_key, hash_of(match[1]))) if match else None

    async def principal(self, authorization: str | None, project_key: str) -> Principal:
        """The caller that an Authorization header names, in this project.

        Raises `invalid_token` (401) for none, a malformed, unknown, revoked or expired one, one of another project, and one
        whose API client is gone.
        """
        match = _BEARER.fullmatch(authorization.strip()) if authorization else None
        if match is None or _PROJECT_KEY.fullmatch(project_key) is None:
            raise invalid_token()
        key = (project_key, hash_of(match[1]))
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        now, ended = self._now(), self._ended
        row = await credentials.find_token(self._database, *key)
        if row is None or row.kind != _ACCESS:
            raise invalid_token()
        if row.expires_at <= now:
            raise ExpiredTokenError
        client = await self.client(row.client_id)
        if client is None:
            raise invalid_token()
        origins = frozenset(client.origins or ())
        scopes = frozenset(row.scope.split())
        principal = Principal(row.client_id, project_key, scopes, row.customer_id, row.anonymous_id, origins)
        if self._ended == ended:  # else it may be this token that was revoked since it was read
            self._cache.put(key, principal, (row.expires_at - now).total_seconds())
        return principal

    async def seconds_left(self, authorization: str, project_key: str) -> int:
        """Seconds until the token of an Authorization header expires; 0 for one that is gone. Never from the cache."""
        match, now = _BEARER.fullmatch(authorization.strip()), self._now()
        row = await self._living(project_key, match[1], now) if match else None
        return int((row.expires_at - now).total_seconds()) if row is not None else 0

    async def client(self, client_id: str) -> credentials.ClientRow | None:
        """A living client, as it was at most CACHE_S seconds ago."""
        found = self._clients.get(client_id)
        if found is None:
            found = await clients.find(self._database, client_id)
            if found is not None:
                self._clients.put(client_id, found, CACHE_S)
        return None if found is None or clients.ended(found, self._now()) else found

    async def introspect(self, client: ProvenClient, token: str) -> dict[str, Any]:
        """What RFC 7662 tells about a token of the client's project; `exp` is in seconds since 1970. Never from the cache.

        One that was issued to another client is as good as none, unless the client has `introspect_oauth_tokens`.
        """
        row = await self._living(client.project_key, token, self._now())
        if row is not None and row.client_id != client.id and not _introspects_all(client):
            row = None
        owner = await clients.find(self._database, row.client_id) if row is not None else None
        if row is None or owner is None or clients.ended(owner, self._now()):
            return {"active": False}
        return {"active": True, "scope": row.scope, "exp": int(row.expires_at.timestamp()), "client_id": row.client_id}

    async def revoke(self, client: ProvenClient, token: str) -> None:
        """End a token of the client, and all that came of it. What is no token of the project is left alone without a word,
        as RFC 7009 asks; raises `invalid_grant` for one of another client.

        At once in this process; another process may take it for valid for up to CACHE_S seconds more, and so may this one
        with what came of a refresh token.
        """
        key = (client.project_key, hash_of(token))
        if not await credentials.delete_token(self._database, *key, client.id):
            row = await self._living(client.project_key, token, self._now())
            if row is not None and row.client_id != client.id:
                raise token_of_another_client()
        self._ended += 1  # also where nothing was deleted: it may have been, before the connection was lost
        self._cache.drop(key)

    async def sign_out(self, principal: Principal, token: str | None) -> None:
        """End the session of an access token of the caller's client, or what has come of it; a customer ends only her own. What
        is none is left alone. Elsewhere within CACHE_S seconds, as `revoke`."""
        row = await self._living(principal.project_key, token, self._now()) if token else None
        if token is None or row is None or (row.kind, row.client_id) != (_ACCESS, principal.client_id):
            return
        if principal.customer_id not in (None, row.customer_id):
            return
        key = (principal.project_key, hash_of(token))
        await credentials.end_session(self._database, *key, row.client_id)
        self._ended += 1
        self._cache.drop(key)


async def link_for(database: Database, client_id: str, seconds: int) -> str:
    """The word of a link for a client who is there; see `Tokens.link`."""
    tokens = Tokens(database, lifetime_s=0)
    client = await tokens.client(client_id)
    if client is None:
        raise invalid_client()
    return await tokens.link(clients.named(client), seconds)


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header, if there is one."""
    match = _BEARER.fullmatch(authorization.strip()) if authorization else None
    return match[1] if match else None


def _introspects_all(client: ProvenClient) -> bool:
    """Whether a client may look into the tokens of the project's other clients."""
    any_of = wider(Scope("introspect_oauth_tokens", client.project_key))
    return not frozenset(client.scope.split()).isdisjoint(any_of)


def _narrowed(row: credentials.TokenRow, requested: str | None) -> str:
    """The scope of a refreshed token: that of the session, or the part of it that is asked for; always with the owner."""
    words = row.scope.split()
    owner = [word for word in words if word.startswith(("customer_id:", "anonymous_id:"))]
    asked = " ".join(word for word in (requested or "").split() if word not in owner)
    return " ".join([granted(asked, " ".join(word for word in words if word not in owner)), *owner])
