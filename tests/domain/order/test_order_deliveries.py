"""Deliveries and parcels: what each action makes, tells and refuses."""

from typing import Any

import pytest

from domain.facts import NOW, uid
from domain.order.orders import ABSENT, WRAPPING, act, cart_of, placed, refused, told
from orderwright.domain.order.model import Order
from orderwright.domain.sale.shipping.deliveries import Delivery, DeliveryItem, Parcel, ParcelMeasurements, TrackingData
from orderwright.domain.sale.shipping.several import deliveries_of

ORDER = placed(cart_of(custom_line_items=(WRAPPING,)))
MUGS, BOOK = (line.id for line in ORDER.line_items)
WRAPPED = ORDER.custom_line_items[0].id
TWO_MUGS = {"id": MUGS, "quantity": 2}
TRACKING = {"trackingId": "T1", "carrier": "TNT", "provider": "P", "providerTransaction": "X", "isReturn": True}
SIZE = {"heightInMillimeter": 1, "lengthInMillimeter": 2, "widthInMillimeter": 3, "weightInGram": 4}


def adding(**members: Any) -> dict[str, Any]:
    return {"action": "addDelivery", "items": [TWO_MUGS], **members}


def delivered(**members: Any) -> Order:
    """The order with one delivery, `uid(5000)`, and its parcels from `uid(5001)` on."""
    return act(ORDER, adding(deliveryKey="first", **members)).after


def only(order: Order) -> Delivery:
    (delivery,) = deliveries_of(order)
    return delivery


def test_a_delivery_is_added_and_told() -> None:
    change = act(ORDER, adding(deliveryKey="first", address={"country": "DE", "city": "Bonn"}))
    assert only(change.after) == Delivery(
        id=uid(5000),
        created_at=NOW,
        key="first",
        items=(DeliveryItem(id=MUGS, quantity=2),),
        parcels=(),
        address=only(change.after).address,
    )
    body = {
        "id": uid(5000),
        "createdAt": "2024-05-01T10:00:00.000Z",
        "key": "first",
        "items": [TWO_MUGS],
        "parcels": [],
        "address": {"country": "DE", "city": "Bonn"},
    }
    assert told(change) == [{"type": "DeliveryAdded", "delivery": body}]


def test_each_parcel_is_told_after_its_delivery() -> None:
    change = act(ORDER, adding(parcels=[{"key": "p1", "trackingData": {"trackingId": "T1"}}, {"items": [TWO_MUGS]}]))
    tracking = {"trackingId": "T1", "isReturn": False}
    first = {"id": uid(5001), "createdAt": NOW, "key": "p1", "items": [], "trackingData": tracking}
    second = {"id": uid(5002), "createdAt": NOW, "items": [TWO_MUGS]}
    body = {"id": uid(5000), "createdAt": NOW, "items": [TWO_MUGS]}
    assert told(change) == [
        {"type": "DeliveryAdded", "delivery": {**body, "parcels": []}},
        {"type": "ParcelAddedToDelivery", "delivery": {**body, "parcels": [first]}, "parcel": first},
        {"type": "ParcelAddedToDelivery", "delivery": {**body, "parcels": [first, second]}, "parcel": second},
    ]
    assert [parcel.id for parcel in only(change.after).parcels] == [uid(5001), uid(5002)]


def test_deliveries_add_up_and_may_hold_more_than_was_ordered() -> None:
    change = act(delivered(), adding(items=[{"id": WRAPPED, "quantity": 99}, {"id": BOOK, "quantity": 1}]), first_id=6000)
    assert [delivery.id for delivery in deliveries_of(change.after)] == [uid(5000), uid(6000)]
    assert only(act(ORDER, {"action": "addDelivery"}).after).items == ()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"items": [{"id": ABSENT, "quantity": 1}]}, {"code": "InvalidField", "field": "items.id", "invalidValue": ABSENT}),
        (
            {"parcels": [{"items": [{"id": ABSENT, "quantity": 1}]}]},
            {"code": "InvalidField", "field": "items.id", "invalidValue": ABSENT},
        ),
        ({"deliveryKey": "first"}, {"code": "DuplicateField", "field": "key", "duplicateValue": "first"}),
        ({"parcels": [{"key": "p1"}]}, {"code": "DuplicateField", "field": "key", "duplicateValue": "p1"}),
        ({"parcels": [{"key": "p2"}, {"key": "p2"}]}, {"code": "DuplicateField", "field": "key", "duplicateValue": "p2"}),
    ],
)
def test_a_delivery_that_does_not_fit_is_refused(members: dict[str, Any], expected: dict[str, Any]) -> None:
    assert refused(delivered(parcels=[{"key": "p1"}]), adding(**members)) == {"status": 400, **expected}


