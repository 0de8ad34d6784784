"""The boxes of the order's deliveries."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.laws.parts import check_new_keys, find_part, with_part, without
from orderwright.domain.laws.telling import new_value, old_and_new
from orderwright.domain.order.actions.deliveries import (
    OnDelivery,
    items_of_order,
    named_delivery,
    with_parcel,
)
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import (
    ParcelItemsUpdated,
    ParcelMeasurementsUpdated,
    ParcelRemovedFromDelivery,
    ParcelTrackingDataUpdated,
)
from orderwright.domain.order.model import Order
from orderwright.domain.order.shipments import shipping_key_of, with_delivery
from orderwright.domain.sale.shipping.deliveries import (
    Delivery,
    DeliveryItem,
    Parcel,
    ParcelDraft,
    ParcelMeasurements,
    TrackingData,
    parcel_from,
)
from orderwright.domain.sale.shipping.several import check_delivered, deliveries_of, parcels_of
from orderwright.engine.actions import Change, setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.engine.scalars import Id, Key


class OnParcel(Action):
    """What the actions on one parcel share: its id or its key, exactly one of them."""

    parcel_id: Id | None = None
    parcel_key: Key | None = None


class AddParcelToDelivery(OnDelivery):
    """Add a parcel to a delivery; `parcel_key` is the new parcel's."""

    parcel_key: Key | None = None
    measurements: ParcelMeasurements | None = None
    tracking_data: TrackingData | None = None
    items: tuple[DeliveryItem, ...] = ()
    custom: CustomFieldsDraft | None = None


class RemoveParcelFromDelivery(OnParcel):
    """Remove a parcel."""


class SetParcelItems(OnParcel):
    """Replace what a parcel holds."""

    items: tuple[DeliveryItem, ...]


class SetParcelMeasurements(OnParcel):
    """Set size and weight; without measurements, they are removed."""

    measurements: ParcelMeasurements | None = None


class SetParcelTrackingData(OnParcel):
    """Set how the carrier names the parcel; without tracking data, it is removed."""

    tracking_data: TrackingData | None = None


@actions.handles
def add_parcel_to_delivery(order: Order, action: AddParcelToDelivery, facts: Facts) -> Change[Order]:
    delivery = named_delivery(order, action)
    check_delivered(order, action.items)
    check_new_keys(parcels_of(order), [action.parcel_key])
    draft = ParcelDraft(
        key=action.parcel_key,
        measurements=action.measurements,
        tracking_data=action.tracking_data,
        items=action.items,
        custom=action.custom,
    )
    filled, told = with_parcel(delivery, parcel_from(draft, facts), shipping_key_of(order, delivery))
    return Change(with_delivery(order, filled), told)


@actions.handles
def remove_parcel_from_delivery(order: Order, action: RemoveParcelFromDelivery, _facts: Facts) -> Change[Order]:
    delivery, parcel = named_parcel(order, action)
    key = shipping_key_of(order, delivery)
    told = ParcelRemovedFromDelivery(delivery_id=delivery.id, parcel=parcel, shipping_key=key)
    return Change(with_delivery(order, replace(delivery, parcels=without(delivery.parcels, parcel))), told)


def named_parcel(order: Order, action: OnParcel) -> tuple[Delivery, Parcel]:
    """The parcel an action is about, and its delivery. Raises as `find_part` does."""
    parcel = find_part(parcels_of(order), "parcel", id=action.parcel_id, key=action.parcel_key)
    delivery = next(each for each in deliveries_of(order) if any(inside is parcel for inside in each.parcels))
    return delivery, parcel


def _with_parcel(order: Order, old: Parcel, new: Parcel) -> Order:
    delivery = next(each for each in deliveries_of(order) if any(inside is old for inside in each.parcels))
    return with_delivery(order, replace(delivery, parcels=with_part(delivery.parcels, new)))


def _named(order: Order, parcel: Parcel) -> dict[str, Any]:
    delivery = next(each for each in deliveries_of(order) if parcel in each.parcels)
    return {"delivery_id": delivery.id, "parcel_id": parcel.id, "shipping_key": shipping_key_of(order, delivery)}


PARCEL: Final = Part(lambda order, action: named_parcel(order, action)[1], _with_parcel, OnParcel, _named)
actions.add(SetParcelItems, setter("items", old_and_new(ParcelItemsUpdated, "items"), at=PARCEL, kept=items_of_order))
actions.add(SetParcelMeasurements, setter("measurements", new_value(ParcelMeasurementsUpdated, "measurements"), at=PARCEL))
actions.add(SetParcelTrackingData, setter("tracking_data", new_value(ParcelTrackingDataUpdated, "tracking_data"), at=PARCEL))
