"""Direct discounts on whole carts: the amounts, worked out by hand beside them, and their place among the other steps."""

from typing import Any

import pytest

from domain.cart.buying import create, taxed, total, update
from domain.sale.several import IN_GERMANY as BOTH_IN_GERMANY
from domain.sale.several import going, several
from orderwright.domain.sale.model import Cart
from orderwright.errors import ApiError

IN_GERMANY: dict[str, Any] = {"shippingAddress": {"country": "DE"}}
STANDARD_METHOD: dict[str, Any] = {"shippingMethod": {"typeId": "shipping-method", "key": "standard"}}
ALL_LINES: dict[str, Any] = {"type": "lineItems", "predicate": "true"}
SHIPPING: dict[str, Any] = {"type": "shipping"}
TOTAL: dict[str, Any] = {"type": "totalPrice"}


def relative(permyriad: int) -> dict[str, Any]:
    return {"type": "relative", "permyriad": permyriad}


def absolute(cents: int, currency: str = "EUR") -> dict[str, Any]:
    return {"type": "absolute", "money": [{"currencyCode": currency, "centAmount": cents}]}


def given(*discounts: tuple[dict[str, Any], dict[str, Any]], **draft: Any) -> Cart:
    """A cart with direct discounts."""
    drafts = [{"value": value, "target": target} for value, target in discounts]
    return update(create(**draft), {"action": "setDirectDiscounts", "discounts": drafts})


def buckets(item: Any) -> list[tuple[int, int, list[int]]]:
    """(quantity, price of a unit, what each discount took off it) of an item."""
    return [
        (
            bucket.quantity,
            bucket.discounted_price.value.cent_amount,
            [portion.discounted_amount.cent_amount for portion in bucket.discounted_price.included_discounts],
        )
        for bucket in item.discounted_price_per_quantity
    ]


def test_an_absolute_amount_is_split_among_the_units() -> None:
    # X1: 12.34 x 3 less 1.00: units of 0.33, 0.33 and 0.34, the floored first.
    money = {"currencyCode": "EUR", "centAmount": 1234}
    line = {"name": {"en": "A"}, "slug": "aa", "money": money, "quantity": 3, "taxCategory": {"key": "standard"}}
    cart = given((absolute(100), {"type": "customLineItems", "predicate": "1 = 1"}), customLineItems=[line])
    assert total(cart) == 3602
    assert buckets(cart.custom_line_items[0]) == [(2, 1201, [33]), (1, 1200, [34])]
    assert cart.discount_type_combination is not None
    assert cart.discount_type_combination.type == "Stacking"


def test_x7_a_unit_at_nothing_gets_an_entry_of_nothing() -> None:
    # L1 265.00 x 4, L2 649.00; a takes 649.00 off L2, b 318.00 off all: 31800 / 4 = 7950 of each unit of L1.
    lines = [
        {"sku": "mug-blue", "quantity": 4, "externalPrice": {"currencyCode": "EUR", "centAmount": 26500}},
        {"sku": "book", "quantity": 1, "externalPrice": {"currencyCode": "EUR", "centAmount": 64900}},
    ]
    book = {"type": "lineItems", "predicate": 'sku = "book"'}
    cart = given((absolute(64900), book), (absolute(31800), ALL_LINES), lineItems=lines, **IN_GERMANY)
    assert buckets(cart.line_items[0]) == [(4, 18550, [7950])]
    assert buckets(cart.line_items[1]) == [(1, 0, [64900, 0])]
    assert [line.total_price.cent_amount for line in cart.line_items] == [74200, 0]
    # 74200 / 1.19 = 62352.9
    assert taxed(cart) == (62353, 11847, 74200)
    book_taxed = cart.line_items[1].taxed_price
    assert book_taxed is not None
    assert (book_taxed.total_net.cent_amount, book_taxed.total_gross.cent_amount) == (0, 0)


def test_x9_discounts_apply_in_the_order_of_their_list() -> None:
    line = {"sku": "mug-blue", "externalPrice": {"currencyCode": "EUR", "centAmount": 26500}}
    cart = given((absolute(795), ALL_LINES), (absolute(2650), ALL_LINES), lineItems=[line], **IN_GERMANY)
    assert buckets(cart.line_items[0]) == [(1, 23055, [795, 2650])]
    assert taxed(cart) == (19374, 3681, 23055)
    ids = [discount.id for discount in cart.direct_discounts]
    entries = cart.line_items[0].discounted_price_per_quantity[0].discounted_price.included_discounts
    assert [(entry.discount.type_id, entry.discount.id) for entry in entries] == [("direct-discount", id) for id in ids]


