"""The States of an order and of its units: which move is allowed, and what it tells."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.facts import LATER, NOW, uid
from domain.order.orders import (
    BEGUN,
    BOOK,
    GONE,
    MUGS,
    NEW,
    PACKED,
    PICKED,
    WRAPPED,
    WRAPPING,
    act,
    cart_of,
    placed,
    refused,
    told,
)
from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import ItemState
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import ApiError

ORDER = placed(
    cart_of(
        line_items=(replace(MUGS, key="mugs", quantity=5), BOOK),
        custom_line_items=(replace(WRAPPING, key="wrap", quantity=5),),
    )
)
NOT_ALLOWED = {"status": 400, "code": "InvalidOperation"}
# Both kinds of items, by the actions' stem.
KINDS = pytest.mark.parametrize("kind", ["LineItem", "CustomLineItem"])


def to(state: Any, **more: Any) -> dict[str, Any]:
    return {"action": "transitionState", "state": {"typeId": "state", "id": state.id}, **more}


def in_state(state: Any) -> Order:
    return replace(ORDER, state=Reference(type_id="state", id=state.id))


def test_an_order_begins_with_an_initial_state() -> None:
    change = act(ORDER, to(NEW))
    assert change.after.state == Reference(type_id="state", id=NEW.id)
    told_of = {"state": {"typeId": "state", "id": NEW.id}, "force": False}
    assert told(change) == [{"type": "OrderStateTransition", **told_of}]
    assert refused(ORDER, to(PACKED)) == NOT_ALLOWED
    assert act(ORDER, to(PACKED, force=True)).after.state == Reference(type_id="state", id=PACKED.id)


def test_an_order_goes_where_its_states_transitions_lead() -> None:
    change = act(in_state(NEW), to(PACKED))
    assert told(change)[0]["oldState"] == {"typeId": "state", "id": NEW.id}
    assert refused(in_state(NEW), to(GONE)) == NOT_ALLOWED
    # Without transitions anything may follow, after an empty list nothing.
    assert act(in_state(PACKED), to(GONE)).after.state == Reference(type_id="state", id=GONE.id)
    assert refused(in_state(GONE), to(NEW)) == NOT_ALLOWED
    forced = act(in_state(GONE), to(NEW, force=True))
    assert (told(forced)[0]["force"], forced.after.state) == (True, Reference(type_id="state", id=NEW.id))


def test_force_does_not_make_a_state_of_items_one_of_orders() -> None:
    assert refused(ORDER, to(PICKED, force=True)) == NOT_ALLOWED
    absent = refused(ORDER, {"action": "transitionState", "state": {"key": "nowhere"}})
    assert absent == {"status": 400, "code": "ReferencedResourceNotFound", "typeId": "state", "key": "nowhere"}


def test_to_stay_where_one_is_tells_nothing() -> None:
    change = act(in_state(PACKED), to(PACKED))
    assert (change.messages, change.after.state) == ((), Reference(type_id="state", id=PACKED.id))


def move(kind: str, quantity: int, before: Any, after: Any, **more: Any) -> dict[str, Any]:
    stem = kind[0].lower() + kind[1:]
    key = "mugs" if kind == "LineItem" else "wrap"
    states = {"fromState": {"id": before.id}, "toState": {"id": after.id}}
    return {"action": f"transition{kind}State", f"{stem}Key": key, "quantity": quantity, **states, **more}


def units(order: Order, kind: str) -> list[tuple[int, str]]:
    item = order.line_items[0] if kind == "LineItem" else order.custom_line_items[0]
    return [(part.quantity, part.state.id) for part in item.state]


@KINDS
def test_units_go_from_state_to_state(kind: str) -> None:
    change = act(ORDER, move(kind, 2, BEGUN, PICKED), move(kind, 1, BEGUN, PICKED, actualTransitionDate=LATER))
    assert units(change.after, kind) == [(2, BEGUN.id), (3, PICKED.id)]
    stem = kind[0].lower() + kind[1:]
    item = (ORDER.line_items if kind == "LineItem" else ORDER.custom_line_items)[0]
    first, second = told(change)
    assert first == {
        "type": f"{kind}StateTransition",
        f"{stem}Id": item.id,
        f"{stem}Key": item.key,
        "transitionDate": NOW,
        "quantity": 2,
        "fromState": {"typeId": "state", "id": BEGUN.id},
        "toState": {"typeId": "state", "id": PICKED.id},
    }
    assert (second["quantity"], second["transitionDate"]) == (1, LATER)
    # The last units take their State along.
    assert units(act(change.after, move(kind, 2, BEGUN, PICKED)).after, kind) == [(5, PICKED.id)]


@KINDS
def test_no_more_units_leave_than_are_there(kind: str) -> None:
    assert refused(ORDER, move(kind, 6, BEGUN, PICKED)) == NOT_ALLOWED
    assert refused(ORDER, move(kind, 1, PICKED, BEGUN)) == NOT_ALLOWED
    assert refused(ORDER, move(kind, 0, BEGUN, PICKED))["code"] == "InvalidJsonInput"


@KINDS
def test_units_go_where_their_states_transitions_lead(kind: str) -> None:
    wrapped = act(ORDER, move(kind, 5, BEGUN, WRAPPED)).after
    assert units(act(wrapped, move(kind, 5, WRAPPED, PICKED)).after, kind) == [(5, PICKED.id)]
    assert refused(wrapped, move(kind, 5, WRAPPED, BEGUN)) == NOT_ALLOWED
    assert refused(ORDER, move(kind, 5, BEGUN, NEW)) == NOT_ALLOWED


def importing(kind: str, *parts: tuple[int, Any]) -> dict[str, Any]:
    stem = kind[0].lower() + kind[1:]
    states = [{"quantity": quantity, "state": {"typeId": "state", "id": state.id}} for quantity, state in parts]
    return {"action": f"import{kind}State", f"{stem}Key": "mugs" if kind == "LineItem" else "wrap", "state": states}


@KINDS
def test_states_are_imported_only_where_no_transitions_are_defined(kind: str) -> None:
    change = act(ORDER, importing(kind, (3, PICKED), (2, BEGUN)))
    assert (units(change.after, kind), change.messages) == ([(3, PICKED.id), (2, BEGUN.id)], ())
    assert refused(ORDER, importing(kind, (5, WRAPPED))) == NOT_ALLOWED
    wrapped = act(ORDER, move(kind, 1, BEGUN, WRAPPED)).after
    assert refused(wrapped, importing(kind, (5, PICKED))) == NOT_ALLOWED


@KINDS
def test_states_are_imported_only_for_equal_quantities(kind: str) -> None:
    for parts in ([(4, PICKED)], [(6, PICKED)], [(3, PICKED), (3, BEGUN)], [(6, PICKED), (-1, BEGUN)], []):
        assert refused(ORDER, importing(kind, *parts)) == NOT_ALLOWED, parts
    assert refused(ORDER, importing(kind, (5, NEW))) == NOT_ALLOWED
    # Twice the same State is that State once.
    assert units(act(ORDER, importing(kind, (2, PICKED), (3, PICKED))).after, kind) == [(5, PICKED.id)]
    assert refused(ORDER, importing(kind, (5, replace(PICKED, id=uid(4711)))))["code"] == "ReferencedResourceNotFound"


def test_an_imported_state_dates_the_line() -> None:
    old = replace(ORDER, line_items=tuple(replace(line, last_modified_at=LATER) for line in ORDER.line_items))
    assert [line.last_modified_at for line in act(old, importing("LineItem", (5, PICKED))).after.line_items] == [NOW, LATER]
    same = [ItemState(quantity=5, state=Reference(type_id="state", id=BEGUN.id))]
    assert list(act(old, importing("LineItem", (5, BEGUN))).after.line_items[0].state) == same


def test_a_draft_puts_the_order_into_an_initial_state() -> None:
    assert placed(state=ResourceIdentifier(key="new")).state == Reference(type_id="state", id=NEW.id)
    for other in (PACKED, PICKED):
        with pytest.raises(ApiError) as caught:
            placed(state=ResourceIdentifier(id=other.id))
        assert caught.value.code == "InvalidOperation"
