"""A cart that is about to be paid for is frozen: what it costs stays, whatever becomes of the catalogue."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.cart.messages import CartFrozen, CartUnfrozen
from orderwright.domain.sale.lines.variants import prices_of_all
from orderwright.domain.sale.model import Cart, FreezeStrategy
from orderwright.domain.sale.refresh import REFRESHING
from orderwright.engine.actions import Change, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.errors import invalid_operation


class FreezeCart(Action):
    """Keeps the prices of lines; `HardFreeze` also discounts and shipping."""

    strategy: FreezeStrategy = "SoftFreeze"


class UnfreezeCart(Action):
    """Brings the cart to the prices and rates of today."""

    def wants_on(self, _cart: Cart) -> WantsOn:
        """Every line's prices."""
        return prices_of_all


@actions.handles
def freeze_cart(cart: Cart, action: FreezeCart, _facts: Facts) -> Change[Cart]:
    """Raises `InvalidOperation` for a cart that is empty or not active."""
    if cart.cart_state != "Active":
        raise invalid_operation(f"The cart is in state '{cart.cart_state}' and can not be frozen.")
    if not cart.line_items and not cart.custom_line_items:
        raise invalid_operation("The cart is empty and can not be frozen.")
    return Change(replace(cart, cart_state="Frozen", freeze_strategy=action.strategy), CartFrozen())


@actions.handles
def unfreeze_cart(cart: Cart, _action: UnfreezeCart, _facts: Facts) -> Change[Cart]:
    """Raises `InvalidOperation` for a cart that is not frozen, and what bringing it up to date raises."""
    if cart.cart_state != "Frozen":
        raise invalid_operation(f"The cart is in state '{cart.cart_state}' and is not frozen.")
    return Change(replace(cart, cart_state="Active", freeze_strategy=None), CartUnfrozen(), then=REFRESHING)
