"""Cart discounts on whole carts: which apply, in which order, and what stops them."""

from itertools import permutations
from typing import Any

import pytest

from domain.cart.buying import total, update
from domain.facts import uid
from domain.sale.discounts.offers import (
    ALL_LINES,
    absolute,
    again,
    bought,
    buckets,
    discount,
    fixed,
    group,
    in_group,
    known,
    lines,
    relative,
)
from orderwright.domain.sale import recalculate as calculation
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.recalculate import calculating, recalculate
from orderwright.engine.facts import Facts, Record
from orderwright.engine.steps import drained

IN_GERMANY: dict[str, Any] = {"shippingAddress": {"country": "DE"}}
MUG: dict[str, Any] = {"sku": "mug-blue"}


def at(cents: int, quantity: int = 1, sku: str = "mug-blue") -> dict[str, Any]:
    """A line at a price from outside."""
    return {"sku": sku, "quantity": quantity, "externalPrice": {"currencyCode": "EUR", "centAmount": cents}}


def discounted_by(cart: Cart) -> list[str]:
    """The ids of the discounts on the first line, as they were applied."""
    parts = cart.line_items[0].discounted_price_per_quantity
    return [entry.discount.id for entry in parts[0].discounted_price.included_discounts] if parts else []


def test_x2_and_x4_amounts_are_split_from_the_highest_sort_order_on() -> None:
    # X2: 54.00 x 3 less 10.00.
    one = bought(known(discount(1, absolute(1000))), lineItems=[at(5400, 3)])
    assert (buckets(one.line_items[0]), total(one)) == ([(2, 5067, [333]), (1, 5066, [334])], 15200)
    # X4: 119.00 x 2, first 20.00, then 10.00 off.
    two = known(discount(1, absolute(1000), sortOrder="0.9997"), discount(2, absolute(2000), sortOrder="0.9999"))
    assert buckets(bought(two, lineItems=[at(11900, 2)]).line_items[0]) == [(2, 10400, [1000, 500])]


def test_x5_one_unit() -> None:
    assert total(bought(known(discount(1, absolute(1000))), lineItems=[at(11900)])) == 10900
    assert total(bought(known(discount(1, absolute(1000))), lineItems=[at(10900)])) == 9900


def test_x10_a_multi_buy_lists_the_rest_too() -> None:
    target = {
        "type": "multiBuyLineItems", "predicate": "1=1", "triggerQuantity": 3, "discountedQuantity": 2,
        "selectionMode": "Cheapest",
    }  # fmt: skip
    cart = bought(known(discount(1, relative(10000), target)), lineItems=[at(1234, 3)])
    assert (buckets(cart.line_items[0]), total(cart)) == ([(2, 0, [1234]), (1, 1234, [])], 1234)


def test_x14_shipping_is_discounted_and_taxed_with_what_is_left() -> None:
    # 119.00 less 10.00 is 109.00; shipping 4.95, which is free above 50.00, is 0.00: with a rate of its own 10.00 less 10 %.
    shipping = discount(1, relative(1000), {"type": "shipping"})
    shop = known(shipping, discount(2, absolute(1000)))
    cart = bought(shop, lineItems=[at(11900)], **IN_GERMANY)
    rate = {"price": {"currencyCode": "EUR", "centAmount": 1000}}
    method = {"shippingMethodName": "own", "shippingRate": rate, "taxCategory": {"key": "standard"}}
    cart = update(cart, {"action": "setCustomShippingMethod", **method}, known=shop)
    info = cart.shipping_info
    assert info is not None
    assert info.discounted_price is not None
    assert info.taxed_price is not None
    portion = info.discounted_price.included_discounts[0]
    assert (info.price.cent_amount, info.discounted_price.value.cent_amount) == (1000, 900)
    assert (portion.discount.id, portion.discounted_amount.cent_amount) == (shipping.id, 100)
    # 9.00 / 1.19 = 7.563 and 109.00 / 1.19 = 91.597
    assert (info.taxed_price.total_net.cent_amount, info.taxed_price.total_gross.cent_amount) == (756, 900)
    assert (total(cart), cart.taxed_price and cart.taxed_price.total_net.cent_amount) == (11800, 756 + 9160)


def test_x17_lines_are_counted_by_units() -> None:
    red = 'attributes.colour = "red"'
    sale = known(discount(1, relative(2000), lines(red), cartPredicate=f"lineItemCount({red}) > 1"))
    cart = bought(sale, lineItems=[at(5000, 3, "mug-red"), at(5000)])
    assert [buckets(line) for line in cart.line_items] == [[(3, 4000, [1000])], []]
    assert total(bought(sale, lineItems=[at(5000, 1, "mug-red")])) == 5000


