"""When tokens, sessions and API clients end by themselves, and what is left of them then. Time passes by hand."""

from datetime import timedelta
from typing import Any

import pytest
from oauth_room import Room

from orderwright.auth import clients
from orderwright.auth.clients import ClientCredentials, ProvenClient, Wish
from orderwright.auth.tokens import REFRESH_LIFETIME_S
from orderwright.errors import AuthError
from orderwright.settings import Settings
from orderwright.storage.tables import credentials


def made(room: Room, wish: Wish) -> ClientCredentials:
    client = room.run(clients.make_client(room.database, room.key, wish))
    return ClientCredentials(client.id, client.secret, client.scope, room.key)


def anonymous(room: Room, client: ClientCredentials) -> dict[str, Any]:
    _, body = room.post(("oauth", room.key, "anonymous", "token"), {"grant_type": "client_credentials"}, basic=client)
    return dict(body)


def refreshed(room: Room, client: ClientCredentials, token: str) -> int:
    return room.post(("oauth", "token"), {"grant_type": "refresh_token", "refresh_token": token}, basic=client)[0].status


def rows(room: Room, table: str) -> int:
    found = room.run(room.database.fetchrow(f"SELECT count(*) AS n FROM {table} WHERE shard = $1", room.key))  # noqa: S608 - ours
    assert found is not None
    return int(found["n"])


def test_a_refresh_token_lives_two_hundred_days_from_its_last_use(settings: Settings) -> None:
    with Room(settings) as room:
        client = room.client()
        token = anonymous(room, client)["refresh_token"]
        assert REFRESH_LIFETIME_S == 200 * 24 * 3600
        room.pass_time(REFRESH_LIFETIME_S - 1)
        assert refreshed(room, client, token) == 200
        room.pass_time(REFRESH_LIFETIME_S - 1)
        assert refreshed(room, client, token) == 200
        room.pass_time(REFRESH_LIFETIME_S)
        assert refreshed(room, client, token) == 400


def test_a_client_may_say_how_long_its_tokens_live(settings: Settings) -> None:
    with Room(settings) as room:
        client = made(room, Wish(scope=f"manage_project:{room.key}", name="n", access_s=7200, refresh_s=30))
        session = anonymous(room, client)
        assert session["expires_in"] == 7200
        room.pass_time(29)
        assert refreshed(room, client, session["refresh_token"]) == 200
        room.pass_time(30)
        assert refreshed(room, client, session["refresh_token"]) == 400
        # What came of it lives as long as it was promised, also when what has expired is swept meanwhile.
        room.run(credentials.sweep_tokens(room.database, room.key, room.time, room.time - timedelta(days=1), 100))
        principal = room.run(room.tokens.principal(f"Bearer {session['access_token']}", room.key))
        assert principal.anonymous_id is not None
        room.pass_time(7200)
        room.run(credentials.sweep_tokens(room.database, room.key, room.time, room.time - timedelta(days=1), 100))
        assert rows(room, "token") == 0
        assert rows(room, "anonymous_session") == 1
        room.run(credentials.sweep_tokens(room.database, room.key, room.time, room.time, 100))
        assert rows(room, "anonymous_session") == 0


def test_nothing_is_left_of_a_visitor_a_day_after_her_last_use(settings: Settings) -> None:
    """Whose session was opened without a secret; meanwhile nobody else gets its id."""
    with Room(settings) as room:
        client = room.client("create_anonymous_token:{}")
        proven = ProvenClient(client.client_id, room.key, client.scope, access_s=3_600, refresh_s=86_400)
        issued = room.run(room.tokens.open_visitor(proven, "", "an-id"))
        assert (rows(room, "token"), rows(room, "anonymous_session")) == (2, 0)
        asked = {"grant_type": "client_credentials", "anonymous_id": "an-id"}
        refused, body = room.post(("oauth", room.key, "anonymous", "token"), asked, basic=client)
        assert (refused.status, body["errors"][0]["code"]) == (400, "AnonymousIdAlreadyInUse")
        room.pass_time(86_399)
        room.run(room.tokens.refresh(proven, str(issued.refresh_token), None))
        room.pass_time(86_399)
        room.run(credentials.sweep_tokens(room.database, room.key, room.time, room.time - timedelta(days=200), 100))
        assert rows(room, "token") == 1
        room.pass_time(1)
        room.run(credentials.sweep_tokens(room.database, room.key, room.time, room.time - timedelta(days=200), 100))
        assert (rows(room, "token"), rows(room, "anonymous_session")) == (0, 0)
        assert room.post(("oauth", room.key, "anonymous", "token"), asked, basic=client)[0].status == 200


def test_a_client_that_has_come_to_its_end_is_refused_and_swept(settings: Settings) -> None:
    with Room(settings) as room:
        scope = f"manage_project:{room.key}"
        client = made(room, Wish(scope=scope, name="n", days=1))
        token = room.run(room.tokens.issue(ProvenClient(client.client_id, room.key, scope), scope)).access_token
        room.run(room.tokens.principal(f"Bearer {token}", room.key))
        statement = "UPDATE api_client SET delete_at = $3 WHERE shard = $1 AND id = $2"
        room.execute(statement, "@clients", client.client_id, room.time)
        answer, body = room.post(("oauth", "token"), {"grant_type": "client_credentials"}, basic=client)
        assert (answer.status, body["error"]) == (401, "invalid_client")
        room.pass_time(5)
        with pytest.raises(AuthError, match="invalid_token"):
            room.run(room.tokens.principal(f"Bearer {token}", room.key))
        room.client()
        assert room.run(credentials.find_client(room.database, client.client_id)) is None  # making another one swept it


def test_a_token_whose_client_is_gone_opens_nothing(settings: Settings) -> None:
    with Room(settings) as room:
        client = room.client()
        row = room.run(credentials.find_client(room.database, client.client_id))
        assert row is not None
        assert room.run(credentials.delete_client(room.database, row))
        assert not room.run(credentials.delete_client(room.database, row))
        token = room.issue(client)  # as if it had been on its way while the client was deleted
        answer, body = room.post(("oauth", "introspect"), {"token": token}, basic=room.client())
        assert (answer.status, body) == (200, {"active": False})
        with pytest.raises(AuthError, match="invalid_token"):
            room.run(room.tokens.principal(f"Bearer {token}", room.key))