@pytest.mark.parametrize(
    "members",
    [
        {"shippingKey": 1},
        {"custom": {"fields": {}}},
        {"items": [{"id": MUGS, "quantity": 0}]},
        {"items": [{"id": MUGS, "quantity": "1"}]},
        {"items": [{"id": MUGS}]},
        {"items": [{"id": "mugs", "quantity": 1}]},
        {"items": {}},
        {"deliveryKey": "x"},
        {"deliveryKey": "x" * 257},
        {"parcels": [{"measurements": {"weightInGram": -1}}]},
        {"parcels": [{"trackingData": {"isReturn": "no"}}]},
        {"parcels": [{"custom": {"fields": {}}}]},
        {"address": {"city": "Bonn"}},
    ],
)
def test_a_malformed_delivery_is_refused(members: dict[str, Any]) -> None:
    assert refused(ORDER, adding(**members))["code"] == "InvalidJsonInput"


def test_an_order_without_shipping_has_no_deliveries() -> None:
    unshipped = placed(cart_of(shipping_method=None))
    assert refused(unshipped, {"action": "addDelivery"}) == {"status": 400, "code": "InvalidOperation"}
    assert deliveries_of(unshipped) == ()
    assert refused(unshipped, {"action": "removeDelivery", "deliveryKey": "first"})["code"] == "InvalidField"


ON_DELIVERY = [
    {"action": "removeDelivery"},
    {"action": "setDeliveryItems", "items": []},
    {"action": "setDeliveryAddress"},
    {"action": "addParcelToDelivery"},
]
ON_PARCEL = [
    {"action": "removeParcelFromDelivery"},
    {"action": "setParcelItems", "items": []},
    {"action": "setParcelMeasurements"},
    {"action": "setParcelTrackingData"},
]
NAMED = [("delivery", action) for action in ON_DELIVERY] + [("parcel", action) for action in ON_PARCEL]


@pytest.mark.parametrize(("part", "action"), NAMED)
def test_a_part_is_named_by_id_or_by_key(part: str, action: dict[str, Any]) -> None:
    order = delivered(parcels=[{"key": "first"}])
    id, key = f"{part}Id", f"{part}Key"
    known = uid(5000) if part == "delivery" else uid(5001)
    assert act(order, {**action, id: known}).after == act(order, {**action, key: "first"}).after
    assert refused(order, action) == {"status": 400, "code": "RequiredField", "field": id}
    assert refused(order, {**action, id: known, key: "first"}) == {"status": 400, "code": "InvalidInput"}
    for unknown in ({id: ABSENT}, {key: "absent"}):
        ((field, value),) = unknown.items()
        expected = {"status": 400, "code": "InvalidField", "field": field, "invalidValue": value}
        assert refused(order, {**action, **unknown}) == expected


def test_a_delivery_is_removed_with_its_parcels() -> None:
    order = delivered(parcels=[{}])
    change = act(order, {"action": "removeDelivery", "deliveryKey": "first"})
    assert deliveries_of(change.after) == ()
    (message,) = told(change)
    assert (message["type"], message["delivery"]["id"], len(message["delivery"]["parcels"])) == ("DeliveryRemoved", uid(5000), 1)


def test_what_a_delivery_holds_is_replaced() -> None:
    order = delivered()
    books = [{"id": BOOK, "quantity": 1}]
    change = act(order, {"action": "setDeliveryItems", "deliveryId": uid(5000), "items": books})
    assert only(change.after).items == (DeliveryItem(id=BOOK, quantity=1),)
    assert told(change) == [{"type": "DeliveryItemsUpdated", "deliveryId": uid(5000), "items": books, "oldItems": [TWO_MUGS]}]
    emptied = act(order, {"action": "setDeliveryItems", "deliveryId": uid(5000), "items": []})
    assert told(emptied)[0]["items"] == []
    same = act(order, {"action": "setDeliveryItems", "deliveryId": uid(5000), "items": [TWO_MUGS]})
    assert (same.after, told(same)) == (order, [])
    foreign = {"action": "setDeliveryItems", "deliveryId": uid(5000), "items": [{"id": ABSENT, "quantity": 1}]}
    assert refused(order, foreign)["code"] == "InvalidField"


def test_where_a_delivery_goes_is_set_and_removed() -> None:
    order = delivered()
    bonn = {"country": "DE", "city": "Bonn"}
    change = act(order, {"action": "setDeliveryAddress", "deliveryId": uid(5000), "address": bonn})
    assert told(change) == [{"type": "DeliveryAddressSet", "deliveryId": uid(5000), "address": bonn}]
    removed = act(change.after, {"action": "setDeliveryAddress", "deliveryId": uid(5000)})
    assert told(removed) == [{"type": "DeliveryAddressSet", "deliveryId": uid(5000), "oldAddress": bonn}]
    assert removed.after == order
    assert told(act(order, {"action": "setDeliveryAddress", "deliveryId": uid(5000)})) == []


