"""Orders as this dialect reads them: one, a page of them, how many there are; each as far as it exists for the caller."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.order.kept import KeptOrder
from orderwright.domain.order.resource import RESOURCE
from orderwright.domain.payment.model import Payment
from orderwright.domain.payment.resource import RESOURCE as PAYMENT
from orderwright.emporix.asking import Asked, Parameters, asked, in_languages, names
from orderwright.emporix.history import TOLD_IN, Passed, passed, states_in, states_of
from orderwright.emporix.render import Beside, in_force_json, payment_ids, rendered_json
from orderwright.emporix.table.places import Json
from orderwright.engine.json.codec import decoder, encode, plain
from orderwright.engine.scalars import UUID, DateTime
from orderwright.errors import resource_not_found
from orderwright.http.api.endpoints import collection_of
from orderwright.http.api.sizes import within
from orderwright.http.emporix.guard import Caller
from orderwright.http.emporix.memory import Memory, Shown
from orderwright.http.wire.exchange import Answer, json_answer
from orderwright.predicates.tree import Compare, Predicate
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.queries.queries import PageRequest
from orderwright.verbs.slices import each_in_slices
from orderwright.verbs.verbs import Verbs

TOTAL: Final = "x-total-count"
MOST_CHANGES: Final = 500
"""So many changes of an order's states are looked at for its history, the newest ones."""
_MOST_IN_LIST: Final = 20
_ORDERS: Final = collection_of(RESOURCE)
_MOST_ID: Final = 256
_NUMBERED: Final = '"orderNumber":'