def test_a_fixed_price_never_raises_one() -> None:
    cart = bought(known(discount(1, fixed(1500))), lineItems=[at(2000, 2), at(1000)])
    assert [buckets(line) for line in cart.line_items] == [[(2, 1500, [500])], []]


@pytest.mark.parametrize(
    ("sort_orders", "first"),
    [(("0.5003", "0.5001"), 1), (("0.06", "0.08"), 2), (("0.1", "0.09999999999999999999999"), 1), (("0.5", "0.51"), 2)],
)
def test_the_highest_sort_order_is_first_whoever_was_made_first(sort_orders: tuple[str, str], first: int) -> None:
    pair = [discount(number, relative(1000), sortOrder=order) for number, order in enumerate(sort_orders, 1)]
    for shop in (known(*pair), known(*reversed(pair))):
        assert discounted_by(bought(shop, lineItems=[MUG]))[0] == uid(first)


def test_one_that_stops_the_rest_does_so_only_if_it_hits() -> None:
    stopping: dict[str, Any] = {"stackingMode": "StopAfterThisDiscount", "sortOrder": "0.9"}
    tenth = discount(1, relative(1000), sortOrder="0.1")
    assert discounted_by(bought(known(tenth, discount(2, relative(500), **stopping)), lineItems=[MUG])) == [uid(2)]
    for idle in (
        discount(2, relative(500), lines('sku = "book"'), **stopping),
        discount(2, relative(500), cartPredicate='country = "FR"', **stopping),
        discount(2, relative(500), {"type": "shipping"}, **stopping),
        discount(2, relative(500), isActive=False, **stopping),
    ):
        assert discounted_by(bought(known(tenth, idle), lineItems=[MUG])) == [uid(1)]
    # One of the total, or of shipping, stops them as well.
    total_price = discount(2, relative(500), {"type": "totalPrice"}, **stopping)
    cart = bought(known(tenth, total_price), lineItems=[at(1000)])
    assert (discounted_by(cart), total(cart)) == ([], 950)


def test_only_the_best_of_a_group_is_applied_at_the_place_of_the_group() -> None:
    of = group(8, "0.5")
    weak, strong = discount(1, relative(1000), **in_group(of)), discount(2, absolute(300), **in_group(of))
    before, after = discount(3, absolute(100), sortOrder="0.6"), discount(4, absolute(100), sortOrder="0.4")
    for order in ((weak, strong, before, after, of), (of, after, before, strong, weak)):
        # 10.00 - 1.00 = 9.00: 10 % of that are 0.90, less than 3.00.
        cart = bought(known(*order), lineItems=[at(1000)])
        assert (discounted_by(cart), total(cart)) == ([uid(3), uid(2), uid(4)], 500)
    # Of 100.00 the tenth is more.
    assert discounted_by(bought(known(weak, strong, of), lineItems=[at(10000)])) == [uid(1)]
    # Of a group that is not active none is.
    assert discounted_by(bought(known(weak, strong, group(8, "0.5", active=False)), lineItems=[at(1000)])) == []
    # The best one stops the rest if it says so; one that loses does not.
    stopping: dict[str, Any] = {"stackingMode": "StopAfterThisDiscount"}
    stops = discount(1, relative(1000), **in_group(of), **stopping)
    assert discounted_by(bought(known(stops, strong, after, of), lineItems=[at(1000)])) == [uid(2), uid(4)]
    assert discounted_by(bought(known(stops, strong, after, of), lineItems=[at(10000)])) == [uid(1)]


def test_a_discount_has_its_time_its_stores_and_its_orders() -> None:
    def applies(cart: dict[str, Any], **more: Any) -> bool:
        return bool(discounted_by(bought(known(discount(1, relative(1000), **more)), lineItems=[MUG], **cart)))

    # It is 2024-05-01, 10:00.
    assert applies({}, validFrom="2024-05-01T10:00:00.000Z", validUntil="2024-05-01T10:00:00.001Z")
    assert not applies({}, validUntil="2024-05-01T10:00:00.000Z")
    assert not applies({}, validFrom="2024-05-01T10:00:00.001Z")
    berlin = {"stores": [{"typeId": "store", "key": "berlin"}]}
    assert not applies({}, **berlin)
    assert applies({"store": {"typeId": "store", "key": "berlin"}}, **berlin)
    assert not applies({"store": {"typeId": "store", "key": "paris"}}, **berlin)
    assert applies({"store": {"typeId": "store", "key": "paris"}})
    assert not applies({}, recurringOrderScope={"type": "RecurringOrdersOnly"})
    assert applies({}, recurringOrderScope={"type": "AnyOrder"})


