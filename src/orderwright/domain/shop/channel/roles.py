"""Channels that a draft or an action names, held to the role in which they are used."""

from __future__ import annotations

from orderwright.domain.shop.channel.model import Channel, ChannelRole
from orderwright.domain.shop.refusals import missing_role_on_channel
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier


def channel_in_role(identifier: ResourceIdentifier | None, role: ChannelRole, facts: Facts) -> Reference | None:
    """The reference to a channel; None stays None. Raises `ReferencedResourceNotFound`, or `MissingRoleOnChannel`."""
    if identifier is None:
        return None
    channel = facts.get("channel", identifier, Channel)
    if role not in channel.roles:
        raise missing_role_on_channel(identifier.id or channel.key, identifier, role)
    return Reference(type_id="channel", id=channel.id)
