"""What was seen at the API, by the numbers of ../shared/spec/commercetools/worked.md.

`reading` in a name marks what no one has seen, and only a rule of that page says.
"""

from fractions import Fraction

import pytest

from domain.sale.discounts.takings import (
    CUSTOM_LINES,
    LINES,
    SHIPPING,
    absolute,
    after,
    buckets,
    discount,
    euros,
    fixed,
    lines,
    matches,
    precise,
    relative,
    shipping,
    totals,
)
from orderwright.domain.amounts.money import RoundingMode, cents
from orderwright.domain.sale.discounts.arithmetic.lots import Portions, item_of, per_quantity, total_of
from orderwright.domain.sale.discounts.arithmetic.table import taken_off
from orderwright.domain.sale.discounts.arithmetic.totals import Total, off_total, on_total
from orderwright.domain.sale.discounts.model import AbsoluteValue, LineItemsTarget
from orderwright.domain.sale.discounts.portions import (
    DiscountedLineItemPortion,
    DiscountedLineItemPrice,
    DiscountedLineItemPriceForQuantity,
)


def test_x1_an_absolute_amount_is_split_over_the_units_of_a_line() -> None:
    items = after(lines((3, 1234)), (absolute(100), LINES))
    assert sorted(buckets(items[0])) == [(1, 1200, [34]), (2, 1201, [33])]
    assert totals(items) == [3602]


def test_x2_the_units_that_bear_less_stand_first() -> None:
    items = after(lines((3, 5400)), (absolute(1000), LINES))
    assert buckets(items[0]) == [(2, 5067, [333]), (1, 5066, [334])]
    assert totals(items) == [15200]


def test_x4_a_discount_sees_the_prices_that_the_one_before_left() -> None:
    items = after(lines((2, 11900)), (absolute(2000), LINES), (absolute(1000), LINES))
    assert buckets(items[0]) == [(2, 10400, [1000, 500])]
    assert totals(items) == [20800]


def test_x5_a_line_of_one_unit_bears_all() -> None:
    once = after(lines((1, 11900)), (absolute(1000), LINES))
    assert buckets(once[0]) == [(1, 10900, [1000])]
    twice = after(lines((1, 10900)), (absolute(1000), LINES))
    assert buckets(twice[0]) == [(1, 9900, [1000])]


def test_x7_a_unit_at_zero_bears_no_share_and_shows_the_discount_with_zero() -> None:
    items = after(lines((4, 26500), (1, 64900)), (absolute(64900), LineItemsTarget(predicate="b")), (absolute(31800), LINES))
    assert buckets(items[0]) == [(4, 18550, [7950])]
    assert buckets(items[1]) == [(1, 0, [64900, 0])]
    assert totals(items) == [74200, 0]


def test_x9_discounts_stand_in_the_order_in_which_they_were_applied() -> None:
    items = after(lines((1, 26500)), (absolute(795), LINES), (absolute(2650), LINES))
    assert buckets(items[0]) == [(1, 23055, [795, 2650])]


def test_x17_a_relative_discount_is_taken_off_each_unit() -> None:
    items = after(lines((3, 5000)), (relative(2000), LINES))
    assert buckets(items[0]) == [(3, 4000, [1000])]
    assert totals(items) == [12000]


def test_x18_custom_line_items_are_discounted_in_the_same_way() -> None:
    items = after(lines((5, 2350), kind="custom"), (relative(1000), CUSTOM_LINES))
    assert buckets(items[0]) == [(5, 2115, [235])]


def test_x19_the_price_is_that_which_a_product_discount_left() -> None:
    items = after(lines((2, 100)), (relative(1000), LINES))
    assert buckets(items[0]) == [(2, 90, [10])]
    assert totals(items) == [180]


def test_x21_reading_a_tenth_of_an_odd_price() -> None:
    # 18199 * 0.9 = 16379.1
    assert buckets(after(lines((1, 18199)), (relative(1000), LINES))[0]) == [(1, 16379, [1820])]


def test_x14_shipping_is_discounted_beside_the_lines() -> None:
    items = after([*lines((1, 11900)), *shipping(1000)], (absolute(1000), LINES), (relative(1000), SHIPPING))
    assert [buckets(item) for item in items] == [[(1, 10900, [1000])], [(1, 900, [100])]]


@pytest.mark.parametrize(("price", "permyriad", "left"), [(2500, 1000, 2250), (10000, 10000, 0)])
def test_x14_other_shippings(price: int, permyriad: int, left: int) -> None:
    assert buckets(after(shipping(price), (relative(permyriad), SHIPPING))[0]) == [(1, left, [price - left])]


