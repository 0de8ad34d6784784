"""What holds for every cart: the parts add up to the whole."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cart.buying import create, total, update
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import Cart

SKUS = ("mug-blue", "mug-red", "book", "pencil")
quantities = st.integers(1, 40)
lines = st.lists(st.builds(lambda sku, quantity: {"sku": sku, "quantity": quantity}, st.sampled_from(SKUS), quantities))
custom = st.builds(
    lambda slug, mills, quantity, category: {
        "name": {"en": slug},
        "slug": slug,
        "money": {"type": "highPrecision", "currencyCode": "EUR", "fractionDigits": 4, "preciseAmount": mills},
        "quantity": quantity,
        "taxCategory": {"key": category},
    },
    st.sampled_from(("one", "two", "three")),
    st.integers(-100_000, 1_000_000),
    quantities,
    st.sampled_from(("standard", "net", "reduced")),
)
modes = st.fixed_dictionaries(
    {
        "priceRoundingMode": st.sampled_from(("HalfEven", "HalfUp", "HalfDown")),
        "taxRoundingMode": st.sampled_from(("HalfEven", "HalfUp", "HalfDown")),
        "taxCalculationMode": st.sampled_from(("LineItemLevel", "UnitPriceLevel")),
    }
)


def check_sums(cart: Cart) -> None:
    items: list[LineItem | CustomLineItem] = [*cart.line_items, *cart.custom_line_items]
    shipping = cart.shipping_info
    assert shipping is not None
    assert total(cart) == sum(item.total_price.cent_amount for item in items) + shipping.price.cent_amount
    taxed = [item.taxed_price for item in items] + [shipping.taxed_price]
    for price in [*taxed, cart.taxed_price]:
        assert price is not None
        assert price.total_tax is not None
        tax = price.total_gross.cent_amount - price.total_net.cent_amount
        assert price.total_tax.cent_amount == tax == sum(portion.amount.cent_amount for portion in price.tax_portions)
    assert cart.taxed_price is not None
    assert cart.taxed_price.total_net.cent_amount == sum(price.total_net.cent_amount for price in taxed if price)
    assert cart.taxed_price.total_gross.cent_amount == sum(price.total_gross.cent_amount for price in taxed if price)


@settings(deadline=None, max_examples=60)
@given(lines=lines, custom=st.lists(custom, max_size=3, unique_by=lambda item: item["slug"]), modes=modes)
def test_sums(lines: list[dict[str, Any]], custom: list[dict[str, Any]], modes: dict[str, Any]) -> None:
    cart = create(
        lineItems=lines,
        customLineItems=custom,
        shippingAddress={"country": "DE"},
        shippingMethod={"key": "standard"},
        **modes,
    )
    check_sums(cart)
    assert update(cart) == cart
    assert update(cart, {"action": "recalculate"}) == cart
