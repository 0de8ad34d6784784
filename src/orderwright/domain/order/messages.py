"""What an order tells the world: the own fields of its Messages. The engine adds the envelope and the numbers.

Where a Message has a `shipping_key`, it is that of one of several shippings; an order with only one tells none.
"""

from __future__ import annotations

import msgspec

from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.messages import custom_messages
from orderwright.domain.order.model import Order, OrderState, ShipmentState
from orderwright.domain.order.returns import ReturnInfo, ReturnShipmentState
from orderwright.domain.sale.model import PaymentState
from orderwright.domain.sale.shipping.deliveries import Delivery, DeliveryItem, Parcel, ParcelMeasurements, TrackingData
from orderwright.domain.sale.shipping.model import EstimatedDelivery
from orderwright.engine.messages import Message
from orderwright.engine.model import KeyReference, Reference, always
from orderwright.engine.scalars import DateTime, Id, Key, Quantity


class OrderCreated(Message):
    """An order was made from a cart."""

    order: Order


class OrderImported(Message):
    """An order was imported, without any cart."""

    order: Order


class OrderDeleted(Message):
    """An order was deleted; the order as it was."""

    order: Order


class OrderStateChanged(Message):
    """The order's own state."""

    order_state: OrderState
    old_order_state: OrderState | None = None


class OrderShipmentStateChanged(Message):
    """The state of the shipment."""

    shipment_state: ShipmentState
    old_shipment_state: ShipmentState | None = None


class OrderPaymentStateChanged(Message):
    """The state of the payment."""

    payment_state: PaymentState
    old_payment_state: PaymentState | None = None


class OrderStateTransition(Message):
    """The order's State in a workflow, and whether the workflow's rules were set aside."""

    state: Reference
    old_state: Reference | None = None
    force: bool = always(False)


class LineItemStateTransition(Message):
    """Some units of a line item went from one State to another."""

    line_item_id: Id
    line_item_key: Key | None = None
    transition_date: DateTime
    quantity: Quantity
    from_state: Reference
    to_state: Reference


class CustomLineItemStateTransition(Message):
    """As `LineItemStateTransition`, of a custom line item."""

    custom_line_item_id: Id
    custom_line_item_key: Key | None = None
    transition_date: DateTime
    quantity: Quantity
    from_state: Reference
    to_state: Reference


class OrderCustomerSet(Message):
    """The customer and her group, and those before."""

    customer: Reference | None = None
    customer_group: Reference | None = None
    old_customer: Reference | None = None
    old_customer_group: Reference | None = None


class OrderStoreSet(Message):
    """The store; absent when the order belongs to none any more."""

    store: KeyReference | None = None


class OrderBusinessUnitSet(Message):
    """The business unit, and the one before, whose name the API spells in its own way."""

    business_unit: KeyReference | None = None
    old_business_unit: KeyReference | None = msgspec.field(default=None, name="oldbusinessUnit")


class OrderPaymentAdded(Message):
    """A payment of the order."""

    payment_ref: Reference


class OrderPaymentRemoved(Message):
    """A payment that is the order's no more, and whether it was the last one."""

    payment_ref: Reference
    removed_payment_info: bool = always(False)


class OrderShippingAddressSet(Message):
    """An address that is absent was not set before, or is not any more."""

    address: Address | None = None
    old_address: Address | None = None


class OrderBillingAddressSet(Message):
    """As `OrderShippingAddressSet`."""

    address: Address | None = None
    old_address: Address | None = None


class OrderCustomerEmailSet(Message):
    """The email address, and the one before."""

    email: str | None = None
    old_email: str | None = None


class OrderPurchaseOrderNumberSet(Message):
    """The buyer's own number, and the one before."""

    purchase_order_number: str | None = None
    old_purchase_order_number: str | None = None


class OrderEstimatedDeliverySet(Message):
    """When the shipment is expected; absent when that was taken back."""

    estimated_delivery: EstimatedDelivery | None = None
    shipping_key: str | None = None


class DeliveryAdded(Message):
    """A delivery, without the parcels it came with: each of them has a `ParcelAddedToDelivery` of its own."""

    delivery: Delivery
    shipping_key: str | None = None


class DeliveryRemoved(Message):
    """The delivery as it was, with its parcels."""

    delivery: Delivery
    shipping_key: str | None = None


class DeliveryAddressSet(Message):
    """Where a delivery goes now and went before."""

    delivery_id: Id
    address: Address | None = None
    old_address: Address | None = None
    shipping_key: str | None = None


class DeliveryItemsUpdated(Message):
    """What a delivery holds now and held before."""

    delivery_id: Id
    items: tuple[DeliveryItem, ...] = always(())
    old_items: tuple[DeliveryItem, ...] = always(())
    shipping_key: str | None = None


class ParcelAddedToDelivery(Message):
    """A parcel, and its delivery as it was once this parcel was in it."""

    delivery: Delivery
    parcel: Parcel
    shipping_key: str | None = None


class ParcelRemovedFromDelivery(Message):
    """The parcel as it was."""

    delivery_id: Id
    parcel: Parcel
    shipping_key: str | None = None


class ParcelItemsUpdated(Message):
    """What a parcel holds now and held before."""

    parcel_id: Id
    delivery_id: Id
    items: tuple[DeliveryItem, ...] = always(())
    old_items: tuple[DeliveryItem, ...] = always(())
    shipping_key: str | None = None


class ParcelMeasurementsUpdated(Message):
    """Size and weight; absent when they were removed."""

    delivery_id: Id
    parcel_id: Id
    measurements: ParcelMeasurements | None = None
    shipping_key: str | None = None


class ParcelTrackingDataUpdated(Message):
    """How the carrier names the parcel; absent when that was removed."""

    delivery_id: Id
    parcel_id: Id
    tracking_data: TrackingData | None = None
    shipping_key: str | None = None


class ReturnInfoAdded(Message):
    """A return."""

    return_info: ReturnInfo


class ReturnInfoSet(Message):
    """All returns of the order; absent when they were removed."""

    return_info: tuple[ReturnInfo, ...] | None = None


class OrderReturnShipmentStateChanged(Message):
    """Where a returned item is on its way back."""

    return_item_id: Id
    return_shipment_state: ReturnShipmentState


ORDER_CUSTOM = custom_messages("Order")
DELIVERY_CUSTOM = custom_messages("Delivery", named={"delivery_id": Id})
