"""Which actions a cart refuses, whatever they would do: what a frozen one keeps is not changed, and a locked one only
by who may."""

from __future__ import annotations

from typing import Final

from orderwright.domain.sale.lifecycle import check_own
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, action_name
from orderwright.errors import invalid_operation

_PRICING: Final = frozenset(
    {
        "addCustomLineItem",
        "addLineItem",
        "changeCustomLineItemMoney",
        "changeCustomLineItemQuantity",
        "changeLineItemQuantity",
        "changePriceRoundingMode",
        "changeTaxMode",
        "removeCustomLineItem",
        "removeLineItem",
        "setLineItemDistributionChannel",
        "setLineItemPrice",
        "setLineItemSupplyChannel",
        "setLineItemTotalPrice",
    }
)
_LOCKING: Final = frozenset({"lockCart", "unlockCart"})
_KEPT: Final = frozenset(
    {
        "addCustomShippingMethod",
        "addShippingMethod",
        "removeDiscountCode",
        "removeShippingMethod",
        "setCustomShippingMethod",
        "setDirectDiscounts",
        "setDirectDiscountsIgnoreCartDiscounts",
        "setShippingMethod",
    }
)


def check_allowed(cart: Cart, action: Action, facts: Facts) -> None:
    """Raises `InvalidOperation` for an action that could change what a frozen cart keeps, and for an owner's on a quotation
    cart; `insufficient_scope` where the cart is locked, or is to be, and the caller may not manage locked carts."""
    check_own(cart, facts)
    name = action_name(type(action).__name__)
    if cart.lock is not None or name in _LOCKING:
        facts.require("manage_locked_carts")
    if not cart.keeps_prices:
        return
    # Without an address it would lose its shipping too.
    unsent = name == "setShippingAddress" and getattr(action, "address", None) is None
    if name in _PRICING or (cart.keeps_all and (name in _KEPT or unsent)):
        raise invalid_operation(f"The cart is frozen ({cart.freeze_strategy}): '{name}' is not allowed.")
