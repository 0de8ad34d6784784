"""What ends every change of a cart."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.sale.lifecycle import check_open
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.recalculate import recalculate
from orderwright.engine.facts import Facts


def finish(cart: Cart, facts: Facts) -> Cart:
    """The cart with its amounts and its count of units. Raises `InvalidOperation` for a cart that was merged or ordered."""
    check_open(cart)
    return counted(recalculate(cart, facts))


def without_warnings(cart: Cart) -> Cart:
    """What is stored of a cart: it is warned of in the answer only."""
    return cart if cart.warnings is None else replace(cart, warnings=None)


def counted(cart: Cart) -> Cart:
    """The cart with the number of units of its line items; without any of them it has none."""
    return replace(cart, total_line_item_quantity=sum(line.quantity for line in cart.line_items) or None)
