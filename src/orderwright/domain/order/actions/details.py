"""The order's number and its expected arrival."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.laws.changes import check_unset
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import (
    OrderEstimatedDeliverySet,
)
from orderwright.domain.order.model import Order, OrderNumber
from orderwright.domain.order.shipments import named_shipping, with_shipping
from orderwright.domain.sale.shipping.model import EstimatedDelivery
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import Text
from orderwright.errors import invalid_input


class SetOrderNumber(Action):
    """Give the order its number, once and for all."""

    order_number: OrderNumber | None = None


class SetEstimatedDelivery(Action):
    """Set when the shipment is expected; without a window, it is removed. The key names one of several shipping methods."""

    estimated_delivery: EstimatedDelivery | None = None
    shipping_key: Text | None = None


@actions.handles
def set_order_number(order: Order, action: SetOrderNumber, _facts: Facts) -> Order:
    """Raises `InvalidOperation` for an order that has another number; the engine's claim refuses a number in use.

    commercetools: Orders, OrderSetOrderNumberAction.
    """
    check_unset("order number", order.order_number, action.order_number)
    return replace(order, order_number=action.order_number)


@actions.handles
def set_estimated_delivery(order: Order, action: SetEstimatedDelivery, _facts: Facts) -> Change[Order]:
    """Raises `InvalidInput` for a window that ends before it begins, and what `named_shipping` raises."""
    window = action.estimated_delivery
    if window is not None and window.from_ is not None and window.until is not None and window.until < window.from_:
        raise invalid_input("The end of the estimated delivery must not be before its beginning.")
    info = named_shipping(order, action.shipping_key)
    # A window without either end says nothing, which is how the specification has one removed.
    window = None if window == EstimatedDelivery() else window
    if window == info.estimated_delivery:
        return Change(order)
    after = with_shipping(order, info, replace(info, estimated_delivery=window))
    return Change(after, OrderEstimatedDeliverySet(estimated_delivery=window, shipping_key=action.shipping_key))
