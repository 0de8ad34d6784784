"""JSON Web Tokens (RFC 7519) that are made here, signed with HMAC-SHA-256 by a key that is stored with the project."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any

import msgspec

from orderwright.auth.words import random_word
from orderwright.storage.database import Database
from orderwright.storage.tables import signing_keys

_HEADER = b'{"alg":"HS256","typ":"JWT"}'


async def key_of(database: Database, project_key: str, name: str) -> bytes:
    """The key of this name, 32 bytes of chance that are made when they are first asked for, and never changed."""
    return (await signing_keys.kept(database, project_key, name, random_word(32))).encode()


def signed(claims: dict[str, Any], key: bytes) -> str:
    """The claims in a token of the form that RFC 7515 calls compact. Nothing in them is hidden."""
    text = b".".join(map(_base64url, (_HEADER, msgspec.json.encode(claims))))
    return (text + b"." + _base64url(hmac.new(key, text, hashlib.sha256).digest())).decode()


def verified(token: str, key: bytes) -> dict[str, Any]:
    """The claims of a token that was signed by this key; none for what is no such token. When it ends is not looked at."""
    text, _, signature = token.rpartition(".")
    head, _, claims = text.partition(".")
    if not token.isascii() or not hmac.compare_digest(head.encode(), _base64url(_HEADER)):
        return {}
    if not hmac.compare_digest(signature.encode(), _base64url(hmac.new(key, text.encode(), hashlib.sha256).digest())):
        return {}
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except (binascii.Error, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _base64url(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")
