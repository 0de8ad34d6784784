"""The pages of single forms of an order: units of its lines are picked, to deliver them or else, or an address is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from orderwright.desk.order import reading
from orderwright.desk.order.forms import choices
from orderwright.desk.order.refusing import Refusal, Typed
from orderwright.desk.visit import Visit
from orderwright.http.wire.exchange import Answer

_ADDRESSES: Final = {"shipping-address": "Change the shipping address", "billing-address": "Change the billing address"}
_MEMBERS: Final = {"shipping-address": "shippingAddress", "billing-address": "billingAddress"}
PAGES: Final[Mapping[str, str]] = {
    "deliver": "order_deliver.html",
    "items": "order_items.html",
    "return": "order_return.html",
    **dict.fromkeys(_ADDRESSES, "order_address.html"),
}
"""The template of each."""


def pages(name: str) -> Callable[[Visit, str, Refusal | None], Awaitable[Answer]]:
    """The page of a name, which is shown of an order; with a form that was refused, as it was typed."""

    async def shown(visit: Visit, id: str, refused: Refusal | None = None) -> Answer:
        order = await reading.read(visit, id)
        more = await _for_lines(visit, order) if name not in _ADDRESSES else {"address": order.get(_MEMBERS[name])}
        return visit.page(
            PAGES[name],
            refused.error.status if refused else 200,
            order=order,
            here=visit.at("orders", order["id"]),
            name=name,
            title=_ADDRESSES.get(name, ""),
            choices=choices,
            typed=Typed(refused),
            refused=refused,
            **more,
        )

    return shown


async def _for_lines(visit: Visit, order: reading.Json) -> dict[str, Any]:
    return {
        "items": [*order["lineItems"], *order["customLineItems"]],
        "delivered": reading.delivered(order),
        "returned": reading.returned(order),
        "states": await reading.states_of(visit),
    }
