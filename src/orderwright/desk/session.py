"""Who sits at the desk: a token of the API in a cookie that no script reads, and the moment it was last used."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

import msgspec

from orderwright.auth.scopes import FAMILIES, needed, parse
from orderwright.http.wire.exchange import Request

IDLE_S: Final = 1_800
"""Seconds after which a desk at which nothing was asked for is closed."""
LONGEST_S: Final = 43_200
"""Seconds for which one may stay signed in, at most."""
RENEWED_S: Final = 60
"""Seconds after which the moment of the last use is written into the cookie anew."""
_COOKIE: Final = "orderwright_desk"
_VALUE: Final = re.compile(r"([A-Za-z0-9_-]{1,256})\.(\d{1,12})\.([A-Za-z0-9_.~%-]{0,1024})")
NAME: Final = 64
"""Characters of the name that somebody at the desk goes by, at most."""
_SHOP: Final = "carts"
IN_STORES: Final = frozenset(
    (
        "business-units",
        "cart-discounts",
        "carts",
        "categories",
        "customers",
        "discount-codes",
        "orders",
        "quote-requests",
        "quotes",
        "shopping-lists",
        "staged-quotes",
    )
)
"""The collections that stand behind the door of a store as well."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A visit's token, its API client, the `name` of who sits there, if she has told it, and what the token opens. `stores` are
    those that it is confined to, none being the whole project; `store_key` is the one that is looked at."""

    project_key: str
    token: str
    scopes: frozenset[str]
    client_id: str = ""
    stores: tuple[str, ...] = ()
    store_key: str | None = None
    name: str = ""

    def door(self, collection: str) -> tuple[str, ...]:
        """The words of the path before a collection: none where the token opens it for the whole project."""
        family = collection if collection in FAMILIES else _SHOP
        if (
            self.store_key is None
            or family not in IN_STORES
            or not self.scopes.isdisjoint(needed(self.project_key, family, "get"))
        ):
            return ()
        return ("in-store", f"key={self.store_key}")

    @property
    def proof(self) -> str:
        """What a form of this session's pages carries, and no page of another site can know."""
        return hmac.digest(self.token.encode(), b"a form of the order desk", hashlib.sha256).hex()

    def proven(self, given: str) -> bool:
        """Whether a form comes from a page of this session."""
        return hmac.compare_digest(self.proof.encode(), given.encode())


class Kept(NamedTuple):
    """What a browser keeps: the token, when it was last used (seconds since 1970), and who sits there."""

    token: str
    used: int
    name: str


def opened(project_key: str, kept: Kept, scopes: frozenset[str], wanted: str | None, client_id: str = "") -> Session:
    """The session of a token. Where it is confined to stores, one of them is looked at: the wanted one, or the first."""
    stores = () if not scopes.isdisjoint(needed(project_key, "orders", "get")) else _stores(scopes)
    store = (wanted if wanted in stores else stores[0]) if stores else None
    return Session(
        project_key=project_key,
        token=kept.token,
        scopes=scopes,
        client_id=client_id,
        stores=stores,
        store_key=store,
        name=kept.name,
    )


def _stores(scopes: frozenset[str]) -> tuple[str, ...]:
    named = parse(" ".join(word for word in scopes if word.count(":") == 2))
    return tuple(sorted({each.store_key for each in named if each.store_key is not None}))


def kept(headers: Mapping[str, str], now: float) -> Kept | None:
    """What a request's cookie has. None without one, and for one that was left alone for too long."""
    match = _VALUE.fullmatch(cookie_of(headers, _COOKIE))
    if match is None or not -IDLE_S <= int(match[2]) - now <= RENEWED_S:
        return None
    return Kept(match[1], int(match[2]), unquote(match[3])[:NAME])


def cookie_of(headers: Mapping[str, str], name: str) -> str:
    """The value of a cookie that a browser has sent; an empty text for none."""
    return dict(part.strip().partition("=")[::2] for part in headers.get("cookie", "").split(";")).get(name, "")


def cookie(request: Request, project_key: str, kept: Kept | None) -> tuple[str, str]:
    """The header that has the browser keep it, for this project's pages alone, or nothing any more."""
    secure = "; Secure" if request.headers.get("x-forwarded-proto") == "https" else ""
    age = IDLE_S if kept else 0
    value = f"{kept.token}.{kept.used}.{quote(kept.name[:NAME], safe='')}" if kept else ""
    kept_for = f"Path=/desk/{project_key}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
    return "set-cookie", f"{_COOKIE}={value}; {kept_for}"
