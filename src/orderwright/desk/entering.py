"""Coming in and leaving: by an API client's id and secret, or by a link that opens the desk once."""

from __future__ import annotations

import re
import time
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from orderwright.auth.clients import ProvenClient, authenticate
from orderwright.desk import session
from orderwright.desk.visit import Visit, address, form_of, same_page, words_for
from orderwright.desk.words import LANGUAGES
from orderwright.errors import ApiError, AuthError
from orderwright.http.pages import rendering
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.limits import FORM

_PAGE: Final = re.compile(r"/desk/[A-Za-z0-9_-]{1,256}/[\x21-\x7e]{1,2000}")
_UNKEPT: Final = ("cache-control", "no-store")


def door(request: Request) -> Answer:
    """The page to sign in on; who has chosen a language there is sent to it once more."""
    asked = dict(request.query)
    chosen = asked.get("language", "")
    if chosen not in LANGUAGES:
        return _door(request, asked.get("page", ""))
    kept = ("set-cookie", f"orderwright_language={chosen}; Path=/desk; Max-Age=31536000; SameSite=Lax")
    return Answer(303, b"", (("location", "/desk"), kept, _UNKEPT))


def _door(request: Request, page: str = "", wrong: str = "", status: int = 200) -> Answer:
    """The same, with what was wrong; who signs in then comes to the `page`, if it is one of the desk."""
    wanted = page if _PAGE.fullmatch(page) else ""
    made = rendering.page("desk/door.html", "desk", t=words_for(request), languages=LANGUAGES, wrong=wrong, page=wanted)
    return made._replace(status=status, headers=(*made.headers, _UNKEPT))


async def enter(house: House, request: Request) -> Answer:
    """Sign in with an API client. A wrong secret is told on the page."""
    _of_this_site(request)
    form = await form_of(request, FORM)
    words = words_for(request)
    client_id, secret, page, name = (
        form.get(field, ("",))[0].strip() for field in ("client_id", "client_secret", "page", "name")
    )
    try:
        client = await authenticate(house.database, client_id, secret)
    except AuthError as error:
        return _door(request, page, words("There is no API client with this id and secret."), error.status)
    wanted = page if _PAGE.fullmatch(page) and page.split("/")[2] == client.project_key else ""
    return await _entered(house, request, client, wanted, name)


def shown_link(request: Request, names: tuple[str, ...]) -> Answer:
    """The page behind a link. Only what it sends opens the desk: who looks at links before their owner does uses none up."""
    made = rendering.page("desk/link.html", "desk", t=words_for(request), languages=LANGUAGES, at=address(*_link(names)))
    return made._replace(headers=(*made.headers, _UNKEPT))


async def enter_by_link(house: House, request: Request, names: tuple[str, ...]) -> Answer:
    """Sign in by a link, which is used up. Raises 401 for one that was, and for one that has expired."""
    _of_this_site(request)
    project_key, link = names
    client = await house.tokens.use_link(project_key, link)
    if client is None:
        return _door(request, wrong=words_for(request)("This link has been used, or is too old."), status=401)
    return await _entered(house, request, client)


async def home(visit: Visit) -> Answer:
    """The first part of the desk that the token opens. Who may see none of them is told so where the orders would be."""
    return visit.see(next(iter(visit.places), "orders"))


async def leave(visit: Visit) -> Answer:
    """Sign out: the token is worth nothing any more."""
    tokens, token = visit.house.tokens, visit.session.token
    await tokens.sign_out(await tokens.principal(f"Bearer {token}", visit.session.project_key), token)
    gone = session.cookie(visit.request, visit.session.project_key, None)
    return Answer(303, b"", (("location", "/desk"), gone, _UNKEPT, ("clear-site-data", '"cache"')))


def way_back(request: Request) -> str:
    """The door, from which who signs in comes to the page that was asked for."""
    page = same_page(request)
    wanted = request.method == "GET" and _PAGE.fullmatch(page)
    return f"/desk?{urlencode({'page': page})}" if wanted else "/desk"


async def _entered(house: House, request: Request, client: ProvenClient, page: str = "", name: str = "") -> Answer:
    briefly = msgspec.structs.replace(client, access_s=min(client.access_s or session.LONGEST_S, session.LONGEST_S))
    issued = await house.tokens.issue(briefly, client.scope)
    kept = session.cookie(request, client.project_key, session.Kept(issued.access_token, int(time.time()), name))
    at = page or address(client.project_key)
    return Answer(303, b"", (("location", at), kept, _UNKEPT))


def _of_this_site(request: Request) -> None:
    """Raises 403 for a form of another site, which could sign a visitor in as somebody else."""
    origin, site = request.headers.get("origin", ""), request.headers.get("sec-fetch-site")
    # Behind a proxy the host may be another one than the browser knows; what the browser itself says of the two is right.
    foreign = (
        site not in ("same-origin", "none") if site else origin and urlsplit(origin).netloc != request.headers.get("host", "")
    )
    if foreign:
        raise ApiError(403, "insufficient_scope", "This form comes from another site.")


def _link(names: tuple[str, ...]) -> tuple[str, str, str]:
    project_key, link = names
    return project_key, "enter", link
