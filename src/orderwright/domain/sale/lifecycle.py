"""What becomes of a cart: open to changes until it is merged or ordered."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.payments import uses
from orderwright.domain.sale.reserve.model import committed
from orderwright.engine.facts import Facts
from orderwright.errors import invalid_operation


def check_open(cart: Cart) -> None:
    """Raises `InvalidOperation` for a cart that was merged or ordered: it accepts no change."""
    if cart.cart_state in ("Merged", "Ordered"):
        raise invalid_operation(f"The cart is in state '{cart.cart_state}' and accepts no change.")


def check_own(cart: Cart, facts: Facts) -> None:
    """At her own door a customer does nothing to the cart that a seller prepares an offer for her in. Raises `InvalidOperation`.

    commercetools: Carts, CartOrigin.
    """
    if cart.origin == "Quote" and facts.customer_id is not None:
        raise invalid_operation(f"The cart '{cart.id}' is a quotation cart, which only the seller changes, orders or deletes.")


def ordered(cart: Cart) -> Cart:
    """The cart as its order leaves it: readable and deletable, never changed again."""
    return replace(cart, cart_state="Ordered", line_items=tuple(as_ordered(line) for line in cart.line_items))


def as_ordered(line: LineItem) -> LineItem:
    """The line as it was sold, with what it kept of the stock."""
    return line if line.reservation is None else replace(line, reservation=committed(line.reservation))


def merged_away(cart: Cart) -> Cart:
    """The cart as it is left when its lines have gone into a customer's; it keeps nothing of the stock."""
    lines = tuple(line if line.reservation is None else replace(line, reservation=None) for line in cart.line_items)
    return replace(cart, cart_state="Merged", line_items=lines)


def payments_in_use(cart: Cart) -> Iterator[tuple[str, str]]:
    """The claims on the cart's payments: as long as it is open. Its order takes them over, a merged cart leaves them free."""
    return iter(()) if cart.cart_state in ("Merged", "Ordered") else uses(cart)
