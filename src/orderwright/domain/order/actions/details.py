"""The order's number."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.laws.changes import check_unset
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.model import Order, OrderNumber
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action


class SetOrderNumber(Action):
    """Give the order its number, once and for all."""

    order_number: OrderNumber | None = None


@actions.handles
def set_order_number(order: Order, action: SetOrderNumber, _facts: Facts) -> Order:
    """Raises `InvalidOperation` for an order that has another number; the engine's claim refuses a number in use.

    commercetools: Orders, OrderSetOrderNumberAction.
    """
    check_unset("order number", order.order_number, action.order_number)
    return replace(order, order_number=action.order_number)
