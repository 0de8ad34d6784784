"""Pattern targets: which units trigger and which are discounted, worked by hand from the types of the specification."""

import pytest

from domain.sale.discounts.takings import (
    LINES,
    absolute,
    after,
    buckets,
    discount,
    fixed,
    lines,
    matches,
    pattern,
    relative,
    totals,
    units,
)
from orderwright.domain.amounts.splitting import MOST_WALKED
from orderwright.domain.sale.discounts.arithmetic.table import taken_off
from orderwright.domain.sale.discounts.model import ApplicationMode
from orderwright.errors import ApiError

EVEN: ApplicationMode = "EvenDistribution"
SHARED: ApplicationMode = "ProportionateDistribution"
EACH: ApplicationMode = "IndividualApplication"


def test_scenario_five_pairs_at_the_offer_price_and_two_units_left() -> None:
    items = after(lines((12, 1000)), (relative(2500), pattern([], [units("a", 2, 2)], most=5)))
    assert buckets(items[0]) == [(10, 750, [250]), (2, 1000, [])]


def test_scenario_five_for_three() -> None:
    # 40 % off each of five; 7 units hold one set.
    items = after(lines((7, 1000)), (relative(4000), pattern([], [units("a", 5, 5)])))
    assert buckets(items[0]) == [(5, 600, [400]), (2, 1000, [])]


def test_scenario_two_plates_get_a_mug_free() -> None:
    # 5 plates trigger twice; the third mug is not free. The fifth plate triggers nothing.
    items = after(lines((5, 2000), (3, 800)), (relative(10_000), pattern([units("a", 2, 2)], [units("b", 1, 1)])))
    assert buckets(items[0]) == [(4, 2000, [0]), (1, 2000, [])]
    assert buckets(items[1]) == [(2, 0, [800]), (1, 800, [])]


def test_scenario_at_least_three_get_at_most_two_at_half_price() -> None:
    # Without an upper count the trigger takes all, and so happens once.
    items = after(lines((7, 2000), (3, 800)), (relative(5000), pattern([units("a", 3)], [units("b", 1, 2)])))
    assert buckets(items[0]) == [(7, 2000, [0])]
    assert buckets(items[1]) == [(2, 400, [400]), (1, 800, [])]


def test_scenario_two_rugs_for_75_with_three_beds() -> None:
    # 9001 + 3000 cost 7500: 4501 are taken off. Of 12001: 9001 bears 3375 and the odd one, 3000 bears 1125.
    items = lines((3, 50000), (1, 9001), (1, 3000))
    target = pattern([units("a", 3, 3)], [units("b", 1, 1), units("c", 1, 1)])
    shared = after(items, (fixed(7500, SHARED), target))
    assert [buckets(item) for item in shared] == [[(3, 50000, [0])], [(1, 5625, [3376])], [(1, 1875, [1125])]]
    # 4501 / 2 is 2250, and one is odd.
    evenly = after(items, (fixed(7500, EVEN), target))
    assert [buckets(item) for item in evenly[1:]] == [[(1, 6750, [2251])], [(1, 750, [2250])]]
    # Each for 7500: that lowers the first only.
    each = after(items, (fixed(7500), target))
    assert [buckets(item) for item in each[1:]] == [[(1, 7500, [1501])], [(1, 3000, [])]]


def test_scenario_a_bundle_of_shoes_and_socks_at_most_three_times() -> None:
    # Each time 10000 off two shoes and a pair of socks: the socks bear their 900, and each shoe 4550.
    items = lines((4, 12000), (3, 9000), (5, 900))
    target = pattern([], [units("a", 1, 1), units("b", 1, 1), units("c", 1, 1)], most=3)
    after_all = after(items, (absolute(10000, EVEN), target))
    assert [buckets(item) for item in after_all] == [
        [(3, 7450, [4550]), (1, 12000, [])],
        [(3, 4450, [4550])],
        [(3, 0, [900]), (2, 900, [])],
    ]


