"""Returns: what each action makes, tells and refuses, and both state machines move by move."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from domain.facts import LATER, NOW, facts, uid
from domain.order.orders import ABSENT, WRAPPING, act, cart_of, placed, refused, told
from orderwright.domain.order.actions import actions
from orderwright.domain.order.model import Order
from orderwright.domain.order.returns import ReturnInfo, ReturnItem
from orderwright.engine.json.codec import decode_body

ORDER = placed(cart_of(custom_line_items=(WRAPPING,)))
MUGS, BOOK = (line.id for line in ORDER.line_items)
WRAPPED = ORDER.custom_line_items[0].id
SHIPMENT = ("Advised", "Returned", "BackInStock", "Unusable")
PAYMENT = ("NonRefundable", "Initial", "Refunded", "NotRefunded")


def adding(*items: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"action": "addReturnInfo", "items": list(items), **members}


def item(state: str = "Returned", **members: Any) -> dict[str, Any]:
    return {"quantity": 1, "lineItemId": MUGS, "shipmentState": state, **members}


def returned() -> Order:
    """The order with two returned items, `uid(5000)` with the key `mug`, and `uid(5001)`."""
    return act(ORDER, adding(item(key="mug"), item(lineItemId=BOOK))).after


def items_of(order: Order) -> list[ReturnItem]:
    return [item for each in order.return_info for item in each.items]


def test_a_return_is_added_dated_and_told() -> None:
    change = act(ORDER, adding(item(key="mug", quantity=2, comment="cracked"), item("Advised", lineItemId=BOOK)))
    (added,) = change.after.return_info
    first, second = added.items
    assert (added.return_date, added.return_tracking_id) == (NOW, None)
    assert (first.type, first.line_item_id, first.shipment_state, first.payment_state) == (
        "LineItemReturnItem", MUGS, "Returned", "Initial",
    )  # fmt: skip
    assert (second.shipment_state, second.payment_state) == ("Advised", "NonRefundable")
    times = {"createdAt": NOW, "lastModifiedAt": NOW}
    mug = {"id": uid(5000), "key": "mug", "quantity": 2, "type": "LineItemReturnItem", "lineItemId": MUGS, **times}
    book = {"id": uid(5001), "quantity": 1, "type": "LineItemReturnItem", "lineItemId": BOOK, **times}
    assert told(change) == [
        {
            "type": "ReturnInfoAdded",
            "returnInfo": {
                "items": [
                    {**mug, "comment": "cracked", "shipmentState": "Returned", "paymentState": "Initial"},
                    {**book, "shipmentState": "Advised", "paymentState": "NonRefundable"},
                ],
                "returnDate": NOW,
            },
        }
    ]


def test_a_custom_line_item_comes_back_as_one() -> None:
    sent = {"quantity": 1, "customLineItemId": WRAPPED, "shipmentState": "Returned"}
    (back,) = items_of(act(ORDER, adding(sent, returnTrackingId="R1", returnDate="2024-06-01T00:00:00Z")).after)
    assert (back.type, back.custom_line_item_id, back.line_item_id) == ("CustomLineItemReturnItem", WRAPPED, None)


def test_a_return_keeps_its_own_date_and_number() -> None:
    order = act(returned(), adding(item(), returnTrackingId="R1", returnDate="2024-06-01T02:00:00+02:00"), first_id=6000).after
    assert len(order.return_info) == 2
    assert (order.return_info[1].return_tracking_id, order.return_info[1].return_date) == ("R1", "2024-06-01T00:00:00.000Z")


BAD_ITEMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        item("BackInStock"),
        {
            "code": "InvalidField",
            "field": "shipmentState",
            "invalidValue": "BackInStock",
            "allowedValues": ["Advised", "Returned"],
        },
    ),
    (item(lineItemId=None), {"code": "RequiredField", "field": "lineItemId"}),
    (item(customLineItemId=WRAPPED), {"code": "InvalidInput"}),
    (item(lineItemId=ABSENT), {"code": "InvalidField", "field": "lineItemId", "invalidValue": ABSENT}),
    (item(lineItemId=WRAPPED), {"code": "InvalidField", "field": "lineItemId", "invalidValue": WRAPPED}),
    (
        item(lineItemId=None, customLineItemId=MUGS),
        {"code": "InvalidField", "field": "customLineItemId", "invalidValue": MUGS},
    ),
]


@pytest.mark.parametrize(("sent", "expected"), BAD_ITEMS)
def test_an_item_that_can_not_come_back_is_refused(sent: dict[str, Any], expected: dict[str, Any]) -> None:
    assert refused(ORDER, adding(sent)) == {"status": 400, **expected}
    assert refused(ORDER, {"action": "setReturnInfo", "items": [{"items": [sent]}]}) == {"status": 400, **expected}


def test_item_keys_are_unique_in_the_order() -> None:
    expected = {"status": 400, "code": "DuplicateField", "field": "key", "duplicateValue": "mug"}
    assert refused(returned(), adding(item(key="mug"))) == expected
    assert refused(ORDER, adding(item(key="mug"), item(key="mug"))) == expected
    twice = [{"items": [item(key="mug")]}, {"items": [item(key="mug")]}]
    assert refused(ORDER, {"action": "setReturnInfo", "items": twice}) == expected


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "addReturnInfo", "items": []},
        {"action": "addReturnInfo"},
        adding(item("Lost")),
        adding(item(quantity=0)),
        adding(item(quantity=1.5)),
        adding(item(custom={"fields": {}})),
        adding(item(key="x")),
        adding(item(), returnDate="yesterday"),
        {"action": "setReturnInfo", "items": [{}]},
        {"action": "setReturnPaymentState", "returnItemKey": "mug", "paymentState": "Paid"},
        {"action": "setReturnShipmentState", "returnItemKey": "mug"},
    ],
)
def test_a_malformed_return_is_refused(sent: dict[str, Any]) -> None:
    assert refused(returned(), sent)["code"] == "InvalidJsonInput"


def test_all_returns_are_replaced_and_removed() -> None:
    order = returned()
    sent = {"items": [item(key="mug")], "returnTrackingId": "R2"}
    change = act(order, {"action": "setReturnInfo", "items": [sent]}, first_id=6000)
    (info,) = change.after.return_info
    assert (info.return_tracking_id, info.return_date, info.items[0].id) == ("R2", None, uid(6000))
    (message,) = told(change)
    assert (message["type"], [each["returnTrackingId"] for each in message["returnInfo"]]) == ("ReturnInfoSet", ["R2"])
    removed = act(order, {"action": "setReturnInfo"})
    assert (removed.after, told(removed)) == (ORDER, [{"type": "ReturnInfoSet"}])
    nothing = act(ORDER, {"action": "setReturnInfo", "items": []})
    assert (nothing.after, told(nothing)) == (ORDER, [])


def at(shipment: Any, payment: Any) -> Order:
    """The order with one return item in these states."""
    stood = replace(items_of(returned())[0], shipment_state=shipment, payment_state=payment)
    return replace(ORDER, return_info=(ReturnInfo(items=(stood,)),))


@pytest.mark.parametrize("before", SHIPMENT)
@pytest.mark.parametrize("after", SHIPMENT)
def test_every_move_of_a_returned_item(before: str, after: str) -> None:
    order = at(before, "Initial")
    sent = {"action": "setReturnShipmentState", "returnItemId": uid(5000), "shipmentState": after}
    if before == after:
        same = act(order, sent)
        assert (same.after, told(same)) == (order, [])
    elif (before, after) in {("Returned", "BackInStock"), ("Returned", "Unusable")}:
        change = act(order, sent)
        assert [each.shipment_state for each in items_of(change.after)] == [after]
        assert told(change) == [
            {"type": "OrderReturnShipmentStateChanged", "returnItemId": uid(5000), "returnShipmentState": after}
        ]
    else:
        assert refused(order, sent) == {"status": 400, "code": "InvalidOperation"}


@pytest.mark.parametrize("before", PAYMENT)
@pytest.mark.parametrize("after", PAYMENT)
def test_every_move_of_a_refund(before: str, after: str) -> None:
    order = at("Returned", before)
    sent = {"action": "setReturnPaymentState", "returnItemKey": "mug", "paymentState": after}
    if before == after or (before, after) in {("Initial", "Refunded"), ("Initial", "NotRefunded")}:
        change = act(order, sent)
        assert [each.payment_state for each in items_of(change.after)] == [after]
        assert told(change) == []
    else:
        assert refused(order, sent) == {"status": 400, "code": "InvalidOperation"}


@pytest.mark.parametrize(
    "action",
    [
        {"action": "setReturnShipmentState", "shipmentState": "Unusable"},
        {"action": "setReturnPaymentState", "paymentState": "Refunded"},
    ],
)
def test_a_return_item_is_named_by_id_or_by_key(action: dict[str, Any]) -> None:
    order = returned()
    by_key = act(order, {**action, "returnItemKey": "mug"}).after
    assert act(order, {**action, "returnItemId": uid(5000)}).after == by_key
    assert items_of(by_key)[1] == items_of(order)[1]
    assert refused(order, action) == {"status": 400, "code": "RequiredField", "field": "returnItemId"}
    both = {**action, "returnItemId": uid(5000), "returnItemKey": "mug"}
    assert refused(order, both) == {"status": 400, "code": "InvalidInput"}
    assert refused(ORDER, {**action, "returnItemKey": "mug"}) == {
        "status": 400, "code": "InvalidField", "field": "returnItemKey", "invalidValue": "mug",
    }  # fmt: skip


def test_a_move_dates_the_item() -> None:
    sent = [
        {"action": "setReturnShipmentState", "returnItemKey": "mug", "shipmentState": "BackInStock"},
        {"action": "setReturnPaymentState", "returnItemId": uid(5001), "paymentState": "Refunded"},
    ]
    update = decode_body(actions.update_type(), msgspec.json.encode({"version": 1, "actions": sent}))
    after = actions.apply(returned(), update.actions, facts(now=LATER)).after
    assert [(each.created_at, each.last_modified_at) for each in items_of(after)] == [(NOW, LATER), (NOW, LATER)]
