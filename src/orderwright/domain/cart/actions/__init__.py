"""The update actions of a cart. Importing this package registers every one of them in `actions`."""

from orderwright.domain.cart.actions import freezing, lifecycle, lines, locking, shippings, taxes
from orderwright.domain.cart.actions.registry import actions

__all__ = ["actions", "freezing", "lifecycle", "lines", "locking", "shippings", "taxes"]
