"""Inventory entries: how many pieces of a SKU there are at a supplier, and what becomes of a variant's availability by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.goods.product.variant import ProductVariantAvailability, ProductVariantChannelAvailability, Sku
from orderwright.domain.goods.refusals import StockMovedError
from orderwright.domain.shop.project.model import ReservationMinutes
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference, Resource, Value
from orderwright.engine.references import ChannelReference, Wanted
from orderwright.engine.scalars import DateTime, Key, Quantity
from orderwright.engine.unit.effects import CloseStock, Effect, MoveStock, OpenStock, TakeStock, Telling
from orderwright.errors import ApiError, invalid_field

ENTRY: Final = "inventory-entry"
# No counter is beyond what every JSON reader keeps exact.
FURTHEST: Final = 2**53
CartQuantity = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class InventoryEntryStockLevels(Value):
    """Quantities on stock: a Message tells when the stock falls to one of them."""

    reorder_point: Quantity | None = None
    safety_stock: Quantity | None = None


class InventoryEntry(Resource):
    """The stock of a SKU, with a supply channel or without. The SKU need not exist yet.

    The two counters are no part of what is stored: they stand in columns, and are written behind the other members wherever
    an entry is read. They are the last fields for that.
    """

    sku: Sku
    key: Key | None = None
    supply_channel: ChannelReference | None = None
    min_cart_quantity: CartQuantity | None = None
    max_cart_quantity: CartQuantity | None = None
    restockable_in_days: Quantity | None = None
    expected_delivery: DateTime | None = None
    reservation_expiration_in_minutes: ReservationMinutes | None = None
    stock_levels: InventoryEntryStockLevels | None = None
    custom: CustomFields | None = None
    quantity_on_stock: Quantity | None = None
    available_quantity: Quantity | None = None

    @property
    def on_stock(self) -> int:
        """All pieces there are, also those that are reserved; negative where more were sold than there were."""
        return self.quantity_on_stock or 0

    @property
    def available(self) -> int:
        """The pieces that are not reserved."""
        return self.available_quantity or 0


class InventoryEntryCreated(Message):
    """An entry was made."""

    inventory_entry: InventoryEntry


class InventoryEntryDeleted(Message):
    """An entry was deleted."""

    sku: Sku
    supply_channel: Reference | None = None


class InventoryEntryQuantitySet(Message):
    """An update action changed the counters; orders do not tell this."""

    old_quantity_on_stock: Quantity
    new_quantity_on_stock: Quantity
    old_available_quantity: Quantity
    new_available_quantity: Quantity
    sku: Sku | None = None
    supply_channel: Reference | None = None


class InventoryEntryOutOfStock(Message):
    """The quantity on stock went to 0 or below."""

    sku: Sku
    supply_channel: Reference | None = None


class InventoryEntryReorderPoint(Message):
    """The quantity on stock fell to its reorder point."""

    sku: Sku
    quantity_on_stock: Quantity
    supply_channel: Reference | None = None


class InventoryEntrySafetyStock(Message):
    """The quantity on stock fell to its safety stock."""

    sku: Sku
    quantity_on_stock: Quantity
    supply_channel: Reference | None = None


class InventoryEntryReservationExpirationInMinutesSet(Message):
    """For how many minutes reservations hold, before and after."""

    new_reservation_expiration_in_minutes: int | None = None
    old_reservation_expiration_in_minutes: int | None = None


def without_counters(entry: InventoryEntry) -> InventoryEntry:
    """What is stored of an entry."""
    return replace(entry, quantity_on_stock=None, available_quantity=None)


def place(entry: InventoryEntry) -> tuple[str, str]:
    """The claim of an entry: a SKU has one entry in each supply channel, and one without a channel. The part behind the field's
    name says in which channel the value is unique."""
    channel = entry.supply_channel
    return ("sku" if channel is None else f"sku in channel {channel.id}", entry.sku)


def opened(entry: InventoryEntry) -> Effect:
    """The effect that makes the counters' row of a new entry."""
    return OpenStock(entry=entry.id, pieces=entry.on_stock)


def closed(entry: InventoryEntry) -> Effect:
    """The effect that removes that row with its entry."""
    return CloseStock(entry=entry.id)


