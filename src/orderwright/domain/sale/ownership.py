"""Whose a cart is: a customer's, an anonymous session's, or nobody's yet."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.customer.model import Customer
from orderwright.domain.customer.naming import group_of
from orderwright.domain.sale.model import Cart


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
