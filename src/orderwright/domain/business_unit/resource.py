"""Business units: companies and their divisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from orderwright.domain.business_unit.actions import actions
from orderwright.domain.business_unit.create import create
from orderwright.domain.business_unit.drafts import BusinessUnitDraft
from orderwright.domain.business_unit.hierarchy import above
from orderwright.domain.business_unit.messages import BusinessUnitCreated, BusinessUnitDeleted
from orderwright.domain.business_unit.mine import MyBusinessUnitDraft, create_mine
from orderwright.domain.business_unit.model import TYPE_ID, BusinessUnit, members_of, queried
from orderwright.engine.json.codec import encode
from orderwright.engine.resource import ResourceType


def _of_store(store_key: str) -> tuple[str, str]:
    """A store sees who buys in it."""
    return "query", encode({"storeKeys": [store_key]}).decode()


def _of_member(customer_id: str) -> tuple[str, str]:
    """A customer sees the units that she acts for."""
    return "query", encode({"memberIds": [customer_id]}).decode()


def _parent(unit: BusinessUnit) -> Iterable[str]:
    return () if unit.parent_unit is None else (unit.parent_unit.key,)


RESOURCE = ResourceType(
    type_id=TYPE_ID,
    path="business-units",
    personal=True,
    model=BusinessUnit,
    draft=BusinessUnitDraft,
    actions=actions,
    create=create,
    wants=lambda _unit, found: above(found),
    owned={"store": _of_store, "customer": _of_member},
    unique=("key",),
    lookups={"key": "key"},
    listed={"parentUnit.key": _parent, "memberIds": members_of},
    lean=queried,
    created=lambda unit: BusinessUnitCreated(business_unit=unit),
    deleted=lambda _unit: BusinessUnitDeleted(),
)

# What a customer sees of the units that she acts for, and makes. What she may change there depends on her roles, which open no
# door yet.
MINE = replace(
    RESOURCE,
    draft=MyBusinessUnitDraft,
    actions=actions.only(name="MyBusinessUnit"),
    create=create_mine,
    owned={"customer": _of_member},
    verbs=("create", "query", "get", "head"),
)
