"""The paths of the Order Service: a tenant's orders, and a customer's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from orderwright.domain.order.kept import CHECKOUT
from orderwright.domain.order.resource import RESOURCE as STORED
from orderwright.emporix.drafts import read_draft
from orderwright.emporix.resource import RESOURCE
from orderwright.emporix.restricting import check_own
from orderwright.engine.json.codec import decode_body, plain
from orderwright.engine.model import Value
from orderwright.engine.scalars import NotServed
from orderwright.errors import ApiError
from orderwright.http.emporix.changes import Changes
from orderwright.http.emporix.entities import EntityOrders
from orderwright.http.emporix.guard import Caller, Guard
from orderwright.http.emporix.moves import Moves
from orderwright.http.emporix.reading import Orders, transitions_answer
from orderwright.http.emporix.refusal import cart_ordered
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.mounts import Served
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.again import again, conflicts
from orderwright.verbs.verbs import Verbs

_TENANTS = "order-v2/{tenant}/salesorders"
_CUSTOMERS = "order-v2/{tenant}/orders"
_ENTITIES = "order-v2/{tenant}/legal-entity-orders"


class Search(Value):
    """The body of a search. Other services of this dialect have logical compounds; without them more would be found."""

    q: Annotated[str, Meta(max_length=100_000)] = ""
    compound_logical_query: NotServed | None = None


class TenantOrders:
    """What a tenant does with all orders."""

    def __init__(self, verbs: Verbs, guard: Guard, orders: Orders, moves: Moves) -> None:
        self._verbs = verbs
        self._guard = guard
        self._orders = orders
        self._moves = moves
        self._changes = Changes(verbs, orders)

    async def list(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: a page."""
        caller = await self._guard.of_tenant(request, names[0], "read")
        return await self._orders.page(await self._orders.asked(request.query, caller), caller)

    async def count(self, request: Request, names: tuple[str, ...]) -> Answer:
        """HEAD: how many there are."""
        caller = await self._guard.of_tenant(request, names[0], "read")
        return await self._orders.count(await self._orders.asked(request.query, caller), caller)

    async def search(self, request: Request, names: tuple[str, ...]) -> Answer:
        """POST: a page, whose `q` is in the body, where it may be longer."""
        caller = await self._guard.of_tenant(request, names[0], "read")
        search = decode_body(Search, (await request.with_body()).body)
        parameters = tuple(pair for pair in request.query if pair[0] != "q")
        return await self._orders.page(await self._orders.asked((*parameters, ("q", search.q)), caller), caller)

    async def read(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: one order."""
        caller = await self._guard.of_tenant(request, names[0], "read")
        return await self._orders.read(names[1], caller)

    async def create(self, request: Request, names: tuple[str, ...]) -> Answer:
        """POST: 201 with the order's id, which is its number if it has one."""
        caller = await self._guard.of_tenant(request, names[0], "create")
        draft = read_draft((await request.with_body()).body)
        if caller.restrictions:
            facts = await self._verbs.facts(caller.access, ())
            check_own(draft.order.restriction, draft.order.site_code, caller.restrictions, facts)
        try:
            order = plain(await self._verbs.create(RESOURCE, draft, caller.access))
        except ApiError as error:
            if error.taken is not None and error.taken[0] == f"order.{CHECKOUT}":
                raise await self._ordered(error.taken, caller) from None
            raise
        return json_answer(201, {"id": order.get("orderNumber", order["id"])})

    async def _ordered(self, taken: tuple[str, str], caller: Caller) -> ApiError:
        """The refusal of a second order of a cart. It names the first one to those who may see it."""
        kind, cart = taken
        body = await self._verbs.documents.body(caller.access.shard, STORED.type_id, Lookup("claim", cart, kind), ())
        found = None if body is None else plain(body)
        return cart_ordered(cart, None if found is None or caller.where else found.get("orderNumber", found["id"]))

    async def merge(self, request: Request, names: tuple[str, ...]) -> Answer:
        """PATCH: what is sent."""
        caller = await self._guard.of_tenant(request, names[0], "update")
        return await self._changes.make(request, names[1], caller, whole=False)

    async def put(self, request: Request, names: tuple[str, ...]) -> Answer:
        """PUT: what is sent, and nothing else of what may be left out."""
        caller = await self._guard.of_tenant(request, names[0], "update")
        return await self._changes.make(request, names[1], caller, whole=True)

    async def split(self, request: Request, names: tuple[str, ...]) -> Answer:
        """POST: sub orders by vendors."""
        return await self._changes.split(request, names[1], await self._guard.of_tenant(request, names[0], "split"))

    async def calculate(self, request: Request, names: tuple[str, ...]) -> Answer:
        """POST: the amounts that were delivered."""
        caller = await self._guard.of_tenant(request, names[0], "update")
        return await self._changes.recalculate(request, names[1], caller, ordered=False)

    async def entries(self, request: Request, names: tuple[str, ...]) -> Answer:
        """POST: other amounts of entries."""
        caller = await self._guard.of_tenant(request, names[0], "split")
        return await self._changes.recalculate(request, names[1], caller, ordered=True)

    async def delete(self, request: Request, names: tuple[str, ...]) -> Answer:
        """DELETE: 204, whichever version it has."""
        caller = await self._guard.of_tenant(request, names[0], "delete")

        async def once() -> None:
            order = await self._orders.one(names[1], caller)
            await self._verbs.delete(STORED, Lookup("id", order.id), order.version, caller.access)

        await again(once, conflicts)
        return Answer(204)

    async def open_moves(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: the moves that are open."""
        return await self._moves.open(names[1], await self._guard.of_tenant(request, names[0], "read_transitions"))

    async def move(self, request: Request, names: tuple[str, ...]) -> Answer:
        """POST: a move."""
        return await self._moves.make(request, names[1], await self._guard.of_tenant(request, names[0], "update"))

    async def history(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: the statuses that the order came to."""
        caller = await self._guard.of_tenant(request, names[0], "read_history")
        order = await self._orders.one(names[1], caller)
        return transitions_answer(order, await self._orders.history(order, caller))


class CustomerOrders:
    """What a customer does with her own orders."""

    def __init__(self, guard: Guard, orders: Orders, moves: Moves) -> None:
        self._guard = guard
        self._orders = orders
        self._moves = moves

    async def list(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: a page of hers."""
        caller = await self._guard.of_customer(request, names[0], "order.history_view")
        return await self._orders.page(await self._orders.asked(request.query, caller), caller)

    async def read(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: one of hers."""
        caller = await self._guard.of_customer(request, names[0], "order.history_view")
        return await self._orders.read(names[1], caller)

    async def open_moves(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: the moves that are open to her."""
        return await self._moves.open(names[1], await self._guard.of_customer(request, names[0], "order.order_updateascustomer"))

    async def move(self, request: Request, names: tuple[str, ...]) -> Answer:
        """POST: the one move that a customer may make."""
        caller = await self._guard.of_customer(request, names[0], "order.order_updateascustomer")
        return await self._moves.make(request, names[1], caller)


def served(house: House) -> Iterator[Served]:
    """The rows of the mount."""
    guard, orders = Guard(house.tokens, house.verbs.documents), Orders(house.verbs)
    moves = Moves(house.verbs, orders)
    of_tenant, of_customer = TenantOrders(house.verbs, guard, orders, moves), CustomerOrders(guard, orders, moves)
    one = f"{_TENANTS}/{{orderId}}"
    yield Served(_TENANTS, "GET", of_tenant.list)
    yield Served(_TENANTS, "HEAD", of_tenant.count)
    yield Served(_TENANTS, "POST", of_tenant.create)
    yield Served(f"{_TENANTS}/search", "POST", of_tenant.search)
    yield Served(one, "GET", of_tenant.read)
    yield Served(one, "PATCH", of_tenant.merge)
    yield Served(one, "PUT", of_tenant.put)
    yield Served(one, "DELETE", of_tenant.delete)
    yield Served(f"{one}/transitions", "GET", of_tenant.open_moves)
    yield Served(f"{one}/transitions", "POST", of_tenant.move)
    yield Served(f"{one}/historical-transitions", "GET", of_tenant.history)
    yield Served(f"{one}/split", "POST", of_tenant.split)
    yield Served(f"{one}/calculations", "POST", of_tenant.calculate)
    yield Served(f"{one}/entries", "POST", of_tenant.entries)
    own = f"{_CUSTOMERS}/{{orderId}}"
    yield Served(_CUSTOMERS, "GET", of_customer.list)
    yield Served(own, "GET", of_customer.read)
    yield Served(f"{own}/transitions", "GET", of_customer.open_moves)
    yield Served(f"{own}/transitions", "POST", of_customer.move)
    of_entity = EntityOrders(house.verbs, guard, orders)
    yield Served(f"{_ENTITIES}/{{legalEntityId}}", "GET", of_entity.list)
    yield Served(f"{_ENTITIES}/{{legalEntityId}}/{{orderId}}", "GET", of_entity.read)
