"""Quotes: made of a staged quote and the cart that it was prepared in, accepted or not by their buyer."""

from __future__ import annotations

from dataclasses import replace as with_members

from msgspec.structs import replace

from orderwright.domain.custom.fields import merged
from orderwright.domain.quote.offer.actions import MY_ACTIONS, actions
from orderwright.domain.quote.offer.messages import QuoteCreated, QuoteDeleted
from orderwright.domain.quote.offer.model import TYPE_ID, KeptQuote, Quote, QuoteDraft
from orderwright.domain.quote.serving import serving
from orderwright.domain.quote.staged_quote import model as staging
from orderwright.domain.quote.staged_quote.model import StagedQuote
from orderwright.domain.quote.terms import check_offerable, rest_of, terms_of, without_bulk
from orderwright.domain.sale.bulk import BULK
from orderwright.domain.sale.model import Cart
from orderwright.domain.shop.state.workflow import check_transition, entered
from orderwright.engine.actions import Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.resource import ResourceType
from orderwright.errors import concurrent_modification, invalid_operation


def from_draft(draft: QuoteDraft, facts: Facts) -> Change[KeptQuote]:
    """The offer, with what its cart costs now; the staged quote is set `Sent` in the same write where that is asked for.

    Raises `ReferencedResourceNotFound`, `ConcurrentModification` for another version of the staged quote, `InvalidOperation` for
    one that is closed, and what `check_offerable`, the State and custom fields raise.
    """
    staged = facts.get(staging.TYPE_ID, draft.staged_quote, StagedQuote)
    if staged.version != draft.staged_quote_version:
        raise concurrent_modification(staged.id, draft.staged_quote_version, staged.version)
    if staged.staged_quote_state == "Closed":
        raise invalid_operation("The staged quote is in state 'Closed': no quote can be made of it.")
    cart = facts.get("cart", staged.quotation_cart, Cart)
    check_offerable(cart)
    quote = KeptQuote(
        **facts.born(),
        **{**terms_of(cart), "purchase_order_number": staged.purchase_order_number},
        key=draft.key,
        quote_state="Pending",
        quote_request=staged.quote_request,
        staged_quote=Reference(type_id=staging.TYPE_ID, id=staged.id),
        customer=staged.customer,
        valid_to=staged.valid_to,
        seller_comment=staged.seller_comment,
        custom=merged(staged.custom, draft.custom, "quote", facts),
        state=None if draft.state is None else entered(draft.state, facts, type="QuoteState"),
        rest=rest_of(cart),
        quotation_cart=cart.id,
    )
    changed = [Changed(staging.TYPE_ID, staged, _sent(staged))] if draft.staged_quote_state_to_sent else []
    return Change(quote, changed=changed)


def _sent(staged: StagedQuote) -> StagedQuote:
    check_transition(staging.TRANSITIONS, staged.staged_quote_state, "Sent", "stagedQuoteState")
    return replace(staged, staged_quote_state="Sent")


SERVED = serving(Quote)

RESOURCE = ResourceType(
    type_id=TYPE_ID,
    path="quotes",
    personal=True,
    model=KeptQuote,
    queryable=Quote,
    shown=SERVED.body,
    shown_as=Quote,
    embedded=SERVED.body,
    draft=QuoteDraft,
    actions=actions,
    create=from_draft,
    owned={"store": "store_key", "customer": "customer_id"},
    unique=("key",),
    lookups={"key": "key"},
    columns={"customer.id": "customer_id", "store.key": "store_key"},
    lean=without_bulk,
    bulk=BULK,
    created=lambda quote: QuoteCreated(quote=SERVED.document(quote)),
    deleted=lambda _quote: QuoteDeleted(),
    repeatable=True,
)

# The owner's own quotes: what she says to an offer.
MINE = with_members(RESOURCE, actions=MY_ACTIONS, verbs=("get", "query", "head", "update"))
