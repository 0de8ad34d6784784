"""Cart predicates: the API's own examples and every construct, on a cart worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.domain.sale.predicates import cart_predicate, known_rule
from orderwright.predicates import PredicateError


def eur(cents: int) -> dict[str, Any]:
    return {"type": "centPrecision", "currencyCode": "EUR", "centAmount": cents, "fractionDigits": 2}


def line(sku: str, quantity: int, total: int, **more: Any) -> dict[str, Any]:
    attributes = [{"name": "colour", "value": {"key": "red", "label": "Red"}}, {"name": "weight", "value": 2.5}]
    return {
        "productId": f"product-of-{sku}",
        "productKey": sku,
        "variant": {"id": 1, "sku": sku, "attributes": attributes},
        "price": {"value": eur(total // quantity)},
        "quantity": quantity,
        "totalPrice": eur(total),
        **more,
    }


TAXED = {"totalNet": eur(4000), "totalGross": eur(4760), "taxPortions": []}
CART = {
    "createdAt": "2026-03-01T10:00:00.000Z",
    "totalPrice": eur(10_250),
    "taxedPrice": {"totalNet": eur(8613), "totalGross": eur(10_250)},
    "customerEmail": "ada@example.com",
    "customerGroup": {"typeId": "customer-group", "id": "group-1"},
    "country": "DE",
    "store": {"typeId": "store", "key": "berlin"},
    "shippingAddress": {"country": "DE", "city": "Berlin", "custom": {"type": {}, "fields": {"floor": 4}}},
    "lineItems": [line("mug", 3, 5997, taxedPrice=TAXED), line("tea", 1, 2450, taxRate={"includedInPrice": False})],
    "customLineItems": [{"slug": "wrap", "quantity": 2, "money": eur(150), "totalPrice": eur(300)}],
    "shippingInfo": {
        "shippingMethodName": "Parcel",
        "price": eur(595),
        "taxRate": {"country": "DE", "includedInPrice": True},
        "taxCategory": {"typeId": "tax-category", "id": "standard"},
    },
    "custom": {"type": {"typeId": "type", "id": "t"}, "fields": {"express": True, "tags": ["a", "b"], "insured": eur(5000)}},
}
HOLD = [
    "true",
    "1 = 1",
    "1=1",
    "true = true",
    "not false",
    'customer.email = "ada@example.com" and customer.customerGroup.id = "group-1"',
    'totalPrice > "100.00 EUR"',
    'totalPrice = "102.5 EUR"',
    '"102.50 EUR" = totalPrice',
    "totalPrice.centAmount >= 10250",
    'taxedPrice.gross = "102.50 EUR"',
    'taxedPrice.net < "86.14 EUR"',
    'taxedPrice.gross.centAmount = 10250 and taxedPrice.net.currencyCode = "EUR"',
    "customer.customerGroup is defined",
    'currency = "EUR" and country in ("DE", "AT")',
    'country not in ("FR")',
    'store.key = "berlin"',
    'shippingInfo.taxRate.country = "DE"',
    'shippingInfo.price <= "5.95 EUR"',
    "shippingInfo.taxRate.includedInPrice",
    'createdAt > "2026-03-01T10:59:59+01:00"',
    'shippingAddress.city = "Berlin" and shippingAddress.custom.floor = 4',
    'shippingAddress(city = "Berlin")',
    "billingAddress is not defined",
    "billingAddress.city is empty",
    "custom.express = true",
    "custom.express",
    "custom.express and not custom.gift",
    'country\f=\f"DE"',
    'custom.tags contains all ("a", "b")',
    'custom.tags contains any ("z", "b")',
    'custom.tags = ("b", "a")',
    'custom.tags contains "b"',
    'not (custom.tags contains "z")',
    'origin is not defined and not (totalPrice <> "102.50 EUR")',
    'custom.insured > "49.99 EUR"',
    "custom.`no-such-field` is not defined",
    'not (custom.country = "Germany")',
    'lineItemCount(sku = "mug") > 2',
    "lineItemCount(true) = 4",
    'lineItemTotal(true = true) >= "84.47 EUR"',
    'lineItemTotal(sku = "nothing") = "0.00 EUR"',
    'lineItemNetTotal(sku = "mug") = "40.00 EUR"',
    'lineItemGrossTotal(sku = "mug") = "47.60 EUR"',
    'lineItemExists(attributes.colour = "red" and attributes.weight > 2)',
    'lineItemExists(product.key = "tea" and taxRate.includedInPrice = false) = true',
    'forAllLineItems(price >= "19.99 EUR")',
    'not forAllLineItems(sku = "mug")',
    "customLineItemCount(true) = 2",
    'customLineItemExists(money > "1.00 EUR" and slug = "wrap")',
    "lineItemTotal(true) > customLineItemTotal(true)",
    'shippingInfoExists(shippingMethodName = "Parcel")',
    'forAllShippingInfos(price < "6.00 EUR")',
    'lineItems(quantity > 2 and variant(sku = "mug"))',
    "totalPrice(centAmount > 1000)",
    '(country = "FR" or country = "DE") and not (country = "FR")',
]
FAIL = [
    "false",
    "1 = 2",
    'totalPrice > "102.50 EUR"',
    'totalPrice > "1.00 USD"',
    'totalPrice != "102.50 EUR"',
    'billingAddress.city = "Berlin"',
    'billingAddress.city != "Berlin"',
    'custom.express = "true"',
    "custom.insured",
    "custom.no",
    'custom.tags = ("a")',
    'custom.tags contains all ("a", "z")',
    'lineItemCount(sku = "mug") > 3',
    # Tea has no taxed price yet, so there is no net total of all.
    'lineItemNetTotal(true) >= "0.00 EUR"',
    'forAllLineItems(attributes.size = "xl")',
    'lineItemExists(sku = "mug" and quantity = 1)',
    "shippingAddress.country is not defined",
]


@pytest.mark.parametrize("text", HOLD)
def test_it_holds(text: str) -> None:
    assert cart_predicate(text)(CART) is True


@pytest.mark.parametrize("text", FAIL)
def test_it_does_not_hold(text: str) -> None:
    assert cart_predicate(text)(CART) is False


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "Unexpected end of input"),
        ("country =", "Unexpected end of input"),
        ('country = "DE" and', "Unexpected end of input"),
        ('country = "DE")', "Invalid input ')'"),
        ('colour = "red"', "'colour' does not exist"),
        ('customer.password = "secret"', "'customer.password' does not exist"),
        ('lineItemExists(categories.name = "x")', "'categories.name' does not exist"),
        ('lineItemExists(catalog.id = "x")', "'catalog.id' does not exist"),
        ('customerGroup.name = "VIP"', "'customerGroup.name' does not exist"),
        ("country = 5", "expected, not a number"),
        ('country in ("DE", "Germany")', "Invalid country code 'Germany' provided for the field 'country' (line 1, column 1)"),
        ('not (shippingInfo.taxRate.country = "de")', "Invalid country code 'de'"),
        ("totalPrice > 100", "Money is compared"),
        ('totalPrice > "100 euros"', "Money is compared"),
        ('createdAt > "yesterday"', "date and time"),
        ("country = totalPrice.centAmount", "different types"),
        ("totalPrice", "is compared with a value"),
        ("lineItemTotal(true)", "is compared with a value"),
        ('lineItemExists("x")', "is compared with a value"),
        ('cartTotal(true) > "5.00 EUR"', "'cartTotal' does not exist"),
        ("this is not a predicate", "Syntax error"),
        ("country = DE", "Syntax error"),
        ("colour = red", "Syntax error"),
        ('colour = "red" and country =', "Syntax error"),
        ('lineItemCount(colour = "red" > 2', "Syntax error"),
        ("shippingAddress. = 1", "the name of a field"),
        ("(" * 60 + "true" + ")" * 60, "deeper than 50 levels"),
        ("1 = 1 " + "or 1 = 1 " * 4000, "longer than 20000 characters"),
    ],
)
def test_what_cannot_be_asked(text: str, part: str) -> None:
    with pytest.raises(PredicateError) as caught:
        cart_predicate(text)
    assert part in caught.value.message


def test_a_stored_predicate_that_cannot_be_read_is_none() -> None:
    assert known_rule("country = ") is None
