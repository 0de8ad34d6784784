"""A customer's addresses, and which of them are for shipping and for billing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address, AddressDraft, address_from
from orderwright.domain.customer import messages
from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.model import Customer
from orderwright.domain.laws.parts import check_new_keys, exactly_one, instead, without
from orderwright.engine.actions import Change, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action
from orderwright.errors import invalid_field


class Role(NamedTuple):
    """What addresses are used for: the fields that tell, and the Messages of it."""

    name: messages.AddressRole
    ids: Literal["shipping_address_ids", "billing_address_ids"]
    default: Literal["default_shipping_address_id", "default_billing_address_id"]
    added: type[Message]
    removed: type[Message]
    default_set: type[Message]


SHIPPING = Role(
    "Shipping",
    "shipping_address_ids",
    "default_shipping_address_id",
    messages.CustomerShippingAddressAdded,
    messages.CustomerShippingAddressRemoved,
    messages.CustomerDefaultShippingAddressSet,
)
BILLING = Role(
    "Billing",
    "billing_address_ids",
    "default_billing_address_id",
    messages.CustomerBillingAddressAdded,
    messages.CustomerBillingAddressRemoved,
    messages.CustomerDefaultBillingAddressSet,
)


class OnAddress(Action):
    """The address, by its id or its key."""

    address_id: str | None = None
    address_key: str | None = None


class AddAddress(Action):
    """An address more; its id is made here, whatever was sent."""

    address: AddressDraft


class ChangeAddress(OnAddress):
    """What stands at an address from now on; it keeps its id, and nothing else."""

    address: AddressDraft


class RemoveAddress(OnAddress):
    """An address less, also for shipping and billing."""


class AddShippingAddressId(OnAddress):
    """One of the addresses is for shipping."""


class AddBillingAddressId(OnAddress):
    """One of the addresses is for billing."""


class RemoveShippingAddressId(OnAddress):
    """One of the addresses is not for shipping, and not the default of it."""


class RemoveBillingAddressId(OnAddress):
    """One of the addresses is not for billing, and not the default of it."""


class SetDefaultShippingAddress(OnAddress):
    """Where goods go unless told otherwise; without an address, there is no default."""


class SetDefaultBillingAddress(OnAddress):
    """Where invoices go unless told otherwise; without an address, there is no default."""


def named_address(customer: Customer, action: OnAddress) -> Address:
    """Raises `RequiredField` for neither id nor key, `InvalidInput` for both, `InvalidField` where there is no such address."""
    by = exactly_one({"addressId": action.address_id, "addressKey": action.address_key})
    for address in customer.addresses:
        if address.id == action.address_id or (action.address_key is not None and address.key == action.address_key):
            return address
    raise invalid_field(by, action.address_id if action.address_id is not None else action.address_key)


def new_addresses(customer: Customer, drafts: Iterable[AddressDraft], facts: Facts) -> Customer:
    """The customer with addresses more. Raises `DuplicateField` for a key that another has, and as `address_from` does."""
    added = tuple(replace(address_from(draft, facts), id=facts.new_id()) for draft in drafts)
    check_new_keys(customer.addresses, (address.key for address in added))  # type: ignore[arg-type]  # stored ones have ids
    return replace(customer, addresses=(*customer.addresses, *added))


def used_for(customer: Customer, address: Address, role: Role) -> Customer:
    """The customer with one of the addresses used for something."""
    ids: tuple[str, ...] = getattr(customer, role.ids)
    return customer if address.id in ids else replace(customer, **{role.ids: (*ids, address.id)})


def _not_used_for(customer: Customer, address: Address, role: Role) -> Customer:
    ids = tuple(id for id in getattr(customer, role.ids) if id != address.id)
    default = getattr(customer, role.default)
    return replace(customer, **{role.ids: ids, role.default: None if default == address.id else default})


def _roles(customer: Customer, address: Address) -> tuple[messages.AddressRole, ...]:
    return tuple(role.name for role in (SHIPPING, BILLING) if address.id in getattr(customer, role.ids))


@actions.handles
def add_address(customer: Customer, action: AddAddress, facts: Facts) -> Change[Customer]:
    """Raises as `new_addresses` does."""
    after = new_addresses(customer, [action.address], facts)
    return Change(after, messages.CustomerAddressAdded(address=after.addresses[-1]))


@actions.handles
def change_address(customer: Customer, action: ChangeAddress, facts: Facts) -> Change[Customer]:
    """Raises as `named_address`, `address_from`, and `DuplicateField` for another address's key."""
    old = named_address(customer, action)
    new = replace(address_from(action.address, facts), id=old.id)
    check_new_keys(without(customer.addresses, old), [new.key])  # type: ignore[arg-type]  # stored ones have ids
    if new == old:
        return Change(customer)
    told = messages.CustomerAddressChanged(address=new, address_roles=_roles(customer, old))
    return Change(replace(customer, addresses=instead(customer.addresses, old, new)), told)


@actions.handles
def remove_address(customer: Customer, action: RemoveAddress, _facts: Facts) -> Change[Customer]:
    """Raises as `named_address` does."""
    address = named_address(customer, action)
    told = messages.CustomerAddressRemoved(address=address, address_roles=_roles(customer, address))
    after = _not_used_for(_not_used_for(customer, address, SHIPPING), address, BILLING)
    return Change(replace(after, addresses=without(customer.addresses, address)), told)


def _adding(role: Role) -> Handler:
    def handle(customer: Customer, action: OnAddress, _facts: Facts) -> Change[Customer]:
        address = named_address(customer, action)
        after = used_for(customer, address, role)
        return Change(customer) if after is customer else Change(after, role.added(**{"address": address}))

    return handle


def _removing(role: Role) -> Handler:
    def handle(customer: Customer, action: OnAddress, _facts: Facts) -> Change[Customer]:
        """Raises `InvalidField` also for an address that is not used for this."""
        address = named_address(customer, action)
        if address.id not in getattr(customer, role.ids):
            raise invalid_field("addressId" if action.address_id is not None else "addressKey", action.address_id or address.key)
        return Change(_not_used_for(customer, address, role), role.removed(**{"address": address}))

    return handle


def _defaulting(role: Role) -> Handler:
    def handle(customer: Customer, action: OnAddress, _facts: Facts) -> Change[Customer]:
        unset = action.address_id is None and action.address_key is None
        address = None if unset else named_address(customer, action)
        id = address.id if address is not None else None
        if id == getattr(customer, role.default):
            return Change(customer)
        after = customer if address is None else used_for(customer, address, role)
        return Change(replace(after, **{role.default: id}), role.default_set(**{"address": address}))

    return handle


actions.add(AddShippingAddressId, _adding(SHIPPING))
actions.add(AddBillingAddressId, _adding(BILLING))
actions.add(RemoveShippingAddressId, _removing(SHIPPING))
actions.add(RemoveBillingAddressId, _removing(BILLING))
actions.add(SetDefaultShippingAddress, _defaulting(SHIPPING))
actions.add(SetDefaultBillingAddress, _defaulting(BILLING))
