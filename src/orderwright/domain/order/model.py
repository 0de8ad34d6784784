"""The order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from orderwright.domain.business_unit.naming import wanted_unit
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.order.item_states import resized
from orderwright.domain.order.returns import ReturnInfo
from orderwright.domain.sale.discounts.codes import wanted_behind, wanted_codes
from orderwright.domain.sale.lines.items import CustomLineItem, ItemState, LineItem
from orderwright.domain.sale.lines.variants import wanted_prices
from orderwright.domain.sale.model import PaymentState, Sale
from orderwright.domain.sale.stock import wanted_to_order
from orderwright.engine.model import Reference, Value, always
from orderwright.engine.references import (
    CartIdentifier,
    ChannelReference,
    ResourceIdentifier,
    StateIdentifier,
    StateReference,
    Wanted,
)
from orderwright.engine.scalars import DateTime, Id, Text
from orderwright.errors import invalid_input, required_field

OrderNumber = Annotated[str, Meta(min_length=1, max_length=256)]
OrderState = Literal["Open", "Confirmed", "Complete", "Cancelled"]
ShipmentState = Literal["Shipped", "Delivered", "Ready", "Pending", "Delayed", "Partial", "Backorder", "Canceled"]


class SyncInfo(Value):
    """When and under which name another system took the order over."""

    channel: ChannelReference
    synced_at: DateTime
    external_id: str | None = None


class Order(Sale, tag_field="type", tag="Order"):
    """What was bought: the cart at the moment it was ordered, and what happened since.

    Its JSON begins with `"type": "Order"`: the specification's example has it, though its list of fields does not.
    """

    order_state: OrderState
    order_number: str | None = None
    cart: Reference | None = None
    quote: Reference | None = None
    recurring_order: Reference | None = None
    shipment_state: ShipmentState | None = None
    payment_state: PaymentState | None = None
    state: StateReference | None = None
    sync_info: tuple[SyncInfo, ...] = always(())
    return_info: tuple[ReturnInfo, ...] = always(())
    last_message_sequence_number: int | None = None
    completed_at: DateTime | None = None

    placed: ClassVar[bool] = True

    def states_of(self, item: LineItem | CustomLineItem, quantity: int, initial: Reference) -> tuple[ItemState, ...]:
        """As `resized` has it: what was shipped is not forgotten."""
        return resized(item.state, quantity, initial)


class OrderFromCartDraft(Value):
    """Which cart, at which version, becomes an order. `id` is the older way of naming the cart."""

    version: int
    id: Id | None = None
    cart: CartIdentifier | None = None
    order_number: OrderNumber | None = None
    purchase_order_number: Text | None = None
    payment_state: PaymentState | None = None
    shipment_state: ShipmentState | None = None
    order_state: OrderState = "Open"
    state: StateIdentifier | None = None
    custom: CustomFieldsDraft | None = None

    @property
    def identifier(self) -> ResourceIdentifier:
        """The cart's identifier in whichever way it was named. Raises `RequiredField`, for both ways `InvalidInput`."""
        if self.cart is not None and self.id is not None:
            raise invalid_input("The cart must be named by `cart` or by `id`, not by both.")
        if self.cart is None and self.id is None:
            raise required_field("cart")
        return self.cart or ResourceIdentifier(id=self.id)

    def wants(self) -> Iterator[Wanted]:
        """The cart, where `id` names it; `cart` is found by its type."""
        if self.identifier.id is not None:
            yield Wanted("cart", "id", self.identifier.id)

    def wants_on(self, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        """The variants of the cart's lines: what they cost now is held against what the cart says."""
        for wanted, document in found.items():
            if wanted.type_id == "cart":
                yield from wanted_prices(document.customer_id, document.line_items)
                yield from wanted_to_order(document)
                yield from wanted_unit(document.business_unit)
                yield from wanted_codes(document)
                yield from wanted_behind(found, document.customer_id)
