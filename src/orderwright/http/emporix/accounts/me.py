"""The caller's own account, read and changed in the second dialect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from orderwright.domain.customer.details import BESIDE, DETAILED_ACTIONS, SET_BY, SetDetails
from orderwright.domain.customer.model import Customer
from orderwright.domain.customer.resource import RESOURCE
from orderwright.engine.json.codec import decode_body, decoder, encode
from orderwright.engine.model import Value
from orderwright.errors import concurrent_modification, invalid_json_input
from orderwright.http.emporix.accounts import legal_entities
from orderwright.http.emporix.accounts.callers import Caller, customer
from orderwright.http.emporix.accounts.details import Details, changed, members, shown
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.limits import FORM
from orderwright.http.wire.mounts import Served
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.tables import customer_details
from orderwright.verbs.again import again, conflicts

_DETAILED: Final = replace(RESOURCE, actions=DETAILED_ACTIONS)
_MEMBERS: Final = (*SET_BY, *BESIDE)
_MOST_TRIES: Final = 5


class Metadata(Value):
    """The version that a change was made of; without one it is made of whichever there is."""

    version: int | None = None


class Change(Details):
    """What she changes."""

    metadata: Metadata | None = None


def served(house: House) -> Iterator[Served]:
    """The rows of `me`. A PUT takes away what it does not name, a PATCH only what it names with null."""

    async def read(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await customer(house, request, names[0])
        entities = await legal_entities.beside(house, asked)
        return json_answer(200, shown(await _own(house, asked), await _beside(house, asked), entities))

    async def put(request: Request, names: tuple[str, ...]) -> Answer:
        return await _changed(house, request, names[0], dict.fromkeys(_MEMBERS))

    async def patch(request: Request, names: tuple[str, ...]) -> Answer:
        return await _changed(house, request, names[0], {})

    yield Served("customer/{tenant}/me", "GET", read)
    yield Served("customer/{tenant}/me", "PUT", put)
    yield Served("customer/{tenant}/me", "PATCH", patch)


async def _own(house: House, asked: Caller) -> Customer:
    lookup = Lookup("id", str(asked.principal.customer_id))
    found: Customer = decoder(Customer).decode(await house.verbs.get(RESOURCE, lookup, asked.access))
    return found


async def _beside(house: House, asked: Caller) -> dict[str, Any]:
    return await customer_details.find(house.database, asked.tenant, str(asked.principal.customer_id))


async def _changed(house: House, request: Request, tenant: str, told: dict[str, Any]) -> Answer:
    """204. Raises 400, and 409 for a version that is over."""
    asked = await customer(house, request, tenant)
    body = (await request.with_body(FORM)).body
    change = decode_body(Change, body)
    told = {**told, **_nulls(body), **{name: value for name, value in members(change).items() if name in _MEMBERS}}
    version = change.metadata.version if change.metadata else None
    actions = decode_body(DETAILED_ACTIONS.update_type(), encode({"version": 0, "actions": changed(told)})).actions
    beside = {name: told[name] for name in BESIDE if name in told}

    async def once() -> None:
        own = await _own(house, asked)
        if version not in (None, own.version):
            raise concurrent_modification(own.id, version or 0, own.version)
        every = [*actions, *([SetDetails(details=beside)] if beside else [])]
        await house.verbs.update(_DETAILED, Lookup("id", own.id), own.version, every, asked.access)

    await again(once, lambda error: version is None and conflicts(error), _MOST_TRIES)
    return Answer(204)


def _nulls(body: bytes) -> dict[str, None]:
    """The members that a body names with null."""
    found = decoder(Any).decode(body)
    if not isinstance(found, dict):
        raise invalid_json_input("Expected an object.")
    return {name: None for name in _MEMBERS if name in found and found[name] is None}
