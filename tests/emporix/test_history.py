"""The history of an order's statuses, read off the Messages of its states."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from emporix.orders import order
from orderwright.emporix.history import passed, states_of
from orderwright.engine.scalars import DateTime


def at(minute: int) -> str:
    return f"2026-01-01T00:{minute:02}:00.000Z"


def told(type: str, old: dict[str, Any], minute: int) -> dict[str, Any]:
    return {"type": type, "createdAt": at(minute), **old}


# From the newest to the oldest: sent, confirmed, delivered as far as anybody knew, and paid at last.
MESSAGES = [
    told("OrderShipmentStateChanged", {"oldShipmentState": "Ready"}, 5),
    told("OrderShipmentStateChanged", {}, 4),
    told("OrderStateChanged", {"oldOrderState": "Open"}, 3),
    told("OrderPaymentStateChanged", {"oldPaymentState": "Pending"}, 2),
]
SHIPPED = replace(
    order(), created_at=DateTime(at(0)), order_state="Confirmed", shipment_state="Shipped", payment_state="BalanceDue"
)


def test_the_statuses_in_their_order() -> None:
    found = [(each.status, str(each.timestamp)) for each in passed(states_of(SHIPPED), SHIPPED.created_at, MESSAGES)]
    # That it was made ready changed no status.
    assert found == [("IN_CHECKOUT", at(0)), ("CREATED", at(2)), ("CONFIRMED", at(3)), ("SHIPPED", at(5))]


def test_what_no_message_tells_was_so_from_the_beginning() -> None:
    assert [(each.status, str(each.timestamp)) for each in passed(states_of(SHIPPED), SHIPPED.created_at, [])] == [
        ("SHIPPED", at(0))
    ]
    assert [each.status for each in passed(states_of(SHIPPED), SHIPPED.created_at, MESSAGES[:1])] == ["CONFIRMED", "SHIPPED"]
