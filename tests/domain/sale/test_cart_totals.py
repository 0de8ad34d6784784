"""Amounts of carts, each worked out by hand beside its assertion."""

from decimal import Decimal
from typing import Any

import pytest

from domain.cart.buying import create, taxed, total, update, wants

IN_GERMANY: dict[str, Any] = {"shippingAddress": {"country": "DE"}}
STANDARD_METHOD: dict[str, Any] = {"shippingMethod": {"typeId": "shipping-method", "key": "standard"}}


def wrapping(cents: int, category: str = "standard", **more: Any) -> dict[str, Any]:
    money = {"currencyCode": "EUR", "centAmount": cents}
    return {"name": {"en": "Wrapping"}, "slug": "wrap", "money": money, "taxCategory": {"key": category}, **more}


def fractions(mills: int) -> dict[str, Any]:
    """Money in tenths of a cent."""
    return {"type": "highPrecision", "currencyCode": "EUR", "fractionDigits": 3, "preciseAmount": mills}


def test_an_empty_cart_costs_nothing_and_is_not_taxed() -> None:
    cart = create(**IN_GERMANY)
    assert (total(cart), cart.total_line_item_quantity, taxed(cart), cart.taxed_shipping_price) == (0, None, None, None)


def test_included_taxes_of_two_rates_with_shipping() -> None:
    cart = create(lineItems=[{"sku": "mug-blue", "quantity": 2}, {"sku": "book"}], **IN_GERMANY, **STANDARD_METHOD)
    # Mugs 19.98, of which net 19.98 / 1.19 = 16.79; book 20.00 / 1.07 = 18.69; shipping, below 50.00, 4.95 / 1.19 = 4.16.
    assert total(cart) == 1998 + 2000 + 495
    assert taxed(cart) == (1679 + 1869 + 416, 319 + 131 + 79, 4493)
    assert cart.taxed_price is not None
    portions = [(portion.rate, portion.amount.cent_amount) for portion in cart.taxed_price.tax_portions]
    assert portions == [(Decimal("0.19"), 319 + 79), (Decimal("0.07"), 131)]
    assert cart.taxed_shipping_price is not None
    assert cart.taxed_shipping_price.total_net.cent_amount == 416
    assert cart.total_line_item_quantity == 3


def test_taxes_on_top_leave_the_total_net() -> None:
    cart = create(lineItems=[{"sku": "pencil", "quantity": 3}], **IN_GERMANY)
    # 1.08 x 3 = 3.24, times 1.19 is 3.8556.
    assert (total(cart), taxed(cart)) == (324, (324, 62, 386))


def test_taxes_of_the_unit_price() -> None:
    cart = create(lineItems=[{"sku": "pencil", "quantity": 3}], taxCalculationMode="UnitPriceLevel", **IN_GERMANY)
    # 1.08 x 1.19 = 1.2852, rounded 1.29, three times.
    assert taxed(cart) == (324, 63, 387)
    by_line = update(cart, {"action": "changeTaxCalculationMode", "taxCalculationMode": "LineItemLevel"})
    assert taxed(by_line) == (324, 62, 386)


def test_taxes_of_a_state_on_top() -> None:
    cart = create(
        currency="USD", lineItems=[{"sku": "mug-blue"}], shippingAddress={"country": "US", "state": "NY"}, **STANDARD_METHOD
    )
    # 11.00 x 1.08875 = 11.97625 and 9.90 x 1.08875 = 10.778625.
    assert (total(cart), taxed(cart)) == (1100 + 990, (2090, 98 + 88, 1198 + 1078))


@pytest.mark.parametrize(("mode", "gross"), [("HalfEven", 178), ("HalfUp", 179), ("HalfDown", 178)])
def test_a_half_cent_of_tax_is_rounded_as_the_cart_says(mode: str, gross: int) -> None:
    # 1.50 x 1.19 = 1.785
    cart = create(customLineItems=[wrapping(150, "net")], taxRoundingMode=mode, **IN_GERMANY)
    assert taxed(cart) == (150, gross - 150, gross)


def test_half_even_rounds_up_to_an_even_cent_and_the_mode_can_change() -> None:
    # 0.50 x 1.19 = 0.595
    cart = create(customLineItems=[wrapping(50, "net")], **IN_GERMANY)
    assert taxed(cart) == (50, 10, 60)
    assert taxed(update(cart, {"action": "changeTaxRoundingMode", "taxRoundingMode": "HalfDown"})) == (50, 9, 59)


