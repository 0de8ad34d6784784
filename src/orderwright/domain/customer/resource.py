"""Customers: global ones and those of stores, their addresses, groups and the password that is kept beside them."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from orderwright.domain.customer.actions import actions
from orderwright.domain.customer.create import create, create_mine
from orderwright.domain.customer.drafts import CustomerDraft, MyCustomerDraft
from orderwright.domain.customer.messages import CustomerCreated, CustomerDeleted
from orderwright.domain.customer.mine import MY_ACTIONS
from orderwright.domain.customer.model import Customer, QueriedCustomer, email_claims, queried
from orderwright.domain.customer.tokens import leave_nothing
from orderwright.engine.resource import ResourceType


def _of_store(store_key: str) -> tuple[str, str]:
    """A store sees who belongs to it, and no global customer."""
    return "query", msgspec.json.encode({"stores": [{"key": store_key}]}).decode()


RESOURCE = ResourceType(
    type_id="customer",
    path="customers",
    personal=True,
    model=Customer,
    draft=CustomerDraft,
    actions=actions,
    create=create,
    owned={"customer": "id", "store": _of_store},
    unique=("key", "customerNumber"),
    claims=email_claims,
    lookups={"key": "key"},
    identifiers=("key", "externalId", "customerNumber"),
    columns={"email": "customer_email"},
    lean=queried,
    queryable=QueriedCustomer,
    created=lambda customer: CustomerCreated(customer=customer),
    deleted=lambda customer: CustomerDeleted(email=customer.email),
    deleting=leave_nothing,
    # Also at /me.
    referenced_by=(("business-unit", '$.associates[*].customer.id ? (@ == "{id}")'),),
)

# The caller's own account: less in her draft, and fewer actions.
MINE = replace(RESOURCE, draft=MyCustomerDraft, actions=MY_ACTIONS, create=create_mine)
