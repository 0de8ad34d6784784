"""Refresh tokens that are used once, and the keys of a project: what holds where a statement is sent again, or by several."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from oauth_room import Room

from orderwright.auth import signing
from orderwright.auth.clients import ProvenClient, hash_of
from orderwright.errors import AuthError
from orderwright.settings import Settings
from orderwright.storage.tables import credentials, signing_keys

ANONYMOUS = "anonymous_id:a"


def with_session(room: Room) -> tuple[ProvenClient, str, str]:
    """A client, and the access and refresh token of a session of it."""
    made = room.client()
    client = ProvenClient(made.client_id, made.project_key, made.scope)
    issued = room.run(room.tokens.open_anonymous(client, "session_id:a", "a"))
    assert issued is not None and isinstance(issued.refresh_token, str)
    return client, issued.access_token, issued.refresh_token


def other(room: Room, client: ProvenClient, name: str) -> credentials.Session:
    until = room.time + timedelta(hours=1)
    return credentials.Session(client.id, ANONYMOUS, hash_of(f"access {name}"), until, hash_of(f"refresh {name}"), until)


def test_a_rotation_that_is_sent_again_has_happened_once(settings: Settings) -> None:
    with Room(settings) as room:
        client, _, used = with_session(room)
        first, second = other(room, client, "1"), other(room, client, "2")
        for session, done in ((first, True), (first, True), (second, False)):
            assert room.run(credentials.rotate(room.database, room.key, hash_of(used), session, room.time)) is done
        row = room.run(room.database.fetchrow("SELECT count(*) AS n FROM token WHERE shard = $1", room.key))
        assert row is not None and row["n"] == 3  # one refresh token, the access token before and the one after


def test_what_a_rotation_leaves_ends_with_the_session(settings: Settings) -> None:
    with Room(settings) as room:
        client, access, used = with_session(room)
        issued = room.run(room.tokens.rotate(client, used, ANONYMOUS))
        assert isinstance(issued.refresh_token, str)
        principal = room.run(room.tokens.principal(f"Bearer {access}", room.key))
        assert principal.anonymous_id == "a"
        room.run(room.tokens.sign_out(principal, issued.access_token))
        room.pass_time(6)  # until nobody remembers the other one
        with pytest.raises(AuthError):
            room.run(room.tokens.principal(f"Bearer {access}", room.key))
        with pytest.raises(AuthError):
            room.run(room.tokens.rotate(client, issued.refresh_token, ANONYMOUS))


def test_a_refresh_token_that_has_expired_is_not_rotated(settings: Settings) -> None:
    with Room(settings) as room:
        client, _, used = with_session(room)
        room.pass_time(room.tokens.refresh_seconds(client))
        with pytest.raises(AuthError):
            room.run(room.tokens.rotate(client, used, ANONYMOUS))
        session = other(room, client, "1")
        assert not room.run(credentials.rotate(room.database, room.key, hash_of(used), session, room.time))


def test_a_key_is_made_once(settings: Settings) -> None:
    with Room(settings) as room:
        for made in ("one", "two"):
            assert room.run(signing_keys.kept(room.database, room.key, "a key", made)) == "one"
        keys = [room.run(signing.key_of(room.database, project, "another")) for project in (room.key, room.key, room.other)]
        assert keys[0] == keys[1] != keys[2] and len(keys[0]) >= 43  # 32 bytes in base64url


def test_a_token_is_signed_as_rfc_7515_has_it() -> None:
    head, claims, signature = signing.signed({"sub": "C-1"}, b"key").split(".")
    # {"alg":"HS256","typ":"JWT"} and {"sub":"C-1"} in base64url, without the padding.
    assert (head, claims) == ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyJzdWIiOiJDLTEifQ")
    expected = hmac.new(b"key", f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == expected
