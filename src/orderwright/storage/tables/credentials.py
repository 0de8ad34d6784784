"""The statements on API clients, tokens and passwords. Only hashes are stored, so a copy of the tables opens no door."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace

from orderwright.engine.access import EVERYTHING, shard_of
from orderwright.predicates.tree import Compare, Predicate
from orderwright.storage.database import Database
from orderwright.storage.documents.columns import Collection, Column
from orderwright.storage.queries.queries import PageRequest, count_sql, exists_sql, page_sql, reported_total

# The token endpoint knows a client's id and not yet its project, so clients stand in one shard of their own.
_CLIENTS = "@clients"

_PROJECT_EXISTS = "SELECT 1 FROM project WHERE shard = $1"
_ADD_CLIENT = (
    "INSERT INTO api_client (shard, id, project, name, scope, secret_hash, created_at, delete_at, origins, body, query)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10::text::jsonb) ON CONFLICT (shard, id) DO NOTHING"
)
_FIND_CLIENT = "SELECT id, project, scope, secret_hash, delete_at, origins, body FROM api_client WHERE shard = $1 AND id = $2"
_SEE_CLIENT = "UPDATE api_client SET body = $4, query = $4::text::jsonb WHERE shard = $1 AND id = $2 AND body = $3"
_DELETE_CLIENT = "DELETE FROM api_client WHERE shard = $1 AND id = $2 AND project = $3"
_SWEEP_CLIENTS = "DELETE FROM api_client WHERE shard = $1 AND project = $2 AND project >= '' AND delete_at <= $3"

_TOKEN = "shard, hash, kind, client_id, scope, created_at, expires_at, customer_id, anonymous_id, refresh"  # noqa: S105 - columns
_ISSUE = (
    "INSERT INTO token (shard, hash, kind, client_id, scope, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (shard, hash) DO NOTHING"
)
# Both tokens of a session, for each row of `{opened}`.
_PUT_BOTH = (
    "put AS (INSERT INTO token (" + _TOKEN + ") SELECT $1, n.hash, n.kind, $4, $5, $6, n.expires_at, {owner}, n.refresh"
    " FROM {opened} CROSS JOIN unnest($7::bytea[], $8::text[], $9::timestamptz[], $10::bytea[])"
    " AS n(hash, kind, expires_at, refresh) ON CONFLICT (shard, hash) DO NOTHING)"
)
# The row is locked, so that whoever sets another password meanwhile waits, and then sees these tokens and ends them.
_OPEN_CUSTOMER = (
    "WITH held AS (SELECT p.customer FROM password p WHERE p.shard = $1 AND p.customer = $2::uuid AND p.hash = $3::text"
    " FOR SHARE), " + _PUT_BOTH.format(opened="held", owner="$2::uuid::text, NULL::text") + " SELECT count(*) AS opened FROM held"
)
# Repeated after a lost connection, it finds the id taken with the same refresh token: then it was this session that took it.
_OPEN_ANONYMOUS = (
    "WITH taken AS (INSERT INTO anonymous_session (shard, id, refresh, created_at) SELECT $1, $2::text, $3::bytea, $6"
    " WHERE NOT EXISTS (SELECT 1 FROM document d WHERE d.shard = $1 AND d.anonymous_id = $2::text)"
    " AND NOT EXISTS (SELECT 1 FROM token t WHERE t.shard = $1 AND t.anonymous_id = $2::text"
    " AND t.hash <> $3::bytea AND t.refresh IS DISTINCT FROM $3::bytea OFFSET 0)"
    " ON CONFLICT (shard, id) DO UPDATE SET refresh = excluded.refresh WHERE anonymous_session.refresh = excluded.refresh"
    " RETURNING id), " + _PUT_BOTH.format(opened="taken", owner="NULL::text, $2::text") + " SELECT count(*) AS opened FROM taken"
)
# The id is one that was made here and is nobody's yet; its tokens alone keep others from taking it.
_OPEN_VISITOR = (
    "WITH taken AS (SELECT $2::text AS id WHERE $3::bytea IS NOT NULL), "
    + _PUT_BOTH.format(opened="taken", owner="NULL::text, $2::text")
    + " SELECT count(*) AS opened FROM taken"
)
_REFRESH = (
    "WITH kept AS (UPDATE token r SET expires_at = $3 WHERE r.shard = $1 AND r.hash = $2 AND r.kind = 'refresh'"
    " AND r.expires_at > $4 RETURNING r.client_id, r.customer_id, r.anonymous_id),"
    f" put AS (INSERT INTO token ({_TOKEN}) SELECT $1, $5::bytea, 'access', k.client_id, $6::text, $4, $7, k.customer_id,"
    " k.anonymous_id, $2 FROM kept k ON CONFLICT (shard, hash) DO NOTHING)"
    " SELECT count(*) AS kept FROM kept"
)
# A refresh token gets another hash, and what came of it follows. Whoever comes second finds the old hash gone; repeated after a
# lost connection, it finds the new one there.
_ROTATE = (
    "WITH kept AS (UPDATE token r SET hash = $5, expires_at = $6, scope = $8::text WHERE r.shard = $1 AND r.hash = $2"
    " AND r.kind = 'refresh' AND r.client_id = $3 AND r.expires_at > $4"
    " RETURNING r.client_id, r.customer_id, r.anonymous_id),"
    " moved AS (UPDATE token a SET refresh = $5 WHERE a.shard = $1 AND a.refresh = $2 AND EXISTS (SELECT 1 FROM kept)),"
    f" put AS (INSERT INTO token ({_TOKEN}) SELECT $1, $7::bytea, 'access', k.client_id, $8::text, $4, $9, k.customer_id,"
    " k.anonymous_id, $5 FROM kept k ON CONFLICT (shard, hash) DO NOTHING)"
    " SELECT (SELECT count(*) FROM kept) + (SELECT count(*) FROM token n WHERE n.shard = $1 AND n.hash = $5) AS kept"
)
_END_SESSION = (
    "WITH own AS (DELETE FROM token WHERE shard = $1 AND hash = $2 AND client_id = $3 RETURNING refresh)"
    " DELETE FROM token WHERE shard = $1 AND hash = ANY(ARRAY(SELECT o.refresh FROM own o WHERE o.refresh IS NOT NULL))"
)
# A token that came of a refresh token lives only as long as that one stands, so deleting one row ends a session.
_LOOK_UP = (
    "SELECT t.kind, t.client_id, t.scope, t.expires_at, t.customer_id, t.anonymous_id FROM token t"
    " WHERE t.shard = $1 AND t.hash = $2 AND (t.refresh IS NULL"
    " OR EXISTS (SELECT 1 FROM token r WHERE r.shard = $1 AND r.hash = t.refresh OFFSET 0))"
)
_REVOKE = (
    # What came of a refresh token is of the same client.
    "WITH own AS (DELETE FROM token WHERE shard = $1 AND hash = $2 AND client_id = $3)"
    " DELETE FROM token WHERE shard = $1 AND refresh = $2 AND hash <> $2 AND client_id = $3"
)
# Of several who use one, the row is there for one of them.
_USE_UP = "DELETE FROM token WHERE shard = $1 AND hash = $2 AND kind = $3 AND expires_at > $4 RETURNING client_id"
_REVOKE_ALL = "DELETE FROM token WHERE shard = $1 AND client_id = $2 AND client_id >= ''"
_SWEEP = (
    "DELETE FROM token WHERE shard = $1 AND hash = ANY(ARRAY(SELECT t.hash FROM token t WHERE t.shard = $1 AND t.expires_at <= $2"
    " AND t.shard <> '' AND NOT EXISTS"
    " (SELECT 1 FROM token a WHERE a.shard = $1 AND a.refresh = t.hash AND a.expires_at > $2 OFFSET 0)"
    " ORDER BY t.expires_at LIMIT $3))"
)
_SWEEP_SESSIONS = (
    "DELETE FROM anonymous_session WHERE shard = $1 AND id = ANY(ARRAY(SELECT s.id FROM anonymous_session s"
    " WHERE s.shard = $1 AND s.shard <> '' AND s.created_at <= $2"
    " AND NOT EXISTS (SELECT 1 FROM token t WHERE t.shard = $1 AND t.anonymous_id = s.id OFFSET 0)"
    " ORDER BY s.created_at LIMIT $3))"
)
_ACCOUNT = (
    "SELECT c.owner, p.hash FROM claim c LEFT JOIN password p ON p.shard = c.shard AND p.customer = c.owner"
    " WHERE c.shard = $1 AND c.kind = 'customer.email' AND c.value = $2"
)
_PASSWORD = "SELECT hash FROM password WHERE shard = $1 AND customer = $2::uuid"  # noqa: S105 - a statement

_COLLECTION = Collection(
    None,
    {
        "id": Column("id"),
        "name": Column("name"),
        "scope": Column("scope"),
        "project": Column("project"),
        "createdAt": Column("created_at", "timestamptz"),
        "deleteAt": Column("delete_at", "timestamptz"),
    },
    table="api_client",
)


class ClientRow(NamedTuple):
    """An API client; `secret_hash` is the SHA-256 of its secret, `body` what is served of it. Without origins it has any."""

    id: str
    project: str
    scope: str
    secret_hash: bytes
    delete_at: datetime | None
    origins: list[str] | None
    body: str


class TokenRow(NamedTuple):
    """A token; `kind` is `access` or `refresh`, `expires_at` is UTC. At most one owner is named."""

    kind: str
    client_id: str
    scope: str
    expires_at: datetime
    customer_id: str | None = None
    anonymous_id: str | None = None


class Session(NamedTuple):
    """The two tokens that a session is opened with, by their hashes."""

    client_id: str
    scope: str
    access: bytes
    access_expires_at: datetime
    refresh: bytes
    refresh_expires_at: datetime

    def arguments(self, now: datetime) -> tuple[Any, ...]:
        """From $4 on."""
        hashes, kinds = [self.refresh, self.access], ["refresh", "access"]
        expiries = [self.refresh_expires_at, self.access_expires_at]
        return self.client_id, self.scope, now, hashes, kinds, expiries, [None, self.refresh]


async def project_exists(database: Database, project_key: str) -> bool:
    return await database.fetchrow(_PROJECT_EXISTS, shard_of(project_key)) is not None


async def add_client(database: Database, client: ClientRow, name: str, now: datetime) -> None:
    """Store a client under its random id; harmless when repeated. What has come to its end in the project goes with it."""
    id, project, scope, secret_hash, delete_at, origins, body = client
    await database.execute(_ADD_CLIENT, _CLIENTS, id, project, name, scope, secret_hash, now, delete_at, origins or None, body)
    await database.execute(_SWEEP_CLIENTS, _CLIENTS, project, now)


async def find_client(database: Database, client_id: str) -> ClientRow | None:
    row = await database.fetchrow(_FIND_CLIENT, _CLIENTS, client_id)
    return ClientRow(*row) if row else None


async def see_client(database: Database, client: ClientRow, body: str) -> None:
    """Store what is served of a client anew, unless somebody else has."""
    await database.execute(_SEE_CLIENT, _CLIENTS, client.id, client.body, body)


async def delete_client(database: Database, client: ClientRow) -> bool:
    """Delete a client and its tokens; whether it was there.

    A token says nothing without its client, so one that is issued in between, or left when this is cut off, opens nothing.
    """
    done = await database.execute(_DELETE_CLIENT, _CLIENTS, client.id, client.project)
    await database.execute(_REVOKE_ALL, shard_of(client.project), client.id)
    return not done.endswith(" 0")


async def page_of_clients(database: Database, project: str, page: PageRequest) -> tuple[list[str], int | None]:
    """The bodies of one page of a project's clients, and the total if it is asked for. Raises `QueryTimedOut`."""
    page = replace(page, where=(*page.where, Compare("project", "=", project)))
    asked = page_sql(_COLLECTION, _CLIENTS, page, visible=EVERYTHING)
    bodies = [row["body"] for row in await database.query(asked.text, *asked.args)]
    if not page.with_total:
        return bodies, None
    counting = count_sql(_COLLECTION, _CLIENTS, page, visible=EVERYTHING)
    return bodies, reported_total((await database.query(counting.text, *counting.args))[0][0], page)


