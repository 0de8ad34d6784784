"""The shippings of a cart or an order: one, or in the shipping mode `Multiple` several, each with a key and an address.

What is said of one shipping is written once, for a sale that has one. Of several, each is looked at as if it were the only one.

commercetools: Carts, ShippingMode; Carts, Shipping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec.structs import replace

from orderwright.domain.laws.parts import check_new_keys, instead
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.deliveries import Delivery, DeliveryDraft, DeliveryItem, Parcel, delivery_from
from orderwright.domain.sale.shipping.model import Shipping, ShippingInfo, ShippingMode
from orderwright.engine.actions import Told
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.errors import invalid_field, invalid_operation

Changing = Callable[[ShippingInfo, Sale], ShippingInfo]
"""What a shipping becomes, seen by a sale that is sent by it alone."""


# What each of several shippings has of its own, by its name in a sale that is sent by it alone.
OWN: Final = ("shipping_address", "shipping_info", "shipping_key", "shipping_rate_input")
MAX_SHIPPINGS: Final = 50
# Each item has a rate under each shipping.
MAX_PARTS: Final = 5000


def check_parts(items: int, shippings: int) -> None:
    """Raises `InvalidOperation` for more than 50 shippings, or where items times shippings are more than 5,000."""
    if shippings > MAX_SHIPPINGS or items * shippings > MAX_PARTS:
        raise invalid_operation(
            f"A cart has at most {MAX_SHIPPINGS} shippings, and its line items and custom line items times these are at most"
            f" {MAX_PARTS}."
        )


def check_shipping_mode(sale: Sale, mode: ShippingMode) -> None:
    """Raises `InvalidOperation` for a cart or order of the other shipping mode."""
    if sale.shipping_mode != mode:
        raise invalid_operation(f"The shipping mode is '{sale.shipping_mode}': this is done in the mode '{mode}' only.")


def sent_by(sale: S, shipping: Shipping) -> S:
    """The sale as if this were its only shipping. A shipping without an input of its own goes by the sale's."""
    return replace(
        sale,
        shipping_address=shipping.shipping_address,
        shipping_info=shipping.shipping_info,
        shipping_key=shipping.shipping_key,
        shipping_rate_input=shipping.shipping_rate_input or sale.shipping_rate_input,
    )


def each_sent(sale: S) -> list[S]:
    """The sale as each of its shippings has it; in the mode `Single` that is the sale itself, once a shipping method is set."""
    if sale.shipping_mode == "Multiple":
        return [sent_by(sale, shipping) for shipping in sale.shipping]
    return [] if sale.shipping_info is None else [sale]


def infos_of(sale: Sale) -> list[ShippingInfo]:
    """What is known of each shipping, in their order."""
    single = [sale.shipping_info] if sale.shipping_info else []
    return [*single, *(shipping.shipping_info for shipping in sale.shipping)]


def with_infos(sale: S, change: Changing) -> S:
    """The sale with each of its shippings changed."""
    return replace(
        sale,
        shipping_info=sale.shipping_info and change(sale.shipping_info, sale),
        shipping=tuple(
            replace(shipping, shipping_info=change(shipping.shipping_info, sent_by(sale, shipping))) for shipping in sale.shipping
        ),
    )


def named_shipping(sale: Sale, key: str | None) -> Shipping | None:
    """The shipping that a key names in the mode `Multiple`; None in the mode `Single`, where no key is needed.

    Raises `InvalidOperation` for a missing key and for one where there is only one shipping, `InvalidField` for an unknown one.
    """
    if sale.shipping_mode == "Single":
        if key is not None:
            raise invalid_operation("In the shipping mode 'Single' there is one shipping, which no shippingKey names.")
        return None
    if key is None:
        raise invalid_operation("In the shipping mode 'Multiple' there are several shippings: shippingKey is needed.")
    for shipping in sale.shipping:
        if shipping.shipping_key == key:
            return shipping
    raise invalid_field("shippingKey", key)


def named_info(sale: Sale, key: str | None) -> ShippingInfo:
    """What is known of the only shipping, or of the one that a key names.

    Raises what `named_shipping` raises, and `InvalidOperation` where no shipping method is set.
    """
    shipping = named_shipping(sale, key)
    info = sale.shipping_info if shipping is None else shipping.shipping_info
    if info is None:
        raise invalid_operation("The shipping method is not set.")
    return info


def with_info(sale: S, old: ShippingInfo, new: ShippingInfo) -> S:
    """The sale with one shipping changed, which is known by identity."""
    if sale.shipping_info is old:
        return replace(sale, shipping_info=new)
    return replace(
        sale,
        shipping=tuple(replace(each, shipping_info=new) if each.shipping_info is old else each for each in sale.shipping),
    )


def with_shipping(sale: S, old: Shipping, new: Shipping) -> S:
    """The sale with one of several shippings changed, which is known by identity."""
    return replace(sale, shipping=instead(sale.shipping, old, new))


def deliveries_of(sale: Sale) -> tuple[Delivery, ...]:
    """All deliveries, those of each shipping oldest first; none without shipping."""
    return tuple(delivery for info in infos_of(sale) for delivery in info.deliveries or ())


def parcels_of(sale: Sale) -> list[Parcel]:
    """The parcels of all deliveries."""
    return [parcel for delivery in deliveries_of(sale) for parcel in delivery.parcels]


def check_delivered(sale: Sale, items: Iterable[DeliveryItem]) -> None:
    """Raises `InvalidField` for an item that the cart or order does not have."""
    known = {line.id for line in sale.line_items} | {custom.id for custom in sale.custom_line_items}
    for item in items:
        if item.id not in known:
            raise invalid_field("items.id", item.id)


def deliveries_from(drafts: Iterable[DeliveryDraft], sale: Sale, facts: Facts) -> tuple[Delivery, ...]:
    """The deliveries that a new shipping brings along.

    Raises `InvalidField` for a foreign item, `DuplicateField` for a key in use, and what `delivery_from` raises.
    """
    drafts = tuple(drafts)
    parcels = [parcel for draft in drafts for parcel in draft.parcels]
    check_delivered(sale, (item for draft in drafts for item in draft.items))
    check_delivered(sale, (item for parcel in parcels for item in parcel.items))
    check_new_keys(deliveries_of(sale), [draft.key for draft in drafts])
    check_new_keys(parcels_of(sale), [parcel.key for parcel in parcels])
    return tuple(delivery_from(draft, facts) for draft in drafts)


def tells_estimate(message: type[Message]) -> Told:
    """What a set tells of a `setEstimatedDelivery`: the new window and, of several shippings, the key of the one it is for."""

    def tell(before: Sale, after: Sale) -> Message:
        changed = [new for old, new in zip(before.shipping, after.shipping, strict=True) if old != new]
        key, info = (changed[0].shipping_key, changed[0].shipping_info) if changed else (None, after.shipping_info)
        return message(estimated_delivery=info and info.estimated_delivery, shipping_key=key)

    return tell
