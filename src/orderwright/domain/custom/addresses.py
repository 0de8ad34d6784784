"""Postal addresses, as customers type them and as carts and orders keep them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from msgspec import Meta

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from
from orderwright.domain.laws.distinct import check_distinct
from orderwright.engine.facts import Facts
from orderwright.engine.model import Value
from orderwright.engine.scalars import CountryCode, Key
from orderwright.errors import invalid_field, required_field

Line = Annotated[str, Meta(max_length=2000)]


class BaseAddress(Value):
    """What the address of a draft and of a document have in common."""

    country: CountryCode
    id: Line | None = None
    key: Key | None = None
    title: Line | None = None
    salutation: Line | None = None
    first_name: Line | None = None
    last_name: Line | None = None
    street_name: Line | None = None
    street_number: Line | None = None
    additional_street_info: Line | None = None
    postal_code: Line | None = None
    city: Line | None = None
    region: Line | None = None
    state: Line | None = None
    company: Line | None = None
    department: Line | None = None
    building: Line | None = None
    apartment: Line | None = None
    p_o_box: Line | None = None
    phone: Line | None = None
    mobile: Line | None = None
    email: Line | None = None
    fax: Line | None = None
    additional_address_info: Line | None = None
    external_id: Line | None = None


class Address(BaseAddress):
    """An address of a document."""

    custom: CustomFields | None = None


class AddressDraft(BaseAddress):
    """An address as it is sent."""

    custom: CustomFieldsDraft | None = None


def address_from(draft: AddressDraft, facts: Facts) -> Address:
    """The address a draft means. Raises as `custom_from` does."""
    members: dict[str, Any] = {name: getattr(draft, name) for name in BaseAddress.__struct_fields__}
    return Address(**members, custom=custom_from(draft.custom, "address", facts))


def optional_address_from(draft: AddressDraft | None, facts: Facts) -> Address | None:
    """As `address_from`; None stays None."""
    return None if draft is None else address_from(draft, facts)


def keyed_addresses(addresses: Sequence[Address]) -> tuple[Address, ...]:
    """The addresses that items are sent to: each has a key of its own. Raises `RequiredField` or `DuplicateField`."""
    if any(address.key is None for address in addresses):
        raise required_field("key")
    check_distinct("key", (address.key for address in addresses))
    return tuple(addresses)


def keyed_address(addresses: Iterable[Address], key: str, field: str) -> Address:
    """The address of a key. Raises `InvalidField` for the field that named it."""
    for address in addresses:
        if address.key == key:
            return address
    raise invalid_field(field, key)
