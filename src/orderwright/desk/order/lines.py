"""The lines of an order as they stand in its table: made here, so that a template has five hundred quickly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from orderwright.desk.words import Words

Json = Mapping[str, Any]


class Line(NamedTuple):
    """A row of the table, all of it as text. `link` is the address of the product, empty for none; `prices` are those of a unit,
    `struck` what one would cost without discounts."""

    name: str
    link: str
    more: str
    prices: tuple[str, ...]
    struck: str
    quantity: str
    delivered: str
    states: str
    tax: str
    total: str


def rows(
    order: Json, delivered: Mapping[str, int], states: Mapping[str, Json], words: Words, product: tuple[str, str] | None
) -> list[Line]:
    """The line items, then the custom ones. `product` is what stands before and behind a product's id in its address."""
    known = {id: words.local(state.get("name")) or state["key"] for id, state in states.items()}
    return [_row(item, delivered, known, words, product) for item in (*order["lineItems"], *order["customLineItems"])]


def _row(
    item: Json, delivered: Mapping[str, int], states: Mapping[str, str], words: Words, product: tuple[str, str] | None
) -> Line:
    prices, struck = _prices(item, words)
    rate = item.get("taxRate")
    held = ((part["quantity"], part["state"]["id"]) for part in item["state"])
    # Where the token opens no states, their ids say nothing to anybody.
    units = (f"{words.number(quantity)} × {states.get(id, words.short(id))}" for quantity, id in held if states)
    return Line(
        name=words.local(item["name"]),
        link=item["productId"].join(product) if product and "productId" in item else "",
        more=" · ".join(_more(item, words)),
        prices=prices,
        struck=struck,
        quantity=words.number(item["quantity"]),
        delivered=words.number(delivered.get(item["id"], 0)),
        states=", ".join(units),
        tax=words.percent(rate["amount"]) if rate else "",
        total=words.money(item["totalPrice"]),
    )


def _prices(item: Json, words: Words) -> tuple[tuple[str, ...], str]:
    price = item.get("price")
    whole = words.money(price["value"] if price else item["money"])
    unit = words.money(price["discounted"]["value"]) if price and price.get("discounted") else whole
    parts = item.get("discountedPricePerQuantity") or ()
    if parts:
        found = (f"{words.number(part['quantity'])} × {words.money(part['discountedPrice']['value'])}" for part in parts)
        return tuple(found), unit
    return (unit,), whole if whole != unit else ""


def _more(item: Json, words: Words) -> list[str]:
    """What else is said of an item: its SKU or slug, that it is a gift, and its custom fields."""
    variant = item.get("variant") or {}
    found = [str(variant.get("sku") or variant.get("key") or item.get("slug") or "")]
    if item.get("lineItemMode") == "GiftLineItem":
        found.append(words("gift"))
    fields = (item.get("custom") or {}).get("fields", {})
    found += [f"{name}: {value if isinstance(value, str) else json.dumps(value)}" for name, value in fields.items()]
    return [text for text in found if text]
