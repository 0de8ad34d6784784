"""The customer groups that a customer belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from orderwright.domain.customer import messages
from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.drafts import CustomerGroupAssignmentDraft
from orderwright.domain.customer.model import Customer, CustomerGroupAssignment
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Reference, Resource
from orderwright.engine.references import CustomerGroupIdentifier


class SetCustomerGroup(Action):
    """The customer group; without one, it is removed."""

    customer_group: CustomerGroupIdentifier | None = None


class AddCustomerGroupAssignment(Action):
    """A customer group more."""

    customer_group_assignment: CustomerGroupAssignmentDraft


class RemoveCustomerGroupAssignment(Action):
    """A customer group less."""

    customer_group: CustomerGroupIdentifier


class SetCustomerGroupAssignments(Action):
    """All the customer groups."""

    customer_group_assignments: tuple[CustomerGroupAssignmentDraft, ...]


def assignment_to(group: CustomerGroupIdentifier, facts: Facts) -> CustomerGroupAssignment:
    """Raises `ReferencedResourceNotFound`."""
    id = facts.get("customer-group", group, Resource).id
    return CustomerGroupAssignment(customer_group=Reference(type_id="customer-group", id=id))


def assignments_from(drafts: Iterable[CustomerGroupAssignmentDraft], facts: Facts) -> tuple[CustomerGroupAssignment, ...]:
    """Each group once. Raises `ReferencedResourceNotFound`."""
    return tuple(dict.fromkeys(assignment_to(draft.customer_group, facts) for draft in drafts))


@actions.handles
def set_customer_group(customer: Customer, action: SetCustomerGroup, facts: Facts) -> Change[Customer]:
    """Raises `ReferencedResourceNotFound`."""
    group = facts.reference("customer-group", action.customer_group)
    if group == customer.customer_group:
        return Change(customer)
    return Change(replace(customer, customer_group=group), messages.CustomerGroupSet(customer_group=group))


@actions.handles
def add_customer_group_assignment(customer: Customer, action: AddCustomerGroupAssignment, facts: Facts) -> Change[Customer]:
    """A group that the customer belongs to already changes nothing. Raises `ReferencedResourceNotFound`."""
    added = assignment_to(action.customer_group_assignment.customer_group, facts)
    held = customer.customer_group_assignments
    if added in held:
        return Change(customer)
    told = messages.CustomerGroupAssignmentAdded(customer_group_assignment=added)
    return Change(replace(customer, customer_group_assignments=(*held, added)), told)


@actions.handles
def remove_customer_group_assignment(customer: Customer, action: RemoveCustomerGroupAssignment, facts: Facts) -> Change[Customer]:
    """A group that the customer does not belong to changes nothing. Raises `ReferencedResourceNotFound`."""
    removed = assignment_to(action.customer_group, facts)
    left = tuple(held for held in customer.customer_group_assignments if held != removed)
    if left == customer.customer_group_assignments:
        return Change(customer)
    told = messages.CustomerGroupAssignmentRemoved(customer_group_assignment=removed)
    return Change(replace(customer, customer_group_assignments=left), told)


@actions.handles
def set_customer_group_assignments(customer: Customer, action: SetCustomerGroupAssignments, facts: Facts) -> Change[Customer]:
    """Replaces the list. Raises `ReferencedResourceNotFound`."""
    wanted, held = assignments_from(action.customer_group_assignments, facts), customer.customer_group_assignments
    if wanted == held:
        return Change(customer)
    told = messages.CustomerGroupAssignmentsSet(customer_group_assignments=wanted, old_customer_group_assignments=held)
    return Change(replace(customer, customer_group_assignments=wanted), told)
