"""Where the order goes. It changes neither prices nor taxes, and not the cart the order was made from."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.addresses import AddressDraft, optional_address_from
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import OrderShippingAddressSet
from orderwright.domain.order.model import Order
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action


class SetShippingAddress(Action):
    """Set where the order goes; without an address, it is removed."""

    address: AddressDraft | None = None


@actions.handles
def set_shipping_address(order: Order, action: SetShippingAddress, facts: Facts) -> Change[Order]:
    """Raises what `address_from` raises."""
    new, old = optional_address_from(action.address, facts), order.shipping_address
    told = [] if new == old else [OrderShippingAddressSet(address=new, old_address=old)]
    return Change(replace(order, shipping_address=new), *told)
