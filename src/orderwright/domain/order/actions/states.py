"""The three states of an order. Any may follow any; only an order's workflow `state` has transitions of its own.

commercetools: Orders, OrderState, ShipmentState and PaymentState.
"""

from __future__ import annotations

from orderwright.domain.laws.telling import old_and_new
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import OrderPaymentStateChanged, OrderShipmentStateChanged, OrderStateChanged
from orderwright.domain.order.model import OrderState, ShipmentState
from orderwright.domain.sale.model import PaymentState
from orderwright.engine.actions import setter
from orderwright.engine.model import Action


class ChangeOrderState(Action):
    """Set the order's state."""

    order_state: OrderState


class ChangeShipmentState(Action):
    """Set the state of the shipment; it can not be removed."""

    shipment_state: ShipmentState


class ChangePaymentState(Action):
    """Set the state of the payment; it can not be removed."""

    payment_state: PaymentState


actions.add(ChangeOrderState, setter("order_state", old_and_new(OrderStateChanged, "order_state")))
actions.add(ChangeShipmentState, setter("shipment_state", old_and_new(OrderShipmentStateChanged, "shipment_state")))
actions.add(ChangePaymentState, setter("payment_state", old_and_new(OrderPaymentStateChanged, "payment_state")))
