"""My Orders: an owner makes an order of a cart of hers, and says nothing else about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import Meta

from orderwright.domain.order.from_cart import create
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Value
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import Id


class MyOrderFromCartDraft(Value):
    """The cart, at the version the owner saw."""

    id: Id
    version: Annotated[int, Meta(ge=0)]

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


def create_mine(draft: MyOrderFromCartDraft, facts: Facts) -> Change[Order]:
    """As for any order; the cart of anybody else is not found."""
    return create(draft.whole, facts)
