"""The order's Messages beside the published list: their names, their fields, and what is really sent."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from domain.facts import NOW, uid
from domain.order.orders import ADA, BEGUN, BOOK, MUGS, NEW, PAYMENT, WRAPPING, act, cart_of, placed
from live import speccheck
from orderwright.domain.order import messages
from orderwright.domain.order.resource import IMPORTED, RESOURCE
from orderwright.domain.shop.message import RESOURCE as MESSAGES
from orderwright.engine.json.codec import encode
from orderwright.engine.messages import Message, post
from orderwright.engine.model import KeyReference

TYPES = [
    *(kind for kind in vars(messages).values() if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message),
    *(
        kind
        for custom in (messages.ORDER_CUSTOM, messages.DELIVERY_CUSTOM)
        for kind in (custom.type_set, custom.type_removed, custom.field_added, custom.field_changed, custom.field_removed)
    ),
]
KEYED = cart_of(line_items=(replace(MUGS, key="mugs"), BOOK), custom_line_items=(replace(WRAPPING, key="wrap"),))
ORDER = placed(KEYED, order_number="A-1")
LINE = {"id": ORDER.line_items[0].id, "quantity": 1}
BACK = {"quantity": 1, "lineItemId": LINE["id"], "shipmentState": "Returned", "key": "mug"}
BONN = {"country": "DE", "city": "Bonn"}
ON_FIRST = {"deliveryKey": "first"}
BEGUN_TO_PICKED = {"fromState": {"id": BEGUN.id}, "toState": {"key": "picked"}}
ON_PARCEL = {"parcelKey": "p1"}
OF_EXTRA = {"type": {"typeId": "type", "key": "extra"}, "fields": {"note": "a"}}
# A Type is set, and one field added, changed and removed, on the order and on a delivery.
CUSTOM: list[dict[str, Any]] = [
    {"action": f"set{part}Custom{what}", **named, **members}
    for part, named in (("", {}), ("Delivery", ON_FIRST))
    for what, members in (
        ("Type", OF_EXTRA),
        ("Field", {"name": "count", "value": 1}),
        ("Field", {"name": "count", "value": 2}),
        ("Field", {"name": "note"}),
    )
]
EVERYTHING: list[dict[str, Any]] = [
    {"action": "changeOrderState", "orderState": "Confirmed"},
    {"action": "changeShipmentState", "shipmentState": "Ready"},
    {"action": "changePaymentState", "paymentState": "Paid"},
    {"action": "addPayment", "payment": {"id": PAYMENT.id}},
    {"action": "removePayment", "payment": {"id": PAYMENT.id}},
    {"action": "setShippingAddress", "address": BONN},
    {"action": "setBillingAddress"},
    {"action": "setCustomerEmail", "email": "b@example.com"},
    {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "PO-3"},
    {"action": "setEstimatedDelivery", "estimatedDelivery": {"from": "2026-05-25T12:00:00.000Z"}},
    {"action": "addDelivery", "deliveryKey": "first", "items": [LINE], "parcels": [{"key": "p1"}], "address": BONN},
    {"action": "setDeliveryAddress", **ON_FIRST, "address": {"country": "FR"}},
    {"action": "setDeliveryItems", **ON_FIRST, "items": []},
    {"action": "setParcelItems", **ON_PARCEL, "items": [LINE]},
    {"action": "setParcelMeasurements", **ON_PARCEL, "measurements": {"weightInGram": 5}},
    {"action": "setParcelTrackingData", **ON_PARCEL, "trackingData": {"trackingId": "T1"}},
    {"action": "addReturnInfo", "items": [BACK]},
    {"action": "setReturnShipmentState", "returnItemKey": "mug", "shipmentState": "Unusable"},
    {"action": "transitionState", "state": {"id": NEW.id}},
    {"action": "transitionLineItemState", "lineItemKey": "mugs", "quantity": 1, **BEGUN_TO_PICKED},
    {"action": "transitionCustomLineItemState", "customLineItemKey": "wrap", "quantity": 1, **BEGUN_TO_PICKED},
    {"action": "setCustomerId", "customerId": ADA.id},
    {"action": "setStore", "store": {"key": "berlin"}},
    *CUSTOM,
]
ENDINGS: list[dict[str, Any]] = [
    {"action": "setCustomType"},
    {"action": "setDeliveryCustomType", **ON_FIRST},
    {"action": "removeParcelFromDelivery", **ON_PARCEL},
    {"action": "removeDelivery", **ON_FIRST},
    {"action": "setReturnInfo", "items": [{"items": [BACK]}]},
    {"action": "setBusinessUnit"},
]


def sent() -> list[Any]:
    """One Message of every kind at least."""
    assert RESOURCE.created is not None and RESOURCE.deleted is not None
    assert IMPORTED.created is not None
    # An order can have come by a business unit only before there were none: its removal is told all the same.
    unit = KeyReference(type_id="business-unit", key="unit")
    change = act(replace(ORDER, business_unit=unit), *EVERYTHING, *ENDINGS)
    return [RESOURCE.created(ORDER), IMPORTED.created(ORDER), *change.messages, RESOURCE.deleted(change.after)]


def test_every_kind_of_message_is_sent() -> None:
    assert {type(message) for message in sent()} == set(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_the_fields_are_the_published_ones(kind: Any) -> None:
    checker = speccheck()
    if checker is None:
        pytest.skip("the published specification is not in this checkout")
    published = checker.schemas()[f"{kind.__name__}MessagePayload"]
    parts = [published, *published.get("allOf", [])]
    fields = {name: schema for part in parts for name, schema in part.get("properties", {}).items() if name != "type"}
    assert set(fields) == set(kind.__struct_encode_fields__)


def test_every_message_and_the_order_satisfy_the_published_schema() -> None:
    checker = speccheck()
    if checker is None:
        pytest.skip("the published specification is not in this checkout")
    for number, message in enumerate(sent(), 1):
        posted = post(
            message,
            ORDER,
            type_id="order",
            identifiers=RESOURCE.user_identifiers(ORDER),
            sequence_number=number,
            id=uid(number),
            correlation_id=None,
            now=NOW,
        )
        served = msgspec.json.decode(posted.body)
        assert checker.problems("Message", served) == [], served["type"]
        assert served["resourceUserProvidedIdentifiers"] == {"orderNumber": "A-1"}
        assert msgspec.convert(served, MESSAGES.model, dec_hook=lambda kind, value: kind(value)).version == 1
    assert checker.problems("Order", msgspec.json.decode(encode(act(ORDER, *EVERYTHING).after))) == []


def test_messages_are_only_read() -> None:
    assert set(MESSAGES.verbs) == {"get", "query", "head"}
    assert MESSAGES.actions.types == ()
