"""Channels: the warehouses goods come from, the places they are sold at, and the systems that orders are exchanged with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address, AddressDraft, optional_address_from
from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import Row, custom_field_rows, root
from orderwright.domain.laws.changes import check_changed
from orderwright.domain.laws.keys import PlainKey, check_key
from orderwright.domain.laws.renewing import named_anew
from orderwright.domain.laws.roles import other_roles, with_roles, without_roles
from orderwright.domain.shop.channel.model import Channel, ChannelRole, GeoPoint
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Value
from orderwright.engine.parts import Part
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import LocalizedString, Number
from orderwright.errors import invalid_field, invalid_input, invalid_operation

DEFAULT_ROLES: Final[tuple[ChannelRole, ...]] = ("InventorySupply",)


class ChannelDraft(Value):
    """A channel as it is sent."""

    key: PlainKey
    roles: tuple[ChannelRole, ...] = DEFAULT_ROLES
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    address: AddressDraft | None = None
    custom: CustomFieldsDraft | None = None
    geo_location: GeoPoint | None = None


class ChangeKey(Action):
    """Another key, unique in the project."""

    key: PlainKey


class ChangeName(Action):
    """Another name."""

    name: LocalizedString


class ChangeDescription(Action):
    """Another description."""

    description: LocalizedString


class SetRoles(Action):
    """All roles."""

    roles: tuple[ChannelRole, ...] = DEFAULT_ROLES


class AddRoles(Action):
    """Roles that the channel has not yet."""

    roles: tuple[ChannelRole, ...]


class RemoveRoles(Action):
    """Roles that are to go; one must stay."""

    roles: tuple[ChannelRole, ...]


class SetAddress(Action):
    """Where the channel is; left out, the address is removed."""

    address: AddressDraft | None = None


class SetGeoLocation(Action):
    """Where the channel is on Earth; left out, the place is removed."""

    geo_location: GeoPoint | None = None


actions = ActionSet(Channel)


def _address(channel: Channel, _action: Any) -> Address:
    if channel.address is None:
        raise invalid_input("The channel has no address, so that it can have no custom fields.")
    return channel.address


def _with_address(channel: Channel, _old: Address, new: Address) -> Channel:
    return replace(channel, address=new)


custom_field_rows(actions, root("channel"), Row("Address", "address", Part(_address, _with_address)))


@actions.handles
def change_key(channel: Channel, action: ChangeKey, facts: Facts) -> Channel:
    """Raises `InvalidOperation` for an empty key."""
    return replace(channel, key=check_key(action.key))


@actions.handles
def change_name(channel: Channel, action: ChangeName, facts: Facts) -> Channel:
    """Raises `InvalidOperation` for the same name and for an empty one."""
    return replace(channel, name=_other_text(channel.name, action.name, "name"))


@actions.handles
def change_description(channel: Channel, action: ChangeDescription, facts: Facts) -> Channel:
    """Raises `InvalidOperation` for the same description and for an empty one."""
    return replace(channel, description=_other_text(channel.description, action.description, "description"))


@actions.handles
def set_roles(channel: Channel, action: SetRoles, facts: Facts) -> Channel:
    """Raises `InvalidOperation` for the same roles and for none."""
    return replace(channel, roles=_some(other_roles(channel.roles, action.roles)))


@actions.handles
def add_roles(channel: Channel, action: AddRoles, facts: Facts) -> Channel:
    """Raises `InvalidOperation` for roles that are all there."""
    return replace(channel, roles=with_roles(channel.roles, action.roles))


@actions.handles
def remove_roles(channel: Channel, action: RemoveRoles, facts: Facts) -> Channel:
    """Raises `InvalidOperation` if none of the roles is there, and if none would be left."""
    return replace(channel, roles=_some(without_roles(channel.roles, action.roles)))


@actions.handles
def set_address(channel: Channel, action: SetAddress, facts: Facts) -> Channel:
    """Raises what custom fields raise."""
    return replace(channel, address=optional_address_from(action.address, facts))


@actions.handles
def set_geo_location(channel: Channel, action: SetGeoLocation, facts: Facts) -> Channel:
    """Raises `InvalidField` for what is no place on Earth."""
    return replace(channel, geo_location=_on_earth(action.geo_location))


def from_draft(draft: ChannelDraft, facts: Facts) -> Channel:
    """A new channel. Raises `InvalidOperation` for an empty key and for no role, `InvalidField` for what is no place on Earth."""
    return Channel(
        **facts.born(),
        key=check_key(draft.key),
        roles=_some(tuple(dict.fromkeys(draft.roles))),
        name=draft.name,
        description=draft.description,
        address=optional_address_from(draft.address, facts),
        custom=custom_from(draft.custom, "channel", facts),
        geo_location=_on_earth(draft.geo_location),
    )


def _some(roles: tuple[ChannelRole, ...]) -> tuple[ChannelRole, ...]:
    if not roles:
        raise invalid_operation("A channel must have at least one role.")
    return roles


def _other_text(before: LocalizedString | None, after: LocalizedString, field: str) -> LocalizedString:
    if not after:
        raise invalid_operation(f"The {field} must not be empty.")
    check_changed(before, after, field)
    return after


def _on_earth(point: GeoPoint | None) -> GeoPoint | None:
    if point is not None and not _is_on_earth(point.coordinates):
        raise invalid_field("geoLocation.coordinates", list(point.coordinates))
    return point


def _is_on_earth(coordinates: Sequence[Number]) -> bool:
    """Whether they are a longitude and a latitude in degrees."""
    return len(coordinates) == 2 and all(
        -limit <= degrees <= limit for degrees, limit in zip(coordinates, (180, 90), strict=True)
    )


RESOURCE = ResourceType(
    type_id="channel",
    path="channels",
    model=Channel,
    draft=ChannelDraft,
    actions=actions,
    create=from_draft,
    settles=named_anew,
    unique=("key",),
    lookups={"key": "key"},
    catalogue=True,
    # Of a product's prices, which its queried copy leaves out.
    referenced_by=(("product", '$.priceChannels[*] ? (@ == "{id}")'),),
)
