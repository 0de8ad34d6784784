"""The deliveries of an order, each in the shipping that it is of: the only one, or one of several."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.laws.parts import with_part, without
from orderwright.domain.order.model import Order
from orderwright.domain.sale.shipping.deliveries import Delivery
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.shipping.several import infos_of, with_info


def with_delivery(order: Order, changed: Delivery) -> Order:
    """The order with one delivery changed, found by its id."""
    info = _holding(order, changed)
    return with_info(order, info, replace(info, deliveries=with_part(info.deliveries or (), changed)))


def without_delivery(order: Order, gone: Delivery) -> Order:
    """The order with one delivery less."""
    info = _holding(order, gone)
    return with_info(order, info, replace(info, deliveries=without(info.deliveries or (), gone)))


def shipping_key_of(order: Order, delivery: Delivery) -> str | None:
    """The shipping key in Messages about a delivery; None where the order has only one shipping."""
    for shipping in order.shipping:
        if any(each.id == delivery.id for each in shipping.shipping_info.deliveries or ()):
            return shipping.shipping_key
    return None


def _holding(order: Order, delivery: Delivery) -> ShippingInfo:
    return next(info for info in infos_of(order) if any(each.id == delivery.id for each in info.deliveries or ()))