def moved(entry: InventoryEntry, by: int, facts: Facts) -> InventoryEntry | Change[InventoryEntry]:
    """The entry with more or fewer pieces. What is available changes alike, since reservations stay; it may become negative.

    The counters must still be as they were read, else `StockMovedError` makes the caller read them again. Raises `InvalidField`
    beyond 2^53.
    commercetools: Inventory, InventoryEntry.
    """
    if by == 0:
        return entry
    after = replace(entry, quantity_on_stock=entry.on_stock + by, available_quantity=entry.available + by)
    if max(abs(after.on_stock), abs(after.available)) > FURTHEST:
        raise invalid_field("quantity", by)
    effect = MoveStock(
        entry=entry.id,
        by=by,
        on_stock=entry.on_stock,
        available=entry.available,
        at=facts.now.instant(),
        refused=StockMovedError(entry.id),
    )
    return Change(after, *_told(entry, after), effects=[effect])


def taken(
    entry: InventoryEntry,
    pieces: int,
    *,
    least: int,
    at: DateTime,
    held: tuple[str, ...] = (),
    over: tuple[str, ...] = (),
    refused: ApiError,
) -> TakeStock:
    """The effect by which an order takes pieces off an entry, of which `least` must stay available. Negative pieces come back.
    With it end the reservations of its cart: those that are `held`, which must be there still, and those that are `over`.

    Raises `InvalidField` beyond 2^53, from where nothing would come back. It tells of the levels that are reached, but
    `InventoryEntryQuantitySet` is for update actions only.
    commercetools: Carts, InventoryMode.
    """
    if pieces < 0:
        refused = invalid_field("quantity", pieces)
        if max(entry.on_stock, entry.available) - pieces > FURTHEST:
            raise refused
    telling = Telling(ENTRY, entry, lambda left: list(_levels_reached(entry, left + pieces, left)))
    when = at.instant()
    return TakeStock(entry=entry.id, pieces=pieces, least=least, at=when, held=held, over=over, refused=refused, telling=telling)


def _told(before: InventoryEntry, after: InventoryEntry) -> Iterable[Message]:
    yield InventoryEntryQuantitySet(
        old_quantity_on_stock=before.on_stock,
        new_quantity_on_stock=after.on_stock,
        old_available_quantity=before.available,
        new_available_quantity=after.available,
        sku=after.sku,
        supply_channel=after.supply_channel,
    )
    yield from _levels_reached(after, before.on_stock, after.on_stock)


def _levels_reached(entry: InventoryEntry, before: int, after: int) -> Iterable[Message]:
    """What is told when the quantity on stock falls from one number to another."""
    where: dict[str, Any] = {"sku": entry.sku, "supply_channel": entry.supply_channel}
    levels = entry.stock_levels or InventoryEntryStockLevels()
    if before > 0 >= after:
        yield InventoryEntryOutOfStock(**where)
    if levels.reorder_point is not None and before > levels.reorder_point >= after:
        yield InventoryEntryReorderPoint(quantity_on_stock=after, **where)
    if levels.safety_stock is not None and before > levels.safety_stock >= after:
        yield InventoryEntrySafetyStock(quantity_on_stock=after, **where)


def check_limits(least: int | None, most: int | None) -> None:
    """Raises `InvalidField` for limits between which there is no quantity.

    commercetools: Inventory, InventoryEntry (`minCartQuantity`).
    """
    if least is not None and most is not None and least > most:
        raise invalid_field("minCartQuantity", least)


def wanted_entries(skus: Iterable[str | None]) -> Iterable[Wanted]:
    """All entries of some SKUs, whatever their supply channel."""
    return (Wanted(ENTRY, "sku", sku) for sku in dict.fromkeys(skus) if sku is not None)


def availability(entries: Iterable[InventoryEntry]) -> ProductVariantAvailability | None:
    """The availability of the variant whose entries these are; None for one that no inventory tracks.

    commercetools: Products, ProductVariantAvailability.
    """
    own: dict[str, Any] = {}
    channels: dict[str, ProductVariantChannelAvailability] = {}
    for entry in entries:
        there = ProductVariantChannelAvailability(
            is_on_stock=entry.available > 0,
            available_quantity=entry.available,
            restockable_in_days=entry.restockable_in_days,
            id=entry.id,
            version=entry.version,
        )
        if entry.supply_channel is not None:
            channels[entry.supply_channel.id] = there
        else:
            own = {name: getattr(there, name) for name in there.__struct_fields__}
    if not own and not channels:
        return None
    return replace(ProductVariantAvailability(channels=channels or None), **own)
