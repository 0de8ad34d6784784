"""Tokens that say who has signed in, which the second dialect calls SaaS tokens: a JSON Web Token that opens nothing by itself,
and names the customer beside the token of a service."""

from __future__ import annotations

import hashlib
import time
from typing import Final

from orderwright.auth import signing
from orderwright.auth.refusals import invalid_token
from orderwright.storage.database import Database
from orderwright.storage.tables import credentials

_KEY: Final = "emporix/saas-token"
LONGEST: Final = 2_000
"""Characters of such a token, more than any that is made here."""


async def made(database: Database, project_key: str, customer: tuple[str, str], password_hash: str, seconds: int) -> str:
    """The token of a customer, by id and number, who has just shown the password of that hash. It ends after `seconds`, and with
    that password."""
    key, now = await signing.key_of(database, project_key, _KEY), int(time.time())
    id, number = customer
    claims = {
        "sub": number,
        "iat": now,
        "exp": now + seconds,
        "tenant": project_key,
        "customer": id,
        "password": _print_of(password_hash),
    }
    return signing.signed(claims, key)


async def customer_named(database: Database, project_key: str, token: str) -> str:
    """The id of the customer whom a token names. Raises `invalid_token` (401) for one that is not of this project or has ended,
    or is older than the customer's password, and for a customer who is gone."""
    if len(token) > LONGEST:
        raise invalid_token()
    claims = signing.verified(token, await signing.key_of(database, project_key, _KEY))
    id, ends = claims.get("customer"), claims.get("exp")
    if not isinstance(id, str) or not isinstance(ends, int) or ends <= time.time() or claims.get("tenant") != project_key:
        raise invalid_token()
    hash = await credentials.find_password(database, project_key, id)
    if hash is None or claims.get("password") != _print_of(hash):
        raise invalid_token()
    return id


def _print_of(password_hash: str) -> str:
    """What tells one hash from another and says nothing of the password: 16 of the bytes of its SHA-256."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:32]
