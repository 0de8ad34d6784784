"""Shipping: what a rate's draft means, what shipping costs, and which zone's rate an address gets."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.domain.amounts.money import Money, cents
from orderwright.domain.sale.shipping.method import ShippingMethod, ZoneRate
from orderwright.domain.sale.shipping.model import CartValueTier, ShippingRate, ShippingRateDraft
from orderwright.domain.sale.shipping.rates import shipping_price, shipping_rate_from
from orderwright.domain.sale.shipping.zones import rate_for
from orderwright.domain.shop.zone import Location, Zone
from orderwright.engine.json.codec import encode
from orderwright.engine.model import Reference
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError

NOW = DateTime("2024-05-01T10:00:00.000Z")


def eur(amount: int) -> Money:
    return Money(currency_code="EUR", cent_amount=amount)


def tier(minimum: int, amount: int, currency: str = "EUR", **rest: Any) -> CartValueTier:
    return CartValueTier(minimum_cent_amount=minimum, price=Money(currency_code=currency, cent_amount=amount), **rest)


def test_a_draft_becomes_a_rate() -> None:
    draft = ShippingRateDraft(price=eur(495), free_above=eur(5000), tiers=(tier(2000, 395, is_matching=True), tier(1000, 445)))
    made = shipping_rate_from(draft, "shippingRate")
    assert made == ShippingRate(price=cents("EUR", 495), free_above=cents("EUR", 5000), tiers=(tier(2000, 395), tier(1000, 445)))
    assert (
        encode(made.tiers[0]) == b'{"type":"CartValue","minimumCentAmount":2000,"price":{"currencyCode":"EUR","centAmount":395}}'
    )
    plain = shipping_rate_from(ShippingRateDraft(price=eur(0)), "shippingRate")
    assert encode(plain) == (
        b'{"price":{"type":"centPrecision","currencyCode":"EUR","centAmount":0,"fractionDigits":2},"tiers":[]}'
    )


DOLLAR = Money(currency_code="USD", cent_amount=1)
PRECISE = Money(type="highPrecision", currency_code="EUR", precise_amount=1, fraction_digits=3)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"price": Money(currency_code="EUR")}, "RequiredField", "rate.price.centAmount"),
        ({"price": PRECISE}, "InvalidField", "rate.price.type"),
        ({"price": Money(currency_code="ABC", cent_amount=1)}, "InvalidField", "rate.price.currencyCode"),
        ({"free_above": DOLLAR}, "InvalidField", "rate.freeAbove.currencyCode"),
        ({"free_above": PRECISE}, "InvalidField", "rate.freeAbove.type"),
        ({"tiers": (tier(1, 1, "USD"),)}, "InvalidField", "rate.tiers.price.currencyCode"),
        ({"tiers": (tier(1, 1), tier(1, 2))}, "InvalidField", "rate.tiers.minimumCentAmount"),
    ],
)
def test_a_rate_that_contradicts_itself_is_refused(fields: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(ApiError) as refusal:
        shipping_rate_from(ShippingRateDraft(**{"price": eur(495), **fields}), "rate")
    assert (refusal.value.code, refusal.value.fields["field"]) == (code, field)


TIERED = ShippingRate(price=cents("EUR", 495), free_above=cents("EUR", 5000), tiers=(tier(3000, 195), tier(1000, 395)))


@pytest.mark.parametrize(
    ("cart_value", "amount"), [(0, 495), (999, 495), (1000, 395), (2999, 395), (3000, 195), (4999, 195), (5000, 0), (9999, 0)]
)
def test_the_cart_value_picks_the_tier_until_shipping_is_free(cart_value: int, amount: int) -> None:
    assert shipping_price(TIERED, cart_value) == cents("EUR", amount)


def test_without_free_above_shipping_is_never_free() -> None:
    assert shipping_price(ShippingRate(price=cents("USD", 900), tiers=()), 10**12) == cents("USD", 900)


@given(st.integers(0, 10**5), st.integers(0, 10**5))
def test_a_fuller_cart_never_pays_more_where_tiers_fall(value: int, more: int) -> None:
    assert shipping_price(TIERED, value + more).cent_amount <= shipping_price(TIERED, value).cent_amount


def zone(number: int, *places: tuple[str, str | None]) -> Zone:
    return Zone(
        id=f"00000000-0000-4000-8000-{number:012d}",
        version=1,
        created_at=NOW,
        last_modified_at=NOW,
        name=str(number),
        locations=tuple(Location(country=country, state=state) for country, state in places),
    )


EUROPE = zone(1, ("DE", None), ("FR", None))
AMERICA = zone(2, ("US", None))
COAST = zone(3, ("US", "NY"), ("US", "CA"))
UNUSED = zone(4, ("IT", None))
ZONES = [EUROPE, AMERICA, COAST, UNUSED]


def method(*rates: tuple[Zone, tuple[tuple[str, int], ...]]) -> ShippingMethod:
    return ShippingMethod(
        id="00000000-0000-4000-8000-000000000009",
        version=1,
        created_at=NOW,
        last_modified_at=NOW,
        name="standard",
        tax_category=Reference(type_id="tax-category", id="00000000-0000-4000-8000-000000000008"),
        active=True,
        is_default=False,
        stores=(),
        zone_rates=tuple(
            ZoneRate(
                zone=Reference(type_id="zone", id=of.id),
                shipping_rates=tuple(ShippingRate(price=cents(currency, amount), tiers=()) for currency, amount in prices),
            )
            for of, prices in rates
        ),
    )


STANDARD = method((AMERICA, (("USD", 900), ("EUR", 800))), (COAST, (("USD", 500),)), (EUROPE, (("EUR", 495), ("USD", 600))))


@pytest.mark.parametrize(
    ("country", "state", "currency", "amount"),
    [
        ("DE", None, "EUR", 495),
        ("FR", None, "USD", 600),
        ("DE", "BY", "EUR", 495),
        ("US", None, "USD", 900),
        ("US", "", "USD", 900),
        ("US", "NY", "USD", 500),
        ("US", "TX", "USD", 900),
        # The coast has no price in EUR, its country has.
        ("US", "NY", "EUR", 800),
        ("DE", None, "GBP", None),
        ("IT", None, "EUR", None),
        ("JP", None, "EUR", None),
    ],
)
def test_a_states_zone_beats_its_countrys(country: str, state: str | None, currency: str, amount: int | None) -> None:
    found = rate_for(STANDARD, ZONES, country=country, state=state, currency=currency)
    assert (found and found.price) == (None if amount is None else cents(currency, amount))


def test_a_rate_of_a_zone_that_is_gone_is_passed_over() -> None:
    assert rate_for(STANDARD, [AMERICA], country="DE", state=None, currency="EUR") is None
