"""Which shipping methods can be offered for a cart or a place, with the rates that then hold marked as matching."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.recalculate import value_of
from orderwright.domain.sale.shipping.method import ShippingMethod, ZoneRate
from orderwright.domain.sale.shipping.methods import Plain, unavailable
from orderwright.domain.sale.shipping.model import ShippingRate, ShippingRatePriceTier
from orderwright.domain.sale.shipping.rates import matching_tier
from orderwright.domain.sale.shipping.zones import rate_for, rates_into
from orderwright.domain.shop.zone import Location
from orderwright.engine.facts import Facts
from orderwright.errors import invalid_operation


def matching_cart(sale: Sale, place: Location | None, facts: Facts) -> list[ShippingMethod]:
    """The methods the cart may take for a place, by default that of its own address, each with one matching rate.

    Raises `InvalidOperation` where there is neither place nor address.
    """
    address = place or sale.shipping_address
    if address is None:
        raise invalid_operation("The shipping address of the cart is not set: no shipping method can match.")
    found, plain = [], Plain(facts)
    for method in _methods(facts):
        if unavailable(method, sale, plain) is not None:
            continue
        zones, currency = facts.catalogue.all("zone"), sale.total_price.currency_code
        rate = rate_for(method, zones, country=address.country, state=address.state, currency=currency)
        if rate is not None:
            by = facts.project.shipping_rate_input_type
            tier = matching_tier(rate, value_of(sale), sale.shipping_rate_input, by)
            found.append(_marked(method, [rate], tier))
    return _default_first(found)


def matching_place(place: Location, currency: str | None, facts: Facts) -> list[ShippingMethod]:
    """The methods that ship to a place, whatever is bought: those with a predicate are left out, and with a currency those
    that have no rate in it. Without one every rate into the place matches."""
    found = []
    for method in _methods(facts):
        if not method.active or method.predicate:
            continue
        rates = rates_into(method, facts.catalogue.all("zone"), country=place.country, state=place.state)
        matching = [rate for code, rate in rates.items() if currency in (None, code)]
        if matching:
            found.append(_marked(method, matching))
    return _default_first(found)


def _methods(facts: Facts) -> list[ShippingMethod]:
    return facts.catalogue.all("shipping-method")


def _default_first(methods: Iterable[ShippingMethod]) -> list[ShippingMethod]:
    return sorted(methods, key=lambda method: not method.is_default)


def _marked(
    method: ShippingMethod, matching: Collection[ShippingRate], tier: ShippingRatePriceTier | None = None
) -> ShippingMethod:
    """The method as it is answered. Rates are told apart by identity: two zones may have equal ones."""

    def marked(rate: ShippingRate) -> ShippingRate:
        matches = any(rate is each for each in matching)
        tiers = tuple(replace(each, is_matching=True) if matches and each is tier else each for each in rate.tiers)
        return replace(rate, is_matching=matches, tiers=tiers)

    def in_zone(zone_rate: ZoneRate) -> ZoneRate:
        return replace(zone_rate, shipping_rates=tuple(map(marked, zone_rate.shipping_rates)))

    return replace(method, zone_rates=tuple(map(in_zone, method.zone_rates)))
