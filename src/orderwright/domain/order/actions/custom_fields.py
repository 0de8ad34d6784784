"""The custom fields of what only orders have: deliveries, of which Messages tell, and returns."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.rows import Row, custom_field_rows
from orderwright.domain.order.actions.deliveries import OnDelivery, named_delivery
from orderwright.domain.order.actions.parcels import OnParcel, named_parcel, with_changed_parcel
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.actions.returns import OnReturnItem, named_return_item, with_return_item
from orderwright.domain.order.messages import DELIVERY_CUSTOM
from orderwright.domain.order.model import Order
from orderwright.domain.order.shipments import deliveries_of, with_delivery
from orderwright.domain.sale.shipping.deliveries import Delivery, Parcel
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


def _with_parcel(order: Order, old: Parcel, new: Parcel) -> Order:
    delivery: Delivery = next(each for each in deliveries_of(order) if any(inside is old for inside in each.parcels))
    return with_changed_parcel(order, delivery, new)


def _with_delivery(order: Order, _old: Any, new: Delivery) -> Order:
    return with_delivery(order, new)


custom_field_rows(
    actions,
    Row("Delivery", "order-delivery", named_delivery, _with_delivery, OnDelivery, tells=DELIVERY_CUSTOM),
    Row("DeliveryAddress", "address", _delivery_address, _with_delivery_address, OnDelivery),
    Row("Parcel", "order-parcel", lambda order, action: named_parcel(order, action)[1], _with_parcel, OnParcel),
    Row(
        "ReturnItem",
        "order-return-item",
        named_return_item,
        lambda order, _old, new: with_return_item(order, new),
        OnReturnItem,
    ),
)
