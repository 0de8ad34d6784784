"""All wiring on one screen: settings, pools, rows and mounts, and what runs while the server does."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from itertools import chain
from typing import Any

from orderwright.auth.accounts import Accounts
from orderwright.auth.tokens import Tokens
from orderwright.delivery.patience import Patience
from orderwright.delivery.probing import Prober
from orderwright.delivery.relay import Relay
from orderwright.desk import mount as desk
from orderwright.domain.customer.model import email_claim
from orderwright.domain.subscription.audience import Subscribers
from orderwright.engine.clock import now
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import encode
from orderwright.engine.scalars import DateTime
from orderwright.http.api import endpoints
from orderwright.http.api.doors import IN_STORE, IN_STORE_ME, ME, PROJECT
from orderwright.http.api.expand import expander
from orderwright.http.api.faces import Faces
from orderwright.http.api.idempotency import Repetitions
from orderwright.http.api.openapi import describe
from orderwright.http.api.routes import Routes
from orderwright.http.api.stores import Stores
from orderwright.http.docs.serving import Described
from orderwright.http.emporix import mount as emporix
from orderwright.http.mounts import images, metrics, oauth, pages, projects
from orderwright.http.special import rows
from orderwright.http.special.house import House
from orderwright.http.wire.crowd import Crowd, limits_of
from orderwright.http.wire.logs import RequestLog, configure_logging
from orderwright.http.wire.mounts import Mounts
from orderwright.http.wire.server import Api
from orderwright.http.wire.watch import Watch
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp
from orderwright.resources import (
    AT_ME_ALONE,
    EXPIRING,
    IN_STORES,
    OWN,
    RENEWALS,
    RESOURCES,
    ROWS,
    SHOWN_IN_STORES,
    SHOWN_TO_ALL,
    SHOWN_TO_OWNERS,
)
from orderwright.settings import Settings
from orderwright.storage.database import CONNECTION_LOST, Database
from orderwright.storage.documents.documents import Documents
from orderwright.telemetry.metrics import keep_sampled
from orderwright.telemetry.traces import Traces, from_environment
from orderwright.verbs.extensions import Extender
from orderwright.verbs.hand_over import HandOver
from orderwright.verbs.renewals import Renewals
from orderwright.verbs.sweeps import Sweeps
from orderwright.verbs.verbs import Verbs

Message = MutableMapping[str, Any]
FACES = Faces(RESOURCES, own=SHOWN_TO_OWNERS, lesser=SHOWN_TO_ALL)
"""What references are expanded to, for whom."""
GENERIC = (
    *((kind, (PROJECT, IN_STORE) if kind in IN_STORES else (PROJECT,)) for kind in RESOURCES),
    *((kind, (ME, IN_STORE_ME) if "store" in kind.owned and kind not in AT_ME_ALONE else (ME,)) for kind in OWN),
    *((kind, (IN_STORE,)) for kind in SHOWN_IN_STORES),
)
"""The resource types, and the doors that they stand behind."""


class App:
    """What opens the database and builds the Api when the server starts, told so by ASGI's lifespan.

    Importing and forking cost nothing then. The Api and the crowd go into the lifespan's state, where `http/wire/protocol.py`
    finds them.
    """

    def __init__(self, settings: Settings, dsn: str) -> None:
        self._settings = settings
        self._dsn = dsn

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """ASGI: `lifespan`. Requests never come this way."""
        await receive()
        traces = from_environment(os.environ)
        database = Database.over(self._dsn, self._settings, None if traces is None else traces.watch)
        try:
            await database.warm()
        except CONNECTION_LOST as error:  # it was there a moment ago; a worker that comes now answers 503 until it is back
            logging.getLogger("orderwright").warning("The database cannot be reached yet: %s", error)
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": f"The database cannot be used: {error}"})
            return
        log = RequestLog(logging.getLogger("orderwright").isEnabledFor(logging.INFO))
        outside = GuardedHttp(Allowed(self._settings.allowed_hosts))
        house = furnished(database, self._settings, outside)
        relay = Relay(house.verbs, outside, Patience(lease_s=self._settings.delivery_lease_s))
        api = scope["state"]["api"] = build(house, self._settings, log, traces)
        scope["state"]["crowd"] = Crowd(limits_of(self._settings))
        await send({"type": "lifespan.startup.complete"})
        house.verbs.documents.written = relay.written
        verbs = house.verbs.unattended
        sweeps = Sweeps(verbs, EXPIRING, self._settings.sweep_period_s)
        loops = (
            Renewals(verbs, RENEWALS).run(),
            sweeps.run(),
            relay.run(),
            Watch(api.working).run(),
            keep_sampled(),
        )
        running = [asyncio.create_task(loop) for loop in loops]
        await receive()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await outside.close()
        await asyncio.gather(database.close(), *([] if traces is None else [traces.close()]))
        log.flush()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: Settings, dsn: str) -> App:
    """The server over a database that is migrated already."""
    configure_logging(settings.log_level)
    return App(settings, dsn)


def verbs_over(
    database: Database,
    clock: Callable[[], DateTime] = now,
    ids: Callable[[], str] = new_id,
    outside: GuardedHttp | None = None,
) -> Verbs:
    """The engine with every resource there is: what the server and the demo project, with a clock of its own, write through.
    Extensions are called over `outside`, without it by nothing."""
    types = {resource.type_id: resource for resource in RESOURCES}
    documents = Documents(database)
    extender = None if outside is None else Extender(outside, types, expander(documents, types))
    return Verbs(documents, types, ROWS, clock, ids, Subscribers(), extender)


def house_over(database: Database, tokens: Tokens, outside: GuardedHttp | None = None) -> House:
    """What all that answers is made of."""
    verbs = verbs_over(database, outside=outside)
    return House(verbs, Accounts(database, email_claim), tokens, HandOver(verbs.unattended))


def routes_over(house: House) -> Routes:
    """The API's routes: every resource at every door, and the paths of their own."""
    generic = (row for kind, doors in GENERIC for row in endpoints.routes(house.verbs, kind, doors))
    return Routes(chain(generic, rows.routes(house)), Repetitions(house.verbs).answer, FACES, Stores(house.verbs.documents))


