"""The channels of a store: those it sells through and those its goods come from. One law holds for both lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.shop.channel.model import ChannelRole
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.domain.shop.store.model import Store
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Reference, always
from orderwright.engine.references import ChannelIdentifier, ResourceIdentifier
from orderwright.errors import invalid_operation

MAX_CHANNELS: Final = 100
Channels = Annotated[tuple[ChannelIdentifier, ...], Meta(max_length=MAX_CHANNELS)]


class StoreDistributionChannelsChanged(Message):
    """Which of the channels that the store sells through came and went."""

    added_distribution_channels: tuple[Reference, ...] = always(())
    removed_distribution_channels: tuple[Reference, ...] = always(())


class StoreSupplyChannelsChanged(Message):
    """Which of the channels that the store's goods come from came and went."""

    added_supply_channels: tuple[Reference, ...] = always(())
    removed_supply_channels: tuple[Reference, ...] = always(())


class SetDistributionChannels(Action):
    """The channels the store sells through."""

    distribution_channels: Channels = ()


class AddDistributionChannel(Action):
    """A channel the store sells through."""

    distribution_channel: ChannelIdentifier


class RemoveDistributionChannel(Action):
    """A channel the store no longer sells through."""

    distribution_channel: ChannelIdentifier


class SetSupplyChannels(Action):
    """The channels the store's goods come from."""

    supply_channels: Channels = ()


class AddSupplyChannel(Action):
    """A channel the store's goods come from."""

    supply_channel: ChannelIdentifier


class RemoveSupplyChannel(Action):
    """A channel the store's goods no longer come from."""

    supply_channel: ChannelIdentifier


@dataclass(frozen=True)
class ChannelList:
    """One of the store's two lists of channels: its field, the role that a channel in it must have, and what a change tells."""

    field: str
    role: ChannelRole
    changed: type[Message]

    def named(self, identifiers: Sequence[ResourceIdentifier], facts: Facts) -> tuple[Reference, ...]:
        """References to the channels, each once. Raises `MissingRoleOnChannel`."""
        found = (channel_in_role(identifier, self.role, facts) for identifier in identifiers)
        return tuple(dict.fromkeys(channel for channel in found if channel is not None))

    def with_all(self, store: Store, wanted: tuple[Reference, ...]) -> Store | Change[Store]:
        """The store with these channels. Raises `InvalidOperation` for more than 100."""
        present: tuple[Reference, ...] = getattr(store, self.field)
        if wanted == present:
            return store
        if len(wanted) > MAX_CHANNELS:
            raise invalid_operation(f"A store can have at most {MAX_CHANNELS} {self.field.replace('_', ' ')}.")
        added = tuple(channel for channel in wanted if channel not in present)
        removed = tuple(channel for channel in present if channel not in wanted)
        told = self.changed(**{f"added_{self.field}": added, f"removed_{self.field}": removed})
        return Change(replace(store, **{self.field: wanted}), told)

    def set(self, store: Store, action: Any, facts: Facts) -> Store | Change[Store]:
        """Replaces the list."""
        return self.with_all(store, self.named(getattr(action, self.field), facts))

    def add(self, store: Store, action: Any, facts: Facts) -> Store | Change[Store]:
        """A channel that is there already changes nothing."""
        wanted = (*getattr(store, self.field), *self.named((getattr(action, self.field[:-1]),), facts))
        return self.with_all(store, tuple(dict.fromkeys(wanted)))

    def remove(self, store: Store, action: Any, facts: Facts) -> Store | Change[Store]:
        """A channel that is not there changes nothing; it may have lost its role."""
        gone = facts.reference("channel", getattr(action, self.field[:-1]))
        return self.with_all(store, tuple(channel for channel in getattr(store, self.field) if channel != gone))


DISTRIBUTION: Final = ChannelList("distribution_channels", "ProductDistribution", StoreDistributionChannelsChanged)
SUPPLY: Final = ChannelList("supply_channels", "InventorySupply", StoreSupplyChannelsChanged)
_rows: tuple[tuple[type[Action], Callable[[Store, Any, Facts], Store | Change[Store]]], ...] = (
    (SetDistributionChannels, DISTRIBUTION.set),
    (AddDistributionChannel, DISTRIBUTION.add),
    (RemoveDistributionChannel, DISTRIBUTION.remove),
    (SetSupplyChannels, SUPPLY.set),
    (AddSupplyChannel, SUPPLY.add),
    (RemoveSupplyChannel, SUPPLY.remove),
)


def channel_rows(actions: ActionSet[Store]) -> None:
    """Add the six actions to a store's."""
    for action, handler in _rows:
        actions.add(action, handler)