@pytest.mark.parametrize(
    ("mode", "quantity", "cents"),
    [("HalfEven", 1, 2), ("HalfEven", 3, 8), ("HalfUp", 1, 3), ("HalfDown", 3, 7), ("HalfDown", 2, 5)],
)
def test_prices_finer_than_a_cent_are_rounded_once_a_line(mode: str, quantity: int, cents: int) -> None:
    # 0.025 once is 2.5 cents, twice 5, three times 7.5.
    line = {**wrapping(0), "money": fractions(25), "quantity": quantity}
    assert total(create(customLineItems=[line], priceRoundingMode=mode)) == cents


def test_the_price_rounding_mode_can_change() -> None:
    cart = create(customLineItems=[{**wrapping(0), "money": fractions(25)}])
    assert total(cart) == 2
    assert total(update(cart, {"action": "changePriceRoundingMode", "priceRoundingMode": "HalfUp"})) == 3


@pytest.mark.parametrize(("quantity", "cents"), [(1, 999), (9, 9 * 999), (10, 10 * 899), (11, 11 * 899)])
def test_a_tier_price_holds_for_the_whole_quantity(quantity: int, cents: int) -> None:
    assert total(create(lineItems=[{"sku": "mug-blue", "quantity": quantity}])) == cents


@pytest.mark.parametrize(("extra", "shipping"), [(0, 495), (1, 0), (2, 0)])
def test_shipping_is_free_from_the_very_cent(extra: int, shipping: int) -> None:
    # Two books and a mug are 49.99; custom line items count as well.
    lines = [{"sku": "book", "quantity": 2}, {"sku": "mug-red"}]
    custom = [wrapping(extra)] if extra else []
    cart = create(lineItems=lines, customLineItems=custom, **IN_GERMANY, **STANDARD_METHOD)
    assert cart.shipping_info is not None
    assert cart.shipping_info.price.cent_amount == shipping
    assert total(cart) == 4999 + extra + shipping


def test_shipping_follows_the_lines() -> None:
    cart = create(lineItems=[{"sku": "book", "quantity": 3}], **IN_GERMANY, **STANDARD_METHOD)
    assert total(cart) == 6000
    fewer = update(cart, {"action": "changeLineItemQuantity", "lineItemId": cart.line_items[0].id, "quantity": 2})
    assert total(fewer) == 4000 + 495


@pytest.mark.parametrize(("books", "shipping"), [(4, 1290), (5, 600), (6, 600)])
def test_shipping_has_tiers_of_the_value(books: int, shipping: int) -> None:
    cart = create(lineItems=[{"sku": "book", "quantity": books}], **IN_GERMANY, shippingMethod={"key": "express"})
    assert total(cart) == books * 2000 + shipping


def test_a_negative_custom_line_item_lowers_the_total() -> None:
    cart = create(lineItems=[{"sku": "book"}], customLineItems=[wrapping(-500)], **IN_GERMANY)
    # -5.00 / 1.19 = -4.20 net; the book's net is 18.69.
    assert (total(cart), taxed(cart)) == (1500, (1869 - 420, 131 - 80, 1500))


def test_one_item_without_a_rate_leaves_the_cart_untaxed() -> None:
    cart = create(lineItems=[{"sku": "book"}, {"sku": "sticker"}], **IN_GERMANY)
    assert [line.taxed_price is not None for line in cart.line_items] == [True, False]
    assert (total(cart), taxed(cart)) == (2100, None)


def test_without_an_address_nothing_is_taxed() -> None:
    cart = create(lineItems=[{"sku": "book"}])
    assert (total(cart), taxed(cart), cart.line_items[0].tax_rate) == (2000, None, None)


def test_disabled_taxes_and_back() -> None:
    cart = create(
        lineItems=[{"sku": "book"}], customLineItems=[wrapping(250)], taxMode="Disabled", **IN_GERMANY, **STANDARD_METHOD
    )
    assert (total(cart), taxed(cart)) == (2000 + 250 + 495, None)
    with_taxes = update(cart, {"action": "changeTaxMode", "taxMode": "Platform"})
    # 2.50 / 1.19 = 2.10
    assert wants(cart, {"action": "changeTaxMode", "taxMode": "Platform"}) == [("sku", "book")]
    assert wants(cart, {"action": "changeTaxMode", "taxMode": "Disabled"}) == []
    assert taxed(with_taxes) == (1869 + 210 + 416, 131 + 40 + 79, 2745)
    assert taxed(update(with_taxes, {"action": "changeTaxMode", "taxMode": "Disabled"})) is None
