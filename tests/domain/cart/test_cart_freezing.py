"""Frozen carts: what they keep, what they refuse, and what is told."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, total, update
from domain.facts import BOOK, MUG, STANDARD, STANDARD_SHIPPING, catalogue, eur, facts, price, uid
from orderwright.domain.cart.messages import CartFrozen, CartUnfrozen
from orderwright.domain.cart.resource import RESOURCE
from orderwright.domain.order.from_cart import check_prices, check_shipping_method
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.steps import drained
from orderwright.errors import ApiError

FREEZE, UNFREEZE = {"action": "freezeCart"}, {"action": "unfreezeCart"}
HARD = {**FREEZE, "strategy": "HardFreeze"}
RECALCULATE = {"action": "recalculate"}
EXPIRED = replace(BOOK, variant=replace(BOOK.variant, prices=()))
DEARER = replace(BOOK, variant=replace(BOOK.variant, prices=(price(599, eur(2500)),)))


def shipped() -> Cart:
    # 9.99 + 20.00 + 4.95 of shipping.
    cart = create(
        lineItems=[{"sku": "mug-blue", "key": "mug"}, {"sku": "book", "key": "book"}],
        shippingAddress={"country": "DE"},
        shippingMethod={"key": "standard"},
    )
    assert total(cart) == 3494
    return cart


def dearer_shipping() -> Facts:
    """Books at 25.00, and standard shipping at 7.00 in Europe."""
    (europe, states) = STANDARD_SHIPPING.zone_rates
    dear = replace(europe, shipping_rates=tuple(replace(rate, price=eur(700)) for rate in europe.shipping_rates))
    method = replace(STANDARD_SHIPPING, zone_rates=(dear, states))
    return facts(catalogue(shipping_methods=(method,)), variants=(MUG, DEARER), first_id=2000)


def refusal(cart: Cart, *actions: dict[str, Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        update(cart, *actions)
    return caught.value


@pytest.mark.parametrize(("action", "strategy"), [(FREEZE, "SoftFreeze"), (HARD, "HardFreeze")])
def test_it_is_told_and_shown(action: dict[str, Any], strategy: str) -> None:
    cart = shipped()
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": 1, "actions": [action, UNFREEZE]}))
    change = RESOURCE.actions.apply(cart, decoded.actions, facts())
    assert change.messages == (CartFrozen(), CartUnfrozen())
    frozen = body(update(cart, action))
    assert (frozen["cartState"], frozen["freezeStrategy"]) == ("Frozen", strategy)
    assert "freezeStrategy" not in body(shipped())
    active = body(update(update(cart, action), UNFREEZE))
    assert (active["cartState"], "freezeStrategy" in active) == ("Active", False)


def test_what_can_not_be_frozen_or_unfrozen() -> None:
    assert refusal(create(), FREEZE).code == "InvalidOperation"
    assert refusal(shipped(), UNFREEZE).code == "InvalidOperation"
    assert refusal(shipped(), FREEZE, HARD).code == "InvalidOperation"
    gift = {"name": {"en": "Wrap"}, "slug": "wrap", "money": {"currencyCode": "EUR", "centAmount": 250}}
    only_custom = create(taxMode="Disabled", customLineItems=[gift])
    assert update(only_custom, FREEZE).cart_state == "Frozen"


@pytest.mark.parametrize(
    "action",
    [
        {"action": "addLineItem", "sku": "book"},
        {"action": "changeLineItemQuantity", "lineItemKey": "mug", "quantity": 2},
        {"action": "removeLineItem", "lineItemKey": "mug"},
        {"action": "setLineItemDistributionChannel", "lineItemKey": "mug"},
        {"action": "setLineItemSupplyChannel", "lineItemKey": "mug"},
        {"action": "setLineItemPrice", "lineItemKey": "mug"},
        {"action": "setLineItemTotalPrice", "lineItemKey": "mug"},
        {"action": "changeTaxMode", "taxMode": "Disabled"},
        {"action": "changePriceRoundingMode", "priceRoundingMode": "HalfUp"},
        {
            "action": "addCustomLineItem",
            "name": {"en": "Wrap"},
            "slug": "wrap",
            "money": {"currencyCode": "EUR", "centAmount": 250},
            "taxCategory": {"key": "standard"},
        },
        {"action": "changeCustomLineItemQuantity", "customLineItemKey": "no", "quantity": 2},
        {"action": "changeCustomLineItemMoney", "customLineItemKey": "no", "money": {"currencyCode": "EUR", "centAmount": 1}},
        {"action": "removeCustomLineItem", "customLineItemKey": "no"},
    ],
    ids=lambda action: action["action"],
)
@pytest.mark.parametrize("freeze", [FREEZE, HARD], ids=["soft", "hard"])
def test_what_could_change_a_price_is_refused(action: dict[str, Any], freeze: dict[str, Any]) -> None:
    frozen = update(shipped(), freeze)
    error = refusal(frozen, action)
    assert (error.code, type(error.fields["action"]).__name__.lower()) == ("InvalidOperation", action["action"].lower())
    assert "frozen" in str(error)
    # In the same request too, and not once it is over.
    assert refusal(shipped(), freeze, action).code == "InvalidOperation"


def test_shipping_is_another_matter_under_each_strategy() -> None:
    other = {"action": "setShippingMethod", "shippingMethod": {"key": "express"}}
    own = {
        "action": "setCustomShippingMethod",
        "shippingMethodName": "Bike",
        "shippingRate": {"price": {"currencyCode": "EUR", "centAmount": 300}},
    }
    # 9.99 + 20.00 + 12.90, and + 3.00.
    assert total(update(shipped(), FREEZE, other)) == 4289
    assert total(update(shipped(), FREEZE, own)) == 3299
    for action in (other, own, {"action": "setShippingAddress"}):
        assert refusal(shipped(), HARD, action).code == "InvalidOperation"
    assert "shippingInfo" not in body(update(shipped(), FREEZE, {"action": "setShippingAddress"}))


@pytest.mark.parametrize("freeze", [FREEZE, HARD], ids=["soft", "hard"])
def test_a_price_that_has_gone_stays_in_its_line(freeze: dict[str, Any]) -> None:
    frozen = update(shipped(), freeze)
    gone = facts(variants=(MUG, EXPIRED), first_id=2000)
    for action in (RECALCULATE, {"action": "setCountry", "country": "DE"}, {"action": "setCustomerGroup"}):
        after = update(frozen, action, known=gone)
        assert (total(after), len(after.line_items)) == (3494, 2)
    drained(check_prices(frozen, gone))
    with pytest.raises(ApiError) as caught:
        update(frozen, UNFREEZE, known=gone)
    assert caught.value.code == "MatchingPriceNotFound"


def test_a_soft_freeze_keeps_lines_and_a_hard_one_everything() -> None:
    known = dearer_shipping()
    soft, hard = update(shipped(), FREEZE), update(shipped(), HARD)
    # 9.99 + 20.00 + 7.00: the book keeps its price, shipping does not.
    assert total(update(soft, RECALCULATE, known=known)) == 3699
    assert total(update(hard, RECALCULATE, known=known)) == 3494
    # 9.99 + 25.00 + 7.00 without a freeze, and after it.
    assert total(update(shipped(), RECALCULATE, known=known)) == 4199
    assert total(update(soft, UNFREEZE, known=known)) == total(update(hard, UNFREEZE, known=known)) == 4199


def test_an_order_of_a_frozen_cart_takes_its_prices() -> None:
    known = dearer_shipping()
    soft, hard = update(shipped(), FREEZE), update(shipped(), HARD)
    drained(check_prices(hard, known))
    with pytest.raises(ApiError) as caught:
        drained(check_prices(soft, known))
    assert (caught.value.code, caught.value.fields["lineItems"], caught.value.fields["shipping"]) == ("PriceChanged", [], True)
    retired = facts(catalogue(shipping_methods=(replace(STANDARD_SHIPPING, active=False),)))
    check_shipping_method(hard, retired)
    with pytest.raises(ApiError) as caught:
        check_shipping_method(soft, retired)
    assert caught.value.code == "InvalidOperation"


def test_a_hard_freeze_keeps_the_shipping_of_its_day_at_another_address() -> None:
    """Taxes follow the address, as they must: in Paris 20 % are included, and New York is in no zone with a price in EUR."""
    mugs = create(lineItems=[{"sku": "mug-blue"}], shippingAddress={"country": "DE"}, shippingMethod={"key": "standard"})
    there = {"action": "setShippingAddress", "address": {"country": "FR"}}
    abroad = {"action": "setShippingAddress", "address": {"country": "US", "state": "NY"}}
    moved = update(mugs, HARD, there)
    assert (moved.total_price, moved.line_items[0].tax_rate) == (eur(999 + 495), STANDARD.rates[1])
    assert refusal(mugs, FREEZE, abroad).code == "InvalidOperation"
    assert update(mugs, HARD, abroad).total_price == eur(999 + 495)


def test_product_data_may_be_refreshed_without_the_price() -> None:
    frozen = update(shipped(), FREEZE)
    renamed = facts(variants=(MUG, replace(DEARER, name={"en": "Tome"})), first_id=2000)
    after = update(frozen, {**RECALCULATE, "updateProductData": True}, known=renamed)
    assert (after.line_items[1].name, total(after), after.line_items[1].price.id) == ({"en": "Tome"}, 3494, uid(511))


def test_the_rate_of_today_is_that_of_a_soft_freeze() -> None:
    """Rates of taxes are no prices: 19.00 % become 19 % of another id, which costs the same."""
    rates = tuple(replace(rate, id=uid(209)) for rate in STANDARD.rates)
    rules = catalogue(tax_categories=(replace(STANDARD, rates=rates), *catalogue().all("tax-category")[1:]))
    after = update(update(shipped(), FREEZE), RECALCULATE, known=facts(rules, first_id=2000))
    assert after.line_items[0].tax_rate is not None
    assert after.line_items[0].tax_rate.id == uid(209)