def test_predicates_see_the_cart_without_discounts() -> None:
    # The second asks for 20.00, which the lines cost before the first one: recalculating changes nothing.
    first = discount(2, relative(1000), sortOrder="0.9")
    shop = known(first, discount(1, relative(1000), cartPredicate='lineItemTotal(true) >= "20.00 EUR"', sortOrder="0.1"))
    cart = bought(shop, lineItems=[{"sku": "book"}])
    assert total(cart) == 1620
    assert again(cart, shop) == cart
    # Nor does a gift count: it cannot keep itself.
    gift = {"type": "giftLineItem", "product": {"typeId": "product", "id": uid(51)}, "variantId": 1}
    shop = known(discount(1, gift, None, cartPredicate="lineItemCount(true) >= 2"))
    two = bought(shop, lineItems=[{"sku": "pencil", "quantity": 2}])
    assert [line.is_gift for line in two.line_items] == [False, True]
    change = {"action": "changeLineItemQuantity", "lineItemId": two.line_items[0].id, "quantity": 1}
    assert [line.is_gift for line in update(two, change, known=shop).line_items] == [False]


def test_a_refused_gift_does_not_come_back() -> None:
    gift = {"type": "giftLineItem", "product": {"typeId": "product", "id": uid(51)}, "variantId": 1}
    shop = known(discount(1, gift, None))
    cart = bought(shop, lineItems=[MUG])
    refused = update(cart, {"action": "removeLineItem", "lineItemId": cart.line_items[1].id}, known=shop)
    assert [(each.type_id, each.id) for each in refused.refused_gifts] == [("cart-discount", uid(1))]
    assert len(again(refused, shop).line_items) == 1


def test_direct_discounts_stand_in_the_place_of_others_or_before_them() -> None:
    shop = known(discount(1, relative(1000)))
    off = {"type": "absolute", "money": [{"currencyCode": "EUR", "centAmount": 100}]}
    direct = {"action": "setDirectDiscounts", "discounts": [{"value": off, "target": ALL_LINES}]}
    cart = update(bought(shop, lineItems=[at(1000)]), direct, known=shop)
    assert buckets(cart.line_items[0]) == [(1, 900, [100])]
    beside = {"action": "setDirectDiscountsIgnoreCartDiscounts", "directDiscountsIgnoreCartDiscounts": False}
    assert buckets(update(cart, beside, known=shop).line_items[0]) == [(1, 810, [100, 90])]


def test_carts_that_are_frozen_hard_keep_discounts_that_are_over() -> None:
    shop = known(discount(1, relative(1000)))
    cart = bought(shop, lineItems=[at(1000)], **IN_GERMANY)
    hard = update(cart, {"action": "freezeCart", "strategy": "HardFreeze"}, known=shop)
    assert again(hard, known()).line_items == cart.line_items
    assert total(again(hard, known())) == 900
    assert total(again(update(cart, {"action": "freezeCart"}, known=shop), known())) == 1000
    assert total(update(hard, {"action": "unfreezeCart"}, known=known())) == 1000
    # So does the total, and the taxes in it.
    method = {"shippingMethod": {"typeId": "shipping-method", "key": "standard"}}
    shop = known(discount(1, relative(1000), {"type": "totalPrice"}))
    hard = update(
        bought(shop, lineItems=[at(1000)], **IN_GERMANY, **method), {"action": "freezeCart", "strategy": "HardFreeze"}, known=shop
    )
    # 10.00 + 4.95 less 10 % is 13.455, half even 13.46; 4.95 less 10 % is 4.455, half even 4.46.
    assert hard.taxed_shipping_price is not None
    assert (total(hard), hard.taxed_shipping_price.total_gross.cent_amount) == (1346, 446)
    assert again(hard, known()) == hard


