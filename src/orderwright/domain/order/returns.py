"""Return items, and the two state machines they go through.

commercetools: Orders, ReturnShipmentState and ReturnPaymentState.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft
from orderwright.domain.sale.shipping.deliveries import Units
from orderwright.engine.model import Value, always
from orderwright.engine.scalars import DateTime, Id, Key, Quantity, Text

ReturnShipmentState = Literal["Advised", "Returned", "BackInStock", "Unusable"]
ReturnPaymentState = Literal["NonRefundable", "Initial", "Refunded", "NotRefunded"]
# How an item may begin, and the payment state that follows from it: what was only announced is not refunded.
FIRST_STATES: Final[Mapping[str, ReturnPaymentState]] = {"Advised": "NonRefundable", "Returned": "Initial"}
SHIPMENT_TRANSITIONS: Final = {"Returned": frozenset({"BackInStock", "Unusable"})}
PAYMENT_TRANSITIONS: Final = {"Initial": frozenset({"Refunded", "NotRefunded"})}


class ReturnItem(Value):
    """Units that come back: of a line item or of a custom line item, told apart by `type`."""

    id: Id
    quantity: Quantity
    type: Literal["LineItemReturnItem", "CustomLineItemReturnItem"]
    shipment_state: ReturnShipmentState
    payment_state: ReturnPaymentState
    last_modified_at: DateTime
    created_at: DateTime
    line_item_id: Id | None = None
    custom_line_item_id: Id | None = None
    key: Key | None = None
    comment: str | None = None
    custom: CustomFields | None = None


class ReturnInfo(Value):
    """Items that come back together."""

    items: tuple[ReturnItem, ...] = always(())
    return_tracking_id: str | None = None
    return_date: DateTime | None = None


class ReturnItemDraft(Value):
    """A return item as it is sent."""

    quantity: Units
    shipment_state: ReturnShipmentState
    key: Key | None = None
    line_item_id: Id | None = None
    custom_line_item_id: Id | None = None
    comment: Text | None = None
    custom: CustomFieldsDraft | None = None


class ReturnInfoDraft(Value):
    """A return as it is sent."""

    items: tuple[ReturnItemDraft, ...]
    return_tracking_id: Text | None = None
    return_date: DateTime | None = None
