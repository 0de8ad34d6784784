"""A reservation: pieces of an inventory entry that a line of a cart keeps for a time, as the line shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, TypeAlias

from msgspec.structs import replace

from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Resource, Value
from orderwright.engine.scalars import DateTime, Id, Quantity

ReservationState = Literal["Created", "Updated", "Released", "Expired", "Committed"]


class Reservation(Resource):
    """What is kept of an entry, for which line of which cart, and until when. `version` counts its changes."""

    expires_at: DateTime
    inventory_entry: Reference
    quantity: Quantity
    owner: Reference
    line_item_id: Id
    state: ReservationState


class ReservationReference(Reference):
    """A line's reservation. It has no path of its own, and is therefore always shown expanded."""

    obj: Reservation


class CannotChangeReservationExpiry(Value, tag_field="code", tag="CannotChangeReservationExpiry"):
    """A reservation that is over."""

    message: str
    line_item_id: Id


class CannotCreateReservation(Value, tag_field="code", tag="CannotCreateReservation"):
    """Fewer pieces are available than a line is to keep."""

    message: str
    product_id: Id
    quantity: Quantity
    sku: str | None = None
    supply_channel: Id | None = None


class CannotUpdateReservation(Value, tag_field="code", tag="CannotUpdateReservation"):
    """A line is to keep more pieces than are available; it keeps those that it had."""

    message: str
    line_item_id: Id
    requested_quantity: Quantity
    reserved_quantity: Quantity
    product_id: Id
    sku: str | None = None
    supply_channel: Id | None = None


ReservationWarning: TypeAlias = CannotChangeReservationExpiry | CannotCreateReservation | CannotUpdateReservation


def releases(facts: Facts) -> bool:
    """Whether what is reserved becomes available again by itself, once its time is over."""
    return bool(facts.project.inventory.release_expired_reservations)


def is_over(reservation: Reservation, facts: Facts) -> bool:
    """Whether its pieces are somebody else's by now."""
    return releases(facts) and reservation.expires_at <= facts.now


def in_minutes(minutes: int, facts: Facts) -> DateTime:
    """The instant so much later than now."""
    return DateTime.of(facts.now.instant() + timedelta(minutes=minutes))


def changed(reference: ReservationReference, facts: Facts, *, quantity: int, expires_at: DateTime) -> ReservationReference:
    """The reservation of another quantity or time."""
    old = reference.obj
    made = replace(
        old, version=old.version + 1, last_modified_at=facts.now, quantity=quantity, expires_at=expires_at, state="Updated"
    )
    return replace(reference, obj=made)


def committed(reference: ReservationReference) -> ReservationReference:
    """The reservation of what was ordered."""
    return replace(reference, obj=replace(reference.obj, state="Committed"))
