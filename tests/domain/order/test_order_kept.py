"""What an order keeps of the second dialect is gone as soon as it is true no longer."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.facts import eur
from domain.order.orders import placed
from orderwright.domain.custom.addresses import Address
from orderwright.domain.order.kept import MADE, PARTS, bound, in_force, kept, served, without_kept
from orderwright.domain.order.model import Order
from orderwright.engine.json.codec import encode, plain

ORDER = placed()
KEEPS = {"entries": [1], "totalPrice": 1, "customer": {"id": "1"}, "shippingAddress": {"mixins": {}}, "mixins": {"a": 1}}
BOUND = bound(ORDER, KEEPS)


def left(order: Order) -> set[str]:
    return set(kept(in_force(order)) or {}) - {MADE}


def test_an_order_that_keeps_nothing_is_itself() -> None:
    assert kept(ORDER) is None
    assert in_force(ORDER) is ORDER
    assert served(ORDER) is ORDER
    assert without_kept(encode(ORDER)) == encode(ORDER)


def test_what_is_true_is_kept() -> None:
    assert in_force(BOUND) is BOUND
    assert left(BOUND) == set(KEEPS)
    assert left(replace(BOUND, order_state="Cancelled", order_number="N-1", version=2)) == set(KEEPS)


@pytest.mark.parametrize(
    ("changed", "gone"),
    [
        ({"total_price": eur(1)}, {"entries", "totalPrice"}),
        ({"line_items": ()}, {"entries", "totalPrice"}),
        ({"shipping_info": None}, {"entries", "totalPrice"}),
        ({"customer_email": "x@example.com"}, {"customer"}),
        ({"shipping_address": Address(country="FR")}, {"shippingAddress"}),
        ({"billing_address": Address(country="FR")}, set()),
    ],
)
def test_what_is_true_no_longer_is_gone(changed: dict[str, Any], gone: set[str]) -> None:
    assert left(replace(BOUND, **changed)) == set(KEEPS) - gone


def test_the_fingerprints_are_the_end_of_what_is_stored() -> None:
    after = in_force(replace(BOUND, shipping_address=None))
    for order in (BOUND, after):
        body = encode(order)
        assert set(plain(body)["emporix"][MADE]) == set(PARTS)
        assert body.endswith(b'"}}}') and body.rindex(f'"{MADE}":{{'.encode()) > len(body) - 400
        assert plain(without_kept(body)) == plain(encode(served(order)))
    assert plain(without_kept(encode(BOUND))) == plain(encode(ORDER))
