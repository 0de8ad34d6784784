"""Carts with one shipping whose prices or taxes come from outside, or whose shipping goes by tiers, worked out by hand."""

from domain.sale.golden.notation import coins, custom, fine, item, line, of, rate, way, worked

TO_BERLIN = {"shippingAddress": {"country": "DE"}}
POST = {"shippingMethod": {"key": "post"}}
VAT = rate("vat", "0.19")
TWO = rate("two", "0.2", top=True, first="0.11", second="0.09")
TEN = rate("ten", "0.1")


CARTS = [
    worked(
        "USD, rates from outside with sub rates",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 999], "tea": ["std", 500]}},
        draft={
            "currency": "USD",
            "taxMode": "External",
            "lineItems": [
                line("mug", 3, externalPrice=coins("USD", 1000), externalTaxRate=TWO),
                line(
                    "tea",
                    2,
                    externalTotalPrice={"price": coins("USD", 2000), "totalPrice": coins("USD", 2500)},
                    externalTaxRate=TWO,
                ),
            ],
            "customLineItems": [custom("wrap", coins("USD", 2350), 5, externalTaxRate=TWO)],
            **TO_BERLIN,
        },
        updates=[
            [
                {
                    "action": "setCustomShippingMethod",
                    "shippingMethodName": "own",
                    "shippingRate": {"price": coins("USD", 1000)},
                    "externalTaxRate": TWO,
                }
            ]
        ],
        # 3000 x 1.2 = 3600: 330 and 270. 2500 x 1.2 = 3000, whatever a unit is said to cost: 275 and 225. 5 x 2350 = 11750, and
        # 11750 x 1.2 = 14100: of the tax of 2350 the parts are 1292.5 and 1057.5, and the earlier one has the odd cent.
        # 1000 x 1.2 = 1200.
        items=[
            item(3000, of(3000, 600, 3600, ("first", "0.11", 330), ("second", "0.09", 270))),
            item(2500, of(2500, 500, 3000, ("first", "0.11", 275), ("second", "0.09", 225))),
            item(11750, of(11750, 2350, 14100, ("first", "0.11", 1293), ("second", "0.09", 1057))),
        ],
        ways={"": way(1000, of(1000, 200, 1200, ("first", "0.11", 110), ("second", "0.09", 90)))},
        shipping=of(1000, 200, 1200, ("first", "0.11", 110), ("second", "0.09", 90)),
        # 330 + 275 + 1293 + 110 = 2008; 270 + 225 + 1057 + 90 = 1642.
        total=18250,
        taxed=of(18250, 3650, 21900, ("first", "0.11", 2008), ("second", "0.09", 1642)),
    ),
    worked(
        "EUR, a total from outside, by the unit",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 999]}},
        draft={
            "taxCalculationMode": "UnitPriceLevel",
            "lineItems": [line("mug", 3, externalTotalPrice={"price": coins("EUR", 2000), "totalPrice": coins("EUR", 2500)})],
            **TO_BERLIN,
        },
        # It has no price of a unit: 2500 / 1.19 = 2100.84 -> 2101.
        items=[item(2500, of(2101, 399, 2500, ("vat", "0.19", 399)))],
        total=2500,
        taxed=of(2101, 399, 2500, ("vat", "0.19", 399)),
    ),
    worked(
        "EUR, a fine price from outside is rounded half to even whatever the cart says",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 999], "tea": ["std", "0.125"]}},
        draft={
            "priceRoundingMode": "HalfUp",
            "lineItems": [line("mug", externalPrice=fine("EUR", 125, 3)), line("tea")],
            **TO_BERLIN,
        },
        # 12.5 from outside -> 12, and 12.5 of the shop -> 13. 12 / 1.19 = 10.08 -> 10; 13 / 1.19 = 10.92 -> 11.
        items=[item(12, of(10, 2, 12, ("vat", "0.19", 2))), item(13, of(11, 2, 13, ("vat", "0.19", 2)))],
        total=25,
        taxed=of(21, 4, 25, ("vat", "0.19", 4)),
    ),
    worked(
        "GBP, a line without a rate from outside leaves the whole untaxed",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 1000], "tea": ["std", 500]}},
        draft={
            "currency": "GBP",
            "taxMode": "External",
            "lineItems": [line("mug", externalTaxRate=TEN), line("tea")],
            **TO_BERLIN,
        },
        # 1000 / 1.1 = 909.09 -> 909.
        items=[item(1000, of(909, 91, 1000, ("ten", "0.1", 91))), item(500)],
        total=1500,
    ),
    worked(
        "CHF, amounts from outside, which need not fit their rates",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 500]}, "ways": {"post": {"tax": "std", "price": 500}}},
        draft={"currency": "CHF", "taxMode": "ExternalAmount", "lineItems": [line("mug", 2)], **TO_BERLIN, **POST},
        updates=[
            [
                {
                    "action": "setLineItemTaxAmount",
                    "lineItemKey": "mug",
                    "externalTaxAmount": {"totalGross": coins("CHF", 1190), "taxRate": rate("all", "1")},
                },
                {
                    "action": "setShippingMethodTaxAmount",
                    "externalTaxAmount": {"totalGross": coins("CHF", 551), "taxRate": TWO},
                },
            ],
            [
                {
                    "action": "setCartTotalTax",
                    "externalTotalGross": coins("CHF", 1800),
                    "externalTaxPortions": [{"name": "fed", "rate": 0.2, "amount": coins("CHF", 300)}],
                }
            ],
        ],
        # Net is the price. Of 51 the sub rates have 28.05 and 22.95: the larger remainder has the odd cent. The whole is as said.
        items=[item(1000, of(1000, 190, 1190, ("all", "1", 190)))],
        ways={"": way(500, of(500, 51, 551, ("first", "0.11", 28), ("second", "0.09", 23)))},
        total=1500,
        taxed=of(1500, 300, 1800, ("fed", "0.2", 300)),
        shipping=of(500, 51, 551, ("first", "0.11", 28), ("second", "0.09", 23)),
    ),
    worked(
        "ISK, no taxes",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 1500]}, "ways": {"post": {"tax": "std", "price": 890}}},
        draft={"currency": "ISK", "taxMode": "Disabled", "lineItems": [line("mug", 2)], **TO_BERLIN, **POST},
        items=[item(3000)],
        ways={"": way(890)},
        total=3890,
    ),
    worked(
        "EUR, by a function of the score",
        shop={
            "taxes": {"std": [VAT]},
            "goods": {"mug": ["std", 1000]},
            "by": "CartScore",
            "ways": {
                "post": {
                    "tax": "std",
                    "price": 100,
                    "tiers": [
                        {"type": "CartScore", "score": 1, "priceFunction": {"currencyCode": "EUR", "function": "(200 * x) - 1"}},
                        {"type": "CartScore", "score": 4, "price": coins("EUR", 750)},
                    ],
                }
            },
        },
        draft={"shippingRateInput": {"type": "Score", "score": 3}, "lineItems": [line("mug")], **TO_BERLIN, **POST},
        # 200 x 3 - 1 = 599; 599 / 1.19 = 503.36 -> 503. 1000 / 1.19 = 840.34 -> 840.
        items=[item(1000, of(840, 160, 1000, ("vat", "0.19", 160)))],
        ways={"": way(599, of(503, 96, 599, ("vat", "0.19", 96)))},
        shipping=of(503, 96, 599, ("vat", "0.19", 96)),
        total=1599,
        taxed=of(1343, 256, 1599, ("vat", "0.19", 256)),
    ),
    worked(
        "BHD, by the value, tier after tier",
        shop={
            "taxes": {"std": [rate("ten", "0.1", top=True)]},
            "goods": {"mug": ["std", 4_000]},
            "ways": {
                "post": {
                    "tax": "std",
                    "price": 1500,
                    "freeAbove": 20_000,
                    "tiers": [
                        {"type": "CartValue", "minimumCentAmount": 16_000, "price": coins("BHD", 505)},
                        {"type": "CartValue", "minimumCentAmount": 8_000, "price": coins("BHD", 1005)},
                    ],
                }
            },
        },
        draft={
            "currency": "BHD",
            "lineItems": [line("mug", 3)],
            "customLineItems": [custom("wrap", coins("BHD", 3_999), tax="std")],
            **TO_BERLIN,
            **POST,
        },
        # 12000 + 3999 = 15999: just below 16000, so 1005; on top 1005 x 1.1 = 1105.5 -> 1106 (even). 3999 x 1.1 = 4398.9 -> 4399.
        items=[
            item(12_000, of(12_000, 1_200, 13_200, ("ten", "0.1", 1_200))),
            item(3_999, of(3_999, 400, 4_399, ("ten", "0.1", 400))),
        ],
        ways={"": way(1005, of(1005, 101, 1106, ("ten", "0.1", 101)))},
        shipping=of(1005, 101, 1106, ("ten", "0.1", 101)),
        total=17_004,
        taxed=of(17_004, 1_701, 18_705, ("ten", "0.1", 1_701)),
    ),
    worked(
        "EUR, a custom line that gives money back",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 999]}},
        draft={"lineItems": [line("mug", 2)], "customLineItems": [custom("back", coins("EUR", -250), 2, tax="std")], **TO_BERLIN},
        # 1998 / 1.19 = 1678.99 -> 1679. -500 / 1.19 = -420.17 -> -420, the rest is -80.
        items=[
            item(1998, of(1679, 319, 1998, ("vat", "0.19", 319))),
            item(-500, of(-420, -80, -500, ("vat", "0.19", -80))),
        ],
        total=1498,
        taxed=of(1259, 239, 1498, ("vat", "0.19", 239)),
    ),
    worked(
        "USD, the country's rate where a state has none",
        shop={
            "taxes": {"std": [rate("york", "0.08", "NY", top=True), {**rate("land", "0.05", top=True), "country": "US"}]},
            "goods": {"mug": ["std", 990]},
            "fallback": True,
        },
        draft={"currency": "USD", "lineItems": [line("mug")], "shippingAddress": {"country": "US", "state": "CA"}},
        # 990 x 1.05 = 1039.5 -> 1040 (even).
        items=[item(990, of(990, 50, 1040, ("land", "0.05", 50)))],
        total=990,
        taxed=of(990, 50, 1040, ("land", "0.05", 50)),
    ),
]
