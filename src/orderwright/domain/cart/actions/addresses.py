"""Addresses of a cart, and the country its prices are taken for."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.custom.addresses import AddressDraft, BaseAddress, optional_address_from
from orderwright.domain.sale.lines.variants import prices_of_all, variants_of_all
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.refresh import repriced
from orderwright.domain.sale.shipping.methods import with_rate_of_today
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.tax_rates import with_rates
from orderwright.domain.shop.store.model import check_country, store_named
from orderwright.engine.actions import Change, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import CountryCode


class SetShippingAddress(Action):
    """The address that taxes and shipping rates follow; without one the cart has neither."""

    address: AddressDraft | None = None

    def wants_on(self, cart: Cart) -> WantsOn:
        """The variants know the lines' tax categories; within one country and state the rates stay."""
        return variants_of_all if _place(self.address) != _place(cart.shipping_address) else ()


class SetCountry(Action):
    """The country that prices are selected for."""

    country: CountryCode | None = None

    def wants_on(self, cart: Cart) -> WantsOn:
        """The variants know the prices of another country."""
        return prices_of_all if self.country != cart.country else ()


@actions.handles
def set_shipping_address(cart: Cart, action: SetShippingAddress, facts: Facts) -> Cart | Change[Cart]:
    address = optional_address_from(action.address, facts)
    if address == cart.shipping_address:
        return cart
    moved = _place(address) != _place(cart.shipping_address)
    cart = replace(cart, shipping_address=address, shipping_info=_unestimated(cart.shipping_info) if address else None)
    return Change(cart, then=(with_rate_of_today, with_rates)) if moved else cart


@actions.handles
def set_country(cart: Cart, action: SetCountry, facts: Facts) -> Cart | Change[Cart]:
    if action.country == cart.country:
        return cart
    check_country(action.country, store_named(cart.store.key if cart.store else None, facts))
    return Change(replace(cart, country=action.country), then=(repriced,))


def _place(address: BaseAddress | None) -> tuple[str, str | None] | None:
    """What taxes and zones look at."""
    return None if address is None else (address.country, address.state)


def _unestimated(info: ShippingInfo | None) -> ShippingInfo | None:
    # An estimate was made for the old address.
    return info and replace(info, estimated_delivery=None)
