"""API clients: how they are made, what is stored of them, and that nothing tells whether one exists."""

import hashlib
import hmac
import re

import pytest
from oauth_room import Room

from orderwright.auth.clients import ClientError, authenticate, create_client, find
from orderwright.errors import AuthError
from orderwright.http.mounts.refusal import body_of
from orderwright.settings import Settings


def test_a_client_can_show_its_secret_and_only_a_hash_is_stored(settings: Settings) -> None:
    with Room(settings) as room:
        made = room.client("view_orders:{0}  manage_zones:{0} view_orders:{0}")
        assert made.scope == f"view_orders:{room.key} manage_zones:{room.key}"
        assert made.project_key == room.key
        assert re.fullmatch(r"[A-Za-z0-9_-]{24}", made.client_id)
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made.client_secret)  # 32 bytes in base64url without padding
        client = room.run(authenticate(room.database, made.client_id, made.client_secret))
        assert (client.id, client.project_key, client.scope) == (made.client_id, room.key, made.scope)
        statement = "SELECT * FROM api_client WHERE shard = $1 AND id = $2"
        row = room.run(room.database.fetchrow(statement, "@clients", made.client_id))
        assert row is not None
        assert row["secret_hash"] == hashlib.sha256(made.client_secret.encode()).digest()
        assert made.client_secret not in str(dict(row))
        assert room.run(find(room.database, made.client_id)) is not None
        assert room.client().client_id != room.client().client_id


@pytest.mark.parametrize(
    ("scope", "name", "sentence"),
    [
        ("", "n", "An API client needs a scope, such as manage_project:KEY."),
        ("manage_everything:KEY", "n", "There is no scope 'manage_everything:KEY'; one looks like manage_project:KEY."),
        ("view_orders:KEY manage_project", "n", "There is no scope 'manage_project'; one looks like manage_project:KEY."),
        ("view_orders:OTHER", "n", "The scope view_orders:OTHER belongs to another project than KEY."),
        ("customer_id:KEY", "n", "There is no scope 'customer_id:KEY'; one looks like manage_project:KEY."),
        ("manage_project:KEY", "", "The name of an API client has from 1 to 256 characters."),
        ("manage_project:KEY", "a\0b", "The name of an API client has from 1 to 256 characters."),
        ("manage_project:KEY", "n" * 257, "The name of an API client has from 1 to 256 characters."),
    ],
)
def test_what_no_client_can_have_is_refused_in_one_sentence(settings: Settings, scope: str, name: str, sentence: str) -> None:
    with Room(settings) as room:

        def filled(text: str) -> str:
            return text.replace("KEY", room.key).replace("OTHER", room.other)

        with pytest.raises(ClientError) as refused:
            room.run(create_client(room.database, room.key, filled(scope), name))
        assert str(refused.value) == filled(sentence)
        count = "SELECT count(*) AS n FROM api_client WHERE shard = $1 AND project = $2"
        row = room.run(room.database.fetchrow(count, "@clients", room.key))
        assert row is not None and row["n"] == 0


@pytest.mark.parametrize("project", ["no-such-project", "with space", "nul\0", ""])
def test_an_unknown_project_has_no_clients(settings: Settings, project: str) -> None:
    with Room(settings) as room, pytest.raises(ClientError) as refused:
        room.run(create_client(room.database, project, f"manage_project:{project}", "n"))
    assert repr(project) in str(refused.value)


@pytest.mark.parametrize("client_id", ["unknown", "", "nul\0", "'; --", "ü", "\ud800", "x" * 5000])
def test_an_id_that_nobody_has_is_answered_like_a_wrong_secret(settings: Settings, client_id: str) -> None:
    with Room(settings) as room:
        made = room.client()
        refusals = []
        for id, secret in (
            (made.client_id, "wrong"),
            (client_id, "wrong"),
            (client_id, made.client_secret),
            (made.client_id, ""),
        ):
            with pytest.raises(AuthError) as refused:
                room.run(authenticate(room.database, id, secret))
            refusals.append((refused.value.status, body_of(refused.value)))
        assert refusals == [refusals[0]] * 4
        assert refusals[0][0] == 401
        assert room.run(find(room.database, client_id)) is None


def test_the_work_is_the_same_whether_the_client_exists_or_not(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def spy(left: bytes, right: bytes) -> bool:
        compared.append((len(left), len(right)))
        return real(left, right)

    with Room(settings) as room:
        made = room.client()
        monkeypatch.setattr(hmac, "compare_digest", spy)
        traces = []
        for id in (made.client_id, "A" * 24, "no id at all!"):
            room.statements.clear()
            with pytest.raises(AuthError):
                room.run(authenticate(room.database, id, "wrong"))
            traces.append(tuple(room.statements))
        assert len(traces[0]) == 1
        assert traces == [traces[0]] * 3
        assert compared == [(32, 32)] * 3
