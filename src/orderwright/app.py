"""All wiring on one screen: settings, pools, routes, and what runs while the server does."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from orderwright.auth.grants import routes as token_routes
from orderwright.auth.principal import Principal
from orderwright.auth.tokens import Tokens
from orderwright.domain.product import VariantSnapshot
from orderwright.engine.ids import new_id, now
from orderwright.engine.scalars import DateTime
from orderwright.engine.verbs import Verbs
from orderwright.errors import AuthError, resource_not_found
from orderwright.http.carts import serve_carts
from orderwright.http.endpoints import serve
from orderwright.http.exchange import Answer, Handler, Request, json_answer
from orderwright.http.logs import JsonLines, RequestLog
from orderwright.http.openapi import describe, listing
from orderwright.http.routes import Routes
from orderwright.http.server import Api
from orderwright.resources import RESOURCES
from orderwright.resources.cart import REPLICA
from orderwright.resources.cart import RESOURCE as CART
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents import Documents

Message = MutableMapping[str, Any]


class App:
    """What opens the database and builds the Api when the server starts, told so by ASGI's lifespan.

    Importing and forking cost nothing then. The Api goes into the lifespan's state, where `http/protocol.py` finds it.
    """

    def __init__(self, settings: Settings, dsn: str) -> None:
        self._settings = settings
        self._dsn = dsn

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """ASGI: `lifespan`. Requests never come this way."""
        await receive()
        try:
            database = await Database.connect(self._dsn, self._settings)
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": f"The database cannot be reached: {error}"})
            return
        log = RequestLog(logging.getLogger("orderwright").isEnabledFor(logging.INFO))
        scope["state"]["api"] = build(database, self._settings, log)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await database.close()
        log.flush()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: Settings, dsn: str) -> App:
    """The server over a database that is migrated already."""
    configure_logging(settings)
    return App(settings, dsn)


def verbs_over(database: Database, clock: Callable[[], DateTime] = now, ids: Callable[[], str] = new_id) -> Verbs:
    """The engine with every resource there is: what the server and the demo project, with a clock of its own, write through."""
    types = {resource.type_id: resource for resource in RESOURCES}
    return Verbs(Documents(database), types, {"variant": VariantSnapshot}, clock, ids)


def build(database: Database, settings: Settings, log: RequestLog) -> Api:
    """Everything that answers, over an open database."""
    verbs = verbs_over(database)
    tokens = Tokens(database, settings.token_lifetime_s)
    routes = routes_over(verbs)

    async def guard(authorization: str | None, project_key: str) -> Principal:
        try:
            return await tokens.principal(authorization, project_key)
        except AuthError:
            if await verbs.documents.catalogue_version(project_key) is None:
                raise resource_not_found(key=project_key) from None
            raise

    async def below_project(request: Request) -> Answer:
        return await routes.answer(request, guard)

    fixed: dict[tuple[str, ...], dict[str, Handler]] = {
        ("health",): {"GET": _healthy},
        ("ready",): {"GET": _ready(database)},
        ("openapi.json",): {"GET": _described},
        ("docs",): {"GET": _listed},
        **{path: {"POST": handler} for path, handler in token_routes(database, tokens).items()},
    }
    return Api(fixed, below_project, settings.pool_size + settings.queue_limit, log)


def routes_over(verbs: Verbs) -> Routes:
    """The route table: every resource at every door, and the few paths of their own."""
    routes = Routes()
    for resource in RESOURCES:
        serve(routes, verbs, resource)
    serve_carts(routes, verbs, CART, REPLICA)
    return routes


@functools.cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document of what is served. It needs no database: declaring routes reads nothing."""
    routes = routes_over(verbs_over(Database.unopened()))
    return describe(routes, RESOURCES, {"replicate": REPLICA.draft})


async def _described(_request: Request) -> Answer:
    return json_answer(200, openapi())


async def _listed(_request: Request) -> Answer:
    return Answer(200, listing(openapi()), (("content-type", "text/html; charset=utf-8"),))


async def _healthy(_request: Request) -> Answer:
    return json_answer(200, {"status": "up"})


def _ready(database: Database) -> Handler:
    async def ready(_request: Request) -> Answer:
        try:
            async with asyncio.timeout(2):
                await database.fetchrow("SELECT 1 AS one -- @sharded: touches no table")
        except Exception:
            return json_answer(503, {"status": "down", "database": "unreachable"}, ("retry-after", "1"))
        return json_answer(200, {"status": "up", "database": "reachable"})

    return ready


def configure_logging(settings: Settings) -> None:
    """JSON lines on standard error, one a request."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("orderwright")
    logger.handlers = [handler]
    logger.setLevel(settings.log_level.upper())
    logger.propagate = False
    for name in ("uvicorn", "asyncio"):  # what they warn of, such as bytes that are no HTTP, are lines of the same form
        logging.getLogger(name).handlers = [handler]
