"""Quote requests: made of a cart, answered by staged quotes."""

from __future__ import annotations

from dataclasses import replace

from orderwright.domain.custom.fields import custom_from
from orderwright.domain.quote.quote_request.actions import MY_ACTIONS, actions
from orderwright.domain.quote.quote_request.messages import QuoteRequestCreated, QuoteRequestDeleted
from orderwright.domain.quote.quote_request.model import (
    TYPE_ID,
    KeptQuoteRequest,
    MyQuoteRequestDraft,
    QuoteRequest,
    QuoteRequestDraft,
)
from orderwright.domain.quote.serving import serving
from orderwright.domain.quote.terms import check_offerable, rest_of, terms_of, without_bulk
from orderwright.domain.sale.bulk import BULK
from orderwright.domain.sale.model import Cart
from orderwright.domain.shop.state.workflow import entered
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType
from orderwright.errors import concurrent_modification, resource_not_found


def from_draft(draft: QuoteRequestDraft, facts: Facts) -> KeptQuoteRequest:
    """The request. Raises `ReferencedResourceNotFound`, `ConcurrentModification` for another version of the cart, and what
    `check_offerable`, the State and custom fields raise."""
    cart = facts.get("cart", draft.cart, Cart)
    if cart.version != draft.cart_version:
        raise concurrent_modification(cart.id, draft.cart_version, cart.version)
    check_offerable(cart)
    copied = terms_of(cart)
    if draft.purchase_order_number is not None:
        copied["purchase_order_number"] = draft.purchase_order_number
    return KeptQuoteRequest(
        **facts.born(),
        **copied,
        key=draft.key,
        quote_request_state="Submitted",
        comment=draft.comment,
        customer=Reference(type_id="customer", id=str(cart.customer_id)),
        cart=Reference(type_id="cart", id=cart.id),
        custom=custom_from(draft.custom, "quote", facts),
        state=None if draft.state is None else entered(draft.state, facts, type="QuoteRequestState"),
        rest=rest_of(cart),
    )


def from_own_draft(draft: MyQuoteRequestDraft, facts: Facts) -> KeptQuoteRequest:
    """As for any request. Raises 404 `ResourceNotFound` for a cart that is not there or not hers."""
    if facts.look_up(Wanted("cart", "id", draft.cart_id)) is None:
        raise resource_not_found(id=draft.cart_id)
    return from_draft(draft.whole, facts)


SERVED = serving(QuoteRequest)

RESOURCE = ResourceType(
    type_id=TYPE_ID,
    path="quote-requests",
    personal=True,
    model=KeptQuoteRequest,
    queryable=QuoteRequest,
    shown=SERVED.body,
    shown_as=QuoteRequest,
    embedded=SERVED.body,
    draft=QuoteRequestDraft,
    actions=actions,
    create=from_draft,
    owned={"store": "store_key", "customer": "customer_id"},
    unique=("key",),
    lookups={"key": "key"},
    columns={"customer.id": "customer_id", "store.key": "store_key"},
    lean=without_bulk,
    bulk=BULK,
    created=lambda request: QuoteRequestCreated(quote_request=SERVED.document(request)),
    deleted=lambda _request: QuoteRequestDeleted(),
    repeatable=True,
)

# The owner's own requests: she makes one of a cart of hers, and may withdraw it.
MINE = replace(
    RESOURCE,
    draft=MyQuoteRequestDraft,
    actions=MY_ACTIONS,
    create=from_own_draft,
    verbs=("create", "get", "query", "head", "update"),
)