async def any_client(database: Database, project: str, where: tuple[Predicate, ...]) -> bool:
    """Whether any client of a project satisfies the predicates. Raises `QueryTimedOut`."""
    asked = exists_sql(_COLLECTION, _CLIENTS, (*where, Compare("project", "=", project)), visible=EVERYTHING)
    return bool((await database.query(asked.text, *asked.args))[0][0])


async def add_token(database: Database, project_key: str, hash: bytes, token: TokenRow, now: datetime) -> None:
    """Store a token without an owner under its hash; harmless when repeated."""
    kind, client_id, scope, expires_at, _, _ = token
    await database.execute(_ISSUE, shard_of(project_key), hash, kind, client_id, scope, now, expires_at)


async def open_customer(
    database: Database, project_key: str, customer_id: str, password_hash: str, session: Session, now: datetime
) -> bool:
    """Store a customer's session, if her password is still the one that was checked; harmless when repeated."""
    arguments = session.arguments(now)
    row = await database.fetchrow(_OPEN_CUSTOMER, shard_of(project_key), customer_id, password_hash, *arguments)
    return row is not None and row["opened"] == 1


async def open_anonymous(database: Database, project_key: str, anonymous_id: str, session: Session, now: datetime) -> bool:
    """Store an anonymous session, if no other and no document has its id; harmless when repeated."""
    arguments = session.arguments(now)
    row = await database.fetchrow(_OPEN_ANONYMOUS, shard_of(project_key), anonymous_id, session.refresh, *arguments)
    return row is not None and row["opened"] == 1


