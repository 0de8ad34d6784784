"""What a cart's lines keep of the stock, settled at the end of each change: reservations are made, changed and given back in the
write of the cart itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from orderwright.domain.goods.inventory.model import ENTRY, InventoryEntry
from orderwright.domain.goods.refusals import StockMovedError
from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.reserve.model import (
    CannotCreateReservation,
    CannotUpdateReservation,
    Reservation,
    ReservationReference,
    ReservationWarning,
    changed,
    in_minutes,
    is_over,
    releases,
)
from orderwright.domain.sale.stock import check_reservable, entry_of, mode_of
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.unit.effects import HoldStock

_OPEN = ("Active", "Frozen")


def settled(before: Cart | None, change: Change[Cart], facts: Facts) -> Change[Cart]:
    """The change with the reservations that its cart has then. What cannot be had is a warning, not a refusal.

    A line that is as it was keeps what it has, also if that is nothing. The carts that `change` closes give theirs back, so that
    the pieces of a cart that is merged are there for the cart that takes its lines.
    """
    cart = change.after
    sources = [each.before for each in change.changed if isinstance(each.before, Cart)]
    old = {id: kept for each in (before, *sources) if each is not None for id, kept in _kept(each).items()}
    if cart.cart_state not in _OPEN or (not old and not any(_reserves(line, cart) for line in cart.line_items)):
        return change
    settling = _Settling(before, cart, old, facts)
    # What some lines leave is there for others, in whatever order they stand.
    in_turn = sorted(cart.line_items, key=settling.asks_for_more)
    lines = {line.id: settling.line(line) for line in in_turn}
    after = replace(cart, line_items=tuple(lines[line.id] for line in cart.line_items))
    if settling.warnings:
        after = replace(after, warnings=(*(cart.warnings or ()), *settling.warnings))
    return change.going_on(after, _effects(old, after, facts))


def given_back(cart: Cart, facts: Facts) -> list[HoldStock]:
    """What frees all that the cart keeps, when it goes."""
    return _effects(_kept(cart), None, facts, owner=cart.id)


def left_elsewhere(cart: Cart, facts: Facts) -> list[HoldStock]:
    """What frees the reservations of a cart that is ordered, where its order takes the pieces from another entry: theirs has got
    another supply channel since."""
    kept = [(entry_of(line, facts), line.reservation.obj) for line in cart.line_items if line.reservation is not None]
    left = {own.id: own for entry, own in kept if entry is None or entry.id != own.inventory_entry.id}
    return _effects(left, None, facts, owner=cart.id)


def _kept(cart: Cart) -> dict[str, Reservation]:
    if cart.cart_state not in _OPEN:
        return {}
    return {line.reservation.id: line.reservation.obj for line in cart.line_items if line.reservation is not None}


def _reserves(line: LineItem, cart: Cart) -> bool:
    return mode_of(line, cart) == "ReserveOnCart"


class _Settling:
    """One change of a cart, line by line; `room` are the pieces of each entry that may be had."""

    def __init__(self, before: Cart | None, cart: Cart, old: Mapping[str, Reservation], facts: Facts) -> None:
        self._cart = cart
        self._facts = facts
        self._was = {} if before is None else {line.id: (_asked(line, before), line.reservation) for line in before.line_items}
        self._room: dict[str, int] = {}
        self.warnings: list[ReservationWarning] = []
        staying = {own.id for line in cart.line_items if (own := line.reservation) is not None and self._stays(line)}
        for id, kept in old.items():
            if id not in staying and not is_over(kept, facts):
                self._room[kept.inventory_entry.id] = self._room.get(kept.inventory_entry.id, 0) + kept.quantity
        self._read: set[str] = set()

    def asks_for_more(self, line: LineItem) -> bool:
        """Whether the line is to keep more than it has."""
        kept = line.reservation
        return line.quantity > (kept.obj.quantity if kept is not None and self._stays(line) else 0)

    def line(self, line: LineItem) -> LineItem:
        """The line with what it keeps from now on."""
        if not _reserves(line, self._cart):
            return line if line.reservation is None else replace(line, reservation=None)
        if self._untouched(line):
            return line
        entry = entry_of(line, self._facts)
        own = line.reservation if self._stays(line) else None
        held = own.obj.quantity if own is not None else 0
        more = line.quantity - held
        if entry is None or more > max(self._of(entry), min(more, 0)):
            self.warnings.append(_warning(line, held))
            return replace(line, reservation=own)
        self._room[entry.id] -= more
        if own is None:
            return replace(line, reservation=self._made(line, entry))
        if not more:
            return line
        return replace(line, reservation=changed(own, self._facts, quantity=line.quantity, expires_at=own.obj.expires_at))

    def _untouched(self, line: LineItem) -> bool:
        was = self._was.get(line.id)
        return was is not None and was[0] == _asked(line, self._cart)

    def _stays(self, line: LineItem) -> bool:
        """Whether the line goes on with its reservation: it is this cart's, not over, and of the entry that the line asks for."""
        own = line.reservation
        if own is None or not _reserves(line, self._cart):
            return False
        if self._untouched(line):
            return True
        entry = entry_of(line, self._facts)
        mine = own.obj.owner.id == self._cart.id and own.obj.line_item_id == line.id
        return mine and entry is not None and own.obj.inventory_entry.id == entry.id and not is_over(own.obj, self._facts)

    def _of(self, entry: InventoryEntry) -> int:
        if entry.id not in self._read:
            self._read.add(entry.id)
            self._room[entry.id] = self._room.get(entry.id, 0) + entry.available
        return self._room[entry.id]

    def _made(self, line: LineItem, entry: InventoryEntry) -> ReservationReference:
        facts = self._facts
        check_reservable("ReserveOnCart", facts)
        minutes = entry.reservation_expiration_in_minutes or facts.project.inventory.reservation_expiration_in_minutes
        made = Reservation(
            **facts.born(),
            expires_at=in_minutes(minutes, facts),
            inventory_entry=Reference(type_id=ENTRY, id=entry.id),
            quantity=line.quantity,
            owner=Reference(type_id="cart", id=self._cart.id),
            line_item_id=line.id,
            state="Created",
        )
        return ReservationReference(type_id="reservation", id=made.id, obj=made)