def test_x15_the_total_price_falls_with_net_and_gross() -> None:
    before = Total(18599 + 18599, (15629 + 18599, 18599 + 22133))
    total, hit = off_total(relative(1300), discount("1"), before, "EUR", "HalfEven")
    assert hit
    assert total == Total(32362, (29778, 35437), ((discount("1"), 4836),))
    shown = on_total(before, total, "EUR")
    assert shown is not None
    assert shown.discounted_amount == euros(4836)
    assert (shown.discounted_net_amount, shown.discounted_gross_amount) == (euros(4450), euros(5295))


@pytest.mark.parametrize(
    ("permyriad", "before", "left"),
    [
        (1300, (23134, 19440, 23134), (20127, 16913, 20127)),
        (1300, (46268, 38881, 46268), (40253, 33826, 40253)),
        (1300, (69402, 58321, 69402), (60380, 50739, 60380)),
        # 19440 + 3 x 23134 + 840 and 23134 + 3 x 27529 + 1000: with shipping, one of the prices net, taxed by the unit.
        (1300, (93536, 89682, 106721), (81376, 78023, 92847)),
        (1300, (18599,), (16181,)),
        (1300, (74396,), (64725,)),
        (1300, (94019,), (81797,)),
        (1300, (118265,), (102891,)),
        (300, (75415,), (73153,)),
    ],
)
def test_totals_of_carts_of_a_connector_that_was_tried_at_the_api(
    permyriad: int, before: tuple[int, ...], left: tuple[int, ...]
) -> None:
    price, *others = before
    total, _ = off_total(relative(permyriad), discount("1"), Total(price, tuple(others)), "EUR", "HalfEven")
    assert (total.price, *total.others) == left


def test_x15_reading_a_total_after_two_discounts() -> None:
    # 10000 less a tenth is 9000, less 1000 of 9000 is 8000. Of gross 11900: 10710, and 8/9 of it 9520.
    total = Total(10000, (10000, 11900))
    total, _ = off_total(relative(1000), discount("1"), total, "EUR", "HalfEven")
    total, _ = off_total(absolute(1000), discount("2"), total, "EUR", "HalfEven")
    assert total == Total(8000, (8000, 9520), ((discount("1"), 1000), (discount("2"), 1000)))
    # No more than there is; after that the discount shows zero.
    total, _ = off_total(absolute(9000), discount("3"), total, "EUR", "HalfEven")
    total, hit = off_total(relative(5000), discount("4"), total, "EUR", "HalfEven")
    assert hit
    assert (total.price, total.others, [amount for _, amount in total.taken]) == (0, (0, 0), [1000, 1000, 8000, 0])


def test_a_total_without_taxes_shows_no_net() -> None:
    before = Total(1000)
    assert on_total(before, before, "EUR") is None
    shown = on_total(before, off_total(absolute(100), discount("1"), before, "EUR", "HalfEven").total, "EUR")
    assert shown is not None
    assert (shown.discounted_amount, shown.discounted_net_amount, shown.discounted_gross_amount) == (euros(100), None, None)


def test_what_says_nothing_in_the_currency_hits_nothing() -> None:
    dollars = AbsoluteValue(money=(cents("USD", 100),))
    items = lines((1, 500))
    assert taken_off(dollars, LINES, discount("1"), items, matches(items), "EUR", "HalfEven") == (items, False)
    assert off_total(dollars, discount("1"), Total(500), "EUR", "HalfEven") == (Total(500), False)


def test_x6_reading_units_that_came_to_nothing_by_other_amounts_stand_apart() -> None:
    # 571 / 2: 285 and 286. The second discount takes all that is left, 715 and 714.
    items = after(lines((2, 1000)), (absolute(571), LINES), (absolute(5000), LINES))
    assert buckets(items[0]) == [(1, 0, [285, 715]), (1, 0, [286, 714])]


def test_x6_reading_the_floor_stands_before_what_bears_one_more() -> None:
    # 53000 / 3 = 17666.67
    assert buckets(after(lines((3, 26500)), (absolute(53000), LINES))[0]) == [(1, 8834, [17666]), (2, 8833, [17667])]


@pytest.mark.parametrize(("mode", "left"), [("HalfEven", (12, 14)), ("HalfUp", (13, 14)), ("HalfDown", (12, 13))])
def test_reading_what_is_left_is_rounded_as_the_cart_says(mode: RoundingMode, left: tuple[int, int]) -> None:
    # 12.5 and 13.5 are left of 25 and 27.
    halves = after(lines((1, 25), (1, 27)), (relative(5000), LINES), rounding=mode)
    assert tuple(item.lots[0].price for item in halves) == left
    assert off_total(relative(5000), discount("1"), Total(25), "EUR", mode).total.price == left[0]


