"""The units of an item while discounts are taken off them: runs of equal ones, in their order.

commercetools: Carts, DiscountedLineItemPriceForQuantity and DiscountedLineItemPrice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Literal, TypeAlias

import msgspec

from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.domain.amounts.money import RoundingMode, TypedMoney, cents, exact, round_ratio, within_limits
from orderwright.domain.amounts.splitting import Share
from orderwright.domain.sale.discounts.portions import (
    DiscountedLineItemPortion,
    DiscountedLineItemPrice,
    DiscountedLineItemPriceForQuantity,
)
from orderwright.engine.model import Reference

ItemKind = Literal["line", "custom", "shipping"]
# What a discount took off one unit, in minor units: a fraction only where the price had parts of one.
Taken = tuple[Reference, int | Fraction]
# All that was taken off it, the last first: what came before it, and the discount. Lots share what they have in common, so that
# the fiftieth discount of a lot costs no more than the first.
Chain: TypeAlias = "tuple[Chain | None, Reference, int | Fraction]"


class Lot(msgspec.Struct, frozen=True, gc=False):
    """A run of equal units: what one costs now, in whole minor units, and what was taken off it.

    `part` is what a price of high precision has beyond whole minor units, from 0 to 1. An amount that is taken off leaves it as
    it is, a price that is computed is rounded and has none.
    """

    quantity: int
    price: int
    last: Chain | None = None
    part: Fraction | int = 0

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What each discount took off, in their order, zeros included."""
        found: list[Taken] = []
        at = self.last
        while at is not None:
            at, reference, amount = at
            found.append((reference, amount))
        return tuple(found[::-1])

    def less(self, reference: Reference, amount: int, quantity: int) -> Lot:
        """So many of the units, each for `amount` less."""
        return Lot(quantity, self.price - amount, (self.last, reference, amount), self.part)

    def at(self, price: int, reference: Reference) -> Lot:
        """All of the units at a new price in whole minor units."""
        return Lot(self.quantity, price, (self.last, reference, self.price - price + self.part))

    def of(self, quantity: int) -> Lot:
        """So many of the units, as they are."""
        return self if quantity == self.quantity else Lot(quantity, self.price, self.last, self.part)


def borne(lots: Iterable[Lot], shares: Iterator[Share], reference: Reference) -> tuple[Lot, ...]:
    """The lots after each has borne the next share: all of its units cost so much less, the last odd ones one less than these."""
    after: list[Lot] = []
    for lot in lots:
        share, odd = next(shares)
        if odd < lot.quantity:
            after.append(Lot(lot.quantity - odd, lot.price - share, (lot.last, reference, share), lot.part))
        if odd:
            share += 1
            after.append(Lot(odd, lot.price - share, (lot.last, reference, share), lot.part))
    return tuple(after)


class Item(msgspec.Struct, frozen=True, gc=False):
    """A line item, a custom line item or a shipping, with its units in lots. Whoever makes it knows which by `id`.

    What no discount may touch is not made one: gifts, lines of `ExternalTotal`, custom lines of price mode `External`.
    """

    id: str
    kind: ItemKind
    lots: tuple[Lot, ...]


def item_of(id: str, kind: ItemKind, quantity: int, price: TypedMoney) -> Item:
    """An item whose units all cost the same, before any discount of carts."""
    parts, per_unit = exact(price)
    whole, rest = divmod(parts, per_unit)
    return Item(id, kind, (Lot(quantity, whole, None, Fraction(rest, per_unit) if rest else 0),))


def touched(item: Item) -> bool:
    """Whether any discount, if only by zero, was taken off."""
    return len(item.lots) > 1 or item.lots[0].last is not None


def total_of(item: Item, rounding: RoundingMode) -> int:
    """What all units cost together, in minor units, rounded once. Raises `MoneyOverflow` outside 64 bits.

    commercetools: Carts, LineItem (`totalPrice`).
    """
    whole = sum(lot.quantity * lot.price for lot in item.lots)
    part = sum((lot.quantity * lot.part for lot in item.lots if lot.part), Fraction(0))
    return within_limits(round_ratio(whole * part.denominator + part.numerator, part.denominator, rounding) if part else whole)


def per_quantity(item: Item, portions: Portions) -> tuple[DiscountedLineItemPriceForQuantity, ...]:
    """`discountedPricePerQuantity`: nothing if no discount touched the item, else all of its units, also those left as they were.

    Units of equal price and equal discounts stand together, in the order in which they came to be.
    """
    if not touched(item):
        return ()
    return tuple(
        [DiscountedLineItemPriceForQuantity(quantity=lot.quantity, discounted_price=price_of(lot, portions)) for lot in item.lots]
    )


def price_of(lot: Lot, portions: Portions) -> DiscountedLineItemPrice:
    """What one unit of a lot costs, and which discounts made it so. Of a shipping this is its `discountedPrice`."""
    return DiscountedLineItemPrice(value=portions.money(lot.price + lot.part), included_discounts=portions.of(lot))


class Portions:
    """What discounts took off units, as documents show it, in one currency. Many units lose the same: it is made once."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._digits = FRACTION_DIGITS[currency]
        self._money: dict[int | Fraction, TypedMoney] = {}
        self._taken: dict[str, dict[int | Fraction, DiscountedLineItemPortion]] = {}  # by the id of the discount

    def of(self, lot: Lot) -> tuple[DiscountedLineItemPortion, ...]:
        """What each discount took off a unit of the lot, in their order."""
        found, known, at = [], self._taken, lot.last
        while at is not None:
            at, reference, amount = at
            by_amount = known.get(reference.id)
            if by_amount is None:
                by_amount = known[reference.id] = {}
            portion = by_amount.get(amount)
            if portion is None:
                portion = DiscountedLineItemPortion(discount=reference, discounted_amount=self.money(amount))
                by_amount[amount] = portion
            found.append(portion)
        return tuple(found[::-1])

    def money(self, amount: int | Fraction) -> TypedMoney:
        """An amount of minor units. It is between zero and a price, and so within limits: nothing is checked."""
        known = self._money.get(amount)
        if known is None:
            known = self._money[amount] = (
                TypedMoney(type="centPrecision", currency_code=self._currency, cent_amount=amount, fraction_digits=self._digits)
                if isinstance(amount, int)
                else _precise(amount, self._currency)
            )
        return known


def _precise(amount: Fraction, currency: str) -> TypedMoney:
    """One with parts of minor units in high precision, with as few digits as say it exactly."""
    if amount.denominator == 1:
        return cents(currency, int(amount))
    digits = 1
    while 10**digits % amount.denominator:
        # Ends within the 20 digits of a price: the denominator divides the power of ten that it was made with.
        digits += 1
    return TypedMoney(
        type="highPrecision",
        currency_code=currency,
        cent_amount=round_ratio(amount.numerator, amount.denominator, "HalfEven"),
        fraction_digits=FRACTION_DIGITS[currency] + digits,
        precise_amount=within_limits(int(amount * 10**digits)),
    )
