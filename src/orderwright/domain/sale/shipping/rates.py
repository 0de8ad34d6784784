"""Shipping rates: what a draft of one means, and which of its tiers a cart pays."""

from __future__ import annotations

from typing import TypeAlias

from msgspec.structs import replace

from orderwright.domain.amounts.money import (
    Money,
    Roundings,
    TypedMoney,
    cents,
    in_currency,
    round_ratio,
    typed,
    whole_cents,
    zero,
)
from orderwright.domain.amounts.price_function import PriceFunctionError, evaluate, steps
from orderwright.domain.amounts.record import Notes, Step
from orderwright.domain.sale.shipping.model import (
    CartClassificationTier,
    CartScoreTier,
    CartValueTier,
    ClassificationShippingRateInput,
    PriceFunction,
    Score,
    ScoreShippingRateInput,
    ShippingRate,
    ShippingRateDraft,
    ShippingRateInput,
    ShippingRatePriceTier,
)
from orderwright.domain.shop.project.model import CartClassificationType, CartScoreType, CartValueType, ShippingRateInputType
from orderwright.engine.model import Value
from orderwright.errors import invalid_field, invalid_operation, required_field


class ClassificationShippingRateInputDraft(Value, tag_field="type", tag="Classification"):
    """The key of one of the project's classes."""

    key: str


class ScoreShippingRateInputDraft(Value, tag_field="type", tag="Score"):
    """A score, such as a weight."""

    score: Score


ShippingRateInputDraft: TypeAlias = ClassificationShippingRateInputDraft | ScoreShippingRateInputDraft
# How tiers are told apart: by the value that each kind of them goes by.
_NAMES: dict[type, tuple[str, str]] = {
    CartValueTier: ("minimum_cent_amount", "minimumCentAmount"),
    CartClassificationTier: ("value", "value"),
    CartScoreTier: ("score", "score"),
}
_KINDS: dict[type, type] = {
    CartValueType: CartValueTier,
    CartClassificationType: CartClassificationTier,
    CartScoreType: CartScoreTier,
}


def shipping_rate_from(draft: ShippingRateDraft, field: str) -> ShippingRate:
    """The rate a draft means; `field` is its path in the request. All its amounts are in one currency, in whole minor units.

    Raises `InvalidField`, `RequiredField` or `MoneyOverflow`.
    """
    price = _whole_cents(draft.price, f"{field}.price", draft.price.currency_code)
    free_above = draft.free_above
    tiers: dict[tuple[type, int | str], ShippingRatePriceTier] = {}
    for tier in draft.tiers:
        name, json_name = _NAMES[type(tier)]
        value = getattr(tier, name)
        if (type(tier), value) in tiers:
            raise invalid_field(f"{field}.tiers.{json_name}", value)
        tiers[type(tier), value] = _tier_from(tier, f"{field}.tiers", price.currency_code)
    return ShippingRate(
        price=price,
        free_above=None if free_above is None else _whole_cents(free_above, f"{field}.freeAbove", price.currency_code),
        tiers=tuple(tiers.values()),
    )


def _tier_from(tier: ShippingRatePriceTier, field: str, currency: str) -> ShippingRatePriceTier:
    """The tier as it is stored: the price in cents alone, nothing said of matching."""
    price = None
    if tier.price is not None:
        amount = _whole_cents(tier.price, f"{field}.price", currency)
        price = Money(currency_code=amount.currency_code, cent_amount=amount.cent_amount)
    if isinstance(tier, CartScoreTier):
        _check_score(tier, field, currency)
    return replace(tier, price=price, is_matching=None)


def _check_score(tier: CartScoreTier, field: str, currency: str) -> None:
    function = tier.price_function
    if function is None and tier.price is None:
        raise required_field(f"{field}.price")
    if function is None:
        return
    if tier.price is not None:
        raise invalid_operation("A tier has either a price or a price function.")
    if function.currency_code != currency:
        raise invalid_field(f"{field}.priceFunction.currencyCode", function.currency_code, [currency])
    try:
        steps(function.function)
    except PriceFunctionError:
        raise invalid_field(f"{field}.priceFunction.function", function.function) from None


def _whole_cents(money: Money, field: str, currency: str) -> TypedMoney:
    return in_currency(whole_cents(money, field), currency, field)


def check_tiers(rate: ShippingRate, by: ShippingRateInputType | None) -> None:
    """The tiers of a new rate are of the kind that the project is set to, which is the cart's value if it is set to nothing.

    Raises `InvalidOperation` for another kind, `InvalidField` for a class that the project does not have.
    commercetools: Project, ShippingRateInputType.
    """
    kind = _KINDS[type(by)] if by is not None else CartValueTier
    for tier in rate.tiers:
        if not isinstance(tier, kind):
            wanted = kind.__struct_config__.tag  # type: ignore[attr-defined]  # every tier is a tagged struct
            raise invalid_operation(f"The tiers of a shipping rate must be of the type '{wanted}' that the project is set to.")
        if isinstance(tier, CartClassificationTier) and isinstance(by, CartClassificationType):
            _label(tier.value, by, "tiers.value")


