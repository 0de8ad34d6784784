"""The quote.

commercetools: Quotes, Quote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.quote.staged_quote.model import StagedQuote
from orderwright.domain.quote.terms import Rest, Terms
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import StagedQuoteIdentifier, StateReference, Wanted
from orderwright.engine.scalars import DateTime, Id, Key, Text

TYPE_ID: Final = "quote"
QuoteState = Annotated[
    Literal["Pending", "Declined", "DeclinedForRenegotiation", "RenegotiationAddressed", "Accepted", "Withdrawn"],
    Meta(title="QuoteState"),
]
TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "Pending": frozenset({"Accepted", "Declined", "Withdrawn"}),
    "DeclinedForRenegotiation": frozenset({"RenegotiationAddressed", "Declined", "Withdrawn"}),
}
"""What may follow a state; the others are final. That a buyer wants to renegotiate is an action of its own."""


class Quote(Terms):
    """An offer. Nothing of it changes but its state and whose it is. `valid_to` is until when (UTC) it may be ordered."""

    quote_state: QuoteState
    quote_request: Reference
    staged_quote: Reference
    valid_to: DateTime | None = None
    seller_comment: Text | None = None
    buyer_comment: Text | None = None


class KeptQuote(Quote):
    """A quote as it is stored. `quotation_cart` is the id of the cart that the offer was prepared in."""

    rest: Rest
    quotation_cart: Id


class QuoteDraft(Value):
    """Which staged quote, at which version."""

    staged_quote: StagedQuoteIdentifier
    staged_quote_version: int
    staged_quote_state_to_sent: bool = False
    key: Key | None = None
    custom: CustomFieldsDraft | None = None
    state: StateReference | None = None

    def wants_on(self, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        """The cart that the offer was prepared in."""
        for document in found.values():
            if isinstance(document, StagedQuote):
                yield Wanted("cart", "id", document.quotation_cart.id)
