"""Staged quotes: made of a request, with a cart of their own, which is changed as any other and goes with them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.cart.finish import counted
from orderwright.domain.custom.fields import merged
from orderwright.domain.quote.quote_request import model as requests
from orderwright.domain.quote.quote_request.model import KeptQuoteRequest
from orderwright.domain.quote.staged_quote.actions import actions
from orderwright.domain.quote.staged_quote.messages import StagedQuoteCreated, StagedQuoteDeleted
from orderwright.domain.quote.staged_quote.model import TYPE_ID, StagedQuote, StagedQuoteDraft
from orderwright.domain.quote.terms import sold
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.reserve.settle import given_back
from orderwright.domain.sale.shipping.methods import check_methods
from orderwright.domain.shop.state.workflow import check_transition, entered
from orderwright.engine.actions import Change, Changed, Inserted
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType
from orderwright.errors import concurrent_modification, invalid_operation

_TAKEN_UP = ("Submitted", "Accepted")


def from_draft(draft: StagedQuoteDraft, facts: Facts) -> Change[StagedQuote]:
    """The staged quote and its cart, in one write, which also sets the request `Accepted` where that is asked for.

    Raises `ReferencedResourceNotFound`, `ConcurrentModification` for another version of the request, `InvalidOperation` for one
    that has come to its end and for a shipping method that may not be taken any more, and what State and custom fields raise.
    """
    request = facts.get(requests.TYPE_ID, draft.quote_request, KeptQuoteRequest)
    if request.version != draft.quote_request_version:
        raise concurrent_modification(request.id, draft.quote_request_version, request.version)
    if request.quote_request_state not in _TAKEN_UP:
        raise invalid_operation(f"The quote request is in state '{request.quote_request_state}': there is no offer to be made.")
    cart = quotation_cart(request, facts)
    check_methods(cart, facts)
    staged = StagedQuote(
        **facts.born(),
        key=draft.key,
        staged_quote_state="InProgress",
        customer=request.customer,
        quote_request=Reference(type_id=requests.TYPE_ID, id=request.id),
        quotation_cart=Reference(type_id="cart", id=cart.id),
        custom=merged(request.custom, draft.custom, "quote", facts),
        state=None if draft.state is None else entered(draft.state, facts, type="StagedQuoteState"),
        purchase_order_number=request.purchase_order_number,
        business_unit=request.business_unit,
        store=request.store,
    )
    changed = [Changed(requests.TYPE_ID, request, accepted(request))] if draft.quote_request_state_to_accepted else []
    return Change(staged, changed=changed, inserted=[Inserted("cart", cart)])


def accepted(request: KeptQuoteRequest) -> KeptQuoteRequest:
    """The request as its seller takes it up."""
    check_transition(requests.TRANSITIONS, request.quote_request_state, "Accepted", "quoteRequestState")
    return replace(request, quote_request_state="Accepted")


def quotation_cart(request: KeptQuoteRequest, facts: Facts) -> Cart:
    """The cart that an offer is prepared in: what was asked for, as it was. It does not go by itself, and has none of the
    payments of the buyer's own cart, since a payment is one cart's."""
    return counted(Cart(**facts.born(), cart_state="Active", **{**sold(request, request.rest), "payment_info": None}))


def _cart_of(staged: StagedQuote) -> Iterator[Wanted]:
    yield Wanted("cart", "id", staged.quotation_cart.id)


def _deleting(staged: StagedQuote, facts: Facts) -> Change[StagedQuote]:
    """The cart goes along, unless it was ordered: then it is the order's."""
    cart = facts.look_up(Wanted("cart", "id", staged.quotation_cart.id))
    if not isinstance(cart, Cart) or cart.cart_state == "Ordered":
        return Change(staged)
    return Change(staged, changed=[Changed("cart", cart)], effects=given_back(cart, facts))


RESOURCE = ResourceType(
    type_id=TYPE_ID,
    path="staged-quotes",
    personal=True,
    model=StagedQuote,
    draft=StagedQuoteDraft,
    actions=actions,
    create=from_draft,
    owned={"store": "store_key", "customer": "customer_id"},
    unique=("key",),
    lookups={"key": "key"},
    columns={"customer.id": "customer_id", "store.key": "store_key"},
    created=lambda staged: StagedQuoteCreated(staged_quote=staged),
    deleted=lambda _staged: StagedQuoteDeleted(),
    deletion_wants=_cart_of,
    deleting=_deleting,
    repeatable=True,
)
