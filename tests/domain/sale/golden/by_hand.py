"""Carts with one shipping or none, worked out by hand. Amounts are in minor units of the cart's currency."""

from domain.sale.golden.notation import custom, fine, item, line, of, rate, way, worked

VAT = rate("vat", "0.19")
ON_TOP = rate("vat", "0.19", top=True)
TO_BERLIN = {"shippingAddress": {"country": "DE"}}
TO_NEW_YORK = {"shippingAddress": {"country": "US", "state": "NY"}}
POST = {"shippingMethod": {"key": "post"}}
SALES = rate("sales", "0.08875", "NY", top=True, state="0.04", city="0.045", metro="0.00375")
UNITS = {"taxCalculationMode": "UnitPriceLevel"}

CARTS = [
    worked(
        "EUR, included, by the line",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 999]}, "ways": {"post": {"tax": "std", "price": 495}}},
        draft={"lineItems": [line("mug", 3)], **TO_BERLIN, **POST},
        # 3 x 999 = 2997; 2997 / 1.19 = 2518.487 -> 2518, the rest is 479. 495 / 1.19 = 415.966 -> 416, the rest is 79.
        items=[item(2997, of(2518, 479, 2997, ("vat", "0.19", 479)))],
        ways={"": way(495, of(416, 79, 495, ("vat", "0.19", 79)))},
        shipping=of(416, 79, 495, ("vat", "0.19", 79)),
        # 2518 + 416 and 479 + 79: not 3492 / 1.19 = 2934.45, which happens to be as much.
        total=3492,
        taxed=of(2934, 558, 3492, ("vat", "0.19", 558)),
    ),
    worked(
        "EUR, included, by the unit",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 999]}},
        draft={"lineItems": [line("mug", 3)], **TO_BERLIN, **UNITS},
        # 999 / 1.19 = 839.496 -> 839, three times 2517: one less than by the line.
        items=[item(2997, of(2517, 480, 2997, ("vat", "0.19", 480)))],
        total=2997,
        taxed=of(2517, 480, 2997, ("vat", "0.19", 480)),
    ),
    worked(
        "EUR, on top, by the line",
        shop={"taxes": {"std": [ON_TOP]}, "goods": {"pencil": ["std", 108]}},
        draft={"lineItems": [line("pencil", 3)], **TO_BERLIN},
        # 324 x 1.19 = 385.56 -> 386.
        items=[item(324, of(324, 62, 386, ("vat", "0.19", 62)))],
        total=324,
        taxed=of(324, 62, 386, ("vat", "0.19", 62)),
    ),
    worked(
        "EUR, on top, by the unit",
        shop={"taxes": {"std": [ON_TOP]}, "goods": {"pencil": ["std", 108]}},
        draft={"lineItems": [line("pencil", 3)], **TO_BERLIN, **UNITS},
        # 108 x 1.19 = 128.52 -> 129, three times 387.
        items=[item(324, of(324, 63, 387, ("vat", "0.19", 63)))],
        total=324,
        taxed=of(324, 63, 387, ("vat", "0.19", 63)),
    ),
    worked(
        "USD, three sub rates on top",
        shop={"taxes": {"std": [SALES]}, "goods": {"mug": ["std", 1999]}},
        draft={"currency": "USD", "lineItems": [line("mug", 3)], **TO_NEW_YORK},
        # 5997 x 1.08875 = 6529.23 -> 6529, tax 532. Its parts: 532 x 4 / 8.875 = 239.77, 532 x 4.5 / 8.875 = 269.75 and
        # 532 x 0.375 / 8.875 = 22.48; whole 239 + 269 + 22 = 530, and the two largest remainders have one each.
        items=[item(5997, of(5997, 532, 6529, ("state", "0.04", 240), ("city", "0.045", 270), ("metro", "0.00375", 22)))],
        total=5997,
        taxed=of(5997, 532, 6529, ("state", "0.04", 240), ("city", "0.045", 270), ("metro", "0.00375", 22)),
    ),
    worked(
        "JPY, two rates, free above a value",
        shop={
            "taxes": {"std": [rate("ten", "0.1")], "food": [rate("eight", "0.08")]},
            "goods": {"mug": ["std", 1234], "tea": ["food", 540]},
            "ways": {"post": {"tax": "std", "price": 800, "freeAbove": 2314}},
        },
        draft={"currency": "JPY", "lineItems": [line("mug"), line("tea", 2)], **TO_BERLIN, **POST},
        # 1234 / 1.1 = 1121.82 -> 1122; 1080 / 1.08 = 1000. The value 1234 + 1080 = 2314 is just what makes it free.
        items=[item(1234, of(1122, 112, 1234, ("ten", "0.1", 112))), item(1080, of(1000, 80, 1080, ("eight", "0.08", 80)))],
        ways={"": way(0, of(0, 0, 0, ("ten", "0.1", 0)))},
        shipping=of(0, 0, 0, ("ten", "0.1", 0)),
        total=2314,
        taxed=of(2122, 192, 2314, ("ten", "0.1", 112), ("eight", "0.08", 80)),
    ),
    worked(
        "JPY, one yen below what is free",
        shop={
            "taxes": {"std": [rate("ten", "0.1")]},
            "goods": {"mug": ["std", 1234]},
            "ways": {"post": {"tax": "std", "price": 800, "freeAbove": 1235}},
        },
        draft={"currency": "JPY", "lineItems": [line("mug")], **TO_BERLIN, **POST},
        # 800 / 1.1 = 727.27 -> 727. Shipping itself does not count for what is free.
        items=[item(1234, of(1122, 112, 1234, ("ten", "0.1", 112)))],
        ways={"": way(800, of(727, 73, 800, ("ten", "0.1", 73)))},
        shipping=of(727, 73, 800, ("ten", "0.1", 73)),
        total=2034,
        taxed=of(1849, 185, 2034, ("ten", "0.1", 185)),
    ),
    worked(
        "KWD, a price of five digits",
        shop={"taxes": {"std": [rate("five", "0.05", top=True)]}, "goods": {"nail": ["std", "1.23456"]}},
        draft={"currency": "KWD", "lineItems": [line("nail", 7)], **TO_BERLIN},
        # 7 x 1234.56 fils = 8641.92 -> 8642, and 8642 x 1.05 = 9074.1 -> 9074.
        items=[item(8642, of(8642, 432, 9074, ("five", "0.05", 432)))],
        total=8642,
        taxed=of(8642, 432, 9074, ("five", "0.05", 432)),
    ),
    worked(
        "BHD, a price of four digits, by the unit",
        shop={"taxes": {"std": [rate("ten", "0.1", top=True)]}, "goods": {"nail": ["std", "0.3333"]}},
        draft={"currency": "BHD", "lineItems": [line("nail", 17)], **TO_BERLIN, **UNITS},
        # 17 x 333.3 = 5666.1 -> 5666. A unit is taxed in its own tenths of a fils: 3333 x 1.1 = 3666.3 -> 3666, and 17 of them
        # are 62322 tenths = 6232.2 -> 6232. By the line it would be 5666 x 1.1 = 6232.6 -> 6233.
        items=[item(5666, of(5666, 566, 6232, ("ten", "0.1", 566)))],
        total=5666,
        taxed=of(5666, 566, 6232, ("ten", "0.1", 566)),
    ),
    # Three carts of halves: 12.5 and 13.5 are rounded to prices, 14 / 1.12 = 12.5 and 25 x 1.14 = 28.5 to taxes.
    *(
        worked(
            f"{currency}, halves, {mode}",
            shop={
                "taxes": {
                    "none": [rate("none", "0")],
                    "in": [rate("twelve", "0.12")],
                    "on": [rate("fourteen", "0.14", top=True)],
                },
                "goods": {"half": ["none", "0.125"], "cup": ["in", 14], "bag": ["on", 25]},
            },
            draft={
                "currency": currency,
                "lineItems": [line("half"), line("cup"), line("bag")],
                "customLineItems": [custom("more", fine(currency, 135, 3), tax="none")],
                "priceRoundingMode": mode,
                "taxRoundingMode": mode,
                **TO_BERLIN,
            },
            items=[
                item(half, of(half, 0, half, ("none", "0", 0))),
                item(14, of(net, 14 - net, 14, ("twelve", "0.12", 14 - net))),
                item(25, of(25, gross - 25, gross, ("fourteen", "0.14", gross - 25))),
                item(more, of(more, 0, more, ("none", "0", 0))),
            ],
            total=total,
            taxed=of(
                total - 14 + net,
                5,
                total + gross - 25,
                ("none", "0", 0),
                ("twelve", "0.12", 14 - net),
                ("fourteen", "0.14", gross - 25),
            ),
        )
        # HalfEven: 12 + 14 + 25 + 14 = 65, net 12 and gross 28, tax 2 + 3. HalfUp: 13 + 14 + 25 + 14 = 66, net 13 and gross 29,
        # tax 1 + 4. HalfDown: 12 + 14 + 25 + 13 = 64, net 12 and gross 28, tax 2 + 3.
        for currency, mode, half, more, net, gross, total in (
            ("GBP", "HalfEven", 12, 14, 12, 28, 65),
            ("CHF", "HalfUp", 13, 14, 13, 29, 66),
            ("CAD", "HalfDown", 12, 13, 12, 28, 64),
        )
    ),
    worked(
        "EUR, what is rounded of a price that includes the tax",
        shop={
            "taxes": {
                "net": [rate("twenty", "0.2")],
                "tax": [rate("twenty", "0.2", target="Tax")],
                "small-net": [rate("four", "0.04")],
                "small-tax": [rate("four", "0.04", target="Tax")],
            },
            "goods": {"cup": ["net", 699], "bag": ["tax", 699], "tea": ["small-net", 299], "nail": ["small-tax", 299]},
        },
        draft={"lineItems": [line("cup"), line("bag"), line("tea"), line("nail")], **TO_BERLIN},
        # 699 / 1.2 = 582.5 -> 582, and 699 x 0.2 / 1.2 = 116.5 -> 116. 299 / 1.04 = 287.5 -> 288, and 11.5 -> 12.
        items=[
            item(699, of(582, 117, 699, ("twenty", "0.2", 117))),
            item(699, of(583, 116, 699, ("twenty", "0.2", 116))),
            item(299, of(288, 11, 299, ("four", "0.04", 11))),
            item(299, of(287, 12, 299, ("four", "0.04", 12))),
        ],
        # Portions of one name and rate are one, whichever of the two was rounded: 117 + 116, 11 + 12.
        total=1996,
        taxed=of(1740, 256, 1996, ("twenty", "0.2", 233), ("four", "0.04", 23)),
    ),
    worked(
        "KRW, tiers",
        shop={
            "taxes": {"std": [rate("ten", "0.1")]},
            "goods": {
                "one": ["std", 100, {"2": 10, "3": 1}],
                "two": ["std", 100, {"2": 10, "3": 1}],
                "three": ["std", 100, {"3": 1, "2": 10}],
            },
        },
        draft={"currency": "KRW", "lineItems": [line("one"), line("two", 2), line("three", 3)], **TO_BERLIN},
        # 100 / 1.1 = 90.9 -> 91; 2 x 10 = 20, 20 / 1.1 = 18.2 -> 18; 3 x 1 = 3, 3 / 1.1 = 2.7 -> 3.
        items=[
            item(100, of(91, 9, 100, ("ten", "0.1", 9))),
            item(20, of(18, 2, 20, ("ten", "0.1", 2))),
            item(3, of(3, 0, 3, ("ten", "0.1", 0))),
        ],
        total=123,
        taxed=of(112, 11, 123, ("ten", "0.1", 11)),
    ),
]
