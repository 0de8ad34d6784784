"""When the status of an order changed: found in the Messages of the changes of its states, from the last one back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.order.model import Order
from orderwright.emporix.statuses import States, Status, status_of
from orderwright.engine.model import Value
from orderwright.engine.scalars import DateTime

TOLD_IN: Final[Mapping[str, tuple[str, str]]] = {
    "OrderStateChanged": ("order_state", "oldOrderState"),
    "OrderShipmentStateChanged": ("shipment_state", "oldShipmentState"),
    "OrderPaymentStateChanged": ("payment_state", "oldPaymentState"),
}
"""The types of Messages that tell of a state: which one, and where it has the value before."""


class Passed(Value):
    """A status that an order has come to."""

    status: Status
    timestamp: DateTime


def states_of(order: Order) -> States:
    """The states of an order."""
    return States(order_state=order.order_state, payment_state=order.payment_state, shipment_state=order.shipment_state)


def states_in(order: Mapping[str, Any]) -> States:
    """The same of an order that is plain JSON."""
    return States(
        order_state=order["orderState"], payment_state=order.get("paymentState"), shipment_state=order.get("shipmentState")
    )


def passed(states: States, created_at: str, messages: Iterable[Mapping[str, Any]]) -> tuple[Passed, ...]:
    """The statuses of an order since it was made, the first one first, of the `states` that it has now. `messages` are those of
    the types TOLD_IN, the newest first. As far as they go back: what was told before the oldest of them counts as if it had been
    so from the beginning."""
    found: list[Passed] = []
    for message in messages:
        member, old = TOLD_IN[message["type"]]
        before = replace(states, **{member: message.get(old)})
        if status_of(before) != status_of(states):
            found.append(Passed(status=status_of(states), timestamp=DateTime(message["createdAt"])))
        states = before
    found.append(Passed(status=status_of(states), timestamp=DateTime(created_at)))
    return tuple(reversed(found))
