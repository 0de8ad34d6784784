"""The pages on which units of an order's lines are picked: to deliver them, to take them back, to move them in their workflow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from orderwright.desk.order import reading
from orderwright.desk.order.forms import choices
from orderwright.desk.order.refusing import Refusal, Typed
from orderwright.desk.visit import Visit
from orderwright.http.wire.exchange import Answer

PAGES: Final = ("deliver", "items", "return")


def pages(name: str) -> Callable[[Visit, str, Refusal | None], Awaitable[Answer]]:
    """The page of a name, which is shown of an order; with a form that was refused, as it was typed."""

    async def shown(visit: Visit, id: str, refused: Refusal | None = None) -> Answer:
        order = await reading.read(visit, id)
        return visit.page(
            f"order_{name}.html",
            refused.error.status if refused else 200,
            order=order,
            items=[*order["lineItems"], *order["customLineItems"]],
            delivered=reading.delivered(order),
            returned=reading.returned(order),
            states=await reading.states_of(visit) if name == "items" else {},
            choices=choices,
            typed=Typed(refused),
            refused=refused,
        )

    return shown
