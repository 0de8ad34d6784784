"""The workflow states of an order and of the units of its items.

An order is in one State; of the units of an item so many are in one and so many in another, and a move takes a number of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.item_states import check_free, item_states, moved
from orderwright.domain.order.messages import CustomLineItemStateTransition, LineItemStateTransition, OrderStateTransition
from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import CustomLineItem, ItemState, LineItem
from orderwright.domain.sale.lines.parts import (
    OnCustomLineItem,
    OnLineItem,
    named_custom_line,
    named_line,
    with_custom_line,
    with_line,
)
from orderwright.domain.shop.state.model import State
from orderwright.domain.shop.state.workflow import transition
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Reference
from orderwright.engine.references import StateIdentifier
from orderwright.engine.scalars import DateTime

Moving = Annotated[int, Meta(ge=1, le=2**53)]


class TransitionState(Action):
    """Move the order to another State; `force` spares it the workflow's rules."""

    state: StateIdentifier
    force: bool = False


class TransitionLineItemState(OnLineItem):
    """Move so many units of a line item from one State to another."""

    quantity: Moving
    from_state: StateIdentifier
    to_state: StateIdentifier
    actual_transition_date: DateTime | None = None


class TransitionCustomLineItemState(OnCustomLineItem):
    """As `TransitionLineItemState`."""

    quantity: Moving
    from_state: StateIdentifier
    to_state: StateIdentifier
    actual_transition_date: DateTime | None = None


class ImportLineItemState(OnLineItem):
    """Say anew which units of a line item are in which State, without the workflow's rules."""

    state: tuple[ItemState, ...]


class ImportCustomLineItemState(OnCustomLineItem):
    """As `ImportLineItemState`."""

    state: tuple[ItemState, ...]


actions.add(TransitionState, transition("OrderState", OrderStateTransition))


@actions.handles
def transition_line_item_state(order: Order, action: TransitionLineItemState, facts: Facts) -> Change[Order]:
    """Raises what `moved` raises."""
    line = named_line(order, action)
    return _moved(order, line, action, facts, lambda **told: LineItemStateTransition(line_item_id=line.id, **told))


@actions.handles
def transition_custom_line_item_state(order: Order, action: TransitionCustomLineItemState, facts: Facts) -> Change[Order]:
    """Raises what `moved` raises."""
    item = named_custom_line(order, action)
    return _moved(order, item, action, facts, lambda **told: CustomLineItemStateTransition(custom_line_item_id=item.id, **told))


@actions.handles
def import_line_item_state(order: Order, action: ImportLineItemState, facts: Facts) -> Order:
    """Raises what `item_states` and `check_free` raise. The API has no Message for it."""
    return _imported(order, named_line(order, action), action.state, facts)


@actions.handles
def import_custom_line_item_state(order: Order, action: ImportCustomLineItemState, facts: Facts) -> Order:
    """As for a line item."""
    return _imported(order, named_custom_line(order, action), action.state, facts)


def _moved(
    order: Order,
    item: LineItem | CustomLineItem,
    action: TransitionLineItemState | TransitionCustomLineItemState,
    facts: Facts,
    message: Callable[..., Message],
) -> Change[Order]:
    before, after = facts.get("state", action.from_state, State), facts.get("state", action.to_state, State)
    states = moved(item.state, before, after, action.quantity, facts)
    if states == item.state:
        return Change(order)
    named = {} if item.key is None else {f"{_stem(item)}_key": item.key}
    told = message(
        transition_date=action.actual_transition_date or facts.now,
        quantity=action.quantity,
        from_state=Reference(type_id="state", id=before.id),
        to_state=Reference(type_id="state", id=after.id),
        **named,
    )
    return Change(_with_states(order, item, states, facts), told)


def _imported(order: Order, item: LineItem | CustomLineItem, sent: tuple[ItemState, ...], facts: Facts) -> Order:
    states = item_states(sent, item.quantity, facts)
    check_free((*item.state, *states), facts)
    return order if states == item.state else _with_states(order, item, states, facts)


def _with_states(order: Order, item: LineItem | CustomLineItem, states: tuple[ItemState, ...], facts: Facts) -> Order:
    if isinstance(item, LineItem):
        return with_line(order, replace(item, last_modified_at=facts.now, state=states))
    return with_custom_line(order, replace(item, state=states))


def _stem(item: LineItem | CustomLineItem) -> str:
    return "line_item" if isinstance(item, LineItem) else "custom_line_item"
