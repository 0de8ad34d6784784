"""What a change of a staged quote tells the world."""

from __future__ import annotations

from orderwright.domain.quote.staged_quote.model import StagedQuote, StagedQuoteState
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference
from orderwright.engine.scalars import DateTime


class StagedQuoteCreated(Message):
    """An offer is being made."""

    staged_quote: StagedQuote


class StagedQuoteDeleted(Message):
    """A staged quote was deleted."""


class StagedQuoteStateChanged(Message):
    """How far it is."""

    staged_quote_state: StagedQuoteState
    old_staged_quote_state: StagedQuoteState


class StagedQuoteStateTransition(Message):
    """The State of a workflow."""

    state: Reference
    old_state: Reference | None = None
    force: bool


class StagedQuoteSellerCommentSet(Message):
    """What the seller says of the offer; nothing where that was taken away."""

    seller_comment: str | None = None


class StagedQuoteValidToSet(Message):
    """Until when the offer may be ordered; nothing where it has no end any more."""

    valid_to: DateTime | None = None
