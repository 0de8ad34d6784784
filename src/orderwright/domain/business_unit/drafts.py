"""Business units as they are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from msgspec import Meta

from orderwright.domain.business_unit.hierarchy import above
from orderwright.domain.business_unit.model import (
    ApprovalRuleMode,
    AssociateMode,
    DeprecatedRole,
    InheritanceMode,
    Status,
    StoreMode,
    UnitType,
)
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.customer.drafts import CustomerGroupAssignmentDraft
from orderwright.domain.customer.model import Email
from orderwright.engine.model import Value
from orderwright.engine.references import (
    AssociateRoleIdentifier,
    BusinessUnitIdentifier,
    CustomerIdentifier,
    StoreIdentifier,
    Wanted,
)
from orderwright.engine.scalars import Key, Text

MAX_ASSOCIATES: Final = 2_000
MAX_ROLES: Final = 5
"""As many roles as one associate can have in a unit."""


class AssociateRoleAssignmentDraft(Value):
    """A role for an associate."""

    associate_role: AssociateRoleIdentifier
    inheritance: InheritanceMode = "Disabled"


class AssociateDraft(Value):
    """A customer who is to act for the unit, and in which roles."""

    associate_role_assignments: Annotated[tuple[AssociateRoleAssignmentDraft, ...], Meta(min_length=1, max_length=MAX_ROLES)]
    roles: tuple[DeprecatedRole, ...] | None = None
    customer: CustomerIdentifier


AssociateDrafts = Annotated[tuple[AssociateDraft, ...], Meta(max_length=MAX_ASSOCIATES)]


class BusinessUnitDraft(Value):
    """A company, or a division below its parent. Modes that are left out are those of the type: a division inherits."""

    key: Key
    unit_type: UnitType
    name: Text
    parent_unit: BusinessUnitIdentifier | None = None
    status: Status = "Active"
    stores: tuple[StoreIdentifier, ...] | None = None
    store_mode: StoreMode | None = None
    contact_email: Email | None = None
    associate_mode: AssociateMode | None = None
    associates: AssociateDrafts = ()
    approval_rule_mode: ApprovalRuleMode | None = None
    addresses: tuple[AddressDraft, ...] = ()
    shipping_addresses: tuple[int, ...] = ()
    default_shipping_address: int | None = None
    billing_addresses: tuple[int, ...] = ()
    default_billing_address: int | None = None
    custom: CustomFieldsDraft | None = None
    customer_group_assignments: tuple[CustomerGroupAssignmentDraft, ...] | None = None

    def wants_on(self, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        """The units above the parent."""
        return above(found)
