"""The cart itself: whose it is, what it is called, how long it lives, and its way to an order."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.cart.drafts import DeleteDays
from orderwright.domain.customer.naming import customer_named, wanted_customer
from orderwright.domain.sale.lines.variants import wanted_prices
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.ownership import given_to
from orderwright.domain.sale.refresh import refreshed
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import Id, Text
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

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """Every line's variant: another group may have other prices."""
        return wanted_prices(cart.customer_id, cart.line_items)


class SetDeleteDaysAfterLastModification(Action):
    """Days; the project's setting if left out."""

    delete_days_after_last_modification: DeleteDays | None = None


class Recalculate(Action):
    """Brings prices, rates and, if asked for, product data to the state of today."""

    update_product_data: bool = False

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """Every line's variant."""
        return wanted_prices(cart.customer_id, cart.line_items)


actions.setters("setKey")


@actions.handles
def set_anonymous_id(cart: Cart, action: SetAnonymousId, _facts: Facts) -> Cart:
    if cart.customer_id is not None:
        raise invalid_operation("The cart belongs to a customer and can not belong to an anonymous session as well.")
    return replace(cart, anonymous_id=action.anonymous_id)


@actions.handles
def set_customer_id(cart: Cart, action: SetCustomerId, facts: Facts) -> Cart:
    """Raises `ReferencedResourceNotFound`."""
    return given_to(cart, customer_named(action.customer_id, facts), facts)


@actions.handles
def set_delete_days_after_last_modification(cart: Cart, action: SetDeleteDaysAfterLastModification, facts: Facts) -> Cart:
    days = action.delete_days_after_last_modification or facts.project.carts.delete_days_after_last_modification
    return cart if cart.origin == "RecurringOrder" else replace(cart, delete_days_after_last_modification=days)


@actions.handles
def recalculate(cart: Cart, action: Recalculate, facts: Facts) -> Cart:
    return refreshed(cart, facts, product_data=action.update_product_data)
