"""What the calculation records of itself: the last steps are the figures that it leaves, each rounding is worked out by hand."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from domain.cart.buying import create
from domain.facts import eur, facts
from domain.sale.several import mugs, several
from domain.sale.test_cart_properties import custom, lines, modes
from domain.sale.test_cart_totals import IN_GERMANY, STANDARD_METHOD, fractions, wrapping
from orderwright.domain.amounts.money import Rounding
from orderwright.domain.amounts.record import CUSTOM_LINE_ITEM, LINE_ITEM, SHIPPING, TOTAL, Step
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.recalculate import recalculate
from orderwright.engine.facts import Record


def recorded(cart: Cart) -> Record:
    """The record of calculating a cart once more, which changes nothing of it."""
    record = Record()
    assert recalculate(cart, facts().recording(record)) == cart
    return record


def kinds(steps: list[Step]) -> list[str]:
    return [step.kind for step in steps]


def roundings(step: Step) -> list[dict[str, Any]]:
    return [{name: value for name, value in asdict(each).items() if value is not None} for each in step.roundings]


def test_a_tier_and_an_included_tax() -> None:
    cart = create(lineItems=[{"sku": "mug-blue", "quantity": 12}], **IN_GERMANY)
    unit, whole, tax = recorded(cart).at(LINE_ITEM, cart.line_items[0].id)
    assert (unit.kind, unit.before, unit.after) == ("UnitPrice", eur(999), eur(899))
    assert unit.reason == "It is the tier from 10 units on, the highest that is reached."
    # 12 x 8.99 = 107.88, which needs no rounding; of it 107.88 / 1.19 = 90.6554621848... are net.
    assert (whole.kind, whole.before, whole.after, whole.roundings) == ("Total", eur(899), eur(10788), ())
    assert (tax.kind, tax.before, tax.taxed_price.total_net, tax.taxed_price.total_tax) == (
        "Tax",
        eur(10788),
        eur(9066),
        eur(1722),
    )
    # 10788 x 100 / 119 is in its lowest terms, and its first 20 decimals are 65546218487394957983 (1078800 = 9065 x 119 + 65,
    # and 65 / 119 = 0.546218487394957983193277...).
    assert roundings(tax) == [{"before": "9065.54621848739495798319", "ratio": "1078800/119", "after": 9066, "mode": "HalfEven"}]


def test_taxes_of_the_unit_and_of_the_total() -> None:
    of_units = create(lineItems=[{"sku": "pencil", "quantity": 3}], taxCalculationMode="UnitPriceLevel", **IN_GERMANY)
    step = recorded(of_units).at(LINE_ITEM, of_units.line_items[0].id)[-1]
    # One pencil is 1.08 x 1.19 = 1.2852, which is 1.29 in cents; three of them are 3.87.
    assert roundings(step) == [{"before": "128.52", "after": 129, "mode": "HalfEven", "fraction_digits": 2}]
    assert step.taxed_price.total_gross == eur(387)
    of_line = create(lineItems=[{"sku": "pencil", "quantity": 3}], **IN_GERMANY)
    step = recorded(of_line).at(LINE_ITEM, of_line.line_items[0].id)[-1]
    # 3.24 x 1.19 = 3.8556
    assert roundings(step) == [{"before": "385.56", "after": 386, "mode": "HalfEven"}]


def test_a_fine_price_is_rounded_once_in_its_total_and_twice_in_its_tax() -> None:
    draft = wrapping(0, "net", quantity=5) | {"money": fractions(1015)}
    cart = create(customLineItems=[draft], priceRoundingMode="HalfUp", taxCalculationMode="UnitPriceLevel", **IN_GERMANY)
    whole, tax = recorded(cart).at(CUSTOM_LINE_ITEM, cart.custom_line_items[0].id)
    # 5 x 101.5 cents = 507.5; the tax: 1015 mills x 1.19 = 1207.85 mills, five times 1208 mills are 604 cents.
    assert roundings(whole) == [{"before": "507.5", "after": 508, "mode": "HalfUp"}]
    assert roundings(tax) == [
        {"before": "1207.85", "after": 1208, "mode": "HalfEven", "fraction_digits": 3},
        {"before": "604", "after": 604, "mode": "HalfEven"},
    ]


def test_shipping_and_the_sums() -> None:
    cart = create(lineItems=[{"sku": "mug-blue", "quantity": 2}, {"sku": "book"}], **IN_GERMANY, **STANDARD_METHOD)
    record = recorded(cart)
    price, tax = record.at(SHIPPING)
    assert (price.kind, price.after, price.reason) == (
        "ShippingPrice",
        eur(495),
        "It is the rate's own price: no tier is reached.",
    )
    # 4.95 / 1.19 = 4.159663...
    assert (tax.taxed_price.total_net, tax.roundings[0].ratio) == (eur(416), "49500/119")
    items, whole, shipped, taxes = record.at(TOTAL)
    # 19.98 + 20.00, and 4.95 more
    assert (items.after, whole.before, whole.after) == (eur(3998), eur(3998), eur(4493))
    assert (shipped.kind, shipped.taxed_price.total_tax) == ("ShippingTax", eur(79))
    assert (taxes.kind, taxes.taxed_price) == ("Tax", cart.taxed_price)


def test_free_shipping_says_above_what() -> None:
    cart = create(lineItems=[{"sku": "book", "quantity": 3}], **IN_GERMANY, **STANDARD_METHOD)
    price = recorded(cart).at(SHIPPING)[0]
    assert (price.before, price.after) == (eur(495), eur(0))
    assert price.reason == "For items worth 6000 minor units it is free (freeAbove)."


def test_several_methods_have_shares_that_are_rounded() -> None:
    cart = several(mugs(slow=1, fast=2))
    steps = recorded(cart).at(LINE_ITEM, cart.line_items[0].id)
    assert kinds(steps) == ["UnitPrice", "Total", "Share", "Share", "Tax", "Tax", "Tax"]
    # 29.97 of which one third and two thirds go: 9.99 and 19.98.
    slow, fast = steps[2:4]
    assert (slow.shipping_key, slow.after, roundings(slow)) == ("slow", eur(999), [exact("999", 999)])
    assert (fast.shipping_key, fast.after, roundings(fast)) == ("fast", eur(1998), [exact("1998", 1998)])
    # 9.99 / 1.19 = 8.394957..., and for Paris 19.98 / 1.2 = 16.65
    assert [(step.shipping_key, step.taxed_price.total_net) for step in steps[4:]] == [
        ("slow", eur(839)),
        ("fast", eur(1665)),
        (None, eur(839 + 1665)),
    ]


def exact(before: str, after: int) -> dict[str, Any]:
    return {"before": before, "after": after, "mode": "LargestRemainder"}


@settings(deadline=None, max_examples=60)
@given(lines=lines, custom=st.lists(custom, max_size=3, unique_by=lambda item: item["slug"]), modes=modes)
def test_the_last_steps_are_what_the_cart_holds(
    lines: list[dict[str, Any]], custom: list[dict[str, Any]], modes: dict[str, Any]
) -> None:
    cart = create(lineItems=lines, customLineItems=custom, **IN_GERMANY, **STANDARD_METHOD, **modes)
    check_last_steps(cart, recorded(cart))


def check_last_steps(cart: Cart, record: Record) -> None:
    """Each place's last steps are the figures of the cart."""
    for kind, items in ((LINE_ITEM, cart.line_items), (CUSTOM_LINE_ITEM, cart.custom_line_items)):
        for item in items:
            steps = record.at(kind, item.id)
            assert last(steps, "Total").after == item.total_price
            assert same(last(steps, "Tax").taxed_price, item.taxed_price)
    for shipping_key, info in shippings(cart):
        steps = record.at(SHIPPING, shipping_key)
        assert last(steps, "ShippingPrice").after == info.price
        assert same(last(steps, "Tax").taxed_price, info.taxed_price)
    assert last(record.at(TOTAL), "Sum").after == cart.total_price
    assert last(record.at(TOTAL), "Tax").taxed_price == cart.taxed_price


def shippings(cart: Cart) -> list[tuple[str | None, Any]]:
    single = [(cart.shipping_key, cart.shipping_info)] if cart.shipping_info else []
    return [*single, *((each.shipping_key, each.shipping_info) for each in cart.shipping)]


def last(steps: list[Step], kind: str) -> Step:
    return [step for step in steps if step.kind == kind][-1]


def same(told: Any, held: Any) -> bool:
    return (told and asdict(told)) == (held and asdict(held))


def test_a_step_can_be_told_by_any_other_part_of_the_calculation() -> None:
    record = Record()
    step = Step(kind="Discount", reason="10 % off", before=eur(999), after=eur(899), roundings=(rounded(),))
    record.at(LINE_ITEM, "one").append(step)
    assert record.places == {(LINE_ITEM, "one"): [step]}


def rounded() -> Rounding:
    return Rounding(before="899.1", after=899, mode="HalfEven")
