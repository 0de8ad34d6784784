"""Product discounts: what is taken off a price to the cent, which of several counts, and what predicates may ask."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.changes import changed, holds_to_specification, not_made, refused, shown
from domain.facts import NOW, eur, uid, usd
from domain.facts import facts as read
from domain.goods.discounting import SALE, decided, discount, drafted, euro_amount, shop_with
from orderwright.domain.amounts.money import TypedMoney, cents
from orderwright.domain.goods.price import Price
from orderwright.domain.goods.product_discount.best import Candidates, InForce, reduced
from orderwright.domain.goods.product_discount.model import (
    ProductDiscountValueAbsolute,
    ProductDiscountValueExternal,
    ProductDiscountValueRelative,
)
from orderwright.domain.goods.product_discount.predicate import PRODUCT_PRICE
from orderwright.domain.goods.product_discount.resource import RESOURCE
from orderwright.engine.model import Reference
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.effects import CatalogueStays, QueueRenewals
from orderwright.errors import ApiError
from orderwright.predicates import compile_rule

LATER, LAST = "2024-05-02T10:00:00.000Z", "2024-05-03T10:00:00.000Z"


def percent(permyriad: int) -> ProductDiscountValueRelative:
    return ProductDiscountValueRelative(permyriad=permyriad)


@pytest.mark.parametrize(
    ("price", "permyriad", "left"),
    [
        # X25: 7 % off.
        (24875, 700, 23134),
        (19999, 700, 18599),
        (16311, 700, 15169),
        (19900, 700, 18507),
        (19701, 700, 18322),
        (26368, 700, 24522),
        (18109, 700, 16841),
        (19104, 700, 17767),
        # X26, X27, X28.
        (24875, 2000, 19900),
        (25999, 3000, 18199),
        (2640000, 1500, 2244000),
        # The API's own example of a half: 1.01 at 50 % is 0.505, and rounds down.
        (101, 5000, 50),
        (100, 10000, 0),
        (100, 0, 100),
    ],
)
def test_a_share_is_rounded_half_down_for_each_price(price: int, permyriad: int, left: int) -> None:
    assert reduced(eur(price), percent(permyriad)) == eur(left)


@pytest.mark.parametrize(
    ("price", "amount", "left"),
    # X29, and an amount that is more than the price.
    [(1234, 100, 1134), (50000, 500, 49500), (100, 500, 0)],
)
def test_an_amount_leaves_nothing_below_zero(price: int, amount: int, left: int) -> None:
    value = ProductDiscountValueAbsolute(money=(usd(1), eur(amount)))
    assert reduced(eur(price), value) == eur(left)


def test_what_a_discount_does_not_reduce() -> None:
    euros = ProductDiscountValueAbsolute(money=(eur(100),))
    assert reduced(usd(1000), euros) is None
    assert reduced(eur(0), percent(1000)) is None
    assert reduced(eur(1000), ProductDiscountValueExternal()) is None


def test_a_price_in_high_precision_keeps_it() -> None:
    price = TypedMoney(type="highPrecision", currency_code="EUR", cent_amount=1, fraction_digits=5, precise_amount=1005)
    # 1005 * 0.5 = 502.5 parts of 0.00001 EUR: half down to 502, which is 0.502 cents and rounds to 1.
    half = reduced(price, percent(5000))
    assert half == TypedMoney(type="highPrecision", currency_code="EUR", cent_amount=1, fraction_digits=5, precise_amount=502)
    # One cent is a thousand such parts.
    left = reduced(price, ProductDiscountValueAbsolute(money=(eur(1),)))
    assert left == TypedMoney(type="highPrecision", currency_code="EUR", cent_amount=0, fraction_digits=5, precise_amount=5)


@given(st.integers(1, 10**12), st.integers(0, 10_000), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_a_share_is_the_nearest_amount(price: int, permyriad: int, currency: str) -> None:
    left = reduced(cents(currency, price), percent(permyriad))
    assert left is not None
    exact = Fraction(price * (10_000 - permyriad), 10_000)
    assert abs(left.cent_amount - exact) <= Fraction(1, 2)
    assert left.cent_amount - exact != Fraction(1, 2), "a half is rounded down"
    assert 0 <= left.cent_amount <= price


VARIANT: dict[str, Any] = {
    "product": {"id": uid(1), "key": "shirt"},
    "productType": {"id": uid(2), "key": "clothes"},
    "variant": {"id": 3, "key": "large"},
    "sku": "shirt-l",
    "attributes": [
        {"name": "season", "value": "2024"},
        {"name": "colors", "value": [{"key": "black", "label": "B"}, {"key": "white", "label": "W"}]},
        {"name": "deposit", "value": {"type": "centPrecision", "currencyCode": "EUR", "centAmount": 50, "fractionDigits": 2}},
        {"name": "course-key", "value": "c1"},
    ],
    "categories": [{"id": uid(4), "key": "shirts"}],
    "categoriesWithAncestors": [{"id": uid(4), "key": "shirts"}, {"id": uid(5), "key": "clothing"}],
    "price": {"type": "centPrecision", "currencyCode": "EUR", "centAmount": 1250, "fractionDigits": 2},
    "country": "DE",
    "customerGroup": {"id": uid(6), "key": "gold"},
    "channel": {"id": uid(7), "key": "web"},
}
HOLD = [
    "true",
    "1 = 1",
    f'product.id = "{uid(1)}" and product.key = "shirt"',
    f'productType.id = "{uid(2)}" and productType.key in ("clothes", "shoes")',
    'variant.id = 3 and variantId = 3 and variant.key = "large"',
    'sku = "shirt-l" and sku in ("shirt-l") and not(sku = "x")',
    'attributes.season = "2024" and attributes.colors contains all ("black", "white")',
    'attributes.colors contains "black" and attributes.colors contains any ("red", "white")',
    'attributes.size is empty and attributes.`course-key` = "c1"',
    'attributes.deposit.centAmount = 50 and attributes.deposit = "0.50 EUR"',
    'price = "12.50 EUR" and price > "10 EUR" and amount = "12.50 EUR"',
    'centAmount > 1200 and currency = "EUR" and country != "FR"',
    f'customerGroup.id = "{uid(6)}" and customerGroup.key = "gold" and customerGroup is defined',
    f'channel.id = "{uid(7)}" and channel.key = "web" and price.channel.key = "web"',
    f'categories.id = ("{uid(4)}") and categories.id contains "{uid(4)}" and categories.key = ("shirts")',
    f'categoriesWithAncestors.id contains any ("{uid(5)}") and categoriesWithAncestors.key contains "clothing"',
    f'categories.id != ("{uid(5)}")',
]
FAIL = [
    "false",
    'price = "12.50 USD"',
    "centAmount > 1250",
    'country is defined and country = "FR"',
    "customerGroup.id is not defined",
    f'categories.id contains "{uid(5)}"',
    f'categoriesWithAncestors.id = ("{uid(4)}")',
    'attributes.colors contains all ("black", "red")',
]


@pytest.mark.parametrize(("text", "holds"), [*((text, True) for text in HOLD), *((text, False) for text in FAIL)])
def test_what_predicates_ask(text: str, *, holds: bool) -> None:
    assert compile_rule(text, PRODUCT_PRICE)(VARIANT) is holds


@pytest.mark.parametrize(
    ("predicate", "code", "part"),
    [
        ("", "SyntaxError", "line 1, column 1"),
        ('sku = "a" and', "SyntaxError", "line 1, column 14"),
        ("quantity = 1", "SemanticError", "line 1, column 1"),
        ('true and\nvariant.id = "x"', "SemanticError", "line 2, column 1"),
        ("price > 100", "SemanticError", "Money is compared"),
        ('custom.note = "x"', "SemanticError", "does not exist"),
    ],
)
def test_a_predicate_that_cannot_be_asked_is_refused_with_its_place(predicate: str, code: str, part: str) -> None:
    error = not_made(code, RESOURCE, {**SALE, "isActive": True, "predicate": predicate})
    assert part in error.message
    error = refused(code, RESOURCE, discount(1), {"action": "changePredicate", "predicate": predicate})
    assert part in error.message


def test_every_action_and_what_is_referred_to() -> None:
    sale = discount(1, key="sale", predicate=f'product.id = "{uid(8)}" and categories.id contains any ("{uid(9)}")')
    assert sale.references == (Reference(type_id="product", id=uid(8)), Reference(type_id="category", id=uid(9)))
    holds_to_specification("ProductDiscount", sale)
    after = changed(
        RESOURCE,
        sale,
        {"action": "setKey"},
        {"action": "changeName", "name": {"de": "Angebot"}},
        {"action": "setDescription", "description": {"en": "D"}},
        {"action": "changeValue", "value": euro_amount(100)},
        {"action": "changePredicate", "predicate": 'channel.id = "' + uid(7) + '"  and 1 = 1'},
        {"action": "changeSortOrder", "sortOrder": "0.75"},
        {"action": "changeIsActive", "isActive": False},
        {"action": "setValidFrom", "validFrom": LATER},
        {"action": "setValidUntil", "validUntil": LAST},
    )
    found = shown(after)
    assert found["value"]["money"] == [{"type": "centPrecision", "currencyCode": "EUR", "centAmount": 100, "fractionDigits": 2}]
    # The predicate is answered as it came.
    assert found["predicate"] == f'channel.id = "{uid(7)}"  and 1 = 1'
    assert found["references"] == [{"typeId": "channel", "id": uid(7)}]
    assert (found["name"], found["sortOrder"], found["isActive"], "key" in found) == ({"de": "Angebot"}, "0.75", False, False)
    assert (found["validFrom"], found["validUntil"]) == (LATER, LAST)
    always = changed(RESOURCE, after, {"action": "setValidFromAndUntil"})
    assert (always.valid_from, always.valid_until) == (None, None)
    holds_to_specification("ProductDiscount", always)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": {"type": "absolute", "money": []}}, "InvalidOperation"),
        ({"value": {"type": "absolute", "money": [{"currencyCode": "EUR", "centAmount": 1}] * 2}}, "InvalidOperation"),
        ({"value": euro_amount(-1)}, "InvalidField"),
        ({"value": {"type": "absolute", "money": [{"currencyCode": "XXQ", "centAmount": 1}]}}, "InvalidField"),
        ({"value": {"type": "relative", "permyriad": 10001}}, "InvalidJsonInput"),
        ({"value": {"type": "fixed"}}, "InvalidJsonInput"),
        ({"sortOrder": "1.5"}, "InvalidJsonInput"),
        ({"name": {}}, "InvalidJsonInput"),
        ({"validFrom": LATER, "validUntil": LATER}, "InvalidField"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], code: str) -> None:
    not_made(code, RESOURCE, {**SALE, "isActive": True, **changes})


def test_at_most_500_are_active() -> None:
    active = [discount(number) for number in range(2000, 2500)]
    facts, room = shop_with(*active), shop_with(*active[1:])
    more, on = {**SALE, "isActive": True}, {"action": "changeIsActive", "isActive": True}
    idle = drafted(RESOURCE, {**SALE, "isActive": False}, facts).after
    with pytest.raises(ApiError) as caught:
        drafted(RESOURCE, more, facts)
    assert (caught.value.code, caught.value.fields) == ("MaxResourceLimitExceeded", {"exceededResource": "product-discount"})
    with pytest.raises(ApiError) as caught:
        decided(RESOURCE, idle, facts, on)
    assert caught.value.code == "MaxResourceLimitExceeded"
    # The write of the 500th holds the catalogue as it was counted. One of the 500 may still be changed.
    last = drafted(RESOURCE, more, room)
    assert sum(isinstance(effect, CatalogueStays) for effect in last.change.effects) == 1
    assert decided(RESOURCE, active[0], facts, {"action": "changeSortOrder", "sortOrder": "0.7"}).after.sort_order == "0.7"


def price(cents: int, **more: Any) -> Price:
    return Price(id=uid(50), value=eur(cents), **more)


def test_the_highest_sort_order_among_those_that_match_counts() -> None:
    # As decimal numbers 0.5003 > 0.5001 and 0.08 > 0.06; of the dearer only one in euros matches.
    low = discount(1, sortOrder="0.06", value=euro_amount(1))
    middle = discount(2, sortOrder="0.5001", value=euro_amount(2))
    high = discount(3, sortOrder="0.5003", value=euro_amount(3), predicate="centAmount >= 1000")
    idle = discount(4, sortOrder="0.9", isActive=False)
    dollars = discount(5, sortOrder="0.8", value={"type": "absolute", "money": [{"currencyCode": "USD", "centAmount": 5}]})
    outside = discount(6, sortOrder="0.7", value={"type": "external"})
    facts = shop_with(low, middle, high, idle, dollars, outside)
    variant = {"variant": {"id": 1}}
    candidates = Candidates(variant, InForce(facts))
    assert candidates.best(price(1000)) == high
    assert candidates.best(price(999)) == middle
    found = candidates.discounted(price(1000))
    assert found is not None and (found.value, found.discount.id) == (eur(997), high.id)
    assert Candidates(variant, InForce(shop_with(idle, dollars, outside))).best(price(1000)) is None


def test_a_discount_holds_from_its_beginning_until_just_before_its_end() -> None:
    dated = discount(1, validFrom=LATER, validUntil=LAST)
    for now, holds in ((NOW, False), (LATER, True), ("2024-05-03T09:59:59.999Z", True), (LAST, False)):
        assert dated.in_force(DateTime(now)) is holds
        assert (Candidates({}, InForce(shop_with(dated, now=DateTime(now)))).best(price(100)) is not None) is holds


def entries(effects: Any) -> list[tuple[str, tuple[str, ...], str]]:
    queued = [effect for effect in effects if isinstance(effect, QueueRenewals)]
    instant = [DateTime.of(_instant(effect.since_ms)) for effect in queued]
    return sorted((effect.kind, effect.values, at) for effect, at in zip(queued, instant, strict=True))


def _instant(ms: int) -> Any:
    from datetime import UTC, datetime, timedelta

    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def test_prices_follow_at_once_and_when_the_time_comes() -> None:
    facts = shop_with()
    made_now = drafted(RESOURCE, {**SALE, "isActive": True, "validFrom": LATER, "validUntil": LAST}, facts)
    kinds = ("discounted-prices", "discounted-products")
    due = (((LATER,), LATER), ((LAST,), LAST), (("now",), NOW))
    assert entries(made_now.change.effects) == sorted((kind, values, at) for kind in kinds for values, at in due)
    sale = made_now.after
    # What prices do not depend on moves none of them, and neither does a discount that is not active.
    renamed = decided(RESOURCE, sale, facts, {"action": "changeName", "name": {"en": "S"}})
    assert entries(renamed.change.effects) == []
    ended = decided(RESOURCE, sale, facts, {"action": "changeIsActive", "isActive": False})
    assert entries(ended.change.effects) == [(kind, ("now",), NOW) for kind in kinds]
    moved = decided(RESOURCE, ended.after, facts, {"action": "changeSortOrder", "sortOrder": "0.1"})
    assert entries(moved.change.effects) == []
    assert RESOURCE.deleting is not None
    assert entries(RESOURCE.deleting(sale, read()).effects) == [(kind, ("now",), NOW) for kind in kinds]