def test_a_discount_of_shipping_and_what_shipping_is_priced_by() -> None:
    # Two books 40.00 and shipping 4.95, half of it 2.475, half even 2.48; taxed 2.48 / 1.19 = 2.084.
    cart = given((relative(5000), SHIPPING), lineItems=[{"sku": "book", "quantity": 2}], **IN_GERMANY, **STANDARD_METHOD)
    info = cart.shipping_info
    assert info is not None
    assert info.discounted_price is not None
    assert (info.price.cent_amount, info.discounted_price.value.cent_amount) == (495, 248)
    assert info.discounted_price.included_discounts[0].discounted_amount.cent_amount == 247
    assert info.taxed_price is not None
    assert (info.taxed_price.total_net.cent_amount, info.taxed_price.total_gross.cent_amount) == (208, 248)
    assert total(cart) == 4000 + 248
    # Three books are shipped free, from 50.00 on; with 20 % off them they cost 48.00, and are not.
    three = given((relative(2000), ALL_LINES), lineItems=[{"sku": "book", "quantity": 3}], **IN_GERMANY, **STANDARD_METHOD)
    assert total(three) == 4800 + 495
    assert total(update(three, {"action": "setDirectDiscounts", "discounts": []})) == 6000


def test_x15_a_discount_of_the_total_leaves_lines_and_portions() -> None:
    # Two of 185.99, one with 19 % included, one with 19 % on top; 13 % off: see the worked numbers of the specification.
    def line(slug: str, category: str) -> dict[str, Any]:
        money = {"currencyCode": "EUR", "centAmount": 18599}
        return {"name": {"en": slug}, "slug": slug, "money": money, "taxCategory": {"key": category}}

    cart = given((relative(1300), TOTAL), customLineItems=[line("in", "standard"), line("on", "net")], **IN_GERMANY)
    off = cart.discount_on_total_price
    assert off is not None
    assert off.discounted_gross_amount is not None
    assert off.discounted_net_amount is not None
    amounts = (off.discounted_amount, off.discounted_gross_amount, off.discounted_net_amount)
    assert [amount.cent_amount for amount in amounts] == [4836, 5295, 4450]
    assert [portion.discounted_amount.cent_amount for portion in off.included_discounts] == [4836]
    assert total(cart) == 32362
    assert taxed(cart) == (29778, 5659, 35437)
    assert cart.taxed_price is not None
    # Both rates have one name here, so that their portions are one.
    assert [portion.amount.cent_amount for portion in cart.taxed_price.tax_portions] == [2970 + 3534]
    assert [item.total_price.cent_amount for item in cart.custom_line_items] == [18599, 18599]
    assert buckets(cart.custom_line_items[0]) == []
    # Without it all is as it was.
    bare = update(cart, {"action": "setDirectDiscounts", "discounts": []})
    assert (bare.discount_on_total_price, total(bare), taxed(bare)) == (None, 37198, (34228, 6504, 40732))


def test_lines_with_totals_from_outside_and_external_custom_lines_are_left_alone() -> None:
    price = {"currencyCode": "EUR", "centAmount": 1000}
    lines = [{"sku": "book", "externalTotalPrice": {"price": price, "totalPrice": price}}, {"sku": "mug-blue"}]
    custom = {"name": {"en": "A"}, "slug": "aa", "money": price, "taxCategory": {"key": "standard"}, "priceMode": "External"}
    discounts = [(relative(1000), ALL_LINES), (relative(1000), {"type": "customLineItems", "predicate": "true"})]
    cart = given(*discounts, lineItems=lines, customLineItems=[custom])
    # 9.99 less 10 % is 8.991
    assert [line.total_price.cent_amount for line in cart.line_items] == [1000, 899]
    assert cart.custom_line_items[0].total_price.cent_amount == 1000


