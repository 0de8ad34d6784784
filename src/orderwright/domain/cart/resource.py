"""Carts: made from a draft or another cart, changed by their actions, recalculated after every change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from orderwright.domain.business_unit.naming import wanted_unit
from orderwright.domain.cart.actions import actions
from orderwright.domain.cart.create import from_draft
from orderwright.domain.cart.drafts import CartDraft
from orderwright.domain.cart.finish import finishing, without_warnings
from orderwright.domain.cart.mine import MY_ACTIONS, MyCartDraft, ReplicaMyCartDraft, from_my_draft, from_my_replica
from orderwright.domain.order.replicate import ReplicaCartDraft, from_replica
from orderwright.domain.sale.actions.shopping_lists import wanted_of_lists
from orderwright.domain.sale.bulk import BULK, without_bulk
from orderwright.domain.sale.discounts.asking import named_by_all
from orderwright.domain.sale.discounts.codes import wanted_behind, wanted_codes
from orderwright.domain.sale.lifecycle import check_own, payments_in_use
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.reserve.settle import given_back, settled
from orderwright.domain.sale.views import wanted_by_rules
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts, Found
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType


def _wants(cart: Cart, found: Found) -> Iterator[Wanted]:
    yield from wanted_unit(cart.business_unit)
    yield from wanted_of_lists(found)
    yield from wanted_codes(cart)
    yield from wanted_behind(found, cart.customer_id)
    # Of what is named by codes' discounts, only they know once they are read.
    yield from wanted_by_rules(found.catalogue.derived(named_by_all), cart.customer_id, cart.line_items, found)


def _deleting(cart: Cart, facts: Facts) -> Change[Cart]:
    check_own(cart, facts)
    return Change(cart, effects=given_back(cart, facts))


RESOURCE = ResourceType(
    type_id="cart",
    path="carts",
    personal=True,
    model=Cart,
    draft=CartDraft,
    actions=actions,
    create=from_draft,
    finish=finishing,
    wants=_wants,
    settles=settled,
    owned={"store": "store_key", "customer": "customer_id", "anonymous": "anonymous_id"},
    unique=("key",),
    holds=payments_in_use,
    lookups={"key": "key"},
    columns={
        "customerId": "customer_id",
        "customerEmail": "customer_email",
        "anonymousId": "anonymous_id",
        "store.key": "store_key",
        "cartState": "state",
    },
    kept=without_warnings,
    lean=without_bulk,
    bulk=BULK,
    repeatable=True,
    dry_runs=True,
    deleting=_deleting,
)

# The same carts, made by copying a cart or an order.
REPLICA = replace(RESOURCE, draft=ReplicaCartDraft, create=from_replica)

# The owner's own carts, and copies of them.
MINE = replace(RESOURCE, draft=MyCartDraft, actions=MY_ACTIONS, create=from_my_draft, lookups={})
MY_REPLICA = replace(MINE, draft=ReplicaMyCartDraft, create=from_my_replica)
