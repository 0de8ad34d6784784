"""How a line's units are tracked in the inventory."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.lines.items import InventoryMode
from orderwright.domain.sale.lines.parts import OnLineItem, named_line, with_line
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.stock import own_mode
from orderwright.engine.facts import Facts


class SetLineItemInventoryMode(OnLineItem):
    """The line's own mode; without it, or with the cart's, it follows the cart's."""

    inventory_mode: InventoryMode | None = None


@actions.handles
def set_line_item_inventory_mode(cart: Cart, action: SetLineItemInventoryMode, facts: Facts) -> Cart:
    """Raises `InvalidField` for a mode that is not served."""
    line = named_line(cart, action)
    mode = own_mode(action.inventory_mode, cart)
    if mode == line.inventory_mode:
        return cart
    return with_line(cart, replace(line, inventory_mode=mode, last_modified_at=facts.now))
