"""What a customer tells the world: the own fields of her Messages. None ever holds a password."""

from __future__ import annotations

from datetime import date

from orderwright.domain.custom.address_book import AddressRole
from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.messages import custom_messages
from orderwright.domain.customer.model import Customer, CustomerGroupAssignment
from orderwright.engine.messages import Message
from orderwright.engine.model import KeyReference, Reference, always
from orderwright.engine.scalars import DateTime, Id


class CustomerCreated(Message):
    """A customer was made."""

    customer: Customer


class CustomerDeleted(Message):
    """A customer was deleted."""

    email: str | None = None


class CustomerAddressAdded(Message):
    """An address, with the id that it got."""

    address: Address


class CustomerAddressChanged(Message):
    """An address as it is now, and what it is used for."""

    address: Address
    address_roles: tuple[AddressRole, ...] = always(())


class CustomerAddressRemoved(CustomerAddressChanged):
    """An address as it was, and what it was used for."""


class CustomerShippingAddressAdded(CustomerAddressAdded):
    """An address became one to ship to."""


class CustomerShippingAddressRemoved(CustomerAddressAdded):
    """An address is no longer one to ship to."""


class CustomerBillingAddressAdded(CustomerAddressAdded):
    """An address became one to bill."""


class CustomerBillingAddressRemoved(CustomerAddressAdded):
    """An address is no longer one to bill."""


class CustomerDefaultShippingAddressSet(Message):
    """Where goods go unless told otherwise; absent where that was taken back."""

    address: Address | None = None


class CustomerDefaultBillingAddressSet(CustomerDefaultShippingAddressSet):
    """As `CustomerDefaultShippingAddressSet`, for invoices."""


class CustomerEmailChanged(Message):
    """The email, and the one before."""

    email: str
    old_email: str


class CustomerFirstNameSet(Message):
    """The first name; absent where it was removed."""

    first_name: str | None = None


class CustomerLastNameSet(Message):
    """The last name; absent where it was removed."""

    last_name: str | None = None


class CustomerTitleSet(Message):
    """The title; absent where it was removed."""

    title: str | None = None


class CustomerCompanyNameSet(Message):
    """The company's name; absent where it was removed."""

    company_name: str | None = None


class CustomerDateOfBirthSet(Message):
    """The date of birth; absent where it was removed."""

    date_of_birth: date | None = None


class CustomerExternalIdSet(Message):
    """What another system calls the customer; absent where it was removed."""

    external_id: str | None = None


class CustomerGroupSet(Message):
    """The customer group; absent where it was removed."""

    customer_group: Reference | None = None


class CustomerGroupAssignmentAdded(Message):
    """A customer group more."""

    customer_group_assignment: CustomerGroupAssignment


class CustomerGroupAssignmentRemoved(CustomerGroupAssignmentAdded):
    """A customer group less."""


class CustomerGroupAssignmentsSet(Message):
    """The customer groups, and those before."""

    customer_group_assignments: tuple[CustomerGroupAssignment, ...] = always(())
    old_customer_group_assignments: tuple[CustomerGroupAssignment, ...] = always(())


class CustomerStoresSet(Message):
    """The customer's stores, and those before."""

    stores: tuple[KeyReference, ...] = always(())
    old_stores: tuple[KeyReference, ...] = always(())


class CustomerEmailVerified(Message):
    """The customer has shown that the email is hers."""


class CustomerPasswordUpdated(Message):
    """The password is another; `reset` tells whether by a token or by the one before."""

    reset: bool


class CustomerEmailTokenCreated(Message):
    """A token to verify the email with; its value only where it is valid for an hour at most."""

    customer_id: Id
    expires_at: DateTime
    value: str | None = None
    invalidate_older_tokens: bool


class CustomerPasswordTokenCreated(CustomerEmailTokenCreated):
    """As `CustomerEmailTokenCreated`, to reset the password with."""


CUSTOMER_CUSTOM = custom_messages("Customer")
ADDRESS_CUSTOM = custom_messages("CustomerAddress", named={"address_id": str})
