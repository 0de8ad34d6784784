"""The custom fields of an order, its deliveries and returns. Messages tell of an order's own and of its deliveries'."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.rows import Row, custom_field_rows, root
from orderwright.domain.order.actions.deliveries import DELIVERY, OnDelivery, named_delivery
from orderwright.domain.order.actions.parcels import PARCEL
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.actions.returns import OnReturnItem, named_return_item, with_return_item
from orderwright.domain.order.messages import DELIVERY_CUSTOM, ORDER_CUSTOM
from orderwright.domain.order.model import Order
from orderwright.domain.order.shipments import with_delivery
from orderwright.domain.sale.shipping.several import deliveries_of
from orderwright.engine.parts import Part
from orderwright.errors import invalid_operation


def _delivery_address(order: Order, action: OnDelivery) -> Address:
    address = named_delivery(order, action).address
    if address is None:
        raise invalid_operation("The delivery has no address, so that it has no custom fields.")
    return address


def _with_delivery_address(order: Order, old: Address, new: Address) -> Order:
    # Told apart by identity: several deliveries may go to equal addresses.
    delivery = next(each for each in deliveries_of(order) if each.address is old)
    return with_delivery(order, replace(delivery, address=new))


custom_field_rows(
    actions,
    root("order", ORDER_CUSTOM),
    Row("Delivery", "order-delivery", DELIVERY, tells=DELIVERY_CUSTOM),
    Row("DeliveryAddress", "address", Part(_delivery_address, _with_delivery_address, OnDelivery)),
    Row("Parcel", "order-parcel", PARCEL),
    Row(
        "ReturnItem",
        "order-return-item",
        Part(named_return_item, lambda order, _old, new: with_return_item(order, new), OnReturnItem),
    ),
)
