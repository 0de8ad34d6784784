"""The tokens that name a customer beside a service's: signed, of one project, and no older than her password."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from oauth_room import Room

from orderwright.auth import saas_tokens, signing
from orderwright.errors import AuthError
from orderwright.settings import Settings

ADA = "0f8fad5b-d9cb-469f-a165-70867728950e"
HASHES = "$argon2id$one", "$argon2id$two"


def with_password(room: Room, hash: str) -> None:
    statement = (
        "INSERT INTO password (shard, customer, hash) VALUES ($1, $2::uuid, $3)"
        " ON CONFLICT (shard, customer) DO UPDATE SET hash = excluded.hash"
    )
    room.execute(statement, room.key, ADA, hash)


def made(room: Room, seconds: int = 60) -> str:
    return room.run(saas_tokens.made(room.database, room.key, (ADA, "A-7"), HASHES[0], seconds))


def named(room: Room, token: str, project: str | None = None) -> str | None:
    try:
        return room.run(saas_tokens.customer_named(room.database, project or room.key, token))
    except AuthError as error:
        assert (error.status, error.error) == (401, "invalid_token")
        return None


def test_it_names_the_customer_until_its_time_or_her_password_is_over(settings: Settings) -> None:
    with Room(settings) as room:
        token = made(room)
        assert named(room, token) is None  # she has no password, or is gone
        with_password(room, HASHES[0])
        assert named(room, token) == ADA
        assert named(room, token, room.other) is None
        assert named(room, made(room, 0)) is None
        with_password(room, HASHES[1])
        assert named(room, token) is None
        with_password(room, HASHES[0])
        assert named(room, token) == ADA
        assert "argon" not in base64.urlsafe_b64decode(token.split(".")[1] + "==").decode()


def test_another_signature_names_nobody(settings: Settings) -> None:
    with Room(settings) as room:
        with_password(room, HASHES[0])
        head, claims, signature = made(room).split(".")
        assert named(room, f"{head}.{claims}.{signature}") == ADA
        told = json.loads(base64.urlsafe_b64decode(claims + "=="))
        forged = encoded({**told, "exp": told["exp"] + 1})
        none = encoded({"alg": "none", "typ": "JWT"})
        for token in (
            "", ".", "..", f"{head}.{claims}", f"{head}.{claims}.", f"{head}.{forged}.{signature}", f"{none}.{claims}.",
            f"{none}.{claims}.{signature}", f"{head}.{claims}.{signature}x", f"{head}.{claims}.{signature}.x", "ä.ö.ü",
            f"{head}.{claims}.{signature}" + "a" * saas_tokens.LONGEST,
        ):  # fmt: skip
            assert named(room, token) is None, token


@pytest.mark.parametrize(
    "claims", [[], "ada", {}, {"customer": ADA}, {"customer": 5, "exp": 10**10}, {"customer": ADA, "exp": "never"}]
)
def test_what_is_signed_and_says_too_little_names_nobody(settings: Settings, claims: Any) -> None:
    """By the same key, which nothing else here signs with."""
    with Room(settings) as room:
        with_password(room, HASHES[0])
        key = room.run(signing.key_of(room.database, room.key, "emporix/saas-token"))
        head = encoded({"alg": "HS256", "typ": "JWT"})
        text = f"{head}.{encoded(claims)}"
        signature = base64.urlsafe_b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
        assert named(room, f"{text}.{signature}") is None


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()
