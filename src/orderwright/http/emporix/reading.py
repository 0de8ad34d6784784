"""Orders as this dialect reads them: one, a page of them, how many there are; each as far as it exists for the caller."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.order.kept import KeptOrder
from orderwright.domain.order.resource import RESOURCE
from orderwright.domain.payment.model import Payment
from orderwright.domain.sale.payments import payments_of
from orderwright.emporix.asking import Asked, Parameters, asked
from orderwright.emporix.history import TOLD_IN, Passed, passed
from orderwright.emporix.render import Beside, rendered
from orderwright.engine.json.codec import decoder, encode, plain
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import UUID, DateTime
from orderwright.errors import resource_not_found
from orderwright.http.api.endpoints import collection_of, taken_from
from orderwright.http.api.sizes import within
from orderwright.http.emporix.guard import Caller
from orderwright.http.wire.exchange import Answer, json_answer
from orderwright.predicates.tree import Compare, Predicate
from orderwright.storage.queries.queries import PageRequest
from orderwright.verbs.slices import each_in_slices
from orderwright.verbs.verbs import Verbs

TOTAL: Final = "x-total-count"
MOST_CHANGES: Final = 500
"""So many changes of an order's states are looked at for its history, the newest ones."""
_MOST_IN_LIST: Final = 20
_ORDERS: Final = collection_of(RESOURCE)
_MOST_ID: Final = 256


class Orders:
    """Reads orders. What a caller may not see is not there: the restrictions and the owner stand in every query."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    async def languages(self, caller: Caller) -> tuple[str, ...]:
        """Those of the tenant's texts."""
        facts = await self._verbs.facts(caller.access, ())
        return tuple(facts.project.languages)

    async def asked(self, parameters: Parameters, caller: Caller, *also: Predicate) -> Asked:
        """What the parameters ask, of the orders that exist for the caller and satisfy what is asked `also`."""
        found = asked(parameters, await self.languages(caller))
        return replace(found, where=(*caller.where, *also, *found.where))

    async def page(self, question: Asked, caller: Caller) -> Answer:
        """A page as a bare list, with the number of all that match in a header: as in every list here, up to 10,000."""
        return await within(lambda most: self._page(question, caller, most))

    async def _page(self, question: Asked, caller: Caller, most: int) -> Answer:
        request = PageRequest(question.where, question.sort, question.limit, question.offset, most_bytes=most)
        bodies, total = await self._verbs.documents.page(_ORDERS, caller.access.shard, request, RESOURCE.visible(caller.access))
        orders = await each_in_slices(decoder(KeptOrder).decode, taken_from(bodies))
        shown = await self._shown(orders, caller, question.fields)
        return Answer(200, b"[" + b",".join(shown) + b"]", ((TOTAL, str(total)),))

    async def count(self, question: Asked, caller: Caller) -> Answer:
        """Only how many there are."""
        request = PageRequest(question.where, limit=0)
        _, total = await self._verbs.documents.page(_ORDERS, caller.access.shard, request, RESOURCE.visible(caller.access))
        return Answer(200, b"", ((TOTAL, str(total)),))

    async def one(self, id: str, caller: Caller, *also: Predicate) -> KeptOrder:
        """The order with a number or, where none has it, an id. Raises 404."""
        names = ["orderNumber", *(["id"] if re.fullmatch(UUID, id) else [])] if len(id) <= _MOST_ID and "\x00" not in id else []
        for name in names:
            where = (Compare(name, "=", id.lower() if name == "id" else id), *caller.where, *also)
            request = PageRequest(where, limit=1, with_total=False)
            visible = RESOURCE.visible(caller.access)
            bodies, _ = await self._verbs.documents.page(_ORDERS, caller.access.shard, request, visible)
            if bodies:
                order: KeptOrder = decoder(KeptOrder).decode(bodies[0])
                return order
        raise resource_not_found(named=f"order id '{id[:_MOST_ID]}'")

    async def shown(self, order: KeptOrder, caller: Caller) -> Any:
        """One order as it is shown, as plain JSON."""
        (shown,) = await self._shown([order], caller)
        return plain(shown)

    async def answer(self, order: KeptOrder, caller: Caller) -> Answer:
        """One order as it is shown to the caller."""
        (shown,) = await self._shown([order], caller)
        return Answer(200, shown)

    async def history(self, order: KeptOrder, caller: Caller) -> tuple[Passed, ...]:
        """The statuses of an order."""
        bodies = await self._verbs.documents.told(caller.access.shard, [order.id], TOLD_IN, MOST_CHANGES)
        return passed(order, map(plain, bodies))

    async def _shown(self, orders: Sequence[KeptOrder], caller: Caller, fields: tuple[str, ...] = ()) -> list[bytes]:
        payments = await self._payments(orders, caller)
        changes = await self._changes(orders, caller)

        def shown(order: KeptOrder) -> bytes:
            beside = Beside(
                tenant=caller.tenant,
                payments=tuple(payments[each.id] for each in payments_of(order) if each.id in payments),
                last_status_change=changes.get(order.id),
                for_customer=caller.customer,
            )
            return encode(rendered(order, beside, fields))

        return await each_in_slices(shown, orders)

    async def _payments(self, orders: Sequence[KeptOrder], caller: Caller) -> dict[str, Payment]:
        """The payments of the orders, whoever made them: they are shown as parts of these."""
        wanted = {each.id: Wanted("payment", "id", each.id) for order in orders for each in payments_of(order)}
        if not wanted:
            return {}
        facts = await self._verbs.facts(replace(caller.access, customer_id=None), list(wanted.values()))
        found = {id: facts.look_up(name) for id, name in wanted.items()}
        return {id: payment for id, payment in found.items() if payment is not None}

    async def _changes(self, orders: Sequence[KeptOrder], caller: Caller) -> dict[str, DateTime]:
        changed = [order for order in orders if order.version > 1]
        if not changed:
            return {}
        ids = [order.id for order in changed]
        told: dict[str, list[Any]] = {id: [] for id in ids}
        for body in await self._verbs.documents.told(caller.access.shard, ids, TOLD_IN, _MOST_IN_LIST):
            message = plain(body)
            told[message["resource"]["id"]].append(message)
        return {order.id: passed(order, told[order.id])[-1].timestamp for order in changed}


def transitions_answer(order: KeptOrder, history: Sequence[Passed]) -> Answer:
    """A history as it is answered. It is not told who made a move."""
    metadata = {
        "version": len(history) - 1,
        "createdAt": history[0].timestamp,
        "modifiedAt": history[-1].timestamp,
    }
    return json_answer(200, {"transitions": list(history), "metadata": metadata})
