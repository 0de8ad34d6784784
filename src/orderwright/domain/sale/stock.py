"""What a cart or an order has to do with the stock: how many of a variant a line may hold, and what an order takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from orderwright.domain.goods.inventory.model import ENTRY, FURTHEST, InventoryEntry, taken, wanted_entries
from orderwright.domain.sale.lines.items import InventoryMode, LineItem
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.refusals import line_item_quantity_above_limit, line_item_quantity_below_limit, out_of_stock
from orderwright.domain.sale.reserve.model import Reservation, is_over
from orderwright.engine.facts import Facts
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import TakeStock
from orderwright.errors import ApiError, invalid_operation

TAKING: Final = ("TrackOnly", "ReserveOnOrder", "ReserveOnCart")


def mode_of(line: LineItem, sale: Sale) -> InventoryMode:
    """The line's own mode, else that of its cart or order."""
    return line.inventory_mode or sale.inventory_mode


def own_mode(mode: InventoryMode | None, sale: Sale, facts: Facts) -> InventoryMode | None:
    """What a line keeps of a mode: nothing if it is the cart's. Raises as `check_reservable` does."""
    check_reservable(mode, facts)
    return None if mode == sale.inventory_mode else mode


def check_reservable(mode: InventoryMode | None, facts: Facts) -> None:
    """Carts reserve only what they give back again. Raises `InvalidOperation` for `ReserveOnCart` where the project does not say
    when."""
    if mode == "ReserveOnCart" and facts.project.inventory.reservation_expiration_in_minutes is None:
        raise invalid_operation("The project has no reservationExpirationInMinutes: carts can not reserve stock.")


def wanted_stock(lines: Iterable[LineItem]) -> Iterable[Wanted]:
    """The inventory entries of the lines' SKUs."""
    return wanted_entries(line.variant.sku for line in lines)


def wanted_to_reserve(sale: Sale, lines: Iterable[LineItem]) -> Iterable[Wanted]:
    """The entries that lines reserve of where they are the cart's; nothing where none of them reserves."""
    return wanted_stock(line for line in lines if mode_of(line, sale) == "ReserveOnCart")


def wanted_to_order(sale: Sale) -> Iterable[Wanted]:
    """The entries that an order of the cart takes from; nothing where no line is tracked."""
    return wanted_stock(_tracked(sale))


def entry_of(line: LineItem, facts: Facts) -> InventoryEntry | None:
    """The entry of the line's SKU in its supply channel, or without one for a line without, if it is there and was read."""
    channel = line.supply_channel.id if line.supply_channel else None
    for wanted in (Wanted(ENTRY, "sku", line.variant.sku or ""), Wanted(ENTRY, "product", line.product_id)):
        for entry in facts.look_up(wanted) or ():
            held = entry.supply_channel.id if entry.supply_channel else None
            if isinstance(entry, InventoryEntry) and (entry.sku, held) == (line.variant.sku, channel):
                return entry
    return None


def check_quantity(line: LineItem, facts: Facts, *, added: bool = False) -> LineItem:
    """The line itself. Its entry must have been read.

    Raises `LineItemQuantityBelowLimit` or `LineItemQuantityAboveLimit`; a line that is just `added` has no name yet.
    commercetools: Inventory, InventoryEntry (`minCartQuantity`, `maxCartQuantity`).
    """
    entry = entry_of(line, facts)
    if entry is None:
        return line
    named = None if added else line.id
    if entry.min_cart_quantity is not None and line.quantity < entry.min_cart_quantity:
        raise line_item_quantity_below_limit(line.quantity, entry.min_cart_quantity, named)
    if entry.max_cart_quantity is not None and line.quantity > entry.max_cart_quantity:
        raise line_item_quantity_above_limit(line.quantity, entry.max_cart_quantity, named)
    return line


def takes(sale: Sale, facts: Facts) -> list[TakeStock]:
    """What an order of the cart takes off the stock: one conditional effect for each entry and mode.

    Raises `OutOfStock` with all lines that can not be had as things stood when they were read. The effects refuse with the
    same error where another order was faster.
    commercetools: Carts, InventoryMode.
    """
    found = [(line, entry_of(line, facts)) for line in _tracked(sale)]
    asked: dict[tuple[str, InventoryMode], list[LineItem]] = {}
    entries: dict[str, InventoryEntry] = {}
    for line, entry in found:
        if entry is not None:
            entries[entry.id] = entry
            asked.setdefault((entry.id, mode_of(line, sale)), []).append(line)
    short = [line for line, entry in found if entry is None]
    # What must be there is taken first, so that the order of the lines decides nothing.
    in_turn = sorted(asked.items(), key=lambda one: one[0][1] == "TrackOnly")
    takings = [(entries[id], mode, lines) for (id, mode), lines in in_turn]
    for entry, mode, lines in takings:
        if _must_be_there(entry, mode, _left(lines, entry, facts)) and entry.available < _left(lines, entry, facts):
            short += lines
    if short:
        raise _out_of(short)
    return [
        taken(
            entry,
            _pieces(lines),
            least=0 if _must_be_there(entry, mode, _left(lines, entry, facts)) else -FURTHEST,
            at=facts.now,
            held=tuple(each.id for each in _reserved(lines, entry, facts)),
            over=tuple(line.reservation.id for line in lines if line.reservation is not None),
            refused=_out_of(lines),
        )
        for entry, mode, lines in takings
    ]


def _tracked(sale: Sale) -> Iterator[LineItem]:
    return (line for line in sale.line_items if mode_of(line, sale) in TAKING)


def _must_be_there(entry: InventoryEntry, mode: InventoryMode, pieces: int) -> bool:
    """Whether only what is available may be sold; what is restocked, be it in 0 days, may be sold before it comes. What comes
    back, as an import may say, is never short."""
    return mode != "TrackOnly" and entry.restockable_in_days is None and pieces > 0


def _reserved(lines: Sequence[LineItem], entry: InventoryEntry, facts: Facts) -> list[Reservation]:
    """What the lines keep of the entry, and may therefore be sold whatever is available."""
    kept = [line.reservation.obj for line in lines if line.reservation is not None]
    return [each for each in kept if each.inventory_entry.id == entry.id and not is_over(each, facts)]


def _left(lines: Sequence[LineItem], entry: InventoryEntry, facts: Facts) -> int:
    """How many pieces they need besides."""
    return _pieces(lines) - sum(each.quantity for each in _reserved(lines, entry, facts))


def _pieces(lines: Sequence[LineItem]) -> int:
    return sum(line.quantity for line in lines)


def _out_of(lines: Sequence[LineItem]) -> ApiError:
    skus = dict.fromkeys(line.variant.sku for line in lines if line.variant.sku is not None)
    return out_of_stock([line.id for line in lines], list(skus))
