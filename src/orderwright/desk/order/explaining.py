"""The page that tells how an order came to its amounts, step by step."""

from __future__ import annotations

from typing import Final

from orderwright.desk.order import reading
from orderwright.desk.visit import Visit
from orderwright.http.wire.exchange import Answer

KINDS: Final = {
    "Price": "Price",
    "UnitPrice": "Price of a unit",
    "Total": "Total",
    "ShippingRate": "Shipping rate",
    "ShippingPrice": "Price of shipping",
    "Discount": "Discount",
    "Share": "Share of a shipping",
    "TaxRate": "Tax rate",
    "Tax": "Tax",
    "ShippingTax": "Tax on shipping",
    "Sum": "Sum",
}
"""What each kind of step is called."""


async def page(visit: Visit, id: str) -> Answer:
    """Each line, each shipping and the total, with the steps that lead to what is to be paid."""
    order = await reading.read(visit, id)
    told = await visit.calls.get("orders", order["id"], "explain")
    named = reading.named(order, visit)
    items = [(named[each["id"]], each) for each in (*told["lineItems"], *told["customLineItems"])]
    amounts = [*items, *_shippings(order, told["shipping"])]
    here = visit.at("orders", order["id"])
    return visit.page("order_explain.html", order=order, here=here, amounts=amounts, total=told["total"], kinds=KINDS)


def _shippings(order: reading.Json, told: list[reading.Json]) -> list[tuple[str, reading.Json]]:
    infos = [order.get("shippingInfo"), *(each["shippingInfo"] for each in order.get("shipping", ()))]
    names = [info["shippingMethodName"] for info in infos if info]
    return list(zip(names, told, strict=False))
