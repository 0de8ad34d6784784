"""The cart's payments. No Message tells of them before there is an order."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.payments import AddPayment, RemovePayment, added, removed
from orderwright.engine.facts import Facts


@actions.handles
def add_payment(cart: Cart, action: AddPayment, facts: Facts) -> Cart:
    """Raises `ReferencedResourceNotFound`; the write refuses a payment that is in use elsewhere."""
    return replace(cart, payment_info=added(cart, action, facts)[0])


@actions.handles
def remove_payment(cart: Cart, action: RemovePayment, facts: Facts) -> Cart:
    """Raises `InvalidOperation` for a payment that the cart does not have."""
    return replace(cart, payment_info=removed(cart, action.payment, facts)[0])
