"""Discounted carts, worked out by hand."""

from __future__ import annotations

from domain.sale.discounts.golden.notation import (
    CUSTOM,
    EACH,
    EVEN,
    LINES,
    SHARED,
    SHIPPING,
    TOTAL,
    absolute,
    bucket,
    custom,
    fixed,
    line,
    multi_buy,
    pattern,
    relative,
    shipping,
    total,
    units,
    worked,
)

CASES = [
    worked(
        "a tenth off a line, a half to the even one",
        [line(3, 995)],
        [(relative(1000), LINES)],
        # 995 x 0.9 = 895.5 -> 896, so 99 are taken.
        [[bucket(3, 896, d1=99)]],
    ),
    worked(
        "a tenth off a line, a half down",
        [line(3, 995)],
        [(relative(1000), LINES)],
        # 895.5 -> 895.
        [[bucket(3, 895, d1=100)]],
        rounding="HalfDown",
    ),
    worked(
        "a half off a line, a half up",
        [line(2, 25)],
        [(relative(5000), LINES)],
        # 12.5 -> 13; to the even one it would be 12.
        [[bucket(2, 13, d1=12)]],
        rounding="HalfUp",
    ),
    worked(
        "a third off yen",
        [line(2, 1000)],
        [(relative(3333), LINES)],
        # 1000 x 0.6667 = 666.7 -> 667.
        [[bucket(2, 667, d1=333)]],
        currency="JPY",
    ),
    worked(
        "a relative discount of a price with parts of a cent",
        [line(10, "33.55")],
        [(relative(1000), LINES)],
        # 33.55 x 0.9 = 30.195 -> 30: 3.55 = 71/20 are taken.
        [[bucket(10, 30, d1="71/20")]],
    ),
    worked(
        "an amount off dinars with three decimals",
        [line(3, 1250), line(1, 2500)],
        [(absolute(1000), LINES)],
        # 3750 + 2500 = 6250. b: 1000 x 2500 / 6250 = 400; a: 600, 200 each.
        [[bucket(3, 1050, d1=200)], [bucket(1, 2100, d1=400)]],
        currency="KWD",
    ),
    worked(
        "an amount off two lines with an odd cent",
        [line(2, 999), line(3, 333)],
        [(absolute(100), LINES)],
        # 1998 + 999 = 2997. a: 66.67 -> 66, b: 33.33 -> 33, the odd one goes to a: 67, in 33 and 34. b: 11 each.
        [[bucket(1, 966, d1=33), bucket(1, 965, d1=34)], [bucket(3, 322, d1=11)]],
    ),
    worked(
        "an amount off three lines whose odd cents all go to the first",
        [line(1, 1000), line(1, 1000), line(1, 1000)],
        [(absolute(101), LINES)],
        # 33.67 -> 33 each, 2 are left.
        [[bucket(1, 965, d1=35)], [bucket(1, 967, d1=33)], [bucket(1, 967, d1=33)]],
    ),
    worked(
        "an amount off that is more than all costs",
        [line(2, 200), line(1, 50)],
        [(absolute(500), LINES)],
        [[bucket(2, 0, d1=200)], [bucket(1, 0, d1=50)]],
    ),
    worked(
        "an amount off prices with parts of a cent",
        [line(3, "33.55")],
        [(absolute(10), LINES)],
        # 3, 3 and 4; 30.55 = 611/20 and 29.55 = 591/20 are left.
        [[bucket(2, "611/20", d1=3), bucket(1, "591/20", d1=4)]],
    ),
    worked(
        "an even amount, of which one unit bears less",
        [line(2, 999), line(1, 20), line(1, 500)],
        [(absolute(100, EVEN), LINES)],
        # 25 each are too much for b, which bears 20. 80 of the other three: 26 each, 2 are odd and go to both of a.
        [[bucket(2, 972, d1=27)], [bucket(1, 0, d1=20)], [bucket(1, 474, d1=26)]],
    ),
    worked(
        "an even amount with an odd cent within a line",
        [line(3, 100), line(2, 100)],
        [(absolute(101, EVEN), LINES)],
        # 20 each, 1 is odd: one of the first line, where the last one bears it.
        [[bucket(2, 80, d1=20), bucket(1, 79, d1=21)], [bucket(2, 80, d1=20)]],
    ),
    worked(
        "an amount off each unit",
        [line(2, 1000), line(1, 200)],
        [(absolute(300, EACH), LINES)],
        [[bucket(2, 700, d1=300)], [bucket(1, 0, d1=200)]],
    ),
    worked(
        "a fixed price lowers only what costs more",
        [line(2, 800), line(1, 500), line(1, 300)],
        [(fixed(500), LINES)],
        [[bucket(2, 500, d1=300)], [bucket(1, 500)], [bucket(1, 300)]],
    ),
    worked(
        "a fixed price lowers the dearer units of a line",
        [line(3, 1000)],
        [(absolute(1000), LINES), (fixed(666), LINES)],
        # 333, 333 and 334: the first two cost 667, one more than the fixed price, and the third costs as much as it.
        [[bucket(2, 666, d1=333, d2=1), bucket(1, 666, d1=334)]],
    ),
    worked(
        "an eighth off custom lines alone",
        [line(1, 100), custom(2, 333)],
        [(relative(1250), CUSTOM)],
        # 333 x 0.875 = 291.375 -> 291.
        [[bucket(1, 100)], [bucket(2, 291, d1=42)]],
    ),
    worked(
        "an even amount off custom lines in yen",
        [custom(2, 3), custom(1, 1)],
        [(absolute(5, EVEN), CUSTOM)],
        # 5 / 3 are more than b costs, which bears 1. 4 / 2 are 2 each.
        [[bucket(2, 1, d1=2)], [bucket(1, 0, d1=1)]],
        currency="JPY",
    ),
    worked(
        "a fixed price of custom lines in dinars",
        [custom(3, 1005)],
        [(fixed(1000), CUSTOM)],
        [[bucket(3, 1000, d1=5)]],
        currency="KWD",
    ),
    worked(
        "an eighth off shipping",
        [shipping(999)],
        [(relative(1250), SHIPPING)],
        # 999 x 0.875 = 874.125 -> 874.
        [[bucket(1, 874, d1=125)]],
    ),
    worked(
        "more than shipping costs, and then a tenth",
        [shipping(1000), line(1, 100)],
        [(absolute(1500), SHIPPING), (relative(1000), SHIPPING)],
        [[bucket(1, 0, d1=1000, d2=0)], [bucket(1, 100)]],
    ),
    worked("a fixed price of shipping", [shipping(495)], [(fixed(300), SHIPPING)], [[bucket(1, 300, d1=195)]]),
    worked(
        "a tenth off the total",
        [line(1, 1005)],
        [(relative(1000), TOTAL)],
        # 1005 x 0.9 = 904.5 -> 904; 845 x 0.9 = 760.5 -> 760. The line keeps its price.
        [[bucket(1, 1005)], [904, [760, 904], [[1, 101]]]],
        total=total(1005, 845, 1005),
    ),
    worked(
        "an amount and a quarter off the total",
        [line(1, 3000)],
        [(absolute(1000), TOTAL), (relative(2500), TOTAL)],
        # Two thirds are left: 2521 x 2 / 3 = 1680.67 -> 1681. Three quarters of that: 1260.75 -> 1261.
        [[bucket(1, 3000)], [1500, [1261, 1500], [[1, 1000], [2, 500]]]],
        total=total(3000, 2521, 3000),
    ),
    worked(
        "a fixed total, and one that is no lower",
        [line(1, 3000)],
        [(fixed(2500), TOTAL), (fixed(2600), TOTAL)],
        # 2521 x 5 / 6 = 2100.83 -> 2101.
        [[bucket(1, 3000)], [2500, [2101, 2500], [[1, 500]]]],
        total=total(3000, 2521, 3000),
    ),
    worked(
        "of each three the cheapest at half price",
        [line(2, 1001), line(2, 501)],
        [(relative(5000), multi_buy(3, 1))],
        # 4 units hold 3 once. 501 / 2 = 250.5 -> 250.
        [[bucket(2, 1001)], [bucket(1, 250, d1=251), bucket(1, 501)]],
    ),
    worked(
        "of each two the most expensive, at most twice",
        [line(5, 400), line(4, 900)],
        [(relative(1000), multi_buy(2, 1, "MostExpensive", maxOccurrence=2))],
        [[bucket(5, 400)], [bucket(2, 810, d1=90), bucket(2, 900)]],
    ),
    worked(
        "of each three custom lines two at a fixed price in won",
        [custom(7, 110)],
        [(fixed(100), multi_buy(3, 2, of="CustomLineItems"))],
        [[bucket(4, 100, d1=10), bucket(3, 110)]],
        currency="KRW",
    ),
    worked(
        "two plates, and a mug at half price",
        [line(4, 2500), line(3, 999)],
        [(relative(5000), pattern([units("a", 2, 2)], [units("b", 1, 1)]))],
        # Twice. 999 / 2 = 499.5 -> 500.
        [[bucket(4, 2500, d1=0)], [bucket(2, 500, d1=499), bucket(1, 999)]],
    ),
    worked(
        "what is free is borne by what triggered it",
        [line(2, 1500), line(1, 500)],
        [(relative(10_000, SHARED), pattern([units("a", 1, 1)], [units("b", 1, 1)]))],
        # 500 of 2000: a quarter of each price.
        [[bucket(1, 1125, d1=375), bucket(1, 1500)], [bucket(1, 375, d1=125)]],
    ),
    worked(
        "half the price of two is borne evenly by three",
        [line(1, 1500), line(2, 333)],
        [(relative(5000, EVEN), pattern([units("a", 1, 1)], [units("b", 2, 2)]))],
        # 666 / 2 = 333, 111 each.
        [[bucket(1, 1389, d1=111)], [bucket(2, 222, d1=111)]],
    ),
    worked(
        "an even amount off each bundle",
        [line(5, 700), line(2, 100)],
        [(absolute(250, EVEN), pattern([], [units("a", 2, 2), units("b", 1, 1)]))],
        # Twice. 83 each, 1 is odd: one of the two of a.
        [[bucket(2, 617, d1=83), bucket(2, 616, d1=84), bucket(1, 700)], [bucket(2, 17, d1=83)]],
    ),
    worked(
        "an amount off a bundle by price",
        [line(1, 900), line(1, 100)],
        [(absolute(99), pattern([], [units("a", 1, 1), units("b", 1, 1)]))],
        # 89.1 -> 89 and 9.9 -> 9; the odd one goes to a.
        [[bucket(1, 810, d1=90)], [bucket(1, 91, d1=9)]],
    ),
    worked(
        "an amount off each unit of a bundle",
        [line(3, 100), line(1, 400)],
        [(absolute(150, EACH), pattern([], [units("a", 2, 2), units("b", 1, 1)]))],
        [[bucket(2, 0, d1=100), bucket(1, 100)], [bucket(1, 250, d1=150)]],
    ),
    worked(
        "three for 1000",
        [line(4, 450)],
        [(fixed(1000, SHARED), pattern([], [units("a", 3, 3)]))],
        # 1350 - 1000 = 350: 116, 117, 117.
        [[bucket(1, 334, d1=116), bucket(2, 333, d1=117), bucket(1, 450)]],
    ),
    worked(
        "a bundle at a fixed price, evenly",
        [line(1, 900), line(1, 100)],
        [(fixed(500, EVEN), pattern([], [units("a", 1, 1), units("b", 1, 1)]))],
        # 500 are taken: b bears its 100, a the other 400.
        [[bucket(1, 500, d1=400)], [bucket(1, 0, d1=100)]],
    ),
    worked(
        "three discounts of one line",
        [line(2, 1999)],
        [(relative(1000), LINES), (absolute(500), LINES), (relative(10_000), multi_buy(2, 1))],
        # 1999 x 0.9 = 1799.1 -> 1799; 250 less each are 1549; one of the two is free.
        [[bucket(1, 0, d1=200, d2=250, d3=1549), bucket(1, 1549, d1=200, d2=250)]],
    ),
]
