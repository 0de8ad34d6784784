"""What a change of a cart tells the world."""

from __future__ import annotations

from orderwright.domain.sale.shipping.model import EstimatedDelivery
from orderwright.engine.messages import Message


class CartEstimatedDeliverySet(Message):
    """When the shipment is expected; absent when that was taken back."""

    estimated_delivery: EstimatedDelivery | None = None
    shipping_key: str | None = None


class CartFrozen(Message):
    """The cart keeps its prices from now on."""


class CartUnfrozen(Message):
    """The cart has the prices of today again."""


class CartLocked(Message):
    """Only who may manage locked carts changes the cart from now on."""


class CartUnlocked(Message):
    """The cart is changed as any other again."""


class CartPurchaseOrderNumberSet(Message):
    """The number before and after."""

    purchase_order_number: str | None = None
    old_purchase_order_number: str | None = None