def test_taxes_of_the_unit_price_follow_each_price() -> None:
    # 1.08 x 3 = 3.24 less 1.00: 0.33, 0.33 and 0.34 off, so 0.75, 0.75 and 0.74; with 19 % on top 0.8925 and 0.8806, each 0.89
    # and 0.88: 0.89 x 2 + 0.88 = 2.66.
    cart = given(
        (absolute(100), ALL_LINES),
        lineItems=[{"sku": "pencil", "quantity": 3}],
        taxCalculationMode="UnitPriceLevel",
        **IN_GERMANY,
    )
    assert buckets(cart.line_items[0]) == [(2, 75, [33]), (1, 74, [34])]
    assert taxed(cart) == (224, 42, 266)
    # At once 2.24 x 1.19 = 2.6656.
    by_line = update(cart, {"action": "changeTaxCalculationMode", "taxCalculationMode": "LineItemLevel"})
    assert taxed(by_line) == (224, 43, 267)


def test_a_discount_in_another_currency_does_nothing() -> None:
    cart = given((absolute(100, "USD"), ALL_LINES), (absolute(100, "USD"), TOTAL), lineItems=[{"sku": "book"}])
    assert (total(cart), buckets(cart.line_items[0]), cart.discount_type_combination) == (2000, [], None)


def test_a_new_quantity_is_discounted_anew_and_recalculating_changes_nothing() -> None:
    cart = given((relative(3333), ALL_LINES), lineItems=[{"sku": "book"}], **IN_GERMANY)
    # 20.00 x 0.6667 = 13.334
    assert buckets(cart.line_items[0]) == [(1, 1333, [667])]
    more = update(cart, {"action": "changeLineItemQuantity", "lineItemId": cart.line_items[0].id, "quantity": 2})
    assert (buckets(more.line_items[0]), total(more)) == ([(2, 1333, [667])], 2666)
    assert update(more, {"action": "recalculate"}) == more


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"value": relative(1000)}, "RequiredField"),
        ({"value": relative(1000), "target": {"type": "lineItems", "predicate": "sku = "}}, "SyntaxError"),
        ({"value": relative(1000), "target": {"type": "lineItems", "predicate": "skew = 1"}}, "SemanticError"),
        ({"value": {"type": "absolute", "money": []}, "target": ALL_LINES}, "InvalidOperation"),
    ],
)
def test_what_is_no_discount_is_refused(draft: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiError) as refused:
        update(create(lineItems=[{"sku": "book"}]), {"action": "setDirectDiscounts", "discounts": [draft]})
    assert (refused.value.status, refused.value.code) == (400, code)


def test_a_cart_that_is_frozen_hard_keeps_what_was_taken_off() -> None:
    cart = given((relative(1000), ALL_LINES), (relative(1300), TOTAL), lineItems=[{"sku": "book", "quantity": 2}], **IN_GERMANY)
    # 20.00 - 2.00, twice, is 36.00, less 13 % is 31.32; net 36.00 / 1.07 = 33.64, less 13 % is 29.2668.
    assert (total(cart), taxed(cart)) == (3132, (2927, 205, 3132))
    frozen = update(cart, {"action": "freezeCart", "strategy": "HardFreeze"})
    assert (total(frozen), taxed(frozen)) == (3132, (2927, 205, 3132))
    assert frozen.line_items == cart.line_items
    assert frozen.discount_on_total_price == cart.discount_on_total_price
    for action in (
        {"action": "setDirectDiscounts", "discounts": []},
        {"action": "setDirectDiscountsIgnoreCartDiscounts", "directDiscountsIgnoreCartDiscounts": False},
    ):
        with pytest.raises(ApiError, match="frozen"):
            update(frozen, action)
    soft = update(cart, {"action": "freezeCart"}, {"action": "setDirectDiscounts", "discounts": []})
    assert total(soft) == 4000


def test_what_is_said_of_cart_discounts_is_shown_once_it_means_something() -> None:
    assert create().direct_discounts_ignore_cart_discounts is None
    assert given((relative(1000), ALL_LINES)).direct_discounts_ignore_cart_discounts is True
    assert create(directDiscountsIgnoreCartDiscounts=False).direct_discounts_ignore_cart_discounts is False
    action = {"action": "setDirectDiscountsIgnoreCartDiscounts", "directDiscountsIgnoreCartDiscounts": False}
    assert update(given((relative(1000), ALL_LINES)), action).direct_discounts_ignore_cart_discounts is False


