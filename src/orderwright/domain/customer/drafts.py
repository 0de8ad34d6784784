"""Customers as they are sent."""

from __future__ import annotations

from datetime import date

from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.customer.model import AuthenticationMode, CustomerNumber, Email
from orderwright.engine.model import Value
from orderwright.engine.references import CartIdentifier, CustomerGroupIdentifier, StoreIdentifier
from orderwright.engine.scalars import Id, Key, Locale, Secret, Text


class CustomerGroupAssignmentDraft(Value):
    """A customer group to belong to."""

    customer_group: CustomerGroupIdentifier


class CustomerProfile(Value):
    """What a customer may tell of herself. The default addresses are indices of `addresses`."""

    email: Email
    first_name: Text | None = None
    last_name: Text | None = None
    middle_name: Text | None = None
    title: Text | None = None
    salutation: Text | None = None
    date_of_birth: date | None = None
    company_name: Text | None = None
    vat_id: Text | None = None
    addresses: tuple[AddressDraft, ...] = ()
    default_shipping_address: int | None = None
    default_billing_address: int | None = None
    custom: CustomFieldsDraft | None = None
    locale: Locale | None = None
    stores: tuple[StoreIdentifier, ...] | None = None


class MyCustomerDraft(CustomerProfile):
    """A customer who signs herself up. When `create` sees it, its password is a hash."""

    password: Secret


class CustomerDraft(CustomerProfile):
    """A customer whom the shop makes. When `create` sees it, its password is a hash."""

    key: Key | None = None
    customer_number: CustomerNumber | None = None
    external_id: Text | None = None
    password: Secret | None = None
    anonymous_cart_id: Id | None = None
    anonymous_cart: CartIdentifier | None = None
    anonymous_id: Text | None = None
    shipping_addresses: tuple[int, ...] = ()
    billing_addresses: tuple[int, ...] = ()
    is_email_verified: bool = False
    customer_group: CustomerGroupIdentifier | None = None
    customer_group_assignments: tuple[CustomerGroupAssignmentDraft, ...] = ()
    authentication_mode: AuthenticationMode = "Password"
