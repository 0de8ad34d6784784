"""The taxes of a whole cart, from outside."""

from __future__ import annotations

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.actions.taxes import TotalTax, with_total_tax
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts


class SetCartTotalTax(TotalTax):
    """What the cart costs with its taxes, and which of them are in it."""


@actions.looks
def set_cart_total_tax(cart: Cart, action: SetCartTotalTax, facts: Facts) -> Cart:
    """Raises as `with_total_tax` does."""
    return with_total_tax(cart, action, facts)
