"""What a change of a quote tells the world."""

from __future__ import annotations

from orderwright.domain.quote.offer.model import Quote, QuoteState
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference


class QuoteCreated(Message):
    """An offer was made."""

    quote: Quote


class QuoteDeleted(Message):
    """A quote was deleted."""


class QuoteStateChanged(Message):
    """What has become of the offer."""

    quote_state: QuoteState
    old_quote_state: QuoteState


class QuoteStateTransition(Message):
    """The State of a workflow."""

    state: Reference
    old_state: Reference | None = None
    force: bool


class QuoteCustomerChanged(Message):
    """Whose the quote is."""

    customer: Reference
    previous_customer: Reference


class QuoteRenegotiationRequested(Message):
    """The buyer wants another offer."""

    buyer_comment: str | None = None
