"""The shipping of a cart or an order: one method, or in the shipping mode `Multiple` several, each with a key of its own."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.engine.actions import Told
from orderwright.engine.messages import Message
from orderwright.errors import invalid_field, invalid_operation


def named_shipping(sale: Sale, key: str | None) -> ShippingInfo:
    """The shipping that an action is about: the only one, or in the mode `Multiple` the one that the key names.

    Raises `InvalidOperation` where there is no shipping, for a missing key and for one where there is only one shipping;
    `InvalidField` for an unknown key.
    """
    if sale.shipping_mode == "Multiple":
        if key is None:
            raise invalid_operation("In the shipping mode 'Multiple' there are several shippings: shippingKey is needed.")
        for shipping in sale.shipping:
            if shipping.shipping_key == key:
                return shipping.shipping_info
        raise invalid_field("shippingKey", key)
    if key is not None:
        raise invalid_operation("In the shipping mode 'Single' there is one shipping, which no shippingKey names.")
    if sale.shipping_info is None:
        raise invalid_operation("There is no shipping info.")
    return sale.shipping_info


def with_shipping(sale: S, old: ShippingInfo, new: ShippingInfo) -> S:
    """With one shipping changed, which is known by identity."""
    if sale.shipping_info is old:
        return replace(sale, shipping_info=new)
    several = tuple(replace(each, shipping_info=new) if each.shipping_info is old else each for each in sale.shipping)
    return replace(sale, shipping=several)


def tells_estimate(message: type[Message]) -> Told:
    """What a set tells of a `setEstimatedDelivery`: the new window and, of several shippings, the key of the one it is for."""

    def tell(before: Sale, after: Sale) -> Message:
        changed = [new for old, new in zip(before.shipping, after.shipping, strict=True) if old != new]
        key, info = (changed[0].shipping_key, changed[0].shipping_info) if changed else (None, after.shipping_info)
        return message(estimated_delivery=info and info.estimated_delivery, shipping_key=key)

    return tell
