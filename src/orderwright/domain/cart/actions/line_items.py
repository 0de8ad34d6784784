"""Line items of a cart: add, change, remove."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money
from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.laws.parts import find_part, with_part, without
from orderwright.domain.sale.lines.item_shipping import ItemShippingDetails, ItemShippingDetailsDraft, check_targets, together
from orderwright.domain.sale.lines.items import ExternalLineItemTotalPrice, LineItem, LineItemDraft
from orderwright.domain.sale.lines.lines import add_line, set_quantity
from orderwright.domain.sale.lines.pricing import ExternalPrices
from orderwright.domain.sale.lines.variants import wanted_groups, wanted_prices
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.stock import wanted_stock
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, action_name
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import Id, Key, Quantity
from orderwright.errors import invalid_input


class AddLineItem(LineItemDraft, tag_field="action", tag=action_name):
    """The line item's draft itself."""

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """The customer, whose groups have prices of their own."""
        return wanted_groups(cart.customer_id)


class ChangeLineItemQuantity(Action):
    """The new quantity; 0 removes the line."""

    quantity: Quantity
    line_item_id: Id | None = None
    line_item_key: Key | None = None
    external_price: Money | None = None
    external_total_price: ExternalLineItemTotalPrice | None = None

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """The variant of the line, since a new quantity takes the price of today."""
        return prices_of_line(cart, self.line_item_id, self.line_item_key)


class RemoveLineItem(Action):
    """Takes `quantity` units away, at least one; all of them without it."""

    line_item_id: Id | None = None
    line_item_key: Key | None = None
    quantity: Quantity | None = None
    external_price: Money | None = None
    external_total_price: ExternalLineItemTotalPrice | None = None
    shipping_details_to_remove: ItemShippingDetailsDraft | None = None

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """As for a change of quantity; a line that is removed whole needs nothing."""
        if self.quantity is not None:
            yield from prices_of_line(cart, self.line_item_id, self.line_item_key)


@actions.handles
def add_line_item(cart: Cart, action: AddLineItem, facts: Facts) -> Cart:
    return add_line(cart, action, facts)


@actions.handles
def change_line_item_quantity(cart: Cart, action: ChangeLineItemQuantity, facts: Facts) -> Cart:
    line = named_line(cart, action.line_item_id, action.line_item_key)
    return set_quantity(cart, line, action.quantity, facts, ExternalPrices(action.external_price, action.external_total_price))


@actions.handles
def remove_line_item(cart: Cart, action: RemoveLineItem, facts: Facts) -> Cart:
    if action.quantity is not None and action.quantity < 1:
        raise invalid_input("The quantity to remove must be at least 1.")
    line = named_line(cart, action.line_item_id, action.line_item_key)
    if action.quantity is None:
        return replace(cart, line_items=without(cart.line_items, line))
    if action.shipping_details_to_remove is not None:
        line = replace(line, shipping_details=_fewer(line, action.shipping_details_to_remove, cart))
        cart = replace(cart, line_items=with_part(cart.line_items, line))
    external = ExternalPrices(action.external_price, action.external_total_price)
    return set_quantity(cart, line, max(line.quantity - action.quantity, 0), facts, external)


def _fewer(line: LineItem, gone: ItemShippingDetailsDraft, cart: Cart) -> ItemShippingDetails:
    """What is left of the line's targets. Raises `InvalidField` for more units than go to an address."""
    check_targets(gone.targets, cart)
    return together(line.shipping_details, gone.targets, line.quantity, sign=-1)


def named_line(cart: Cart, id: str | None, key: str | None) -> LineItem:
    """The line that an action names. Raises `RequiredField`, `InvalidInput` or `InvalidField`."""
    return find_part(cart.line_items, "lineItem", id=id, key=key)


def prices_of_line(cart: Cart, id: str | None, key: str | None) -> Iterator[Wanted]:
    """What must be read to price a line that an action names, and to know how many it may hold."""
    named = lines_named(cart, id, key)
    yield from wanted_prices(cart.customer_id, named)
    yield from wanted_stock(named)


def lines_named(cart: Cart, id: str | None, key: str | None) -> list[LineItem]:
    """The line that an action names, before the action is checked. One that is not there yet was added in the same request,
    and its variant is read for that."""
    return [line for line in cart.line_items if line.id == id or (key is not None and line.key == key)]
