"""Whose a cart is: a customer's, an anonymous session's, or nobody's yet."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.model import Cart
from orderwright.domain.cart.refresh import repriced
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


def owned_by(cart: Cart, customer: Customer | None) -> Cart:
    """The cart as this customer's and of the customer's group; without one it is nobody's and of no group.

    A customer's cart is no anonymous session's any more.
    """
    return replace(
        cart,
        customer_id=customer.id if customer else None,
        customer_group=group_of(customer),
        anonymous_id=None if customer else cart.anonymous_id,
    )


def given_to(cart: Cart, customer: Customer | None, facts: Facts) -> Cart:
    """As `owned_by`, at the prices of the customer's group. The variants of the lines must have been read."""
    after = owned_by(cart, customer)
    return cart if after == cart else repriced(after, facts)
