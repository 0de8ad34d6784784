"""Actions of one update, together: what follows from them is done once, and the cart is what it would be after each by itself."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.cart.buying import create, taxed, total, update
from domain.facts import EUROPE, FLAT, NOW, catalogue, facts, method
from orderwright.domain.sale import refresh
from orderwright.domain.sale.model import Cart
from orderwright.engine.actions import Following
from orderwright.engine.facts import Facts
from orderwright.errors import ApiError

DE, FR = {"country": "DE"}, {"country": "FR"}
NEW_YORK = {"country": "US", "state": "NY"}
ACTIONS: list[dict[str, Any]] = [
    {"action": "setCountry", "country": "DE"},
    {"action": "setCountry", "country": "FR"},
    {"action": "setShippingAddress", "address": DE},
    {"action": "setShippingAddress", "address": FR},
    {"action": "setShippingAddress"},
    {"action": "changeTaxMode", "taxMode": "Disabled"},
    {"action": "changeTaxMode", "taxMode": "Platform"},
    {"action": "recalculate"},
    {"action": "recalculate", "updateProductData": True},
    {"action": "addLineItem", "sku": "mug-blue", "quantity": 12},
    {"action": "addLineItem", "sku": "sticker"},
    {"action": "setShippingMethod"},
    {"action": "setLocale", "locale": "de"},
    {"action": "changeTaxCalculationMode", "taxCalculationMode": "UnitPriceLevel"},
]


def same(cart: Cart) -> Cart:
    """The cart without what tells lines apart and when they changed: a price that went and came back has not changed."""
    numbers = count()
    lines = tuple(replace(line, id=str(next(numbers)), last_modified_at=NOW) for line in cart.line_items)
    return replace(cart, line_items=lines)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=8))
def test_together_they_lead_where_they_lead_one_by_one(actions: list[dict[str, Any]]) -> None:
    before = create(country="DE", shippingAddress=DE, lineItems=[{"sku": "mug-blue", "quantity": 2}, {"sku": "sticker"}])
    known = facts(first_id=2000)
    apart = before
    for action in actions:
        apart = update(apart, action, known=known)
    assert same(update(before, *actions)) == same(apart)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often each step ran that is done for all lines."""
    runs: dict[str, int] = {}

    def counting(step: Following) -> Following:
        name = getattr(step, "__name__", "")
        runs[name] = 0

        def run(cart: Cart, known: Facts) -> Any:
            runs[name] += 1
            return step(cart, known)

        return run

    monkeypatch.setattr("orderwright.domain.cart.actions.lifecycle.REFRESHING", tuple(map(counting, refresh.REFRESHING)))
    return runs


def test_500_recalculations_are_one(counted: dict[str, int]) -> None:
    cart = create(country="DE", shippingAddress=DE, lineItems=[{"sku": "mug-blue", "quantity": 2}])
    languages = [{"action": "setLocale", "locale": locale} for locale in ("de", "en")]
    after = update(cart, *[{"action": "recalculate"}, languages[0], {"action": "recalculate"}, languages[1]] * 125)
    # Two mugs at 9.99, of which 19 % are included: 19.98 is 16.79 and 3.19.
    assert (total(after), taxed(after)) == (1998, (1679, 319, 1998))
    assert counted == {"repriced": 1, "with_rate_of_today": 1, "with_rates": 1}


def test_where_a_cart_only_passes_through_needs_no_rates() -> None:
    """Books are taxed in Germany only. What holds is where the cart is sent in the end; the action that sent it there is told."""
    cart = create(shippingAddress=DE, lineItems=[{"sku": "book"}])
    away = [{"action": "setShippingAddress", "address": address} for address in (NEW_YORK, FR)]
    assert taxed(update(cart, *away, {"action": "setShippingAddress", "address": DE})) == taxed(cart) == (1869, 131, 2000)
    with pytest.raises(ApiError) as caught:
        update(cart, *away, {"action": "setLocale", "locale": "de"})
    assert (caught.value.code, caught.value.fields["country"]) == ("MissingTaxRateForCountry", "FR")
    assert caught.value.fields["action"].address.country == "FR"


def test_a_shipping_method_is_chosen_for_the_cart_as_the_actions_before_it_left_it() -> None:
    """Two mugs cost 19.98 in Germany and 20.98 in France, which is enough for a method from 20.00 on."""
    rules = catalogue(shipping_methods=(method(16, "big", (EUROPE, FLAT), predicate="totalPrice(centAmount >= 2000)"),))
    known = facts(rules, first_id=2000)
    cart = create(known, country="DE", shippingAddress=DE, lineItems=[{"sku": "mug-blue", "quantity": 2}])
    choose = {"action": "setShippingMethod", "shippingMethod": {"typeId": "shipping-method", "key": "big"}}
    with pytest.raises(ApiError):
        update(cart, choose, known=known)
    assert total(update(cart, {"action": "setCountry", "country": "FR"}, choose, known=known)) == 2 * 1049 + 495
