"""What may belong to a unit, who sees it at which door, and what its associates may do."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.business_unit.units import ADA, ADMIN, BOB, BUYER, EVE, KNOWN, associate, by_key, company, division, known
from domain.changes import holds_to_specification, made, not_made
from domain.facts import facts, uid
from orderwright.domain.business_unit.naming import check_member, check_usable, seen_unit, unit_named, unit_of
from orderwright.domain.business_unit.permissions import associate_of, wanted_roles
from orderwright.domain.business_unit.resource import MINE
from orderwright.domain.shop.project.model import BusinessUnitConfiguration
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.errors import ApiError

BERLIN, PARIS = (KeyReference(type_id="store", key=key) for key in ("berlin", "paris"))
NO_STORES = company()
ACME = company(
    "acme",
    stores=[by_key("store", "berlin")],
    associates=[associate(ADA, "buyer", "admin", inherited=True), associate(BOB, "buyer")],
)
NORTH = division("north", [ACME], associates=[associate(BOB, "admin"), associate(ADA, "admin")])


def code(call: Any, *arguments: Any) -> str | None:
    """The code of the refusal, None where there is none."""
    try:
        call(*arguments)
    except ApiError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("unit", "store", "refused"),
    [
        (None, BERLIN, None),
        (NO_STORES, None, None),
        (NO_STORES, BERLIN, "InvalidOperation"),
        (ACME, BERLIN, None),
        (ACME, None, "InvalidOperation"),
        (ACME, PARIS, "InvalidOperation"),
        (NORTH, BERLIN, None),
        (NORTH, PARIS, "InvalidOperation"),
        (replace(ACME, status="Inactive"), BERLIN, "InvalidOperation"),
    ],
    ids=[
        "no unit",
        "no stores",
        "a store of none",
        "its store",
        "no store",
        "another store",
        "an inherited store",
        "none of the inherited",
        "inactive",
    ],
)
def test_what_may_belong_to_a_unit(unit: Any, store: Any, refused: str | None) -> None:
    assert code(check_usable, unit, store) == refused


def test_who_buys_for_a_unit() -> None:
    for customer_id, refused in ((ADA.id, None), (None, None), (EVE.id, "InvalidOperation")):
        assert code(check_member, NORTH, customer_id) == refused
        assert code(check_member, None, customer_id) is None


def test_which_units_a_door_shows() -> None:
    acme = ResourceIdentifier(key="acme")
    assert seen_unit(acme, known([ACME])) is ACME
    assert unit_named(None, known()) is None
    assert unit_of(None, known()) is None
    assert unit_of(ACME.reference, known([ACME], store_key="paris")) is ACME
    assert seen_unit(acme, known([ACME], store_key="berlin")) is ACME
    for at_the_door, seen in (
        ({"store_key": "paris"}, False),
        ({"customer_id": ADA.id}, True),
        ({"customer_id": EVE.id}, False),
        ({"anonymous_id": "somebody"}, False),
    ):
        here = known([ACME])
        for name, value in at_the_door.items():
            setattr(here, name, value)
        assert code(seen_unit, acme, here) == (None if seen else "ReferencedResourceNotFound"), at_the_door


def test_what_an_associate_may() -> None:
    buyer, admin = replace(BUYER, permissions=("ViewMyCarts", "CreateMyCarts")), replace(ADMIN, permissions=("CreateMyCarts",))
    roles = [(Wanted("associate-role", "key", role.key), role) for role in (buyer, admin)]
    read = facts(type(KNOWN)(1, [("project", KNOWN.project)]), found=roles)
    assert list(wanted_roles(NORTH, EVE.id)) == []
    # Ada is an admin here herself, and a buyer and an admin from above.
    assert [wanted.value for wanted in wanted_roles(NORTH, ADA.id)] == ["admin", "buyer"]
    answer = associate_of(NORTH, ADA.id, read)
    holds_to_specification("BusinessUnitAssociateResponse", answer)
    assert [role.key for role in answer.associate_roles] == ["admin"]
    assert [role.key for role in answer.inherited_associate_roles] == ["buyer", "admin"]
    assert answer.permissions == ("CreateMyCarts", "ViewMyCarts")
    # Bob's role above is not inherited.
    assert associate_of(NORTH, BOB.id, read).inherited_associate_roles == ()
    assert answer.customer.id == uid(801)


def at_her_door(role: str | None, status: str = "Active", customer_id: str | None = ADA.id) -> Facts:
    """Facts of a customer in a project that gives this role to who makes a unit."""
    given = None if role is None else KeyReference(type_id="associate-role", key=role)
    settings = BusinessUnitConfiguration(
        my_business_unit_status_on_creation="Inactive" if status == "Inactive" else "Active",
        my_business_unit_associate_role_on_creation=given,
    )
    read = facts(type(KNOWN)(1, [("project", replace(KNOWN.project, business_units=settings))]))
    read.customer_id = customer_id
    return read


def test_a_customer_s_own_company() -> None:
    draft = {"key": "acme", "name": "Acme", "unitType": "Company", "contactEmail": "a@example.com"}
    for status in ("Active", "Inactive"):
        unit = made(MINE, draft, at_her_door("buyer", status))
        (first,) = unit.associates
        assert (unit.status, unit.contact_email, first.customer.id) == (status, "a@example.com", ADA.id)
        assert [(each.associate_role.key, each.inheritance) for each in first.associate_role_assignments] == [
            ("buyer", "Disabled")
        ]
    not_made("InvalidOperation", MINE, draft, at_her_door(None))
    not_made("InvalidOperation", MINE, draft, facts())
    error = not_made("InvalidField", MINE, {**draft, "unitType": "Division"}, at_her_door("buyer"))
    assert error.fields["allowedValues"] == ["Company"]
    not_made("InvalidJsonInput", MINE, {**draft, "parentUnit": {"key": "above"}}, at_her_door("buyer"))
