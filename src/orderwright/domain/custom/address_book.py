"""The addresses that a customer or a business unit keeps, and which of them are for shipping and for billing.

The documents of both have the same members for them, and both have the nine actions that change them. The Messages of these are
each one's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeVar

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address, AddressDraft, address_from
from orderwright.domain.custom.messages import CustomMessages
from orderwright.domain.custom.rows import Row
from orderwright.domain.laws.parts import check_new_keys, exactly_one, instead, without
from orderwright.engine.actions import ActionSet, Change, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.errors import invalid_field

AddressRole = Literal["Shipping", "Billing"]
B = TypeVar("B")


class Role(NamedTuple):
    """What addresses are used for, and the members that tell it: of a document, and of a draft."""

    name: AddressRole
    ids: Literal["shipping_address_ids", "billing_address_ids"]
    default: Literal["default_shipping_address_id", "default_billing_address_id"]
    drafted: Literal["shippingAddresses", "billingAddresses"]
    drafted_default: Literal["defaultShippingAddress", "defaultBillingAddress"]


SHIPPING: Final = Role(
    "Shipping", "shipping_address_ids", "default_shipping_address_id", "shippingAddresses", "defaultShippingAddress"
)
BILLING: Final = Role("Billing", "billing_address_ids", "default_billing_address_id", "billingAddresses", "defaultBillingAddress")


class Uses(NamedTuple):
    """What is told of a role: an address became one for it or is none any more, each with `address`, and so the default."""

    added: type[Message]
    removed: type[Message]
    default_set: type[Message]


@dataclass(frozen=True)
class AddressMessages:
    """The Messages of a kind of document; `changed` and `removed` tell what the address was used for."""

    added: type[Message]
    changed: type[Message]
    removed: type[Message]
    uses: Mapping[Role, Uses]


class DraftedAddresses(Protocol):
    """A draft with addresses. What they are used for it says by their indices."""

    @property
    def addresses(self) -> tuple[AddressDraft, ...]: ...

    @property
    def shipping_addresses(self) -> tuple[int, ...]: ...

    @property
    def billing_addresses(self) -> tuple[int, ...]: ...

    @property
    def default_shipping_address(self) -> int | None: ...

    @property
    def default_billing_address(self) -> int | None: ...


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


class OnAddressId(Action):
    """The address, by its id alone."""

    address_id: str


def address_actions(actions: ActionSet[Any], told: AddressMessages) -> None:
    """Add the nine actions to those of a kind of document."""
    actions.add(AddAddress, _making(told))
    actions.add(ChangeAddress, _changing(told))
    actions.add(RemoveAddress, _taking_out(told))
    actions.add(AddShippingAddressId, _adding(SHIPPING, told))
    actions.add(AddBillingAddressId, _adding(BILLING, told))
    actions.add(RemoveShippingAddressId, _removing(SHIPPING, told))
    actions.add(RemoveBillingAddressId, _removing(BILLING, told))
    actions.add(SetDefaultShippingAddress, _defaulting(SHIPPING, told))
    actions.add(SetDefaultBillingAddress, _defaulting(BILLING, told))


def address_row(tells: CustomMessages) -> Row:
    """The row of the custom fields of addresses."""
    return Row("Address", "address", Part(_read, _written, OnAddressId), tells=tells)


def with_drafted(document: B, draft: DraftedAddresses, facts: Facts) -> B:
    """The document with the addresses of its draft, each used for what that says.

    Raises `InvalidField` for an index of no address, `DuplicateField` for a key of two, and as `address_from` does.
    """
    after: B = _with_new(document, draft.addresses, facts)
    after = _used(after, SHIPPING, draft.shipping_addresses, SHIPPING.drafted)
    after = _used(after, BILLING, draft.billing_addresses, BILLING.drafted)
    after = _with_default(after, SHIPPING, draft.default_shipping_address)
    default: B = _with_default(after, BILLING, draft.default_billing_address)
    return default


def _with_new(document: Any, drafts: Iterable[AddressDraft], facts: Facts) -> Any:
    added = tuple(replace(address_from(draft, facts), id=facts.new_id()) for draft in drafts)
    check_new_keys(document.addresses, (address.key for address in added))
    return replace(document, addresses=(*document.addresses, *added))


def _used(document: Any, role: Role, indices: Iterable[int], field: str) -> Any:
    for index in indices:
        if not 0 <= index < len(document.addresses):
            raise invalid_field(field, index)
        document = _used_for(document, document.addresses[index], role)
    return document


def _with_default(document: Any, role: Role, index: int | None) -> Any:
    if index is None:
        return document
    document = _used(document, role, [index], role.drafted_default)
    return replace(document, **{role.default: document.addresses[index].id})


def _named(document: Any, action: OnAddress) -> Address:
    """Raises `RequiredField` for neither id nor key, `InvalidInput` for both, `InvalidField` where there is no such address."""
    by = exactly_one({"addressId": action.address_id, "addressKey": action.address_key})
    found: tuple[Address, ...] = document.addresses
    for address in found:
        if address.id == action.address_id or (action.address_key is not None and address.key == action.address_key):
            return address
    raise invalid_field(by, action.address_id if action.address_id is not None else action.address_key)


def _used_for(document: Any, address: Address, role: Role) -> Any:
    ids: tuple[str, ...] = getattr(document, role.ids)
    return document if address.id in ids else replace(document, **{role.ids: (*ids, address.id)})


def _not_used_for(document: Any, address: Address, role: Role) -> Any:
    ids = tuple(id for id in getattr(document, role.ids) if id != address.id)
    default = getattr(document, role.default)
    return replace(document, **{role.ids: ids, role.default: None if default == address.id else default})


def _roles(document: Any, address: Address) -> tuple[AddressRole, ...]:
    return tuple(role.name for role in (SHIPPING, BILLING) if address.id in getattr(document, role.ids))


def _making(told: AddressMessages) -> Handler:
    def handle(document: Any, action: AddAddress, facts: Facts) -> Change[Any]:
        """Raises `DuplicateField` for a key that another address has."""
        after = _with_new(document, [action.address], facts)
        return Change(after, told.added(**{"address": after.addresses[-1]}))

    return handle


def _changing(told: AddressMessages) -> Handler:
    def handle(document: Any, action: ChangeAddress, facts: Facts) -> Change[Any]:
        """Raises as `_named` does, and `DuplicateField` for a key that another address has."""
        old = _named(document, action)
        new = replace(address_from(action.address, facts), id=old.id)
        if new == old:
            return Change(document)
        check_new_keys((each for each in document.addresses if each is not old), [new.key])
        message = told.changed(**{"address": new, "address_roles": _roles(document, old)})
        return Change(replace(document, addresses=instead(document.addresses, old, new)), message)

    return handle


def _taking_out(told: AddressMessages) -> Handler:
    def handle(document: Any, action: RemoveAddress, _facts: Facts) -> Change[Any]:
        """Raises as `_named` does."""
        address = _named(document, action)
        message = told.removed(**{"address": address, "address_roles": _roles(document, address)})
        after = _not_used_for(_not_used_for(document, address, SHIPPING), address, BILLING)
        return Change(replace(after, addresses=without(document.addresses, address)), message)

    return handle


def _adding(role: Role, told: AddressMessages) -> Handler:
    def handle(document: Any, action: OnAddress, _facts: Facts) -> Change[Any]:
        address = _named(document, action)
        after = _used_for(document, address, role)
        return Change(document) if after is document else Change(after, told.uses[role].added(**{"address": address}))

    return handle


def _removing(role: Role, told: AddressMessages) -> Handler:
    def handle(document: Any, action: OnAddress, _facts: Facts) -> Change[Any]:
        """Raises `InvalidField` also for an address that is not used for this."""
        address = _named(document, action)
        if address.id not in getattr(document, role.ids):
            raise invalid_field("addressId" if action.address_id is not None else "addressKey", action.address_id or address.key)
        return Change(_not_used_for(document, address, role), told.uses[role].removed(**{"address": address}))

    return handle


def _defaulting(role: Role, told: AddressMessages) -> Handler:
    def handle(document: Any, action: OnAddress, _facts: Facts) -> Change[Any]:
        unset = action.address_id is None and action.address_key is None
        address = None if unset else _named(document, action)
        id = address.id if address is not None else None
        if id == getattr(document, role.default):
            return Change(document)
        after = document if address is None else _used_for(document, address, role)
        return Change(replace(after, **{role.default: id}), told.uses[role].default_set(**{"address": address}))

    return handle


def _read(document: Any, action: OnAddressId) -> Address:
    found: tuple[Address, ...] = document.addresses
    for address in found:
        if address.id == action.address_id:
            return address
    raise invalid_field("addressId", action.address_id)


def _written(document: Any, old: Address, new: Address) -> Any:
    return replace(document, addresses=instead(document.addresses, old, new))
