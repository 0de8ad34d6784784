"""How a cart is explained: each figure was worked out by hand, and the last steps are what the cart holds."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.cart.buying import create, total, update
from domain.cart.test_cart_freezing import DEARER, EXPIRED, FREEZE, HARD, dearer_shipping, shipped
from domain.facts import BOOK, EXPRESS, MUG, NOW, PENCIL, PROJECT, STANDARD, catalogue, eur, facts, price, product, uid, usd
from domain.sale import test_cart_prices
from domain.sale.golden.reading import _facts, made, taxed
from domain.sale.several import mugs, several
from domain.sale.test_cart_properties import custom, lines, modes
from domain.sale.test_cart_several_properties import carts
from domain.sale.test_cart_totals import IN_GERMANY, STANDARD_METHOD, wrapping
from domain.sale.test_golden import BY_HAND, BY_SCRIPT
from domain.sale.test_record import same
from orderwright.domain.amounts.record import Step
from orderwright.domain.cart.explain import CartExplanation, explaining
from orderwright.domain.goods.price import Price, PriceTier
from orderwright.domain.sale.explained import ExplainedAmount
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import Cart
from orderwright.domain.shop.customer_group import CustomerGroup
from orderwright.domain.shop.project.model import CartScoreType
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import DateTime
from orderwright.engine.steps import drained

NINETEEN = {"name": "VAT", "amount": 0.19, "country": "DE"}


def explained(cart: Cart, known: Facts | None = None) -> CartExplanation:
    found: CartExplanation = drained(explaining(cart, known or facts()))
    check_last_steps(cart, found)
    return found


def check_last_steps(cart: Cart, found: CartExplanation) -> None:
    """Everything that the cart holds is explained, and what its steps lead to is what it holds."""
    assert (found.id, found.version) == (cart.id, cart.version)
    assert [each.id for each in found.line_items] == [line.id for line in cart.line_items]
    assert [each.id for each in found.custom_line_items] == [item.id for item in cart.custom_line_items]
    items: list[LineItem | CustomLineItem] = [*cart.line_items, *cart.custom_line_items]
    for told, item in zip((*found.line_items, *found.custom_line_items), items, strict=True):
        check_amount(told, item.total_price, item.taxed_price, "Total")
    single = [(None, cart.shipping_info)] if cart.shipping_info else []
    for told, (key, info) in zip(
        found.shipping, [*single, *((each.shipping_key, each.shipping_info) for each in cart.shipping)], strict=True
    ):
        assert told.shipping_key == key
        check_amount(told, info.price, info.taxed_price, "ShippingPrice")
    check_amount(found.total, cart.total_price, cart.taxed_price, "Sum")


def check_amount(told: ExplainedAmount, price: Any, taxed: Any, kind: str) -> None:
    assert told.price == price == last(told, kind).after
    assert same(told.taxed_price, taxed) and same(last(told, "Tax").taxed_price, taxed)


def last(told: ExplainedAmount, kind: str) -> Step:
    return [step for step in told.steps if step.kind == kind][-1]


def held(told: ExplainedAmount) -> Step:
    """The one step that tells what is held in spite of another."""
    (found,) = [step for step in told.steps if step.held]
    return found


def only(steps: tuple[Step, ...], kind: str) -> Step:
    (found,) = [step for step in steps if step.kind == kind]
    return found


def kinds(told: ExplainedAmount) -> list[str]:
    return [step.kind for step in told.steps]


VIP, OTHERS = (CustomerGroup(id=uid(number), version=1, created_at=NOW, last_modified_at=NOW, name="g") for number in (71, 72))
NORTH = Reference(type_id="channel", id=uid(73))


def of_group(number: int, cents: int, group: CustomerGroup, **more: Any) -> Price:
    return replace(price(number, eur(cents)), customer_group=Reference(type_id="customer-group", id=group.id), **more)


LAMP_PRICES = (
    price(901, eur(1000)),
    price(902, eur(950), "DE"),
    of_group(903, 900, VIP, tiers=(PriceTier(minimum_quantity=5, value=eur(840)),)),
    price(904, usd(800)),
    price(905, eur(700), "FR"),
    of_group(906, 600, OTHERS),
    replace(price(907, eur(500)), channel=NORTH),
    replace(price(908, eur(400)), valid_from=DateTime("2024-05-01T10:00:00.001Z")),
    replace(price(909, eur(300)), valid_until=NOW),
    replace(price(910, eur(990), "DE"), valid_from=DateTime("2024-01-01T00:00:00.000Z")),
)
LAMP = product(90, "lamp", STANDARD, *LAMP_PRICES)


def lamp_facts() -> Facts:
    group = Wanted("customer-group", "id", VIP.id), VIP
    return facts(variants=(LAMP,), found=[group])


def test_a_country_price_loses_to_one_of_the_customer_group_which_has_a_tier() -> None:
    group = {"typeId": "customer-group", "id": VIP.id}
    line = {"sku": "lamp", "quantity": 5}
    cart = create(lamp_facts(), country="DE", customerGroup=group, lineItems=[line], **IN_GERMANY)
    (told,) = explained(cart, lamp_facts()).line_items
    assert kinds(told) == ["Price", "TaxRate", "UnitPrice", "Total", "Tax"]
    chosen = only(told.steps, "Price")
    assert chosen.after == eur(900)
    # Selected first, then those whose scope fits, then the others; each as it lost.
    assert [(each.price_id[-3:], each.value.cent_amount, each.lost, each.to and each.to[-3:]) for each in chosen.candidates] == [
        ("903", 900, None, None),
        ("901", 1000, "LessSpecific", "902"),
        ("902", 950, "LessSpecific", "903"),
        ("910", 990, "LessSpecific", "903"),
        ("904", 800, "Currency", None),
        ("905", 700, "Country", None),
        ("906", 600, "CustomerGroup", None),
        ("907", 500, "Channel", None),
        ("908", 400, "NotYetValid", None),
        ("909", 300, "NoLongerValid", None),
    ]
    # 5 x 8.40 = 42.00, of it 42.00 / 1.19 = 35.29411... net.
    assert [only(told.steps, kind).after for kind in ("UnitPrice", "Total")] == [eur(840), eur(4200)]
    (rounding,) = only(told.steps, "Tax").roundings
    assert (rounding.before[:8], rounding.ratio, rounding.after) == ("3529.411", "60000/17", 3529)
    rate = only(told.steps, "TaxRate")
    assert (rate.tax_rate and rate.tax_rate.amount, rate.reason) == (
        Decimal("0.19"),
        "It is the rate of the tax category 'Standard' for DE.",
    )


def test_a_dated_price_is_ahead_and_of_two_groups_the_lower_one() -> None:
    cart = create(lamp_facts(), country="DE", lineItems=[{"sku": "lamp"}], **IN_GERMANY)
    found = {each.price_id[-3:]: each for each in only(explained(cart, lamp_facts()).line_items[0].steps, "Price").candidates}
    # Of the two for Germany the one with dates is paid, though it costs more.
    assert (found["910"].lost, found["902"].lost, found["902"].to) == (None, "NotDated", uid(910))
    both = replace(LAMP, variant=replace(LAMP.variant, prices=(of_group(921, 700, VIP), of_group(922, 650, VIP))))
    known = facts(variants=(both,), found=[(Wanted("customer-group", "id", VIP.id), VIP)])
    cart = create(known, customerGroup={"typeId": "customer-group", "id": VIP.id}, lineItems=[{"sku": "lamp"}])
    first, second = only(explained(cart, known).line_items[0].steps, "Price").candidates
    assert [(each.value, each.lost) for each in (first, second)] == [(eur(650), None), (eur(700), "NotLower")]


def test_standalone_prices_tell_too_which_are_not_active() -> None:
    cart = create(test_cart_prices.known(), customerGroup={"key": "dealers"}, lineItems=[{"sku": "mug-blue"}])
    found = only(explained(cart, test_cart_prices.known()).line_items[0].steps, "Price").candidates
    assert [(each.value.cent_amount, each.lost) for each in found] == [
        (800, None),
        (1000, "LessSpecific"),
        (900, "Channel"),
        (700, "CustomerGroup"),
        (1, "Inactive"),
    ]


def test_prices_beyond_the_bound_are_counted() -> None:
    many = tuple(price(3000 + number, usd(number)) for number in range(60))
    lamp = replace(LAMP, variant=replace(LAMP.variant, prices=(*many, price(901, eur(1000)))))
    known = facts(variants=(lamp,))
    chosen = only(explained(create(known, lineItems=[{"sku": "lamp"}]), known).line_items[0].steps, "Price")
    # 61 prices, of which 50 are told; the selected one is the first.
    assert (len(chosen.candidates), chosen.left_out, chosen.candidates[0].price_id) == (50, 11, uid(901))


def test_the_tax_of_a_unit_and_of_a_line() -> None:
    # 1.08 x 1.19 = 1.2852: three of 1.29 are 3.87; 3.24 x 1.19 = 3.8556.
    for mode, before, gross, of in (
        ("UnitPriceLevel", "128.52", 387, "one unit, times 3 (UnitPriceLevel)"),
        ("LineItemLevel", "385.56", 386, "the total"),
    ):
        cart = create(lineItems=[{"sku": "pencil", "quantity": 3}], taxCalculationMode=mode, **IN_GERMANY)
        step = only(explained(cart).line_items[0].steps, "Tax")
        assert [each.before for each in step.roundings] == [before]
        assert step.reason == f"Worked out by the rate and rounded: gross of {of}. The others follow from it."
        assert step.taxed_price and step.taxed_price.total_gross == eur(gross)


def test_several_shippings_have_a_rate_and_a_share_each() -> None:
    found = explained(several(mugs(slow=1, fast=2)))
    (line,) = found.line_items
    assert kinds(line) == ["Price", "TaxRate", "TaxRate", "UnitPrice", "Total", "Share", "Share", "Tax", "Tax", "Tax"]
    rates = [(step.shipping_key, step.tax_rate and step.tax_rate.country) for step in line.steps[1:3]]
    assert rates == [("slow", "DE"), ("fast", "FR")]
    # 9.99 / 1.19 = 8.39496 and 19.98 / 1.2 = 16.65
    assert [step.roundings[0].after for step in line.steps[7:9]] == [839, 1665]
    slow, fast = found.shipping
    assert (slow.shipping_key, slow.price, fast.shipping_key, fast.price) == ("slow", eur(495), "fast", eur(1290))
    assert kinds(fast) == ["ShippingRate", "TaxRate", "ShippingPrice", "Tax"]
    # 29.97 + 4.95 + 12.90
    assert [step.after for step in found.total.steps if step.kind == "Sum"] == [eur(2997), eur(4782)]


def test_a_price_that_has_changed_is_told_and_the_cart_holds_its_own() -> None:
    cart = create(lineItems=[{"sku": "book", "quantity": 2}], **IN_GERMANY)
    (told,) = explained(cart, facts(variants=(DEARER,))).line_items
    assert kinds(told) == ["Price", "Price", "TaxRate", "UnitPrice", "Total", "Tax"]
    kept = held(told)
    assert (told.steps[0].after, kept.before, kept.after, told.price) == (eur(2500), eur(2500), eur(2000), eur(4000))
    (told,) = explained(cart, facts(variants=(EXPIRED,))).line_items
    chosen, kept = told.steps[:2]
    assert (chosen.reason, chosen.after, kept.before, kept.after) == ("No price of today fits the cart.", None, None, eur(2000))
    (told,) = explained(cart, facts(variants=(MUG,))).line_items
    assert told.steps[0].reason == "The variant is not published any more: the line keeps its price."
    assert not any(step.held for step in told.steps)


def test_a_tax_rate_that_has_changed_is_told_too() -> None:
    cart = create(lineItems=[{"sku": "mug-blue"}], **IN_GERMANY)
    lower = replace(STANDARD, rates=tuple(replace(rate, amount=Decimal("0.16")) for rate in STANDARD.rates))
    (told,) = explained(cart, facts(catalogue(tax_categories=(lower,)))).line_items
    rates = [step for step in told.steps if step.kind == "TaxRate"]
    assert [step.held for step in rates] == [False, True]
    assert [step.tax_rate and step.tax_rate.amount for step in rates] == [Decimal("0.16"), Decimal("0.19")]
    none = replace(STANDARD, rates=())
    (told,) = explained(cart, facts(catalogue(tax_categories=(none,)))).line_items
    assert told.steps[1].reason == "The tax category 'Standard' has no rate for DE."
    assert held(told).tax_rate == cart.line_items[0].tax_rate


def test_a_state_takes_the_rate_of_its_country_where_the_project_allows_it() -> None:
    allowed = replace(PROJECT, carts=replace(PROJECT.carts, country_tax_rate_fallback_enabled=True))
    known = facts(catalogue(allowed))
    cart = create(known, lineItems=[{"sku": "mug-blue"}], shippingAddress={"country": "DE", "state": "BE"})
    step = only(explained(cart, known).line_items[0].steps, "TaxRate")
    assert step.reason == "The tax category 'Standard' has no rate for DE - BE; the project allows that of the country then."


def test_a_project_that_goes_by_something_else_since_is_told_at_the_shipping() -> None:
    cart = create(lineItems=[{"sku": "book", "quantity": 5}], shippingMethod={"key": "express"}, **IN_GERMANY)
    # 100.00 of books: the tier from there on costs 6.00.
    assert total(cart) == 10_600
    (told,) = explained(cart).shipping
    assert only(told.steps, "ShippingPrice").reason == (
        "The tier from 10000 minor units on is the highest that items worth 10000 reach."
    )
    by_score = facts(catalogue(replace(PROJECT, shipping_rate_input_type=CartScoreType())))
    found = explained(cart, by_score)
    today, kept = (step for step in found.shipping[0].steps if step.kind == "ShippingPrice")
    assert (today.after, kept.held, kept.before, kept.after) == (eur(1290), True, eur(1290), eur(600))
    assert found.total.price == eur(10_600)


def test_a_shipping_rate_that_has_changed_or_gone() -> None:
    cart = shipped()
    (told,) = explained(cart, dearer_shipping()).shipping
    assert [(step.after, step.held) for step in told.steps[:2]] == [(eur(700), False), (eur(495), True)]
    (told,) = explained(cart, facts(catalogue(shipping_methods=(EXPRESS,)))).shipping
    assert told.steps[0].reason == "The shipping method does not exist any more: it keeps its rate."


@pytest.mark.parametrize(("freeze", "kept"), [(FREEZE, False), (HARD, True)])
def test_a_frozen_cart_says_what_it_keeps(freeze: dict[str, Any], kept: bool) -> None:
    cart = update(shipped(), freeze)
    found = explained(cart, dearer_shipping())
    book = found.line_items[1]
    assert held(book).reason == "The cart is frozen: it keeps its prices."
    (shipping,) = found.shipping
    assert (only(shipping.steps, "ShippingPrice").reason == "The cart is frozen hard: it is kept.") is kept
    assert ("ShippingRate" in kinds(shipping)) is not kept


def test_what_was_given_from_outside_says_so() -> None:
    fine = {"type": "highPrecision", "currencyCode": "EUR", "fractionDigits": 3, "preciseAmount": 1015}
    lines = [
        {"sku": "pencil", "quantity": 3, "externalPrice": fine, "externalTaxRate": NINETEEN},
        {
            "sku": "book",
            "quantity": 3,
            "externalTotalPrice": {"price": money(333), "totalPrice": money(1000)},
            "externalTaxRate": NINETEEN,
        },
    ]
    cart = create(taxMode="External", lineItems=lines, customLineItems=[wrapping(150) | {"taxCategory": None}], **IN_GERMANY)
    found = explained(cart)
    pencil, book = found.line_items
    assert pencil.steps[0].reason == "It was given from outside (ExternalPrice)."
    # 3 x 1.015 = 3.045
    assert [(each.before, each.after) for each in only(pencil.steps, "Total").roundings] == [("304.5", 304)]
    assert (kinds(book), book.price) == (["Price", "TaxRate", "Total", "Tax"], eur(1000))
    assert only(book.steps, "Total").reason == "It was given from outside (ExternalTotal)."
    assert only(book.steps, "TaxRate").reason == "It was given from outside."
    (wrap,) = found.custom_line_items
    assert (only(wrap.steps, "TaxRate").reason, only(wrap.steps, "Tax").reason) == (
        "None was given from outside.",
        "There is no tax rate: it is not taxed.",
    )
    assert found.total.taxed_price is None


def money(cents: int) -> dict[str, Any]:
    return {"currencyCode": "EUR", "centAmount": cents}


def test_amounts_from_outside_and_no_taxes_at_all() -> None:
    cart = create(taxMode="ExternalAmount", lineItems=[{"sku": "pencil", "quantity": 3}, {"sku": "book"}], **IN_GERMANY)
    amount = {"totalGross": money(390), "taxRate": NINETEEN}
    given = {"action": "setLineItemTaxAmount", "lineItemId": cart.line_items[0].id, "externalTaxAmount": amount}
    pencil, book = explained(update(cart, given)).line_items
    assert only(pencil.steps, "Tax").reason == "It was given from outside for this price (ExternalAmount)."
    assert only(book.steps, "Tax").reason == "No tax amount is given from outside for this price: it is not taxed."
    disabled = create(taxMode="Disabled", lineItems=[{"sku": "pencil", "quantity": 3}], **IN_GERMANY)
    (told,) = explained(disabled).line_items
    assert only(told.steps, "TaxRate").reason == "In the tax mode Disabled no tax category is asked for a rate."


def test_an_empty_cart_is_explained_in_a_few_words() -> None:
    found = explained(create())
    assert (found.line_items, found.shipping, found.total.price) == ((), (), eur(0))


@pytest.mark.parametrize("worked", [*BY_HAND, *BY_SCRIPT], ids=lambda worked: worked["name"])
def test_a_worked_cart_is_explained(worked: dict[str, Any]) -> None:
    """In each tax mode, at each level and in each shipping mode the last steps are what was worked out elsewhere."""
    found = explained(made(worked), _facts(worked, 90_000))
    assert not any(each.held for each in all_steps(found))
    figures = worked["figures"]
    assert last(found.total, "Sum").after == found.total.price
    assert found.total.price.cent_amount == figures["total"]
    items = [
        (each.price.cent_amount, taxed(to_builtins(each.taxed_price))) for each in (*found.line_items, *found.custom_line_items)
    ]
    assert items == [(item["total"], item.get("taxed")) for item in figures["items"]]


@settings(deadline=None, max_examples=60)
@given(lines=lines, custom=st.lists(custom, max_size=3, unique_by=lambda item: item["slug"]), modes=modes)
def test_a_cart_of_one_shipping_holds_what_is_explained(
    lines: list[dict[str, Any]], custom: list[dict[str, Any]], modes: dict[str, Any]
) -> None:
    found = explained(create(lineItems=lines, customLineItems=custom, **IN_GERMANY, **STANDARD_METHOD, **modes))
    # Nothing has changed since, and so nothing is held in spite of it.
    assert not any(each.held for each in all_steps(found))


@settings(deadline=None, max_examples=60)
@given(cart=carts())
def test_a_cart_of_several_shippings_holds_what_is_explained(cart: Cart) -> None:
    assert not any(each.held for each in all_steps(explained(cart)))


@settings(deadline=None, max_examples=40)
@given(cart=carts())
def test_a_cart_is_explained_whatever_has_become_of_the_shop(cart: Cart) -> None:
    by_score = replace(PROJECT, shipping_rate_input_type=CartScoreType())
    rates = tuple(replace(rate, amount=rate.amount / 2) for rate in STANDARD.rates)
    rules = catalogue(by_score, shipping_methods=(), tax_categories=(replace(STANDARD, rates=rates),))
    explained(cart, facts(rules, variants=(MUG, EXPIRED, PENCIL, BOOK)[:2]))


def all_steps(found: CartExplanation) -> list[Step]:
    return [step for each in (*found.line_items, *found.custom_line_items, *found.shipping, found.total) for step in each.steps]
