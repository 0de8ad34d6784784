"""Carts of the shipping mode `Multiple`, worked out by hand."""

from domain.sale.golden.notation import coins, item, line, of, rate, sent_by, way, worked

VAT, TVA = rate("vat", "0.19"), rate("tva", "0.2", "FR")
FIVE = rate("five", "0.05", top=True)
TEN, TEN_IN, NOTHING = rate("ten", "0.1", top=True), rate("ten", "0.1"), rate("zero", "0")


def amount(action: str, key: str, gross: int, **more: str) -> dict[str, object]:
    """An action that sets a gross amount under a method."""
    taxed = {"totalGross": coins("KWD", gross), "taxRate": FIVE}
    return {"action": action, "shippingKey": key, "externalTaxAmount": taxed, **more}


CARTS = [
    worked(
        "EUR, two methods to two countries, each by the value of the whole",
        shop={
            "taxes": {"std": [VAT, TVA]},
            "goods": {"mug": ["std", 999]},
            "ways": {
                "slow": {"tax": "std", "price": 495, "freeAbove": 2997},
                "fast": {
                    "tax": "std",
                    "price": 1290,
                    "tiers": [
                        {"type": "CartValue", "minimumCentAmount": 2997, "price": coins("EUR", 600)},
                        {"type": "CartValue", "minimumCentAmount": 2998, "price": coins("EUR", 1)},
                    ],
                },
            },
        },
        draft={**sent_by(slow="DE", fast="FR"), "lineItems": [line("mug", 3, {"slow": 1, "fast": 2})]},
        # 999 / 1.19 = 839.496 -> 839; 1998 / 1.2 = 1665. All is worth 2997: one is free, the other costs 600;
        # 600 / 1.2 = 500.
        items=[
            item(
                2997,
                of(2504, 493, 2997, ("vat", "0.19", 160), ("tva", "0.2", 333)),
                slow=of(839, 160, 999, ("vat", "0.19", 160)),
                fast=of(1665, 333, 1998, ("tva", "0.2", 333)),
            )
        ],
        ways={"slow": way(0, of(0, 0, 0, ("vat", "0.19", 0))), "fast": way(600, of(500, 100, 600, ("tva", "0.2", 100)))},
        shipping=of(500, 100, 600, ("vat", "0.19", 0), ("tva", "0.2", 100)),
        total=3597,
        taxed=of(3004, 593, 3597, ("vat", "0.19", 160), ("tva", "0.2", 433)),
    ),
    worked(
        "USD, the odd cent of a total from outside, a rate from outside under each method",
        shop={
            "taxes": {"std": [VAT]},
            "goods": {"mug": ["std", 999]},
            "ways": {key: {"tax": "std", "price": 100} for key in ("one", "two", "three")},
        },
        draft={
            "currency": "USD",
            "taxMode": "External",
            **sent_by(one="DE", two="DE", three="FR"),
            "lineItems": [
                line(
                    "mug",
                    3,
                    {"one": 1, "two": 1, "three": 1},
                    externalTotalPrice={"price": coins("USD", 1), "totalPrice": coins("USD", 1000)},
                    perMethodExternalTaxRate=[
                        {"shippingMethodKey": "one", "taxRate": TEN},
                        {"shippingMethodKey": "two", "taxRate": TEN_IN},
                        {"shippingMethodKey": "three", "taxRate": NOTHING},
                    ],
                )
            ],
        },
        updates=[
            [
                {"action": "setShippingMethodTaxRate", "shippingKey": key, "externalTaxRate": TEN}
                for key in ("one", "two", "three")
            ]
        ],
        # 1000 in three is 334 + 333 + 333. 334 x 1.1 = 367.4 -> 367; 333 / 1.1 = 302.7 -> 303. Portions of one name and rate are
        # one, on top or not: 33 + 30.
        items=[
            item(
                1000,
                of(970, 63, 1033, ("ten", "0.1", 63), ("zero", "0", 0)),
                one=of(334, 33, 367, ("ten", "0.1", 33)),
                two=of(303, 30, 333, ("ten", "0.1", 30)),
                three=of(333, 0, 333, ("zero", "0", 0)),
            )
        ],
        ways={key: way(100, of(100, 10, 110, ("ten", "0.1", 10))) for key in ("one", "two", "three")},
        shipping=of(300, 30, 330, ("ten", "0.1", 30)),
        total=1300,
        taxed=of(1270, 93, 1363, ("ten", "0.1", 93), ("zero", "0", 0)),
    ),
    worked(
        "GBP, two units that go nowhere",
        shop={"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 999]}, "ways": {"slow": {"tax": "std", "price": 495}}},
        draft={"currency": "GBP", **sent_by(slow="DE"), "lineItems": [line("mug", 3, {"slow": 1})]},
        # What goes is taxed, 999 / 1.19 = 839.496 -> 839; the item and the whole are not, until all of it goes.
        items=[item(2997, slow=of(839, 160, 999, ("vat", "0.19", 160)))],
        # 495 / 1.19 = 415.97 -> 416.
        ways={"slow": way(495, of(416, 79, 495, ("vat", "0.19", 79)))},
        shipping=of(416, 79, 495, ("vat", "0.19", 79)),
        total=3492,
    ),
    worked(
        "JPY, on top, by the unit under each method",
        shop={
            "taxes": {"std": [rate("top", "0.19", top=True), rate("low", "0.055", "FR", top=True)]},
            "goods": {"pencil": ["std", 108]},
            "ways": {"slow": {"tax": "std", "price": 100}, "fast": {"tax": "std", "price": 200}},
        },
        draft={
            "currency": "JPY",
            "taxCalculationMode": "UnitPriceLevel",
            **sent_by(slow="DE", fast="FR"),
            "lineItems": [line("pencil", 3, {"slow": 1, "fast": 2})],
        },
        # 108 x 1.19 = 128.52 -> 129. 108 x 1.055 = 113.94 -> 114, twice 228. 100 x 1.19 = 119; 200 x 1.055 = 211.
        items=[
            item(
                324,
                of(324, 33, 357, ("top", "0.19", 21), ("low", "0.055", 12)),
                slow=of(108, 21, 129, ("top", "0.19", 21)),
                fast=of(216, 12, 228, ("low", "0.055", 12)),
            )
        ],
        ways={
            "slow": way(100, of(100, 19, 119, ("top", "0.19", 19))),
            "fast": way(200, of(200, 11, 211, ("low", "0.055", 11))),
        },
        shipping=of(300, 30, 330, ("top", "0.19", 19), ("low", "0.055", 11)),
        total=624,
        taxed=of(624, 63, 687, ("top", "0.19", 40), ("low", "0.055", 23)),
    ),
    worked(
        "KWD, amounts from outside under each method",
        shop={
            "taxes": {"std": [VAT]},
            "goods": {"mug": ["std", 1000]},
            "ways": {"slow": {"tax": "std", "price": 500}, "fast": {"tax": "std", "price": 700}},
        },
        draft={
            "currency": "KWD",
            "taxMode": "ExternalAmount",
            **sent_by(slow="DE", fast="FR"),
            "lineItems": [line("mug", 3, {"slow": 1, "fast": 2})],
        },
        updates=[
            [
                amount("setLineItemTaxAmount", "slow", 1050, lineItemKey="mug"),
                amount("setLineItemTaxAmount", "fast", 2101, lineItemKey="mug"),
                amount("setShippingMethodTaxAmount", "slow", 525),
                amount("setShippingMethodTaxAmount", "fast", 735),
            ],
            [{"action": "setCartTotalTax", "externalTotalGross": coins("KWD", 4411)}],
        ],
        # 3000 is 1000 and 2000; 50 + 101 of tax. Of the whole nothing is said but its gross: 4411 - 4200 = 211, in no portion.
        items=[
            item(
                3000,
                of(3000, 151, 3151, ("five", "0.05", 151)),
                slow=of(1000, 50, 1050, ("five", "0.05", 50)),
                fast=of(2000, 101, 2101, ("five", "0.05", 101)),
            )
        ],
        ways={
            "slow": way(500, of(500, 25, 525, ("five", "0.05", 25))),
            "fast": way(700, of(700, 35, 735, ("five", "0.05", 35))),
        },
        total=4200,
        taxed=of(4200, 211, 4411),
        shipping=of(1200, 60, 1260, ("five", "0.05", 60)),
    ),
    worked(
        "CAD, no taxes, and a method that is taken away",
        shop={
            "taxes": {"std": [VAT]},
            "goods": {"mug": ["std", 1000]},
            "ways": {"slow": {"tax": "std", "price": 300}, "fast": {"tax": "std", "price": 400}},
        },
        draft={
            "currency": "CAD",
            "taxMode": "Disabled",
            **sent_by(slow="DE", fast="FR"),
            "lineItems": [line("mug", 3, {"slow": 1, "fast": 2})],
        },
        updates=[[{"action": "removeShippingMethod", "shippingKey": "fast"}]],
        items=[item(3000)],
        ways={"slow": way(300)},
        total=3300,
    ),
]
