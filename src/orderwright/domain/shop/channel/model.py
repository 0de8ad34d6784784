"""A channel: a warehouse, a shop, another system."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.laws.keys import PlainKey
from orderwright.engine.model import Resource, Value
from orderwright.engine.scalars import LocalizedString, Number

ChannelRole = Annotated[
    Literal["InventorySupply", "ProductDistribution", "OrderExport", "OrderImport", "Primary"], Meta(title="ChannelRole")
]


class GeoPoint(Value, tag_field="type", tag="Point"):
    """A place on Earth: longitude and latitude in degrees."""

    coordinates: tuple[Number, ...]


class Channel(Resource):
    """Where goods come from or are sold: a warehouse, a shop, another system. It has at least one role."""

    key: PlainKey
    roles: tuple[ChannelRole, ...]
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    address: Address | None = None
    custom: CustomFields | None = None
    geo_location: GeoPoint | None = None
