"""Multi-buy targets. X10 and the numbers beside it were seen at the API; the others follow from the types."""

import pytest

from domain.sale.discounts.takings import after, buckets, discount, fixed, lines, matches, multi_buy, relative, totals
from orderwright.domain.sale.discounts.arithmetic.table import taken_off
from orderwright.domain.sale.discounts.model import MultiBuyCustomLineItemsTarget, SelectionMode


def test_x10_the_rest_of_the_line_is_a_bucket_too() -> None:
    items = after(lines((3, 1234)), (relative(10_000), multi_buy(3, 2)))
    assert buckets(items[0]) == [(2, 0, [1234]), (1, 1234, [])]
    assert totals(items) == [1234]


def test_x10_buy_three_get_one_also_with_custom_line_items() -> None:
    target = MultiBuyCustomLineItemsTarget(predicate="all", trigger_quantity=3, discounted_quantity=1, selection_mode="Cheapest")
    three = lines((3, 1000), kind="custom")
    items, hit = taken_off(relative(10_000), target, discount("1"), three, matches(three), "EUR", "HalfEven")
    assert hit
    assert totals(items) == [2000]
    assert totals(after(lines((3, 1000)), (relative(10_000), multi_buy(3, 1)))) == [2000]


@pytest.mark.parametrize(
    ("mode", "most", "left"),
    [
        # 7 units make 2 groups of 3, so 2 units are free.
        ("Cheapest", None, [3 * 500, 2 * 300, 0]),
        ("MostExpensive", None, [1 * 500, 2 * 300, 2 * 200]),
        ("Cheapest", 1, [3 * 500, 2 * 300, 200]),
    ],
)
def test_reading_the_cheapest_of_all_units_are_discounted(mode: SelectionMode, most: int | None, left: list[int]) -> None:
    items = after(lines((3, 500), (2, 300), (2, 200)), (relative(10_000), multi_buy(3, 1, mode, most)))
    assert totals(items) == left


def test_reading_of_equal_units_those_of_the_first_line_are_discounted() -> None:
    modes: list[SelectionMode] = ["Cheapest", "MostExpensive"]
    for mode in modes:
        items = after(lines((2, 500), (2, 500)), (relative(5000), multi_buy(4, 3, mode)))
        assert [buckets(item) for item in items] == [[(2, 250, [250])], [(1, 250, [250]), (1, 500, [])]]


def test_a_second_discount_chooses_by_the_prices_that_the_first_left() -> None:
    # Free is the one at 1000. Then the cheapest of three is again that one, which costs nothing, and bears nothing.
    items = after(lines((3, 1000)), (relative(10_000), multi_buy(3, 1)), (relative(5000), multi_buy(3, 2)))
    assert buckets(items[0]) == [(1, 0, [1000, 0]), (1, 500, [500]), (1, 1000, [])]


def test_too_few_units_hit_nothing() -> None:
    items = lines((2, 1000))
    assert taken_off(relative(5000), multi_buy(3, 1), discount("1"), items, matches(items), "EUR", "HalfEven") == (items, False)


def test_a_fixed_price_leaves_units_that_cost_less() -> None:
    items = after(lines((2, 1000), (2, 400)), (fixed(500), multi_buy(4, 3)))
    assert [buckets(item) for item in items] == [[(1, 500, [500]), (1, 1000, [])], [(2, 400, [])]]
