"""A new customer from her draft."""

from __future__ import annotations

from typing import Any

from orderwright.domain.custom.address_book import with_drafted
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.customer.actions.groups import assignments_from
from orderwright.domain.customer.drafts import CustomerDraft, CustomerProfile, MyCustomerDraft
from orderwright.domain.customer.model import MASKED_PASSWORD, Customer
from orderwright.domain.customer.tokens import store_password
from orderwright.domain.laws.languages import check_locale
from orderwright.domain.shop.store.references import store_references
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import invalid_operation, required_field


def create(draft: CustomerDraft, facts: Facts) -> Change[Customer]:
    """The customer a draft means; its password is a hash by now.

    Raises `RequiredField` without a password where one is needed, `InvalidField` for a locale the project has not and for an
    index of no address, `DuplicateField` for a key of two addresses, and what stores, groups and custom fields raise.
    """
    check_locale(draft.locale, facts)
    has_password = draft.authentication_mode == "Password"
    if has_password and draft.password is None:
        raise required_field("password")
    customer = Customer(
        **facts.born(),
        key=draft.key,
        customer_number=draft.customer_number,
        external_id=draft.external_id,
        email=draft.email,
        password=MASKED_PASSWORD if has_password else None,
        first_name=draft.first_name,
        last_name=draft.last_name,
        middle_name=draft.middle_name,
        title=draft.title,
        date_of_birth=draft.date_of_birth,
        company_name=draft.company_name,
        vat_id=draft.vat_id,
        addresses=(),
        shipping_address_ids=(),
        billing_address_ids=(),
        is_email_verified=draft.is_email_verified,
        customer_group=facts.reference("customer-group", draft.customer_group),
        customer_group_assignments=assignments_from(draft.customer_group_assignments, facts),
        custom=custom_from(draft.custom, "customer", facts),
        locale=draft.locale,
        salutation=draft.salutation,
        stores=_stores_of(draft, facts),
        authentication_mode=draft.authentication_mode,
    )
    customer = with_drafted(customer, draft, facts)
    stored = [store_password(customer.id, draft.password)] if has_password and draft.password is not None else []
    return Change(customer, effects=stored)


def create_mine(draft: MyCustomerDraft, facts: Facts) -> Change[Customer]:
    """The customer who signs herself up: as `create`, by a draft that says less."""
    members: dict[str, Any] = {name: getattr(draft, name) for name in CustomerProfile.__struct_fields__}
    return create(CustomerDraft(**members, password=draft.password), facts)


def _stores_of(draft: CustomerDraft, facts: Facts) -> tuple[KeyReference, ...]:
    """The draft's stores, or else the door's. Raises `InvalidOperation` for stores without the door's own."""
    if facts.store_key is None:
        return store_references(draft.stores or (), facts)
    door = store_references([ResourceIdentifier(key=facts.store_key)], facts)
    stores = store_references(draft.stores, facts) if draft.stores else door
    if door[0] not in stores:
        raise invalid_operation(f"The customer is created in store '{facts.store_key}' and must belong to it.")
    return stores
