"""A customer: who she is, where she lives, and the stores that know her."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.fields import CustomFields
from orderwright.engine.model import Resource, Value, always
from orderwright.engine.references import CustomerGroupReference, StoreReference
from orderwright.engine.scalars import Id, Key, Locale, Text

AuthenticationMode = Literal["Password", "ExternalAuth"]
# Addresses are not checked for form: there are shops whose customers have none.
Email = Annotated[str, Meta(min_length=1, max_length=320)]
CustomerNumber = Annotated[str, Meta(min_length=1, max_length=256)]
MASKED_PASSWORD: Final = "****aGg="  # noqa: S105 - what every customer with a password shows in its place
"""What a document shows where a customer has a password. It is the same for all, so that it tells nothing."""


class CustomerGroupAssignment(Value):
    """A customer group that the customer belongs to."""

    customer_group: CustomerGroupReference


class Customer(Resource):
    """A customer as stored and served. One of no stores is global; one of stores exists in these only."""

    key: Key | None = None
    customer_number: CustomerNumber | None = None
    external_id: Text | None = None
    email: Email
    password: str | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    middle_name: Text | None = None
    title: Text | None = None
    date_of_birth: date | None = None
    company_name: Text | None = None
    vat_id: Text | None = None
    addresses: tuple[Address, ...] = always(())
    default_shipping_address_id: Id | None = None
    shipping_address_ids: tuple[Id, ...] = always(())
    default_billing_address_id: Id | None = None
    billing_address_ids: tuple[Id, ...] = always(())
    is_email_verified: bool
    customer_group: CustomerGroupReference | None = None
    customer_group_assignments: tuple[CustomerGroupAssignment, ...] = always(())
    custom: CustomFields | None = None
    locale: Locale | None = None
    salutation: Text | None = None
    stores: tuple[StoreReference, ...] = always(())
    authentication_mode: AuthenticationMode


class QueriedCustomer(Customer):
    """A customer as predicates see her. `lowercaseEmail` is never served; it finds an email however it was written."""

    lowercase_email: str


def queried(customer: Customer) -> QueriedCustomer:
    """The copy of a customer that queries look at."""
    members: dict[str, Any] = {name: getattr(customer, name) for name in customer.__struct_fields__}
    return QueriedCustomer(**members, lowercase_email=customer.email.lower())


def email_claim(email: str, store_key: str | None) -> str:
    """The value that only one customer may hold: an email without regard to case, within a store or among global customers."""
    # No key of a store is empty or holds a slash, so that the two kinds never meet.
    return f"{store_key or ''}/{email.casefold()}"


def email_claims(customer: Customer) -> Iterator[tuple[str, str]]:
    """The claims on a customer's email: one for a global customer, otherwise one for each store."""
    if not customer.stores:
        yield "email", email_claim(customer.email, None)
    for store in customer.stores:
        yield "email", email_claim(customer.email, store.key)
