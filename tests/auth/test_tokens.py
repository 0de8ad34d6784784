"""Tokens: hashed in the database, cached for a moment, gone when they expire or are revoked."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from oauth_room import LIFETIME_S, Room

from orderwright.auth import tokens as tokens_module
from orderwright.auth.clients import ClientCredentials, ProvenClient
from orderwright.errors import AuthError
from orderwright.http.mounts.refusal import body_of
from orderwright.settings import Settings
from orderwright.storage.tables import credentials


def refused(room: Room, authorization: str | None, project: str | None = None) -> tuple[int, str, str]:
    with pytest.raises(AuthError) as error:
        room.run(room.tokens.principal(authorization, project or room.key))
    return error.value.status, error.value.error, error.value.message


def as_client(made: ClientCredentials) -> ProvenClient:
    return ProvenClient(made.client_id, made.project_key, made.scope)


def rows(room: Room) -> int:
    row = room.run(room.database.fetchrow("SELECT count(*) AS n FROM token WHERE shard = $1", room.key))
    assert row is not None
    return int(row["n"])


def test_a_token_names_its_client_and_scopes_and_only_its_hash_is_stored(settings: Settings) -> None:
    with Room(settings) as room:
        made = room.client("view_orders:{0} view_zones:{0}")
        issued = room.run(room.tokens.issue(as_client(made), made.scope))
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", issued.access_token)
        assert (issued.expires_in, issued.scope, issued.token_type) == (3600, made.scope, "Bearer")
        for authorization in (f"Bearer {issued.access_token}", f"bearer  {issued.access_token} "):
            principal = room.run(room.tokens.principal(authorization, room.key))
            assert principal.client_id == made.client_id
            assert principal.project_key == room.key
            assert principal.scopes == {f"view_orders:{room.key}", f"view_zones:{room.key}"}
            assert principal.customer_id is None
        row = room.run(room.database.fetchrow("SELECT * FROM token WHERE shard = $1", room.key))
        assert row is not None
        assert row["hash"] == hashlib.sha256(issued.access_token.encode()).digest()
        assert issued.access_token not in str(dict(row))
        assert row["expires_at"] == room.time + timedelta(hours=1)


def test_what_is_no_valid_token_is_refused_with_one_answer(settings: Settings) -> None:
    with Room(settings) as room:
        token = room.issue(room.client())
        expected = (401, "invalid_token", "invalid_token")
        bad = (
            None, "", "Bearer", "Bearer ", token, f"Basic {token}", f"Bearer {token}x", f"Bearer {token} {token}",
            "Bearer " + "x" * 257, "Bearer a.b", "Bearer \0", "Bearer ü", f"Bearer{token}",
        )  # fmt: skip
        for authorization in bad:
            assert refused(room, authorization) == expected
        room.run(room.tokens.principal(f"Bearer {token}", room.key))
        for project in (room.other, "unknown", "nul\0", ""):  # also while the token is in the cache
            with pytest.raises(AuthError) as error:
                room.run(room.tokens.principal(f"Bearer {token}", project))
            assert body_of(error.value) == {
                "statusCode": 401,
                "message": "invalid_token",
                "errors": [{"code": "invalid_token", "message": "invalid_token"}],
                "error": "invalid_token",
                "error_description": "invalid_token",
            }


def test_a_malformed_token_does_not_reach_the_database(settings: Settings) -> None:
    with Room(settings) as room:
        room.statements.clear()
        refused(room, "Bearer not/a/token")
        assert room.statements == []


def test_a_token_expires_to_the_second_even_when_cached(settings: Settings) -> None:
    with Room(settings) as room:
        token = room.issue(room.client())
        room.pass_time(LIFETIME_S - 1)
        room.run(room.tokens.principal(f"Bearer {token}", room.key))  # cached for the one second that is left
        room.pass_time(0.5)
        room.run(room.tokens.principal(f"Bearer {token}", room.key))
        room.pass_time(0.5)
        assert refused(room, f"Bearer {token}")[1] == "invalid_token"


def test_the_cache_asks_again_after_five_seconds(settings: Settings) -> None:
    with Room(settings) as room:
        token = room.issue(room.client())
        room.statements.clear()
        for _ in range(3):
            room.run(room.tokens.principal(f"Bearer {token}", room.key))
        assert len(room.statements) == 2  # the token and its client
        room.pass_time(4.9)
        room.run(room.tokens.principal(f"Bearer {token}", room.key))
        assert len(room.statements) == 2
        room.pass_time(0.1)
        room.run(room.tokens.principal(f"Bearer {token}", room.key))
        assert len(room.statements) == 4


def test_invalid_tokens_fill_no_memory_and_the_least_used_valid_ones_go_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_module, "CACHE_ENTRIES", 2)
    with Room(settings) as room:
        cache = room.tokens._cache
        for guess in range(20):
            refused(room, f"Bearer guess-{guess}")
        assert len(cache) == 0
        made = room.client()
        first, second, third = (f"Bearer {room.issue(made)}" for _ in range(3))
        for authorization in (first, second, first, third):
            room.run(room.tokens.principal(authorization, room.key))
        assert len(cache) == 2
        room.statements.clear()
        room.run(room.tokens.principal(first, room.key))
        assert room.statements == []
        room.run(room.tokens.principal(second, room.key))
        assert len(room.statements) == 1


def test_a_revoked_token_is_refused_at_once_here_and_within_five_seconds_elsewhere(settings: Settings) -> None:
    with Room(settings) as room:
        made = room.client()
        token = room.issue(made)
        elsewhere = room.fresh_tokens()
        for process in (room.tokens, elsewhere):
            room.run(process.principal(f"Bearer {token}", room.key))
        room.run(room.tokens.revoke(as_client(made), token))
        assert refused(room, f"Bearer {token}")[1] == "invalid_token"
        room.pass_time(5)
        with pytest.raises(AuthError):
            room.run(elsewhere.principal(f"Bearer {token}", room.key))


def test_a_token_that_is_revoked_while_it_is_looked_up_is_not_remembered(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Room(settings) as room:
        made = room.client()
        token = room.issue(made)
        find = credentials.find_token

        async def find_and_lose(*asked: Any) -> Any:
            row = await find(*asked)
            monkeypatch.setattr(credentials, "find_token", find)
            await room.tokens.revoke(as_client(made), token)
            return row

        monkeypatch.setattr(credentials, "find_token", find_and_lose)
        assert room.run(room.tokens.principal(f"Bearer {token}", room.key)).client_id == made.client_id
        assert refused(room, f"Bearer {token}")[1] == "invalid_token"


def test_a_client_looks_into_its_own_tokens_and_with_a_scope_into_those_of_its_project(settings: Settings) -> None:
    with Room(settings) as room:
        made, neighbour, stranger = room.client("view_zones:{}"), room.client("view_zones:{}"), room.client(project=room.other)
        inspector, master = room.client("introspect_oauth_tokens:{}"), room.client()
        token = room.issue(made)
        active = {
            "active": True,
            "scope": f"view_zones:{room.key}",
            "exp": 1777899600,  # 2026-05-04T13:00:00Z
            "client_id": made.client_id,
        }
        for client, expected in (
            (made, active),
            (inspector, active),
            (master, active),
            (neighbour, {"active": False}),
            (stranger, {"active": False}),
        ):
            assert room.run(room.tokens.introspect(as_client(client), token)) == expected
        room.pass_time(LIFETIME_S)
        for client in (made, inspector):
            assert room.run(room.tokens.introspect(as_client(client), token)) == {"active": False}


def test_only_its_own_client_may_revoke_a_token(settings: Settings) -> None:
    with Room(settings) as room:
        made, master, stranger = room.client("view_zones:{}"), room.client(), room.client(project=room.other)
        token = room.issue(made)
        bearer = f"Bearer {token}"
        room.run(room.tokens.revoke(as_client(stranger), token))  # of whom it is no more than a word
        with pytest.raises(AuthError) as error:
            room.run(room.tokens.revoke(as_client(master), token))
        assert (error.value.status, error.value.error) == (400, "invalid_grant")
        for tokens in (room.tokens, room.fresh_tokens()):
            assert room.run(tokens.principal(bearer, room.key)).client_id == made.client_id
        room.pass_time(LIFETIME_S)  # what has expired is nothing to anybody
        room.run(room.tokens.revoke(as_client(master), token))
        assert rows(room) == 1
        room.run(room.tokens.revoke(as_client(made), token))
        assert rows(room) == 0


def test_a_session_is_ended_by_its_own_client_alone(settings: Settings) -> None:
    with Room(settings) as room:
        made, master = room.client("manage_my_orders:{}"), room.client()
        issued = room.run(room.tokens.open_anonymous(as_client(made), made.scope, "visitor"))
        assert issued is not None and isinstance(issued.refresh_token, str)
        for token in (issued.access_token, issued.refresh_token):
            with pytest.raises(AuthError, match="another API client"):
                room.run(room.tokens.revoke(as_client(master), token))
        assert rows(room) == 2
        room.run(room.tokens.revoke(as_client(made), issued.refresh_token))
        assert rows(room) == 0
        assert refused(room, f"Bearer {issued.access_token}")[1] == "invalid_token"


@pytest.mark.parametrize("kind", ["refresh", "other"])
def test_only_an_access_token_opens_a_door(settings: Settings, kind: str) -> None:
    with Room(settings) as room:
        token = room.issue(room.client())
        room.execute("UPDATE token SET kind = $2 WHERE shard = $1", room.key, kind)
        assert refused(room, f"Bearer {token}")[1] == "invalid_token"


def test_expired_tokens_are_swept_a_bounded_number_at_a_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens_module, "_SWEEP_LIMIT", 2)
    with Room(settings, sweep_one_in=1) as room:
        made, stranger = room.client(), room.client(project=room.other)
        for _ in range(3):
            room.issue(made)
        other = room.issue(stranger)
        room.pass_time(LIFETIME_S)
        live = room.issue(made)  # deletes two of the three
        assert rows(room) == 2
        room.issue(made)  # and now the third
        assert rows(room) == 2
        assert room.run(room.tokens.principal(f"Bearer {live}", room.key)).client_id == made.client_id
        row = room.run(room.database.fetchrow("SELECT count(*) AS n FROM token WHERE shard = $1", room.other))
        assert other and row is not None and row["n"] == 1  # another project's tokens are left alone
