"""The staged quote.

commercetools: Staged Quotes, StagedQuote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft
from orderwright.engine.model import Reference, Resource, Value
from orderwright.engine.references import BusinessUnitReference, QuoteRequestIdentifier, StateReference, StoreReference
from orderwright.engine.scalars import DateTime, Key, Text

TYPE_ID: Final = "staged-quote"
StagedQuoteState = Annotated[Literal["InProgress", "Sent", "Closed"], Meta(title="StagedQuoteState")]
TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "InProgress": frozenset({"Sent", "Closed"}),
    "Sent": frozenset({"InProgress", "Closed"}),
}
"""What may follow a state. What was sent goes on where the buyer wants to renegotiate; what is closed stays so."""


class StagedQuote(Resource):
    """An offer in the making: its items stand in a cart of its own. `valid_to` is until when (UTC) the offer may be ordered."""

    key: Key | None = None
    staged_quote_state: StagedQuoteState
    customer: Reference
    quote_request: Reference
    quotation_cart: Reference
    valid_to: DateTime | None = None
    seller_comment: Text | None = None
    custom: CustomFields | None = None
    state: StateReference | None = None
    purchase_order_number: Text | None = None
    business_unit: BusinessUnitReference | None = None
    store: StoreReference | None = None


class StagedQuoteDraft(Value):
    """Which request, at which version."""

    quote_request: QuoteRequestIdentifier
    quote_request_version: int
    quote_request_state_to_accepted: bool = False
    key: Key | None = None
    custom: CustomFieldsDraft | None = None
    state: StateReference | None = None
