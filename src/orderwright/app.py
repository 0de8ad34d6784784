"""All wiring on one screen: settings, pools, routes, and what runs while the server does."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from orderwright import __api_level__, __version__
from orderwright.auth.accounts import Accounts
from orderwright.auth.principal import Principal
from orderwright.auth.tokens import Tokens
from orderwright.domain.cart.resource import MINE as MY_CART
from orderwright.domain.cart.resource import MY_REPLICA, REPLICA
from orderwright.domain.cart.resource import RESOURCE as CART
from orderwright.domain.custom.custom_object import REPLACING, SetValue
from orderwright.domain.custom.custom_object import RESOURCE as CUSTOM_OBJECT
from orderwright.domain.customer.model import email_claim
from orderwright.domain.customer.resource import MINE as MY_CUSTOMER
from orderwright.domain.customer.resource import RESOURCE as CUSTOMER
from orderwright.domain.goods.inventory.resource import RESOURCE as INVENTORY
from orderwright.domain.goods.product import projection_resource as product_projection
from orderwright.domain.goods.product.images import IMAGES, picture_of
from orderwright.domain.goods.product.projection import VariantAttributes, View, on_products, sorted_on_products
from orderwright.domain.goods.product.resource import PUBLISHED, UPLOAD
from orderwright.domain.goods.product.resource import RESOURCE as PRODUCT
from orderwright.domain.goods.product.uploads import UploadImage
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.goods.product_selection import AssignedProductSelection
from orderwright.domain.goods.renewals import RULES
from orderwright.domain.goods.standalone_price.model import PriceScope
from orderwright.domain.order.numbering import OrderNumberTemplate
from orderwright.domain.order.resource import IMPORTED
from orderwright.domain.order.resource import RESOURCE as ORDER
from orderwright.domain.order.searches import CUSTOMERS, ORDERS
from orderwright.domain.sale.shipping.matching import matching_cart, matching_place
from orderwright.domain.sale.shipping.resource import RESOURCE as SHIPPING_METHOD
from orderwright.domain.shop.zone import Location
from orderwright.domain.signing.hand_over import CARTS, HAND_OVERS
from orderwright.engine.clock import now
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import encode
from orderwright.engine.scalars import DateTime
from orderwright.errors import AuthError, resource_not_found
from orderwright.http.api.doors import IN_STORE, IN_STORE_ME, ME, PROJECT
from orderwright.http.api.endpoints import serve
from orderwright.http.api.faces import Faces
from orderwright.http.api.idempotency import Repetitions
from orderwright.http.api.openapi import describe, listing
from orderwright.http.api.routes import Routes
from orderwright.http.api.stores import Stores
from orderwright.http.special.api_clients import serve_api_clients
from orderwright.http.special.carts import serve_carts, serve_merge, serve_own_carts
from orderwright.http.special.custom_objects import serve_custom_objects
from orderwright.http.special.customers import MyCustomer, serve_customers
from orderwright.http.special.hand_over import HandOver
from orderwright.http.special.inventory import serve_inventory
from orderwright.http.special.oauth import Flows
from orderwright.http.special.orders import serve_import
from orderwright.http.special.product_projections import Projecting, serve_product_projections
from orderwright.http.special.products import Uploading, serve_products, show_image
from orderwright.http.special.profile import serve_profile
from orderwright.http.special.search import CUSTOMER_SEARCH, ORDER_SEARCH, serve_search
from orderwright.http.special.shipping_methods import Rules, serve_matching
from orderwright.http.special.sign_in import SignIn, SignUp, serve_sign_in
from orderwright.http.wire.crowd import Crowd, limits_of
from orderwright.http.wire.exchange import Answer, Handler, Request, json_answer
from orderwright.http.wire.logs import JsonLines, RequestLog
from orderwright.http.wire.server import Api
from orderwright.http.wire.watch import Watch
from orderwright.resources import EXPIRING, IN_STORES, OWN, RESOURCES, SHOWN_IN_STORES
from orderwright.settings import Settings
from orderwright.storage.database import CONNECTION_LOST, Database
from orderwright.storage.disk import has_room
from orderwright.storage.documents.documents import Documents
from orderwright.verbs.renewals import Renewals
from orderwright.verbs.sweeps import Sweeps
from orderwright.verbs.verbs import Verbs

Message = MutableMapping[str, Any]
FACES = Faces(RESOURCES, own=(*OWN, MY_CUSTOMER), lesser=(PUBLISHED,))
"""What references are expanded to, for whom."""


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
        database = Database.over(self._dsn, self._settings)
        try:
            await database.warm()
        except CONNECTION_LOST as error:  # it was there a moment ago; a worker that comes now answers 503 until it is back
            logging.getLogger("orderwright").warning("The database cannot be reached yet: %s", error)
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": f"The database cannot be used: {error}"})
            return
        log = RequestLog(logging.getLogger("orderwright").isEnabledFor(logging.INFO))
        api = scope["state"]["api"] = build(database, self._settings, log)
        scope["state"]["crowd"] = Crowd(limits_of(self._settings))
        await send({"type": "lifespan.startup.complete"})
        verbs = verbs_over(database)
        sweeps = Sweeps(verbs, EXPIRING, self._settings.sweep_period_s)
        loops = (Renewals(verbs, RULES).run(), sweeps.run(), Watch(api.working).run())
        running = [asyncio.create_task(loop) for loop in loops]
        await receive()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
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
    rows = {"variant": VariantSnapshot, "price-scope": PriceScope, "order-number-template": OrderNumberTemplate}
    return Verbs(Documents(database), types, rows, clock, ids)


def build(database: Database, settings: Settings, log: RequestLog) -> Api:
    """Everything that answers, over an open database."""
    verbs = verbs_over(database)
    tokens = Tokens(database, settings.token_lifetime_s, settings.refresh_token_lifetime_s)
    accounts = Accounts(database, email_claim)
    flows = Flows(database, tokens, accounts)
    routes = routes_over(verbs, accounts)

    async def guard(authorization: str | None, project_key: str) -> Principal:
        try:
            return await tokens.principal(authorization, project_key)
        except AuthError:
            if await verbs.documents.catalogue_version(project_key) is None:
                raise resource_not_found(key=project_key) from None
            raise

    async def below_project(request: Request) -> Answer:
        if request.segments[0] == IMAGES:
            return await show_image(verbs, request)
        if request.segments[0] == "oauth":
            return await flows.below_project(request)
        return await routes.answer(request, guard)

    fixed: dict[tuple[str, ...], dict[str, Handler]] = {
        ("",): {"GET": _introduced},
        ("health",): {"GET": _healthy},
        ("ready",): {"GET": _ready(database)},
        ("openapi.json",): {"GET": _described},
        ("docs",): {"GET": _listed},
        **{path: {"POST": handler} for path, handler in flows.routes().items()},
    }
    return Api(fixed, below_project, settings.pool_size + settings.queue_limit, log, flows.origins, settings.proxies)


def routes_over(verbs: Verbs, accounts: Accounts) -> Routes:
    """The route table: every resource at every door, and the few paths of their own."""
    routes = Routes(Repetitions(verbs).answer, FACES, Stores(verbs.documents))
    for resource in RESOURCES:
        serve(routes, verbs, resource, (PROJECT, IN_STORE) if resource in IN_STORES else (PROJECT,))
    for resource in OWN:
        serve(routes, verbs, resource, (ME, IN_STORE_ME) if "store" in resource.owned else (ME,))
    for resource in SHOWN_IN_STORES:
        serve(routes, verbs, resource, (IN_STORE,))
    hand_over = HandOver(verbs, CARTS, HAND_OVERS)
    serve_carts(routes, verbs, CART, REPLICA, (PROJECT, IN_STORE))
    serve_import(routes, verbs, IMPORTED, (PROJECT,))
    serve_search(routes, verbs, ORDER, ORDERS, ORDER_SEARCH)
    serve_search(routes, verbs, CUSTOMER, CUSTOMERS, CUSTOMER_SEARCH)
    serve_inventory(routes, verbs, INVENTORY)
    serve_merge(routes, verbs, CART, hand_over, (PROJECT, IN_STORE))
    serve_own_carts(routes, verbs, MY_CART, MY_REPLICA, (ME, IN_STORE_ME))
    serve_customers(routes, SignUp(verbs, CUSTOMER, accounts, hand_over), (PROJECT, IN_STORE))
    mine, signing_up = MyCustomer(verbs, MY_CUSTOMER, accounts), SignUp(verbs, MY_CUSTOMER, accounts, hand_over)
    serve_profile(routes, mine, signing_up, (ME, IN_STORE_ME))
    serve_sign_in(routes, SignIn(verbs, CUSTOMER, accounts, hand_over), (PROJECT, IN_STORE, ME, IN_STORE_ME))
    uploading = Uploading(IMAGES, UploadImage, picture_of)
    serve_products(routes, verbs, PRODUCT, PUBLISHED, UPLOAD, uploading, AssignedProductSelection)
    serve_api_clients(routes, verbs.documents.database)
    read = product_projection
    projecting = Projecting(View, read.wanted, read.shown, read.attributes_shown, on_products, sorted_on_products)
    serve_product_projections(routes, verbs, read.RESOURCE, projecting, VariantAttributes)
    serve_custom_objects(routes, verbs, CUSTOM_OBJECT, REPLACING, SetValue)
    serve_matching(routes, verbs, SHIPPING_METHOD, Rules(Location, matching_cart, matching_place))
    return routes


def declared() -> Routes:
    """Every route there is, over no database: declaring them reads nothing."""
    database = Database.unopened()
    return routes_over(verbs_over(database), Accounts(database, email_claim))


@functools.cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document of what is served."""
    return describe(declared())


