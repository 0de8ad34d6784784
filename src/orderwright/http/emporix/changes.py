"""Changes of an order in this dialect: merged into it (PATCH), or in its place (PUT)."""

from __future__ import annotations

from orderwright.domain.order.kept import KeptOrder, kept
from orderwright.emporix.bodies import read_body
from orderwright.emporix.changing.adding import added_entry, wanted_product
from orderwright.emporix.changing.merging import changes, read_change
from orderwright.emporix.changing.recalculating import Delivery, Wishes, recalculated
from orderwright.emporix.changing.splitting import BY, Split, SplitBy, parts_of
from orderwright.emporix.changing.wished import wishes_of, without_figures
from orderwright.emporix.drafts import Draft
from orderwright.emporix.resource import RESOURCE
from orderwright.emporix.restricting import MEMBER as RESTRICTION
from orderwright.emporix.restricting import check_own, said
from orderwright.emporix.table.places import Json
from orderwright.engine.json.codec import decode_body, decoder
from orderwright.engine.model import Action
from orderwright.errors import ApiError, required_field
from orderwright.http.api.query import boolean
from orderwright.http.emporix.guard import Caller
from orderwright.http.emporix.reading import Orders
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.again import again, conflicts
from orderwright.verbs.verbs import Verbs


class Changes:
    """Answers requests that change more of an order than its status."""

    def __init__(self, verbs: Verbs, orders: Orders) -> None:
        self._verbs = verbs
        self._orders = orders

    async def make(self, request: Request, id: str, caller: Caller, *, whole: bool) -> Answer:
        """204. Where the body names a version, that must be the order's; where it does not, the change is tried again as long as
        other requests come between."""
        recalculating = boolean(request.query, "recalculate", False)
        body = read_change((await request.with_body()).body)
        sent = without_figures(body) if recalculating else body
        restricts = whole or RESTRICTION in sent

        async def once() -> None:
            order, shown = await self._orders.shown(id, caller)
            change = sent
            if restricts:
                facts = await self._verbs.facts(caller.access, ())
                told = sent.get(RESTRICTION), shown.get("siteCode")
                check_own(*told, caller.restrictions, facts)
                change = {**sent, RESTRICTION: said(*told, facts.project)}
            actions: tuple[Action, ...] = changes(order, shown, change, whole=whole)
            if whole and not body.get("entries"):
                # It was meant to be merged: as it is, it would take away what it leaves out.
                raise required_field("entries")
            if recalculating:
                # What is kept beside the figures is kept anew before they are.
                wishes = wishes_of(body, shown)
                actions = (*actions, recalculated(order, shown, wishes.resizing(await self._added(wishes, order, caller))))
            if actions:
                await self._verbs.update(RESOURCE, Lookup("id", order.id), order.version, actions, caller.access)

        metadata = sent.get("metadata")
        versioned = isinstance(metadata, dict) and metadata.get("version") is not None
        await again(once, _never if versioned else conflicts)
        return Answer(204)

    async def split(self, request: Request, id: str, caller: Caller) -> Answer:
        """200 with the ids of the sub orders, which are made in one write with the change of the order."""
        decode_body(SplitBy, (await request.with_body()).body)

        async def once() -> tuple[KeptOrder, tuple[Draft, ...]]:
            order, shown = await self._orders.shown(id, caller)
            parts = parts_of(order, shown)
            actions = (Split(parts=parts),)
            body = await self._verbs.update(RESOURCE, Lookup("id", order.id), order.version, actions, caller.access)
            return decoder(KeptOrder).decode(body), parts

        master, parts = await again(once, conflicts)
        ids: list[str] = (kept(master) or {})["subOrders"]
        told = []
        for sub, part in zip(ids, parts, strict=True):
            unique = part.sent["splitInfo"].get("uniqueValue")
            told.append({"id": sub} if unique is None else {"id": sub, "uniqueValue": unique})
        return json_answer(200, {"masterOrder": master.order_number or master.id, "splitBy": BY, "subOrders": told})

    async def recalculate(self, request: Request, id: str, caller: Caller, *, ordered: bool) -> Answer:
        """200 with the order as it is with other amounts of its entries: as they are `ordered`, which is stored only where
        `store=true` asks for it, or as they were delivered, which always is."""
        stored = boolean(request.query, "store", False) if ordered else True
        wishes: Wishes | Delivery = read_body(Wishes if ordered else Delivery, (await request.with_body()).body)[0]

        async def once() -> KeptOrder:
            order, shown = await self._orders.shown(id, caller)
            resizing = (
                wishes.resizing(await self._added(wishes, order, caller)) if isinstance(wishes, Wishes) else wishes.resizing
            )
            action = recalculated(order, shown, resizing)
            if not stored:
                facts = await self._verbs.facts(caller.access, list(action.wants_on(order)))
                preview: KeptOrder = RESOURCE.actions.apply(order, (action,), facts).after
                return preview
            body = await self._verbs.update(RESOURCE, Lookup("id", order.id), order.version, (action,), caller.access)
            after: KeptOrder = decoder(KeptOrder).decode(body)
            return after

        return await self._orders.answer(await again(once, conflicts), caller)

    async def _added(self, wishes: Wishes, order: KeptOrder, caller: Caller) -> list[Json]:
        """The entries that are added to an order, at the prices of now."""
        products = wishes.products
        if not products:
            return []
        wanted = dict.fromkeys(wanted for product, _ in products for wanted in wanted_product(product, order))
        facts = await self._verbs.facts(caller.access, list(wanted))
        return [added_entry(product, quantity, order, facts) for product, quantity in products if quantity]


def _never(_error: ApiError) -> bool:
    return False
