"""Whose a cart or an order is: a customer's, an anonymous session's, or nobody's."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.customer.model import Customer
from orderwright.domain.customer.naming import group_of
from orderwright.domain.sale.model import S


def owned_by(sale: S, customer: Customer | None) -> S:
    """The cart or order as this customer's and of the customer's group; without one it is nobody's and of no group. What it costs
    stays. A customer's is no anonymous session's any more.
    """
    return replace(
        sale,
        customer_id=customer.id if customer else None,
        customer_group=group_of(customer),
        anonymous_id=None if customer else sale.anonymous_id,
    )
