"""The page that tells how an order came to its amounts, step by step."""

from __future__ import annotations

import re
from typing import Final

from orderwright.desk.order import reading
from orderwright.desk.visit import Visit
from orderwright.desk.words import Words
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

REASONS: Final = (
    "The price of a unit, times {units}.",
    "Worked out by the rate and rounded: {part} of the total. The others follow from it.",
    "Worked out by the rate and rounded: {part} of one unit, times {units} (UnitPriceLevel). The others follow from it.",
    "For items worth {value} minor units it is free (freeAbove).",
    "The tier from {least} minor units on is the highest that items worth {value} reach.",
    "It is the tier of the class '{name}' that the cart is in.",
    "The tier from the score {score} on has the function {function}, and costs nothing below zero.",
    "The tier from the score {score} on is the highest that the cart's score reaches.",
    "It is the tier from {units} units on, the highest that is reached.",
    "The part of {part} of {units} units.",
    "The order holds another {what}: it was given so, or something that it was worked out by is another now.",
)
"""The reasons in which something is said of this one case, as the API tells them; those that are always the same need no form."""
_FORMS: Final = tuple((reason, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(reason)))) for reason in REASONS)


def why(reason: str, words: Words) -> str:
    """A reason in the visitor's language, or as it is."""
    for form, pattern in _FORMS:
        if match := pattern.fullmatch(reason):
            return words(form, **{name: words(value) for name, value in match.groupdict().items()})
    return words(reason)


async def page(visit: Visit, id: str) -> Answer:
    """Each line, each shipping and the total, with the steps that lead to what is to be paid."""
    order = await reading.read(visit, id)
    told = await visit.calls.get("orders", order["id"], "explain")
    named = reading.named(order, visit)
    items = [(named[each["id"]], each) for each in (*told["lineItems"], *told["customLineItems"])]
    amounts = [*items, *_shippings(order, told["shipping"])]
    here = visit.at("orders", order["id"])
    return visit.page("order_explain.html", order=order, here=here, amounts=amounts, total=told["total"], kinds=KINDS, why=why)


def _shippings(order: reading.Json, told: list[reading.Json]) -> list[tuple[str, reading.Json]]:
    infos = [order.get("shippingInfo"), *(each["shippingInfo"] for each in order.get("shipping", ()))]
    names = [info["shippingMethodName"] for info in infos if info]
    return list(zip(names, told, strict=False))
