"""Taxes: rates, which one holds, and net, gross and portions worked out by hand and as properties."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.domain.amounts.money import RoundingMode, TypedMoney, cents
from orderwright.domain.amounts.tax import (
    SubRate,
    TaxCalculationMode,
    TaxedItemPrice,
    TaxRate,
    TaxRateDraft,
    TaxRoundingTarget,
    select_rate,
    sum_taxed,
    tax_rate_from,
    taxed_item,
)
from orderwright.errors import ApiError

ID = "00000000-0000-4000-8000-000000000001"


def rate(amount: str, *, included: bool = False, subs: tuple[tuple[str, str], ...] = (), **rest: Any) -> TaxRate:
    sub_rates = tuple(SubRate(name=name, amount=Decimal(share)) for name, share in subs)
    fields = {"name": f"tax {amount}", "country": "DE", **rest}
    return TaxRate(amount=Decimal(amount), included_in_price=included, sub_rates=sub_rates, **fields)


def taxed(
    unit: int,
    quantity: int,
    of: TaxRate,
    calculation: TaxCalculationMode = "LineItemLevel",
    rounding: RoundingMode = "HalfEven",
) -> TaxedItemPrice:
    return taxed_item(
        unit * quantity,
        of,
        currency="EUR",
        quantity=quantity,
        unit_price=cents("EUR", unit),
        calculation=calculation,
        rounding=rounding,
    )


def amounts(item: TaxedItemPrice) -> tuple[int, int, int]:
    assert item.total_tax is not None
    return item.total_net.cent_amount, item.total_gross.cent_amount, item.total_tax.cent_amount


def portions(item: Any) -> list[tuple[str | None, str, int]]:
    return [(portion.name, str(portion.rate), portion.amount.cent_amount) for portion in item.tax_portions]


def draft(**fields: Any) -> TaxRateDraft:
    return TaxRateDraft(**{"name": "VAT", "included_in_price": True, "country": "DE", **fields})


def subs(*shares: str) -> tuple[SubRate, ...]:
    return tuple(SubRate(name=share, amount=Decimal(share)) for share in shares)


def test_a_draft_becomes_a_rate() -> None:
    made = tax_rate_from(draft(amount=Decimal("0.19"), key="vat", state=""), ID)
    named: dict[str, Any] = {"id": ID, "key": "vat", "name": "VAT", "country": "DE", "tax_rounding_target": "Net"}
    assert made == TaxRate(**named, amount=Decimal("0.19"), included_in_price=True, sub_rates=())
    assert tax_rate_from(draft(amount=Decimal(0), state="BY", sub_rates=()), ID).state == "BY"
    assert tax_rate_from(draft(amount=Decimal(1)), ID).amount == 1
    assert tax_rate_from(draft(amount=Decimal(1), tax_rounding_target="Tax"), ID).tax_rounding_target == "Tax"


def test_sub_rates_make_the_amount() -> None:
    made = tax_rate_from(draft(sub_rates=subs("0.04", "0.045", "0.00375")), ID)
    assert made.amount == Decimal("0.08875")
    assert made.sub_rates == subs("0.04", "0.045", "0.00375")
    assert tax_rate_from(draft(amount=Decimal("0.050"), sub_rates=subs("0.02", "0.03")), ID).amount == Decimal("0.05")
    # As a client of floats adds up 0.1 and 0.2.
    assert tax_rate_from(draft(amount=Decimal("0.30000000000000004"), sub_rates=subs("0.1", "0.2")), ID).amount == Decimal("0.3")


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity"])
def test_what_is_no_number_is_no_part_of_a_draft(text: str) -> None:
    with pytest.raises(ValueError, match="`amount`"):
        draft(amount=Decimal(text))
    with pytest.raises(ValueError, match="`amount`"):
        subs(text)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({}, "RequiredField", "amount"),
        ({"sub_rates": ()}, "RequiredField", "amount"),
        ({"amount": Decimal("1.01")}, "InvalidField", "amount"),
        ({"amount": Decimal("-0.01")}, "InvalidField", "amount"),
        ({"amount": Decimal("1e-999999")}, "InvalidField", "amount"),
        ({"sub_rates": subs("0.5", "1.5")}, "InvalidField", "subRates.amount"),
        ({"sub_rates": subs("0.6", "0.6")}, "InvalidField", "amount"),
        ({"amount": Decimal("0.05"), "sub_rates": subs("0.02", "0.02")}, "InvalidOperation", None),
        ({"amount": Decimal("0.0500001"), "sub_rates": subs("0.02", "0.03")}, "InvalidOperation", None),
    ],
)
def test_a_rate_that_is_none_is_refused(fields: dict[str, Any], code: str, field: str | None) -> None:
    with pytest.raises(ApiError) as refusal:
        tax_rate_from(draft(**fields), ID)
    assert (refusal.value.code, refusal.value.fields.get("field")) == (code, field)


RATES = [
    rate("0.19"),
    rate("0.2", country="FR"),
    rate("0.04", country="US", state="NY"),
    rate("0.07", country="US", state="CA"),
    rate("0.01", country="US"),
    rate("0.3", country="CA", state="QC"),
]


@pytest.mark.parametrize(
    ("country", "state", "fallback", "amount"),
    [
        ("DE", None, False, "0.19"),
        ("DE", "", False, "0.19"),
        ("DE", "BY", False, None),
        ("DE", "BY", True, "0.19"),
        ("US", "NY", False, "0.04"),
        ("US", "NY", True, "0.04"),
        ("US", "CA", True, "0.07"),
        ("US", "TX", False, None),
        ("US", "TX", True, "0.01"),
        ("US", "ny", False, None),
        ("US", None, False, "0.01"),
        ("CA", None, True, None),
        ("IT", None, True, None),
    ],
)
def test_a_state_takes_its_own_rate(country: str, state: str | None, fallback: bool, amount: str | None) -> None:
    found = select_rate(RATES, country, state, fallback)
    assert (found and found.amount) == (amount and Decimal(amount))


@pytest.mark.parametrize(
    ("unit", "quantity", "of", "calculation", "expected"),
    [
        # 3.24 x 1.19 = 3.8556; 1.08 x 1.19 = 1.2852, so 1.29 a unit.
        (108, 3, rate("0.19"), "LineItemLevel", (324, 386, 62)),
        (108, 3, rate("0.19"), "UnitPriceLevel", (324, 387, 63)),
        # 3.24 / 1.19 = 2.7227; 1.08 / 1.19 = 0.9076, so 0.91 a unit.
        (108, 3, rate("0.19", included=True), "LineItemLevel", (272, 324, 52)),
        (108, 3, rate("0.19", included=True), "UnitPriceLevel", (273, 324, 51)),
        # 119.00 / 1.19 is 100.00 to the cent.
        (11900, 1, rate("0.19", included=True), "LineItemLevel", (10000, 11900, 1900)),
        (1000, 2, rate("0"), "LineItemLevel", (2000, 2000, 0)),
        (1000, 2, rate("1", included=True), "UnitPriceLevel", (1000, 2000, 1000)),
        (0, 5, rate("0.19"), "LineItemLevel", (0, 0, 0)),
        # Money back carries its tax back: -3.24 x 1.19 = -3.8556.
        (-108, 3, rate("0.19"), "LineItemLevel", (-324, -386, -62)),
    ],
)
def test_tax_worked_out_by_hand(
    unit: int, quantity: int, of: TaxRate, calculation: TaxCalculationMode, expected: tuple[int, int, int]
) -> None:
    item = taxed(unit, quantity, of, calculation)
    assert amounts(item) == expected
    assert portions(item) == [(of.name, str(of.amount), expected[2])]


@pytest.mark.parametrize(
    ("unit", "rounding", "gross"),
    [(50, "HalfEven", 52), (50, "HalfUp", 53), (50, "HalfDown", 52), (150, "HalfEven", 158), (150, "HalfDown", 157)],
)
def test_half_a_cent_of_gross_follows_the_rounding_mode(unit: int, rounding: RoundingMode, gross: int) -> None:
    # 0.50 x 1.05 = 0.525 and 1.50 x 1.05 = 1.575.
    assert amounts(taxed(unit, 1, rate("0.05"), rounding=rounding))[1] == gross


@pytest.mark.parametrize(
    ("unit", "quantity", "share", "calculation", "rounding", "by_net", "by_tax"),
    [
        # 6.99 / 1.2 = 5.825, and the tax in it is 1.165: half a cent each, of which one is rounded to the even cent.
        (699, 1, "0.2", "LineItemLevel", "HalfEven", (582, 117), (583, 116)),
        (699, 1, "0.2", "LineItemLevel", "HalfUp", (583, 116), (582, 117)),
        (699, 1, "0.2", "LineItemLevel", "HalfDown", (582, 117), (583, 116)),
        # 2.99 / 1.04 = 2.875 and 0.115.
        (299, 1, "0.04", "LineItemLevel", "HalfEven", (288, 11), (287, 12)),
        # 1.23 / 1.2 = 1.025 and 0.205.
        (123, 1, "0.2", "LineItemLevel", "HalfEven", (102, 21), (103, 20)),
        # Three of them: 3.69 / 1.2 = 3.075 and 0.615; by the unit 3 x 1.02 and 3 x 0.20.
        (123, 3, "0.2", "LineItemLevel", "HalfEven", (308, 61), (307, 62)),
        (123, 3, "0.2", "UnitPriceLevel", "HalfEven", (306, 63), (309, 60)),
        # 1.19 / 1.19 leaves nothing to round.
        (119, 1, "0.19", "LineItemLevel", "HalfEven", (100, 19), (100, 19)),
        # Given back, the halves are rounded as those that were taken.
        (-699, 1, "0.2", "LineItemLevel", "HalfEven", (-582, -117), (-583, -116)),
    ],
)
def test_of_an_included_tax_net_or_tax_is_rounded_and_the_other_is_the_rest(
    unit: int,
    quantity: int,
    share: str,
    calculation: TaxCalculationMode,
    rounding: RoundingMode,
    by_net: tuple[int, int],
    by_tax: tuple[int, int],
) -> None:
    gross = unit * quantity
    for target, (net, tax) in (("Net", by_net), ("Tax", by_tax)):
        of = rate(share, included=True, tax_rounding_target=target)
        item = taxed(unit, quantity, of, calculation, rounding)
        assert amounts(item) == (net, gross, tax)
        assert portions(item) == [(of.name, share, tax)]


def test_what_is_rounded_makes_no_difference_to_a_tax_on_top() -> None:
    # 6.99 x 1.075 = 7.51425; 0.50 x 1.05 = 0.525, whose half goes to the even cent of gross.
    for unit, share, gross in ((699, "0.075", 751), (50, "0.05", 52)):
        for target in ("Net", "Tax"):
            assert amounts(taxed(unit, 1, rate(share, tax_rounding_target=target))) == (unit, gross, gross - unit)


def test_a_rounded_tax_is_split_among_its_sub_rates() -> None:
    of = rate("0.2", included=True, subs=(("state", "0.15"), ("city", "0.05")), tax_rounding_target="Tax")
    # 1.16 by shares of 3 to 1: 0.87 and 0.29.
    assert portions(taxed(699, 1, of)) == [("state", "0.15", 87), ("city", "0.05", 29)]


def test_a_high_precision_unit_is_taxed_in_its_own_precision() -> None:
    # 0.004 x 1.19 = 0.00476, so 0.005 a unit and 0.50 for a hundred; rounded to cents first it would be nothing at all.
    unit = TypedMoney(type="highPrecision", currency_code="EUR", cent_amount=0, fraction_digits=3, precise_amount=4)
    item = taxed_item(
        40, rate("0.19"), currency="EUR", quantity=100, unit_price=unit, calculation="UnitPriceLevel", rounding="HalfEven"
    )
    assert amounts(item) == (40, 50, 10)


def test_sub_rates_make_portions_of_their_own_that_add_up() -> None:
    new_york = rate("0.08875", subs=(("state", "0.04"), ("city", "0.045"), ("transit", "0.00375")))
    # 9.99 x 0.08875 = 0.8866: 89 cents, by shares 40.11, 45.13 and 3.76, so the odd one goes to transit.
    assert portions(taxed(999, 1, new_york)) == [("state", "0.04", 40), ("city", "0.045", 45), ("transit", "0.00375", 4)]
    free = rate("0", subs=(("state", "0"), ("city", "0")))
    assert portions(taxed(999, 1, free)) == [("state", "0", 0), ("city", "0", 0)]


def test_portions_group_by_rate_and_name_in_the_order_they_come() -> None:
    items = [
        taxed(1000, 1, rate("0.19", name="VAT")),
        taxed(1000, 1, rate("0.07", name="reduced")),
        taxed(500, 2, rate("0.190", name="VAT")),
        taxed(100, 1, rate("0.19", name="import")),
    ]
    whole = sum_taxed(items, "EUR")
    assert portions(whole) == [("VAT", "0.19", 380), ("reduced", "0.07", 70), ("import", "0.19", 19)]
    assert (whole.total_net.cent_amount, whole.total_gross.cent_amount) == (3100, 3569)
    assert whole.total_tax == cents("EUR", 469)


def test_nothing_taxed_is_zero_and_too_much_is_an_overflow() -> None:
    nothing = sum_taxed([], "JPY")
    assert (nothing.total_gross, nothing.tax_portions) == (cents("JPY", 0), ())
    with pytest.raises(ApiError) as refusal:
        taxed(2**63 - 1, 1, rate("0.19"))
    assert refusal.value.code == "MoneyOverflow"
    most = taxed(2**63 - 1, 1, rate("0"))
    with pytest.raises(ApiError) as refusal:
        sum_taxed([most, most], "EUR")
    assert refusal.value.code == "MoneyOverflow"


shares = st.integers(0, 100_000).map(lambda millionths: Decimal(millionths) / 1_000_000)
targets: st.SearchStrategy[TaxRoundingTarget] = st.sampled_from(["Net", "Tax"])
rates = st.builds(
    lambda parts, included, target: TaxRate(
        name="tax",
        amount=sum(parts, Decimal(0)),
        included_in_price=included,
        country="DE",
        sub_rates=tuple(SubRate(name=f"part {place}", amount=part) for place, part in enumerate(parts) if parts[1:]),
        tax_rounding_target=target,
    ),
    st.lists(shares, min_size=1, max_size=5),
    st.booleans(),
    targets,
)
calculations = st.sampled_from(["LineItemLevel", "UnitPriceLevel"])
roundings = st.sampled_from(["HalfEven", "HalfUp", "HalfDown"])


@given(st.integers(-(10**9), 10**9), st.integers(0, 1000), rates, calculations, roundings)
def test_net_and_portions_make_gross(
    unit: int, quantity: int, of: TaxRate, calculation: TaxCalculationMode, rounding: RoundingMode
) -> None:
    item = taxed(unit, quantity, of, calculation, rounding)
    net, gross, tax = amounts(item)
    assert net + tax == gross == net + sum(portion.amount.cent_amount for portion in item.tax_portions)
    assert unit * quantity == (gross if of.included_in_price else net)
    # Off by half a minor unit at most, by half a unit each where units are rounded.
    exact = Fraction(gross) / (1 + Fraction(of.amount)) - net if of.included_in_price else net * (1 + Fraction(of.amount)) - gross
    assert abs(exact) <= Fraction(quantity if calculation == "UnitPriceLevel" else 1, 2)


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.booleans(), shares, shares, calculations, roundings)
def test_more_money_and_higher_rates_never_mean_less_tax(
    unit: int,
    more: int,
    included: bool,
    share: Decimal,
    extra: Decimal,
    calculation: TaxCalculationMode,
    rounding: RoundingMode,
) -> None:
    low, high = rate(str(share), included=included), rate(str(share + extra), included=included)
    _, gross, tax = amounts(taxed(unit, 3, low, calculation, rounding))
    net_of_more, gross_of_more, _ = amounts(taxed(unit + more, 3, low, calculation, rounding))
    assert 0 <= tax <= amounts(taxed(unit, 3, high, calculation, rounding))[2]
    assert gross <= gross_of_more
    assert gross - tax <= net_of_more


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 9), rates), max_size=8), calculations)
def test_the_whole_is_the_sum_of_its_items(lines: list[tuple[int, int, TaxRate]], calculation: TaxCalculationMode) -> None:
    items = [taxed(unit, quantity, of, calculation) for unit, quantity, of in lines]
    whole = sum_taxed(items, "EUR")
    assert whole.total_tax is not None
    assert whole.total_net.cent_amount + whole.total_tax.cent_amount == whole.total_gross.cent_amount
    assert whole.total_tax.cent_amount == sum(portion.amount.cent_amount for portion in whole.tax_portions)
    assert len({(portion.rate, portion.name) for portion in whole.tax_portions}) == len(whole.tax_portions)
