"""Writes `by_script.json`: thirty carts, and what they come to by fractions. It knows nothing of the program that is tested.

    python tests/domain/sale/golden/by_script.py

The rules are those of the API's pages on Carts, Tax Categories and Shipping Methods, told here a second time:

- an item costs unit price times quantity, rounded once; a tier holds for the whole quantity; a total from outside is the total
- a price from outside in high precision is rounded half to even, whatever the cart says
- shipping is free from `freeAbove` on, else costs its highest reached tier, by the value of all items or by the score
- tax is of the item's total, or of a unit (in that unit's own precision) times the quantity; what is rounded is the gross of a
  net price, the net of a gross price, or its tax where `taxRoundingTarget` says so; the third amount is what is left
- sub rates share the tax by the largest remainder; portions of one name and rate are one, in the order they come
- units that go with one of several methods cost their part of the total, again by the largest remainder
- the whole is the sum of its rounded parts, and is there only once each part is; shipping is summed up so in every tax mode
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")
CURRENCIES = {"EUR": 2, "USD": 2, "GBP": 2, "CHF": 2, "CAD": 2, "JPY": 0, "KRW": 0, "ISK": 0, "KWD": 3, "BHD": 3}
ROUNDINGS = ("HalfEven", "HalfUp", "HalfDown")
MODES = ("Platform", "External", "ExternalAmount", "Disabled")
PLACES = {"DE": {"country": "DE"}, "FR": {"country": "FR"}, "NY": {"country": "US", "state": "NY"}}
CARTS = 30


def rate(place: str, amount: str, included: bool, *parts: str, target: str = "Net") -> dict[str, Any]:
    """A rate, with sub rates if there are parts."""
    made = {"name": f"{place} {amount}", "amount": float(amount), "includedInPrice": included, "taxRoundingTarget": target}
    made |= {"subRates": [{"name": f"{place} part {part}", "amount": float(part)} for part in parts]} if parts else {}
    return made | PLACES[place]


TAXES = {
    "full": [
        rate("DE", "0.19", True),
        rate("FR", "0.2", True, target="Tax"),
        rate("NY", "0.08875", False, "0.04", "0.045", "0.00375"),
    ],
    "low": [rate("DE", "0.07", True), rate("FR", "0.055", True, "0.05", "0.005", target="Tax"), rate("NY", "0.04", False)],
    "top": [rate("DE", "0.19", False), rate("FR", "0.2", False, "0.15", "0.05"), rate("NY", "0.08875", False)],
}


class Numbers:
    """The same numbers for the same cart wherever this runs."""

    def __init__(self, seed: int) -> None:
        self._state = seed * 7919 + 13

    def up_to(self, most: int) -> int:
        """From 1 to `most`."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % most + 1

    def one_of(self, choices: Sequence[Any]) -> Any:
        return choices[self.up_to(len(choices)) - 1]


def rounded(value: Fraction, mode: str) -> int:
    """The nearest integer; a half to the even one, away from zero or towards it."""
    size = abs(value)
    whole = size.numerator // size.denominator
    rest = size - whole
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (mode == "HalfUp" or (mode == "HalfEven" and whole % 2 == 1)))
    return (whole + up) * (-1 if value < 0 else 1)


