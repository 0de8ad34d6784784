"""Tiers by class and by score: hand-worked values."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.domain.amounts.money import Money, cents
from orderwright.domain.custom.model import CustomFieldLocalizedEnumValue
from orderwright.domain.sale.shipping.model import (
    CartClassificationTier,
    CartScoreTier,
    CartValueTier,
    ClassificationShippingRateInput,
    PriceFunction,
    ScoreShippingRateInput,
    ShippingRate,
    ShippingRateDraft,
)
from orderwright.domain.sale.shipping.rates import (
    ClassificationShippingRateInputDraft,
    ScoreShippingRateInputDraft,
    check_tiers,
    rate_input_from,
    shipping_price,
    shipping_rate_from,
)
from orderwright.domain.shop.project.model import CartClassificationType, CartScoreType, CartValueType
from orderwright.errors import ApiError


def eur(cent_amount: int) -> Money:
    return Money(currency_code="EUR", cent_amount=cent_amount)


def function(text: str, currency: str = "EUR") -> PriceFunction:
    return PriceFunction(currency_code=currency, function=text)


CLASSES = CartClassificationType(
    values=(
        CustomFieldLocalizedEnumValue(key="light", label={"en": "Light"}),
        CustomFieldLocalizedEnumValue(key="heavy", label={"en": "Heavy"}),
    )
)
SCORES, VALUES = CartScoreType(), CartValueType()
MIXED = ShippingRate(
    price=cents("EUR", 1000),
    free_above=cents("EUR", 100_000),
    tiers=(
        CartValueTier(minimum_cent_amount=5000, price=eur(700)),
        CartClassificationTier(value="heavy", price=eur(2500)),
        CartScoreTier(score=5, price=eur(750)),
        CartScoreTier(score=15, price_function=function("(50 * x) + 750")),
        CartScoreTier(score=100, price_function=function("500 - x * 10")),
    ),
)
HEAVY = ClassificationShippingRateInput(key="heavy", label={"en": "Heavy"})


def score(number: int) -> ScoreShippingRateInput:
    return ScoreShippingRateInput(score=number)


@pytest.mark.parametrize(
    ("by", "given", "amount"),
    [
        (None, None, 700),
        (VALUES, None, 700),
        (VALUES, HEAVY, 700),
        (CLASSES, None, 1000),
        (CLASSES, HEAVY, 2500),
        (CLASSES, ClassificationShippingRateInput(key="light", label={}), 1000),
        (CLASSES, score(5), 1000),
        (SCORES, None, 1000),
        (SCORES, HEAVY, 1000),
        (SCORES, score(0), 1000),
        (SCORES, score(4), 1000),
        (SCORES, score(5), 750),
        (SCORES, score(14), 750),
        (SCORES, score(15), 1500),
        (SCORES, score(20), 1750),
        (SCORES, score(100), 0),
    ],
)
def test_the_tier_that_a_cart_of_60_euros_is_in(by: Any, given: Any, amount: int) -> None:
    assert shipping_price(MIXED, 6000, given, by) == cents("EUR", amount)


def test_nothing_from_free_above_on_whatever_the_score() -> None:
    assert shipping_price(MIXED, 100_000, score(20), SCORES) == cents("EUR", 0)


def test_half_a_cent_goes_to_the_even_one_and_too_much_is_refused() -> None:
    halves = ShippingRate(price=cents("EUR", 0), tiers=(CartScoreTier(score=1, price_function=function("x * 0.5")),))
    assert [shipping_price(halves, 0, score(number), SCORES).cent_amount for number in (1, 3, 5)] == [0, 2, 2]
    cubes = ShippingRate(price=cents("EUR", 0), tiers=(CartScoreTier(score=1, price_function=function("x*x*x")),))
    with pytest.raises(ApiError) as caught:
        shipping_price(cubes, 0, score(10**10), SCORES)
    assert caught.value.code == "MoneyOverflow"


def test_a_draft_is_stored_without_what_is_not_the_rates() -> None:
    tiers = (
        CartScoreTier(score=1, price=eur(100), is_matching=True),
        CartScoreTier(score=2, price_function=function("x")),
        CartClassificationTier(value="heavy", price=eur(1)),
    )
    made = shipping_rate_from(ShippingRateDraft(price=eur(10), tiers=tiers), "shippingRate")
    assert made.tiers == (CartScoreTier(score=1, price=eur(100)), *tiers[1:])


@pytest.mark.parametrize(
    ("tiers", "code", "field"),
    [
        ((CartScoreTier(score=0, price=eur(1)),) * 2, "InvalidField", "rate.tiers.score"),
        ((CartScoreTier(score=1),), "RequiredField", "rate.tiers.price"),
        ((CartScoreTier(score=1, price=eur(1), price_function=function("x")),), "InvalidOperation", None),
        ((CartScoreTier(score=1, price_function=function("x", "USD")),), "InvalidField", "rate.tiers.priceFunction.currencyCode"),
        ((CartScoreTier(score=1, price_function=function("x+")),), "InvalidField", "rate.tiers.priceFunction.function"),
        ((CartScoreTier(score=1, price=eur(1)), CartScoreTier(score=1, price=eur(2))), "InvalidField", "rate.tiers.score"),
        ((CartClassificationTier(value="a", price=eur(1)),) * 2, "InvalidField", "rate.tiers.value"),
        (
            (CartClassificationTier(value="a", price=Money(currency_code="USD", cent_amount=1)),),
            "InvalidField",
            "rate.tiers.price.currencyCode",
        ),
    ],
)
def test_tiers_that_are_refused(tiers: Any, code: str, field: str | None) -> None:
    with pytest.raises(ApiError) as caught:
        shipping_rate_from(ShippingRateDraft(price=eur(1), tiers=tiers), "rate")
    assert (caught.value.code, caught.value.fields.get("field")) == (code, field)


@pytest.mark.parametrize(
    ("tier", "by", "code"),
    [
        (CartValueTier(minimum_cent_amount=1, price=eur(1)), None, None),
        (CartValueTier(minimum_cent_amount=1, price=eur(1)), VALUES, None),
        (CartValueTier(minimum_cent_amount=1, price=eur(1)), SCORES, "InvalidOperation"),
        (CartScoreTier(score=1, price=eur(1)), SCORES, None),
        (CartScoreTier(score=1, price=eur(1)), None, "InvalidOperation"),
        (CartScoreTier(score=1, price=eur(1)), CLASSES, "InvalidOperation"),
        (CartClassificationTier(value="heavy", price=eur(1)), CLASSES, None),
        (CartClassificationTier(value="huge", price=eur(1)), CLASSES, "InvalidField"),
    ],
)
def test_tiers_are_of_the_kind_that_the_project_goes_by(tier: Any, by: Any, code: str | None) -> None:
    rate = ShippingRate(price=cents("EUR", 1), tiers=(tier,))
    if code is None:
        check_tiers(rate, by)
        return
    with pytest.raises(ApiError) as caught:
        check_tiers(rate, by)
    assert caught.value.code == code


def test_what_a_cart_keeps_of_its_input() -> None:
    assert rate_input_from(None, None) is None
    assert rate_input_from(ScoreShippingRateInputDraft(score=3), SCORES) == score(3)
    assert rate_input_from(ClassificationShippingRateInputDraft(key="heavy"), CLASSES) == HEAVY


@pytest.mark.parametrize(
    ("draft", "by", "code"),
    [
        (ScoreShippingRateInputDraft(score=3), None, "InvalidOperation"),
        (ScoreShippingRateInputDraft(score=3), VALUES, "InvalidOperation"),
        (ScoreShippingRateInputDraft(score=3), CLASSES, "InvalidOperation"),
        (ClassificationShippingRateInputDraft(key="heavy"), SCORES, "InvalidOperation"),
        (ClassificationShippingRateInputDraft(key="huge"), CLASSES, "InvalidField"),
    ],
)
def test_input_that_does_not_fit_the_project(draft: Any, by: Any, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        rate_input_from(draft, by)
    assert caught.value.code == code
