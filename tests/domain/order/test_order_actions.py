"""An order's states, addresses, numbers, language and expected arrival: what each action sets, tells and refuses."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.facts import eur
from domain.order.orders import act, cart_of, placed, refused, told
from orderwright.domain.custom.addresses import Address
from orderwright.engine.json.codec import to_builtins
from orderwright.errors import ApiError

STATES = {
    "order": ("Open", "Confirmed", "Complete", "Cancelled"),
    "shipment": ("Shipped", "Delivered", "Ready", "Pending", "Delayed", "Partial", "Backorder", "Canceled"),
    "payment": ("BalanceDue", "Failed", "Pending", "CreditOwed", "Paid"),
}
# Action, field in JSON, and its Message.
CHANGES = {
    "order": ("changeOrderState", "orderState", "OrderStateChanged", "oldOrderState"),
    "shipment": ("changeShipmentState", "shipmentState", "OrderShipmentStateChanged", "oldShipmentState"),
    "payment": ("changePaymentState", "paymentState", "OrderPaymentStateChanged", "oldPaymentState"),
}
MOVES = [(which, before, after) for which, states in STATES.items() for before in states for after in states]


@pytest.mark.parametrize(("which", "before", "after"), MOVES)
def test_any_state_may_follow_any_other_and_is_told_once(which: str, before: str, after: str) -> None:
    action, field, message, old = CHANGES[which]
    states: dict[str, Any] = {f"{which}_state": before}
    order = placed(**states)
    change = act(order, {"action": action, field: after})
    assert change.after == replace(order, **{f"{which}_state": after})
    assert told(change) == ([] if before == after else [{"type": message, field: after, old: before}])


@pytest.mark.parametrize("which", ["shipment", "payment"])
def test_a_first_state_has_none_before_it(which: str) -> None:
    action, field, message, _old = CHANGES[which]
    assert told(act(placed(), {"action": action, field: "Pending"})) == [{"type": message, field: "Pending"}]


@pytest.mark.parametrize("which", STATES)
@pytest.mark.parametrize("value", [None, "Lost", "", 1])
def test_a_state_is_one_of_its_list(which: str, value: Any) -> None:
    action, field, _message, _old = CHANGES[which]
    assert refused(placed(), {"action": action, field: value})["code"] == "InvalidJsonInput"
    assert refused(placed(), {"action": action})["code"] == "InvalidJsonInput"


@pytest.mark.parametrize("kind", ["shipping", "billing"])
def test_an_address_is_set_and_removed_and_changes_no_price(kind: str) -> None:
    order = placed()
    action, message = f"set{kind.title()}Address", f"Order{kind.title()}AddressSet"
    change = act(order, {"action": action, "address": {"country": "FR", "city": "Paris", "pOBox": "12"}})
    french = Address(country="FR", city="Paris", p_o_box="12")
    assert change.after == replace(order, **{f"{kind}_address": french})
    assert change.after.total_price == eur(4493)
    assert told(change) == [
        {
            "type": message,
            "address": {"country": "FR", "city": "Paris", "pOBox": "12"},
            "oldAddress": {"country": "DE", "city": "Berlin"},
        }
    ]
    removed = act(change.after, {"action": action})
    assert getattr(removed.after, f"{kind}_address") is None
    assert told(removed) == [{"type": message, "oldAddress": {"country": "FR", "city": "Paris", "pOBox": "12"}}]
    assert told(act(removed.after, {"action": action, "address": None})) == []
    same = act(order, {"action": action, "address": {"country": "DE", "city": "Berlin"}})
    assert (same.after, told(same)) == (order, [])


@pytest.mark.parametrize(
    "address",
    [{}, {"country": "Germany"}, {"country": "DE", "city": 5}, {"country": "DE", "custom": {"fields": {}}}, "DE"],
)
def test_a_malformed_address_is_refused(address: Any) -> None:
    assert refused(placed(), {"action": "setShippingAddress", "address": address})["code"] == "InvalidJsonInput"


def test_the_order_number_is_set_once() -> None:
    order = placed()
    numbered = act(order, {"action": "setOrderNumber", "orderNumber": "A/1 b"})
    assert (numbered.after, told(numbered)) == (replace(order, order_number="A/1 b"), [])
    again = act(numbered.after, {"action": "setOrderNumber", "orderNumber": "A/1 b"})
    assert again.after == numbered.after
    assert act(order, {"action": "setOrderNumber"}).after == order
    for other in ({"orderNumber": "A-2"}, {}):
        assert refused(numbered.after, {"action": "setOrderNumber", **other}) == {"status": 400, "code": "InvalidOperation"}
    for malformed in ("", "x" * 257, 7):
        assert refused(order, {"action": "setOrderNumber", "orderNumber": malformed})["code"] == "InvalidJsonInput"


def test_the_email_address_is_set_and_removed() -> None:
    order = placed()
    change = act(order, {"action": "setCustomerEmail", "email": "no-at-sign"})
    assert change.after == replace(order, customer_email="no-at-sign")
    assert told(change) == [{"type": "OrderCustomerEmailSet", "email": "no-at-sign", "oldEmail": "ada@example.com"}]
    removed = act(change.after, {"action": "setCustomerEmail"})
    assert removed.after.customer_email is None
    assert told(removed) == [{"type": "OrderCustomerEmailSet", "oldEmail": "no-at-sign"}]
    assert told(act(order, {"action": "setCustomerEmail", "email": "ada@example.com"})) == []
    assert refused(order, {"action": "setCustomerEmail", "email": "x" * 10_001})["code"] == "InvalidJsonInput"


def test_the_purchase_order_number_is_set_and_removed() -> None:
    order = placed()
    change = act(order, {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "PO-2"})
    assert change.after == replace(order, purchase_order_number="PO-2")
    assert told(change) == [
        {"type": "OrderPurchaseOrderNumberSet", "purchaseOrderNumber": "PO-2", "oldPurchaseOrderNumber": "PO-cart"}
    ]
    removed = act(order, {"action": "setPurchaseOrderNumber"})
    assert told(removed) == [{"type": "OrderPurchaseOrderNumberSet", "oldPurchaseOrderNumber": "PO-cart"}]
    assert removed.after.purchase_order_number is None


def test_the_language_is_one_of_the_projects() -> None:
    order = placed()
    assert act(order, {"action": "setLocale", "locale": "fr"}).after == replace(order, locale="fr")
    assert act(order, {"action": "setLocale"}).after == replace(order, locale=None)
    assert refused(order, {"action": "setLocale", "locale": "it"}) == {
        "status": 400, "code": "InvalidField", "field": "locale", "invalidValue": "it", "allowedValues": ["en", "de", "fr"],
    }  # fmt: skip


NOON, DUSK = "2026-05-25T12:00:00.000Z", "2026-05-25T20:00:00.000Z"


WINDOWS: list[dict[str, str]] = [{"from": NOON, "until": DUSK}, {"from": NOON}, {"until": NOON}, {"from": NOON, "until": NOON}]
NO_WINDOWS: list[dict[str, Any]] = [{}, {"estimatedDelivery": {}}]


@pytest.mark.parametrize("window", WINDOWS)
def test_the_expected_arrival_is_set_and_removed(window: dict[str, str]) -> None:
    order = placed()
    change = act(order, {"action": "setEstimatedDelivery", "estimatedDelivery": window})
    assert change.after.shipping_info is not None
    assert to_builtins(change.after.shipping_info.estimated_delivery) == window
    assert told(change) == [{"type": "OrderEstimatedDeliverySet", "estimatedDelivery": window}]
    for empty in NO_WINDOWS:
        removed = act(change.after, {"action": "setEstimatedDelivery", **empty})
        assert (removed.after, told(removed)) == (order, [{"type": "OrderEstimatedDeliverySet"}])
    assert told(act(order, {"action": "setEstimatedDelivery"})) == []


def test_an_arrival_must_be_possible() -> None:
    backwards = {"action": "setEstimatedDelivery", "estimatedDelivery": {"from": DUSK, "until": NOON}}
    assert refused(placed(), backwards) == {"status": 400, "code": "InvalidInput"}
    unshipped = placed(cart_of(shipping_method=None))
    assert refused(unshipped, {"action": "setEstimatedDelivery"}) == {"status": 400, "code": "InvalidOperation"}
    keyed = {"action": "setEstimatedDelivery", "shippingKey": "first"}
    # Of one shipping there is none to choose.
    assert refused(placed(), keyed) == {"status": 400, "code": "InvalidOperation"}


def test_actions_run_in_order_and_a_refusal_carries_its_action() -> None:
    order = placed()
    change = act(
        order,
        {"action": "changeOrderState", "orderState": "Confirmed"},
        {"action": "setOrderNumber", "orderNumber": "A-1"},
        {"action": "changeOrderState", "orderState": "Complete"},
    )
    assert [message["oldOrderState"] for message in told(change)] == ["Open", "Confirmed"]
    with pytest.raises(ApiError) as caught:
        act(change.after, {"action": "changeOrderState", "orderState": "Open"}, {"action": "setOrderNumber", "orderNumber": "B"})
    assert type(caught.value.fields["action"]).__name__ == "SetOrderNumber"
    assert refused(order, {"action": "melt"})["code"] == "InvalidJsonInput"
