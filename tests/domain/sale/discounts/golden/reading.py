"""A case of the golden file, as the program has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from domain.sale.discounts.takings import discount, matches
from orderwright.domain.amounts.money import fraction_digits
from orderwright.domain.sale.discounts.arithmetic.lots import Item, Lot
from orderwright.domain.sale.discounts.arithmetic.table import taken_off
from orderwright.domain.sale.discounts.arithmetic.totals import Total, off_total
from orderwright.domain.sale.discounts.model import AbsoluteValue, CartDiscountTarget, FixedValue, RelativeValue, TotalPriceTarget

Case = Mapping[str, Any]


def started(case: Case) -> list[Item]:
    """The items of a case before any discount."""
    return [
        Item(item["id"], item["kind"], (Lot(item["quantity"], price // 1, None, price % 1),))
        for item in case["items"]
        for price in [Fraction(item["price"])]
    ]


def ended(case: Case) -> Sequence[Item]:
    """The items of a case after all of its discounts."""
    return _ended(case)[0]


def _ended(case: Case) -> tuple[Sequence[Item], Total]:
    items: Sequence[Item] = started(case)
    total = Total(case["total"]["price"], tuple(case["total"]["others"])) if "total" in case else Total(0)
    currency, rounding = case["currency"], case["rounding"]
    for number, each in enumerate(case["discounts"], 1):
        value = msgspec.convert(with_digits(each["value"]), type=RelativeValue | AbsoluteValue | FixedValue)
        target: CartDiscountTarget = msgspec.convert(each["target"], type=CartDiscountTarget)
        if isinstance(target, TotalPriceTarget):
            total, _ = off_total(value, discount(str(number)), total, currency, rounding)
        else:
            items, _ = taken_off(value, target, discount(str(number)), items, matches(items), currency, rounding)
    return items, total


def with_digits(value: dict[str, Any]) -> dict[str, Any]:
    """The value as a document has it, whose money says its digits."""
    if "money" not in value:
        return value
    filled = [
        {"type": "centPrecision", "fractionDigits": fraction_digits(money["currencyCode"]), **money} for money in value["money"]
    ]
    return {**value, "money": filled}


def figures(case: Case) -> list[Any]:
    """Of each item [quantity, price, [[discount, amount], ...]] for each bucket; last, if there is one, what the total is."""
    items, total = _ended(case)
    found: list[Any] = [[_bucket(lot) for lot in item.lots] for item in items]
    if "total" in case:
        found.append([total.price, list(total.others), [[int(reference.id), amount] for reference, amount in total.taken]])
    return found


def _bucket(lot: Lot) -> list[Any]:
    taken = [[int(reference.id), _plain(amount)] for reference, amount in lot.taken]
    return [lot.quantity, _plain(lot.price + lot.part), taken]


def _plain(amount: int | Fraction) -> int | str:
    return int(amount) if amount.denominator == 1 else f"{amount.numerator}/{amount.denominator}"
