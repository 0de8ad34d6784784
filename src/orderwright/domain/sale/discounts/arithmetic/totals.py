"""What discounts take off the total price: lines, shipping and tax portions keep theirs.

    total = Total(price, (net, gross))                 # without the second, if there is no taxed price
    total, hit = off_total(value, reference, total, currency, rounding)  # once a discount, in their order
    on_total(before, total, currency)                  # `discountOnTotalPrice`

commercetools: Carts, DiscountOnTotalPrice; Cart Discounts, CartDiscountTotalPriceTarget.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final, NamedTuple

from orderwright.domain.amounts.money import RoundingMode, cents, round_ratio
from orderwright.domain.sale.discounts.arithmetic.values import WHOLE, PricedValue, said_in
from orderwright.domain.sale.discounts.model import AbsoluteValue, FixedValue, RelativeValue
from orderwright.domain.sale.discounts.portions import DiscountedTotalPricePortion, DiscountOnTotalPrice
from orderwright.engine.model import Reference


class Total(NamedTuple):
    """The total price, and what falls by the same percentage, all in minor units; what was taken off the price, in order.

    `others` are net and gross of the cart, and after them what else falls with them, as net and gross of `taxedShippingPrice`.
    """

    price: int
    others: tuple[int, ...] = ()
    taken: tuple[tuple[Reference, int], ...] = ()


class TotalTakenOff(NamedTuple):
    """The total after a discount, and whether it was applied."""

    total: Total
    hit: bool


def off_total(value: PricedValue, reference: Reference, total: Total, currency: str, rounding: RoundingMode) -> TotalTakenOff:
    """The total after one discount. What is left of a price is rounded, and what the discount shows is the difference.

    A total at zero or below it keeps its price and shows the discount with zero; a fixed price is not applied to a lower one.
    """
    share = OFF_TOTAL[type(value)](value, total.price, currency, rounding)
    if share is None:
        return TotalTakenOff(total, hit=False)
    price, *others = (_without(share, amount, rounding) for amount in (total.price, *total.others))
    return TotalTakenOff(Total(price, tuple(others), (*total.taken, (reference, total.price - price))), hit=True)


def on_total(before: Total, after: Total, currency: str) -> DiscountOnTotalPrice | None:
    """`discountOnTotalPrice`, or nothing where no discount was applied; net and gross where the total has them."""
    if not after.taken:
        return None
    fallen = [cents(currency, had - has) for had, has in zip(before.others, after.others, strict=True)]
    return DiscountOnTotalPrice(
        discounted_amount=cents(currency, before.price - after.price),
        included_discounts=tuple(
            DiscountedTotalPricePortion(discount=reference, discounted_amount=cents(currency, amount))
            for reference, amount in after.taken
        ),
        discounted_net_amount=fallen[0] if fallen else None,
        discounted_gross_amount=fallen[1] if fallen else None,
    )


def _without(share: Fraction, amount: int, rounding: RoundingMode) -> int:
    """What is left of an amount; one at zero or below it stays."""
    return round_ratio(amount * (share.denominator - share.numerator), share.denominator, rounding) if amount > 0 else amount


def _relative(value: RelativeValue, price: int, currency: str, rounding: RoundingMode) -> Fraction:
    return Fraction(value.permyriad, WHOLE)


def _absolute(value: AbsoluteValue, price: int, currency: str, rounding: RoundingMode) -> Fraction | None:
    amount = said_in(value.money, currency, rounding)
    if amount is None:
        return None
    return Fraction(min(amount, price), price) if price > 0 else Fraction(0)


def _fixed(value: FixedValue, price: int, currency: str, rounding: RoundingMode) -> Fraction | None:
    fixed = said_in(value.money, currency, rounding)
    return Fraction(price - fixed, price) if fixed is not None and fixed < price else None


# The share of the total that a value takes off, from 0 to 1, or nothing where it is not applied.
OFF_TOTAL: Final[dict[type, Callable[[Any, int, str, RoundingMode], Fraction | None]]] = {
    RelativeValue: _relative,
    AbsoluteValue: _absolute,
    FixedValue: _fixed,
}
