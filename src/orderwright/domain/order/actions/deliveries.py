"""What leaves the warehouse: the order's deliveries. Their units are not counted against the order's, as the API has it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from orderwright.domain.common.addresses import AddressDraft, optional_address_from
from orderwright.domain.common.custom_fields import CustomFieldsDraft, custom_from
from orderwright.domain.common.deliveries import Delivery, DeliveryItem, Parcel, ParcelDraft, parcel_from
from orderwright.domain.common.parts import check_new_keys, find_part, with_part, without
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import (
    DeliveryAdded,
    DeliveryAddressSet,
    DeliveryItemsUpdated,
    DeliveryRemoved,
    ParcelAddedToDelivery,
)
from orderwright.domain.order.model import Order
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import Id, Key, NotServed
from orderwright.errors import invalid_field, invalid_operation


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
    shipping_key: NotServed | None = None
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
    """Raises `InvalidOperation` without shipping info, `InvalidField` for a foreign item, `DuplicateField` for a key in use."""
    if order.shipping_info is None:
        raise invalid_operation("A delivery can only be added to an order that has shipping info.")
    check_items(order, action.items)
    for draft in action.parcels:
        check_items(order, draft.items)
    check_new_keys(deliveries_of(order), [action.delivery_key])
    check_new_keys(parcels_of(order), [draft.key for draft in action.parcels])
    delivery = Delivery(
        id=facts.new_id(),
        created_at=facts.now,
        key=action.delivery_key,
        items=action.items,
        parcels=(),
        address=optional_address_from(action.address, facts),
        custom=custom_from(action.custom, "order-delivery", facts),
    )
    messages: list[DeliveryAdded | ParcelAddedToDelivery] = [DeliveryAdded(delivery=delivery)]
    for draft in action.parcels:
        delivery, told = with_parcel(delivery, parcel_from(draft, facts))
        messages.append(told)
    return Change(with_deliveries(order, (*deliveries_of(order), delivery)), *messages)


@actions.handles
def remove_delivery(order: Order, action: RemoveDelivery, _facts: Facts) -> Change[Order]:
    delivery = named_delivery(order, action)
    return Change(with_deliveries(order, without(deliveries_of(order), delivery)), DeliveryRemoved(delivery=delivery))


@actions.handles
def set_delivery_items(order: Order, action: SetDeliveryItems, _facts: Facts) -> Change[Order]:
    delivery = named_delivery(order, action)
    check_items(order, action.items)
    if action.items == delivery.items:
        return Change(order)
    told = DeliveryItemsUpdated(delivery_id=delivery.id, items=action.items, old_items=delivery.items)
    return Change(with_delivery(order, replace(delivery, items=action.items)), told)


@actions.handles
def set_delivery_address(order: Order, action: SetDeliveryAddress, facts: Facts) -> Change[Order]:
    delivery = named_delivery(order, action)
    address = optional_address_from(action.address, facts)
    if address == delivery.address:
        return Change(order)
    told = DeliveryAddressSet(delivery_id=delivery.id, address=address, old_address=delivery.address)
    return Change(with_delivery(order, replace(delivery, address=address)), told)


def deliveries_of(order: Order) -> tuple[Delivery, ...]:
    """All deliveries of an order, oldest first; none without shipping."""
    return (order.shipping_info.deliveries or ()) if order.shipping_info else ()


def parcels_of(order: Order) -> list[Parcel]:
    """The parcels of all deliveries."""
    return [parcel for delivery in deliveries_of(order) for parcel in delivery.parcels]


def named_delivery(order: Order, action: OnDelivery) -> Delivery:
    """The delivery an action is about. Raises as `find_part` does."""
    return find_part(deliveries_of(order), "delivery", id=action.delivery_id, key=action.delivery_key)


def with_deliveries(order: Order, deliveries: tuple[Delivery, ...]) -> Order:
    """The order with these deliveries in place of its own. Only an order with shipping info has any."""
    assert order.shipping_info is not None
    return replace(order, shipping_info=replace(order.shipping_info, deliveries=deliveries))


def with_delivery(order: Order, changed: Delivery) -> Order:
    """The order with one delivery changed, found by its id."""
    return with_deliveries(order, with_part(deliveries_of(order), changed))


def with_parcel(delivery: Delivery, parcel: Parcel) -> tuple[Delivery, ParcelAddedToDelivery]:
    """The delivery with one parcel more, and the Message of that."""
    filled = replace(delivery, parcels=(*delivery.parcels, parcel))
    return filled, ParcelAddedToDelivery(delivery=filled, parcel=parcel)


def check_items(order: Order, items: Iterable[DeliveryItem]) -> None:
    """Raises `InvalidField` for an item that the order does not have."""
    known = {line.id for line in order.line_items} | {custom.id for custom in order.custom_line_items}
    for item in items:
        if item.id not in known:
            raise invalid_field("items.id", item.id)
