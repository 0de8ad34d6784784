"""What leaves the warehouse: the order's deliveries. Their units are not counted against the order's, as the API has it."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.custom.addresses import AddressDraft, optional_address_from
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.laws.parts import check_new_keys, find_part
from orderwright.domain.laws.telling import old_and_new
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import (
    DeliveryAdded,
    DeliveryAddressSet,
    DeliveryItemsUpdated,
    DeliveryRemoved,
    ParcelAddedToDelivery,
)
from orderwright.domain.order.model import Order
from orderwright.domain.order.shipments import shipping_key_of, with_delivery, without_delivery
from orderwright.domain.sale.shipping.deliveries import (
    Delivery,
    DeliveryDraft,
    DeliveryItem,
    Parcel,
    ParcelDraft,
    delivery_from,
    parcel_from,
)
from orderwright.domain.sale.shipping.several import check_delivered, deliveries_of, named_info, parcels_of, with_info
from orderwright.engine.actions import Change, setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.engine.scalars import Id, Key, Text


class OnDelivery(Action):
    """What the actions on one delivery share: its id or its key, exactly one of them."""

    delivery_id: Id | None = None
    delivery_key: Key | None = None


class AddDelivery(Action):
    """Add a delivery, with its parcels if there are any; `delivery_key` is the new delivery's."""

    delivery_key: Key | None = None
    items: tuple[DeliveryItem, ...] = ()
    address: AddressDraft | None = None
    parcels: tuple[ParcelDraft, ...] = ()
    shipping_key: Text | None = None
    custom: CustomFieldsDraft | None = None


class RemoveDelivery(OnDelivery):
    """Remove a delivery and its parcels."""


class SetDeliveryItems(OnDelivery):
    """Replace what a delivery holds."""

    items: tuple[DeliveryItem, ...]


class SetDeliveryAddress(OnDelivery):
    """Set where a delivery goes; without an address, it is removed."""

    address: AddressDraft | None = None


@actions.handles
def add_delivery(order: Order, action: AddDelivery, facts: Facts) -> Change[Order]:
    """Raises what `named_info` raises, `InvalidField` for a foreign item, `DuplicateField` for a key in use."""
    info = named_info(order, action.shipping_key)
    check_delivered(order, action.items)
    for parcel in action.parcels:
        check_delivered(order, parcel.items)
    check_new_keys(deliveries_of(order), [action.delivery_key])
    check_new_keys(parcels_of(order), [parcel.key for parcel in action.parcels])
    draft = DeliveryDraft(key=action.delivery_key, items=action.items, address=action.address, custom=action.custom)
    delivery = delivery_from(draft, facts)
    messages: list[DeliveryAdded | ParcelAddedToDelivery] = [DeliveryAdded(delivery=delivery, shipping_key=action.shipping_key)]
    for parcel in action.parcels:
        delivery, told = with_parcel(delivery, parcel_from(parcel, facts), action.shipping_key)
        messages.append(told)
    after = with_info(order, info, replace(info, deliveries=(*(info.deliveries or ()), delivery)))
    return Change(after, *messages)


@actions.handles
def remove_delivery(order: Order, action: RemoveDelivery, _facts: Facts) -> Change[Order]:
    delivery = named_delivery(order, action)
    return Change(
        without_delivery(order, delivery), DeliveryRemoved(delivery=delivery, shipping_key=shipping_key_of(order, delivery))
    )


def named_delivery(order: Order, action: OnDelivery) -> Delivery:
    """The delivery an action is about. Raises as `find_part` does."""
    return find_part(deliveries_of(order), "delivery", id=action.delivery_id, key=action.delivery_key)


def with_parcel(delivery: Delivery, parcel: Parcel, shipping_key: str | None) -> tuple[Delivery, ParcelAddedToDelivery]:
    """The delivery with one parcel more, and the Message of that."""
    filled = replace(delivery, parcels=(*delivery.parcels, parcel))
    return filled, ParcelAddedToDelivery(delivery=filled, parcel=parcel, shipping_key=shipping_key)


def items_of_order(order: Order, items: tuple[DeliveryItem, ...], _facts: Facts) -> tuple[DeliveryItem, ...]:
    """The items themselves. Raises as `check_delivered` does."""
    check_delivered(order, items)
    return items


def _named(order: Order, delivery: Delivery) -> dict[str, Any]:
    return {"delivery_id": delivery.id, "shipping_key": shipping_key_of(order, delivery)}


DELIVERY: Final = Part(named_delivery, lambda order, _old, new: with_delivery(order, new), OnDelivery, _named)
actions.add(SetDeliveryItems, setter("items", old_and_new(DeliveryItemsUpdated, "items"), at=DELIVERY, kept=items_of_order))
actions.add(
    SetDeliveryAddress,
    setter(
        "address",
        old_and_new(DeliveryAddressSet, "address"),
        at=DELIVERY,
        kept=lambda _order, address, facts: optional_address_from(address, facts),
    ),
)
