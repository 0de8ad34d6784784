"""The legal entities that a customer acts for: business units of which she is an associate, there or by one above."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from orderwright.domain.business_unit.model import BusinessUnit, members_of
from orderwright.domain.business_unit.resource import RESOURCE
from orderwright.engine.access import EVERYTHING, Access
from orderwright.engine.json.codec import decoder
from orderwright.engine.references import Wanted
from orderwright.errors import ApiError, unauthorized
from orderwright.http.api.endpoints import collection_of, taken_from
from orderwright.predicates.sort import Sort
from orderwright.predicates.tree import Compare
from orderwright.storage.queries.queries import PageRequest
from orderwright.verbs.verbs import Verbs

_MOST_KEY: Final = 256
_OLDEST_FIRST: Final = (Sort(("createdAt",)),)
_UNITS: Final = collection_of(RESOURCE)


async def unit_of(verbs: Verbs, access: Access, entity: str, customer: str) -> BusinessUnit | None:
    """The legal entity of this id, if the customer acts for it."""
    if not 0 < len(entity) <= _MOST_KEY or not entity.isprintable():
        return None
    wanted = Wanted("business-unit", "key", entity)
    unit = (await verbs.facts(replace(access, customer_id=None), [wanted])).look_up(wanted)
    return unit if isinstance(unit, BusinessUnit) and customer in members_of(unit) else None


async def units_of(verbs: Verbs, access: Access, customer: str, page: PageRequest) -> tuple[list[BusinessUnit], int]:
    """A page of those of a customer, the oldest first if nothing else is asked, and how many there are. So, and without
    conditions, it is read from the list of hers and costs what it shows."""
    page = replace(page, where=(Compare("memberIds", "=", customer), *page.where), sort=page.sort or _OLDEST_FIRST)
    bodies, total = await verbs.documents.page(_UNITS, access.shard, page, EVERYTHING)
    return [decoder(BusinessUnit).decode(body) for body in taken_from(bodies)], total or 0


def not_assigned(entity: str) -> ApiError:
    """403 for an entity that is not hers, and for one that there is not."""
    return unauthorized(f"The customer is not assigned to the legal entity '{entity[:_MOST_KEY]}'.")
