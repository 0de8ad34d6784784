"""The customer groups that a customer belongs to. Business units have the three actions on the assignments, too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from orderwright.domain.customer import messages
from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.drafts import CustomerGroupAssignmentDraft
from orderwright.domain.customer.model import Customer, CustomerGroupAssignment
from orderwright.engine.actions import ActionSet, Change, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
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


def group_assignment_actions(
    actions: ActionSet[Any],
    added: type[Message],
    removed: type[Message],
    replaced: type[Message],
    set_all: type[Action] = SetCustomerGroupAssignments,
) -> None:
    """Add the three actions to those of a kind of document, whose member `customer_group_assignments` may be absent.

    `added` and `removed` are told with the assignment, `replaced` with the assignments and those before.
    """

    def changed(document: Any, after: tuple[CustomerGroupAssignment, ...], told: Message) -> Change[Any]:
        return Change(replace(document, customer_group_assignments=after), told)

    def add(document: Any, action: AddCustomerGroupAssignment, facts: Facts) -> Change[Any]:
        """A group that is assigned already changes nothing. Raises `ReferencedResourceNotFound`."""
        new, held = assignment_to(action.customer_group_assignment.customer_group, facts), _held(document)
        if new in held:
            return Change(document)
        return changed(document, (*held, new), added(**{"customer_group_assignment": new}))

    def remove(document: Any, action: RemoveCustomerGroupAssignment, facts: Facts) -> Change[Any]:
        """A group that is not assigned changes nothing. Raises `ReferencedResourceNotFound`."""
        gone, held = assignment_to(action.customer_group, facts), _held(document)
        if gone not in held:
            return Change(document)
        left = tuple(each for each in held if each != gone)
        return changed(document, left, removed(**{"customer_group_assignment": gone}))

    def replace_all(document: Any, action: Any, facts: Facts) -> Change[Any]:
        """Replaces the list. Raises `ReferencedResourceNotFound`."""
        wanted, held = assignments_from(action.customer_group_assignments or (), facts), _held(document)
        if wanted == held:
            return Change(document)
        told = replaced(**{"customer_group_assignments": wanted, "old_customer_group_assignments": held})
        return changed(document, wanted, told)

    rows: tuple[tuple[type[Action], Handler], ...] = (
        (AddCustomerGroupAssignment, add),
        (RemoveCustomerGroupAssignment, remove),
        (set_all, replace_all),
    )
    for action, handler in rows:
        actions.add(action, handler)


def _held(document: Any) -> tuple[CustomerGroupAssignment, ...]:
    return document.customer_group_assignments or ()


group_assignment_actions(
    actions,
    messages.CustomerGroupAssignmentAdded,
    messages.CustomerGroupAssignmentRemoved,
    messages.CustomerGroupAssignmentsSet,
)
