"""The three states of an order. Any may follow any; only an order's workflow `state` has transitions of its own."""

from __future__ import annotations

from orderwright.domain.common.payments import PaymentState
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import OrderPaymentStateChanged, OrderShipmentStateChanged, OrderStateChanged
from orderwright.domain.order.model import OrderState, ShipmentState
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


actions.add(
    ChangeOrderState,
    setter(
        "order_state",
        lambda before, after: OrderStateChanged(order_state=after.order_state, old_order_state=before.order_state),
    ),
)
actions.add(
    ChangeShipmentState,
    setter(
        "shipment_state",
        lambda before, after: OrderShipmentStateChanged(
            shipment_state=after.shipment_state, old_shipment_state=before.shipment_state
        ),
    ),
)
actions.add(
    ChangePaymentState,
    setter(
        "payment_state",
        lambda before, after: OrderPaymentStateChanged(
            payment_state=after.payment_state, old_payment_state=before.payment_state
        ),
    ),
)
