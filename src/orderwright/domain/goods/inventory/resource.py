"""Inventory entries: the stock of a SKU, for each supply channel apart. Their counters live in the table `stock`."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.goods.inventory.model import (
    ENTRY,
    CartQuantity,
    InventoryEntry,
    InventoryEntryCreated,
    InventoryEntryDeleted,
    InventoryEntryReservationExpirationInMinutesSet,
    InventoryEntryStockLevels,
    check_limits,
    closed,
    moved,
    opened,
    place,
    without_counters,
)
from orderwright.domain.goods.product.variant import Sku
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.domain.shop.project.model import ReservationMinutes
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Value
from orderwright.engine.references import ChannelIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime, Key, Quantity


class InventoryEntryDraft(Value):
    """An inventory entry as it is sent."""

    sku: Sku
    quantity_on_stock: Quantity
    key: Key | None = None
    supply_channel: ChannelIdentifier | None = None
    min_cart_quantity: CartQuantity | None = None
    max_cart_quantity: CartQuantity | None = None
    restockable_in_days: Quantity | None = None
    expected_delivery: DateTime | None = None
    reservation_expiration_in_minutes: ReservationMinutes | None = None
    stock_levels: InventoryEntryStockLevels | None = None
    custom: CustomFieldsDraft | None = None


class AddQuantity(Action):
    """Pieces that come."""

    quantity: Quantity


class RemoveQuantity(Action):
    """Pieces that go; more than there are leave a negative quantity."""

    quantity: Quantity


class ChangeQuantity(Action):
    """How many pieces there are."""

    quantity: Quantity


class SetSupplyChannel(Action):
    """Who supplies the pieces; without it, nobody in particular."""

    supply_channel: ChannelIdentifier | None = None


class SetInventoryLimits(Action):
    """Between which quantities a line item must be. One that is left out is no limit."""

    min_cart_quantity: CartQuantity | None = None
    max_cart_quantity: CartQuantity | None = None


class SetReorderPoint(Action):
    """The quantity on stock at which more should be ordered."""

    quantity: Quantity | None = None


class SetSafetyStock(Action):
    """The quantity on stock that should not be fallen below."""

    quantity: Quantity | None = None


def _expiration_set(before: InventoryEntry, after: InventoryEntry) -> Message:
    return InventoryEntryReservationExpirationInMinutesSet(
        new_reservation_expiration_in_minutes=after.reservation_expiration_in_minutes,
        old_reservation_expiration_in_minutes=before.reservation_expiration_in_minutes,
    )


actions = ActionSet(InventoryEntry)
actions.setters("setKey", "setRestockableInDays", "setExpectedDelivery")
actions.setters("setReservationExpirationInMinutes", tells=_expiration_set)
custom_field_rows(actions, root("inventory-entry"))


@actions.handles
def add_quantity(entry: InventoryEntry, action: AddQuantity, facts: Facts) -> InventoryEntry | Change[InventoryEntry]:
    return moved(entry, action.quantity, facts)


@actions.handles
def remove_quantity(entry: InventoryEntry, action: RemoveQuantity, facts: Facts) -> InventoryEntry | Change[InventoryEntry]:
    return moved(entry, -action.quantity, facts)


@actions.handles
def change_quantity(entry: InventoryEntry, action: ChangeQuantity, facts: Facts) -> InventoryEntry | Change[InventoryEntry]:
    """What is reserved stays so."""
    return moved(entry, action.quantity - entry.on_stock, facts)


@actions.handles
def set_supply_channel(entry: InventoryEntry, action: SetSupplyChannel, facts: Facts) -> InventoryEntry:
    """Raises `MissingRoleOnChannel`. That the SKU has no other entry there is a claim."""
    return replace(entry, supply_channel=channel_in_role(action.supply_channel, "InventorySupply", facts))


@actions.handles
def set_inventory_limits(entry: InventoryEntry, action: SetInventoryLimits, _facts: Facts) -> InventoryEntry:
    """Raises `InvalidField` for a least above the most."""
    check_limits(action.min_cart_quantity, action.max_cart_quantity)
    return replace(entry, min_cart_quantity=action.min_cart_quantity, max_cart_quantity=action.max_cart_quantity)


@actions.handles
def set_reorder_point(entry: InventoryEntry, action: SetReorderPoint, _facts: Facts) -> InventoryEntry:
    levels = entry.stock_levels or InventoryEntryStockLevels()
    return _with_levels(entry, replace(levels, reorder_point=action.quantity))


@actions.handles
def set_safety_stock(entry: InventoryEntry, action: SetSafetyStock, _facts: Facts) -> InventoryEntry:
    levels = entry.stock_levels or InventoryEntryStockLevels()
    return _with_levels(entry, replace(levels, safety_stock=action.quantity))


def _with_levels(entry: InventoryEntry, levels: InventoryEntryStockLevels | None) -> InventoryEntry:
    return replace(entry, stock_levels=None if levels == InventoryEntryStockLevels() else levels)


def from_draft(draft: InventoryEntryDraft, facts: Facts) -> Change[InventoryEntry]:
    """A new entry, all of whose pieces are available. Raises `MissingRoleOnChannel`, `InvalidField` and what custom fields
    raise."""
    check_limits(draft.min_cart_quantity, draft.max_cart_quantity)
    entry = InventoryEntry(
        **facts.born(),
        sku=draft.sku,
        key=draft.key,
        supply_channel=channel_in_role(draft.supply_channel, "InventorySupply", facts),
        min_cart_quantity=draft.min_cart_quantity,
        max_cart_quantity=draft.max_cart_quantity,
        restockable_in_days=draft.restockable_in_days,
        expected_delivery=draft.expected_delivery,
        reservation_expiration_in_minutes=draft.reservation_expiration_in_minutes,
        custom=custom_from(draft.custom, "inventory-entry", facts),
        quantity_on_stock=draft.quantity_on_stock,
        available_quantity=draft.quantity_on_stock,
    )
    entry = _with_levels(entry, draft.stock_levels)
    return Change(entry, effects=[opened(entry)])


RESOURCE = ResourceType(
    type_id=ENTRY,
    path="inventory",
    model=InventoryEntry,
    draft=InventoryEntryDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    claims=lambda entry: [place(entry)],
    lookups={"key": "key"},
    columns={"sku": "sku"},
    lean=without_counters,
    counted=True,
    identifiers=("key", "sku"),
    created=lambda entry: InventoryEntryCreated(inventory_entry=entry),
    deleted=lambda entry: InventoryEntryDeleted(sku=entry.sku, supply_channel=entry.supply_channel),
    deleting=lambda entry, _facts: Change(entry, effects=[closed(entry)]),
)
