"""An order with several shippings: each has deliveries and an arrival of its own, and the key says which is meant."""

from typing import Any

from msgspec.structs import replace

from domain.order.orders import act, placed, refused, told
from orderwright.domain.custom.addresses import Address
from orderwright.domain.order.model import Order
from orderwright.domain.sale.shipping.model import Shipping
from orderwright.domain.sale.shipping.several import deliveries_of
from orderwright.engine.json.codec import to_builtins

SINGLE = placed()
assert SINGLE.shipping_info is not None
SHIPPINGS = tuple(
    Shipping(shipping_key=key, shipping_info=replace(SINGLE.shipping_info), shipping_address=Address(country="DE"))
    for key in ("slow", "fast")
)
# No cart becomes such an order yet: it is put together here.
ORDER = replace(SINGLE, shipping_mode="Multiple", shipping_info=None, shipping=SHIPPINGS)
NOT_ALLOWED = {"status": 400, "code": "InvalidOperation"}
EACH: list[dict[str, Any]] = [
    {"action": "setParcelMeasurements", "parcelKey": "box", "measurements": {"weightInGram": 1}},
    {"action": "setParcelTrackingData", "parcelKey": "box", "trackingData": {"trackingId": "T"}},
    {"action": "setParcelItems", "parcelKey": "box", "items": [{"id": SINGLE.line_items[0].id, "quantity": 1}]},
    {"action": "removeParcelFromDelivery", "parcelKey": "box"},
    {"action": "removeDelivery", "deliveryKey": "one"},
    {"action": "setDeliveryItems", "deliveryKey": "two", "items": [{"id": SINGLE.line_items[0].id, "quantity": 1}]},
]
WINDOW = {"from": "2026-05-25T12:00:00.000Z"}


def adding(key: str, shipping: str | None = None) -> dict[str, Any]:
    return {"action": "addDelivery", "deliveryKey": key, **({"shippingKey": shipping} if shipping else {})}


def keys(order: Order) -> list[list[str | None]]:
    return [[delivery.key for delivery in each.shipping_info.deliveries or ()] for each in order.shipping]


def test_a_delivery_is_of_one_shipping() -> None:
    order = act(ORDER, adding("one", "fast"), adding("two", "slow"), adding("three", "fast"), first_id=5000).after
    assert keys(order) == [["two"], ["one", "three"]]
    assert [delivery.key for delivery in deliveries_of(order)] == ["two", "one", "three"]
    assert refused(ORDER, adding("one")) == NOT_ALLOWED
    assert refused(ORDER, adding("one", "air"))["code"] == "InvalidField"
    assert refused(SINGLE, adding("one", "fast")) == NOT_ALLOWED
    assert refused(order, adding("two", "fast"))["code"] == "DuplicateField"


def test_a_delivery_is_changed_and_removed_where_it_is() -> None:
    order = act(ORDER, adding("one", "fast"), adding("two", "slow")).after
    parcel = {"action": "addParcelToDelivery", "deliveryKey": "one", "parcelKey": "box"}
    order = act(order, parcel, {"action": "setDeliveryAddress", "deliveryKey": "two", "address": {"country": "FR"}}).after
    assert [message.get("shippingKey") for message in told(act(order, *EACH))] == ["fast"] * 5 + ["slow"]
    slow, fast = (each.shipping_info.deliveries or () for each in order.shipping)
    assert [parcel.key for parcel in fast[0].parcels] == ["box"]
    assert slow[0].address == Address(country="FR")
    assert keys(act(order, {"action": "removeDelivery", "deliveryKey": "one"}).after) == [["two"], []]


def test_each_shipping_arrives_in_its_own_time() -> None:
    change = act(ORDER, {"action": "setEstimatedDelivery", "shippingKey": "fast", "estimatedDelivery": WINDOW})
    assert [to_builtins(each.shipping_info.estimated_delivery) for each in change.after.shipping] == [None, WINDOW]
    assert told(change) == [{"type": "OrderEstimatedDeliverySet", "estimatedDelivery": WINDOW, "shippingKey": "fast"}]
    assert refused(ORDER, {"action": "setEstimatedDelivery", "estimatedDelivery": WINDOW}) == NOT_ALLOWED
