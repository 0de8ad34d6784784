"""The page of an order: everything that this visitor's token opens of it, gathered by calls of the API and shown at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from orderwright.desk.order.forms import choices
from orderwright.desk.order.forms.table import deliveries
from orderwright.desk.order.kept_notes import kept_notes
from orderwright.desk.order.lean import lean
from orderwright.desk.order.lines import rows
from orderwright.desk.order.refusing import Refusal, Typed
from orderwright.desk.order.since import since
from orderwright.desk.orders.listing import LISTED, Listed, addressee
from orderwright.desk.visit import Visit
from orderwright.http.wire.exchange import Answer

OTHERS: Final = 10
"""The customer's other orders that are shown, the newest ones."""
CODES: Final = 100
"""Discount codes that are shown as they are typed."""
PAYMENTS: Final = 100
"""Payments that are shown whole."""
STATES: Final = 200
"""Workflow states that are offered, at most."""
Json = Mapping[str, Any]


async def page(visit: Visit, id: str) -> Answer:
    """The order as it is."""
    return await shown(visit, id)


async def shown(visit: Visit, id: str, refused: Refusal | None = None) -> Answer:
    """The page of an order; with a form that was refused, as it was typed, beside the order as it is now."""
    order = await read(visit, id)
    (states, codes, payments), (others, timeline, kept, subscriptions) = await asyncio.gather(
        asyncio.gather(states_of(visit), codes_of(visit, order), payments_of(visit, order)),
        asyncio.gather(_others(visit, order), since(visit, order["id"], 0), kept_notes(visit, order["id"]), _told(visit)),
    )
    return visit.page(
        "order.html",
        refused.error.status if refused else 200,
        order=order,
        here=visit.at("orders", order["id"]),
        deliveries=deliveries(order),
        lines=rows(order, delivered(order), states, visit.words, _products(visit)),
        named=named(order, visit),
        addressee=addressee(order),
        told=visit.calls.allows("messages", "query"),
        payments=payments,
        codes=codes,
        states=states,
        others=others,
        timeline=timeline,
        notes=kept,
        subscriptions=subscriptions,
        pretty=pretty,
        choices=choices,
        can=visit.calls.allows("orders", "update"),
        edit=visit.calls.allows("orders/edits", "create"),
        note=visit.calls.allows("custom-objects", "create"),
        pay=visit.calls.allows("payments", "update"),
        typed=Typed(refused),
        refused=refused,
    )


def _products(visit: Visit) -> tuple[str, str] | None:
    """What stands before and behind a product's id in its address; None where the token opens no products."""
    if not visit.offers("products"):
        return None
    return f"{visit.path('products')}/", visit.within()


async def read(visit: Visit, id: str) -> Any:
    """The order, but for the bulk of its products. Raises 404 for one that is not there for this visitor."""
    return lean((await visit.calls.answer("GET", ("orders", id))).whole)


def delivered(order: Json) -> dict[str, int]:
    """How many units of each item are in deliveries, by the item's id."""
    counts: dict[str, int] = {}
    for delivery in deliveries(order):
        for item in delivery["items"]:
            counts[item["id"]] = counts.get(item["id"], 0) + item["quantity"]
    return counts


def returned(order: Json) -> dict[str, int]:
    """How many units of each item have come back, by the item's id."""
    counts: dict[str, int] = {}
    for item in (item for each in order["returnInfo"] for item in each["items"]):
        id = item.get("lineItemId") or item.get("customLineItemId")
        counts[id] = counts.get(id, 0) + item["quantity"]
    return counts


def named(order: Json, visit: Visit) -> dict[str, str]:
    """What the items of an order are called, by their ids."""
    items = (*order["lineItems"], *order["customLineItems"])
    return {item["id"]: visit.words.local(item["name"]) for item in items}


async def payments_of(visit: Visit, order: Json) -> list[Json]:
    """The payments of an order: whole where the token opens them, else references. They are asked for by themselves: to expand
    them the whole order would be read and written once more, however large it is."""
    named: list[Json] = list((order.get("paymentInfo") or {}).get("payments", ()))
    if not named or not visit.calls.allows("payments", "query"):
        return named
    ids = ", ".join(f'"{each["id"]}"' for each in named[:PAYMENTS])
    asked = [("where", f"id in ({ids})"), ("limit", str(PAYMENTS)), ("withTotal", "false")]
    found = await visit.calls.found("payments", asked=asked)
    known = {each["id"]: each for each in found["results"]} if found else {}
    return [known.get(each["id"], each) for each in named]


def pretty(value: Any) -> str:
    """Any JSON as text for people."""
    return json.dumps(value, ensure_ascii=False, indent=2)


async def codes_of(visit: Visit, order: Json) -> dict[str, str]:
    """The discount codes of an order as customers type them, by their ids; none where the token does not open them."""
    named = [each["discountCode"]["id"] for each in order["discountCodes"][:CODES]]
    if not named or not visit.calls.allows("discount-codes", "query"):
        return {}
    ids = ", ".join(f'"{id}"' for id in named)
    asked = [("where", f"id in ({ids})"), ("limit", str(CODES)), ("withTotal", "false")]
    found = await visit.calls.found("discount-codes", asked=asked)
    return {each["id"]: each["code"] for each in found["results"]} if found else {}


async def states_of(visit: Visit) -> dict[str, Json]:
    """The states of the workflows of orders and items, by their ids; none where the token does not open them."""
    if not visit.calls.allows("states", "query"):
        return {}
    asked = [("where", 'type in ("OrderState", "LineItemState")'), ("limit", str(STATES)), ("withTotal", "false")]
    found = await visit.calls.found("states", asked=asked)
    return {state["id"]: state for state in found["results"]} if found else {}


async def _others(visit: Visit, order: Json) -> list[Listed]:
    for member in ("customerId", "customerEmail"):
        if value := order.get(member):
            asked = _newest(f"{member} = {json.dumps(value, ensure_ascii=False)}")
            found = await visit.calls.page("orders", LISTED, asked)
            return [each for each in found if each.id != order["id"]][:OTHERS]
    return []


def _newest(*where: str) -> list[tuple[str, str]]:
    terms: Iterable[tuple[str, str]] = (("where", term) for term in where)
    return [*terms, ("sort", "createdAt desc"), ("sort", "id desc"), ("limit", str(OTHERS + 1)), ("withTotal", "false")]


async def _told(visit: Visit) -> list[Json]:
    """The subscriptions that a Message may be sent to again."""
    if not visit.calls.allows("subscriptions", "update"):
        return []
    found = await visit.calls.found("subscriptions", asked=[("limit", "100"), ("withTotal", "false")])
    return list(found["results"]) if found else []
