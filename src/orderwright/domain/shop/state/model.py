"""A state: a step of a workflow."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from orderwright.domain.laws.keys import PlainKey
from orderwright.engine.model import Reference, Resource, always
from orderwright.engine.scalars import LocalizedString

_StateType = Literal[
    "OrderState",
    "RecurringOrderState",
    "LineItemState",
    "ProductState",
    "ReviewState",
    "PaymentState",
    "QuoteRequestState",
    "StagedQuoteState",
    "QuoteState",
]
StateType = Annotated[_StateType, Meta(title="StateType")]


StateRole = Literal["ReviewIncludedInStatistics", "Return"]


class State(Resource):
    """A step of a workflow. Without `transitions` any other state of its type may follow; an empty list makes it final."""

    key: PlainKey
    type: StateType
    initial: bool
    built_in: bool
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    roles: tuple[StateRole, ...] = always(())
    transitions: tuple[Reference, ...] | None = None