def _asked(line: LineItem, cart: Cart) -> tuple[Any, ...]:
    """What a reservation depends on."""
    return line.quantity, mode_of(line, cart), line.supply_channel, line.variant.sku


def _warning(line: LineItem, held: int) -> ReservationWarning:
    channel = line.supply_channel.id if line.supply_channel else None
    what: dict[str, Any] = {"product_id": line.product_id, "sku": line.variant.sku, "supply_channel": channel}
    named = f"SKU: {line.variant.sku}, Supply Channel: {channel}"
    if not held:
        message = f"Failed to create a reservation for product {line.product_id} ({named}) with quantity {line.quantity}."
        return CannotCreateReservation(message=message, quantity=line.quantity, **what)
    message = (
        f"Failed to update the reservation for line item {line.id} (Product ID: {line.product_id}, {named}) to a quantity of"
        f" {line.quantity}. The reserved amount is still {held}."
    )
    return CannotUpdateReservation(
        message=message, line_item_id=line.id, requested_quantity=line.quantity, reserved_quantity=held, **what
    )


def _effects(old: Mapping[str, Reservation], after: Cart | None, facts: Facts, owner: str = "") -> list[HoldStock]:
    """For each entry what is kept of it instead of what was."""
    new = {} if after is None else _kept(after)
    gone = [kept for id, kept in old.items() if new.get(id) != kept]
    made = [kept for id, kept in new.items() if old.get(id) != kept]
    entries = dict.fromkeys(kept.inventory_entry.id for kept in (*gone, *made))
    return [
        _holding(entry, _of_entry(gone, entry), _of_entry(made, entry), owner if after is None else after.id, facts)
        for entry in entries
    ]


def _of_entry(kept: Iterable[Reservation], entry: str) -> list[Reservation]:
    return [each for each in kept if each.inventory_entry.id == entry]


def _holding(entry: str, gone: list[Reservation], made: list[Reservation], cart: str, facts: Facts) -> HoldStock:
    return HoldStock(
        entry=entry,
        cart=cart,
        old=tuple(each.id for each in gone),
        at=facts.now.instant(),
        ids=tuple(each.id for each in made),
        versions=tuple(each.version for each in made),
        pieces=tuple(each.quantity for each in made),
        expire=tuple(each.expires_at.instant() if releases(facts) else None for each in made),
        refused=StockMovedError(entry),
    )
