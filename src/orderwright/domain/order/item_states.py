"""How many units of an item are in which workflow State."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orderwright.domain.sale.lines.items import ItemState
from orderwright.domain.shop.state.model import State
from orderwright.domain.shop.state.workflow import check_workflow
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.errors import invalid_operation


def moved(states: Sequence[ItemState], before: State, after: State, quantity: int, facts: Facts) -> tuple[ItemState, ...]:
    """The states once `quantity` units have gone from one to another; a State without units is left out.

    Raises `InvalidOperation` where fewer units are in the first State, the second is none of items, or the first has
    transitions and none of them leads there.
    commercetools: Orders, OrderTransitionLineItemStateAction.
    """
    units = {part.state.id: part.quantity for part in states}
    if units.get(before.id, 0) < quantity:
        raise invalid_operation(
            f"Only {units.get(before.id, 0)} units are in the state '{before.key}', so that {quantity} can not leave it."
        )
    check_workflow(Reference(type_id="state", id=before.id), after, facts, type="LineItemState")
    units[before.id] -= quantity
    units[after.id] = units.get(after.id, 0) + quantity
    return _states(units)


def resized(states: Sequence[ItemState], quantity: int, initial: Reference) -> tuple[ItemState, ...]:
    """The states of what was ordered once there are `quantity` units: those that are added come into the `initial` State, and
    those that are taken away are taken out of it. What has left it stays where it is.

    Raises `InvalidOperation` where fewer units are in the initial State than are to be taken away.
    """
    units = {part.state.id: part.quantity for part in states}
    units[initial.id] = units.get(initial.id, 0) + quantity - sum(units.values())
    if any(part * (1 if quantity >= 0 else -1) < 0 for part in units.values()):
        gone = sum(part for id, part in units.items() if id != initial.id)
        raise invalid_operation(f"{gone} units have left the initial state, so that there can not be only {quantity}.")
    return _states(units)


def item_states(sent: Iterable[ItemState], quantity: int, facts: Facts) -> tuple[ItemState, ...]:
    """The states of an item of `quantity` units as they are sent, those of one State together.

    Raises `ReferencedResourceNotFound`, and `InvalidOperation` for a State that is none of items, or where they are not just the
    item's units. The units of an item of a negative quantity are negative too.
    """
    units: dict[str, int] = {}
    for part in sent:
        state = facts.get("state", part.state, State)
        check_workflow(None, state, facts, type="LineItemState", force=True)
        if part.quantity * quantity <= 0:
            raise invalid_operation(f"An item of {quantity} units can not have {part.quantity} in the state '{state.key}'.")
        units[state.id] = units.get(state.id, 0) + part.quantity
    if sum(units.values()) != quantity:
        raise invalid_operation(f"The states are for {sum(units.values())} units, and the item has {quantity}.")
    return _states(units)


def check_free(states: Iterable[ItemState], facts: Facts) -> None:
    """Raises `InvalidOperation` for a State with transitions: what a workflow orders is not to be imported past it.

    commercetools: Orders, OrderImportLineItemStateAction.
    """
    for part in states:
        state = facts.look_up(Wanted("state", "id", part.state.id))
        if isinstance(state, State) and state.transitions is not None:
            raise invalid_operation(f"The state '{state.key}' has transitions, so that states can not be imported.")


def _states(units: dict[str, int]) -> tuple[ItemState, ...]:
    return tuple(
        ItemState(quantity=quantity, state=Reference(type_id="state", id=id)) for id, quantity in units.items() if quantity
    )