def test_reading_an_absolute_amount_in_its_three_modes() -> None:
    items = lines((1, 3000), (1, 2000), (1, 1000))
    target = pattern([], [units("all", 3, 3)])
    by_mode = {
        mode: [buckets(item)[0][2] for item in after(items, (absolute(1000, mode), target))] for mode in (SHARED, EVEN, EACH)
    }
    assert by_mode == {
        SHARED: [[501], [333], [166]],
        EVEN: [[334], [333], [333]],
        EACH: [[1000], [1000], [1000]],
    }


def test_reading_a_relative_value_that_is_distributed_is_borne_by_trigger_and_target() -> None:
    # Half of 1000 is 500. Of 3000 + 1000 the trigger bears 375 and the target 125; evenly 250 each.
    items = lines((1, 3000), (1, 1000))
    target = pattern([units("a", 1, 1)], [units("b", 1, 1)])
    shared = after(items, (relative(5000, SHARED), target))
    assert [buckets(item) for item in shared] == [[(1, 2625, [375])], [(1, 875, [125])]]
    evenly = after(items, (relative(5000, EVEN), target))
    assert [buckets(item) for item in evenly] == [[(1, 2750, [250])], [(1, 750, [250])]]
    each = after(items, (relative(5000), target))
    assert [buckets(item) for item in each] == [[(1, 3000, [0])], [(1, 500, [500])]]


def test_reading_what_triggers_comes_from_the_other_end() -> None:
    # The dearest units trigger, the cheapest are free: of a, a, b, c, c the dearest two and the cheapest two.
    items = lines((2, 500), (1, 300), (2, 100))
    free = after(items, (relative(10_000), pattern([units("all", 1, 1)], [units("all", 1, 1)])))
    assert [buckets(item) for item in free] == [[(2, 500, [0])], [(1, 300, [])], [(2, 0, [100])]]
    dear = after(items, (relative(10_000), pattern([units("all", 1, 1)], [units("all", 1, 1)], "MostExpensive")))
    assert [buckets(item) for item in dear] == [[(2, 0, [500])], [(1, 300, [])], [(2, 100, [0])]]


def test_units_of_one_line_trigger_and_are_discounted() -> None:
    items = after(lines((5, 1000)), (relative(10_000), pattern([units("all", 1, 1)], [units("all", 1, 1)])))
    assert buckets(items[0]) == [(2, 0, [1000]), (2, 1000, [0]), (1, 1000, [])]


def test_of_five_jeans_three_are_discounted() -> None:
    # The specification's own example of `excludeCount`: 12 jeans hold two times five.
    items = after(lines((12, 1000)), (relative(1000), pattern([], [units("a", 3, 3, excluded=2)])))
    assert buckets(items[0]) == [(6, 900, [100]), (6, 1000, [])]
    # The two that are left out are the dearest.
    items = after(lines((3, 3000), (3, 1000)), (relative(1000), pattern([], [units("all", 3, 3, excluded=2)])))
    assert [buckets(item) for item in items] == [[(3, 3000, [])], [(3, 900, [100])]]


def test_a_component_that_needs_none_is_left_out_where_there_is_none() -> None:
    target = pattern([], [units("a", 1, 1), units("b", 0, 1)])
    items = after(lines((3, 1000), (1, 500)), (relative(1000), target))
    assert [buckets(item) for item in items] == [[(3, 900, [100])], [(1, 450, [50])]]


def test_an_application_without_a_unit_to_discount_is_none() -> None:
    items = lines((3, 1000))
    target = pattern([units("a", 1, 1)], [units("b", 0, 1)])
    assert taken_off(relative(1000), target, discount("1"), items, matches(items), "EUR", "HalfEven") == (items, False)
    # A fixed price that lowers nothing is not applied, and nothing triggers it.
    target = pattern([units("a", 1, 1)], [units("a", 1, 1)])
    assert taken_off(fixed(1000), target, discount("1"), items, matches(items), "EUR", "HalfEven") == (items, False)


