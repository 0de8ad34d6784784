"""What a business unit tells the world: the own fields of its Messages."""

from __future__ import annotations

from orderwright.domain.business_unit.model import (
    ApprovalRuleMode,
    Associate,
    AssociateMode,
    BusinessUnit,
    Status,
    StoreMode,
    UnitType,
)
from orderwright.domain.custom.address_book import AddressRole
from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.messages import custom_messages
from orderwright.domain.customer.model import CustomerGroupAssignment
from orderwright.engine.messages import Message
from orderwright.engine.model import KeyReference, always


class BusinessUnitCreated(Message):
    """A business unit was made."""

    business_unit: BusinessUnit


class BusinessUnitDeleted(Message):
    """A business unit was deleted."""


class BusinessUnitNameChanged(Message):
    """The name."""

    name: str


class BusinessUnitContactEmailSet(Message):
    """The email; absent where it was removed."""

    contact_email: str | None = None


class BusinessUnitStatusChanged(Message):
    """The status. The member is called `active` and holds it."""

    active: Status


class BusinessUnitAddressAdded(Message):
    """An address, with the id that it got."""

    address: Address


class BusinessUnitAddressChanged(Message):
    """An address as it is now, and what it is used for."""

    address: Address
    address_roles: tuple[AddressRole, ...] = always(())


class BusinessUnitAddressRemoved(BusinessUnitAddressChanged):
    """An address as it was, and what it was used for."""


class BusinessUnitShippingAddressAdded(BusinessUnitAddressAdded):
    """An address became one to ship to."""


class BusinessUnitShippingAddressRemoved(BusinessUnitAddressAdded):
    """An address is no longer one to ship to."""


class BusinessUnitBillingAddressAdded(BusinessUnitAddressAdded):
    """An address became one to bill."""


class BusinessUnitBillingAddressRemoved(BusinessUnitAddressAdded):
    """An address is no longer one to bill."""


class BusinessUnitDefaultShippingAddressSet(Message):
    """Where goods go unless told otherwise; absent where that was taken back."""

    address: Address | None = None


class BusinessUnitDefaultBillingAddressSet(BusinessUnitDefaultShippingAddressSet):
    """As `BusinessUnitDefaultShippingAddressSet`, for invoices."""


class BusinessUnitAssociateAdded(Message):
    """An associate more."""

    associate: Associate


class BusinessUnitAssociateChanged(BusinessUnitAssociateAdded):
    """An associate as he is now."""


class BusinessUnitAssociateRemoved(BusinessUnitAssociateAdded):
    """An associate as he was."""


class BusinessUnitAssociatesSet(Message):
    """All the associates."""

    associates: tuple[Associate, ...] = always(())


class BusinessUnitAssociateModeChanged(Message):
    """Whether associates are inherited."""

    associate_mode: AssociateMode
    old_associate_mode: AssociateMode


class BusinessUnitApprovalRuleModeChanged(Message):
    """Whether approval rules are inherited."""

    approval_rule_mode: ApprovalRuleMode
    old_approval_rule_mode: ApprovalRuleMode | None = None


class BusinessUnitStoreAdded(Message):
    """A store more."""

    store: KeyReference


class BusinessUnitStoreRemoved(BusinessUnitStoreAdded):
    """A store less."""


class BusinessUnitStoresSet(Message):
    """All the stores."""

    stores: tuple[KeyReference, ...] = always(())


class BusinessUnitStoreModeChanged(Message):
    """Whether stores are inherited, and the unit's own ones."""

    stores: tuple[KeyReference, ...] = always(())
    store_mode: StoreMode
    old_stores: tuple[KeyReference, ...] = always(())
    old_store_mode: StoreMode


class BusinessUnitCustomerGroupAssignmentAdded(Message):
    """A customer group more."""

    customer_group_assignment: CustomerGroupAssignment


class BusinessUnitCustomerGroupAssignmentRemoved(BusinessUnitCustomerGroupAssignmentAdded):
    """A customer group less."""


class BusinessUnitCustomerGroupAssignmentsSet(Message):
    """The customer groups, and those before."""

    customer_group_assignments: tuple[CustomerGroupAssignment, ...] = always(())
    old_customer_group_assignments: tuple[CustomerGroupAssignment, ...] = always(())


class BusinessUnitParentChanged(Message):
    """The unit that this one is below, and the one before."""

    old_parent_unit: KeyReference | None = None
    new_parent_unit: KeyReference | None = None


class BusinessUnitTypeSet(Message):
    """What the unit is now, and what it was."""

    parent_unit: KeyReference | None = None
    old_parent_unit: KeyReference | None = None
    unit_type: UnitType
    old_unit_type: UnitType


class BusinessUnitTopLevelUnitSet(Message):
    """The company that the unit belongs to, and the one before."""

    top_level_unit: KeyReference
    old_top_level_unit: KeyReference


UNIT_CUSTOM = custom_messages("BusinessUnit", before="old")
ADDRESS_CUSTOM = custom_messages("BusinessUnitAddress", before="old", named={"address_id": str})
