"""States: the built-in one that line items begin in, and the functions that hold a move against its table or workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from msgspec.structs import replace

from orderwright.domain.shop.project.model import Project
from orderwright.domain.shop.state.model import State, StateType
from orderwright.engine.actions import Change, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference
from orderwright.engine.parts import WHOLE, Part
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.errors import invalid_operation, required_field

# Fixed for ever: stored orders refer to the ids made from it.
_INITIAL_ITEM_STATES: Final = UUID("3b0c1d52-8f0e-4b1c-9a57-0f6f6d1f2a64")


def initial_item_state(project: Project) -> Reference:
    """The built-in state that the units of an item start in: the same id at any time, another in each project.

    commercetools: Orders, ItemState.
    """
    return Reference(type_id="state", id=str(uuid5(_INITIAL_ITEM_STATES, project.key)))


def built_in_states(project: Project) -> tuple[State, ...]:
    """The states that are a part of every project, as they are when the project is made."""
    initial = State(
        id=initial_item_state(project).id,
        version=1,
        created_at=project.created_at,
        last_modified_at=project.created_at,
        key="Initial",
        type="LineItemState",
        name={"en": "Initial"},
        initial=True,
        built_in=True,
        roles=(),
    )
    return (initial,)


def check_transition(table: Mapping[str, frozenset[str]], before: str, after: str, field: str) -> None:
    """Hold a change of `field` against the table of what may follow what. Raises `InvalidOperation`.

    A state that the table does not name is final. Staying where one is needs no permission.
    """
    if after != before and after not in table.get(before, frozenset()):
        raise invalid_operation(f"The {field} can not change from '{before}' to '{after}'.")


def check_workflow(before: Reference | None, after: State, facts: Facts, *, type: StateType, force: bool = False) -> None:
    """Hold the move of a resource from one state to another against the workflow. Raises `InvalidOperation`.

    The new state must be for this `type` of resource, which `force` does not spare. Without a state before, the new one must
    be `initial`. The state before may be left for any other while it has no `transitions` (or is there no more), else only for
    those that it lists.
    commercetools: States, State.
    """
    if after.type != type:
        raise invalid_operation(f"The state '{after.key}' is a {after.type}, and a {type} is wanted here.")
    if force:
        return
    if before is None:
        if not after.initial:
            raise invalid_operation(f"The state '{after.key}' is not initial, so that no workflow can begin with it.")
        return
    left = facts.look_up(Wanted("state", "id", before.id))
    if not isinstance(left, State) or left.transitions is None:
        return
    if all(step.id != after.id for step in left.transitions):
        raise invalid_operation(f"There is no transition from the state '{left.key}' to the state '{after.key}'.")


def entered(
    identifier: ResourceIdentifier | Reference,
    facts: Facts,
    *,
    type: StateType,
    before: Reference | None = None,
    force: bool = False,
) -> Reference:
    """The State that a resource comes into. Raises `ReferencedResourceNotFound`, and what `check_workflow` raises."""
    state = facts.get("state", identifier, State)
    check_workflow(before, state, facts, type=type, force=force)
    return Reference(type_id="state", id=state.id)


def transition(kind: StateType, message: type[Message], *, at: Part = WHOLE) -> Handler:
    """The handler of a `transitionState`: it moves the `state` of a document, or of the part `at` it, and tells of that.

    It raises `RequiredField` without a State, and what `entered` raises.
    """
    tells_old = "old_state" in message.__struct_fields__

    def handle(document: Any, action: Any, facts: Facts) -> Any:
        part = at.read(document, action)
        if action.state is None:
            raise required_field("state")
        state = entered(action.state, facts, type=kind, before=part.state, force=action.force)
        if state == part.state:
            return document
        old = {"old_state": part.state} if tells_old else {}
        return Change(at.write(document, part, replace(part, state=state)), message(state=state, force=action.force, **old))

    return handle
