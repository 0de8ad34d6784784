"""The statements on API clients and tokens. Only hashes are stored, so a copy of the tables opens no door."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.engine.access import shard_of
from orderwright.storage.database import Database

# The token endpoint knows a client's id and not yet its project, so clients stand in one shard of their own.
_CLIENTS = "@clients"

_PROJECT_EXISTS = "SELECT 1 FROM project WHERE shard = $1"
_ADD_CLIENT = (
    "INSERT INTO api_client (shard, id, project, name, scope, secret_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (shard, id) DO NOTHING"
)
_FIND_CLIENT = "SELECT id, project, scope, secret_hash FROM api_client WHERE shard = $1 AND id = $2"
_ISSUE = (
    "INSERT INTO token (shard, hash, kind, client_id, scope, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (shard, hash) DO NOTHING"
)
_LOOK_UP = "SELECT kind, client_id, scope, expires_at FROM token WHERE shard = $1 AND hash = $2"
_REVOKE = "DELETE FROM token WHERE shard = $1 AND hash = $2"
_SWEEP = (
    "DELETE FROM token WHERE shard = $1 AND hash IN"
    " (SELECT hash FROM token WHERE shard = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3)"
)


class ClientRow(NamedTuple):
    """An API client; `secret_hash` is the SHA-256 of its secret."""

    id: str
    project: str
    scope: str
    secret_hash: bytes


class TokenRow(NamedTuple):
    """A token; `kind` tells an access token from others, `expires_at` is UTC."""

    kind: str
    client_id: str
    scope: str
    expires_at: datetime


async def project_exists(database: Database, project_key: str) -> bool:
    return await database.fetchrow(_PROJECT_EXISTS, shard_of(project_key)) is not None


async def add_client(database: Database, client: ClientRow, name: str, now: datetime) -> None:
    """Store a client under its random id; harmless when repeated."""
    id, project, scope, secret_hash = client
    await database.execute(_ADD_CLIENT, _CLIENTS, id, project, name, scope, secret_hash, now)


async def find_client(database: Database, client_id: str) -> ClientRow | None:
    row = await database.fetchrow(_FIND_CLIENT, _CLIENTS, client_id)
    return ClientRow(*row) if row else None


async def add_token(database: Database, project_key: str, hash: bytes, token: TokenRow, now: datetime) -> None:
    """Store a token under its hash; harmless when repeated."""
    kind, client_id, scope, expires_at = token
    await database.execute(_ISSUE, shard_of(project_key), hash, kind, client_id, scope, now, expires_at)


async def find_token(database: Database, project_key: str, hash: bytes) -> TokenRow | None:
    """The row as stored, expired or not. Another project's token is not found."""
    row = await database.fetchrow(_LOOK_UP, shard_of(project_key), hash)
    return TokenRow(*row) if row else None


async def delete_token(database: Database, project_key: str, hash: bytes) -> None:
    await database.execute(_REVOKE, shard_of(project_key), hash)


async def sweep_tokens(database: Database, project_key: str, now: datetime, limit: int) -> None:
    """Delete the tokens of a project that have expired, the oldest first, at most `limit` of them."""
    await database.execute(_SWEEP, shard_of(project_key), now, limit)