def rate_input_from(draft: ShippingRateInputDraft | None, by: ShippingRateInputType | None) -> ShippingRateInput | None:
    """What a cart keeps of the input it is given; None stays None.

    Raises `InvalidOperation` for a kind of input that the project is not set to, `InvalidField` for a class it does not have.
    """
    if draft is None:
        return None
    if isinstance(draft, ClassificationShippingRateInputDraft) and isinstance(by, CartClassificationType):
        label = _label(draft.key, by, "shippingRateInput.key")
        return ClassificationShippingRateInput(key=draft.key, label=label)
    if isinstance(draft, ScoreShippingRateInputDraft) and isinstance(by, CartScoreType):
        return ScoreShippingRateInput(score=draft.score)
    sent = draft.__struct_config__.tag
    wanted = "none" if by is None else f"'{by.__struct_config__.tag}'"
    raise invalid_operation(
        f"The shipping rate input '{sent}' does not fit the project, whose shippingRateInputType is {wanted}."
    )


def _label(key: str, by: CartClassificationType, field: str) -> dict[str, str]:
    for value in by.values:
        if value.key == key:
            return value.label
    raise invalid_field(field, key, [value.key for value in by.values])


def shipping_price(
    rate: ShippingRate,
    cart_value: int,
    given: ShippingRateInput | None = None,
    by: ShippingRateInputType | None = None,
    notes: Notes | None = None,
) -> TypedMoney:
    """What shipping costs for items worth `cart_value` minor units, with the cart's input, in a project that goes `by`.

    Nothing from `freeAbove` on, else the price of the tier that is reached, else the rate's own. A price function is
    rounded half to even and never below zero: nobody is paid for being shipped to. Raises `MoneyOverflow`.
    commercetools: Shipping Methods, ShippingRate.
    """
    free = rate.free_above is not None and cart_value >= rate.free_above.cent_amount
    tier = None if free else matching_tier(rate, cart_value, given, by)
    told: Roundings | None = None if notes is None else []
    if free:
        price = zero(rate.price.currency_code)
    elif isinstance(tier, CartScoreTier) and tier.price_function is not None and isinstance(given, ScoreShippingRateInput):
        price = _computed(tier.price_function, given.score, told)
    else:
        price = rate.price if tier is None or tier.price is None else typed(tier.price, "tiers.price")
    if notes is not None:
        reason = f"For items worth {cart_value} minor units it is free (freeAbove)." if free else _why(tier, cart_value)
        notes.append(Step(kind="ShippingPrice", reason=reason, before=rate.price, after=price, roundings=tuple(told or ())))
    return price


def _why(tier: ShippingRatePriceTier | None, cart_value: int) -> str:
    match tier:
        case CartValueTier():
            return f"The tier from {tier.minimum_cent_amount} minor units on is the highest that items worth {cart_value} reach."
        case CartClassificationTier():
            return f"It is the tier of the class '{tier.value}' that the cart is in."
        case CartScoreTier(price_function=PriceFunction(function=function)):
            return f"The tier from the score {tier.score} on has the function {function}, and costs nothing below zero."
        case CartScoreTier():
            return f"The tier from the score {tier.score} on is the highest that the cart's score reaches."
    return "It is the rate's own price: no tier is reached."


def _computed(function: PriceFunction, score: int, told: Roundings | None) -> TypedMoney:
    value = evaluate(function.function, score)
    return cents(function.currency_code, max(0, round_ratio(value.numerator, value.denominator, "HalfEven", told)))


def matching_tier(
    rate: ShippingRate, cart_value: int, given: ShippingRateInput | None, by: ShippingRateInputType | None
) -> ShippingRatePriceTier | None:
    """The tier of the kind the project goes by that a cart is in: its class, or the highest value or score it reaches.

    Where the cart's input is missing, or of a kind the project no longer goes by, there is none.
    commercetools: Shipping Methods, ShippingRatePriceTier.
    """
    match by, given:
        case CartClassificationType(), ClassificationShippingRateInput(key=key):
            classes = (tier for tier in rate.tiers if isinstance(tier, CartClassificationTier) and tier.value == key)
            return next(classes, None)
        case CartScoreType(), ScoreShippingRateInput(score=score):
            scores = (tier for tier in rate.tiers if isinstance(tier, CartScoreTier) and tier.score <= score)
            return max(scores, key=lambda tier: tier.score, default=None)
        case ((CartValueType() | None), _):
            values = (tier for tier in rate.tiers if isinstance(tier, CartValueTier) and tier.minimum_cent_amount <= cart_value)
            return max(values, key=lambda tier: tier.minimum_cent_amount, default=None)
    return None