def test_amounts_from_outside_are_for_what_is_left() -> None:
    price = {"currencyCode": "EUR", "centAmount": 1000}
    custom = {"name": {"en": "A"}, "slug": "aa", "money": price, "quantity": 2}
    discounts = [(relative(1000), ALL_LINES), (relative(1000), {"type": "customLineItems", "predicate": "true"})]
    cart = given(
        *discounts,
        (relative(5000), SHIPPING),
        (relative(1000), TOTAL),
        lineItems=[{"sku": "book"}],
        customLineItems=[custom],
        taxMode="ExternalAmount",
        **IN_GERMANY,
        **STANDARD_METHOD,
    )
    # 20.00 and 2 x 10.00 less 10 % are 18.00 each; shipping 4.95 / 2 = 2.475, half even 2.48; 38.48 less 10 % is 34.632.
    assert total(cart) == 3463
    rate = {"name": "x", "amount": 0.2, "country": "DE"}

    def amount(cents: int) -> dict[str, Any]:
        return {"externalTaxAmount": {"totalGross": {"currencyCode": "EUR", "centAmount": cents}, "taxRate": rate}}

    gross = {"externalTotalGross": {"currencyCode": "EUR", "centAmount": 4000}}
    cart = update(
        cart,
        {"action": "setLineItemTaxAmount", "lineItemId": cart.line_items[0].id, **amount(2160)},
        {"action": "setCustomLineItemTaxAmount", "customLineItemId": cart.custom_line_items[0].id, **amount(2160)},
        {"action": "setShippingMethodTaxAmount", **amount(298)},
        {"action": "setCartTotalTax", **gross},
    )
    info = cart.shipping_info
    assert info is not None
    prices = [cart.line_items[0].taxed_price, cart.custom_line_items[0].taxed_price, info.taxed_price]
    nets = [(price.total_net.cent_amount, price.total_gross.cent_amount) for price in prices if price is not None]
    assert nets == [(1800, 2160), (1800, 2160), (248, 298)]
    # The whole was given for what is left of it, and stays as it is; nor does the discount on the total cut shipping's.
    assert taxed(cart) == (3463, 537, 4000)
    shipped = cart.taxed_shipping_price
    assert shipped is not None
    assert (shipped.total_net.cent_amount, shipped.total_gross.cent_amount) == (248, 298)
    off = cart.discount_on_total_price
    assert off is not None
    assert (off.discounted_amount.cent_amount, off.discounted_net_amount, off.discounted_gross_amount) == (385, None, None)
    assert update(cart, {"action": "recalculate"}) == cart


def test_several_shippings_share_an_amount_and_the_totals_of_discounted_lines() -> None:
    # Three pencils of 1.08, less 0.10 in all: 0.03, 0.03 and 0.04 off; two go with the first method, one with the second.
    # Shipping 4.95 and 12.90 are 17.85: of 10.00 off the second bears 1290 / 1785, cut down 7.22, and the first the rest, 2.78.
    line = {"sku": "pencil", "quantity": 3, "shippingDetails": going(slow=2, fast=1)}
    drafts = [{"value": absolute(10), "target": ALL_LINES}, {"value": absolute(1000), "target": SHIPPING}]
    direct = {"action": "setDirectDiscounts", "discounts": drafts}
    cart = update(several(line, shipping=BOTH_IN_GERMANY), direct)
    assert buckets(cart.line_items[0]) == [(2, 105, [3]), (1, 104, [4])]
    costs = [(each.shipping_info.price.cent_amount, each.shipping_info.to_pay.cent_amount) for each in cart.shipping]
    assert costs == [(495, 495 - 278), (1290, 1290 - 722)]
    assert total(cart) == 314 + 1785 - 1000

    def gross(of: Cart) -> list[int | None]:
        prices = [portion.taxed_price for portion in of.line_items[0].taxed_price_portions]
        return [None if price is None else price.total_gross.cent_amount for price in prices]

    # 3.14 by units is 2.09 and 1.05, each with 19 % on top: 2.4871 and 1.2495.
    assert gross(cart) == [249, 125]
    # Of the unit prices 1.05 becomes 1.2495, twice, and 1.04 becomes 1.2376.
    assert gross(update(cart, {"action": "changeTaxCalculationMode", "taxCalculationMode": "UnitPriceLevel"})) == [250, 124]
