"""Deliveries and parcels: what was sent, to where and in which boxes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from orderwright.domain.custom.addresses import Address, AddressDraft, optional_address_from
from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from
from orderwright.engine.facts import Facts
from orderwright.engine.model import Value, always
from orderwright.engine.scalars import DateTime, Id, Key, Text

Units = Annotated[int, Meta(ge=1, le=2**53)]
Measure = Annotated[int, Meta(ge=0, le=2**53)]


class DeliveryItem(Value):
    """So many units of a line item or custom line item."""

    id: Id
    quantity: Units


class ParcelMeasurements(Value):
    """Size in millimetres, weight in grams."""

    height_in_millimeter: Measure | None = None
    length_in_millimeter: Measure | None = None
    width_in_millimeter: Measure | None = None
    weight_in_gram: Measure | None = None


class TrackingData(Value):
    """How a carrier names a parcel."""

    tracking_id: Text | None = None
    carrier: Text | None = None
    provider: Text | None = None
    provider_transaction: Text | None = None
    is_return: bool = always(False)


class Parcel(Value):
    """A box of a delivery."""

    id: Id
    created_at: DateTime
    key: Key | None = None
    measurements: ParcelMeasurements | None = None
    tracking_data: TrackingData | None = None
    items: tuple[DeliveryItem, ...] = always(())
    custom: CustomFields | None = None


class Delivery(Value):
    """Items that leave together."""

    id: Id
    created_at: DateTime
    key: Key | None = None
    items: tuple[DeliveryItem, ...] = always(())
    parcels: tuple[Parcel, ...] = always(())
    address: Address | None = None
    custom: CustomFields | None = None


class ParcelDraft(Value):
    """A parcel as it is sent."""

    key: Key | None = None
    measurements: ParcelMeasurements | None = None
    tracking_data: TrackingData | None = None
    items: tuple[DeliveryItem, ...] = ()
    custom: CustomFieldsDraft | None = None


class DeliveryDraft(Value):
    """A delivery as it is sent."""

    key: Key | None = None
    items: tuple[DeliveryItem, ...] = ()
    parcels: tuple[ParcelDraft, ...] = ()
    address: AddressDraft | None = None
    custom: CustomFieldsDraft | None = None


def delivery_from(draft: DeliveryDraft, facts: Facts) -> Delivery:
    """The delivery a draft becomes, with its parcels. Raises as `custom_from` does."""
    return Delivery(
        id=facts.new_id(),
        created_at=facts.now,
        key=draft.key,
        items=draft.items,
        parcels=tuple(parcel_from(parcel, facts) for parcel in draft.parcels),
        address=optional_address_from(draft.address, facts),
        custom=custom_from(draft.custom, "order-delivery", facts),
    )


def parcel_from(draft: ParcelDraft, facts: Facts) -> Parcel:
    """The parcel a draft becomes. Raises as `custom_from` does."""
    return Parcel(
        id=facts.new_id(),
        created_at=facts.now,
        key=draft.key,
        measurements=draft.measurements,
        tracking_data=draft.tracking_data,
        items=draft.items,
        custom=custom_from(draft.custom, "order-parcel", facts),
    )