def test_reading_each_step_is_rounded() -> None:
    # 999 x 0.9 = 899.1 -> 899; 899 x 0.9 = 809.1 -> 809; 809 x 0.9 = 728.1 -> 728. At once it would be 728.27.
    # 105 x 0.5 = 52.5 -> 52; 52 x 0.5 = 26. At once it would be 26.25.
    tenth, half = (relative(1000), LINES), (relative(5000), LINES)
    assert buckets(after(lines((2, 999)), tenth, tenth, tenth)[0]) == [(2, 728, [100, 90, 81])]
    assert buckets(after(lines((2, 105)), half, half)[0]) == [(2, 26, [53, 26])]


def test_x8_reading_a_relative_discount_of_nothing_shows_zero() -> None:
    items = after(lines((2, 700)), (relative(10_000), LINES), (relative(1000), LINES), (absolute(100), LINES))
    assert buckets(items[0]) == [(2, 0, [700, 0, 0])]
    # A fixed price is no lower than nothing, and so is not applied.
    assert not taken_off(fixed(0), LINES, discount("4"), items, matches(items), "EUR", "HalfEven").hit


def test_what_is_shown_covers_the_whole_quantity_and_is_empty_without_discounts() -> None:
    (bare,) = lines((3, 1234))
    assert per_quantity(bare, Portions("EUR")) == ()
    (item,) = after([bare], (absolute(100), LINES))
    assert per_quantity(item, Portions("EUR")) == (
        DiscountedLineItemPriceForQuantity(
            quantity=2,
            discounted_price=DiscountedLineItemPrice(
                value=euros(1201),
                included_discounts=(DiscountedLineItemPortion(discount=discount("1"), discounted_amount=euros(33)),),
            ),
        ),
        DiscountedLineItemPriceForQuantity(
            quantity=1,
            discounted_price=DiscountedLineItemPrice(
                value=euros(1200),
                included_discounts=(DiscountedLineItemPortion(discount=discount("1"), discounted_amount=euros(34)),),
            ),
        ),
    )


def test_reading_a_price_of_high_precision_keeps_it_where_an_amount_is_taken_off() -> None:
    # 0.3355 x 3 = 1.0065, rounded once to 1.01; less 0.10 it is 0.9065.
    item = item_of("a", "line", 3, precise(3355, 4))
    assert total_of(item, "HalfEven") == 101
    (less,) = after([item], (absolute(10), LINES))
    assert total_of(less, "HalfEven") == 91
    assert [bucket.discounted_price.value for bucket in per_quantity(less, Portions("EUR"))] == [
        precise(3055, 4),
        precise(2955, 4),
    ]
    # 33.55 x 0.9 = 30.195 -> 30: 3.55 are taken.
    (tenth,) = after([item], (relative(1000), LINES))
    (bucket,) = per_quantity(tenth, Portions("EUR"))
    assert bucket.discounted_price.value == euros(30)
    # 3.55 cents, of which the cents are rounded half to even.
    (portion,) = bucket.discounted_price.included_discounts
    assert (portion.discounted_amount.precise_amount, portion.discounted_amount.cent_amount) == (355, 4)
    # 33.55 x 0.9999 = 33.546645 -> 34 would be more than it was.
    (same,) = after([item], (relative(1), LINES))
    assert (same.lots[0].price, same.lots[0].part, same.lots[0].taken) == (33, Fraction(55, 100), ((discount("1"), 0),))


def test_reading_an_even_amount_counts_units_and_not_lines() -> None:
    # 1002 / 4 = 250, 2 are odd: both in the first line, one for each of two of its three units.
    items = after(lines((3, 1000), (1, 1000)), (absolute(1002, "EvenDistribution"), LINES))
    assert [buckets(item) for item in items] == [[(1, 750, [250]), (2, 749, [251])], [(1, 750, [250])]]


def test_reading_what_three_lines_leave_over_is_borne_by_the_first() -> None:
    # 200 / 3 = 66 each, 2 are left.
    items = after(lines((1, 500), (1, 500), (1, 500)), (absolute(200), LINES))
    assert [buckets(item) for item in items] == [[(1, 432, [68])], [(1, 434, [66])], [(1, 434, [66])]]


def test_reading_an_individual_amount_is_taken_off_each_unit() -> None:
    items = after(lines((3, 1000), (1, 100)), (absolute(250, "IndividualApplication"), LINES))
    assert [buckets(item) for item in items] == [[(3, 750, [250])], [(1, 0, [100])]]