async def open_visitor(database: Database, project_key: str, anonymous_id: str, session: Session, now: datetime) -> None:
    """Store an anonymous session of an id that was made for it; harmless when repeated. Nothing of it is left when its tokens
    are swept."""
    await database.fetchrow(_OPEN_VISITOR, shard_of(project_key), anonymous_id, session.refresh, *session.arguments(now))


async def refresh(database: Database, project_key: str, session: Session, now: datetime) -> bool:
    """Store a further access token of a refresh token and let that one live on, if it still lives; harmless when repeated."""
    row = await database.fetchrow(
        _REFRESH,
        shard_of(project_key),
        session.refresh,
        session.refresh_expires_at,
        now,
        session.access,
        session.scope,
        session.access_expires_at,
    )
    return row is not None and row["kept"] == 1


async def rotate(database: Database, project_key: str, used: bytes, session: Session, now: datetime) -> bool:
    """Put the session's tokens in the place of a refresh token, if that one still lives; harmless when repeated."""
    row = await database.fetchrow(
        _ROTATE,
        shard_of(project_key),
        used,
        session.client_id,
        now,
        session.refresh,
        session.refresh_expires_at,
        session.access,
        session.scope,
        session.access_expires_at,
    )
    return row is not None and row["kept"] >= 1


async def end_session(database: Database, project_key: str, access: bytes, client_id: str) -> None:
    """Delete an access token and the refresh token that it came of, and so all else that came of that one."""
    await database.execute(_END_SESSION, shard_of(project_key), access, client_id)


