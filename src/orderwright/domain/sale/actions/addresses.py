"""Where a cart is sent, and the country its prices are taken for."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.addresses import AddressDraft, BaseAddress, optional_address_from
from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.lines.variants import prices_of_all, variants_of_all
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.refresh import repriced
from orderwright.domain.sale.shipping.methods import with_rate_of_today
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.taxes.rates import with_rates
from orderwright.domain.shop.store.model import check_country, store_named
from orderwright.engine.actions import Change, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import CountryCode


class SetShippingAddress(Action):
    """The address that taxes and shipping rates follow; without one the cart has neither."""

    address: AddressDraft | None = None

    def wants_on(self, sale: Sale) -> WantsOn:
        """The variants know the lines' tax categories; within one country and state the rates stay."""
        return variants_of_all if _place(self.address) != _place(sale.shipping_address) else ()


class SetCountry(Action):
    """The country that prices are selected for."""

    country: CountryCode | None = None

    def wants_on(self, sale: Sale) -> WantsOn:
        """The variants know the prices of another country."""
        return prices_of_all if self.country != sale.country else ()


@edit_actions.handles
def set_shipping_address(sale: Sale, action: SetShippingAddress, facts: Facts) -> Sale | Change[Sale]:
    address = optional_address_from(action.address, facts)
    if address == sale.shipping_address:
        return sale
    # Several shippings have addresses of their own.
    moved = sale.shipping_mode == "Single" and _place(address) != _place(sale.shipping_address)
    sale = replace(sale, shipping_address=address, shipping_info=_unestimated(sale.shipping_info) if address else None)
    return Change(sale, then=(with_rate_of_today, with_rates)) if moved else sale


@edit_actions.handles
def set_country(sale: Sale, action: SetCountry, facts: Facts) -> Sale | Change[Sale]:
    if action.country == sale.country:
        return sale
    check_country(action.country, store_named(sale.store.key if sale.store else None, facts))
    return Change(replace(sale, country=action.country), then=(repriced,))


def _place(address: BaseAddress | None) -> tuple[str, str | None] | None:
    """What taxes and zones look at."""
    return None if address is None else (address.country, address.state)


def _unestimated(info: ShippingInfo | None) -> ShippingInfo | None:
    # An estimate was made for the old address.
    return info and replace(info, estimated_delivery=None)
