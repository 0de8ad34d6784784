"""What a change of a cart tells the world."""

from __future__ import annotations

from orderwright.engine.messages import Message


class CartPurchaseOrderNumberSet(Message):
    """The number before and after."""

    purchase_order_number: str | None = None
    old_purchase_order_number: str | None = None
