"""Money: whole minor units, never floats. A price may carry more digits than its currency ("high precision")."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Meta

from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.engine.model import Value
from orderwright.engine.scalars import CentAmount, CurrencyCode
from orderwright.errors import ApiError, invalid_field, required_field

RoundingMode = Literal["HalfEven", "HalfUp", "HalfDown"]
# Its title is what generated clients call it: `MoneyType` is the type of an attribute.
Precision = Annotated[Literal["centPrecision", "highPrecision"], Meta(title="MoneyPrecision")]
# How an amount was made whole: by a mode, or as a part of a whole, whose odd minor units go where the largest remainders are.
Rounded = Annotated[Literal["HalfEven", "HalfUp", "HalfDown", "LargestRemainder"], Meta(title="Rounded")]
Digits = Annotated[int, Meta(ge=0, le=20)]

LARGEST = 2**63 - 1
SMALLEST = -(2**63)


class TypedMoney(Value, gc=False):
    """An amount of a document. `cent_amount` is in the currency's minor unit, `precise_amount` in 10^-fraction_digits."""

    type: Precision
    currency_code: CurrencyCode
    cent_amount: CentAmount
    fraction_digits: Digits
    precise_amount: CentAmount | None = None


class Money(Value):
    """An amount as it is sent: cent precision unless `type` says otherwise."""

    currency_code: CurrencyCode
    type: Precision = "centPrecision"
    cent_amount: CentAmount | None = None
    fraction_digits: Digits | None = None
    precise_amount: CentAmount | None = None


def fraction_digits(currency_code: str) -> int:
    """How many decimals the currency's minor unit has. Raises `InvalidField` for a code that is no currency.

    commercetools: Common API data types, CentPrecisionMoney.
    """
    digits = FRACTION_DIGITS.get(currency_code)
    if digits is None:
        raise invalid_field("currencyCode", currency_code)
    return digits


def money_overflow() -> ApiError:
    return ApiError(400, "MoneyOverflow", "A Money operation resulted in an overflow.")


def within_limits(amount: int) -> int:
    """The amount itself. Raises `MoneyOverflow` if it does not fit into 64 bits."""
    if not SMALLEST <= amount <= LARGEST:
        raise money_overflow()
    return amount


def cents(currency_code: str, cent_amount: int) -> TypedMoney:
    """An amount of minor units. Raises `MoneyOverflow` outside 64 bits, `InvalidField` for an unknown currency."""
    digits = FRACTION_DIGITS.get(currency_code)
    if digits is None or not SMALLEST <= cent_amount <= LARGEST:
        # A calculation makes thousands of amounts: what is wrong with one is looked for only where something is.
        within_limits(cent_amount)
        digits = fraction_digits(currency_code)
    return TypedMoney(type="centPrecision", currency_code=currency_code, cent_amount=cent_amount, fraction_digits=digits)


def zero(currency_code: str) -> TypedMoney:
    """Nothing, in a currency."""
    return cents(currency_code, 0)


def typed(money: Money, field: str) -> TypedMoney:
    """The amount a draft means; `field` is its path in the request, for the errors.

    Raises `InvalidField`, `RequiredField` or `MoneyOverflow`.
    commercetools: Common API data types, CentPrecisionMoneyDraft and HighPrecisionMoneyDraft.
    """
    digits = FRACTION_DIGITS.get(money.currency_code)
    if digits is None:
        raise invalid_field(f"{field}.currencyCode", money.currency_code)
    return _high_precision(money, digits, field) if money.type == "highPrecision" else _cent_precision(money, digits, field)


def in_currency(money: TypedMoney, currency: str, field: str) -> TypedMoney:
    """The amount itself; `field` is its path in the request. Raises `InvalidField` for one in another currency."""
    if money.currency_code != currency:
        raise invalid_field(f"{field}.currencyCode", money.currency_code, [currency])
    return money


def whole_cents(money: Money, field: str) -> TypedMoney:
    """The amount a draft means where only cent precision is taken. Raises as `typed` does, `InvalidField` for high precision."""
    if money.type == "highPrecision":
        raise invalid_field(f"{field}.type", money.type, ["centPrecision"])
    return typed(money, field)


