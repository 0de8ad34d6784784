"""Orders: made from a cart, found by id or number, changed by their actions."""

from __future__ import annotations

from orderwright.domain.common.bulk import BULK, without_bulk
from orderwright.domain.order.actions import actions
from orderwright.domain.order.from_cart import create
from orderwright.domain.order.messages import OrderCreated, OrderDeleted
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.engine.resource import ResourceType

RESOURCE = ResourceType(
    type_id="order",
    path="orders",
    model=Order,
    draft=OrderFromCartDraft,
    actions=actions,
    create=create,
    owned=True,
    unique=("orderNumber",),
    lookups={"order-number": "order_number"},
    identifiers=("orderNumber",),
    columns={
        "orderNumber": "order_number",
        "customerId": "customer_id",
        "customerEmail": "customer_email",
        "anonymousId": "anonymous_id",
        "store.key": "store_key",
        "orderState": "state",
        "shipmentState": "shipment_state",
        "paymentState": "payment_state",
    },
    lean=without_bulk,
    bulk=BULK,
    created=lambda order: OrderCreated(order=order),
    deleted=lambda order: OrderDeleted(order=order),
)
