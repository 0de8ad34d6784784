"""The update actions of a staged quote. Its items are changed in its cart, by the actions of carts.

commercetools: Staged Quotes, StagedQuoteUpdateAction.
"""

from __future__ import annotations

from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.quote.moves import TransitionState, following
from orderwright.domain.quote.staged_quote.messages import (
    StagedQuoteSellerCommentSet,
    StagedQuoteStateChanged,
    StagedQuoteStateTransition,
    StagedQuoteValidToSet,
)
from orderwright.domain.quote.staged_quote.model import TRANSITIONS, StagedQuote, StagedQuoteState
from orderwright.domain.shop.state.workflow import transition
from orderwright.engine.actions import ActionSet, setter
from orderwright.engine.model import Action


class ChangeStagedQuoteState(Action):
    """How far it is."""

    staged_quote_state: StagedQuoteState


def _changed(before: StagedQuote, after: StagedQuote) -> StagedQuoteStateChanged:
    return StagedQuoteStateChanged(staged_quote_state=after.staged_quote_state, old_staged_quote_state=before.staged_quote_state)


actions = ActionSet(StagedQuote)
actions.add(
    ChangeStagedQuoteState,
    setter("staged_quote_state", _changed, kept=following(TRANSITIONS, "staged_quote_state", "stagedQuoteState")),
)
actions.setters("setSellerComment", tells=lambda _before, after: StagedQuoteSellerCommentSet(seller_comment=after.seller_comment))
actions.setters("setValidTo", tells=lambda _before, after: StagedQuoteValidToSet(valid_to=after.valid_to))
actions.add(TransitionState, transition("StagedQuoteState", StagedQuoteStateTransition))
custom_field_rows(actions, root("quote"))
