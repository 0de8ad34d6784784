"""Whose an order is."""

from __future__ import annotations

from orderwright.domain.customer.naming import customer_named
from orderwright.domain.laws.ownership import TakeOver
from orderwright.domain.order.model import Order
from orderwright.domain.sale.ownership import owned_by
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts

hand_over: ActionSet[Order] = ActionSet(Order, "OrderHandOver")


@hand_over.handles
def take_over(order: Order, action: TakeOver, facts: Facts) -> Order:
    """The order as the customer's. Raises `ReferencedResourceNotFound`."""
    return owned_by(order, customer_named(action.customer_id, facts))
