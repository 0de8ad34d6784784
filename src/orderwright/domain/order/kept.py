"""What an order of the second dialect keeps beside what both dialects have: as it came, and as long as it is true.

It stands in the order's member `emporix`, which the first dialect does not show. Figures that were given there are more exact
than minor units and say the same as the order's own; when an action of the first dialect changes what they were made with, they
would say something else. So each part is bound to members of the order by a fingerprint, and gone as soon as these have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode, in_one_order, plain

MEMBER: Final = "emporix"
MADE: Final = "@made"
"""The fingerprints of a part, by its name; no member of an order has such a name."""


CHECKOUT: Final = "cartId"
"""What only one order may hold of those that were made by a checkout: the cart that it came from."""


class KeptOrder(Order, tag_field="type", tag="Order"):
    """An order as it is stored: with what it keeps, if it came from the other dialect."""

    emporix: dict[str, Any] | None = None


def _figures(order: Order) -> Any:
    items: list[LineItem | CustomLineItem] = [*order.line_items, *order.custom_line_items]
    shipping = [(info.price, info.discounted_price, info.taxed_price) for info in (order.shipping_info,) if info is not None]
    return [
        [(item.id, item.quantity, item.total_price, item.taxed_price, item.tax_rate) for item in items],
        [(each.shipping_key, each.shipping_info.price, each.shipping_info.taxed_price) for each in order.shipping],
        shipping,
        order.total_price,
        order.taxed_price,
        order.taxed_shipping_price,
        order.discount_on_total_price,
    ]


PARTS: Final[Mapping[str, tuple[Callable[[Order], Any], tuple[str, ...]]]] = {
    "figures": (
        _figures,
        (
            "entries", "calculatedPrice", "tax", "shipping", "subTotalPrice", "totalPrice", "totalAuthorizedAmount", "discounts",
            "feeYrnAggregate",
        ),
    ),
    "customer": (lambda order: (order.customer_id, order.customer_email), ("customer",)),
    "billingAddress": (lambda order: order.billing_address, ("billingAddress",)),
    "shippingAddress": (lambda order: order.shipping_address, ("shippingAddress",)),
}  # fmt: skip
"""What of the order each part is bound to, and the members that the part is."""


def kept(order: Order) -> dict[str, Any] | None:
    """What an order keeps."""
    return order.emporix if isinstance(order, KeptOrder) else None


def checked_out(order: Order) -> tuple[tuple[str, str], ...]:
    """The cart of which no other order may be made by a checkout, as a claim."""
    keeps = kept(order) or {}
    cart = keeps.get("cartId")
    return ((CHECKOUT, cart),) if keeps.get("checkout") is True and isinstance(cart, str) else ()


def bound(order: Order, keeps: Mapping[str, Any]) -> KeptOrder:
    """The order that keeps something from now on."""
    prints = {name: _fingerprint(made(order)) for name, (made, _) in PARTS.items()}
    return _as_stored(order, {**keeps, MADE: prints})


def untrue(order: Order, keeps: Mapping[str, Any]) -> set[str]:
    """Which members of what an order keeps are no longer true of it."""
    prints = keeps.get(MADE, {})
    parts = (members for name, (made, members) in PARTS.items() if prints.get(name) != _fingerprint(made(order)))
    return {member for members in parts for member in members}


def in_force(order: Order, *_facts: Facts) -> Order:
    """The order with as much of what it keeps as is still true of it."""
    keeps = kept(order)
    if keeps is None:
        return order
    gone = untrue(order, keeps)
    if gone.isdisjoint(keeps):
        return order
    return _as_stored(order, {name: value for name, value in keeps.items() if name not in gone})


def served(order: Order) -> Order:
    """The order as the first dialect shows it."""
    return order if kept(order) is None else _as_stored(order, None)


def without_kept(body: bytes) -> bytes:
    """The same of the stored bytes, which are left as they are where nothing is kept."""
    # It stands at the end, so that nobody else's orders are searched for it.
    if _MARK not in body[-_TAIL:]:
        return body
    document = plain(body)
    document.pop(MEMBER, None)
    return encode(document)


_MARK: Final = f'"{MADE}":{{'.encode()
_TAIL: Final = 400
"""Bytes that the fingerprints have at most, which are the last of what is kept, as that is the last member."""


def _as_stored(order: Order, keeps: dict[str, Any] | None) -> KeptOrder:
    if isinstance(order, KeptOrder):
        return replace(order, emporix=keeps)
    return KeptOrder(**{name: getattr(order, name) for name in order.__struct_fields__}, emporix=keeps)


def _fingerprint(made: Any) -> str:
    return sha256(in_one_order(made)).hexdigest()[:32]
