"""The orders of a legal entity, which is a business unit of the house: for those who are assigned to it."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.auth.scopes import restrictions_of
from orderwright.domain.business_unit.model import BusinessUnit
from orderwright.domain.business_unit.permissions import associate_of, wanted_roles
from orderwright.http.emporix.assigned import not_assigned, unit_of
from orderwright.http.emporix.guard import Caller, Guard
from orderwright.http.emporix.reading import Orders
from orderwright.http.wire.exchange import Answer, Request
from orderwright.verbs.verbs import Verbs

SCOPE = "order.order_read_le"
PERMITTED = "ViewOthersOrders"


class EntityOrders:
    """What an assigned customer reads of the orders of an entity, whoever made them."""

    def __init__(self, verbs: Verbs, guard: Guard, orders: Orders) -> None:
        self._verbs = verbs
        self._guard = guard
        self._orders = orders

    async def list(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: a page."""
        caller = await self._assigned(request, *names)
        return await self._orders.page(await self._orders.asked(request.query, caller), caller)

    async def read(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: one order."""
        caller = await self._assigned(request, *names[:2])
        return await self._orders.read(names[2], caller)

    async def _assigned(self, request: Request, tenant: str, entity: str) -> Caller:
        """The customer, who is confined to the entity's orders and not to her own. Raises 403 for one who is not assigned to the
        entity, acts for another one by her token, or has neither the scope nor a role there that lets her view others' orders."""
        caller, principal = await self._guard.customer(request, tenant, SCOPE)
        customer = caller.access.customer_id
        if customer is None or caller.entity not in (None, entity):
            raise not_assigned(entity)
        unit = await unit_of(self._verbs, caller.access, entity, customer)
        if unit is None:
            raise not_assigned(entity)
        scoped = restrictions_of(principal.scopes, (SCOPE,)) is not None
        if not scoped and not await self._permitted(unit, customer, caller):
            raise not_assigned(entity)
        return replace(caller, access=replace(caller.access, customer_id=None), shopper=True, entity=entity)

    async def _permitted(self, unit: BusinessUnit, customer: str, caller: Caller) -> bool:
        facts = await self._verbs.facts(replace(caller.access, customer_id=None), list(wanted_roles(unit, customer)))
        return PERMITTED in associate_of(unit, customer, facts).permissions
