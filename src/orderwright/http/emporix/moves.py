"""The moves of an order from a status to another: which are open, and making one."""

from __future__ import annotations

from orderwright.domain.sale.shipping.several import deliveries_of
from orderwright.emporix.resource import RESOURCE
from orderwright.emporix.statuses import Transition, check_move, move, status_of, transitions
from orderwright.engine.json.codec import decode_body
from orderwright.http.emporix.guard import Caller
from orderwright.http.emporix.reading import Orders
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.again import again, conflicts
from orderwright.verbs.verbs import Verbs


class Moves:
    """Answers what is asked of an order's status."""

    def __init__(self, verbs: Verbs, orders: Orders) -> None:
        self._verbs = verbs
        self._orders = orders

    async def open(self, id: str, caller: Caller) -> Answer:
        """The moves that the caller may make now."""
        order = await self._orders.one(id, caller)
        shipped = bool(deliveries_of(order))
        return json_answer(200, list(transitions(status_of(order), customer=caller.customer, shipped=shipped)))

    async def make(self, request: Request, id: str, caller: Caller) -> Answer:
        """One move: 204. It is tried again where another request has changed the order meanwhile, by what it is then."""
        wanted = decode_body(Transition, (await request.with_body()).body)

        async def once() -> None:
            order = await self._orders.one(id, caller)
            status = status_of(order)
            check_move(status, wanted.status, customer=caller.customer, shipped=bool(deliveries_of(order)))
            actions = move(status, wanted.status)
            await self._verbs.update(RESOURCE, Lookup("id", order.id), order.version, actions, caller.access)

        await again(once, conflicts)
        return Answer(204)
