"""An action that only the server makes is shown in no refusal: each of them says so, and none that a client sends."""

from __future__ import annotations

import pytest

from orderwright.domain.custom.custom_object import REPLACING
from orderwright.domain.customer.tokens import INTERNAL_ACTIONS
from orderwright.domain.goods.product.resource import RENEWAL, UPLOAD
from orderwright.domain.signing.hand_over import HAND_OVERS
from orderwright.engine.actions import ActionSet, is_sent
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Resource
from orderwright.errors import ApiError, invalid_operation
from orderwright.resources import OWN, RESOURCES

SENT = {action for resource in (*RESOURCES, *OWN) for action in resource.actions.types}
MADE = {
    action
    for actions in (INTERNAL_ACTIONS, *(resource.actions for resource in (*HAND_OVERS.values(), REPLACING, RENEWAL, UPLOAD)))
    for action in actions.types
} - SENT


def test_what_the_server_makes_is_told_apart_from_what_is_sent() -> None:
    assert {action.__name__ for action in MADE} >= {"TakeOver", "Merge", "SetValue", "Renew", "UploadImage", "ResetPassword"}
    assert [action for action in MADE if is_sent(action)] == []
    assert [action for action in SENT if not is_sent(action)] == []


class Note(Resource):
    """A resource that refuses everything."""


class Ask(Action):
    """Sent by a client."""


class Make(Action):
    """Made by the server."""

    sent = False


@pytest.mark.parametrize(("action", "shown"), [(Ask(), True), (Make(), False)])
def test_a_refusal_shows_what_was_sent(action: Action, shown: bool) -> None:
    actions: ActionSet[Note] = ActionSet(Note)

    def refuse(_note: Note, _action: Action, _facts: Facts) -> Note:
        raise invalid_operation("no")

    actions.add(type(action), refuse)
    with pytest.raises(ApiError) as caught:
        actions.apply(None, [action], None)  # type: ignore[arg-type]  # the handler looks at nothing
    assert ("action" in caught.value.fields) is shown
