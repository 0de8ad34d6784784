"""Moves from state to state: what transitions allow, where a workflow begins, and what force spares."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.facts import NOW, PROJECT, catalogue, facts, uid
from orderwright.domain.shop.state.model import State, StateType
from orderwright.domain.shop.state.workflow import built_in_states, check_transition, check_workflow, initial_item_state
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.model import Reference
from orderwright.errors import ApiError


def reference(number: int) -> Reference:
    return Reference(type_id="state", id=uid(number))


def state(number: int, type: StateType = "OrderState", initial: bool = False, to: tuple[int, ...] | None = None) -> State:
    """A state named after its number, which may change to those of these numbers."""
    return State(
        id=uid(number),
        version=1,
        created_at=NOW,
        last_modified_at=NOW,
        key=f"s{number}",
        type=type,
        initial=initial,
        built_in=False,
        roles=(),
        transitions=None if to is None else tuple(reference(each) for each in to),
    )


OPEN = state(700, initial=True, to=(701,))
PACKED = state(701)
SENT = state(702, to=())
PAID = state(703, type="PaymentState", initial=True)


def known(*states: State) -> Facts:
    return facts(Catalogue(1, [("project", PROJECT), *(("state", each) for each in states)]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, OPEN),
        (OPEN, PACKED),
        (PACKED, SENT),  # no transitions: any state of the type
        (PACKED, OPEN),
        (PACKED, PACKED),
        (state(799), SENT),  # a state that is there no more
    ],
)
def test_moves_that_a_workflow_allows(before: State | None, after: State) -> None:
    left = None if before is None else Reference(type_id="state", id=before.id)
    check_workflow(left, after, known(OPEN, PACKED, SENT), type="OrderState")


@pytest.mark.parametrize(
    ("before", "after", "because"),
    [
        (None, PACKED, "'s701' is not initial"),
        (OPEN, SENT, "no transition from the state 's700' to the state 's702'"),
        (OPEN, OPEN, "no transition from the state 's700' to the state 's700'"),
        (SENT, OPEN, "no transition from the state 's702'"),
        (None, PAID, "is a PaymentState, and a OrderState is wanted"),
    ],
)
def test_moves_that_it_refuses(before: State | None, after: State, because: str) -> None:
    left = None if before is None else Reference(type_id="state", id=before.id)
    with pytest.raises(ApiError, match=because) as caught:
        check_workflow(left, after, known(OPEN, PACKED, SENT, PAID), type="OrderState")
    assert (caught.value.status, caught.value.code) == (400, "InvalidOperation")


def test_force_spares_all_but_the_type() -> None:
    wide: dict[str, Any] = {"type": "OrderState", "force": True}
    check_workflow(None, PACKED, known(PACKED), **wide)
    check_workflow(reference(702), OPEN, known(OPEN, SENT), **wide)
    with pytest.raises(ApiError, match="PaymentState"):
        check_workflow(reference(702), PAID, known(SENT, PAID), **wide)


def test_a_project_begins_with_the_state_that_its_items_begin_in() -> None:
    (initial,) = built_in_states(PROJECT)
    assert initial.id == initial_item_state(PROJECT).id
    assert (initial.key, initial.type, initial.initial, initial.built_in) == ("Initial", "LineItemState", True, True)
    assert (initial.version, initial.transitions) == (1, None)
    assert catalogue().all("state") == []  # what the small shop of the tests does without


def test_the_initial_state_is_the_same_for_ever_and_another_in_each_project() -> None:
    # Written out, so that nobody changes the id that stored orders refer to.
    assert initial_item_state(PROJECT).id == "1c42eaa0-06dd-5599-900d-ffdf223f1de1"
    assert initial_item_state(PROJECT).type_id == "state"
    assert initial_item_state(replace(PROJECT, name="Other")) == initial_item_state(PROJECT)
    assert initial_item_state(replace(PROJECT, key="other")) != initial_item_state(PROJECT)


TABLE = {"Advised": frozenset({"Returned"}), "Returned": frozenset({"BackInStock", "Unusable"}), "Unusable": frozenset[str]()}


@pytest.mark.parametrize(
    ("before", "after"), [("Advised", "Returned"), ("Returned", "Unusable"), ("Advised", "Advised"), ("Gone", "Gone")]
)
def test_a_change_that_the_table_allows(before: str, after: str) -> None:
    check_transition(TABLE, before, after, "shipmentState")


@pytest.mark.parametrize(
    ("before", "after"), [("Advised", "Unusable"), ("Returned", "Advised"), ("Unusable", "Returned"), ("Gone", "Advised")]
)
def test_a_change_that_the_table_does_not_know_is_refused(before: str, after: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_transition(TABLE, before, after, "shipmentState")
    assert refusal.value.code == "InvalidOperation"
    assert refusal.value.message == f"The shipmentState can not change from '{before}' to '{after}'."
