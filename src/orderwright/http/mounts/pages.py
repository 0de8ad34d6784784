"""What stands at fixed paths and needs no token: whether the server is up and ready, and what it serves."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Final

from orderwright import __api_level__, __version__
from orderwright.errors import resource_not_found
from orderwright.http.docs import serving
from orderwright.http.docs.serving import Described
from orderwright.http.mounts import dialect
from orderwright.http.pages import rendering
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.mounts import ALIVE, READY, Mount, Served, Table
from orderwright.storage.disk import has_room
from orderwright.storage.tables import projects

_VARIES: Final = ("vary", "accept")
_HOST: Final = re.compile(r"[\w.-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:]{2,45}\](:\d{1,5})?", re.ASCII)
_ACCEPTED: Final = re.compile(r"([\w.+*-]+/[\w.+*-]+)\s*(?:;[^,]*?\bq=\s*([01](?:\.\d{0,3})?))?[^,]*", re.ASCII)
Page = Callable[[], Answer]


def mounts(house: House, documents: Described) -> Iterator[Mount]:
    """The pages, with the OpenAPI document and pages for people on which the operations of both dialects can be tried."""

    # What is the same for everybody is made once.
    shown: dict[str, Answer] = {}

    async def machine(_request: Request, _names: tuple[str, ...]) -> Answer:
        return await documents.machine()

    async def docs(request: Request, _names: tuple[str, ...]) -> Answer:
        dialect = request.segments[1] if len(request.segments) > 1 else serving.FIRST
        if dialect not in shown:
            told = (await documents.of(dialect))["paths"].items()
            paths = sorted((path, [method.upper() for method in item if method != "parameters"]) for path, item in told)
            document = f"/docs/{dialect or 'openapi'}.json"
            page = rendering.page("docs.html", "scripted", paths=paths, dialect=dialect, document=document)
            shown[dialect] = await rendering.kept(page)
        return shown[dialect]

    async def first(_request: Request, _names: tuple[str, ...]) -> Answer:
        return await documents.answer(serving.FIRST)

    async def second(_request: Request, _names: tuple[str, ...]) -> Answer:
        return await documents.answer(serving.SECOND)

    async def introduced(request: Request, _names: tuple[str, ...]) -> Answer:
        return await _welcome(house, request) if _for_people(request.headers.get("accept", "")) else _introduced()

    async def asset(_request: Request, names: tuple[str, ...]) -> Answer:
        found = rendering.assets().get(names[0])
        if found is None:
            raise resource_not_found(named=f"file '{names[0][:200]}'")
        return found

    async def ready(_request: Request, _names: tuple[str, ...]) -> Answer:
        return await _ready(house)

    # A process under load is alive: it says so without waiting in the queue for the database.
    yield dialect.mount(house, Table([_page(word, _healthy) for word in ALIVE]).answer, *ALIVE, urgent=True)
    pages = (
        Served("", "GET", introduced),
        Served("openapi.json", "GET", machine),
        Served("docs", "GET", docs),
        Served(f"docs/{serving.SECOND}", "GET", docs),
        Served("docs/openapi.json", "GET", first),
        Served(f"docs/{serving.SECOND}.json", "GET", second),
        Served("docs/assets/{name}", "GET", asset),
        *(Served(word, "GET", ready) for word in READY),
    )
    yield dialect.mount(house, Table(pages).answer, *dict.fromkeys(page.at.partition("/")[0] for page in pages))


def _page(at: str, page: Page) -> Served:
    """A page that is the same for everybody."""

    async def answer(_request: Request, _names: tuple[str, ...]) -> Answer:
        return page()

    return Served(at, "GET", answer)


def _for_people(accepted: str) -> bool:
    """Whether a page is wanted: HTML is named, and not after JSON."""
    weights = {kind.lower(): float(weight or 1) for kind, weight in _ACCEPTED.findall(accepted[:1000])}
    return weights.get("text/html", 0.0) > 0 and weights["text/html"] >= weights.get("application/json", 0.0)


def _introduced() -> Answer:
    links = {name: f"/{name}" for name in ("docs", "desk", "health", "ready")}
    links |= {"openapi": "/openapi.json", "token": "/oauth/token"}
    return json_answer(200, {"name": "Orderwright", "version": __version__, "apiLevel": __api_level__, "links": links}, _VARIES)


async def _welcome(house: House, request: Request) -> Answer:
    """What runs here, in one screen. The key of the only project is told, since it stands in all its addresses; of several none,
    because who has them here is nobody else's business."""
    ready = await _ready(house)
    up, project, several = ready.status == 200, None, False
    if up:
        project, several = await projects.only(house.database)
    host = request.headers.get("host", "")
    scheme = "https" if request.headers.get("x-forwarded-proto") == "https" else "http"
    base = f"{scheme}://{host if _HOST.fullmatch(host) else '127.0.0.1:8080'}"
    state = "reachable" if up else json.loads(ready.whole)["database"]
    shown = rendering.page("index.html", up=up, database=state, project=project, several=several, base=base)
    return shown._replace(headers=(*shown.headers, _VARIES, ("cache-control", "no-store")))


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
