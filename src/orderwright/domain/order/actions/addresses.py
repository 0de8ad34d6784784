"""The order's addresses. They change neither prices nor taxes, and not the cart the order was made from."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.common.addresses import AddressDraft, optional_address_from
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import OrderBillingAddressSet, OrderShippingAddressSet
from orderwright.domain.order.model import Order
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action


class SetShippingAddress(Action):
    """Set where the order goes; without an address, it is removed."""

    address: AddressDraft | None = None


class SetBillingAddress(Action):
    """Set where the invoice goes; without an address, it is removed."""

    address: AddressDraft | None = None


@actions.handles
def set_shipping_address(order: Order, action: SetShippingAddress, facts: Facts) -> Change[Order]:
    address = optional_address_from(action.address, facts)
    if address == order.shipping_address:
        return Change(order)
    told = OrderShippingAddressSet(address=address, old_address=order.shipping_address)
    return Change(replace(order, shipping_address=address), told)


@actions.handles
def set_billing_address(order: Order, action: SetBillingAddress, facts: Facts) -> Change[Order]:
    address = optional_address_from(action.address, facts)
    if address == order.billing_address:
        return Change(order)
    told = OrderBillingAddressSet(address=address, old_address=order.billing_address)
    return Change(replace(order, billing_address=address), told)
