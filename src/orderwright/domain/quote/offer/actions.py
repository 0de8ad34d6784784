"""The update actions of a quote, and those that its owner has: she accepts it, declines it, or asks for another one.

commercetools: Quotes, QuoteUpdateAction; Quotes, MyQuoteUpdateAction.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.quote.moves import ChangeCustomer, TransitionState, following, referenced, tells_customers
from orderwright.domain.quote.offer.messages import (
    QuoteCustomerChanged,
    QuoteRenegotiationRequested,
    QuoteStateChanged,
    QuoteStateTransition,
)
from orderwright.domain.quote.offer.model import TRANSITIONS, Quote, QuoteState
from orderwright.domain.shop.state.workflow import transition
from orderwright.engine.actions import ActionSet, Change, setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import Text
from orderwright.errors import invalid_operation


class ChangeQuoteState(Action):
    """What has become of the offer."""

    quote_state: QuoteState


class ChangeMyQuoteState(Action):
    """What the buyer makes of the offer."""

    quote_state: Annotated[Literal["Declined", "Accepted"], Meta(title="MyQuoteState")]


class RequestQuoteRenegotiation(Action):
    """The buyer wants another offer."""

    buyer_comment: Text | None = None


def _changed(before: Quote, after: Quote) -> QuoteStateChanged:
    return QuoteStateChanged(quote_state=after.quote_state, old_quote_state=before.quote_state)


_following = setter("quote_state", _changed, kept=following(TRANSITIONS, "quote_state", "quoteState"))
actions = ActionSet(Quote)
actions.add(ChangeCustomer, setter("customer", tells_customers(QuoteCustomerChanged), kept=referenced))
actions.add(ChangeQuoteState, _following)


@actions.handles
def request_quote_renegotiation(quote: Quote, action: RequestQuoteRenegotiation, _facts: Facts) -> Change[Quote]:
    """Raises `InvalidOperation` for a quote that is not pending."""
    if quote.quote_state != "Pending":
        raise invalid_operation(f"The quote is in state '{quote.quote_state}': only a pending one can be renegotiated.")
    after = replace(quote, quote_state="DeclinedForRenegotiation", buyer_comment=action.buyer_comment)
    return Change(after, QuoteRenegotiationRequested(buyer_comment=action.buyer_comment))


actions.add(TransitionState, transition("QuoteState", QuoteStateTransition))
custom_field_rows(actions, root("quote"))

MY_ACTIONS = actions.only("requestQuoteRenegotiation", name="MyQuote")
MY_ACTIONS.add(ChangeMyQuoteState, _following)
