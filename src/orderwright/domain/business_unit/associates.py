"""The associates of a unit: customers, each in some roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from orderwright.domain.business_unit.associate_role import AssociateRole
from orderwright.domain.business_unit.drafts import MAX_ASSOCIATES, MAX_ROLES, AssociateDraft, AssociateRoleAssignmentDraft
from orderwright.domain.business_unit.model import Associate, AssociateRoleAssignment, BusinessUnit
from orderwright.domain.laws.distinct import check_distinct
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference, Reference, Resource
from orderwright.engine.references import CustomerIdentifier
from orderwright.errors import invalid_operation


def associate_from(draft: AssociateDraft, facts: Facts) -> Associate:
    """The associate that a draft means. Raises `ReferencedResourceNotFound`, `DuplicateField` for a role that is given twice."""
    assignments = tuple(_assignment(each, facts) for each in draft.associate_role_assignments)
    check_distinct("associateRoleAssignments.associateRole", (each.associate_role.key for each in assignments))
    return Associate(
        associate_role_assignments=assignments,
        roles=None if draft.roles is None else tuple(dict.fromkeys(draft.roles)),
        customer=customer_reference(draft.customer, facts),
    )


def associates_from(drafts: Iterable[AssociateDraft], facts: Facts) -> tuple[Associate, ...]:
    """Raises as `associate_from` does, and `DuplicateField` for a customer who is named twice."""
    associates = tuple(associate_from(draft, facts) for draft in drafts)
    check_distinct("associates.customer", (each.customer.id for each in associates))
    return associates


def customer_reference(customer: CustomerIdentifier, facts: Facts) -> Reference:
    """Raises `ReferencedResourceNotFound`."""
    return Reference(type_id="customer", id=facts.get("customer", customer, Resource).id)


def associate_named(unit: BusinessUnit, customer: Reference) -> Associate:
    """The associate who is a customer. Raises `InvalidOperation` where there is none."""
    for each in unit.associates:
        if each.customer == customer:
            return each
    raise invalid_operation(f"The customer '{customer.id}' is no associate of the business unit '{unit.key}'.")


def check_count(associates: Sequence[Associate]) -> None:
    """Raises `InvalidOperation` for more than 2,000."""
    if len(associates) > MAX_ASSOCIATES:
        raise invalid_operation(f"A business unit can have at most {MAX_ASSOCIATES} associates.")


def made_explicit(unit: BusinessUnit) -> tuple[Associate, ...]:
    """The unit's associates with all that are inherited among them, who go on to be inherited below.

    Raises `InvalidOperation` for more than 2,000 associates, and for one who would have more than five roles.
    """
    found = {each.customer: each for each in unit.associates}
    for inherited in unit.inherited_associates or ():
        associate = found.get(inherited.customer, Associate(associate_role_assignments=(), customer=inherited.customer))
        held = {each.associate_role for each in associate.associate_role_assignments}
        roles = dict.fromkeys(each.associate_role for each in inherited.associate_role_assignments)
        added = tuple(AssociateRoleAssignment(associate_role=role, inheritance="Enabled") for role in roles if role not in held)
        assignments = (*associate.associate_role_assignments, *added)
        if len(assignments) > MAX_ROLES:
            raise invalid_operation(f"An associate can have at most {MAX_ROLES} roles in a business unit.")
        found[inherited.customer] = replace(associate, associate_role_assignments=assignments)
    associates = tuple(found.values())
    check_count(associates)
    return associates


def _assignment(draft: AssociateRoleAssignmentDraft, facts: Facts) -> AssociateRoleAssignment:
    role = facts.get("associate-role", draft.associate_role, AssociateRole)
    return AssociateRoleAssignment(
        associate_role=KeyReference(type_id="associate-role", key=role.key), inheritance=draft.inheritance
    )
