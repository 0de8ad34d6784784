"""Prices: what a draft means, which prices may stand together, and which one is paid."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.domain.amounts.money import Money, TypedMoney, cents
from orderwright.domain.goods.price import (
    DiscountedPrice,
    Price,
    PriceDraft,
    PriceTier,
    PriceTierDraft,
    check_scopes,
    price_from,
    select_price,
    unit_price,
)
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.model import ClientLogging, Reference, Resource
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError

NOW = DateTime("2024-05-01T10:00:00.000Z")
APRIL = DateTime("2024-04-01T00:00:00.000Z")
JUNE = DateTime("2024-06-01T00:00:00.000Z")
JULY = DateTime("2024-07-01T00:00:00.000Z")
GROUP, OTHER_GROUP, CHANNEL = (f"00000000-0000-4000-8000-00000000000{digit}" for digit in "123")


def refer(type_id: str, id: str | None) -> Reference | None:
    return None if id is None else Reference(type_id=type_id, id=id)


def price(amount: int, *, currency: str = "EUR", group: str | None = None, channel: str | None = None, **rest: Any) -> Price:
    return Price(
        id=f"10000000-0000-4000-8000-{abs(amount):012d}",
        value=cents(currency, amount),
        customer_group=refer("customer-group", group),
        channel=refer("channel", channel),
        **rest,
    )


def chosen(prices: list[Price], **asked: Any) -> int | None:
    """The amount that a buyer in Germany, in the group and the channel, pays."""
    question = {"currency": "EUR", "country": "DE", "customer_groups": [GROUP], "channel": CHANNEL, "now": NOW, **asked}
    found = select_price(prices, **question)
    return found.value.cent_amount if found else None


def facts() -> Facts:
    resources = {
        Wanted(type_id, "id", id): Resource(id=id, version=1, created_at=NOW, last_modified_at=NOW)
        for type_id, id in (("customer-group", GROUP), ("channel", CHANNEL))
    }
    ids = itertools.count(1)
    return Facts(
        now=NOW,
        new_id=lambda: f"20000000-0000-4000-8000-{next(ids):012d}",
        who=ClientLogging(),
        catalogue=Catalogue(1, []),
        found=resources,
    )


def eur(amount: int) -> Money:
    return Money(currency_code="EUR", cent_amount=amount)


def test_a_draft_becomes_a_price() -> None:
    draft = PriceDraft(
        value=eur(1000),
        key="list",
        country="DE",
        customer_group=ResourceIdentifier(id=GROUP),
        channel=ResourceIdentifier(id=CHANNEL),
        valid_from=APRIL,
        valid_until=JUNE,
        tiers=(PriceTierDraft(minimum_quantity=10, value=eur(900)),),
    )
    assert price_from(draft, facts()) == Price(
        id="20000000-0000-4000-8000-000000000001",
        key="list",
        value=cents("EUR", 1000),
        country="DE",
        customer_group=Reference(type_id="customer-group", id=GROUP),
        channel=Reference(type_id="channel", id=CHANNEL),
        valid_from=APRIL,
        valid_until=JUNE,
        tiers=(PriceTier(minimum_quantity=10, value=cents("EUR", 900)),),
    )


def test_a_plain_price_shows_nothing_that_it_has_not() -> None:
    plain = price_from(PriceDraft(value=eur(5), tiers=()), facts())
    assert encode(plain) == (
        b'{"id":"20000000-0000-4000-8000-000000000001",'
        b'"value":{"type":"centPrecision","currencyCode":"EUR","centAmount":5,"fractionDigits":2}}'
    )


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"valid_from": JUNE, "valid_until": JUNE}, "InvalidField", "validUntil"),
        ({"valid_from": JUNE, "valid_until": APRIL}, "InvalidField", "validUntil"),
        ({"value": Money(currency_code="EUR")}, "RequiredField", "value.centAmount"),
        ({"tiers": [(2, eur(9)), (2, eur(8))]}, "InvalidField", "tiers.minimumQuantity"),
        ({"tiers": [(2, Money(currency_code="USD", cent_amount=1))]}, "InvalidField", "tiers.value.currencyCode"),
        ({"tiers": [(2, Money(currency_code="EUR"))]}, "RequiredField", "tiers.value.centAmount"),
    ],
)
def test_a_draft_that_contradicts_itself_is_refused(changed: dict[str, Any], code: str, field: str) -> None:
    if "tiers" in changed:
        changed = {"tiers": tuple(PriceTierDraft(minimum_quantity=least, value=value) for least, value in changed["tiers"])}
    with pytest.raises(ApiError) as refusal:
        price_from(PriceDraft(**{"value": eur(10), **changed}), facts())
    assert (refusal.value.code, refusal.value.fields["field"]) == (code, field)


def test_a_price_for_an_unknown_group_is_refused() -> None:
    with pytest.raises(ApiError) as refusal:
        price_from(PriceDraft(value=eur(1), customer_group=ResourceIdentifier(id=OTHER_GROUP)), facts())
    assert refusal.value.code == "ReferencedResourceNotFound"


@pytest.mark.parametrize(
    "prices",
    [
        [],
        [price(1), price(2, country="DE"), price(3, currency="USD"), price(4, group=GROUP), price(5, channel=CHANNEL)],
        [price(1), price(2, valid_from=APRIL), price(3, valid_until=APRIL)],
        [price(1, valid_from=JUNE, valid_until=JULY), price(2, valid_from=APRIL, valid_until=JUNE)],
        [price(1, key="one"), price(2, key="two", country="DE")],
    ],
)
def test_prices_that_may_stand_together(prices: list[Price]) -> None:
    check_scopes(prices)


def test_a_price_key_stands_once() -> None:
    with pytest.raises(ApiError) as refusal:
        check_scopes([price(1, key="one"), price(2, key="one", country="DE")])
    assert refusal.value.code == "DuplicatePriceKey"
    assert refusal.value.message == "Duplicate price key: one. The price key must be unique per variant."
    assert refusal.value.fields["conflictingPrice"] == price(1, key="one")


def test_a_scope_has_one_undated_price() -> None:
    with pytest.raises(ApiError) as refusal:
        check_scopes([price(1, country="DE", group=GROUP), price(2), price(3, country="DE", group=GROUP)])
    assert refusal.value.code == "DuplicatePriceScope"
    assert refusal.value.message.startswith(f"Duplicate price scope: EUR - DE - {GROUP}. The combination of currency")
    assert refusal.value.fields["conflictingPrice"].value.cent_amount == 1


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"valid_from": APRIL, "valid_until": JULY}, {"valid_from": JUNE}),
        ({"valid_until": JULY}, {"valid_from": JUNE, "valid_until": JULY}),
        ({"valid_from": APRIL}, {"valid_from": JUNE}),
        ({"valid_until": APRIL}, {"valid_until": JUNE}),
        ({"valid_from": APRIL, "valid_until": JUNE}, {"valid_from": APRIL, "valid_until": JUNE}),
    ],
)
def test_dated_prices_of_a_scope_do_not_overlap(earlier: dict[str, Any], later: dict[str, Any]) -> None:
    for first, second in ((earlier, later), (later, earlier)):
        with pytest.raises(ApiError) as refusal:
            check_scopes([price(1, country="DE", channel=CHANNEL, **first), price(2, country="DE", channel=CHANNEL, **second)])
        assert refusal.value.code == "OverlappingPriceValidity"
        fields = refusal.value.fields
        assert fields["conflictingPrice"] == "10000000-0000-4000-8000-000000000001"
        assert (fields["currency"], fields["country"], fields["channel"].id) == ("EUR", "DE", CHANNEL)
        assert fields.get("validFrom") == second.get("valid_from")
        assert fields.get("conflictingValidUntil") == first.get("valid_until")


# From the least to the most specific scope, as the buyer in `chosen` meets them. The amount names the rank, so that the
# better price never wins by being lower.
LADDER = [
    price(1),
    price(2, country="DE"),
    price(3, channel=CHANNEL),
    price(4, channel=CHANNEL, country="DE"),
    price(5, group=GROUP),
    price(6, group=GROUP, country="DE"),
    price(7, group=GROUP, channel=CHANNEL),
    price(8, group=GROUP, channel=CHANNEL, country="DE"),
]


@given(st.lists(st.sampled_from(LADDER), unique_by=lambda rung: rung.id), st.randoms())
def test_the_most_specific_price_wins_in_whatever_order_they_stand(rungs: list[Price], chance: Any) -> None:
    chance.shuffle(rungs)
    assert chosen(rungs) == max((rung.value.cent_amount for rung in rungs), default=None)


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        ({}, 8),
        ({"country": "FR"}, 7),
        ({"country": None}, 7),
        ({"channel": None}, 6),
        ({"channel": None, "country": "FR"}, 5),
        ({"customer_groups": []}, 4),
        ({"customer_groups": [OTHER_GROUP]}, 4),
        ({"customer_groups": [], "country": "FR"}, 3),
        ({"customer_groups": [], "channel": None}, 2),
        ({"customer_groups": [], "channel": None, "country": None}, 1),
        ({"currency": "USD"}, None),
    ],
)
def test_a_price_of_another_scope_is_no_candidate(asked: dict[str, Any], amount: int | None) -> None:
    assert chosen(LADDER, **asked) == amount


@pytest.mark.parametrize(
    ("dates", "amount"),
    [
        ({"valid_from": APRIL}, 5),
        ({"valid_until": JUNE}, 5),
        ({"valid_from": NOW, "valid_until": JUNE}, 5),
        ({"valid_from": JUNE}, 3),
        ({"valid_from": APRIL, "valid_until": NOW}, 3),
        ({"valid_until": APRIL}, 3),
    ],
)
def test_a_price_that_is_valid_by_its_dates_beats_an_undated_one(dates: dict[str, Any], amount: int) -> None:
    for prices in itertools.permutations([price(3), price(5, **dates)]):
        assert chosen(list(prices)) == amount


def test_a_more_specific_scope_beats_dates() -> None:
    assert chosen([price(3, country="DE"), price(1, valid_from=APRIL)]) == 3


def test_of_several_customer_groups_the_better_price_wins() -> None:
    half_a_cent_less = TypedMoney(
        type="highPrecision", currency_code="EUR", cent_amount=20, fraction_digits=3, precise_amount=195
    )
    offers = [price(20, group=GROUP), price(30, group=OTHER_GROUP)]
    for prices in itertools.permutations(offers):
        assert chosen(list(prices), customer_groups=[GROUP, OTHER_GROUP]) == 20
    # The discounted value is what would be paid, and digits beyond the cent count.
    reduced = price(
        30, group=OTHER_GROUP, discounted=DiscountedPrice(value=half_a_cent_less, discount=Reference(type_id="x", id=GROUP))
    )
    assert chosen([offers[0], reduced], customer_groups=[GROUP, OTHER_GROUP]) == 30


def test_a_price_of_a_recurrence_policy_is_not_for_a_single_purchase() -> None:
    assert chosen([price(1, recurrence_policy=Reference(type_id="recurrence-policy", id=GROUP)), price(2)]) == 2


TIERED = price(
    1000,
    tiers=(
        PriceTier(minimum_quantity=50, value=cents("EUR", 700)),
        PriceTier(minimum_quantity=10, value=cents("EUR", 900)),
    ),
)


@pytest.mark.parametrize(("quantity", "amount"), [(0, 1000), (1, 1000), (9, 1000), (10, 900), (49, 900), (50, 700), (999, 700)])
def test_a_tier_holds_for_the_whole_quantity(quantity: int, amount: int) -> None:
    assert unit_price(TIERED, quantity).cent_amount == amount


def test_a_discounted_price_hides_the_tiers() -> None:
    discount = DiscountedPrice(value=cents("EUR", 800), discount=Reference(type_id="product-discount", id=GROUP))
    reduced = price(1000, tiers=TIERED.tiers, discounted=discount)
    assert [unit_price(reduced, quantity).cent_amount for quantity in (1, 10, 50)] == [800, 800, 800]
