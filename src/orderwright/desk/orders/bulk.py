"""One change made to many orders: each by itself, at the version that was shown, and each tells how it went."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from orderwright.desk.order.refusing import is_late
from orderwright.desk.order.since import since
from orderwright.desk.orders import filters
from orderwright.desk.visit import Visit
from orderwright.errors import ApiError, invalid_input
from orderwright.http.wire.exchange import Answer

MOST: Final = 100
"""Orders that are changed at once."""
CHANGES: Final = {
    "order": ("changeOrderState", "orderState", filters.ORDER_STATES),
    "shipment": ("changeShipmentState", "shipmentState", filters.SHIPMENT_STATES),
    "payment": ("changePaymentState", "paymentState", filters.PAYMENT_STATES),
}
"""What may be changed: the action, its member, and the values that it takes."""


class Outcome(NamedTuple):
    """How it went with one order. `order` is as it stands now, None where it is not there any more. `since` is who
    changed it meanwhile."""

    id: str
    order: dict[str, Any] | None
    refused: ApiError | None
    since: str


async def change(visit: Visit) -> Answer:
    """Make the change and show what became of it. The orders that refused it are left selected, at the version they have now."""
    chosen, action = _chosen(visit), _action(visit)
    outcomes = [await _changed(visit, id, version, action) for id, version in chosen]
    asked = filters.read(visit.asked, visit.today)
    failed = [outcome for outcome in outcomes if outcome.refused is not None]
    shown: dict[str, Any] = {"outcomes": outcomes, "failed": failed, "filter": asked, "change": visit.field("change")}
    return visit.page("bulk.html", late=is_late, **shown)


def _chosen(visit: Visit) -> list[tuple[str, int]]:
    chosen = [value.partition(":")[::2] for value in dict.fromkeys(visit.form.get("chosen", ()))]
    if not 1 <= len(chosen) <= MOST:
        raise invalid_input(visit.words("Choose from 1 to {most} orders.", most=MOST))
    if not all(version.isdecimal() and len(version) <= 18 for _, version in chosen):
        raise invalid_input(visit.words("This is not a version of an order."))
    return [(id, int(version)) for id, version in chosen]


def _action(visit: Visit) -> dict[str, str]:
    what, _, state = visit.field("change").partition(":")
    if what not in CHANGES or state not in CHANGES[what][2]:
        raise invalid_input(visit.words("Choose the state that the orders are to have."))
    action, member, _ = CHANGES[what]
    return {"action": action, member: state}


async def _changed(visit: Visit, id: str, version: int, action: dict[str, str]) -> Outcome:
    try:
        order = await visit.calls.post("orders", id, document={"version": version, "actions": [action]})
    except ApiError as error:
        now = await visit.calls.found("orders", id) if error.status == 409 else None
        told = await since(visit, now["id"], version) if now is not None else []
        return Outcome(id, now, error, "; ".join(entry.line(visit.words) for entry in told))
    return Outcome(id, order, None, "")