class Orders:
    """Reads orders. What a caller may not see is not there: the restrictions and the owner stand in every query."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs
        self._memory = Memory()

    async def asked(self, parameters: Parameters, caller: Caller, *also: Predicate) -> Asked:
        """What the parameters ask, of the orders that exist for the caller and satisfy what is asked `also`."""
        languages: tuple[str, ...] = ()
        if in_languages(parameters):
            facts = await self._verbs.facts(caller.access, ())
            languages = tuple(facts.project.languages)
        found = asked(parameters, languages)
        return replace(found, where=(*caller.where, *also, *found.where))

    async def page(self, question: Asked, caller: Caller) -> Answer:
        """A page as a bare list, with the number of all that match in a header: as in every list here, up to 10,000."""
        return await within(lambda most: self._page(question, caller, most))

    async def _page(self, question: Asked, caller: Caller, most: int) -> Answer:
        request = PageRequest(question.where, question.sort, question.limit, question.offset, most_bytes=most, exact=False)
        bodies, total = await self._verbs.documents.page(_ORDERS, caller.access.shard, request, RESOURCE.visible(caller.access))
        shown = await self._shown(bodies, caller, question.fields)
        return Answer(200, b"[" + b",".join(shown) + b"]", ((TOTAL, str(total)),))

    async def count(self, question: Asked, caller: Caller) -> Answer:
        """Only how many there are."""
        request = PageRequest(question.where, limit=0, exact=False)
        _, total = await self._verbs.documents.page(_ORDERS, caller.access.shard, request, RESOURCE.visible(caller.access))
        return Answer(200, b"", ((TOTAL, str(total)),))

    async def one(self, id: str, caller: Caller, *also: Predicate) -> KeptOrder:
        """The order with a number or, where none has it, an id. Raises 404."""
        order: KeptOrder = decoder(KeptOrder).decode(await self._body(id, caller, *also))
        return order

    async def read(self, id: str, caller: Caller, *also: Predicate) -> Answer:
        """The same order as it is shown to the caller."""
        (shown,) = await self._shown([await self._body(id, caller, *also)], caller)
        return Answer(200, shown)

    async def _body(self, id: str, caller: Caller, *also: Predicate) -> str:
        if len(id) <= _MOST_ID and "\x00" not in id:
            by_id = await self._by("id", id.lower(), caller, also) if re.fullmatch(UUID, id) else None
            # What may be an id is seldom a number, and an order without one has no other name.
            if by_id is not None and _NUMBERED not in by_id:
                return by_id
            found = await self._by("orderNumber", id, caller, also) or by_id
            if found is not None:
                return found
        raise resource_not_found(named=f"order id '{id[:_MOST_ID]}'")

    async def _by(self, name: str, value: str, caller: Caller, also: tuple[Predicate, ...]) -> str | None:
        documents, visible = self._verbs.documents, RESOURCE.visible(caller.access)
        if not caller.where and not also:
            lookup = Lookup(RESOURCE.columns.get(name, name), value)
            return await documents.body(caller.access.shard, RESOURCE.type_id, lookup, visible)
        request = PageRequest((Compare(name, "=", value), *caller.where, *also), limit=1, with_total=False)
        bodies, _ = await documents.page(_ORDERS, caller.access.shard, request, visible)
        return bodies[0] if bodies else None

    async def shown(self, id: str, caller: Caller) -> tuple[KeptOrder, Any]:
        """An order, and how it is shown as plain JSON that was read: its numbers are compared with numbers that were sent."""
        body = await self._body(id, caller)
        (shown,) = await self._shown([body], caller)
        return decoder(KeptOrder).decode(body), plain(shown)

    async def answer(self, order: KeptOrder, caller: Caller) -> Answer:
        """One order as it is shown to the caller, one that nobody stored as well."""
        (shown,) = await self._shown([encode(order).decode()], caller)
        return Answer(200, shown)

    async def history(self, order: KeptOrder, caller: Caller) -> tuple[Passed, ...]:
        """The statuses of an order."""
        bodies = await self._verbs.documents.told(caller.access.shard, [order.id], TOLD_IN, MOST_CHANGES)
        return passed(states_of(order), order.created_at, map(plain, bodies))

    async def _shown(self, bodies: list[str], caller: Caller, fields: tuple[str, ...] = ()) -> list[bytes]:
        """What is shown of stored orders. Those that are shown as a whole are remembered."""
        keys = [] if fields else [Memory.key(caller.tenant, caller.customer, body) for body in bodies]
        known = {place: found for place, key in enumerate(keys) if (found := self._memory.get(key)) is not None}
        if len(known) == len(bodies) and not any(found.ids for found in known.values()):
            # There are no payments that could have changed.
            return [known[place].bytes for place in range(len(bodies))]
        orders = await self._read(bodies, [place for place in range(len(bodies)) if place not in known])
        ids = {place: found.ids for place, found in known.items()}
        if not fields or names("payments", fields):
            ids |= {place: payment_ids(order) for place, order in orders.items()}
        payments = await self._payments([id for each in ids.values() for id in each], caller)
        paid = {place: [payments[id] for id in each if id in payments] for place, each in ids.items()}
        prints = {place: tuple(map(hash, each)) for place, each in paid.items()}
        paid_since = [place for place, found in known.items() if found.payments != prints[place]]
        if paid_since:
            orders |= await self._read(bodies, paid_since)
        changed = {} if fields and not names("lastStatusChange", fields) else await self._changes(orders.values(), caller)

        def shown(place: int) -> bytes:
            order = orders.get(place)
            if order is None:
                return known[place].bytes
            beside = Beside(
                tenant=caller.tenant,
                payments=tuple(map(decoder(Payment).decode, paid.get(place, ()))),
                last_status_change=changed.get(order["id"]),
                for_customer=caller.customer,
            )
            made = encode(rendered_json(order, beside, fields))
            if keys:
                self._memory.put(keys[place], Shown(made, ids[place], prints[place]))
            return made

        return await each_in_slices(shown, range(len(bodies)))

    async def _read(self, bodies: Sequence[str], places: Sequence[int]) -> dict[int, Json]:
        """Some of the orders as plain JSON, by their places."""
        return dict(zip(places, await each_in_slices(lambda place: in_force_json(bodies[place]), places), strict=True))

    async def _payments(self, ids: Sequence[str], caller: Caller) -> dict[str, str]:
        """The bodies of payments, whoever made them: they are shown as parts of orders."""
        if not ids:
            return {}
        found = await self._verbs.documents.visible_bodies(caller.access.shard, ids, {})
        return {id: body for id, (type_id, body) in found.items() if type_id == PAYMENT.type_id}

    async def _changes(self, orders: Iterable[Json], caller: Caller) -> dict[str, DateTime]:
        """When the status of orders changed last, where that was after they were made."""
        changed = [order for order in orders if order["version"] > 1]
        if not changed:
            return {}
        ids = [order["id"] for order in changed]
        told: dict[str, list[Any]] = {id: [] for id in ids}
        for body in await self._verbs.documents.told(caller.access.shard, ids, TOLD_IN, _MOST_IN_LIST):
            message = plain(body)
            told[message["resource"]["id"]].append(message)
        return {order["id"]: passed(states_in(order), order["createdAt"], told[order["id"]])[-1].timestamp for order in changed}


def transitions_answer(order: KeptOrder, history: Sequence[Passed]) -> Answer:
    """A history as it is answered. It is not told who made a move."""
    metadata = {
        "version": len(history) - 1,
        "createdAt": history[0].timestamp,
        "modifiedAt": history[-1].timestamp,
    }
    return json_answer(200, {"transitions": list(history), "metadata": metadata})
