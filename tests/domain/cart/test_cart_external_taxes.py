"""Taxes from outside: the tax modes `External`, where rates are given, and `ExternalAmount`, where amounts are."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, taxed, total, update
from domain.facts import facts
from domain.order.orders import cart_of, placed, reason
from orderwright.domain.order.replicate import ReplicaCartDraft, replicating
from orderwright.domain.sale.model import Cart
from orderwright.domain.signing.merge import with_lines_of
from orderwright.engine.model import Reference
from orderwright.engine.steps import drained
from orderwright.errors import ApiError

GERMANY = {"country": "DE"}
IN_GERMANY: dict[str, Any] = {"shippingAddress": GERMANY}
NINETEEN = {"name": "VAT", "amount": 0.19, "country": "DE"}
# 20 % of two taxes.
TWENTY = {"name": "both", "country": "US", "subRates": [{"name": "state", "amount": 0.11}, {"name": "city", "amount": 0.09}]}
NOT_ALLOWED = {"status": 400, "code": "InvalidOperation"}


def external(mode: str = "External", **more: Any) -> Cart:
    """Three pencils at 1.08, to Germany."""
    return create(**{"taxMode": mode, "lineItems": [{"sku": "pencil", "quantity": 3}], **IN_GERMANY, **more})


def on_line(cart: Cart, action: str, **more: Any) -> dict[str, Any]:
    return {"action": action, "lineItemId": cart.line_items[0].id, **more}


def eur(cents: int) -> dict[str, Any]:
    return {"currencyCode": "EUR", "centAmount": cents}


def portions(price: Any) -> list[tuple[str | None, Decimal, int]]:
    return [(portion.name, portion.rate, portion.amount.cent_amount) for portion in price.tax_portions]


def amounts(price: Any) -> tuple[int, int, int]:
    """(net, tax, gross) of an item in minor units."""
    return price.total_net.cent_amount, price.total_tax.cent_amount, price.total_gross.cent_amount


def refused(cart: Cart, *actions: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ApiError) as caught:
        update(cart, *actions)
    return reason(caught.value)


def test_nothing_is_taxed_before_a_rate_is_given() -> None:
    cart = external()
    line = cart.line_items[0]
    assert (total(cart), taxed(cart), line.tax_rate, line.taxed_price) == (324, None, None, None)
    after = update(cart, on_line(cart, "setLineItemTaxRate", externalTaxRate=NINETEEN))
    # 1.08 x 3 x 1.19 = 3.8556, on top: the default.
    assert taxed(after) == (324, 62, 386)
    rate = body(after)["lineItems"][0]["taxRate"]
    assert rate == {
        "name": "VAT",
        "amount": 0.19,
        "includedInPrice": False,
        "country": "DE",
        "subRates": [],
        "taxRoundingTarget": "Net",
    }
    gone = update(after, on_line(after, "setLineItemTaxRate"))
    assert (taxed(gone), gone.line_items[0].tax_rate, gone.line_items[0].taxed_price) == (None, None, None)


def test_units_are_taxed_one_by_one_where_the_cart_says_so() -> None:
    cart = external(
        taxCalculationMode="UnitPriceLevel", lineItems=[{"sku": "pencil", "quantity": 3, "externalTaxRate": NINETEEN}]
    )
    # 1.08 x 1.19 = 1.2852, three of them.
    assert taxed(cart) == (324, 63, 387)


@pytest.mark.parametrize(("target", "net", "tax"), [("Net", 582, 117), ("Tax", 583, 116)])
def test_of_a_price_with_its_tax_one_is_rounded_and_the_other_the_rest(target: str, net: int, tax: int) -> None:
    # 6.99 / 1.2 = 5.825, half to even; 6.99 x 0.2 / 1.2 = 1.165, half to even.
    rate = {"name": "VAT", "amount": 0.2, "country": "FR", "includedInPrice": True, "taxRoundingTarget": target}
    cart = external(lineItems=[{"sku": "pencil", "externalPrice": eur(699), "externalTaxRate": rate}])
    assert taxed(cart) == (net, tax, 699)


def test_sub_rates_are_portions_over_lines_and_shipping() -> None:
    cart = external(
        lineItems=[{"sku": "pencil", "quantity": 3, "externalPrice": eur(1000), "externalTaxRate": TWENTY}],
        customLineItems=[{"name": {}, "slug": "wrap", "money": eur(2350), "quantity": 5, "externalTaxRate": TWENTY}],
    )
    shipped = update(
        cart,
        {
            "action": "setCustomShippingMethod",
            "shippingMethodName": "courier",
            "shippingRate": {"price": eur(1000)},
            "externalTaxRate": TWENTY,
        },
    )
    line, item, info = shipped.line_items[0], shipped.custom_line_items[0], shipped.shipping_info
    assert info is not None
    # 20 % on top of 30.00, 117.50 and 10.00.
    assert [amounts(each.taxed_price) for each in (line, item, info)] == [
        (3000, 600, 3600),
        (11750, 2350, 14100),
        (1000, 200, 1200),
    ]
    assert taxed(shipped) == (15750, 3150, 18900)
    # 11 and 9 parts of 20: 330 + 1292.5 + 110 and 270 + 1057.5 + 90; the odd cent of the custom line goes to its first part.
    assert shipped.taxed_price is not None
    assert portions(shipped.taxed_price) == [
        ("state", Decimal("0.11"), 330 + 1293 + 110),
        ("city", Decimal("0.09"), 270 + 1057 + 90),
    ]
    assert line.tax_rate is not None
    assert line.tax_rate.amount == Decimal("0.20")
    assert shipped.taxed_shipping_price is not None
    assert amounts(shipped.taxed_shipping_price) == (1000, 200, 1200)


def test_a_line_is_taxed_without_an_address_and_the_cart_with_one() -> None:
    cart = create(taxMode="External", lineItems=[{"sku": "pencil", "quantity": 3, "externalTaxRate": NINETEEN}])
    assert amounts(cart.line_items[0].taxed_price) == (324, 62, 386)
    assert taxed(cart) is None
    there = update(cart, {"action": "setShippingAddress", "address": GERMANY})
    assert taxed(there) == (324, 62, 386)
    back = update(there, {"action": "setShippingAddress"})
    assert (taxed(back), amounts(back.line_items[0].taxed_price)) == (None, (324, 62, 386))


def test_a_rate_stays_when_the_price_changes_and_units_are_added() -> None:
    cart = external(lineItems=[{"sku": "pencil", "quantity": 3, "externalTaxRate": NINETEEN}])
    more = update(cart, {"action": "addLineItem", "sku": "pencil", "quantity": 7})
    # 10.80 x 1.19 = 12.852
    assert taxed(more) == (1080, 205, 1285)
    seven = {**NINETEEN, "amount": 0.07}
    again = update(more, {"action": "addLineItem", "sku": "pencil", "quantity": 10, "externalTaxRate": seven})
    # 21.60 x 1.07 = 23.112
    assert ([line.quantity for line in again.line_items], taxed(again)) == ([20], (2160, 151, 2311))
    assert taxed(update(again, {"action": "recalculate", "updateProductData": True})) == (2160, 151, 2311)


def test_the_shipping_method_has_a_rate_of_its_own() -> None:
    method: dict[str, Any] = {"shippingMethod": {"typeId": "shipping-method", "key": "standard"}}
    lines: dict[str, Any] = {"lineItems": [{"sku": "pencil", "quantity": 3, "externalTaxRate": NINETEEN}]}
    cart = external(**lines, **method, externalTaxRateForShippingMethod=NINETEEN)
    # 4.95 x 1.19 = 5.8905
    assert taxed(cart) == (324 + 495, 62 + 94, 386 + 589)
    without = update(cart, {"action": "setShippingMethod", **method})
    assert (taxed(without), without.taxed_shipping_price) == (None, None)
    again = update(without, {"action": "setShippingMethod", **method, "externalTaxRate": NINETEEN})
    assert taxed(again) == taxed(cart)
    assert taxed(update(without, {"action": "setShippingMethodTaxRate", "externalTaxRate": NINETEEN})) == taxed(cart)
    assert taxed(update(cart, {"action": "setShippingMethodTaxRate"})) is None
    assert refused(external(**lines), {"action": "setShippingMethodTaxRate", "externalTaxRate": NINETEEN}) == NOT_ALLOWED


def test_a_custom_line_item_gets_its_rate_by_key_and_loses_it() -> None:
    wrap = {"name": {}, "slug": "wrap", "key": "wrap", "money": eur(250)}
    cart = external(lineItems=[], customLineItems=[wrap])
    assert (total(cart), taxed(cart)) == (250, None)
    rated = update(cart, {"action": "setCustomLineItemTaxRate", "customLineItemKey": "wrap", "externalTaxRate": NINETEEN})
    # 2.50 x 1.19 = 2.975, half to even.
    assert taxed(rated) == (250, 48, 298)
    assert taxed(update(rated, {"action": "setCustomLineItemTaxRate", "customLineItemKey": "wrap"})) is None


RATE_OF_A_LINE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": "VAT", "country": "DE"}, {"code": "RequiredField", "field": "amount"}),
    ({**NINETEEN, "amount": 1.5}, {"code": "InvalidField", "field": "amount", "invalidValue": 1.5}),
    ({**TWENTY, "amount": 0.19}, {"code": "InvalidOperation"}),
]


@pytest.mark.parametrize(("rate", "error"), RATE_OF_A_LINE, ids=["none", "beyond all", "another sum"])
def test_what_is_no_rate_is_refused(rate: dict[str, Any], error: dict[str, Any]) -> None:
    cart = external()
    assert refused(cart, on_line(cart, "setLineItemTaxRate", externalTaxRate=rate)) == {"status": 400, **error}
    assert refused(cart, {"action": "addLineItem", "sku": "pencil", "externalTaxRate": rate}) == {"status": 400, **error}


@pytest.mark.parametrize("mode", ["Platform", "ExternalAmount", "Disabled"])
def test_rates_are_given_in_the_mode_of_rates_alone(mode: str) -> None:
    cart = external(mode)
    for rate in ({"externalTaxRate": NINETEEN}, {}):
        assert refused(cart, on_line(cart, "setLineItemTaxRate", **rate)) == NOT_ALLOWED
    assert refused(cart, {"action": "addLineItem", "sku": "pencil", "externalTaxRate": NINETEEN}) == NOT_ALLOWED


def test_a_rate_for_no_shipping_method_is_refused() -> None:
    with pytest.raises(ApiError) as caught:
        external(externalTaxRateForShippingMethod=NINETEEN)
    assert (caught.value.code, caught.value.fields["field"]) == ("InvalidField", "externalTaxRateForShippingMethod")
    found = refused(external(), {"action": "setShippingMethod", "externalTaxRate": NINETEEN})
    assert (found["code"], found["field"]) == ("InvalidField", "externalTaxRate")


def mode(tax_mode: str) -> dict[str, Any]:
    return {"action": "changeTaxMode", "taxMode": tax_mode}


def test_with_the_mode_all_rates_change() -> None:
    cart = external(lineItems=[{"sku": "book", "externalTaxRate": NINETEEN}])
    assert taxed(cart) == (2000, 380, 2380)
    # A book is taxed at 7 %, included: 20.00 / 1.07 = 18.69.
    assert taxed(update(cart, mode("Platform"))) == (1869, 131, 2000)
    for other in ("Disabled", "ExternalAmount"):
        changed = update(cart, mode(other))
        assert (taxed(changed), changed.line_items[0].tax_rate) == (None, None)
    back = update(cart, mode("Platform"), mode("External"))
    assert (taxed(back), back.line_items[0].tax_rate) == (None, None)
    homeless = update(create(taxMode="External", lineItems=[{"sku": "book", "externalTaxRate": NINETEEN}]), mode("Platform"))
    assert (homeless.line_items[0].tax_rate, homeless.line_items[0].taxed_price) == (None, None)


def test_what_has_no_tax_category_is_not_taxed_by_the_platform() -> None:
    # A sticker has no tax category.
    assert refused(external(lineItems=[{"sku": "sticker"}]), mode("Platform")) == NOT_ALLOWED
    wrap = {"name": {}, "slug": "wrap", "money": eur(250)}
    assert refused(external("ExternalAmount", customLineItems=[wrap]), mode("Platform")) == NOT_ALLOWED


GIVEN = {"externalTaxAmount": {"totalGross": eur(400), "taxRate": {**NINETEEN, "amount": 1.0}}}


def test_amounts_are_kept_whatever_the_rate_would_make_of_them() -> None:
    cart = external("ExternalAmount")
    given = update(cart, on_line(cart, "setLineItemTaxAmount", **GIVEN))
    line = given.line_items[0]
    # The net amount is what the line costs: 4.00 - 3.24 = 0.76.
    assert (amounts(line.taxed_price), portions(line.taxed_price)) == ((324, 76, 400), [("VAT", Decimal(1), 76)])
    assert line.tax_rate is not None
    assert (line.tax_rate.amount, line.last_modified_at) == (Decimal(1), facts().now)
    # The cart is taxed by its own action alone.
    assert taxed(given) is None
    whole = update(given, {"action": "setCartTotalTax", "externalTotalGross": eur(401)})
    assert (taxed(whole), whole.taxed_price and whole.taxed_price.tax_portions) == ((324, 77, 401), ())
    assert amounts(whole.line_items[0].taxed_price) == (324, 76, 400)
    removed = update(whole, on_line(whole, "setLineItemTaxAmount"))
    assert (removed.line_items[0].tax_rate, removed.line_items[0].taxed_price) == (None, None)


def test_sub_rates_share_an_amount() -> None:
    cart = external("ExternalAmount")
    amount = {"totalGross": eur(425), "taxRate": TWENTY}
    given = update(cart, on_line(cart, "setLineItemTaxAmount", externalTaxAmount=amount))
    # 1.01 by 11 and 9: 55.55 and 45.45, the odd cent to the larger remainder.
    assert portions(given.line_items[0].taxed_price) == [("state", Decimal("0.11"), 56), ("city", Decimal("0.09"), 45)]


def test_what_is_priced_anew_is_to_be_taxed_anew() -> None:
    cart = external("ExternalAmount", lineItems=[{"sku": "pencil", "quantity": 3}, {"sku": "book"}])
    book = {"action": "setLineItemTaxAmount", "lineItemId": cart.line_items[1].id, **GIVEN}
    whole = update(
        cart, on_line(cart, "setLineItemTaxAmount", **GIVEN), book, {"action": "setCartTotalTax", "externalTotalGross": eur(3000)}
    )
    assert taxed(whole) == (2324, 676, 3000)
    more = update(whole, on_line(whole, "changeLineItemQuantity", quantity=4))
    assert [line.tax_rate is None for line in more.line_items] == [True, False]
    assert [line.taxed_price is None for line in more.line_items] == [True, False]
    assert taxed(more) is None
    # What costs the same stays taxed.
    assert taxed(update(whole, {"action": "setLocale", "locale": "en"}, {"action": "recalculate"})) == (2324, 676, 3000)


def test_the_total_is_taxed_after_what_the_same_request_changed_before() -> None:
    cart = external("ExternalAmount")
    total_tax = {"action": "setCartTotalTax", "externalTotalGross": eur(600)}
    after = update(cart, on_line(cart, "changeLineItemQuantity", quantity=5), total_tax)
    assert taxed(after) == (540, 60, 600)
    assert taxed(update(cart, total_tax, on_line(cart, "changeLineItemQuantity", quantity=5))) is None
    portions_of = [{"name": "VAT", "rate": 0.19, "amount": eur(60)}]
    told = update(cart, {**total_tax, "externalTaxPortions": portions_of})
    assert told.taxed_price is not None
    assert portions(told.taxed_price) == [("VAT", Decimal("0.19"), 60)]


def test_the_total_of_a_cart_that_goes_nowhere_yet_is_taxed() -> None:
    cart = create(taxMode="ExternalAmount", lineItems=[{"sku": "book"}])
    assert taxed(update(cart, {"action": "setCartTotalTax", "externalTotalGross": eur(2380)})) == (2000, 380, 2380)


def test_shipping_is_taxed_by_an_amount_until_it_costs_something_else() -> None:
    cart = external("ExternalAmount", shippingMethod={"typeId": "shipping-method", "key": "standard"})
    amount = {"externalTaxAmount": {"totalGross": eur(589), "taxRate": NINETEEN}}
    given = update(cart, {"action": "setShippingMethodTaxAmount", **amount})
    assert given.shipping_info is not None
    assert given.taxed_shipping_price is not None
    assert amounts(given.shipping_info.taxed_price) == amounts(given.taxed_shipping_price) == (495, 94, 589)
    # Free above 50.00: three books are 60.00.
    free = update(given, {"action": "addLineItem", "sku": "book", "quantity": 3})
    assert free.shipping_info is not None
    assert (free.shipping_info.price.cent_amount, free.shipping_info.tax_rate, free.shipping_info.taxed_price) == (0, None, None)
    assert free.taxed_shipping_price is None


def test_a_custom_line_item_is_taxed_by_an_amount() -> None:
    wrap = {"name": {}, "slug": "wrap", "key": "wrap", "money": eur(250), "quantity": 2}
    cart = external("ExternalAmount", lineItems=[], customLineItems=[wrap])
    amount = {"externalTaxAmount": {"totalGross": eur(600), "taxRate": NINETEEN}}
    given = update(cart, {"action": "setCustomLineItemTaxAmount", "customLineItemKey": "wrap", **amount})
    assert amounts(given.custom_line_items[0].taxed_price) == (500, 100, 600)


@pytest.mark.parametrize("mode", ["Platform", "External", "Disabled"])
def test_amounts_are_given_in_their_mode_alone(mode: str) -> None:
    cart = external(mode)
    for amount in (GIVEN, {}):
        assert refused(cart, on_line(cart, "setLineItemTaxAmount", **amount)) == NOT_ALLOWED
    assert refused(cart, {"action": "setCartTotalTax", "externalTotalGross": eur(1)}) == NOT_ALLOWED


def test_amounts_are_cents_of_the_carts_currency() -> None:
    cart = external("ExternalAmount")
    dollars = {"totalGross": {"currencyCode": "USD", "centAmount": 1}, "taxRate": NINETEEN}
    found = refused(cart, on_line(cart, "setLineItemTaxAmount", externalTaxAmount=dollars))
    assert (found["code"], found["field"]) == ("InvalidField", "externalTaxAmount.totalGross.currencyCode")
    found = refused(cart, {"action": "setCartTotalTax", "externalTotalGross": dollars["totalGross"]})
    assert (found["code"], found["field"]) == ("InvalidField", "externalTotalGross.currencyCode")
    share = [{"rate": 2, "amount": eur(1)}]
    found = refused(cart, {"action": "setCartTotalTax", "externalTotalGross": eur(1), "externalTaxPortions": share})
    assert (found["code"], found["field"]) == ("InvalidField", "externalTaxPortions.rate")


def test_an_order_is_made_once_everything_is_taxed() -> None:
    for tax_mode in ("External", "ExternalAmount"):
        with pytest.raises(ApiError) as caught:
            placed(cart_of(tax_mode=tax_mode))
        assert reason(caught.value) == NOT_ALLOWED
    cart = cart_of(tax_mode="External")
    rates = [{"action": "setLineItemTaxRate", "lineItemId": line.id, "externalTaxRate": NINETEEN} for line in cart.line_items]
    lines = replace(update(cart, *rates), version=3)
    with pytest.raises(ApiError):
        placed(lines)
    ready = replace(update(cart, *rates, {"action": "setShippingMethodTaxRate", "externalTaxRate": NINETEEN}), version=3)
    # 19.98, 20.00 and 4.95: 23.7762, 23.80 and 5.8905 with 19 % on top.
    order = placed(ready)
    assert order.taxed_price is not None
    assert order.taxed_price.total_gross.cent_amount == 2378 + 2380 + 589


def test_an_order_of_given_amounts_needs_the_total_as_well() -> None:
    cart = cart_of(tax_mode="ExternalAmount")
    sent = [{"action": "setLineItemTaxAmount", "lineItemId": line.id, **GIVEN} for line in cart.line_items]
    sent.append({"action": "setShippingMethodTaxAmount", **GIVEN})
    with pytest.raises(ApiError):
        placed(replace(update(cart, *sent), version=3))
    ready = replace(update(cart, *sent, {"action": "setCartTotalTax", "externalTotalGross": eur(5000)}), version=3)
    order = placed(ready)
    assert order.taxed_price is not None
    # 44.93 is what the cart costs.
    assert (order.taxed_price.total_net.cent_amount, order.taxed_price.total_gross.cent_amount) == (4493, 5000)


def test_a_copy_keeps_the_rates_that_were_given() -> None:
    cart = external(
        lineItems=[{"sku": "pencil", "quantity": 3, "externalTaxRate": NINETEEN}],
        shippingMethod={"typeId": "shipping-method", "key": "standard"},
        externalTaxRateForShippingMethod=NINETEEN,
    )
    copy = drained(replicating(cart, ReplicaCartDraft(reference=Reference(type_id="cart", id=cart.id)), facts(first_id=3000)))
    assert taxed(copy) == taxed(cart) == (324 + 495, 62 + 94, 386 + 589)


def test_a_line_of_another_mode_comes_without_its_rate() -> None:
    platform, own = create(lineItems=[{"sku": "book"}], **IN_GERMANY), external()
    assert platform.line_items[0].tax_rate is not None
    merged = with_lines_of(own, platform, facts(first_id=3000))
    assert [line.tax_rate for line in merged.line_items] == [None, None]
    same = with_lines_of(own, external(lineItems=[{"sku": "book", "externalTaxRate": NINETEEN}]), facts(first_id=3000))
    assert [line.tax_rate is None for line in same.line_items] == [True, False]
