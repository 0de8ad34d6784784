"""The order's addresses. They change neither prices nor taxes, and not the cart the order was made from."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.addresses import AddressDraft, optional_address_from
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import OrderBillingAddressSet, OrderShippingAddressSet
from orderwright.domain.order.model import Order
from orderwright.engine.actions import Change, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action


class SetShippingAddress(Action):
    """Set where the order goes; without an address, it is removed."""

    address: AddressDraft | None = None


class SetBillingAddress(Action):
    """Set where the invoice goes; without an address, it is removed."""

    address: AddressDraft | None = None


def _setting(field: str, message: type[Message]) -> Handler:
    """A handler for one of the addresses. It raises as `address_from` does."""

    def handle(order: Order, action: SetShippingAddress | SetBillingAddress, facts: Facts) -> Change[Order]:
        new, old = optional_address_from(action.address, facts), getattr(order, field)
        if new == old:
            return Change(order)
        return Change(replace(order, **{field: new}), message(**{"address": new, "old_address": old}))

    return handle


actions.add(SetShippingAddress, _setting("shipping_address", OrderShippingAddressSet))
actions.add(SetBillingAddress, _setting("billing_address", OrderBillingAddressSet))
