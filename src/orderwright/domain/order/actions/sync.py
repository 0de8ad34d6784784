"""Which other systems took the order over, or gave it."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.model import Order, SyncInfo
from orderwright.domain.shop.channel.model import Channel
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Reference
from orderwright.engine.references import ChannelIdentifier
from orderwright.engine.scalars import DateTime, Text
from orderwright.errors import invalid_input


class UpdateSyncInfo(Action):
    """When another system had the order last, and under which name; now, unless it says otherwise."""

    channel: ChannelIdentifier
    external_id: Text | None = None
    synced_at: DateTime | None = None


@actions.handles
def update_sync_info(order: Order, action: UpdateSyncInfo, facts: Facts) -> Change[Order]:
    """An order has one entry for each channel, and a new one takes the old one's place. The API has no Message for it.

    Raises `ReferencedResourceNotFound`, and `InvalidInput` for a channel without the role `OrderExport` or `OrderImport`.
    """
    channel = facts.get("channel", action.channel, Channel)
    if not {"OrderExport", "OrderImport"} & set(channel.roles):
        raise invalid_input(f"The channel '{channel.key}' has neither the role 'OrderExport' nor 'OrderImport'.")
    new = SyncInfo(
        channel=Reference(type_id="channel", id=channel.id),
        external_id=action.external_id,
        synced_at=action.synced_at or facts.now,
    )
    if any(info.channel == new.channel for info in order.sync_info):
        infos = tuple(new if info.channel == new.channel else info for info in order.sync_info)
    else:
        infos = (*order.sync_info, new)
    return Change(replace(order, sync_info=infos))
