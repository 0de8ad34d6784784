"""Line items of a cart: add, change, remove."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.cart.lines import add_line, set_quantity
from orderwright.domain.cart.model import Cart
from orderwright.domain.cart.variants import wanted_variants
from orderwright.domain.common.items import LineItem, LineItemDraft
from orderwright.domain.common.parts import find_part, without
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, action_name
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import Id, Key, NotServed, Quantity


class AddLineItem(LineItemDraft, tag_field="action", tag=action_name):
    """The line item's draft itself."""


class ChangeLineItemQuantity(Action):
    """The new quantity; 0 removes the line."""

    quantity: Quantity
    line_item_id: Id | None = None
    line_item_key: Key | None = None
    external_price: NotServed | None = None
    external_total_price: NotServed | None = None

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """The variant of the line, since a new quantity takes the price of today."""
        return _variant_of(cart, self.line_item_id, self.line_item_key)


class RemoveLineItem(Action):
    """Takes `quantity` units away, all of them without it."""

    line_item_id: Id | None = None
    line_item_key: Key | None = None
    quantity: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    external_price: NotServed | None = None
    external_total_price: NotServed | None = None
    shipping_details_to_remove: NotServed | None = None

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """As for a change of quantity; a line that is removed whole needs nothing."""
        if self.quantity is not None:
            yield from _variant_of(cart, self.line_item_id, self.line_item_key)


@actions.handles
def add_line_item(cart: Cart, action: AddLineItem, facts: Facts) -> Cart:
    return add_line(cart, action, facts)


@actions.handles
def change_line_item_quantity(cart: Cart, action: ChangeLineItemQuantity, facts: Facts) -> Cart:
    line = _named(cart, action.line_item_id, action.line_item_key)
    return set_quantity(cart, line, action.quantity, facts)


@actions.handles
def remove_line_item(cart: Cart, action: RemoveLineItem, facts: Facts) -> Cart:
    line = _named(cart, action.line_item_id, action.line_item_key)
    if action.quantity is None:
        return replace(cart, line_items=without(cart.line_items, line))
    return set_quantity(cart, line, max(line.quantity - action.quantity, 0), facts)


def _named(cart: Cart, id: str | None, key: str | None) -> LineItem:
    return find_part(cart.line_items, "lineItem", id=id, key=key)


def _variant_of(cart: Cart, id: str | None, key: str | None) -> Iterator[Wanted]:
    # A line that is not there yet was added in the same request, and its variant is read for that.
    return wanted_variants(line for line in cart.line_items if line.id == id or (key is not None and line.key == key))
