"""The customer whom a cart or an order names by its `customerId`."""

from __future__ import annotations

from orderwright.domain.customer.model import Customer
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier, Wanted


def wanted_customer(customer_id: str | None) -> list[Wanted]:
    """What must be read to give something to a customer."""
    return [] if customer_id is None else [Wanted("customer", "id", customer_id)]


def customer_named(customer_id: str | None, facts: Facts) -> Customer | None:
    """The customer with an id; None stays None. Raises `ReferencedResourceNotFound`."""
    return None if customer_id is None else facts.get("customer", ResourceIdentifier(id=customer_id), Customer)


def group_of(customer: Customer | None) -> Reference | None:
    """The group that a customer brings along."""
    return customer.customer_group if customer else None
