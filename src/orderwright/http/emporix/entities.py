"""The orders of a legal entity, which is a business unit of the house: for those who are assigned to it."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.auth.principal import Principal
from orderwright.domain.business_unit.model import BusinessUnit, members_of
from orderwright.domain.business_unit.permissions import associate_of, wanted_roles
from orderwright.emporix.asking import where_field
from orderwright.engine.references import Wanted
from orderwright.errors import unauthorized
from orderwright.http.emporix.guard import Caller, Guard
from orderwright.http.emporix.reading import Orders
from orderwright.http.wire.exchange import Answer, Request
from orderwright.verbs.verbs import Verbs

SCOPE = "order.order_read_le"
PERMITTED = "ViewOthersOrders"
_MOST_KEY = 256


class EntityOrders:
    """What an assigned customer reads of the orders of an entity, whoever made them."""

    def __init__(self, verbs: Verbs, guard: Guard, orders: Orders) -> None:
        self._verbs = verbs
        self._guard = guard
        self._orders = orders

    async def list(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: a page."""
        caller = await self._assigned(request, *names)
        question = await self._orders.asked(request.query, caller, where_field("legalEntityId", names[1]))
        return await self._orders.page(question, caller)

    async def read(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: one order."""
        caller = await self._assigned(request, *names[:2])
        return await self._orders.answer(await self._orders.one(names[2], caller, where_field("legalEntityId", names[1])), caller)

    async def _assigned(self, request: Request, tenant: str, entity: str) -> Caller:
        """The customer, who is not confined to what is her own. Raises 403 for one who is not assigned to the entity, or has
        neither the scope nor a role there that lets her view the orders of others."""
        caller, principal = await self._guard.customer(request, tenant)
        if principal.customer_id is not None and await self._may_view(entity, principal.customer_id, caller, principal):
            return replace(caller, access=replace(caller.access, customer_id=None), shopper=True)
        raise unauthorized(f"You may not view the orders of the legal entity '{entity[:_MOST_KEY]}'.")

    async def _may_view(self, entity: str, customer: str, caller: Caller, principal: Principal) -> bool:
        if len(entity) > _MOST_KEY or not entity.isprintable():
            return False
        access = replace(caller.access, customer_id=None)
        wanted = Wanted("business-unit", "key", entity)
        unit = (await self._verbs.facts(access, [wanted])).look_up(wanted)
        if not isinstance(unit, BusinessUnit) or customer not in members_of(unit):
            return False
        if SCOPE in principal.scopes:
            return True
        facts = await self._verbs.facts(access, list(wanted_roles(unit, customer)))
        return PERMITTED in associate_of(unit, customer, facts).permissions
