"""The shipping of an order: one method, or in the shipping mode `Multiple` several, each with deliveries of its own."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.laws.parts import with_part, without
from orderwright.domain.order.model import Order
from orderwright.domain.sale.shipping.deliveries import Delivery
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.errors import invalid_field, invalid_operation


def named_shipping(order: Order, key: str | None) -> ShippingInfo:
    """The shipping that an action is about: the only one, or in the mode `Multiple` the one that the key names.

    Raises `InvalidOperation` for an order without shipping, for a missing key and for one where there is only one shipping;
    `InvalidField` for an unknown key.
    """
    if order.shipping_mode == "Multiple":
        if key is None:
            raise invalid_operation("An order in the shipping mode 'Multiple' has several shippings: shippingKey is needed.")
        for shipping in order.shipping:
            if shipping.shipping_key == key:
                return shipping.shipping_info
        raise invalid_field("shippingKey", key)
    if key is not None:
        raise invalid_operation("An order in the shipping mode 'Single' has one shipping, which no shippingKey names.")
    if order.shipping_info is None:
        raise invalid_operation("The order has no shipping info, so that nothing is delivered.")
    return order.shipping_info


def with_shipping(order: Order, old: ShippingInfo, new: ShippingInfo) -> Order:
    """The order with one shipping changed, which is known by identity."""
    if order.shipping_info is old:
        return replace(order, shipping_info=new)
    several = tuple(replace(each, shipping_info=new) if each.shipping_info is old else each for each in order.shipping)
    return replace(order, shipping=several)


def deliveries_of(order: Order) -> tuple[Delivery, ...]:
    """All deliveries of an order, those of each shipping oldest first; none without shipping."""
    return tuple(delivery for info in _infos(order) for delivery in info.deliveries or ())


def with_delivery(order: Order, changed: Delivery) -> Order:
    """The order with one delivery changed, found by its id."""
    info = _holding(order, changed)
    return with_shipping(order, info, replace(info, deliveries=with_part(info.deliveries or (), changed)))


def without_delivery(order: Order, gone: Delivery) -> Order:
    """The order with one delivery less."""
    info = _holding(order, gone)
    return with_shipping(order, info, replace(info, deliveries=without(info.deliveries or (), gone)))


def shipping_key_of(order: Order, delivery: Delivery) -> str | None:
    """The shipping key in Messages about a delivery; None where the order has only one shipping."""
    for shipping in order.shipping:
        if any(each.id == delivery.id for each in shipping.shipping_info.deliveries or ()):
            return shipping.shipping_key
    return None


def _holding(order: Order, delivery: Delivery) -> ShippingInfo:
    return next(info for info in _infos(order) if any(each.id == delivery.id for each in info.deliveries or ()))


def _infos(order: Order) -> list[ShippingInfo]:
    single = [order.shipping_info] if order.shipping_info else []
    return [*single, *(each.shipping_info for each in order.shipping)]
