"""Access tokens: opaque, random, stored as hashes in the shard of their project."""

from __future__ import annotations

import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from orderwright.auth.clients import ApiClient, hash_of
from orderwright.auth.principal import Principal
from orderwright.errors import invalid_token
from orderwright.storage import credentials
from orderwright.storage.database import Database

CACHE_ENTRIES = 10_000
CACHE_S = 5.0
"""How long a token is taken for valid without asking again: the longest that a revoked one still works elsewhere."""
_ACCESS = "access"
# One issue in so many sweeps, and a sweep deletes more than that, so expired tokens cannot pile up.
_SWEEP_ONE_IN = 100
_SWEEP_LIMIT = 1_000
_BEARER = re.compile(r"(?i:bearer) +([A-Za-z0-9_-]{1,256})")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PROJECT_KEY = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Issued(msgspec.Struct, frozen=True):
    """A new token as the token endpoint answers it; `expires_in` is seconds."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105 - the type of a token is no secret


class _Cache:
    """What was read lately, the least recently used dropped first. Only valid tokens enter: invalid ones can be invented."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._entries: OrderedDict[tuple[str, bytes], tuple[Principal, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: tuple[str, bytes]) -> Principal | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        principal, until = entry
        if self._monotonic() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return principal

    def put(self, key: tuple[str, bytes], principal: Principal, seconds: float) -> None:
        self._entries[key] = (principal, self._monotonic() + min(seconds, CACHE_S))
        self._entries.move_to_end(key)
        while len(self._entries) > CACHE_ENTRIES:
            self._entries.popitem(last=False)

    def drop(self, key: tuple[str, bytes]) -> None:
        self._entries.pop(key, None)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """Issues, checks, introspects and revokes the tokens of every project; a token is known only in its own project."""

    def __init__(
        self,
        database: Database,
        lifetime_s: int,
        *,
        now: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        sweep_one_in: int = _SWEEP_ONE_IN,
    ) -> None:
        self._database = database
        self._lifetime_s = lifetime_s
        self._now = now
        self._sweep_one_in = sweep_one_in
        self._cache = _Cache(monotonic)

    async def issue(self, client: ApiClient, scope: str) -> Issued:
        """A new access token of the client's project; `scope` must have been checked against the client's."""
        now = self._now()
        if secrets.randbelow(self._sweep_one_in) == 0:
            await credentials.sweep_tokens(self._database, client.project_key, now, _SWEEP_LIMIT)
        token = secrets.token_urlsafe(32)
        row = credentials.TokenRow(_ACCESS, client.id, scope, now + timedelta(seconds=self._lifetime_s))
        await credentials.add_token(self._database, client.project_key, hash_of(token), row, now)
        return Issued(token, self._lifetime_s, scope)

    async def principal(self, authorization: str | None, project_key: str) -> Principal:
        """The caller that an Authorization header names, in this project.

        Raises `invalid_token` (401) for none, a malformed, unknown, revoked or expired one, and one of another project.
        """
        match = _BEARER.fullmatch(authorization.strip()) if authorization else None
        if match is None or _PROJECT_KEY.fullmatch(project_key) is None:
            raise invalid_token()
        key = (project_key, hash_of(match[1]))
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        row = await credentials.find_token(self._database, *key)
        left_s = (row.expires_at - self._now()).total_seconds() if row else 0
        if row is None or row.kind != _ACCESS or left_s <= 0:
            raise invalid_token()
        principal = Principal.of(row.client_id, project_key, row.scope)
        self._cache.put(key, principal, left_s)
        return principal

    async def introspect(self, client: ApiClient, token: str) -> dict[str, Any]:
        """What RFC 7662 tells about a token of the client's project; `exp` is in seconds since 1970. Never from the cache."""
        if _TOKEN.fullmatch(token) is None:
            return {"active": False}
        row = await credentials.find_token(self._database, client.project_key, hash_of(token))
        if row is None or row.expires_at <= self._now():
            return {"active": False}
        return {"active": True, "scope": row.scope, "exp": int(row.expires_at.timestamp()), "client_id": row.client_id}

    async def revoke(self, client: ApiClient, token: str) -> None:
        """End a token of the client's project; any other is left alone without a word, as RFC 7009 asks.

        At once in this process; another process may take it for valid for up to CACHE_S seconds more.
        """
        key = (client.project_key, hash_of(token))
        await credentials.delete_token(self._database, *key)
        self._cache.drop(key)
