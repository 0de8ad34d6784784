"""The quote request.

commercetools: Quote Requests, QuoteRequest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta

from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.quote.terms import Rest, Terms
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import CartIdentifier, ResourceIdentifier, StateReference, Wanted
from orderwright.engine.scalars import Id, Key, Text

TYPE_ID: Final = "quote-request"
QuoteRequestState = Annotated[
    Literal["Submitted", "Accepted", "Closed", "Rejected", "Cancelled"], Meta(title="QuoteRequestState")
]
TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "Submitted": frozenset({"Accepted", "Rejected", "Cancelled"}),
    "Accepted": frozenset({"Closed", "Rejected", "Cancelled"}),
}
"""What may follow a state; the others are final."""


class QuoteRequest(Terms):
    """What a buyer wants an offer for: a cart as it was when it was asked for. Later changes of the cart change nothing here."""

    quote_request_state: QuoteRequestState
    comment: str | None = None
    cart: Reference | None = None


class KeptQuoteRequest(QuoteRequest):
    """A request as it is stored."""

    rest: Rest


class QuoteRequestDraft(Value):
    """Which cart, at which version."""

    cart: CartIdentifier
    cart_version: int
    key: Key | None = None
    comment: Text | None = None
    custom: CustomFieldsDraft | None = None
    state: StateReference | None = None
    purchase_order_number: Text | None = None


class MyQuoteRequestDraft(Value):
    """Which of her carts, at which version."""

    cart_id: Id
    cart_version: int
    comment: Text | None = None

    def wants(self) -> Iterator[Wanted]:
        """The cart."""
        yield Wanted("cart", "id", self.cart_id)

    @property
    def whole(self) -> QuoteRequestDraft:
        """The draft as a merchant would send it."""
        return QuoteRequestDraft(cart=ResourceIdentifier(id=self.cart_id), cart_version=self.cart_version, comment=self.comment)
