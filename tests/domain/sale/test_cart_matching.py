"""Which shipping methods a cart or a place is offered, and which of their rates and tiers are marked."""

from typing import Any

import pytest

from domain.cart.buying import create, update
from domain.facts import facts
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping.matching import matching_cart, matching_place
from orderwright.domain.sale.shipping.method import ShippingMethod
from orderwright.domain.shop.zone import Location
from orderwright.errors import ApiError

BERLIN = {"country": "DE", "city": "Berlin"}


def names(methods: list[ShippingMethod]) -> list[str | None]:
    return [method.key for method in methods]


def bought(books: int, **draft: Any) -> Cart:
    return create(country="DE", lineItems=[{"sku": "book", "quantity": books}], **draft)


def test_a_cart_is_offered_what_ships_to_its_address_and_may_be_taken() -> None:
    cart = bought(1, shippingAddress=BERLIN)
    assert names(matching_cart(cart, None, facts())) == ["standard", "express", "parcel"]
    in_store = bought(1, shippingAddress=BERLIN, store={"key": "berlin"})
    assert names(matching_cart(in_store, None, facts())) == ["standard", "express", "courier", "parcel"]


def test_another_place_may_be_asked_for_and_one_is_needed() -> None:
    cart = bought(1)
    assert names(matching_cart(cart, Location(country="FR"), facts())) == ["standard", "express", "parcel"]
    # The only rate into the US is in dollars.
    assert matching_cart(cart, Location(country="US"), facts()) == []
    with pytest.raises(ApiError) as refusal:
        matching_cart(cart, None, facts())
    assert refusal.value.code == "InvalidOperation"


@pytest.mark.parametrize(("books", "tier"), [(4, None), (5, True)])
def test_the_tier_that_the_carts_value_reaches_is_marked(books: int, tier: bool | None) -> None:
    """A book costs 20.00, the tier begins at 100.00."""
    express = matching_cart(bought(books, shippingAddress=BERLIN), None, facts())[1]
    (rate,) = express.zone_rates[0].shipping_rates
    assert (rate.is_matching, rate.tiers[0].is_matching) == (True, tier)


def test_a_place_is_offered_what_ships_there_whatever_is_bought() -> None:
    germany = Location(country="DE")
    assert names(matching_place(germany, None, facts())) == ["standard", "express", "courier"]
    assert matching_place(germany, "USD", facts()) == []
    (standard,) = matching_place(Location(country="US"), "USD", facts())
    marks = {zone.shipping_rates[0].price.currency_code: zone.shipping_rates[0].is_matching for zone in standard.zone_rates}
    assert marks == {"EUR": False, "USD": True}


def test_lines_are_put_in_another_order() -> None:
    cart = create(lineItems=[{"sku": "book"}, {"sku": "pencil"}])
    first, second = (line.id for line in cart.line_items)
    after = update(cart, {"action": "changeLineItemsOrder", "lineItemOrder": [second, first]})
    assert [line.id for line in after.line_items] == [second, first]
    for wrong in ([first], [first, first], [first, second, second]):
        with pytest.raises(ApiError) as refusal:
            update(cart, {"action": "changeLineItemsOrder", "lineItemOrder": wrong})
        assert refusal.value.code == "InvalidOperation"