def test_each_discount_that_is_tried_is_told_with_its_amounts() -> None:
    of = group(8, "0.95")
    documents = (
        of,
        discount(7, absolute(50), **in_group(of)),
        discount(6, absolute(100), **in_group(of)),
        discount(5, relative(1000), sortOrder="0.9"),
        discount(4, relative(1000), cartPredicate='country = "FR"', sortOrder="0.8"),
        discount(3, relative(1000), lines('sku = "book"'), sortOrder="0.7"),
        discount(2, relative(1000), {"type": "totalPrice"}, sortOrder="0.6", stackingMode="StopAfterThisDiscount"),
        discount(1, relative(1000), sortOrder="0.5"),
    )
    record = Record()
    shop = known(*documents)
    cart = recalculate(bought(shop, lineItems=[at(1000)]), shop.recording(record))

    def told(place: str, name: str | None = None) -> list[tuple[str, int | None, int | None]]:
        steps = [step for step in record.at(place, name) if step.kind == "Discount"]
        return [
            (step.discount.id, step.before and step.before.cent_amount, step.after and step.after.cent_amount) for step in steps
        ]

    # 10.00 less 1.00, less 10 %, is 8.10; less 10 % is 7.29.
    assert told("lineItem", cart.line_items[0].id) == [(uid(6), 1000, 900), (uid(5), 900, 810)]
    not_applied = [(uid(7), None, None), (uid(4), None, None), (uid(3), None, None), (uid(1), None, None)]
    assert told("total") == [*not_applied, (uid(2), 810, 729)]
    reasons = [step.reason for step in record.at("total") if step.kind == "Discount"]
    words = ("of its group", "predicate", "target", "no others follow", "was applied")
    assert all(word in reason for word, reason in zip(words, reasons, strict=True))


def test_others_are_served_between_discounts() -> None:
    shop = known(*(discount(number, relative(100)) for number in range(1, 51)))
    cart = bought(shop, lineItems=[at(1000)])
    # Between the steps of a calculation too, and after each line that is discounted.
    assert sum(1 for _ in calculating(cart, shop)) == 50 + len(calculation.STEPS) + 1
    assert drained(calculating(cart, shop)) == cart


MUGS_AND_BOOK: dict[str, Any] = {**IN_GERMANY, "lineItems": [{"sku": "mug-blue", "quantity": 2}, {"sku": "book"}]}


def test_items_are_asked_for_the_taxes_that_they_have_without_discounts() -> None:
    """Two mugs are 19.98 with 19 %, 16.79 without; half of that would be less than the 15.00 that are asked for."""
    shop = known(discount(1, relative(5000), lines('taxedPrice.net > "15.00 EUR" and sku = "mug-blue"')))
    cart = bought(shop, **MUGS_AND_BOOK)
    assert total(cart) == 2 * 500 + 2000
    assert again(cart, shop) == cart
    # Where nobody knows the taxes, nothing is above an amount of them.
    nowhere = update(cart, {"action": "setShippingAddress"}, known=shop)
    assert (nowhere.taxed_price, total(nowhere)) == (None, 1998 + 2000)


PARTS = [
    ('totalPrice = "39.98 EUR"', "true"),
    ("lineItemCount(true) = 3", 'quantity = 2 and sku = "mug-blue"'),
    ('lineItemNetTotal(sku = "mug-blue") = "16.79 EUR"', 'taxedPrice.gross = "20.00 EUR"'),
    ("customLineItemExists(true) = false and lineItems(quantity = 1)", "true"),
    ('taxedPrice.gross = "39.98 EUR" and shippingAddress.country = "DE"', 'price = "9.99 EUR"'),
]


@pytest.mark.parametrize("order", [*permutations(range(len(PARTS)), 3)])
def test_what_predicates_have_looked_at_before_changes_nothing(order: tuple[int, ...]) -> None:
    """Each takes a cent off each unit of its lines, one after the other."""
    asked = [PARTS[number] for number in order]
    shop = known(
        *(
            discount(number, {**absolute(1), "applicationMode": "IndividualApplication"}, lines(item), cartPredicate=cart)
            for number, (cart, item) in enumerate(asked, 1)
        )
    )
    units = [3, 2, 1, 3, 2]
    cart = bought(shop, **MUGS_AND_BOOK)
    assert total(cart) == 3998 - sum(units[number] for number in order)
    assert again(cart, shop) == cart


@pytest.mark.parametrize(("predicate", "times"), [('totalPrice > "99.00 EUR"', 1), ('taxedPrice.net > "99.00 EUR"', 2)])
def test_only_who_is_asked_for_taxes_is_taxed_twice(predicate: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = known(discount(1, relative(5000), cartPredicate=predicate))
    cart = bought(shop, **MUGS_AND_BOOK)
    taxed: list[Cart] = []

    def counting(sale: Cart, facts: Facts) -> Cart:
        taxed.append(sale)
        return apply_taxes(sale, facts)

    apply_taxes = calculation.apply_taxes
    monkeypatch.setattr(calculation, "apply_taxes", counting)
    monkeypatch.setattr(calculation, "STEPS", tuple(counting if step is apply_taxes else step for step in calculation.STEPS))
    assert recalculate(cart, shop) == cart
    assert len(taxed) == times
