"""A cart that somebody of the shop works on is locked: nobody else changes it meanwhile."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.cart.messages import CartLocked, CartUnlocked
from orderwright.domain.sale.model import Cart, CartLock
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.errors import invalid_operation


class LockCart(Action):
    """Keeps the cart for those who may manage locked carts."""


class UnlockCart(Action):
    """Gives the cart back to all."""


@actions.handles
def lock_cart(cart: Cart, _action: LockCart, facts: Facts) -> Change[Cart]:
    """Raises `InvalidOperation` for a cart that is locked already."""
    if cart.lock is not None:
        raise invalid_operation(f"The cart is locked since {cart.lock.created_at} by the client '{cart.lock.client_id}'.")
    return Change(replace(cart, lock=CartLock(created_at=facts.now, client_id=facts.who.client_id or "")), CartLocked())


@actions.handles
def unlock_cart(cart: Cart, _action: UnlockCart, _facts: Facts) -> Change[Cart]:
    """Raises `InvalidOperation` for a cart that is not locked."""
    if cart.lock is None:
        raise invalid_operation("The cart is not locked.")
    return Change(replace(cart, lock=None), CartUnlocked())
