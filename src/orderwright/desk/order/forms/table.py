"""The forms of an order: which one makes which actions, each by a pure function of what was typed and of what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from orderwright.desk.order.forms.fields import Json, address, given, money, nothing, parcel, picked, text
from orderwright.desk.orders.bulk import CHANGES
from orderwright.desk.visit import Fields
from orderwright.errors import invalid_input

Action = dict[str, Any]
Making = Callable[[Fields, Json], Sequence[Action]]
PARCELS: Final = 3
"""Parcels that go with a new delivery at once, at most; any number is added to it later."""
TRANSACTIONS: Final = ("Charge", "Refund", "Authorization", "CancelAuthorization", "Chargeback")
TRANSACTION_STATES: Final = ("Initial", "Pending", "Success", "Failure")
UNKNOWN: Final = "The order has no such part any more."


class Form(NamedTuple):
    """A form: what makes its actions, the page on which it stands, and what is changed: the order, or one of its payments."""

    actions: Making
    page: str = "order"
    about: str = "orders"


def lines(order: Json) -> dict[str, Json]:
    """The line items and custom line items of an order, by their ids."""
    return {item["id"]: item for item in (*order["lineItems"], *order["customLineItems"])}


def is_line(order: Json, id: str) -> bool:
    """Whether an item is a line item, not a custom one. Raises InvalidInput for what is no item of the order."""
    if any(line["id"] == id for line in order["lineItems"]):
        return True
    if any(item["id"] == id for item in order["customLineItems"]):
        return False
    raise invalid_input(UNKNOWN)


def parcels(order: Json) -> Iterator[Json]:
    """All parcels of an order's deliveries."""
    for delivery in deliveries(order):
        yield from delivery["parcels"]


def deliveries(order: Json) -> list[Json]:
    """All deliveries of an order, of its only shipping and of each of several."""
    infos = [order.get("shippingInfo"), *(each["shippingInfo"] for each in order.get("shipping", ()))]
    return [delivery for info in infos if info for delivery in info.get("deliveries", ())]


def _to_state(what: str) -> Making:
    action, member, states = CHANGES[what]

    def made(form: Fields, _order: Json) -> list[Action]:
        state = text(form, "state")
        if state not in states:
            raise nothing()
        return [{"action": action, member: state}]

    return made


def workflow(form: Fields, _order: Json) -> list[Action]:
    """The order's State of a workflow."""
    return [{"action": "transitionState", "state": _state(text(form, "state"))}]


def item_states(form: Fields, order: Json) -> list[Action]:
    """Units of items, each from the State it is in, to one State: `move.ITEM.STATE` are so many."""
    after, made = _state(text(form, "to")), []
    for place, quantity in picked(form, "move."):
        item, _, before = place.partition(".")
        action, member = (
            ("transitionLineItemState", "lineItemId")
            if is_line(order, item)
            else ("transitionCustomLineItemState", "customLineItemId")
        )
        made.append({"action": action, member: item, "quantity": quantity, "fromState": _state(before), "toState": after})
    return made


def _state(id: str) -> dict[str, str]:
    if not id:
        raise nothing()
    return {"typeId": "state", "id": id}


def deliver(form: Fields, _order: Json) -> list[Action]:
    """A delivery of what was picked (`quantity.ITEM`), with its parcels (`parcel.1.carrier` ...), and the state of the shipment
    that follows, if one was chosen."""
    boxes = [parcel(form, f"parcel.{number}.") for number in range(1, PARCELS + 1)]
    items = [{"id": id, "quantity": quantity} for id, quantity in picked(form, "quantity.")]
    delivery = given(deliveryKey=text(form, "key"), shippingKey=text(form, "shipping"), parcels=[box for box in boxes if box])
    then = _to_state("shipment")(form, {}) if text(form, "state") else []
    return [{"action": "addDelivery", "items": items, **delivery}, *then]


def add_parcel(form: Fields, _order: Json) -> list[Action]:
    """One more parcel of a delivery."""
    named = {"deliveryId": text(form, "delivery"), **given(parcelKey=text(form, "key"))}
    return [{"action": "addParcelToDelivery", **named, **parcel(form, "")}]


def tracking(form: Fields, order: Json) -> list[Action]:
    """How a carrier names a parcel; where both fields are empty, it is not named any more."""
    id = text(form, "parcel")
    before = next((each for each in parcels(order) if each["id"] == id), None)
    if before is None:
        raise invalid_input(UNKNOWN)
    kept = {name: value for name, value in before.get("trackingData", {}).items() if name not in ("carrier", "trackingId")}
    named = parcel(form, "", kept)
    return [{"action": "setParcelTrackingData", "parcelId": id, **given(trackingData=named.get("trackingData"))}]


def take_return(form: Fields, order: Json) -> list[Action]:
    """A return of so many units of items (`quantity.ITEM`), each with a comment (`comment.ITEM`)."""
    items = [
        {
            "lineItemId" if is_line(order, id) else "customLineItemId": id,
            "quantity": quantity,
            "shipmentState": text(form, "state") or "Returned",
            **given(comment=text(form, f"comment.{id}")),
        }
        for id, quantity in picked(form, "quantity.")
    ]
    return [{"action": "addReturnInfo", "items": items, **given(returnTrackingId=text(form, "trackingId"))}]


def _on_returned(action: str, member: str) -> Making:
    def made(form: Fields, _order: Json) -> list[Action]:
        return [{"action": action, "returnItemId": text(form, "item"), member: text(form, "state")}]

    return made


def _to_address(action: str, member: str) -> Making:
    return lambda form, order: [{"action": action, **given(address=address(form, order.get(member)))}]


def email(form: Fields, _order: Json) -> list[Action]:
    """The customer's e-mail address; an empty field takes it away."""
    return [{"action": "setCustomerEmail", **given(email=text(form, "email"))}]


def transaction(form: Fields, payment: Json) -> list[Action]:
    """A movement of money, in the currency of its payment."""
    kind, state = text(form, "type"), text(form, "state") or "Initial"
    if kind not in TRANSACTIONS or state not in TRANSACTION_STATES:
        raise nothing()
    amount = money(form, "amount", payment["amountPlanned"]["currencyCode"])
    named = given(interactionId=text(form, "interactionId"))
    return [{"action": "addTransaction", "transaction": {"type": kind, "amount": amount, "state": state, **named}}]


def transaction_state(form: Fields, _payment: Json) -> list[Action]:
    """How far a movement of money has come."""
    state = text(form, "state")
    if state not in TRANSACTION_STATES:
        raise nothing()
    return [{"action": "changeTransactionState", "transactionId": text(form, "transaction"), "state": state}]


FORMS: Final[Mapping[str, Form]] = {
    "order-state": Form(_to_state("order")),
    "shipment-state": Form(_to_state("shipment")),
    "payment-state": Form(_to_state("payment")),
    "workflow": Form(workflow),
    "items": Form(item_states, "items"),
    "deliver": Form(deliver, "deliver"),
    "parcel": Form(add_parcel),
    "tracking": Form(tracking),
    "return": Form(take_return, "return"),
    "return-shipment": Form(_on_returned("setReturnShipmentState", "shipmentState")),
    "return-payment": Form(_on_returned("setReturnPaymentState", "paymentState")),
    "shipping-address": Form(_to_address("setShippingAddress", "shippingAddress"), "shipping-address"),
    "billing-address": Form(_to_address("setBillingAddress", "billingAddress"), "billing-address"),
    "email": Form(email),
    "transaction": Form(transaction, about="payments"),
    "transaction-state": Form(transaction_state, about="payments"),
}
"""The forms of an order, by the last word of their path."""