async def find_token(database: Database, project_key: str, hash: bytes) -> TokenRow | None:
    """The row as stored, expired or not. Another project's token is not found, nor one whose refresh token is gone."""
    row = await database.fetchrow(_LOOK_UP, shard_of(project_key), hash)
    return TokenRow(*row) if row else None


async def delete_token(database: Database, project_key: str, hash: bytes, client_id: str) -> bool:
    """Delete a token of a client, and with a refresh token all that came of it; whether there was anything to delete."""
    done = await database.execute(_REVOKE, shard_of(project_key), hash, client_id)
    return not done.endswith(" 0")


async def use_up(database: Database, project_key: str, hash: bytes, kind: str, now: datetime) -> str | None:
    """Delete a living token of a kind; the id of its client, or None if there is none."""
    row = await database.fetchrow(_USE_UP, shard_of(project_key), hash, kind, now)
    return None if row is None else str(row["client_id"])


async def sweep_tokens(database: Database, project_key: str, now: datetime, long_ago: datetime, limit: int) -> None:
    """Delete what has expired in a project, the oldest first, at most `limit` of each: tokens, and anonymous sessions that
    began `long_ago` and of which no token is left."""
    await database.execute(_SWEEP, shard_of(project_key), now, limit)
    await database.execute(_SWEEP_SESSIONS, shard_of(project_key), long_ago, limit)


async def find_account(database: Database, project_key: str, claimed: str) -> tuple[str, str | None] | None:
    """The customer who holds an e-mail address as it is claimed, and the hash of her password if she has one."""
    row = await database.fetchrow(_ACCOUNT, shard_of(project_key), claimed)
    return (str(row["owner"]), row["hash"]) if row else None


async def find_password(database: Database, project_key: str, customer_id: str) -> str | None:
    """The hash of a customer's password, if she has one."""
    row = await database.fetchrow(_PASSWORD, shard_of(project_key), customer_id)
    return str(row["hash"]) if row else None
