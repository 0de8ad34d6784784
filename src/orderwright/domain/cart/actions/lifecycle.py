"""The cart itself: whose it is, what it is called, how long it lives, and its way to an order."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.business_unit.naming import check_usable, seen_unit
from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.cart.drafts import DeleteDays
from orderwright.domain.customer.naming import customer_named, wanted_customer
from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.lines.variants import prices_of_all
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.ownership import owned_by
from orderwright.domain.sale.refresh import REFRESHING, REFRESHING_DATA, repriced
from orderwright.domain.sale.reserve.model import CannotChangeReservationExpiry, changed, in_minutes, is_over
from orderwright.domain.shop.project.model import ReservationMinutes
from orderwright.engine.actions import Change, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import BusinessUnitIdentifier, Wanted
from orderwright.engine.scalars import DateTime, Id, Text
from orderwright.errors import invalid_operation


class SetAnonymousId(Action):
    """The anonymous session the cart belongs to."""

    anonymous_id: Text | None = None


class SetCustomerId(Action):
    """The customer the cart belongs to; without one it belongs to nobody, and to no customer group."""

    customer_id: Id | None = None

    def wants(self) -> Iterator[Wanted]:
        """The customer, who may belong to a group."""
        yield from wanted_customer(self.customer_id)

    def wants_on(self, _cart: Cart) -> WantsOn:
        """Every line's variant: another group may have other prices."""
        return prices_of_all


class SetBusinessUnit(Action):
    """The business unit the cart belongs to from now on, in the place of another."""

    business_unit: BusinessUnitIdentifier

    def wants_on(self, _cart: Cart) -> WantsOn:
        """Every line's variant: the customer groups of another unit may have other prices."""
        return prices_of_all


class SetDeleteDaysAfterLastModification(Action):
    """Days; the project's setting if left out."""

    delete_days_after_last_modification: DeleteDays | None = None


class SetReservationExpirationInMinutes(Action):
    """How long from now what the cart has reserved is kept."""

    reservation_expiration_in_minutes: ReservationMinutes


class Recalculate(Action):
    """Brings prices, rates and, if asked for, product data to the state of today."""

    update_product_data: bool = False

    def wants_on(self, _cart: Cart) -> WantsOn:
        """Every line's variant."""
        return prices_of_all


actions.setters("setKey")


@actions.handles
def set_anonymous_id(cart: Cart, action: SetAnonymousId, _facts: Facts) -> Cart:
    if cart.customer_id is not None:
        raise invalid_operation("The cart belongs to a customer and can not belong to an anonymous session as well.")
    return replace(cart, anonymous_id=action.anonymous_id)


@actions.handles
def set_customer_id(cart: Cart, action: SetCustomerId, facts: Facts) -> Cart | Change[Cart]:
    """The cart as `owned_by` has it, at the prices of the customer's group. Raises `ReferencedResourceNotFound`."""
    after = owned_by(cart, customer_named(action.customer_id, facts))
    return cart if after == cart else Change(after, then=(repriced,))


@actions.handles
def set_business_unit(cart: Cart, action: SetBusinessUnit, facts: Facts) -> Change[Cart]:
    """Raises `InvalidOperation` for a cart that belongs to no unit yet, and for a unit that it can not belong to;
    `ReferencedResourceNotFound`."""
    unit = seen_unit(action.business_unit, facts)
    if cart.business_unit is None:
        raise invalid_operation("The cart belongs to no business unit, and can not be given to one.")
    check_usable(unit, cart.store)
    if unit.reference == cart.business_unit:
        return Change(cart)
    return Change(replace(cart, business_unit=unit.reference), then=(repriced,))


@actions.handles
def set_delete_days_after_last_modification(cart: Cart, action: SetDeleteDaysAfterLastModification, facts: Facts) -> Cart:
    days = action.delete_days_after_last_modification or facts.project.carts.delete_days_after_last_modification
    return cart if cart.origin == "RecurringOrder" else replace(cart, delete_days_after_last_modification=days)


@actions.handles
def recalculate(cart: Cart, action: Recalculate, _facts: Facts) -> Change[Cart]:
    return Change(cart, then=REFRESHING_DATA if action.update_product_data else REFRESHING)


@actions.handles
def set_reservation_expiration_in_minutes(cart: Cart, action: SetReservationExpirationInMinutes, facts: Facts) -> Cart:
    """A reservation that is over is not brought back: its line is warned of."""
    until = in_minutes(action.reservation_expiration_in_minutes, facts)
    kept = [(line.id, line.reservation.obj) for line in cart.line_items if line.reservation is not None]
    over = [id for id, reservation in kept if is_over(reservation, facts)]
    warnings = [
        CannotChangeReservationExpiry(
            message=f"The reservation expiration for line item {id} cannot be changed.", line_item_id=id
        )
        for id in over
    ]
    lines = tuple(line if line.id in over else _reserved_until(line, until, facts) for line in cart.line_items)
    return replace(cart, line_items=lines, warnings=tuple(dict.fromkeys((*(cart.warnings or ()), *warnings))) or None)


def _reserved_until(line: LineItem, until: DateTime, facts: Facts) -> LineItem:
    kept = line.reservation
    if kept is None or kept.obj.expires_at == until:
        return line
    return replace(line, reservation=changed(kept, facts, quantity=kept.obj.quantity, expires_at=until))