def mounts_over(house: House, metrics_token: str | None = None) -> Mounts:
    """All that is served, by the first word of its path."""
    fixed = pages.mounts(house, Described(house, openapi_bytes, openapi, declared))
    api = projects.mount(house, routes_over(house))
    return Mounts(
        api,
        desk.mount(house, api.answer),
        *fixed,
        metrics.mount(house, metrics_token),
        oauth.mount(house),
        images.mount(house),
        *emporix.mounts(house),
    )


def furnished(database: Database, settings: Settings, outside: GuardedHttp) -> House:
    """A house over an open database, which calls servers outside: extensions, and what subscriptions are tried with."""
    tokens = Tokens(database, settings.token_lifetime_s, settings.refresh_token_lifetime_s)
    house = house_over(database, tokens, outside)
    paths = {type_id: resource.path for type_id, resource in house.verbs.types.items()}
    house.verbs.probes["subscription"] = Prober(database, outside, paths).probe
    return house


def build(house: House, settings: Settings, log: RequestLog, traces: Traces | None = None) -> Api:
    """Everything that answers."""
    mounts = mounts_over(house, settings.metrics_token)
    return Api(mounts, settings.pool_size + settings.queue_limit, log, settings.proxies, traces)


@functools.cache
def empty_house() -> House:
    """A house over no database: declaring what is served reads nothing."""
    database = Database.unopened()
    return house_over(database, Tokens(database, lifetime_s=0))


@functools.cache
def declared() -> Routes:
    """Every route there is."""
    return routes_over(empty_house())


@functools.cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document of what is served."""
    return describe(declared(), oauth.described(empty_house()))


@functools.cache
def openapi_bytes() -> bytes:
    """The document as it is served."""
    return encode(openapi())
