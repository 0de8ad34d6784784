"""Figures that were seen at the API itself, as the specification numbers them (X31 to X48), and their neighbours."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, taxed, total, update
from domain.facts import EUROPE, FLAT, PARCEL, PROJECT, STANDARD, VARIANTS, catalogue, facts, method, price, product, uid
from domain.order.orders import create as order_from
from domain.order.orders import knowing
from domain.sale.golden.notation import coins, custom, line, rate
from domain.sale.golden.reading import figures, made
from orderwright.domain.amounts.money import cents
from orderwright.domain.goods.product.variant import Attribute, VariantSnapshot
from orderwright.domain.order.model import OrderFromCartDraft
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import ApiError

TO_BERLIN = {"shippingAddress": {"country": "DE"}}
VAT = rate("vat", "0.19")


def bought(prices: dict[str, Any], by: dict[str, Any] = VAT, ways: dict[str, Any] | None = None, **draft: Any) -> dict[str, Any]:
    """What a cart comes to of one of each good, at prices that a rate is for."""
    goods = {sku: ["std", *(cost if isinstance(cost, list) else [cost])] for sku, cost in prices.items()}
    shop = {"taxes": {"std": [by]}, "goods": goods, "ways": ways or {}}
    lines = {"lineItems": [line(sku) for sku in prices]}
    return figures(made({"shop": shop, "draft": {**lines, **TO_BERLIN, **draft}}))


@pytest.mark.parametrize(("quantity", "costs"), [(1, 100), (2, 20), (3, 3), (4, 4)])
def test_x31_a_tier_holds_for_all_units(quantity: int, costs: int) -> None:
    """100, from 2 on 10, from 3 on 1."""
    lines = [line("mug", quantity)]
    assert bought({"mug": [100, {"2": 10, "3": 1}]}, lineItems=lines)["total"] == costs


def test_x31_and_back() -> None:
    known = facts(
        variants=[
            product(50, "mug-blue", None, price(501, cents("EUR", 100), tiers=((2, cents("EUR", 10)), (3, cents("EUR", 1)))))
        ]
    )
    cart, seen = create(known, taxMode="Disabled", lineItems=[line("mug-blue")]), []
    for quantity in (1, 2, 3, 2, 1):
        action = {"action": "changeLineItemQuantity", "lineItemKey": "mug-blue", "quantity": quantity}
        cart = update(cart, action, known=known)
        seen.append(total(cart))
    assert seen == [100, 20, 3, 20, 100]


# Of 14 with 12 % included the net is 12.5; of 25 with 14 % on top the gross is 28.5. The neighbours are halves with an odd one
# below: 15.12 / 1.12 = 13.5 has no whole price, 42 / 1.12 = 37.5 and 75 x 1.14 = 85.5 have.
@pytest.mark.parametrize(
    ("mode", "net", "gross", "odd_net", "odd_gross"),
    [("HalfEven", 12, 28, 38, 86), ("HalfUp", 13, 29, 38, 86), ("HalfDown", 12, 28, 37, 85)],
)
@pytest.mark.parametrize("level", ["LineItemLevel", "UnitPriceLevel"])
def test_x32_halves(mode: str, net: int, gross: int, odd_net: int, odd_gross: int, level: str) -> None:
    modes: dict[str, Any] = {"taxRoundingMode": mode, "taxCalculationMode": level}
    included = bought({"mug": 14, "tea": 42}, rate("in", "0.12"), **modes)["items"]
    assert [item["taxed"][:3] for item in included] == [[net, 14 - net, 14], [odd_net, 42 - odd_net, 42]]
    on_top = bought({"mug": 25, "tea": 75}, rate("on", "0.14", top=True), **modes)["items"]
    assert [item["taxed"][:3] for item in on_top] == [[25, gross - 25, gross], [75, odd_gross - 75, odd_gross]]


def test_x33_the_net_of_the_whole_is_the_sum_of_the_nets() -> None:
    prices = {"one": 24000, "two": 47500, "three": 29500, "four": 64900, "five": 14000}
    ways = {"post": {"tax": "std", "price": 0}}
    whole = bought(prices, ways=ways, shippingMethod={"key": "post"})
    assert [item["taxed"][0] for item in whole["items"]] == [20168, 39916, 24790, 54538, 11765]
    # 179900 / 1.19 would be 151176.
    assert whole["taxed"] == [151177, 28723, 179900, [["vat", "0.19", 28723]]]
    assert (whole["total"], whole["taxedShipping"]) == (179900, [0, 0, 0, [["vat", "0.19", 0]]])


@pytest.mark.parametrize(("level", "net"), [("LineItemLevel", 158613), ("UnitPriceLevel", 158614)])
def test_x35_by_the_line_and_by_the_unit(level: str, net: int) -> None:
    whole = bought({"mug": 94375, "tea": 65000}, lineItems=[line("mug", 2), line("tea")], taxCalculationMode=level)
    assert [item["taxed"][0] for item in whole["items"]] == [net, 54622]
    assert whole["taxed"][:3] == [net + 54622, 188750 - net + 65000 - 54622, 253750]


def test_x37_rates_from_outside_with_sub_rates() -> None:
    by = {"externalTaxRate": rate("both", "0.2", top=True, one="0.11", two="0.09")}
    draft = {
        "taxMode": "External",
        "lineItems": [line("mug", 3, **by), line("tea", 22, **by)],
        "customLineItems": [custom("wrap", coins("EUR", 2350), 5, **by)],
    }
    shop = {"taxes": {"std": [VAT]}, "goods": {"mug": ["std", 1000], "tea": ["std", 1000]}}
    own = {"action": "setCustomShippingMethod", "shippingMethodName": "own", "shippingRate": {"price": coins("EUR", 1000)}, **by}
    whole = figures(made({"shop": shop, "draft": {**draft, **TO_BERLIN}, "updates": [[own]]}))
    assert [item["taxed"][::2] for item in whole["items"]] == [[3000, 3600], [22000, 26400], [11750, 14100]]
    assert whole["ways"][""]["taxed"][::2] == [1000, 1200]
    # Of 600, 4400, 2350 and 200: 330 + 2420 + 1293 + 110, and 270 + 1980 + 1057 + 90; of 2350 the halves are 1292.5 and 1057.5.
    assert whole["taxed"] == [37750, 7550, 45300, [["one", "0.11", 4153], ["two", "0.09", 3397]]]


@pytest.mark.parametrize(
    ("cost", "by", "figure"),
    [
        (1003800, rate("ten", "0.1", top=True), [1003800, 100380, 1104180]),
        (501900, rate("ten", "0.1", top=True), [501900, 50190, 552090]),
        (1505700, rate("ten", "0.1", top=True), [1505700, 150570, 1656270]),
        (10000, VAT, [8403, 1597, 10000]),
        (99000, rate("four", "0.04", top=True), [99000, 3960, 102960]),
        (4488000, rate("four", "0.04", top=True), [4488000, 179520, 4667520]),
        # Of 2023-2025 captures with discounts, what is taxed: 19 % included in 18599, 14900 at 21 %.
        (18599, VAT, [15629, 2970, 18599]),
        (180, rate("btw", "0.21"), [149, 31, 180]),
    ],
)
def test_x38_and_other_taxed_amounts(cost: int, by: dict[str, Any], figure: list[int]) -> None:
    assert bought({"mug": cost}, by)["taxed"][:3] == figure


@pytest.mark.parametrize(
    ("level", "quantity", "gross"),
    [("LineItemLevel", 3, 386), ("UnitPriceLevel", 3, 387), ("LineItemLevel", 1, 129), ("UnitPriceLevel", 100, 12900)],
)
def test_x38_three_pencils(level: str, quantity: int, gross: int) -> None:
    """108 x 1.19 = 128.52 a unit; 324 x 1.19 = 385.56."""
    by = rate("vat", "0.19", top=True)
    whole = bought({"pencil": 108}, by, lineItems=[line("pencil", quantity)], taxCalculationMode=level)
    assert whole["taxed"][::2][:2] == [108 * quantity, gross]


@pytest.mark.parametrize(("score", "costs"), [(0, 4000), (1, 2000), (2, 3000), (3, 3000), (None, 1000)])
def test_x39_tiers_by_score(score: int | None, costs: int) -> None:
    """The tier of score 0 has a function; without a score there is no tier."""
    tiers = [
        {"type": "CartScore", "score": 0, "priceFunction": {"currencyCode": "EUR", "function": "(50 * x) + 4000"}},
        {"type": "CartScore", "score": 1, "price": coins("EUR", 2000)},
        {"type": "CartScore", "score": 2, "price": coins("EUR", 3000)},
    ]
    shop = {
        "taxes": {"std": [VAT]},
        "goods": {"mug": ["std", 1]},
        "by": "CartScore",
        "ways": {"post": {"tax": "std", "price": 1000, "tiers": tiers}},
    }
    given = {} if score is None else {"shippingRateInput": {"type": "Score", "score": score}}
    cart = made({"shop": shop, "draft": {**TO_BERLIN, "shippingMethod": {"key": "post"}, **given}})
    assert (figures(cart)["ways"][""]["price"], cart.shipping_rate_input is None) == (costs, score is None)


@pytest.mark.parametrize(("value", "costs"), [(None, 3000), (1, 2000), (5000, 2000)])
@pytest.mark.parametrize("by", ["CartValue", None])
def test_x40_tiers_by_value(value: int | None, costs: int, by: str | None) -> None:
    """From 0 on 3000, from 1 on 2000: an empty cart is in the first."""
    tiers = [
        {"type": "CartValue", "minimumCentAmount": least, "price": coins("EUR", cost)} for least, cost in ((0, 3000), (1, 2000))
    ]
    shop = {
        "taxes": {"std": [VAT]},
        "goods": {"mug": ["std", value or 0]},
        "by": by,
        "ways": {"post": {"tax": "std", "price": 1000, "tiers": tiers}},
    }
    lines = [] if value is None else [line("mug")]
    cart = made({"shop": shop, "draft": {**TO_BERLIN, "lineItems": lines, "shippingMethod": {"key": "post"}}})
    assert (figures(cart)["ways"][""]["price"], cart.shipping_rate_input) == (costs, None)


HOME: dict[str, Any] = {"itemShippingAddresses": [{"key": "home", "country": "DE"}]}


def going(cart: Cart) -> dict[str, int]:
    details = cart.line_items[0].shipping_details
    assert details is not None
    return {target.address_key: target.quantity for target in details.targets}


def sends(action: str, member: str, quantity: int) -> dict[str, Any]:
    targets: Any = [{"addressKey": "home", "quantity": quantity}]
    name = {"setLineItemShippingDetails": "shippingDetails"}.get(action)
    return {"action": action, "lineItemKey": "mug-blue", member: {"targets": targets} if name else targets}


def test_x42_targets_may_be_more_than_there_are_units() -> None:
    details = {"targets": [{"addressKey": "home", "quantity": 10}]}
    cart = create(lineItems=[line("mug-blue", 1, shippingDetails=details)], **HOME)
    assert (going(cart), body(cart)["lineItems"][0]["shippingDetails"]["valid"]) == ({"home": 10}, False)
    delta = "applyDeltaToLineItemShippingDetailsTargets"
    cart = update(cart, sends(delta, "targetsDelta", 15))
    assert going(cart) == {"home": 25}
    assert going(update(cart, sends("setLineItemShippingDetails", "shippingDetails", 20))) == {"home": 20}
    many = create(**HOME, lineItems=[line("mug-blue", 25)])
    assert going(update(many, sends("setLineItemShippingDetails", "shippingDetails", 2))) == {"home": 2}
    assert going(update(many, sends(delta, "targetsDelta", 6))) == {"home": 6}


def test_x42_no_target_is_left_where_all_of_it_is_removed() -> None:
    two = {"targets": [{"addressKey": "home", "quantity": 2}]}
    cart = create(**HOME, lineItems=[line("mug-blue", 25, shippingDetails=two)])
    cart = update(cart, {"action": "removeLineItem", "lineItemKey": "mug-blue", "quantity": 1, "shippingDetailsToRemove": two})
    assert (cart.line_items[0].quantity, going(cart)) == (24, {})


def priced(cents_of_unit: int, colour: str = "plain") -> Facts:
    """A shop whose mug costs so much and has a colour."""
    mug = product(50, "mug-blue", None, price(501, cents("EUR", cents_of_unit)))
    mug = replace(mug, variant=replace(mug.variant, attributes=(Attribute(name="colour", value=colour),)))
    return facts(variants=[mug], first_id=2000)


def colour(cart: Cart) -> Any:
    return body(cart)["lineItems"][0]["variant"]["attributes"][0]["value"]


def test_x43_a_price_of_today_comes_with_recalculate_alone() -> None:
    cart = create(priced(1234), taxMode="Disabled", lineItems=[line("mug-blue")])
    today = priced(2468, "red")
    assert total(update(cart, {"action": "setLocale", "locale": "de"}, known=today)) == 1234
    again = update(cart, {"action": "recalculate"}, known=today)
    assert (again.line_items[0].price.value.cent_amount, total(again)) == (2468, 2468)
    assert colour(again) == "plain"
    whole = update(cart, {"action": "recalculate", "updateProductData": True}, known=today)
    assert (total(whole), colour(whole)) == (2468, "red")


ON_MUG = {"lineItemKey": "mug-blue"}


def test_x44_prices_from_outside_and_back() -> None:
    known = priced(1234)
    cart = create(known, taxMode="Disabled", lineItems=[line("mug-blue", 3)])
    assert total(cart) == 3702
    given = {"price": coins("EUR", 2000), "totalPrice": coins("EUR", 2500)}
    outside = update(cart, {"action": "setLineItemTotalPrice", **ON_MUG, "externalTotalPrice": given}, known=known)
    assert (total(outside), outside.line_items[0].price.value.cent_amount, outside.line_items[0].price_mode) == (
        2500,
        2000,
        "ExternalTotal",
    )
    quantity = {"action": "changeLineItemQuantity", **ON_MUG, "quantity": 4}
    back = update(outside, quantity, known=known)
    assert (total(back), back.line_items[0].price_mode, back.line_items[0].price.value.cent_amount) == (4936, "Platform", 1234)
    kept = update(outside, {**quantity, "externalTotalPrice": given}, known=known)
    assert (total(kept), kept.line_items[0].price_mode) == (2500, "ExternalTotal")
    priced_out = update(cart, {"action": "setLineItemPrice", **ON_MUG, "externalPrice": coins("EUR", 4321)}, known=known)
    assert (total(priced_out), priced_out.line_items[0].price_mode) == (3 * 4321, "ExternalPrice")
    again = update(priced_out, {"action": "setLineItemPrice", **ON_MUG}, known=known)
    assert (total(again), again.line_items[0].price_mode) == (3702, "Platform")


@pytest.mark.parametrize(
    ("action", "left"),
    [({"action": "changeLineItemQuantity", "quantity": 2}, 2), ({"action": "removeLineItem", "quantity": 1}, 2)],
)
def test_x44_a_change_of_quantity_may_bring_a_price(action: dict[str, Any], left: int) -> None:
    known = priced(1234)
    cart = create(known, taxMode="Disabled", lineItems=[line("mug-blue", 3)])
    after = update(cart, {**action, **ON_MUG, "externalPrice": coins("EUR", 500)}, known=known)
    assert (total(after), after.line_items[0].price_mode) == (left * 500, "ExternalPrice")
    # From now on each change of the quantity has to bring one.
    with pytest.raises(ApiError) as caught:
        update(after, {**action, **ON_MUG, "quantity": 1}, known=known)
    assert (caught.value.code, caught.value.fields["field"]) == ("RequiredField", "externalPrice")


# Only sub rates; what floats add up to (0.1 + 0.2); an amount beside them.
@pytest.mark.parametrize(
    ("sent", "amount"),
    [
        ({"subRates": [0.08, 0.02]}, 0.1),
        ({"subRates": [0.06, 0.05, 0.02], "amount": 0.13}, 0.13),
        ({"subRates": [0.1, 0.2], "amount": 0.1 + 0.2}, 0.3),
        ({"subRates": [0.7, 0.1], "amount": 0.7 + 0.1}, 0.8),
    ],
)
def test_x47_sub_rates_make_the_rate(sent: dict[str, Any], amount: float) -> None:
    parts = [{"name": f"part {place}", "amount": share} for place, share in enumerate(sent["subRates"])]
    by = {"name": "sum", "country": "DE", **sent, "subRates": parts}
    cart = create(taxMode="External", lineItems=[{**line("mug-blue"), "externalTaxRate": by}])
    answered = body(cart)["lineItems"][0]["taxRate"]
    assert (float(answered["amount"]), answered["includedInPrice"], "id" in answered) == (amount, False, False)


def test_x47_a_line_is_taxed_by_a_rate_from_outside_wherever_it_goes() -> None:
    """Without a rate there is a total, but no tax; with one 3000 is 3600, though no address is set."""
    outside = facts(variants=[product(50, "mug-blue", None, price(501, cents("EUR", 1000)))])
    cart = create(outside, taxMode="External", lineItems=[line("mug-blue", 3)])
    before = cart.line_items[0]
    assert (before.total_price.cent_amount, before.tax_rate, before.taxed_price) == (3000, None, None)
    by = {"name": "twenty", "amount": 0.2, "country": "DE"}
    after = update(cart, {"action": "setLineItemTaxRate", **ON_MUG, "externalTaxRate": by}).line_items[0]
    assert after.taxed_price is not None
    assert after.tax_rate is not None
    assert (after.taxed_price.total_gross.cent_amount, after.tax_rate.id, after.tax_rate.sub_rates) == (3600, None, ())


def test_x47_rates_from_outside_are_for_carts_that_are_taxed_there() -> None:
    cart = create(lineItems=[line("mug-blue")])
    by = {"name": "twenty", "amount": 0.2, "country": "DE"}
    with pytest.raises(ApiError) as caught:
        update(cart, {"action": "setLineItemTaxRate", **ON_MUG, "externalTaxRate": by})
    assert caught.value.status == 400
    without_category = create(taxMode="External", lineItems=[line("sticker")])
    with pytest.raises(ApiError) as refused:
        update(without_category, {"action": "changeTaxMode", "taxMode": "Platform"})
    assert refused.value.status == 400
    outside = create(taxMode="External", lineItems=[{**line("mug-blue"), "externalTaxRate": by}])
    platform = update(outside, {"action": "changeTaxMode", "taxMode": "Platform"})
    assert platform.line_items[0].tax_rate is None


def test_x47_an_amount_from_outside_need_not_fit_its_rate() -> None:
    """9.99 with a gross amount of 12.00 at a rate of 1, without an address."""
    cart = create(taxMode="ExternalAmount", lineItems=[line("mug-blue")])
    amount = {"totalGross": coins("EUR", 1200), "taxRate": {"name": "all", "amount": 1.0, "country": "DE"}}
    cart = update(cart, {"action": "setLineItemTaxAmount", **ON_MUG, "externalTaxAmount": amount})
    assert cart.line_items[0].taxed_price is not None
    assert cart.line_items[0].taxed_price.total_gross.cent_amount == 1200
    whole = update(cart, {"action": "setCartTotalTax", "externalTotalGross": coins("EUR", 1100)})
    assert taxed(whole) == (999, 101, 1100)


def test_a_custom_method_needs_a_rate_for_the_address() -> None:
    """The category `reduced` has a rate for Germany alone."""
    cart = create(shippingAddress={"country": "FR"})
    own = {"action": "setCustomShippingMethod", "shippingMethodName": "own", "shippingRate": {"price": coins("EUR", 1)}}
    with pytest.raises(ApiError) as caught:
        update(cart, {**own, "taxCategory": {"key": "reduced"}})
    assert (caught.value.code, caught.value.fields["taxCategoryId"]) == ("MissingTaxRateForCountry", uid(3))


def test_x48_the_same_custom_line_twice_is_one_line() -> None:
    same = {"action": "addCustomLineItem", **custom("wrap", coins("EUR", 2350), 5, tax="standard")}
    cart = update(create(), {**same, "key": "wrap-1"}, {name: value for name, value in same.items() if name != "key"})
    (item,) = cart.custom_line_items
    assert (item.quantity, item.total_price.cent_amount, [part.quantity for part in item.state]) == (10, 23500, [10])
    fields = {"custom": {"type": {"typeId": "type", "key": "extra"}, "fields": {"note": "a"}}}
    two = create(lineItems=[line("mug-blue"), {**line("mug-blue"), "key": "other", **fields}])
    assert [one.quantity for one in two.line_items] == [1, 1]


@pytest.mark.parametrize("sent", ["de-de", "de_de", "de_DE", "DE-de", "de-DE"])
def test_a_locale_has_one_spelling(sent: str) -> None:
    known = facts(catalogue(project=replace(PROJECT, languages=("en", "de-DE"))))
    assert update(create(known), {"action": "setLocale", "locale": sent}, known=known).locale == "de-DE"
    assert create(known, locale=sent).locale == "de-DE"
    for unknown in ("de", "fr", "de_AT"):
        with pytest.raises(ApiError) as caught:
            update(create(known), {"action": "setLocale", "locale": unknown}, known=known)
        assert caught.value.status == 400


def ordered(cart: Cart, rules: Catalogue, *variants: VariantSnapshot) -> None:
    asked = OrderFromCartDraft(version=cart.version, cart=ResourceIdentifier(id=cart.id))
    order_from(asked, knowing(cart, rules, variants or VARIANTS))


def test_a_method_that_looks_at_the_email_follows_it() -> None:
    """Set while it matches, it is not ordered after another email, and the cart shows that; where it does not match it is 400."""
    rules = catalogue(shipping_methods=[replace(PARCEL, predicate='customer.email = "john@example.com"')])
    sent = {"shippingAddress": {"country": "DE"}, "shippingMethod": {"key": "parcel"}, "lineItems": [line("mug-blue")]}
    cart = create(facts(rules), customerEmail="john@example.com", **sent)
    assert cart.shipping_info is not None
    assert cart.shipping_info.shipping_method_state == "MatchesCart"
    other = update(cart, {"action": "setCustomerEmail", "email": "jane@example.com"}, known=facts(rules, first_id=2000))
    assert other.shipping_info is not None
    assert other.shipping_info.shipping_method_state == "DoesNotMatchCart"
    with pytest.raises(ApiError, match="does not match") as refused:
        ordered(other, rules)
    assert refused.value.code == "ShippingMethodDoesNotMatchCart"
    with pytest.raises(ApiError, match="does not match") as caught:
        create(facts(rules), customerEmail="jane@example.com", **sent)
    assert caught.value.status == 400


def test_prices_and_shipping_that_changed_are_told_in_one_refusal() -> None:
    sent = {"shippingAddress": {"country": "DE"}, "shippingMethod": {"key": "parcel"}}
    cart = create(None, **sent, country="DE", lineItems=[line("mug-blue", 2)])
    dear = method(15, "parcel", (EUROPE, replace(FLAT, price=cents("EUR", 595))))
    mug = product(50, "mug-blue", STANDARD, price(501, cents("EUR", 2000)))
    with pytest.raises(ApiError) as caught:
        ordered(cart, catalogue(shipping_methods=[dear]), mug)
    assert (caught.value.code, caught.value.fields) == ("PriceChanged", {"lineItems": [cart.line_items[0].id], "shipping": True})
