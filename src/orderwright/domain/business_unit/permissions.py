"""What an associate may do in a business unit: her roles there, her own and inherited, and what they permit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orderwright.domain.business_unit.associate_role import AssociateRole, Permission
from orderwright.domain.business_unit.model import BusinessUnit
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference, Reference, Value, always
from orderwright.engine.references import Wanted


class BusinessUnitAssociateResponse(Value):
    """An associate's roles and permissions."""

    customer: Reference
    associate_roles: tuple[AssociateRole, ...] = always(())
    inherited_associate_roles: tuple[AssociateRole, ...] = always(())
    permissions: tuple[Permission, ...] = always(())


def wanted_roles(unit: BusinessUnit, customer_id: str) -> Iterator[Wanted]:
    """The roles that must be read to tell of an associate; none for a customer who is none."""
    for key in dict.fromkeys(role.key for role in (*_own(unit, customer_id), *_inherited(unit, customer_id))):
        yield Wanted("associate-role", "key", key)


def associate_of(unit: BusinessUnit, customer_id: str, facts: Facts) -> BusinessUnitAssociateResponse:
    """What is told of an associate. Raises `ReferencedResourceNotFound` for a role that is gone."""
    own, inherited = (_roles(named, facts) for named in (_own(unit, customer_id), _inherited(unit, customer_id)))
    return BusinessUnitAssociateResponse(
        customer=Reference(type_id="customer", id=customer_id),
        associate_roles=own,
        inherited_associate_roles=inherited,
        permissions=tuple(dict.fromkeys(each for role in (*own, *inherited) for each in role.permissions)),
    )


def _own(unit: BusinessUnit, customer_id: str) -> Iterator[KeyReference]:
    for associate in unit.associates:
        if associate.customer.id == customer_id:
            yield from (assignment.associate_role for assignment in associate.associate_role_assignments)


def _inherited(unit: BusinessUnit, customer_id: str) -> Iterator[KeyReference]:
    for associate in unit.inherited_associates or ():
        if associate.customer.id == customer_id:
            yield from (assignment.associate_role for assignment in associate.associate_role_assignments)


def _roles(named: Iterable[KeyReference], facts: Facts) -> tuple[AssociateRole, ...]:
    return tuple(facts.get("associate-role", role, AssociateRole) for role in dict.fromkeys(named))
