"""A shipping method, and what it costs into which zone."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.sale.shipping.model import ShippingRate
from orderwright.engine.model import Resource, Value, always
from orderwright.engine.references import StoreReference, TaxCategoryReference, ZoneReference
from orderwright.engine.scalars import Key, LocalizedString


class ZoneRate(Value):
    """What shipping into a zone costs, one rate a currency."""

    zone: ZoneReference
    shipping_rates: tuple[ShippingRate, ...] = always(())


class ShippingMethod(Resource):
    """A way of shipping and its rates."""

    name: Annotated[str, Meta(min_length=1)]
    tax_category: TaxCategoryReference
    active: bool
    is_default: bool
    key: Key | None = None
    localized_name: LocalizedString | None = None
    localized_description: LocalizedString | None = None
    zone_rates: tuple[ZoneRate, ...] = always(())
    predicate: str | None = None
    custom: CustomFields | None = None
    stores: tuple[StoreReference, ...] = always(())
    carrier: str | None = None
    description: str | None = None
