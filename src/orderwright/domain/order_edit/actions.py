"""The update actions of an order edit. One that was applied keeps what was staged."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.order_edit.model import OrderEdit, OrderEditApplied, StagedActions
from orderwright.domain.order_edit.staged import StagedAction
from orderwright.engine.actions import MAX_ACTIONS, ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import Unread
from orderwright.errors import invalid_operation


class AddStagedAction(Action):
    """One action more, behind all others."""

    staged_action: Unread[StagedAction]


class SetStagedActions(Action):
    """These actions in the place of all others."""

    staged_actions: StagedActions


actions = ActionSet(OrderEdit, sent_beside={"dry_run": (bool, False)})
actions.setters("setKey", "setComment")
custom_field_rows(actions, root("order-edit"))


@actions.handles
def add_staged_action(edit: OrderEdit, action: AddStagedAction, _facts: Facts) -> OrderEdit:
    return _staging(edit, (*edit.staged_actions, action.staged_action))


@actions.handles
def set_staged_actions(edit: OrderEdit, action: SetStagedActions, _facts: Facts) -> OrderEdit:
    return _staging(edit, action.staged_actions)


def _staging(edit: OrderEdit, staged: tuple[StagedAction, ...]) -> OrderEdit:
    """Raises `InvalidOperation` for an edit that was applied, and for more than 500 actions."""
    if isinstance(edit.result, OrderEditApplied):
        raise invalid_operation(f"The order edit '{edit.id}' was applied, and its actions can not be changed any more.")
    if len(staged) > MAX_ACTIONS:
        raise invalid_operation(f"An order edit has at most {MAX_ACTIONS} staged actions.")
    return replace(edit, staged_actions=staged)
