"""States: the steps of the workflows that orders, items, products, payments, reviews and quotes go through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from orderwright.domain.laws.changes import check_changed
from orderwright.domain.laws.keys import PlainKey, check_key
from orderwright.domain.laws.roles import other_roles, with_roles, without_roles
from orderwright.domain.shop.state.model import State, StateRole, StateType
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Reference, Value
from orderwright.engine.references import ResourceIdentifier, StateIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import LocalizedString
from orderwright.errors import invalid_operation

_ROLE_OF: Final[dict[StateRole, StateType]] = {
    "ReviewIncludedInStatistics": "ReviewState",
    "Return": "LineItemState",
}


class StateDraft(Value):
    """A state as it is sent."""

    key: PlainKey
    type: StateType
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    initial: bool = True
    roles: tuple[StateRole, ...] = ()
    transitions: tuple[StateIdentifier, ...] | None = None


class ChangeKey(Action):
    """Another key, unique in the project."""

    key: PlainKey


class ChangeType(Action):
    """What the state is for."""

    type: StateType


class ChangeInitial(Action):
    """Whether a workflow may begin with the state."""

    initial: bool


class SetName(Action):
    """Another name; an empty one removes it."""

    name: LocalizedString


class SetDescription(Action):
    """Another description; an empty one removes it."""

    description: LocalizedString


class SetRoles(Action):
    """All roles."""

    roles: tuple[StateRole, ...]


class AddRoles(Action):
    """Roles that the state has not yet."""

    roles: tuple[StateRole, ...]


class RemoveRoles(Action):
    """Roles that are to go."""

    roles: tuple[StateRole, ...]


class SetTransitions(Action):
    """Which states may follow: none of them if it is empty, any if it is left out."""

    transitions: tuple[StateIdentifier, ...] | None = None


actions = ActionSet(State)


@actions.handles
def change_key(state: State, action: ChangeKey, facts: Facts) -> State:
    """Raises `InvalidOperation` for an empty key and for a built-in state."""
    _check_not_built_in(state, "key")
    return replace(state, key=check_key(action.key))


@actions.handles
def change_type(state: State, action: ChangeType, facts: Facts) -> State:
    """Raises `InvalidOperation` for the same type, for a built-in state, and where roles or transitions from or to it need the
    old one."""
    check_changed(state.type, action.type, "type")
    _check_not_built_in(state, "type")
    _check_roles(state.roles, action.type)
    others: list[State] = facts.catalogue.all("state")
    joined = {step.id for step in state.transitions or ()}
    joined |= {other.id for other in others if any(step.id == state.id for step in other.transitions or ())}
    if joined - {state.id}:
        raise invalid_operation("A state that has transitions from or to others must keep its type.")
    return replace(state, type=action.type)


@actions.handles
def change_initial(state: State, action: ChangeInitial, facts: Facts) -> State:
    """Raises `InvalidOperation` for the same value."""
    check_changed(state.initial, action.initial, "initial")
    return replace(state, initial=action.initial)


@actions.handles
def set_name(state: State, action: SetName, facts: Facts) -> State:
    """Raises `InvalidOperation` for the same name."""
    check_changed(state.name, action.name or None, "name")
    return replace(state, name=action.name or None)


@actions.handles
def set_description(state: State, action: SetDescription, facts: Facts) -> State:
    """Raises `InvalidOperation` for the same description."""
    check_changed(state.description, action.description or None, "description")
    return replace(state, description=action.description or None)


@actions.handles
def set_roles(state: State, action: SetRoles, facts: Facts) -> State:
    """Raises `InvalidOperation` for the same roles and for those of another type."""
    return replace(state, roles=_check_roles(other_roles(state.roles, action.roles), state.type))


@actions.handles
def add_roles(state: State, action: AddRoles, facts: Facts) -> State:
    """Raises `InvalidOperation` for roles that are all there and for those of another type."""
    return replace(state, roles=_check_roles(with_roles(state.roles, action.roles), state.type))


@actions.handles
def remove_roles(state: State, action: RemoveRoles, facts: Facts) -> State:
    """Raises `InvalidOperation` if none of the roles is there."""
    return replace(state, roles=without_roles(state.roles, action.roles))


@actions.handles
def set_transitions(state: State, action: SetTransitions, facts: Facts) -> State:
    """Raises `InvalidOperation` for the same transitions and for a state of another type."""
    transitions = _transitions(action.transitions, state.type, facts, itself=state)
    check_changed(_each(state.transitions), _each(transitions), "transitions")
    return replace(state, transitions=transitions)


def from_draft(draft: StateDraft, facts: Facts) -> State:
    """A new state. Raises `InvalidOperation` for an empty key, and for roles and transitions of another type."""
    return State(
        **facts.born(),
        key=check_key(draft.key),
        type=draft.type,
        name=draft.name or None,
        description=draft.description or None,
        initial=draft.initial,
        built_in=False,
        roles=_check_roles(tuple(dict.fromkeys(draft.roles)), draft.type),
        transitions=_transitions(draft.transitions, draft.type, facts),
    )


def _check_not_built_in(state: State, what: str) -> None:
    if state.built_in:
        raise invalid_operation(f"The state '{state.key}' is built in, so that its {what} can not be changed.")


def _check_roles(roles: tuple[StateRole, ...], type: StateType) -> tuple[StateRole, ...]:
    for role in roles:
        if _ROLE_OF[role] != type:
            raise invalid_operation(f"The role '{role}' is for a {_ROLE_OF[role]} and not for a {type}.")
    return roles


def _transitions(
    wanted: Sequence[ResourceIdentifier] | None, type: StateType, facts: Facts, itself: State | None = None
) -> tuple[Reference, ...] | None:
    """References to the states that may follow, each once. `itself` may have changed its type in this very update."""
    if wanted is None:
        return None
    found = [facts.get("state", identifier, State) for identifier in wanted]
    for state in found:
        if state.type != type and (itself is None or state.id != itself.id):
            raise invalid_operation(f"The state '{state.key}' is a {state.type}, and a {type} can not change to it.")
    return tuple(Reference(type_id="state", id=id) for id in dict.fromkeys(state.id for state in found))


def _each(transitions: Iterable[Reference] | None) -> set[Reference] | None:
    return None if transitions is None else set(transitions)


def _deleting(state: State, _facts: Facts) -> Change[State]:
    if state.built_in:
        raise invalid_operation(f"The state '{state.key}' is built in, so that it can not be deleted.")
    return Change(state)


RESOURCE = ResourceType(
    type_id="state",
    path="states",
    model=State,
    draft=StateDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    lookups={"key": "key"},
    deleting=_deleting,
    catalogue=True,
    # A state that may follow itself does not hold itself.
    referenced_by=(("state", '$ ? (@.transitions[*].id == "{id}" && @.id != "{id}")'),),
)
