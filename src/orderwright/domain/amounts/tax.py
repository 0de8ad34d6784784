"""Tax rates and taxed prices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta

from orderwright.domain.amounts.money import (
    Money,
    RoundingMode,
    Roundings,
    TypedMoney,
    cents,
    exact,
    in_currency,
    round_ratio,
    whole_cents,
)
from orderwright.domain.amounts.splitting import prorate
from orderwright.engine.model import Value, always
from orderwright.engine.scalars import CountryCode, Key, Text
from orderwright.errors import invalid_field, invalid_operation, required_field

Rate = Decimal
TaxMode = Annotated[Literal["Platform", "External", "ExternalAmount", "Disabled"], Meta(title="TaxMode")]
TaxCalculationMode = Literal["LineItemLevel", "UnitPriceLevel"]
TaxRoundingTarget = Literal["Net", "Tax"]
# Below this two shares are one: far less than any tax, far more than what floats are off by.
_SAME = Decimal("1e-9")


class SubRate(Value, gc=False):
    """One of several taxes that make up a rate; `amount` is a share from 0 to 1."""

    name: str
    amount: Rate

    def __post_init__(self) -> None:
        _check_number(self.amount)


class TaxRate(Value, gc=False):
    """A rate for a country or state; `amount` is a share from 0 to 1.

    Of a price that includes the tax `tax_rounding_target` is rounded, and the other of the two is the rest.
    """

    name: str
    amount: Rate
    included_in_price: bool
    country: CountryCode
    id: str | None = None
    key: Key | None = None
    state: str | None = None
    sub_rates: tuple[SubRate, ...] = always(())
    tax_rounding_target: TaxRoundingTarget = always("Net")


class TaxPortion(Value, gc=False):
    """What one rate adds, over all items that share its name and rate."""

    rate: Rate
    amount: TypedMoney
    name: str | None = None


class TaxedItemPrice(Value, gc=False):
    """Net, gross and tax of one item or of shipping."""

    total_net: TypedMoney
    total_gross: TypedMoney
    tax_portions: tuple[TaxPortion, ...] = always(())
    total_tax: TypedMoney | None = None


class TaxedPrice(Value):
    """Net, gross and tax of a whole cart or order."""

    total_net: TypedMoney
    total_gross: TypedMoney
    tax_portions: tuple[TaxPortion, ...] = always(())
    total_tax: TypedMoney | None = None


class MethodTaxRate(Value, gc=False):
    """The rate of an item under one of several shipping methods."""

    shipping_method_key: str
    tax_rate: TaxRate | None = None


class MethodTaxedPrice(Value, gc=False):
    """The taxed price of an item under one of several shipping methods."""

    shipping_method_key: str
    taxed_price: TaxedItemPrice | None = None


class ExternalTaxRateDraft(Value):
    """The tax rate of one item or of shipping, as it is sent. Without sub rates `amount` is required."""

    name: str
    country: CountryCode
    amount: Rate | None = None
    included_in_price: bool = False
    state: str | None = None
    sub_rates: tuple[SubRate, ...] | None = None
    tax_rounding_target: TaxRoundingTarget = "Net"

    def __post_init__(self) -> None:
        _check_number(self.amount)


class MethodExternalTaxRateDraft(Value):
    """The tax rate of an item under one of several shipping methods, as it is sent."""

    shipping_method_key: Text
    tax_rate: ExternalTaxRateDraft | None = None


class TaxRateDraft(ExternalTaxRateDraft):
    """A tax rate as it is sent. Without sub rates `amount` is required."""

    included_in_price: bool
    key: Key | None = None


class TaxPortionDraft(Value):
    """What one rate adds to the whole; `rate` is a share from 0 to 1."""

    rate: Rate
    amount: Money
    name: Text | None = None

    def __post_init__(self) -> None:
        if not self.rate.is_finite():
            raise ValueError("Expected a number as `rate`")


def _check_number(amount: Rate | None) -> None:
    # A JSON text such as "NaN" decodes to a Decimal, which can neither be compared nor be written into an answer.
    if amount is not None and not amount.is_finite():
        raise ValueError("Expected a number as `amount`")


def tax_rate_from(draft: ExternalTaxRateDraft, id: str | None = None) -> TaxRate:
    """The rate a draft means; one that is not of a tax category has no `id`. Without `amount` it is the sum of the sub rates.

    Raises `RequiredField` without either, `InvalidField` outside 0 to 1, `InvalidOperation` where the sum is another. The sum of
    a client that adds up floats is off by their last digits; ours counts.
    commercetools: Tax Categories, TaxRateDraft.
    """
    sub_rates = draft.sub_rates or ()
    for sub_rate in sub_rates:
        _check_share(sub_rate.amount, "subRates.amount")
    amount = draft.amount
    if sub_rates:
        total = sum((sub_rate.amount for sub_rate in sub_rates), Decimal(0))
        if amount is not None and abs(amount - total) > _SAME:
            raise invalid_operation(f"The sub rates of tax rate '{draft.name}' add up to {total}, not to its amount {amount}.")
        amount = total
    if amount is None:
        raise required_field("amount")
    _check_share(amount, "amount")
    return TaxRate(
        id=id,
        key=draft.key if isinstance(draft, TaxRateDraft) else None,
        name=draft.name,
        amount=amount,
        included_in_price=draft.included_in_price,
        country=draft.country,
        state=draft.state or None,
        sub_rates=sub_rates,
        tax_rounding_target=draft.tax_rounding_target,
    )


def _check_share(amount: Decimal, field: str) -> None:
    # 20 decimals are more than any tax has; without an end to them a few bytes of JSON would mean gigabytes of integer.
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -20 or not 0 <= amount <= 1:
        raise invalid_field(field, amount)


def select_rate(rates: Sequence[TaxRate], country: str, state: str | None, fallback: bool) -> TaxRate | None:
    """The rate for a shipping address, or None.

    An address with a state takes that state's rate; the country's own only if the project allows it (`fallback`).
    commercetools: Tax Categories, TaxRate; Project, CartsConfiguration.
    """
    places = [state, None] if state and fallback else [state or None]
    for place in places:
        for rate in rates:
            if rate.country == country and rate.state == place:
                return rate
    return None


def taxed_item(
    total: int,
    rate: TaxRate,
    *,
    currency: str,
    quantity: int,
    unit_price: TypedMoney,
    calculation: TaxCalculationMode,
    rounding: RoundingMode,
    told: Roundings | None = None,
) -> TaxedItemPrice:
    """Net, gross and tax of `total` minor units; net plus the portions is always gross.

    `LineItemLevel` taxes the total, `UnitPriceLevel` one unit (in the unit price's own precision) and multiplies. Each rounding
    is `told` of.
    Raises `MoneyOverflow`.
    commercetools: Carts, TaxCalculationMode; Tax Categories, TaxRate.
    """
    factor, net_and_gross = _rounded(rate)
    if calculation == "UnitPriceLevel":
        parts, per_unit = exact(unit_price)
        of_unit = round_ratio(parts * factor[0], factor[1], rounding, told, unit_price.fraction_digits)
        part = round_ratio(of_unit * quantity, per_unit, rounding, told)
    else:
        part = round_ratio(total * factor[0], factor[1], rounding, told)
    net, gross = net_and_gross(total, part)
    return taxed_as_given(net, gross, rate, currency, told)


def taxed_as_given(net: int, gross: int, rate: TaxRate, currency: str, told: Roundings | None = None) -> TaxedItemPrice:
    """Net and gross as they are given, be they of the rate or not; what lies between them is the tax, by the sub rates if there
    are any. Raises `MoneyOverflow`."""
    tax = cents(currency, gross - net)
    return TaxedItemPrice(
        total_net=cents(currency, net),
        total_gross=cents(currency, gross),
        tax_portions=_portions(tax, rate, told),
        total_tax=tax,
    )


def rounded_part(rate: TaxRate) -> Literal["Net", "Tax", "Gross"]:
    """What is worked out of a price by the rate, and rounded; the other two follow from it and the price.

    commercetools: Tax Categories, TaxRate (`includedInPrice`, `taxRoundingTarget`).
    """
    return rate.tax_rounding_target if rate.included_in_price else "Gross"


def _rounded(rate: TaxRate) -> tuple[tuple[int, int], Callable[[int, int], tuple[int, int]]]:
    """What is rounded, as the ratio in which it stands to the price, and net and gross of price and rounded part."""
    (share, whole), part = rate.amount.as_integer_ratio(), rounded_part(rate)
    if part == "Gross":
        return (whole + share, whole), lambda net, gross: (net, gross)
    if part == "Tax":
        return (share, whole + share), lambda gross, tax: (gross - tax, gross)
    return (whole, whole + share), lambda gross, net: (net, gross)


def _portions(tax: TypedMoney, rate: TaxRate, told: Roundings | None) -> tuple[TaxPortion, ...]:
    """The tax by sub rates, or whole; the parts add up to it."""
    if not rate.sub_rates:
        return (TaxPortion(rate=rate.amount, name=rate.name, amount=tax),)
    shares = [sub_rate.amount.as_integer_ratio() for sub_rate in rate.sub_rates]
    common = math.lcm(*(denominator for _, denominator in shares))
    parts = prorate(tax.cent_amount, [numerator * common // denominator for numerator, denominator in shares], told)
    return tuple(
        TaxPortion(rate=sub_rate.amount, name=sub_rate.name, amount=cents(tax.currency_code, part))
        for sub_rate, part in zip(rate.sub_rates, parts, strict=True)
    )


def portions_from(drafts: Sequence[TaxPortionDraft], currency: str, field: str) -> tuple[TaxPortion, ...]:
    """The portions as they are sent; `field` is their path in the request.

    Raises `InvalidField` for a share outside 0 to 1 and for an amount in another currency or in high precision.
    """
    portions = []
    for portion in drafts:
        if not 0 <= portion.rate <= 1:
            raise invalid_field(f"{field}.rate", portion.rate)
        amount = in_currency(whole_cents(portion.amount, f"{field}.amount"), currency, f"{field}.amount")
        portions.append(TaxPortion(rate=portion.rate, name=portion.name, amount=amount))
    return tuple(portions)


def sum_taxed(items: Sequence[TaxedItemPrice], currency: str) -> TaxedPrice:
    """The taxed price of a whole cart; portions of one rate and name become one, in the order they first appear.

    Raises `MoneyOverflow`.
    commercetools: Carts, TaxedPrice.
    """
    return TaxedPrice(**_sums(items, currency))


def sum_taxed_items(items: Sequence[TaxedItemPrice], currency: str) -> TaxedItemPrice:
    """As `sum_taxed`, for the parts of one item."""
    return TaxedItemPrice(**_sums(items, currency))


def _sums(items: Sequence[TaxedItemPrice], currency: str) -> dict[str, Any]:
    net = sum(item.total_net.cent_amount for item in items)
    gross = sum(item.total_gross.cent_amount for item in items)
    portions: dict[tuple[Decimal, str | None], int] = {}
    for portion in (portion for item in items for portion in item.tax_portions):
        kind = (portion.rate, portion.name)
        portions[kind] = portions.get(kind, 0) + portion.amount.cent_amount
    return {
        "total_net": cents(currency, net),
        "total_gross": cents(currency, gross),
        "tax_portions": tuple(
            TaxPortion(rate=rate, name=name, amount=cents(currency, amount)) for (rate, name), amount in portions.items()
        ),
        "total_tax": cents(currency, gross - net),
    }
