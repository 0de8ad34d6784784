"""What the forms of an order offer: only what may follow from how it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from orderwright.desk.order.forms.fields import ADDRESS, MEASURES, Json
from orderwright.desk.order.forms.table import PARCELS, TRANSACTION_STATES, TRANSACTIONS
from orderwright.desk.orders.bulk import CHANGES
from orderwright.domain.order.returns import FIRST_STATES, PAYMENT_TRANSITIONS, SHIPMENT_TRANSITIONS

__all__ = ("ADDRESS", "MEASURES", "PARCELS", "TRANSACTIONS", "TRANSACTION_STATES")
STATES: Final = CHANGES
RETURNED: Final = tuple(sorted(FIRST_STATES, reverse=True))
"""The states in which a return may begin, what has come back first."""


def steps(states: Mapping[str, Json], held: str | None, kind: str) -> list[Json]:
    """The States of a workflow that may follow the one that is held, or that may begin it where none is."""
    of_kind = [state for state in states.values() if state["type"] == kind and state["id"] != held]
    if held is None:
        return [state for state in of_kind if state["initial"]]
    leads = states.get(held, {}).get("transitions")
    if leads is None:
        return of_kind
    known = {step["id"] for step in leads}
    return [state for state in of_kind if state["id"] in known]


def item_steps(states: Mapping[str, Json], items: Iterable[Json]) -> list[Json]:
    """The States into which units of any of these items may come."""
    held = {part["state"]["id"] for item in items for part in item["state"]}
    found = {state["id"]: state for id in held for state in steps(states, id, "LineItemState")}
    return sorted(found.values(), key=lambda state: str(state["key"]))


def after_return(item: Json) -> list[str]:
    """Where a returned item may be next."""
    return sorted(SHIPMENT_TRANSITIONS.get(item["shipmentState"], ()))


def after_refund(item: Json) -> list[str]:
    """What may be decided of the money for a returned item."""
    return sorted(PAYMENT_TRANSITIONS.get(item["paymentState"], ()), reverse=True)
