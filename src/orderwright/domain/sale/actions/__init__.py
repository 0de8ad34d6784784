"""The update actions of what carts and orders share. Importing this package registers every one of them in its two sets.

What is told of a change is said by the set that includes these: a cart's tells little, an order's nearly everything.
"""

from orderwright.domain.sale.actions import (
    addresses,
    custom_line_items,
    discounts,
    line_items,
    prices,
    shared,
    shipping,
    shopping_lists,
    taxes,
)
from orderwright.domain.sale.actions.registry import edit_actions, shared_actions

__all__ = [
    "addresses",
    "custom_line_items",
    "discounts",
    "edit_actions",
    "line_items",
    "prices",
    "shared",
    "shared_actions",
    "shipping",
    "shopping_lists",
    "taxes",
]
