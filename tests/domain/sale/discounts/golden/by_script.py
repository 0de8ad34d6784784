"""Writes `by_script.json`: thirty discounted carts, and what they come to unit by unit and in fractions.

    PYTHONPATH=tests python -m domain.sale.discounts.golden.by_script

It knows nothing of the program that is tested; the rules stand in `unit_by_unit.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from domain.sale.discounts.golden.unit_by_unit import Case

FILE = Path(__file__).with_suffix(".json")
CURRENCIES = ("EUR", "JPY", "KWD", "USD", "KRW", "BHD")
ROUNDINGS = ("HalfEven", "HalfUp", "HalfDown")
MODES = ("ProportionateDistribution", "EvenDistribution", "IndividualApplication")
SELECTIONS = ("Cheapest", "MostExpensive")
CASES = 30


class Numbers:
    """The same numbers for the same case wherever this runs."""

    def __init__(self, seed: int) -> None:
        self._state = seed * 7919 + 29

    def up_to(self, most: int) -> int:
        """From 1 to `most`."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % most + 1

    def one_of(self, choices: Sequence[Any]) -> Any:
        return choices[self.up_to(len(choices)) - 1]


def item(place: int, number: Numbers) -> dict[str, Any]:
    """A line, a custom line or, of the last ones, shipping; one in six costs parts of a cent."""
    kind = ("line", "line", "custom", "line", "custom", "shipping")[place]
    price = number.up_to(9_000)
    text = f"{price}.{number.up_to(99):02}" if kind != "shipping" and number.up_to(6) == 1 else str(price)
    return {"id": "abcdef"[place], "kind": kind, "quantity": 1 if kind == "shipping" else number.up_to(9), "price": text}


def value(kind: str, mode: str | None, currency: str, number: Numbers) -> dict[str, Any]:
    made: dict[str, Any] = {"type": kind}
    if kind == "relative":
        made["permyriad"] = number.up_to(100) * 100 - number.one_of((0, 0, 67))
    else:
        amount = number.up_to(20_000 if kind == "absolute" else 6_000)
        made["money"] = [
            {"currencyCode": "CHF", "centAmount": 1},
            {"currencyCode": currency, "centAmount": amount},
        ]
    return made | ({"applicationMode": mode} if mode else {})


def component(number: Numbers, *, excludes: bool) -> dict[str, Any]:
    kind, predicate = number.one_of((("LineItem", "a"), ("LineItem", "b"), ("LineItem", "all"), ("CustomLineItem", "all")))
    made = {"type": f"CountOn{kind}Units", "predicate": predicate}
    least = number.up_to(3) - 1
    made |= {"minCount": least, "maxCount": least + number.up_to(2)} if number.up_to(4) > 1 else {}
    return made | ({"excludeCount": 1} if excludes and number.up_to(4) == 1 else {})


def target(kind: str, number: Numbers) -> dict[str, Any]:
    made: dict[str, Any] = {"type": kind}
    if kind == "pattern":
        made["triggerPattern"] = [component(number, excludes=False) for _ in range(number.up_to(3) - 1)]
        made["targetPattern"] = [component(number, excludes=True) for _ in range(number.up_to(2))]
    elif kind not in ("shipping", "totalPrice"):
        made["predicate"] = number.one_of(("all", "all", "a" if kind.endswith("lineItems") else "all"))
    if kind.startswith("multiBuy"):
        trigger = number.up_to(3) + 1
        made |= {"triggerQuantity": trigger, "discountedQuantity": number.up_to(trigger)}
    if kind == "pattern" or kind.startswith("multiBuy"):
        made["selectionMode"] = number.one_of(SELECTIONS)
        made |= {"maxOccurrence": number.up_to(3)} if number.up_to(3) == 1 else {}
    return made


# Every target with every value in every mode that its type takes.
PAIRS = [
    (kind, of, mode)
    for kind in ("lineItems", "customLineItems", "shipping")
    for of, modes in (("relative", (None,)), ("absolute", MODES), ("fixed", (None, MODES[2])))
    for mode in modes
]
PAIRS += [(kind, of, None) for kind in ("multiBuyLineItems", "multiBuyCustomLineItems") for of in ("relative", "fixed")]
PAIRS += [("totalPrice", of, None) for of in ("relative", "absolute", "fixed")]
PAIRS += [("pattern", of, mode) for of in ("relative", "absolute", "fixed") for mode in (None, *MODES)]
STEP = 11


def one(index: int) -> dict[str, Any]:
    """The case of a number, with what it comes to: two or three discounts, which take their turns through the pairs."""
    number, currency = Numbers(index), CURRENCIES[index % 6]
    items = [item(place, number) for place in range(6)]
    discounts = []
    for at in range(2 + index % 2):
        kind, of, mode = PAIRS[(index * 2 + index // 2 + at) * STEP % len(PAIRS)]
        discounts.append({"value": value(of, mode, currency, number), "target": target(kind, number)})
    total = {"price": number.up_to(60_000), "others": [number.up_to(50_000), number.up_to(70_000)]}
    kinds = ", ".join(f"{each['value']['type']} off {each['target']['type']}" for each in discounts)
    case = {"currency": currency, "rounding": ROUNDINGS[index // 2 % 3], "items": items, "total": total, "discounts": discounts}
    return {"name": f"{index:02} {currency} {kinds}", **case, "figures": Case(case).figures()}


def lines() -> Iterator[str]:
    """The file, a case a line."""
    for index in range(CASES):
        yield json.dumps(one(index), separators=(",", ":")) + "\n"


if __name__ == "__main__":
    FILE.write_text("".join(lines()))
