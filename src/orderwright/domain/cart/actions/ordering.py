"""The order in which a cart shows its lines."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import Id
from orderwright.errors import invalid_operation


class ChangeLineItemsOrder(Action):
    """The ids of all line items, each once, as they are to stand."""

    line_item_order: tuple[Id, ...]


@actions.handles
def change_line_items_order(cart: Cart, action: ChangeLineItemsOrder, _facts: Facts) -> Cart:
    """Raises `InvalidOperation` unless the ids are those of all line items, each once."""
    lines = {line.id: line for line in cart.line_items}
    if sorted(action.line_item_order) != sorted(lines):
        raise invalid_operation("The order must name every line item of the cart, each once.")
    return replace(cart, line_items=tuple(lines[id] for id in action.line_item_order))
