"""The legal entities of the caller, for whom she may act: business units of the house, by their keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from orderwright.domain.business_unit.model import BusinessUnit
from orderwright.emporix.asking import MAX_LENGTH
from orderwright.emporix.asking import asked as paging
from orderwright.errors import invalid_input, resource_not_found
from orderwright.http.emporix.accounts.callers import Caller, customer, optional
from orderwright.http.emporix.assigned import unit_of, units_of
from orderwright.http.emporix.reading import TOTAL
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.mounts import Served
from orderwright.predicates.sort import Sort
from orderwright.predicates.tree import Compare, Predicate
from orderwright.storage.queries.queries import PageRequest

MOST_BESIDE: Final = 100
"""So many of hers are told with the customer herself, the oldest ones; all are in the list."""
_TYPES: Final = {"COMPANY": "Company", "SUBSIDIARY": "Division"}
_SORTED: Final = {
    "id": ("key",),
    "name": ("name",),
    "metadata.createdAt": ("createdAt",),
    "metadata.modifiedAt": ("lastModifiedAt",),
}
_FILTERS: Final = {"id": "key", "name": "name", "type": "unitType"}
_UNSERVED: Final = ("q", "fields", "parentId", "legalName", "registrationDate", "registrationId", "taxRegistrationNumber")


def served(house: House) -> Iterator[Served]:
    """The rows of them."""

    async def page(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await customer(house, request, names[0])
        units, total = await units_of(house.verbs, asked.access, str(asked.principal.customer_id), _page(request))
        return json_answer(200, [_shown(unit) for unit in units], (TOTAL, str(total)))

    async def one(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await customer(house, request, names[0])
        unit = await unit_of(house.verbs, asked.access, names[1], str(asked.principal.customer_id))
        if unit is None:
            raise resource_not_found(named=f"legal entity '{names[1][:200]}'")
        return json_answer(200, _shown(unit))

    yield Served("customer-management/{tenant}/legal-entities", "GET", page)
    yield Served("customer-management/{tenant}/legal-entities/{legalEntityId}", "GET", one)


async def beside(house: House, asked: Caller) -> list[dict[str, Any]]:
    """Those of a customer as they stand in what is told of herself. That she is assigned has no document of its
    own, and is named by the entity and her."""
    customer_id = str(asked.principal.customer_id)
    page = PageRequest(limit=MOST_BESIDE, with_total=False)
    units, _ = await units_of(house.verbs, asked.access, customer_id, page)
    return [{"id": unit.key, "name": unit.name, "contactAssignmentId": f"{unit.key}_{customer_id}"} for unit in units]


def _page(request: Request) -> PageRequest:
    """What is asked for. Raises 400 for a page as the orders have it, and for a parameter that is not served."""
    for name in _UNSERVED:
        if optional(request, name) is not None:
            raise invalid_input(f"Malformed parameter: {name}: Legal entities are not searched by it.")
    found = paging(tuple(pair for pair in request.query if pair[0] in ("pageNumber", "pageSize")))
    where: list[Predicate] = []
    for name, member in _FILTERS.items():
        value = optional(request, name)
        if value is not None:
            if len(value) > MAX_LENGTH or not value.isprintable():
                raise invalid_input(f"Malformed parameter: {name}: Expected a text of up to {MAX_LENGTH} characters.")
            where.append(Compare(member, "=", _TYPES.get(value, "") if name == "type" else value))
    return PageRequest(where=tuple(where), sort=_sorting(optional(request, "sort") or ""), limit=found.limit, offset=found.offset)


def _sorting(text: str) -> tuple[Sort, ...]:
    keys: list[Sort] = []
    for key in filter(None, map(str.strip, text.split(","))):
        field, _, direction = key.partition(":")
        if field not in _SORTED or direction.lower() not in ("", "asc", "desc") or len(keys) == len(_SORTED):
            raise invalid_input(f"Malformed parameter: sort: Expected some of {', '.join(_SORTED)}, each with ':desc' if any.")
        keys.append(Sort(_SORTED[field], descending=direction.lower() == "desc"))
    return tuple(keys)


def _shown(unit: BusinessUnit) -> dict[str, Any]:
    parent = {} if unit.parent_unit is None else {"parentId": unit.parent_unit.key}
    return {
        "id": unit.key,
        "name": unit.name,
        "type": "COMPANY" if unit.unit_type == "Company" else "SUBSIDIARY",
        **parent,
        "metadata": {"version": unit.version, "createdAt": unit.created_at, "modifiedAt": unit.last_modified_at},
    }
