"""What stands at fixed paths and needs no token: whether the server is up and ready, and what it serves."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterator

from orderwright import __api_level__, __version__
from orderwright.http.mounts import dialect
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.mounts import ALIVE, READY, Mount, Served, Table
from orderwright.storage.disk import has_room

Page = Callable[[], Answer]


def mounts(house: House, described: Callable[[], bytes], listed: Callable[[], bytes]) -> Iterator[Mount]:
    """The pages, with the OpenAPI document and a page for people that lists its operations."""

    # Anybody may ask for them, so each is made once.
    @functools.cache
    def document() -> Answer:
        return Answer(200, described())

    @functools.cache
    def docs() -> Answer:
        return Answer(200, listed(), (("content-type", "text/html; charset=utf-8"),))

    async def ready(_request: Request, _names: tuple[str, ...]) -> Answer:
        return await _ready(house)

    # A process under load is alive: it says so without waiting in the queue for the database.
    yield dialect.mount(house, Table([_page(word, _healthy) for word in ALIVE]).answer, *ALIVE, urgent=True)
    pages = (
        _page("", _introduced),
        _page("openapi.json", document),
        _page("docs", docs),
        *(Served(word, "GET", ready) for word in READY),
    )
    yield dialect.mount(house, Table(pages).answer, *(page.at for page in pages))


def _page(at: str, page: Page) -> Served:
    """A page that is the same for everybody."""

    async def answer(_request: Request, _names: tuple[str, ...]) -> Answer:
        return page()

    return Served(at, "GET", answer)


def _introduced() -> Answer:
    links = {name: f"/{name}" for name in ("docs", "health", "ready")}
    links |= {"openapi": "/openapi.json", "token": "/oauth/token"}
    return json_answer(200, {"name": "Orderwright", "version": __version__, "apiLevel": __api_level__, "links": links})


def _healthy() -> Answer:
    return json_answer(200, {"status": "up"})


def _down(database: str) -> Answer:
    return json_answer(503, {"status": "down", "database": database}, ("retry-after", "1"))


async def _ready(house: House) -> Answer:
    database = house.database
    try:
        async with asyncio.timeout(2):
            await database.fetchrow("SELECT 1 AS one -- @sharded: touches no table")
            full = database.disk.full and not await has_room(database)
    except Exception:
        full = database.disk.explains_silence()
        return _down("disk full" if full else "unreachable")
    return _down("disk full") if full else json_answer(200, {"status": "up", "database": "reachable"})
