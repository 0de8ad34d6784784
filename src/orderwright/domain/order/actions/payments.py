"""The order's payments."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import OrderPaymentAdded, OrderPaymentRemoved
from orderwright.domain.order.model import Order
from orderwright.domain.sale.payments import AddPayment, RemovePayment, added, removed
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts


@actions.handles
def add_payment(order: Order, action: AddPayment, facts: Facts) -> Order | Change[Order]:
    """Raises `ReferencedResourceNotFound`; the write refuses a payment that is in use elsewhere."""
    info, payment = added(order, action, facts)
    if payment is None:
        return order
    return Change(replace(order, payment_info=info), OrderPaymentAdded(payment_ref=payment))


@actions.handles
def remove_payment(order: Order, action: RemovePayment, facts: Facts) -> Change[Order]:
    """Raises `InvalidOperation` for a payment that the order does not have."""
    info, payment = removed(order, action.payment, facts)
    return Change(replace(order, payment_info=info), OrderPaymentRemoved(payment_ref=payment, removed_payment_info=info is None))
