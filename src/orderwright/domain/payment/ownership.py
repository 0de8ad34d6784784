"""Whose a payment is."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.laws.ownership import TakeOver
from orderwright.domain.payment.model import Payment
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference

hand_over: ActionSet[Payment] = ActionSet(Payment, "PaymentHandOver")


@hand_over.handles
def take_over(payment: Payment, action: TakeOver, _facts: Facts) -> Payment:
    """The payment as the customer's."""
    return replace(payment, customer=Reference(type_id="customer", id=action.customer_id), anonymous_id=None)