def _cent_precision(money: Money, digits: int, field: str) -> TypedMoney:
    if money.cent_amount is None:
        raise required_field(f"{field}.centAmount")
    if money.fraction_digits not in (None, digits):
        raise invalid_field(f"{field}.fractionDigits", money.fraction_digits, [digits])
    if money.precise_amount is not None:
        # Dropping it would charge another amount than the sender believes in.
        raise invalid_field(f"{field}.preciseAmount", money.precise_amount)
    return cents(money.currency_code, money.cent_amount)


def _high_precision(money: Money, digits: int, field: str) -> TypedMoney:
    if money.precise_amount is None:
        raise required_field(f"{field}.preciseAmount")
    if money.fraction_digits is None:
        raise required_field(f"{field}.fractionDigits")
    if not digits < money.fraction_digits <= 20:
        raise invalid_field(f"{field}.fractionDigits", money.fraction_digits)
    precise = within_limits(money.precise_amount)
    scale = 10 ** (money.fraction_digits - digits)
    cent_amount = money.cent_amount
    if cent_amount is None:
        cent_amount = round_ratio(precise, scale, "HalfEven")
    elif not precise // scale <= cent_amount <= -(-precise // scale):
        raise invalid_field(f"{field}.centAmount", cent_amount)
    return TypedMoney(
        type="highPrecision",
        currency_code=money.currency_code,
        cent_amount=cent_amount,
        fraction_digits=money.fraction_digits,
        precise_amount=precise,
    )


def exact(money: TypedMoney) -> tuple[int, int]:
    """The amount as a fraction: so many parts, and how many of them make a minor unit."""
    if money.precise_amount is None:
        return money.cent_amount, 1
    return money.precise_amount, 10 ** (money.fraction_digits - fraction_digits(money.currency_code))


class Rounding(Value):
    """An amount before and after it was made whole, in minor units; in 10^-fraction_digits where those are said.

    `before` is the exact decimal. One that does not end is cut after 20 decimals, and `ratio` is the exact value then.
    """

    before: str
    after: int
    mode: Rounded
    ratio: str | None = None
    fraction_digits: Digits | None = None


Roundings = list[Rounding]
_SHOWN = 20


def rounding(numerator: int, denominator: int, after: int, mode: Rounded, digits: int | None = None) -> Rounding:
    """What is told of a fraction that became `after`; the denominator is positive."""
    exactly = Fraction(numerator, denominator)
    sign, (whole, rest) = "-" if exactly < 0 else "", divmod(abs(exactly.numerator), exactly.denominator)
    decimals, left = [], exactly.denominator
    for prime in (2, 5):
        powers = 0
        while left % prime == 0:
            left, powers = left // prime, powers + 1
        decimals.append(powers)
    places = max(decimals) if left == 1 else _SHOWN
    after_point = f".{rest * 10**places // exactly.denominator:0{places}d}" if places else ""
    return Rounding(
        before=f"{sign}{whole}{after_point}",
        after=after,
        mode=mode,
        ratio=None if left == 1 else f"{exactly.numerator}/{exactly.denominator}",
        fraction_digits=digits,
    )


def round_ratio(
    numerator: int, denominator: int, mode: RoundingMode, told: Roundings | None = None, digits: int | None = None
) -> int:
    """The integer nearest to a fraction. A tie goes to the even one, away from zero (`HalfUp`) or towards it (`HalfDown`).

    It is `told` of, as an amount of 10^-digits or in minor units, unless the fraction is given as a whole number.
    commercetools: Carts, RoundingMode.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole, rest = divmod(numerator if numerator >= 0 else -numerator, denominator)
    twice = rest + rest
    if twice > denominator or (twice == denominator and (mode == "HalfUp" or (mode == "HalfEven" and whole % 2 == 1))):
        whole += 1
    rounded = whole if numerator >= 0 else -whole
    if told is not None and denominator != 1:
        told.append(rounding(numerator, denominator, rounded, mode, digits))
    return rounded


def times(price: TypedMoney, quantity: int, mode: RoundingMode, told: Roundings | None = None) -> int:
    """Minor units of `quantity` units; a high precision price is rounded once, at the end. Raises `MoneyOverflow`.

    commercetools: Carts, LineItem (`totalPrice`).
    """
    parts, per_unit = exact(price)
    return within_limits(round_ratio(parts * quantity, per_unit, mode, told))
