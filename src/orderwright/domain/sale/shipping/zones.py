"""Which shipping rate holds for an address."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.domain.sale.shipping.method import ShippingMethod
from orderwright.domain.sale.shipping.model import ShippingRate
from orderwright.domain.shop.zone import Zone


def rate_for(
    method: ShippingMethod, zones: Sequence[Zone], *, country: str, state: str | None, currency: str
) -> ShippingRate | None:
    """The method's rate into the address's zone in this currency, or None. A state's zone beats its country's."""
    return rates_into(method, zones, country=country, state=state).get(currency)


def rates_into(method: ShippingMethod, zones: Sequence[Zone], *, country: str, state: str | None) -> dict[str, ShippingRate]:
    """The method's rate into a place for each currency that has one there. A state's zone beats its country's.

    commercetools: Shipping Methods, ZoneRate; Zones, Location.
    """
    locations = {zone.id: {(location.country, location.state or None) for location in zone.locations} for zone in zones}
    found: dict[str, ShippingRate] = {}
    for place in [(country, state), (country, None)] if state else [(country, None)]:
        for zone_rate in method.zone_rates:
            if place in locations.get(zone_rate.zone.id, ()):
                for rate in zone_rate.shipping_rates:
                    found.setdefault(rate.price.currency_code, rate)
    return found
