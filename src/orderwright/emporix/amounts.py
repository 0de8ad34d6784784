"""Amounts as this dialect writes them, decimals of the currency, and as the house keeps them, whole minor units."""

from __future__ import annotations

import functools
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any, Final

from orderwright.domain.amounts.money import Money, fraction_digits, round_ratio, within_limits
from orderwright.engine.scalars import Number, number

FORMS: Final = (0, 2, 3)
"""How many decimals a minor unit may have."""
MOST_DIGITS: Final = 20
"""Of money in high precision."""
SCALE: Final = 3
"""Decimals of an amount that has to be divided, as those of a price without its tax; more where the currency has more."""
# Sums and products of amounts never lose a digit: none has more than 400.
EXACT: Final = Context(prec=2_000, Emin=MIN_EMIN, Emax=MAX_EMAX)

JsonNumber = int | Decimal


def plainly(value: Decimal) -> JsonNumber:
    """The number without zeros that say nothing, 350 for 350.00."""
    whole = int(value)
    return whole if whole == value else value.normalize(EXACT)


def shown_amount(money: Any) -> JsonNumber | None:
    """The amount of money in a document as it is shown; None for what is none."""
    if type(money) is not dict or "centAmount" not in money:
        return None
    return _shown(money.get("preciseAmount", money["centAmount"]), money.get("fractionDigits", 0))


# Most orders of a shop cost what others do, and a computed number is made of many steps.
@functools.lru_cache(maxsize=20_000)
def _shown(units: int, digits: int) -> JsonNumber:
    return plainly(_amount(units, digits))


@functools.lru_cache(maxsize=20_000)
def _amount(units: int, digits: int) -> Decimal:
    return Decimal(units).scaleb(-digits, EXACT)


@functools.lru_cache(maxsize=1_000)
def percent(share: Decimal) -> JsonNumber:
    """A share in per cent."""
    return plainly(share.scaleb(2, EXACT))


def decimal(value: Any) -> Decimal | None:
    """A number of a JSON document, exactly as it is written; None for anything else."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value) if isinstance(value, Number) else None


def spelled(text: str) -> Decimal | None:
    """The number that a text spells, None if it spells none."""
    found = number(text)
    return None if found is None else Decimal(found)


def amount_of(money: Any) -> Decimal | None:
    """The amount of money in a document, exactly; None for what is none."""
    if type(money) is not dict or "centAmount" not in money:
        return None
    return _amount(money.get("preciseAmount", money["centAmount"]), money.get("fractionDigits", 0))


def minor_units(amount: Decimal, currency: str) -> int:
    """The amount in minor units, a half to the even one. Raises `MoneyOverflow`, `InvalidField` for what is no currency."""
    parts, whole = amount.scaleb(fraction_digits(currency), EXACT).as_integer_ratio()
    return within_limits(round_ratio(parts, whole, "HalfEven"))


def cents_of(amount: Decimal, currency: str) -> Money:
    """Money in cent precision, the nearest to the amount. Raises as `minor_units` does."""
    return Money(currency_code=currency, cent_amount=minor_units(amount, currency))


def money_of(amount: Decimal, currency: str) -> Money:
    """The very amount: in high precision where minor units do not do. Raises as `minor_units` does; of more than 20 decimals
    the nearest with 20."""
    digits = fraction_digits(currency)
    cent_amount = minor_units(amount, currency)
    exact = amount.scaleb(digits, EXACT)
    if exact == cent_amount:
        return Money(currency_code=currency, cent_amount=cent_amount)
    _, _, exponent = EXACT.create_decimal(amount).normalize(EXACT).as_tuple()
    places = min(-int(exponent), MOST_DIGITS)
    parts, whole = amount.scaleb(places, EXACT).as_integer_ratio()
    precise = within_limits(round_ratio(parts, whole, "HalfEven"))
    return Money(
        currency_code=currency,
        type="highPrecision",
        cent_amount=cent_amount,
        fraction_digits=places,
        precise_amount=precise,
    )


def without_tax(gross: Decimal, rate: Decimal, digits: int) -> Decimal:
    """A net amount, rounded to `digits` decimals, a half to the even one; `rate` is a share."""
    return rounded(gross, 1 + rate, digits)


def with_tax(net: Decimal, rate: Decimal, digits: int) -> Decimal:
    """A gross amount, rounded as `without_tax` does."""
    return rounded(EXACT.multiply(net, 1 + rate), Decimal(1), digits)


def rounded(numerator: Decimal, denominator: Decimal, digits: int) -> Decimal:
    """A ratio with so many decimals."""
    above, below = numerator.scaleb(digits, EXACT).as_integer_ratio()
    parts, whole = denominator.as_integer_ratio()
    return Decimal(round_ratio(above * whole, below * parts, "HalfEven")).scaleb(-digits, EXACT)