def shared(amount: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Whole parts that add up to the amount, in the proportion of the weights; the largest remainders get what is left."""
    exact = [abs(amount) * Fraction(weight) / sum(map(Fraction, weights)) for weight in weights]
    parts = [value.numerator // value.denominator for value in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: abs(amount) - sum(parts)]:
        parts[place] += 1
    return [part if amount >= 0 else -part for part in parts]


def share(amount: float) -> Fraction:
    """The rate as it is written, not as the machine has it."""
    return Fraction(str(amount))


def portions(tax: int, by: dict[str, Any]) -> list[list[Any]]:
    """[name, rate, amount] of each."""
    parts = by.get("subRates") or [by]
    amounts = shared(tax, [share(part["amount"]) for part in parts])
    return [[part["name"], str(part["amount"]), amount] for part, amount in zip(parts, amounts, strict=True)]


def taxes(total: int, by: dict[str, Any], unit: Fraction, scale: int, quantity: int, cart: dict[str, Any]) -> list[Any]:
    """[net, tax, gross, portions] of a total, whose units cost `unit`, in a precision of 1 / `scale`."""
    amount, rounding = share(by["amount"]), cart["taxRoundingMode"]
    of_tax = by["includedInPrice"] and by["taxRoundingTarget"] == "Tax"
    factor = amount / (1 + amount) if of_tax else 1 / (1 + amount) if by["includedInPrice"] else 1 + amount
    if cart["taxCalculationMode"] == "UnitPriceLevel":
        part = rounded(Fraction(rounded(unit * scale * factor, rounding) * quantity, scale), rounding)
    else:
        part = rounded(total * factor, rounding)
    if not by["includedInPrice"]:
        net, gross = total, part
    else:
        net, gross = (total - part if of_tax else part), total
    return [net, gross - net, gross, portions(gross - net, by)]


def summed(prices: Sequence[list[Any] | None]) -> list[Any] | None:
    """The sum of what is taxed, if all of it is."""
    known = [price for price in prices if price is not None]
    if not known or len(known) < len(prices):
        return None
    together: dict[tuple[str, str], int] = {}
    for name, amount, cents in (portion for price in known for portion in price[3]):
        together[name, amount] = together.get((name, amount), 0) + cents
    net, gross = (sum(price[place] for price in known) for place in (0, 2))
    return [net, gross - net, gross, [[*kind, cents] for kind, cents in together.items()]]


class Item:
    """A line or a custom line: how it is sent, and what it costs."""

    def __init__(self, key: str, custom: bool, number: Numbers, cart: dict[str, Any], digits: int) -> None:
        self.key, self.custom, self.quantity = key, custom, number.up_to(30)
        self.tax = number.one_of(tuple(TAXES))
        fine, kind = number.up_to(3) == 1, "money" if custom else number.one_of(("", "", "price", "price", "total"))
        self.scale = 100 if fine else 1
        cents = number.up_to(2_000_000 if fine else 20_000) * (-1 if custom and number.up_to(4) == 1 else 1)
        currency, mode = cart["currency"], cart["priceRoundingMode"]
        money: dict[str, Any] = {"currencyCode": currency, "centAmount": cents}
        if fine:
            money = {"type": "highPrecision", "currencyCode": currency, "fractionDigits": digits + 2, "preciseAmount": cents}
        self.unit, self.good = Fraction(cents, self.scale), [self.tax, written(cents, digits + 2) if fine else cents]
        self.sent: dict[str, Any] = {"key": key, "quantity": self.quantity}
        if custom:
            self.sent |= {"name": {"en": key}, "slug": key, "money": money}
            self.sent |= {"taxCategory": {"key": self.tax}} if cart["taxMode"] == "Platform" else {}
        else:
            self.sent["sku"] = key
        if kind == "price":
            self.sent["externalPrice"], mode = money, "HalfEven" if fine else mode
        elif not kind:
            self._tiers(number)
        self.total = rounded(self.unit * self.quantity, mode)
        if kind == "total":
            self.total = number.up_to(50_000)
            total = {"currencyCode": currency, "centAmount": self.total}
            self.sent["externalTotalPrice"] = {"price": money, "totalPrice": total}
        self.whole = kind == "total"
        self.parts: dict[str, tuple[int, int]] = {}

    def _tiers(self, number: Numbers) -> None:
        """A cheaper price from 5 units on, and one from 20 on."""
        if self.scale == 1 and number.up_to(2) == 1:
            steps = {least: number.up_to(5_000) for least in (5, 20)}
            self.good.append({str(least): cents for least, cents in steps.items()})
            reached = [least for least in steps if least <= self.quantity]
            self.unit = Fraction(steps[max(reached)]) if reached else self.unit

    def sent_to(self, keys: Sequence[str], units: Sequence[int]) -> None:
        """So many units with each method; what is left goes nowhere."""
        going = {key: each for key, each in zip(keys, units, strict=True) if each}
        targets = [{"addressKey": f"at-{key}", "quantity": each, "shippingMethodKey": key} for key, each in going.items()]
        self.sent["shippingDetails"] = {"targets": targets}
        cents = shared(self.total, [*going.values(), self.quantity - sum(going.values())])
        self.parts = {key: (each, part) for (key, each), part in zip(going.items(), cents, strict=False)}

    def taxed(self, total: int, quantity: int, by: dict[str, Any], cart: dict[str, Any]) -> list[Any]:
        if self.whole:
            return taxes(total, by, Fraction(total), 1, 1, cart)
        return taxes(total, by, self.unit, self.scale, quantity, cart)


def written(precise: int, digits: int) -> str:
    """A price of high precision."""
    text = str(precise).zfill(digits + 1)
    return f"{text[:-digits]}.{text[-digits:]}"


def way(number: Numbers, currency: str, by: str) -> tuple[dict[str, Any], list[tuple[int, int, int]]]:
    """A shipping method, and its tiers as (from, cents, cents for each point of the score)."""
    made: dict[str, Any] = {"tax": number.one_of(tuple(TAXES)), "price": number.up_to(2000)}
    if number.up_to(2) == 1:
        made["freeAbove"] = number.up_to(400_000)
    tiers = [
        (least, number.up_to(1500), number.up_to(90) if by == "CartScore" else 0)
        for least in (3, 9_000 if by == "CartValue" else 9)
    ]
    made["tiers"] = []
    for least, cents, each in tiers:
        price = {"currencyCode": currency, "centAmount": cents}
        function = {"currencyCode": currency, "function": f"({each / 4} * x) + {cents}"}
        score = {"type": "CartScore", "score": least} | ({"priceFunction": function} if least == 9 else {"price": price})
        made["tiers"].append(score if by == "CartScore" else {"type": "CartValue", "minimumCentAmount": least, "price": price})
    return made, tiers


def cost(made: dict[str, Any], tiers: list[tuple[int, int, int]], value: int, score: int | None, by: str) -> int:
    """What a method costs for items of a value."""
    if "freeAbove" in made and value >= made["freeAbove"]:
        return 0
    by_score = by == "CartScore"
    reached = [tier for tier in tiers if tier[0] <= ((score or 0) if by_score else value)]
    if not reached:
        return int(made["price"])
    least, cents, each = max(reached)
    return rounded(Fraction(each, 4) * (score or 0) + cents, "HalfEven") if by_score and least == 9 else cents


def one(index: int) -> dict[str, Any]:
    """The cart of a number, with what it comes to."""
    number, currency = Numbers(index), tuple(CURRENCIES)[index % 10]
    several, by = index // 8 % 2 == 1, ("CartValue", "CartScore")[index // 2 % 2]
    cart: dict[str, Any] = {
        "currency": currency,
        "taxMode": MODES[index % 4],
        "taxCalculationMode": ("LineItemLevel", "UnitPriceLevel")[index // 4 % 2],
        "priceRoundingMode": number.one_of(ROUNDINGS),
        "taxRoundingMode": number.one_of(ROUNDINGS),
        "shippingMode": "Multiple" if several else "Single",
    }
    names = [(f"good-{place}", False) for place in range(number.up_to(3) + 1)]
    names += [(f"custom-{place}", True) for place in range(number.up_to(2))]
    items = [Item(name, custom, number, cart, CURRENCIES[currency]) for name, custom in names]
    score = number.up_to(20) if by == "CartScore" else None
    if score is not None:
        cart["shippingRateInput"] = {"type": "Score", "score": score}
    keys = [f"way-{place}" for place in range(3 if several else 1)]
    places = [number.one_of(tuple(PLACES)) for _ in keys]
    ways = {key: way(number, currency, by) for key in keys}
    value = sum(item.total for item in items)
    costs = {key: cost(*ways[key], value, score, by) for key in keys}
    if several:
        cart["itemShippingAddresses"] = [PLACES[place] | {"key": f"at-{key}"} for key, place in zip(keys, places, strict=True)]
        cart["shipping"] = [
            {
                "key": key,
                "shippingMethod": {"typeId": "shipping-method", "id": f"00000000-0000-4000-8000-0000000000{41 + at}"},
                "shippingAddress": PLACES[places[at]],
            }
            for at, key in enumerate(keys)
        ]
        for item in items:
            first = number.up_to(item.quantity + 1) - 1
            second = number.up_to(item.quantity - first + 1) - 1
            # Of one item of the cart of 14 a unit goes nowhere, if there is one.
            item.sent_to(keys, [first, second, max(0, item.quantity - first - second - (index == 14))])
    else:
        cart |= {"shippingAddress": PLACES[places[0]], "shippingMethod": {"key": keys[0]}}
    rates = Rates(dict(zip(keys, places, strict=True)), cart["taxMode"], number)
    figures, updates = worked(items, {key: (ways[key][0]["tax"], costs[key]) for key in keys}, cart, rates)
    cart["lineItems"] = [item.sent for item in items if not item.custom]
    cart["customLineItems"] = [item.sent for item in items if item.custom]
    shop = {
        "taxes": TAXES,
        "goods": {item.key: item.good for item in items if not item.custom},
        "ways": {key: made for key, (made, _) in ways.items()},
        "by": by,
    }
    name = f"{index:02} {currency} {cart['taxMode']} {cart['taxCalculationMode']} {cart['shippingMode']}"
    return {"name": name, "shop": shop, "draft": cart, "updates": updates, "figures": figures}


class Rates:
    """Which rate something has under a method: its category's for the method's place, or any that comes from outside."""

    def __init__(self, places: dict[str, str], mode: str, number: Numbers) -> None:
        self._places, self.mode, self._number = places, mode, number

    def of(self, tax: str, key: str) -> dict[str, Any]:
        place = self._places[key] if self.mode == "Platform" else self._number.one_of(tuple(PLACES))
        kind = tax if self.mode == "Platform" else self._number.one_of(tuple(TAXES))
        return TAXES[kind][tuple(PLACES).index(place)]

    def more(self, net: int) -> int:
        """A gross amount from outside."""
        return net + self._number.up_to(abs(net) // 4 + 2)


def named(item: Item) -> dict[str, Any]:
    return {"customLineItemKey" if item.custom else "lineItemKey": item.key}


def worked(
    items: Sequence[Item], ways: dict[str, tuple[str, int]], cart: dict[str, Any], rates: Rates
) -> tuple[dict[str, Any], list[list[dict[str, Any]]]]:
    """What the cart comes to, and the updates that bring in what is from outside."""
    actions: list[dict[str, Any]] = []
    several, mode = cart["shippingMode"] == "Multiple", cart["taxMode"]
    under = {key: {"shippingKey": key} if several else {} for key in ways}

    def of_part(item: Item, key: str, total: int, units: int) -> list[Any] | None:
        if mode == "Disabled":
            return None
        by, kind = rates.of(item.tax, key), "CustomLineItem" if item.custom else "LineItem"
        if mode == "ExternalAmount":
            gross = rates.more(total)
            amount = {"totalGross": {"currencyCode": cart["currency"], "centAmount": gross}, "taxRate": by}
            actions.append({"action": f"set{kind}TaxAmount", **named(item), **under[key], "externalTaxAmount": amount})
            return [total, gross - total, gross, portions(gross - total, by)]
        if mode == "External":
            actions.append({"action": f"set{kind}TaxRate", **named(item), **under[key], "externalTaxRate": by})
        return item.taxed(total, units, by, cart)

    told: list[dict[str, Any]] = []
    for item in items:
        parts = item.parts if several else dict.fromkeys(ways, (item.quantity, item.total))
        taxed = {key: of_part(item, key, cents, units) for key, (units, cents) in parts.items()}
        complete = sum(units for units, _ in parts.values()) == item.quantity
        known = {key: price for key, price in taxed.items() if price is not None}
        told.append(
            {
                "total": item.total,
                "taxed": summed(list(taxed.values())) if complete else None,
                "parts": known if several and known else None,
            }
        )
    shipped: dict[str, Any] = {}
    for key, (tax, cents) in ways.items():
        shipped[key if several else ""] = {"price": cents, "taxed": _shipping(key, tax, cents, cart, rates, actions, under[key])}
    total = sum(item.total for item in items) + sum(cents for _, cents in ways.values())
    of_items, of_ways = [item["taxed"] for item in told], [each["taxed"] for each in shipped.values()]
    whole, shipping = summed([*of_items, *of_ways]), summed(of_ways)
    last: list[list[dict[str, Any]]] = []
    if mode == "ExternalAmount":
        gross = rates.more(total)
        whole = [total, gross - total, gross, [["all", "0.1", gross - total]]]
        last = [[total_tax(gross, gross - total, cart["currency"])]]
    figures: dict[str, Any] = {
        "total": total,
        "taxed": whole,
        "taxedShipping": shipping,
        "items": [known_of(each) for each in told],
    }
    figures["ways"] = {key: known_of(each) for key, each in shipped.items()}
    return known_of(figures), [actions, *last] if actions else last


def total_tax(gross: int, tax: int, currency: str) -> dict[str, Any]:
    """The action that says what the whole comes to."""
    money = {"currencyCode": currency, "centAmount": gross}
    portions = [{"name": "all", "rate": 0.1, "amount": {"currencyCode": currency, "centAmount": tax}}]
    return {"action": "setCartTotalTax", "externalTotalGross": money, "externalTaxPortions": portions}


def _shipping(
    key: str, tax: str, cents: int, cart: dict[str, Any], rates: Rates, actions: list[Any], under: dict[str, str]
) -> list[Any] | None:
    if cart["taxMode"] == "Disabled":
        return None
    by = rates.of(tax, key)
    if cart["taxMode"] == "External":
        actions.append({"action": "setShippingMethodTaxRate", **under, "externalTaxRate": by})
    if cart["taxMode"] != "ExternalAmount":
        return taxes(cents, by, Fraction(cents), 1, 1, cart)
    gross = rates.more(cents)
    amount = {"totalGross": {"currencyCode": cart["currency"], "centAmount": gross}, "taxRate": by}
    actions.append({"action": "setShippingMethodTaxAmount", **under, "externalTaxAmount": amount})
    return [cents, gross - cents, gross, portions(gross - cents, by)]


def known_of(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def lines() -> Iterator[str]:
    """The file, a cart a line."""
    for index in range(CARTS):
        yield json.dumps(one(index), separators=(",", ":")) + "\n"


if __name__ == "__main__":
    FILE.write_text("".join(lines()))
