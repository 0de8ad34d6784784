"""Carts: made from a draft or another cart, changed by their actions, recalculated after every change."""

from __future__ import annotations

from dataclasses import replace

from orderwright.domain.cart.actions import actions
from orderwright.domain.cart.create import from_draft
from orderwright.domain.cart.drafts import CartDraft, ReplicaCartDraft
from orderwright.domain.cart.model import Cart
from orderwright.domain.cart.recalculate import finish
from orderwright.domain.cart.replicate import from_replica
from orderwright.domain.common.bulk import BULK, without_bulk
from orderwright.engine.resource import ResourceType

RESOURCE = ResourceType(
    type_id="cart",
    path="carts",
    model=Cart,
    draft=CartDraft,
    actions=actions,
    create=from_draft,
    finish=finish,
    owned=True,
    unique=("key",),
    lookups={"key": "key"},
    columns={
        "customerId": "customer_id",
        "customerEmail": "customer_email",
        "anonymousId": "anonymous_id",
        "store.key": "store_key",
        "cartState": "state",
    },
    lean=without_bulk,
    bulk=BULK,
)

# The same carts, made by copying a cart or an order.
REPLICA = replace(RESOURCE, draft=ReplicaCartDraft, create=from_replica)
