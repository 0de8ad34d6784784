"""What a customer tells of herself in the second dialect: in her document where it has a member for it, else beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec

from orderwright.domain.customer.create import create
from orderwright.domain.customer.drafts import CustomerDraft
from orderwright.domain.customer.mine import MY_ACTIONS
from orderwright.domain.customer.model import Customer
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.unit.effects import Effect, KeepDetails

SET_BY: Final = {
    "title": "setTitle",
    "firstName": "setFirstName",
    "middleName": "setMiddleName",
    "lastName": "setLastName",
    "company": "setCompanyName",
}
"""The action that sets a member of the document, by its name in the second dialect."""
BESIDE: tuple[str, ...] = (
    "contactEmail",
    "contactPhone",
    "preferredLanguage",
    "preferredCurrency",
    "preferredSite",
    "b2b",
)
"""What stands beside it."""


class DetailedDraft(CustomerDraft):
    """A customer who signs up in the second dialect. `details` are members of BESIDE."""

    details: dict[str, Any] = msgspec.field(default_factory=dict)


class SetDetails(Action):
    """Members of BESIDE; one of None is taken away."""

    sent: ClassVar[bool] = False
    details: dict[str, Any]


DETAILED_ACTIONS: Final = ActionSet(Customer, "CustomerDetails")
DETAILED_ACTIONS.include(MY_ACTIONS)


def create_detailed(draft: DetailedDraft, facts: Facts) -> Change[Customer]:
    """As `create`, with what she tells besides."""
    made = create(draft, facts)
    kept = [_keeping(made.after, draft.details)] if draft.details else []
    return Change(made.after, effects=[*made.effects, *kept])


@DETAILED_ACTIONS.handles
def set_details(customer: Customer, action: SetDetails, _facts: Facts) -> Change[Customer]:
    """The document stays as it is."""
    return Change(customer, effects=[_keeping(customer, action.details)])


def _keeping(customer: Customer, details: Mapping[str, Any]) -> Effect:
    return KeepDetails(customer_id=customer.id, members=msgspec.json.encode(details).decode())
