"""States: roles that fit the type, transitions within it, and what may not happen to a built-in one."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, holds_to_specification, made, not_made, refused, shown, with_documents
from domain.facts import PROJECT
from orderwright.domain.shop.state.model import State
from orderwright.domain.shop.state.resource import RESOURCE
from orderwright.domain.shop.state.workflow import built_in_states
from orderwright.engine.facts import Facts
from orderwright.errors import ApiError

(INITIAL,) = built_in_states(PROJECT)
DRAFT: dict[str, Any] = {"key": "in review", "type": "ReviewState"}
REVIEWED: State = made(RESOURCE, {**DRAFT, "roles": ["ReviewIncludedInStatistics"]})
OTHER = replace(REVIEWED, id="00000000-0000-4000-8000-000000000999", key="other", roles=())


def shop(*states: State) -> Facts:
    return with_documents(*(("state", state) for state in states))


def test_a_draft_makes_a_state() -> None:
    state = made(RESOURCE, {**DRAFT, "name": {"en": "In review"}, "description": {}, "initial": False, "transitions": []})
    members = shown(state)
    assert {name: members.get(name) for name in ("key", "type", "name", "initial", "builtIn", "roles", "transitions")} == {
        "key": "in review",
        "type": "ReviewState",
        "name": {"en": "In review"},
        "initial": False,
        "builtIn": False,
        "roles": [],
        "transitions": [],
    }
    assert "description" not in members
    holds_to_specification("State", state)
    holds_to_specification("State", INITIAL)


def test_a_draft_may_leave_out_nearly_everything() -> None:
    state = made(RESOURCE, DRAFT)
    assert (state.initial, state.built_in, state.roles, state.transitions) == (True, False, (), None)
    assert "transitions" not in shown(state)


def test_transitions_are_references_each_once() -> None:
    sent = [{"key": "other"}, {"typeId": "state", "id": OTHER.id}]
    state = made(RESOURCE, {**DRAFT, "transitions": sent}, shop(OTHER))
    assert shown(state)["transitions"] == [{"typeId": "state", "id": OTHER.id}]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("InvalidOperation", {"key": ""}),
        ("InvalidOperation", {"roles": ["Return"]}),
        ("InvalidOperation", {"type": "OrderState", "roles": ["ReviewIncludedInStatistics"]}),
        ("InvalidOperation", {"transitions": [{"key": "Initial"}]}),
        ("ReferencedResourceNotFound", {"transitions": [{"key": "absent"}]}),
        ("InvalidJsonInput", {"type": "CartState"}),
        ("InvalidJsonInput", {"roles": ["Refund"]}),
    ],
)
def test_drafts_that_are_refused(code: str, changes: dict[str, Any]) -> None:
    not_made(code, RESOURCE, {**DRAFT, **changes}, shop(INITIAL))


def test_everything_can_be_changed() -> None:
    facts = shop(REVIEWED, OTHER)
    after = changed(
        RESOURCE,
        REVIEWED,
        {"action": "changeKey", "key": "new"},
        {"action": "setName", "name": {"en": "N"}},
        {"action": "setDescription", "description": {"en": "D"}},
        {"action": "changeInitial", "initial": False},
        {"action": "removeRoles", "roles": ["ReviewIncludedInStatistics", "Return"]},
        {"action": "changeType", "type": "LineItemState"},
        {"action": "addRoles", "roles": ["Return", "Return"]},
        facts=facts,
    )
    assert (after.key, after.name, after.description, after.initial) == ("new", {"en": "N"}, {"en": "D"}, False)
    assert (after.type, after.roles) == ("LineItemState", ("Return",))
    assert changed(RESOURCE, after, {"action": "setRoles", "roles": []}).roles == ()
    cleared = changed(RESOURCE, after, {"action": "setName", "name": {}}, {"action": "setDescription", "description": {}})
    assert (cleared.name, cleared.description) == (None, None)


def test_transitions_are_set_emptied_and_removed() -> None:
    facts = shop(REVIEWED, OTHER)
    to_other = changed(RESOURCE, REVIEWED, {"action": "setTransitions", "transitions": [{"key": "other"}]}, facts=facts)
    assert [step.id for step in to_other.transitions] == [OTHER.id]
    final = changed(RESOURCE, to_other, {"action": "setTransitions", "transitions": []}, facts=facts)
    assert final.transitions == ()
    assert changed(RESOURCE, final, {"action": "setTransitions"}, facts=facts).transitions is None


def test_a_state_may_follow_itself_even_in_the_type_it_gets_now() -> None:
    alone = replace(OTHER, roles=())
    to_itself = {"action": "setTransitions", "transitions": [{"key": "other"}]}
    after = changed(RESOURCE, alone, {"action": "changeType", "type": "OrderState"}, to_itself, facts=shop(alone))
    assert [step.id for step in after.transitions] == [alone.id]
    again = changed(RESOURCE, after, {"action": "changeType", "type": "QuoteState"}, facts=shop(after))
    assert again.type == "QuoteState"


@pytest.mark.parametrize(
    "action",
    [
        {"action": "changeKey", "key": ""},
        {"action": "changeType", "type": "ReviewState"},
        {"action": "changeType", "type": "OrderState"},  # its role is for reviews
        {"action": "changeInitial", "initial": True},
        {"action": "setName", "name": {}},
        {"action": "setDescription", "description": {}},
        {"action": "setRoles", "roles": ["ReviewIncludedInStatistics"]},
        {"action": "setRoles", "roles": ["Return"]},
        {"action": "addRoles", "roles": ["ReviewIncludedInStatistics"]},
        {"action": "addRoles", "roles": ["Return"]},
        {"action": "removeRoles", "roles": ["Return"]},
        {"action": "setTransitions"},
        {"action": "setTransitions", "transitions": [{"key": "Initial"}]},
    ],
)
def test_what_is_refused(action: dict[str, Any]) -> None:
    refused("InvalidOperation", RESOURCE, REVIEWED, action, facts=shop(REVIEWED, INITIAL))


def test_a_type_stays_while_transitions_join_it_to_others() -> None:
    joined = replace(OTHER, transitions=changed_to(REVIEWED))
    plain = replace(REVIEWED, roles=())
    action = {"action": "changeType", "type": "OrderState"}
    refused("InvalidOperation", RESOURCE, joined, action, facts=shop(joined, plain))
    refused("InvalidOperation", RESOURCE, plain, action, facts=shop(joined, plain))
    assert changed(RESOURCE, plain, action, facts=shop(plain)).type == "OrderState"


def changed_to(state: State) -> Any:
    """The transitions that lead to a state."""
    made_to = made(RESOURCE, {"key": "x", "type": state.type, "transitions": [{"key": state.key}]}, shop(state))
    return made_to.transitions


def test_a_built_in_state_keeps_key_and_type_and_is_not_deleted() -> None:
    refused("InvalidOperation", RESOURCE, INITIAL, {"action": "changeKey", "key": "first"})
    refused("InvalidOperation", RESOURCE, INITIAL, {"action": "changeType", "type": "OrderState"})
    assert changed(RESOURCE, INITIAL, {"action": "setName", "name": {"en": "New"}}).name == {"en": "New"}
    assert RESOURCE.deleting is not None
    with pytest.raises(ApiError, match="built in"):
        RESOURCE.deleting(INITIAL, shop())
    assert RESOURCE.deleting(REVIEWED, shop()).after == REVIEWED