def test_applications_over_lots_that_run_out() -> None:
    # Three for the price of 2000: a a a, then a b b (300 + 2 * 100 is less than 400), ... by hand:
    # cheapest first: c c c (150 -> 100), c b b, b b a, a a a; one a is left.
    items = lines((5, 300), (4, 100), (4, 50))
    after_all = after(items, (fixed(100, SHARED), pattern([], [units("all", 3, 3)])))
    # c c c: 50 off 150, 16 each, 17, 17. c b b: 150 off 250, b 120 and c 30, so b 60 each.
    # b b a: 400 off 500: a 240, b 160, 80 each. a a a: 800 off 900: 266, 267, 267.
    assert buckets(after_all[2]) == [(1, 34, [16]), (2, 33, [17]), (1, 20, [30])]
    assert buckets(after_all[1]) == [(2, 40, [60]), (2, 20, [80])]
    assert buckets(after_all[0]) == [(1, 60, [240]), (1, 34, [266]), (2, 33, [267]), (1, 300, [])]
    assert totals(after_all) == [60 + 34 + 66 + 300, 120, 34 + 66 + 20]


def test_no_number_of_units_makes_a_pattern_longer() -> None:
    many = 10**12
    items = lines((3 * many + 1, 1000), (many, 500))
    target = pattern([units("a", 2, 2)], [units("a", 1, 1), units("b", 1, 1)])
    after_all = after(items, (absolute(100, EVEN), target))
    assert [buckets(item) for item in after_all] == [
        [(many, 950, [50]), (2 * many, 1000, [0]), (1, 1000, [])],
        [(many, 450, [50])],
    ]


def test_there_is_an_end_to_the_lots_that_patterns_make() -> None:
    # Each discount parts each lot in two, of the units that bear one cent more and those that do not.
    items = lines((10**9, 10**6))
    discounts = [(absolute(100 + number, SHARED), pattern([], [units("a", 3, 3)])) for number in range(20)]
    with pytest.raises(ApiError) as refused:
        after(items, *discounts)
    assert refused.value.code == "InvalidOperation"


def test_amounts_off_whole_lines_part_them_into_few_lots() -> None:
    items = after(lines((10**9 + 7, 10**6)), *[(absolute(10**10 + 3 * number, SHARED), LINES) for number in range(100)])
    assert len(items[0].lots) <= 2 * MOST_WALKED + 100
    # The sum of 3 * number is 14850.
    assert totals(items) == [(10**9 + 7) * 10**6 - 100 * 10**10 - 14_850]


def test_reading_a_trigger_without_an_upper_count_spares_what_is_to_be_discounted() -> None:
    # Three, and up to two more at half price: 9 units are 3 + 2, 3 + 1, the tenth would be the second of the second time.
    target = pattern([units("all", 3)], [units("all", 1, 2)])
    half = after(lines((5, 1000)), (relative(5000), target))
    assert buckets(half[0]) == [(2, 500, [500]), (3, 1000, [0])]
    assert buckets(after(lines((9, 1000)), (relative(5000), target))[0]) == [(3, 500, [500]), (6, 1000, [0])]
    # Three of them are too few for one more; at most once, five of nine are touched.
    items = lines((3, 1000))
    assert taken_off(relative(5000), target, discount("1"), items, matches(items), "EUR", "HalfEven") == (items, False)
    once = after(lines((9, 1000)), (relative(5000), pattern([units("all", 3)], [units("all", 1, 2)], most=1)))
    assert buckets(once[0]) == [(2, 500, [500]), (3, 1000, [0]), (4, 1000, [])]
    # The dearest trigger, the cheapest are discounted.
    several = after(lines((2, 3000), (2, 2000), (2, 1000)), (relative(5000), target))
    assert [buckets(item) for item in several] == [[(2, 3000, [0])], [(1, 2000, [0]), (1, 2000, [])], [(2, 500, [500])]]
    items = lines((5, 1000))
    counted = pattern([units("all", 2, 2)], [units("all", 1, 1)])
    assert buckets(after(items, (relative(5000), counted))[0]) == [(1, 500, [500]), (2, 1000, [0]), (2, 1000, [])]


def test_reading_an_absolute_amount_of_a_pattern_is_not_borne_by_what_triggers() -> None:
    items = lines((1, 3000), (1, 1000))
    target = pattern([units("a", 1, 1)], [units("b", 1, 1)])
    for mode in (SHARED, EVEN):
        borne = after(items, (absolute(400, mode), target))
        assert [buckets(item) for item in borne] == [[(1, 3000, [0])], [(1, 600, [400])]]
