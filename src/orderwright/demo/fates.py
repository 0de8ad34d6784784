"""What happens to the orders of the demo project after they are placed: every state there is, and the ways that lead there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem

Actions = list[dict[str, Any]]
# What is done to an order at one moment: one update of it.
Step = Callable[[Order], Actions]
Line = LineItem | CustomLineItem


class Fate(NamedTuple):
    """How many orders fare like this, how many days ago they were placed, how they begin, and what follows in which hour.

    The last hour lies before the end of the fewest days, so that nothing happens in the future.
    """

    orders: int
    days: tuple[int, int]
    begins: dict[str, str]
    steps: tuple[tuple[int, Step], ...] = ()
    least_lines: int = 1


def states(**to: str) -> Step:
    """Set the order's state, shipment or payment, named `order`, `shipment` and `payment`."""
    return lambda _order: [{"action": f"change{name.title()}State", f"{name}State": value} for name, value in to.items()]


def both(*steps: Step) -> Step:
    """Several things at one moment."""
    return lambda order: [action for step in steps for action in step(order)]


def send(order: Order) -> Actions:
    """Everything at once."""
    return [_delivery(order, _lines(order))]


def send_first(order: Order) -> Actions:
    """The first line only."""
    return [_delivery(order, _lines(order)[:1])]


def send_rest(order: Order) -> Actions:
    """All but the first line, its parcel added once the delivery is there."""
    key = f"{order.order_number}-2"
    lines = _lines(order)[1:]
    parcel = _parcel(order, lines, 2)
    return [
        {"action": "addDelivery", "deliveryKey": key, "items": _items(lines)},
        {"action": "addParcelToDelivery", "deliveryKey": key, "parcelKey": parcel.pop("key"), **parcel},
    ]


def come_back(shipment_state: str, comment: str) -> Step:
    """One unit of the first line comes back, or is announced to."""

    def step(order: Order) -> Actions:
        line = order.line_items[0]
        item = {"quantity": 1, "lineItemId": line.id, "comment": comment, "shipmentState": shipment_state}
        return [{"action": "addReturnInfo", "returnTrackingId": f"R-{order.order_number}", "items": [item]}]

    return step


def settle(shipment_state: str, payment_state: str) -> Step:
    """What came back is looked at, and paid back or not."""

    def step(order: Order) -> Actions:
        id = order.return_info[0].items[0].id
        return [
            {"action": "setReturnShipmentState", "returnItemId": id, "shipmentState": shipment_state},
            {"action": "setReturnPaymentState", "returnItemId": id, "paymentState": payment_state},
        ]

    return step


def _lines(order: Order) -> tuple[Line, ...]:
    return (*order.line_items, *order.custom_line_items)


def _delivery(order: Order, lines: Sequence[Line]) -> dict[str, Any]:
    key = f"{order.order_number}-1"
    return {"action": "addDelivery", "deliveryKey": key, "items": _items(lines), "parcels": [_parcel(order, lines, 1)]}


def _parcel(order: Order, lines: Sequence[Line], number: int) -> dict[str, Any]:
    units = sum(line.quantity for line in lines)
    size = {"lengthInMillimeter": 400, "widthInMillimeter": 300, "heightInMillimeter": 100 + 50 * len(lines)}
    carrier = "DHL" if order.shipping_info and order.shipping_info.shipping_method_name == "Standard" else "UPS"
    return {
        "key": f"{order.order_number}-P{number}",
        "measurements": {**size, "weightInGram": 250 + 400 * units},
        "trackingData": {"trackingId": f"00{number}-{order.order_number}", "carrier": carrier},
        "items": _items(lines),
    }


def _items(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [{"id": line.id, "quantity": line.quantity} for line in lines]


PAID = {"paymentState": "Paid"}
CONFIRMED = states(order="Confirmed")
SENT = both(send, states(shipment="Shipped"))
ARRIVED = states(shipment="Delivered", order="Complete")
DELIVERED = ((3, CONFIRMED), (26, SENT), (70, ARRIVED))
TOO_SMALL, CHANGED_MIND, BROKEN = "Does not fit.", "Changed my mind.", "Arrived broken."
FATES = (
    Fate(20, (1, 4), {}),
    Fate(20, (1, 6), {"paymentState": "Pending", "shipmentState": "Pending"}),
    Fate(10, (3, 25), {"paymentState": "Pending"}, ((30, states(payment="Failed")),)),
    Fate(14, (8, 60), {"paymentState": "BalanceDue"}, ((20, CONFIRMED), (44, SENT))),
    Fate(16, (2, 6), PAID, ((3, states(order="Confirmed", shipment="Pending")),)),
    Fate(14, (3, 6), PAID, ((3, CONFIRMED), (22, states(shipment="Ready")))),
    Fate(10, (6, 20), PAID, ((3, CONFIRMED), (50, states(shipment="Delayed")))),
    Fate(10, (5, 30), PAID, ((3, CONFIRMED), (24, states(shipment="Backorder")))),
    Fate(14, (4, 12), PAID, ((3, CONFIRMED), (28, both(send_first, states(shipment="Partial")))), 2),
    Fate(30, (3, 8), PAID, DELIVERED[:2]),
    Fate(90, (8, 89), PAID, DELIVERED),
    Fate(
        12,
        (10, 89),
        PAID,
        ((3, CONFIRMED), (28, both(send_first, states(shipment="Partial"))), (75, send_rest), (120, ARRIVED)),
        2,
    ),
    Fate(6, (15, 60), PAID, (*DELIVERED, (200, come_back("Advised", CHANGED_MIND)))),
    Fate(8, (20, 89), PAID, (*DELIVERED, (240, both(come_back("Returned", TOO_SMALL), states(payment="CreditOwed"))))),
    Fate(8, (30, 89), PAID, (*DELIVERED, (260, come_back("Returned", CHANGED_MIND)), (300, settle("BackInStock", "Refunded")))),
    Fate(2, (30, 89), PAID, (*DELIVERED, (190, come_back("Returned", BROKEN)), (310, settle("Unusable", "NotRefunded")))),
    Fate(8, (4, 80), {"paymentState": "Pending"}, ((60, states(payment="Failed", order="Cancelled", shipment="Canceled")),)),
    Fate(8, (3, 80), PAID, ((5, states(order="Cancelled", shipment="Canceled", payment="CreditOwed")),)),
)
