"""A unit's name, email and status, its customer groups, its custom fields, and whether it inherits approval rules."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.business_unit import messages
from orderwright.domain.business_unit.actions.registry import actions
from orderwright.domain.business_unit.create import check_company
from orderwright.domain.business_unit.model import ApprovalRuleMode, BusinessUnit
from orderwright.domain.custom.address_book import address_row
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.customer.actions.groups import group_assignment_actions
from orderwright.domain.customer.drafts import CustomerGroupAssignmentDraft
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action


class ChangeApprovalRuleMode(Action):
    """Whether approval rules are inherited. There are none yet: the mode is kept for when there are."""

    approval_rule_mode: ApprovalRuleMode


class SetCustomerGroupAssignments(Action):
    """All the customer groups; left out, there are none."""

    customer_group_assignments: tuple[CustomerGroupAssignmentDraft, ...] | None = None


actions.setters("changeName", tells=lambda _before, after: messages.BusinessUnitNameChanged(name=after.name))
actions.setters("changeStatus", tells=lambda _before, after: messages.BusinessUnitStatusChanged(active=after.status))
actions.setters(
    "setContactEmail", tells=lambda _before, after: messages.BusinessUnitContactEmailSet(contact_email=after.contact_email)
)
custom_field_rows(actions, root("business-unit", messages.UNIT_CUSTOM), address_row(messages.ADDRESS_CUSTOM))
group_assignment_actions(
    actions,
    messages.BusinessUnitCustomerGroupAssignmentAdded,
    messages.BusinessUnitCustomerGroupAssignmentRemoved,
    messages.BusinessUnitCustomerGroupAssignmentsSet,
    SetCustomerGroupAssignments,
)


@actions.handles
def change_approval_rule_mode(unit: BusinessUnit, action: ChangeApprovalRuleMode, _facts: Facts) -> Change[BusinessUnit]:
    """Raises `InvalidOperation` for a company that is to inherit."""
    mode = action.approval_rule_mode
    if mode == unit.approval_rule_mode:
        return Change(unit)
    after = replace(unit, approval_rule_mode=mode)
    if unit.unit_type == "Company":
        check_company(after)
    told = messages.BusinessUnitApprovalRuleModeChanged(approval_rule_mode=mode, old_approval_rule_mode=unit.approval_rule_mode)
    return Change(after, told)
