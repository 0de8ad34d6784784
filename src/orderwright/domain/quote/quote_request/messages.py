"""What a change of a quote request tells the world."""

from __future__ import annotations

from orderwright.domain.quote.quote_request.model import QuoteRequest, QuoteRequestState
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference


class QuoteRequestCreated(Message):
    """An offer was asked for."""

    quote_request: QuoteRequest


class QuoteRequestDeleted(Message):
    """A request was deleted."""


class QuoteRequestStateChanged(Message):
    """Where the negotiation is."""

    quote_request_state: QuoteRequestState
    old_quote_request_state: QuoteRequestState


class QuoteRequestStateTransition(Message):
    """The State of a workflow."""

    state: Reference
    old_state: Reference | None = None
    force: bool


class QuoteRequestCustomerChanged(Message):
    """Whose the request is."""

    customer: Reference
    previous_customer: Reference
