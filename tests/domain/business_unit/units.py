"""Companies with divisions, as facts, with three customers, the roles `buyer` and `admin`, and two stores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from domain.changes import with_documents
from domain.facts import BERLIN, NOW, PARIS, facts, uid
from orderwright.domain.business_unit.associate_role import AssociateRole
from orderwright.domain.business_unit.model import BusinessUnit
from orderwright.domain.business_unit.resource import RESOURCE
from orderwright.domain.customer.model import Customer
from orderwright.domain.shop.customer_group import CustomerGroup
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body
from orderwright.engine.references import Wanted
from orderwright.engine.resource import as_change

BORN: dict[str, Any] = {"version": 1, "created_at": NOW, "last_modified_at": NOW}
ADA, BOB, EVE = (
    Customer(
        **BORN,
        id=uid(number),
        email=f"{name}@example.com",
        is_email_verified=False,
        authentication_mode="ExternalAuth",
    )
    for number, name in ((801, "ada"), (802, "bob"), (803, "eve"))
)
BUYER, ADMIN = (AssociateRole(**BORN, id=uid(number), key=key) for number, key in ((811, "buyer"), (812, "admin")))
VIP = CustomerGroup(**BORN, id=uid(821), key="vip", name="VIP")
KNOWN = with_documents(
    *(("customer", each) for each in (ADA, BOB, EVE)),
    *(("associate-role", each) for each in (BUYER, ADMIN)),
    ("customer-group", VIP),
    ("store", BERLIN),
    ("store", PARIS),
).catalogue


def by_key(type_id: str, key: str) -> dict[str, str]:
    return {"typeId": type_id, "key": key}


def associate(customer: Customer, *roles: str, inherited: bool = False) -> dict[str, Any]:
    """An associate as it is sent, in some roles."""
    mode = {"inheritance": "Enabled"} if inherited else {}
    assignments = [{"associateRole": by_key("associate-role", role), **mode} for role in roles]
    return {"customer": {"typeId": "customer", "id": customer.id}, "associateRoleAssignments": assignments}


def known(units: Sequence[BusinessUnit] = (), **more: Any) -> Facts:
    """Facts in which some units were read, by id, by key and as what is below each of them."""
    children: dict[str, list[BusinessUnit]] = {}
    for unit in units:
        if unit.parent_unit is not None:
            children.setdefault(unit.parent_unit.key, []).append(unit)

    def below(key: str) -> Iterator[BusinessUnit]:
        for child in children.get(key, ()):
            yield child
            yield from below(child.key)

    found: list[tuple[Wanted, Any]] = []
    for unit in units:
        found += [(Wanted("business-unit", "id", unit.id), unit), (Wanted("business-unit", "key", unit.key), unit)]
        found.append((Wanted("business-unit", "under", unit.key), tuple(below(unit.key))))
    return facts(KNOWN, found=found, **more)


def drafted(draft: dict[str, Any], units: Sequence[BusinessUnit] = (), **more: Any) -> Change[BusinessUnit]:
    """What a draft makes, some units being there."""
    body = {"name": draft["key"].title(), **draft}
    return as_change(RESOURCE.create(decode_body(RESOURCE.draft, json.dumps(body).encode()), known(units, **more)))


def company(key: str = "acme", number: int = 1000, **draft: Any) -> BusinessUnit:
    return drafted({"key": key, "unitType": "Company", **draft}, first_id=number).after


def division(key: str, above: Sequence[BusinessUnit], number: int = 2000, **draft: Any) -> BusinessUnit:
    """A division below the last of some units."""
    parent = by_key("business-unit", above[-1].key)
    return drafted({"key": key, "unitType": "Division", "parentUnit": parent, **draft}, above, first_id=number).after


def chain(*keys: str, first: int = 1, **draft: Any) -> list[BusinessUnit]:
    """A company, which the draft is of, and divisions, each below the one before. Ids begin with `first` thousand."""
    units = [company(keys[0], first * 1000, **draft)]
    for number, key in enumerate(keys[1:], first + 1):
        units.append(division(key, units, number * 1000))
    return units


def done(unit: BusinessUnit, *sent: dict[str, Any], units: Sequence[BusinessUnit] = (), **more: Any) -> Change[BusinessUnit]:
    """What actions make of a unit, some units being there, itself among them."""
    update = decode_body(RESOURCE.actions.update_type(), json.dumps({"version": 1, "actions": sent}).encode())
    return RESOURCE.actions.apply(unit, update.actions, known(units or (unit,), **more))


def below_after(change: Change[BusinessUnit]) -> dict[str, BusinessUnit]:
    """The units that change along, by key."""
    return {each.after.key: each.after for each in change.changed}


def inherited(unit: BusinessUnit) -> list[tuple[str, list[tuple[str, str]]]] | None:
    """The inherited associates: the number of each customer's id, with roles and where they come from."""
    if unit.inherited_associates is None:
        return None
    return [
        (each.customer.id, [(one.associate_role.key, one.source.key) for one in each.associate_role_assignments])
        for each in unit.inherited_associates
    ]