def test_a_parcel_is_added_to_a_delivery() -> None:
    sent = {"parcelKey": "p1", "measurements": SIZE, "trackingData": TRACKING, "items": [TWO_MUGS]}
    change = act(delivered(), {"action": "addParcelToDelivery", "deliveryKey": "first", **sent}, first_id=6000)
    assert only(change.after).parcels == (
        Parcel(
            id=uid(6000),
            created_at=NOW,
            key="p1",
            measurements=ParcelMeasurements(
                height_in_millimeter=1, length_in_millimeter=2, width_in_millimeter=3, weight_in_gram=4
            ),
            tracking_data=TrackingData(tracking_id="T1", carrier="TNT", provider="P", provider_transaction="X", is_return=True),
            items=(DeliveryItem(id=MUGS, quantity=2),),
        ),
    )
    whole = {"items": [TWO_MUGS], "measurements": SIZE, "trackingData": TRACKING}
    parcel = {"id": uid(6000), "createdAt": NOW, "key": "p1", **whole}
    (message,) = told(change)
    assert (message["type"], message["parcel"], message["delivery"]["parcels"]) == ("ParcelAddedToDelivery", parcel, [parcel])
    again = {"action": "addParcelToDelivery", "deliveryKey": "first", "parcelKey": "p1"}
    assert refused(change.after, again) == {"status": 400, "code": "DuplicateField", "field": "key", "duplicateValue": "p1"}
    foreign = {"action": "addParcelToDelivery", "deliveryKey": "first", "items": [{"id": ABSENT, "quantity": 1}]}
    assert refused(change.after, foreign)["code"] == "InvalidField"
    custom = {"action": "addParcelToDelivery", "deliveryKey": "first", "custom": {"fields": {}}}
    assert refused(change.after, custom)["code"] == "InvalidJsonInput"


def test_a_parcel_is_removed_and_the_others_stay() -> None:
    order = delivered(parcels=[{"key": "p1"}, {"key": "p2"}])
    change = act(order, {"action": "removeParcelFromDelivery", "parcelKey": "p1"})
    assert [parcel.key for parcel in only(change.after).parcels] == ["p2"]
    gone = {"id": uid(5001), "createdAt": NOW, "key": "p1", "items": []}
    assert told(change) == [{"type": "ParcelRemovedFromDelivery", "deliveryId": uid(5000), "parcel": gone}]


@pytest.mark.parametrize(
    ("action", "field", "value", "message", "extra"),
    [
        ("setParcelItems", "items", [TWO_MUGS], "ParcelItemsUpdated", {"oldItems": []}),
        ("setParcelMeasurements", "measurements", SIZE, "ParcelMeasurementsUpdated", {}),
        ("setParcelTrackingData", "trackingData", TRACKING, "ParcelTrackingDataUpdated", {}),
    ],
)
def test_a_member_of_a_parcel_is_set_and_removed(
    action: str, field: str, value: Any, message: str, extra: dict[str, Any]
) -> None:
    order = delivered(parcels=[{"key": "p1"}, {"key": "p2"}])
    ids = {"deliveryId": uid(5000), "parcelId": uid(5002)}
    change = act(order, {"action": action, "parcelKey": "p2", field: value})
    assert told(change) == [{"type": message, **ids, field: value, **extra}]
    untouched, changed = only(change.after).parcels
    assert (untouched, changed.key) == (only(order).parcels[0], "p2")
    again = act(change.after, {"action": action, "parcelKey": "p2", field: value})
    assert (again.after, told(again)) == (change.after, [])
    nothing: dict[str, Any] = {"items": []} if field == "items" else {}
    removed = act(change.after, {"action": action, "parcelKey": "p2", **nothing})
    old: dict[str, Any] = {"items": [], "oldItems": value} if field == "items" else {}
    assert (removed.after, told(removed)) == (order, [{"type": message, **ids, **old}])


def test_a_parcel_holds_only_items_of_the_order() -> None:
    order = delivered(parcels=[{"key": "p1"}])
    sent = {"action": "setParcelItems", "parcelKey": "p1", "items": [{"id": ABSENT, "quantity": 1}]}
    assert refused(order, sent) == {"status": 400, "code": "InvalidField", "field": "items.id", "invalidValue": ABSENT}


def test_an_action_on_one_delivery_leaves_the_other_alone() -> None:
    order = act(delivered(), adding(deliveryKey="second"), first_id=6000).after
    change = act(order, {"action": "setDeliveryItems", "deliveryKey": "second", "items": []})
    first, second = deliveries_of(change.after)
    assert (first, second.items) == (deliveries_of(order)[0], ())


def test_removing_a_delivery_keeps_the_other() -> None:
    order = act(delivered(), adding(deliveryKey="second"), first_id=6000).after
    left = act(order, {"action": "removeDelivery", "deliveryKey": "first"}).after
    assert [each.key for each in deliveries_of(left)] == ["second"]