async def _introduced(_request: Request) -> Answer:
    links = {name: f"/{name}" for name in ("docs", "health", "ready")}
    links |= {"openapi": "/openapi.json", "token": "/oauth/token"}
    return json_answer(200, {"name": "Orderwright", "version": __version__, "apiLevel": __api_level__, "links": links})


@functools.cache
def openapi_bytes() -> bytes:
    """The document as it is served."""
    return encode(openapi())


@functools.cache
def _pages() -> tuple[Answer, Answer]:
    # Anybody may ask for them, so each is made once.
    page = Answer(200, listing(openapi()), (("content-type", "text/html; charset=utf-8"),))
    return Answer(200, openapi_bytes()), page


async def _described(_request: Request) -> Answer:
    return _pages()[0]


async def _listed(_request: Request) -> Answer:
    return _pages()[1]


async def _healthy(_request: Request) -> Answer:
    return json_answer(200, {"status": "up"})


def _down(database: str) -> Answer:
    return json_answer(503, {"status": "down", "database": database}, ("retry-after", "1"))


def _ready(database: Database) -> Handler:
    async def ready(_request: Request) -> Answer:
        try:
            async with asyncio.timeout(2):
                await database.fetchrow("SELECT 1 AS one -- @sharded: touches no table")
                full = database.disk.full and not await has_room(database)
        except Exception:
            full = database.disk.explains_silence()
            return _down("disk full" if full else "unreachable")
        return _down("disk full") if full else json_answer(200, {"status": "up", "database": "reachable"})

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
