"""The paths of the desk: which page answers where, for whom, and what every one of them asks of a visitor first."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from orderwright.desk import entering, session
from orderwright.desk.board import pages as board
from orderwright.desk.browsing import pages as browsing
from orderwright.desk.calling import Api, Calls
from orderwright.desk.order import pages as order
from orderwright.desk.orders import pages as orders
from orderwright.desk.visit import Page, Row, Visit, form_of, words_for
from orderwright.errors import ApiError, AuthError, resource_not_found
from orderwright.http.mounts.refusal import refusal as api_refusal
from orderwright.http.pages import rendering
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.mounts import Mount, Served, Table

PAGES: Final = (
    Row("leave", "POST", entering.leave),
    *orders.PAGES,
    *order.PAGES,
    *board.PAGES,
    *browsing.PAGES,
)


def mount(house: House, api: Api) -> Mount:
    """All pages of the desk. `api` answers the requests that they make."""
    desk = _Desk(house, api)
    rows = [
        Served("desk", "GET", desk.door),
        Served("desk", "POST", desk.enter),
        Served("desk/assets/{name}", "GET", desk.asset),
        Served("desk/{projectKey}", "GET", desk.behind(entering.home)),
        Served("desk/{projectKey}/enter/{link}", "GET", desk.shown_link),
        Served("desk/{projectKey}/enter/{link}", "POST", desk.enter_by_link),
        *(Served(f"desk/{{projectKey}}/{row.at}", row.method, desk.behind(row.page)) for row in PAGES),
    ]
    return Mount(words=("desk",), answer=Table(rows).answer, refusal=refusal)


def refusal(error: ApiError) -> Answer:
    """What went wrong, as a page, where nobody knows yet who asks for it."""
    headers = tuple(header for header in api_refusal(error).headers if header[0] in ("allow", "retry-after"))
    made = rendering.page("desk/stranger.html", "desk", status=error.status, message=error.message)
    return made._replace(status=error.status, headers=(*made.headers, *headers))


class _Desk:
    """Who may see a page is found out here, before it is asked for anything."""

    def __init__(self, house: House, api: Api) -> None:
        self._house = house
        self._api = api

    async def asset(self, _request: Request, names: tuple[str, ...]) -> Answer:
        found = rendering.assets("desk").get(names[0])
        if found is None:
            raise resource_not_found(named=f"file '{names[0][:200]}'")
        return found

    async def door(self, request: Request, _names: tuple[str, ...]) -> Answer:
        return entering.door(request)

    async def enter(self, request: Request, _names: tuple[str, ...]) -> Answer:
        return await entering.enter(self._house, request)

    async def shown_link(self, request: Request, names: tuple[str, ...]) -> Answer:
        return entering.shown_link(request, names)

    async def enter_by_link(self, request: Request, names: tuple[str, ...]) -> Answer:
        return await entering.enter_by_link(self._house, request, names)

    def behind(self, page: Page) -> Callable[[Request, tuple[str, ...]], Awaitable[Answer]]:
        """A page for who has signed in; others are shown the door, and come back to it."""

        async def answer(request: Request, names: tuple[str, ...]) -> Answer:
            visit = await self._visit(request, names[0])
            if visit is None:
                return _away(request)
            try:
                if request.method == "POST":
                    form = await form_of(request)
                    if not visit.session.proven(form.get("proof", ("",))[0]):
                        raise ApiError(403, "insufficient_scope", visit.words("This form is not from a page of your session."))
                    visit = replace(visit, form=form)
                return await page(visit, *names[1:])
            except AuthError as error:
                return _away(request) if error.status == 401 else _refused(visit, error)
            except ApiError as error:
                return _refused(visit, error)

        return answer

    async def _visit(self, request: Request, project_key: str) -> Visit | None:
        now = time.time()
        found = session.kept(request.headers, now)
        if found is None:
            return None
        try:
            principal = await self._house.tokens.principal(f"Bearer {found.token}", project_key)
        except AuthError:
            return None
        store = next((value for name, value in request.query if name == "store"), None)
        opened = session.opened(project_key, found, principal.scopes, store, principal.client_id)
        anew = found._replace(used=int(now))
        renewed = (session.cookie(request, project_key, anew),) if now - found.used >= session.RENEWED_S else ()
        calls = Calls(self._api, opened, request.correlation_id)
        return Visit(request, opened, calls, words_for(request), self._house, {}, renewed)


def _refused(visit: Visit, error: ApiError) -> Answer:
    return visit.page("refused.html", error.status, error=error)


def _away(request: Request) -> Answer:
    """To the door. Who has read a page comes back to it; what a form would have written is not written later."""
    return Answer(303, b"", (("location", entering.way_back(request)), ("cache-control", "no-store")))
