"""The six statuses of an Emporix order, as the states of an order, and the moves between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final, Literal, get_args

from orderwright.domain.order.actions.states import ChangeOrderState, ChangePaymentState, ChangeShipmentState
from orderwright.domain.order.model import OrderState, ShipmentState
from orderwright.domain.sale.model import PaymentState
from orderwright.emporix.refusals import forbidden_move, impossible_move
from orderwright.engine.model import Action, Value
from orderwright.predicates.tree import And, Compare, In, Not, Or, Predicate

Status = Literal["IN_CHECKOUT", "CREATED", "CONFIRMED", "DECLINED", "SHIPPED", "COMPLETED"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
SENT: Final = ("Shipped", "Delivered")

_PENDING = Compare("paymentState", "=", "Pending")
_SENT = In("shipmentState", SENT)


def _state(state: OrderState) -> Predicate:
    return Compare("orderState", "=", state)


WHERE: Final[Mapping[str, Predicate]] = {
    "IN_CHECKOUT": And((_state("Open"), _PENDING)),
    "CREATED": And((_state("Open"), Not(_PENDING))),
    "CONFIRMED": And((_state("Confirmed"), Not(_SENT))),
    "DECLINED": _state("Cancelled"),
    "SHIPPED": And((_state("Confirmed"), _SENT)),
    "COMPLETED": _state("Complete"),
}
"""What an order of each status satisfies; every order satisfies one of these and no other."""

_OF_STATE: Final[Mapping[OrderState, tuple[Status, ...]]] = {
    "Open": ("IN_CHECKOUT", "CREATED"),
    "Confirmed": ("CONFIRMED", "SHIPPED"),
    "Cancelled": ("DECLINED",),
    "Complete": ("COMPLETED",),
}


def where_any(statuses: Collection[str]) -> Predicate:
    """What an order of one of some statuses satisfies. All that a state may be are asked for as the state, which has an index."""
    whole = [state for state, those in _OF_STATE.items() if set(those) <= set(statuses)]
    of_whole = {status for state in whole for status in _OF_STATE[state]}
    terms = [WHERE[status] for status in WHERE if status in statuses and status not in of_whole]
    terms += [_state(whole[0]) if len(whole) == 1 else In("orderState", tuple(whole))] if whole else []
    return terms[0] if len(terms) == 1 else Or(tuple(terms))


MOVES: Final[Mapping[Status, tuple[Status, ...]]] = {
    "IN_CHECKOUT": ("CREATED", "DECLINED"),
    "CREATED": ("CONFIRMED", "DECLINED"),
    "CONFIRMED": ("SHIPPED", "COMPLETED", "DECLINED"),
    "SHIPPED": ("COMPLETED",),
    "DECLINED": (),
    "COMPLETED": (),
}
CUSTOMER_MOVES: Final[Mapping[Status, tuple[Status, ...]]] = {"CREATED": ("DECLINED",)}


class Transition(Value):
    """A status that an order may be moved to. What a client says of a move beside it is not kept."""

    status: Status


class MarkCompleted(Action):
    """Say that the order is completed as of now, which the first dialect tells of imported orders only."""

    sent: ClassVar[bool] = False


class States(Value):
    """The states that make a status; None is whatever it is."""

    order_state: OrderState
    payment_state: PaymentState | None = None
    shipment_state: ShipmentState | None = None


STATES: Final[Mapping[Status, States]] = {
    "IN_CHECKOUT": States(order_state="Open", payment_state="Pending"),
    "CREATED": States(order_state="Open"),
    "CONFIRMED": States(order_state="Confirmed"),
    "DECLINED": States(order_state="Cancelled"),
    "SHIPPED": States(order_state="Confirmed", shipment_state="Shipped"),
    "COMPLETED": States(order_state="Complete"),
}
"""With what an order begins that is made in a status."""


def status_of(order: Any) -> Status:
    """The status of an order."""
    if order.order_state == "Open":
        return "IN_CHECKOUT" if order.payment_state == "Pending" else "CREATED"
    if order.order_state == "Confirmed":
        return "SHIPPED" if order.shipment_state in SENT else "CONFIRMED"
    return "COMPLETED" if order.order_state == "Complete" else "DECLINED"


def transitions(status: Status, *, customer: bool, shipped: bool) -> tuple[Transition, ...]:
    """The moves open to the caller. `shipped` says whether the order has a shipment, without which it is not moved to SHIPPED."""
    moves = (CUSTOMER_MOVES if customer else MOVES).get(status, ())
    return tuple(Transition(status=to) for to in moves if to != "SHIPPED" or shipped)


def check_move(status: Status, to: Status, *, customer: bool, shipped: bool) -> None:
    """A move that the table does not have is 400, as is one to SHIPPED without a shipment. A customer may make one of them only:
    any other is 403."""
    if Transition(status=to) in transitions(status, customer=customer, shipped=shipped):
        return
    if customer and to in MOVES[status]:
        raise forbidden_move(status, to)
    raise impossible_move(status, to, "It has no shipment." if to in MOVES[status] else None)


def move(status: Status, to: Status) -> tuple[Action, ...]:
    """The actions on the order that a move is, one that `check_move` lets pass."""
    if status == "IN_CHECKOUT" and to == "CREATED":
        # The payment is not waited for any longer, and nobody said that it was made.
        return (ChangePaymentState(payment_state="BalanceDue"),)
    if to == "SHIPPED":
        return (ChangeShipmentState(shipment_state="Shipped"),)
    change = ChangeOrderState(order_state=STATES[to].order_state)
    return (change, MarkCompleted()) if to == "COMPLETED" else (change,)
