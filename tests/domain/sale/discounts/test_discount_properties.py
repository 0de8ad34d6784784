"""What holds for any discounts on any cart."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.cart.buying import create, update
from domain.facts import uid
from domain.sale.discounts.offers import again, code, discount, known
from orderwright.domain.sale.model import Cart

PREDICATES = ("true", 'sku = "book"', 'sku != "book"', 'price > "5.00 EUR"', "quantity > 2")
AMOUNTS = st.one_of(st.integers(0, 40), st.integers(0, 4000))
MODES = st.sampled_from(["ProportionateDistribution", "EvenDistribution", "IndividualApplication"])


def _money(cents: int) -> list[dict[str, Any]]:
    return [{"type": "centPrecision", "currencyCode": "EUR", "centAmount": cents, "fractionDigits": 2}]


RELATIVE = st.integers(0, 10_000).map(lambda share: {"type": "relative", "permyriad": share})
ABSOLUTE = st.tuples(AMOUNTS, MODES).map(lambda both: {"type": "absolute", "money": _money(both[0]), "applicationMode": both[1]})
FIXED = AMOUNTS.map(lambda cents: {"type": "fixed", "money": _money(cents)})
GIFT = {"type": "giftLineItem", "product": {"typeId": "product", "id": uid(51)}, "variantId": 1}
ITEMS = st.builds(
    lambda kind, predicate: {"type": kind, "predicate": "true" if kind == "customLineItems" else predicate},
    st.sampled_from(["lineItems", "customLineItems"]),
    st.sampled_from(PREDICATES),
)
MULTI_BUY = st.builds(
    lambda trigger, discounted, mode: {
        "type": "multiBuyLineItems",
        "predicate": "true",
        "triggerQuantity": trigger,
        "discountedQuantity": min(discounted, trigger),
        "selectionMode": mode,
    },
    st.integers(2, 4),
    st.integers(1, 4),
    st.sampled_from(["Cheapest", "MostExpensive"]),
)
WHOLE = st.sampled_from([{"type": "shipping"}, {"type": "totalPrice"}])
EFFECTS = st.one_of(
    st.tuples(st.one_of(RELATIVE, ABSOLUTE, FIXED), ITEMS),
    st.tuples(st.one_of(RELATIVE, FIXED), MULTI_BUY),
    st.tuples(st.one_of(RELATIVE, ABSOLUTE), WHOLE),
    st.just((GIFT, None)),
)
STACKING = st.sampled_from(["Stacking", "Stacking", "Stacking", "StopAfterThisDiscount"])
DISCOUNTS = st.lists(st.tuples(EFFECTS, STACKING), max_size=5).map(
    lambda drawn: [
        discount(number, *effect, stackingMode=mode, sortOrder=f"0.{number}") for number, (effect, mode) in enumerate(drawn, 1)
    ]
)
LINES = st.lists(
    st.tuples(st.sampled_from(["mug-blue", "mug-red", "book", "pencil"]), st.integers(1, 7)),
    max_size=4,
    unique_by=lambda pair: pair[0],
)
CARTS = st.builds(
    lambda lines, custom, level, rounding: {
        "lineItems": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
        "customLineItems": [
            {
                "name": {"en": "A"},
                "slug": "aa",
                "money": {"currencyCode": "EUR", "centAmount": cents},
                "quantity": 3,
                "taxCategory": {"key": "standard"},
            }
            for cents in custom
        ],
        "shippingAddress": {"country": "DE"},
        "shippingMethod": {"typeId": "shipping-method", "key": "standard"},
        "taxCalculationMode": level,
        "priceRoundingMode": rounding,
    },
    LINES,
    st.lists(st.integers(-300, 900), max_size=1),
    st.sampled_from(["LineItemLevel", "UnitPriceLevel"]),
    st.sampled_from(["HalfEven", "HalfUp", "HalfDown"]),
)


def _amount(money: Any) -> int:
    return int(money.cent_amount)


def _items(cart: Cart) -> list[Any]:
    return [*cart.line_items, *cart.custom_line_items]


def _check_items(cart: Cart, full: dict[str, int]) -> None:
    for item in _items(cart):
        parts = item.discounted_price_per_quantity
        gift = getattr(item, "is_gift", False)
        whole = _amount(item.price.value) if gift else full[item.id]
        paid = _amount(item.total_price)
        if not parts:
            assert paid == whole
            continue
        assert sum(part.quantity for part in parts) == item.quantity
        assert paid == sum(part.quantity * _amount(part.discounted_price.value) for part in parts)
        off = 0
        for part in parts:
            assert _amount(part.discounted_price.value) >= 0
            each = [_amount(entry.discounted_amount) for entry in part.discounted_price.included_discounts]
            assert min(each, default=0) >= 0
            off += part.quantity * sum(each)
        assert whole - paid == off


@settings(max_examples=150, deadline=None)
@given(CARTS, DISCOUNTS)
def test_no_price_rises_or_falls_below_zero_and_all_adds_up(draft: dict[str, Any], discounts: list[Any]) -> None:
    bare = create(known(), **draft)
    shop = known(*discounts, first_id=9000)  # so that new lines have other ids
    cart = again(bare, shop)
    _check_items(cart, {item.id: _amount(item.total_price) for item in _items(bare)})
    info = cart.shipping_info
    assert info is not None
    if info.discounted_price is not None:
        off = sum(_amount(entry.discounted_amount) for entry in info.discounted_price.included_discounts)
        assert 0 <= _amount(info.discounted_price.value) == _amount(info.price) - off
    sum_of = sum(_amount(item.total_price) for item in _items(cart)) + _amount(info.to_pay)
    on_total = cart.discount_on_total_price
    if on_total is not None:
        assert _amount(on_total.discounted_amount) == sum(_amount(each.discounted_amount) for each in on_total.included_discounts)
        sum_of -= _amount(on_total.discounted_amount)
    assert _amount(cart.total_price) == sum_of
    taxed = cart.taxed_price
    if taxed is not None:
        assert taxed.total_tax is not None
        assert _amount(taxed.total_gross) == _amount(taxed.total_net) + _amount(taxed.total_tax)
    # At most one gift of a discount, and nothing more by calculating again.
    gifts = [line.discounted_price_per_quantity for line in cart.line_items if line.is_gift]
    assert len(gifts) == len({repr(gift) for gift in gifts})
    assert again(cart, shop) == cart


@settings(max_examples=60, deadline=None)
@given(CARTS, DISCOUNTS, st.randoms(use_true_random=False))
def test_the_order_of_creation_does_not_matter(draft: dict[str, Any], discounts: list[Any], chance: random.Random) -> None:
    shuffled = discounts.copy()
    chance.shuffle(shuffled)
    assert create(known(*shuffled), **draft) == create(known(*discounts), **draft)


@settings(max_examples=60, deadline=None)
@given(CARTS, DISCOUNTS.filter(lambda drawn: len(drawn) > 1))
def test_removing_a_code_restores_the_cart(draft: dict[str, Any], discounts: list[Any]) -> None:
    """Half of them need no code, the rest come with one."""
    free = discounts[::2]
    behind: list[Any] = [replace(each, requires_discount_code=True) for each in discounts[1::2]]
    word = code(90, *behind)
    shop = known(*free, *behind, word)
    cart = create(shop, **draft)
    with_it = update(cart, {"action": "addDiscountCode", "code": word.code}, known=shop)
    reference = {"typeId": "discount-code", "id": word.id}
    without = update(with_it, {"action": "removeDiscountCode", "discountCode": reference}, known=shop)

    # A gift that was stopped meanwhile comes back as another line.
    def seen(of: Cart) -> Cart:
        return replace(of, line_items=tuple(line for line in of.line_items if not line.is_gift))

    assert seen(without) == seen(cart)
    assert [line.variant.sku for line in without.line_items] == [line.variant.sku for line in cart.line_items]
