"""What a value takes off: from each unit on its own, or an amount from a set of units together.

`PER_UNIT` and `PER_SET` have a row for each value; a row answers nothing where the value says nothing in the currency of the
cart: the discount then hits nothing. Prices are rounded where they are computed, at each step, with the cart's
`priceRoundingMode`; what a discount shows as its amount is the difference. None raises a price, and none goes below zero: a unit
at zero or below it keeps its price, and shows the discount with an amount of zero.
commercetools: Cart Discounts, CartDiscountValue and DiscountApplicationMode; Carts, DiscountedLineItemPrice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple, TypeAlias

from orderwright.domain.amounts.money import RoundingMode, TypedMoney, exact, round_ratio
from orderwright.domain.amounts.splitting import Run, Share, by_price, cost, evenly
from orderwright.domain.sale.discounts.arithmetic.lots import Lot
from orderwright.domain.sale.discounts.model import AbsoluteValue, ApplicationMode, FixedValue, RelativeValue
from orderwright.engine.model import Reference

PricedValue: TypeAlias = RelativeValue | AbsoluteValue | FixedValue
# The units of a lot after the discount; the same lot where it is not applied to them.
PerUnit: TypeAlias = Callable[[Lot], Lot]
# What is taken off the units of some lines together, or nothing where the discount is not applied to them.
PerSet: TypeAlias = Callable[[Sequence[Sequence[Run]]], int | None]
Split: TypeAlias = Callable[[int, Sequence[Sequence[Run]]], list[Share]]

WHOLE: Final = 10_000


class Spread(NamedTuple):
    """An amount off a set of units, how it is split between them, and whether the units that triggered it bear some of it too."""

    amount: PerSet
    split: Split
    on_triggers: bool


def reduced(price: int | Fraction, permyriad: int, rounding: RoundingMode) -> int:
    """What is left of a price without so many ten-thousandths of it, in whole minor units."""
    left = price * (WHOLE - permyriad)
    return round_ratio(left.numerator, left.denominator * WHOLE, rounding)


def said_in(money: tuple[TypedMoney, ...], currency: str, rounding: RoundingMode) -> int | None:
    """The minor units that a value says in a currency, rounded where it is said more exactly, or nothing."""
    for one in money:
        if one.currency_code == currency:
            return round_ratio(*exact(one), rounding)
    return None


def _relative_unit(value: RelativeValue, reference: Reference, currency: str, rounding: RoundingMode) -> PerUnit:
    permyriad = value.permyriad
    keeps = WHOLE - permyriad

    def off(lot: Lot) -> Lot:
        price = lot.price
        if lot.part:
            left = reduced(price + lot.part, permyriad, rounding)
            # What is rounded up above a price with parts of a minor unit would raise it.
            return lot.at(left, reference) if 0 <= left <= price else lot.less(reference, 0, lot.quantity)
        left = round_ratio(price * keeps, WHOLE, rounding) if price > 0 else price
        return Lot(lot.quantity, left, (lot.last, reference, price - left))

    return off


def _absolute_unit(value: AbsoluteValue, reference: Reference, currency: str, rounding: RoundingMode) -> PerUnit | None:
    amount = said_in(value.money, currency, rounding)
    if amount is None:
        return None
    most = amount
    return lambda lot: lot.less(reference, max(min(most, lot.price), 0), lot.quantity)


def _fixed_unit(value: FixedValue, reference: Reference, currency: str, rounding: RoundingMode) -> PerUnit | None:
    fixed = said_in(value.money, currency, rounding)
    if fixed is None:
        return None
    price = fixed
    return lambda lot: lot.at(price, reference) if price < lot.price or (lot.part and price == lot.price) else lot


def _relative_set(value: RelativeValue, currency: str, rounding: RoundingMode) -> PerSet:
    def amount(lines: Sequence[Sequence[Run]]) -> int:
        total = cost(lines)
        return total - reduced(total, value.permyriad, rounding)

    return amount


def _absolute_set(value: AbsoluteValue, currency: str, rounding: RoundingMode) -> PerSet | None:
    amount = said_in(value.money, currency, rounding)
    return None if amount is None else lambda lines: amount


def _fixed_set(value: FixedValue, currency: str, rounding: RoundingMode) -> PerSet | None:
    fixed = said_in(value.money, currency, rounding)
    if fixed is None:
        return None
    price = fixed

    def amount(lines: Sequence[Sequence[Run]]) -> int | None:
        total = cost(lines)
        return total - price if price < total else None

    return amount


PER_UNIT: Final[dict[type, Callable[[Any, Reference, str, RoundingMode], PerUnit | None]]] = {
    RelativeValue: _relative_unit,
    AbsoluteValue: _absolute_unit,
    FixedValue: _fixed_unit,
}
PER_SET: Final[dict[type, Callable[[Any, str, RoundingMode], PerSet | None]]] = {
    RelativeValue: _relative_set,
    AbsoluteValue: _absolute_set,
    FixedValue: _fixed_set,
}
SPLITS: Final[dict[ApplicationMode, Split]] = {"ProportionateDistribution": by_price, "EvenDistribution": evenly}


def mode_of(value: PricedValue) -> ApplicationMode:
    """How a value is applied; where it does not say so, an absolute one is distributed, the others are not."""
    return value.application_mode or (
        "ProportionateDistribution" if isinstance(value, AbsoluteValue) else "IndividualApplication"
    )


def application(value: PricedValue, reference: Reference, currency: str, rounding: RoundingMode) -> PerUnit | Spread | None:
    """What the value does in its mode, or nothing where it says nothing in the currency.

    Of a relative value the units that triggered it bear their share, as its type says; of the others they bear none.
    """
    split = SPLITS.get(mode_of(value))
    if split is None:
        return PER_UNIT[type(value)](value, reference, currency, rounding)
    amount = PER_SET[type(value)](value, currency, rounding)
    return None if amount is None else Spread(amount, split, isinstance(value, RelativeValue))
