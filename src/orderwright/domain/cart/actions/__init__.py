"""The update actions of a cart. Importing this package registers every one of them in `actions`."""

from orderwright.domain.cart.actions import (
    addresses,
    custom_line_items,
    inventory,
    item_shipping,
    lifecycle,
    line_items,
    ordering,
    prices,
    shipping,
    taxes,
)
from orderwright.domain.cart.actions.registry import actions

__all__ = [
    "actions",
    "addresses",
    "custom_line_items",
    "inventory",
    "item_shipping",
    "lifecycle",
    "line_items",
    "ordering",
    "prices",
    "shipping",
    "taxes",
]
