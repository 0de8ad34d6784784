"""What a Message about an order says, in a line for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from orderwright.desk.words import Words

Json = Mapping[str, Any]
Values = Callable[[Json, Words], dict[str, Any]]


def said(message: Json, words: Words) -> str:
    """The line; of a type that has none here, the type itself."""
    row = SAID.get(message["type"])
    return words(row[0], **row[1](message, words)) if row else str(message["type"])


def _nothing(_message: Json, _words: Words) -> dict[str, Any]:
    return {}


def _moved(before: str, after: str) -> Values:
    return lambda message, words: {
        name: words(str(message[member])) if message.get(member) else "–"
        for name, member in (("before", before), ("after", after))
    }


def _plainly(before: str, after: str) -> Values:
    return lambda message, _words: {"before": message.get(before) or "–", "after": message.get(after) or "–"}


def _units(part: str) -> Values:
    return lambda message, words: {"units": words.number(sum(item["quantity"] for item in message[part].get("items", ())))}


def _tracking(message: Json, _words: Words) -> dict[str, Any]:
    tracking = message.get("parcel", message).get("trackingData") or {}
    return {"tracking": " ".join(filter(None, (tracking.get("carrier"), tracking.get("trackingId")))) or "–"}


def _place(message: Json, _words: Words) -> dict[str, Any]:
    address = message.get("address") or {}
    parts = ("firstName", "lastName", "streetName", "streetNumber", "postalCode", "city", "country")
    return {"address": " ".join(filter(None, map(address.get, parts))) or "–"}


def _line(message: Json, words: Words) -> dict[str, Any]:
    line = message.get("lineItem") or message.get("customLineItem") or {}
    quantity = message.get("addedQuantity", message.get("removedQuantity", line.get("quantity", 0)))
    return {"quantity": words.number(quantity), "name": words.local(line.get("name")) or message.get("lineItemId", "")}


def _field(message: Json, _words: Words) -> dict[str, Any]:
    return {"name": message["name"]}


def _those(message: Json, words: Words) -> dict[str, Any]:
    return {"units": words.number(sum(item["quantity"] for item in message.get("items") or ()))}


def _quantity(message: Json, words: Words) -> dict[str, Any]:
    return {"quantity": words.number(message["quantity"])}


SAID: Final[Mapping[str, tuple[str, Values]]] = {
    "OrderStateChanged": ("Order: {before} → {after}", _moved("oldOrderState", "orderState")),
    "OrderShipmentStateChanged": ("Shipment: {before} → {after}", _moved("oldShipmentState", "shipmentState")),
    "OrderPaymentStateChanged": ("Payment: {before} → {after}", _moved("oldPaymentState", "paymentState")),
    "OrderReturnShipmentStateChanged": ("A returned item: {after}", _moved("", "returnShipmentState")),
    "OrderStateTransition": ("Moved to another state of its workflow", _nothing),
    "LineItemStateTransition": ("Units of a line moved to another state: {quantity}", _quantity),
    "CustomLineItemStateTransition": ("Units of a line moved to another state: {quantity}", _quantity),
    "OrderCustomerSet": ("Given to a customer", _nothing),
    "OrderCustomerEmailSet": ("E-mail: {before} → {after}", _plainly("oldEmail", "email")),
    "OrderShippingAddressSet": ("Shipping address: {address}", _place),
    "OrderBillingAddressSet": ("Billing address: {address}", _place),
    "OrderPaymentAdded": ("Payment added", _nothing),
    "OrderPaymentRemoved": ("Payment removed", _nothing),
    "DeliveryAdded": ("Delivery added (units: {units})", _units("delivery")),
    "DeliveryRemoved": ("Delivery removed (units: {units})", _units("delivery")),
    "ParcelAddedToDelivery": ("Parcel added: {tracking}", _tracking),
    "ParcelTrackingDataUpdated": ("Tracking of a parcel: {tracking}", _tracking),
    "ReturnInfoAdded": ("Return added (units: {units})", _units("returnInfo")),
    "OrderLineItemAdded": ("{quantity} × {name} added", _line),
    "OrderLineItemRemoved": ("{quantity} × {name} removed", _line),
    "OrderEditApplied": ("An edit of the order applied", _nothing),
    "OrderLineItemDiscountSet": ("Discounts of a line set", _nothing),
    "OrderLineItemDistributionChannelSet": ("Distribution channel of a line set", _nothing),
    "OrderCustomLineItemAdded": ("{quantity} × {name} added", _line),
    "OrderCustomLineItemRemoved": ("{quantity} × {name} removed", _line),
    "OrderCustomLineItemQuantityChanged": ("Quantity of a custom line: {before} → {after}", _plainly("oldQuantity", "quantity")),
    "OrderCustomLineItemDiscountSet": ("Discounts of a line set", _nothing),
    "OrderDiscountCodeAdded": ("Discount code added", _nothing),
    "OrderDiscountCodeRemoved": ("Discount code removed", _nothing),
    "OrderShippingInfoSet": ("Shipping method set", _nothing),
    "OrderShippingRateInputSet": ("Input of the shipping rate set", _nothing),
    "OrderCustomerGroupSet": ("Customer group set", _nothing),
    "OrderStoreSet": ("Store set", _nothing),
    "OrderBusinessUnitSet": ("Business unit set", _nothing),
    "OrderPurchaseOrderNumberSet": (
        "Purchase order number: {before} → {after}",
        _plainly("oldPurchaseOrderNumber", "purchaseOrderNumber"),
    ),
    "OrderEstimatedDeliverySet": ("Estimated delivery set", _nothing),
    "OrderCustomTypeSet": ("Custom fields set", _nothing),
    "OrderCustomTypeRemoved": ("Custom fields removed", _nothing),
    "OrderCustomFieldAdded": ("Custom field: {name}", _field),
    "OrderCustomFieldChanged": ("Custom field: {name}", _field),
    "OrderCustomFieldRemoved": ("Custom field removed: {name}", _field),
    "DeliveryAddressSet": ("Address of a delivery: {address}", _place),
    "DeliveryItemsUpdated": ("Units of a delivery set: {units}", _those),
    "DeliveryCustomTypeSet": ("Custom fields of a delivery set", _nothing),
    "DeliveryCustomTypeRemoved": ("Custom fields of a delivery removed", _nothing),
    "DeliveryCustomFieldAdded": ("Custom field of a delivery: {name}", _field),
    "DeliveryCustomFieldChanged": ("Custom field of a delivery: {name}", _field),
    "DeliveryCustomFieldRemoved": ("Custom field of a delivery removed: {name}", _field),
    "ParcelItemsUpdated": ("Units of a parcel set: {units}", _those),
    "ParcelMeasurementsUpdated": ("Size and weight of a parcel set", _nothing),
    "ParcelRemovedFromDelivery": ("Parcel removed: {tracking}", _tracking),
    "ReturnInfoSet": ("Returns set", _nothing),
}
"""The line of each type, and what is put into it."""
