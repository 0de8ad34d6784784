"""What ends every change of a cart."""

from __future__ import annotations

from collections.abc import Generator

from msgspec.structs import replace

from orderwright.domain.sale.lifecycle import check_open
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.recalculate import calculating
from orderwright.engine.facts import Facts
from orderwright.engine.steps import drained


def finish(cart: Cart, facts: Facts) -> Cart:
    """The cart with its amounts and its count of units. Raises `InvalidOperation` for a cart that was merged or ordered."""
    return drained(finishing(cart, facts))


def finishing(cart: Cart, facts: Facts) -> Generator[None, None, Cart]:
    """The same in steps."""
    check_open(cart)
    return counted((yield from calculating(cart, facts)))


def without_warnings(cart: Cart) -> Cart:
    """What is stored of a cart: it is warned of in the answer only."""
    return cart if cart.warnings is None else replace(cart, warnings=None)


def counted(cart: Cart) -> Cart:
    """The cart with the number of units of its line items; without any of them it has none."""
    return replace(cart, total_line_item_quantity=sum(line.quantity for line in cart.line_items) or None)
