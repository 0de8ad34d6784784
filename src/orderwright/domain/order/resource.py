"""Orders: made from a cart, found by id or number, changed by their actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from orderwright.domain.order.actions import actions
from orderwright.domain.order.from_cart import create
from orderwright.domain.order.importing.create import create_imported
from orderwright.domain.order.importing.drafts import OrderImportDraft
from orderwright.domain.order.kept import KeptOrder, checked_out, in_force, served, without_kept
from orderwright.domain.order.messages import OrderCreated, OrderDeleted, OrderImported
from orderwright.domain.order.mine import MyOrderFromCartDraft, create_mine
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.domain.order.numbering import numbering
from orderwright.domain.sale.bulk import BULK, without_bulk
from orderwright.domain.sale.payments import uses
from orderwright.engine.resource import ResourceType


def _skus(order: Order) -> Iterator[str]:
    return (line.variant.sku for line in order.line_items if line.variant.sku is not None)


def _unit(order: Order) -> Iterator[str]:
    if order.business_unit is not None:
        yield order.business_unit.key


def _held(order: Order) -> Iterator[tuple[str, str]]:
    """Its payments, and its quote, which becomes one order at most."""
    yield from uses(order)
    if order.quote is not None:
        yield "quote.order", order.quote.id


RESOURCE = ResourceType(
    type_id="order",
    path="orders",
    personal=True,
    model=KeptOrder,
    queryable=Order,
    shown=without_kept,
    shown_as=Order,
    embedded=without_kept,
    draft=OrderFromCartDraft,
    actions=actions,
    create=create,
    finish=in_force,
    owned={"store": "store_key", "customer": "customer_id", "anonymous": "anonymous_id"},
    unique=("orderNumber",),
    claims=checked_out,
    holds=_held,
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
    created=lambda order: OrderCreated(order=served(order)),
    deleted=lambda order: OrderDeleted(order=served(order)),
    numbering=numbering,
    repeatable=True,
    dry_runs=True,
    listed={"lineItems.variant.sku": _skus, "businessUnit.key": _unit},
)

# Orders that were made elsewhere.
IMPORTED = replace(
    RESOURCE, draft=OrderImportDraft, create=create_imported, created=lambda order: OrderImported(order=served(order))
)
# Her own orders, which an owner makes and reads, and never changes.
MINE = replace(
    RESOURCE,
    draft=MyOrderFromCartDraft,
    actions=actions.only(name="MyOrder"),
    create=create_mine,
    lookups={},
    verbs=("create", "get", "query", "head"),
)
