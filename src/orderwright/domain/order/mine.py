"""My Orders: an owner makes an order of a cart of hers, and says nothing else about it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from orderwright.domain.order.from_cart import create
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Value
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import Id
from orderwright.errors import resource_not_found


class MyOrderFromCartDraft(Value):
    """The cart, at the version the owner saw."""

    id: Id
    version: int

    @property
    def whole(self) -> OrderFromCartDraft:
        """The draft as a merchant would send it: no order number, no states."""
        return OrderFromCartDraft(id=self.id, version=self.version)

    def wants(self) -> Iterator[Wanted]:
        """The cart."""
        return self.whole.wants()

    def wants_on(self, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        """What must be held against the cart."""
        return self.whole.wants_on(found)


def create_mine(draft: MyOrderFromCartDraft, facts: Facts) -> Generator[None, None, Change[Order]]:
    """As for any order. Raises 404 `ResourceNotFound` for a cart that is not there or not hers: at these doors a cart is what
    the order comes from, not what it refers to."""
    if facts.look_up(Wanted("cart", "id", draft.id)) is None:
        raise resource_not_found(id=draft.id)
    return create(draft.whole, facts)
