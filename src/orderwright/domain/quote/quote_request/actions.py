"""The update actions of a quote request, and the one that its owner has.

commercetools: Quote Requests, QuoteRequestUpdateAction; Quote Requests, MyQuoteRequestUpdateAction.
"""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.quote.moves import ChangeCustomer, TransitionState, following, referenced, tells_customers
from orderwright.domain.quote.quote_request.messages import (
    QuoteRequestCustomerChanged,
    QuoteRequestStateChanged,
    QuoteRequestStateTransition,
)
from orderwright.domain.quote.quote_request.model import TRANSITIONS, QuoteRequest, QuoteRequestState
from orderwright.domain.shop.state.workflow import transition
from orderwright.engine.actions import ActionSet, Change, setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.errors import invalid_operation


class ChangeQuoteRequestState(Action):
    """Where the negotiation is."""

    quote_request_state: QuoteRequestState


class CancelQuoteRequest(Action):
    """Withdraws the request."""


def _changed(before: QuoteRequest, after: QuoteRequest) -> QuoteRequestStateChanged:
    return QuoteRequestStateChanged(
        quote_request_state=after.quote_request_state, old_quote_request_state=before.quote_request_state
    )


actions = ActionSet(QuoteRequest)
actions.add(ChangeCustomer, setter("customer", tells_customers(QuoteRequestCustomerChanged), kept=referenced))
actions.add(
    ChangeQuoteRequestState,
    setter("quote_request_state", _changed, kept=following(TRANSITIONS, "quote_request_state", "quoteRequestState")),
)
actions.add(TransitionState, transition("QuoteRequestState", QuoteRequestStateTransition))
custom_field_rows(actions, root("quote"))

MY_ACTIONS = ActionSet(QuoteRequest, "MyQuoteRequest")


@MY_ACTIONS.handles
def cancel_quote_request(request: QuoteRequest, _action: CancelQuoteRequest, _facts: Facts) -> Change[QuoteRequest]:
    """Raises `InvalidOperation` for a request that the seller has taken up already."""
    if request.quote_request_state != "Submitted":
        raise invalid_operation(
            f"The quote request is in state '{request.quote_request_state}': only a submitted one can be cancelled by the buyer."
        )
    after = replace(request, quote_request_state="Cancelled")
    return Change(after, _changed(request, after))
