"""The custom fields of a customer and of her addresses."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.rows import Row, custom_field_rows, root
from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.messages import ADDRESS_CUSTOM, CUSTOMER_CUSTOM
from orderwright.domain.customer.model import Customer
from orderwright.domain.laws.parts import instead
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.errors import invalid_field


class OnAddressId(Action):
    """The address, by its id alone."""

    address_id: str


def _read(customer: Customer, action: OnAddressId) -> Address:
    for address in customer.addresses:
        if address.id == action.address_id:
            return address
    raise invalid_field("addressId", action.address_id)


def _written(customer: Customer, old: Address, new: Address) -> Customer:
    return replace(customer, addresses=instead(customer.addresses, old, new))


custom_field_rows(
    actions,
    root("customer", CUSTOMER_CUSTOM),
    Row("Address", "address", Part(_read, _written, OnAddressId), tells=ADDRESS_CUSTOM),
)
