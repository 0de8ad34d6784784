"""How a discounted cart is written down by hand. Amounts are minor units of its currency; items are `a`, `b`, ... in order."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
EVEN, SHARED, EACH = "EvenDistribution", "ProportionateDistribution", "IndividualApplication"
LINES: Json = {"type": "lineItems", "predicate": "all"}
CUSTOM: Json = {"type": "customLineItems", "predicate": "all"}
SHIPPING: Json = {"type": "shipping"}
TOTAL: Json = {"type": "totalPrice"}


def line(quantity: int, price: int | str) -> Json:
    """A line item; a price with decimals is of high precision."""
    return {"kind": "line", "quantity": quantity, "price": str(price)}


def custom(quantity: int, price: int) -> Json:
    return {"kind": "custom", "quantity": quantity, "price": str(price)}


def shipping(price: int) -> Json:
    return {"kind": "shipping", "quantity": 1, "price": str(price)}


def relative(permyriad: int, mode: str | None = None) -> Json:
    return {"type": "relative", "permyriad": permyriad, **_in(mode)}


def absolute(amount: int, mode: str | None = None) -> Json:
    return {"type": "absolute", "money": [{"centAmount": amount}], **_in(mode)}


def fixed(amount: int, mode: str | None = None) -> Json:
    return {"type": "fixed", "money": [{"centAmount": amount}], **_in(mode)}


def _in(mode: str | None) -> Json:
    return {"applicationMode": mode} if mode else {}


def multi_buy(trigger: int, discounted: int, mode: str = "Cheapest", of: str = "LineItems", **more: int) -> Json:
    quantities = {"triggerQuantity": trigger, "discountedQuantity": discounted}
    return {"type": f"multiBuy{of}", "predicate": "all", "selectionMode": mode, **quantities, **more}


def units(predicate: str, least: int, most: int, **more: int) -> Json:
    return {"type": "CountOnLineItemUnits", "predicate": predicate, "minCount": least, "maxCount": most, **more}


def pattern(trigger: list[Json], target: list[Json], mode: str = "Cheapest", **more: int) -> Json:
    return {"type": "pattern", "triggerPattern": trigger, "targetPattern": target, "selectionMode": mode, **more}


def total(price: int, net: int, gross: int) -> Json:
    return {"price": price, "others": [net, gross]}


def bucket(quantity: int, price: int | str, **taken: int | str) -> list[Any]:
    """So many units at a price; `d1=33` is what the first discount took off each."""
    return [quantity, price, [[int(name[1:]), amount] for name, amount in taken.items()]]


def worked(name: str, items: list[Json], discounts: list[tuple[Json, Json]], figures: list[Any], **more: Any) -> Json:
    """A case, in euros and with `HalfEven` unless it says otherwise."""
    case: Json = {"name": name, "currency": "EUR", "rounding": "HalfEven", **more}
    case["items"] = [{"id": "abcdefgh"[place], **item} for place, item in enumerate(items)]
    case["discounts"] = [{"value": _with_currency(value, case["currency"]), "target": target} for value, target in discounts]
    return {**case, "figures": figures}


def _with_currency(value: Json, currency: str) -> Json:
    if "money" not in value:
        return value
    return {**value, "money": [{"currencyCode": currency, **money} for money in value["money"]]}
