"""The six statuses and the moves between them."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest
from msgspec.structs import replace

from domain.facts import NOW, facts
from domain.order.orders import KNOWN
from emporix.orders import finds, order
from orderwright.domain.order.model import OrderState, ShipmentState
from orderwright.domain.sale.model import PaymentState
from orderwright.emporix.resource import RESOURCE
from orderwright.emporix.statuses import (
    STATES,
    STATUSES,
    WHERE,
    Status,
    Transition,
    check_move,
    move,
    status_of,
    transitions,
    where_any,
)
from orderwright.engine.json.codec import encode
from orderwright.errors import ApiError
from orderwright.predicates import compile
from orderwright.predicates.tree import Compare, In

ORDER = order()


@pytest.mark.parametrize(
    ("order_state", "payment", "shipment", "status"),
    [
        ("Open", None, None, "CREATED"),
        ("Open", "Pending", None, "IN_CHECKOUT"),
        ("Open", "Paid", "Shipped", "CREATED"),
        ("Confirmed", "Pending", None, "CONFIRMED"),
        ("Confirmed", None, "Ready", "CONFIRMED"),
        ("Confirmed", None, "Shipped", "SHIPPED"),
        ("Confirmed", None, "Delivered", "SHIPPED"),
        ("Complete", None, "Shipped", "COMPLETED"),
        ("Cancelled", "Pending", None, "DECLINED"),
    ],
)
def test_the_states_say_the_status(
    order_state: OrderState, payment: PaymentState | None, shipment: ShipmentState | None, status: Status
) -> None:
    made = replace(ORDER, order_state=order_state, payment_state=payment, shipment_state=shipment)
    assert status_of(made) == status
    assert [each for each in STATUSES if finds(f"status:{each}", made)] == [status]


def test_every_order_has_one_status_and_is_found_by_it() -> None:
    for order_state in get_args(OrderState):
        for payment in (None, *get_args(PaymentState)):
            for shipment in (None, *get_args(ShipmentState)):
                made = replace(ORDER, order_state=order_state, payment_state=payment, shipment_state=shipment)
                assert [each for each in STATUSES if finds(f"status:{each}", made)] == [status_of(made)]


# From, to, and who may: 1 tenants, 2 customers too.
MOVES = {
    ("IN_CHECKOUT", "CREATED"): 1,
    ("IN_CHECKOUT", "DECLINED"): 1,
    ("CREATED", "CONFIRMED"): 1,
    ("CREATED", "DECLINED"): 2,
    ("CONFIRMED", "SHIPPED"): 1,
    ("CONFIRMED", "COMPLETED"): 1,
    ("CONFIRMED", "DECLINED"): 1,
    ("SHIPPED", "COMPLETED"): 1,
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("to", STATUSES)
def test_the_moves(status: Status, to: Status) -> None:
    who = MOVES.get((status, to), 0)
    for customer in (False, True):
        allowed = who > int(customer)
        assert (Transition(status=to) in transitions(status, customer=customer, shipped=True)) is allowed
        if allowed:
            check_move(status, to, customer=customer, shipped=True)
            continue
        with pytest.raises(ApiError) as caught:
            check_move(status, to, customer=customer, shipped=True)
        # What nobody may do is impossible, also to a customer; the other moves are forbidden to her.
        assert caught.value.status == (403 if customer and who else 400)
        assert status in caught.value.message and to in caught.value.message


def test_without_a_shipment_nothing_is_shipped() -> None:
    assert [each.status for each in transitions("CONFIRMED", customer=False, shipped=False)] == ["COMPLETED", "DECLINED"]
    with pytest.raises(ApiError, match="It has no shipment") as caught:
        check_move("CONFIRMED", "SHIPPED", customer=False, shipped=False)
    assert caught.value.status == 400
    assert encode(transitions("CREATED", customer=True, shipped=False)) == b'[{"status":"DECLINED"}]'


@pytest.mark.parametrize(("status", "to"), sorted(MOVES))
def test_a_move_arrives(status: Status, to: Status) -> None:
    states = STATES[status]
    made = replace(
        ORDER, order_state=states.order_state, payment_state=states.payment_state, shipment_state=states.shipment_state
    )
    assert status_of(made) == status
    after = RESOURCE.actions.apply(made, move(status, to), facts(found=KNOWN)).after
    assert (status_of(after), after.completed_at == NOW) == (to, to == "COMPLETED")


def test_several_statuses_are_asked_for_at_once() -> None:
    # What each state is, beside a payment that is waited for and a shipment that is under way, and what is neither.
    orders = [
        {"orderState": state, **payment, **shipment}
        for state in get_args(OrderState)
        for payment in ({}, {"paymentState": "Pending"}, {"paymentState": "Paid"})
        for shipment in ({}, {"shipmentState": "Shipped"}, {"shipmentState": "Ready"})
    ]
    for size in range(1, len(STATUSES) + 1):
        for wanted in combinations(STATUSES, size):
            found, each = compile(where_any(wanted)), [compile(WHERE[status]) for status in wanted]
            for one in orders:
                assert found(one) is any(test(one) for test in each), (wanted, one)
    # All that a state may be is the state itself, which is a column.
    assert where_any(("CREATED", "IN_CHECKOUT")) == Compare("orderState", "=", "Open")
    assert where_any(("SHIPPED", "CONFIRMED", "CREATED", "IN_CHECKOUT")) == In("orderState", ("Open", "Confirmed"))
    assert where_any(("CREATED",)) == WHERE["CREATED"]
