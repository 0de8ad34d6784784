"""Addresses, countries and shipping methods: which prices, taxes and rates follow them."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, taxed, total, update, wants
from domain.facts import EUROPE, EXPRESS, FLAT, MUG, PROJECT, REDUCED, STANDARD, STANDARD_SHIPPING, catalogue, facts, method
from orderwright.domain.cart.resource import RESOURCE
from orderwright.domain.sale.lines.item_shipping import ItemShippingDetails, ItemShippingTarget
from orderwright.domain.sale.model import Cart
from orderwright.engine.json.codec import decode_body, encode, to_builtins
from orderwright.engine.model import Reference
from orderwright.errors import ApiError

GERMANY = {"country": "DE", "city": "Berlin"}
SET_STANDARD = {"action": "setShippingMethod", "shippingMethod": {"key": "standard"}}
WINDOW = {"from": "2024-05-03T08:00:00.000Z", "until": "2024-05-04T18:00:00.000Z"}


def mugs(**more: Any) -> Cart:
    return create(lineItems=[{"sku": "mug-blue"}], **more)


def to(address: dict[str, Any] | None) -> dict[str, Any]:
    return {"action": "setShippingAddress", **({"address": address} if address else {})}


def refused(cart: Cart, *actions: dict[str, Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        update(cart, *actions)
    assert caught.value.status == 400
    return caught.value


def test_an_address_brings_taxes_and_taking_it_away_takes_them() -> None:
    cart = mugs()
    assert wants(cart, to(GERMANY)) == [("sku", "mug-blue")]
    there = update(cart, to(GERMANY), SET_STANDARD)
    # 9.99 / 1.19 = 8.39; shipping 4.95 / 1.19 = 4.16
    assert taxed(there) == (839 + 416, 160 + 79, 1494)
    gone = update(there, to(None))
    assert (taxed(gone), gone.taxed_shipping_price, gone.shipping_address, gone.shipping_info) == (None, None, None, None)
    assert [(line.tax_rate, line.taxed_price) for line in gone.line_items] == [(None, None)]
    assert total(gone) == 999


def test_another_street_needs_no_reading_and_keeps_the_rates() -> None:
    cart = update(mugs(shippingAddress=GERMANY), {**SET_STANDARD, "estimatedDelivery": WINDOW})
    moved = to({"country": "DE", "city": "Hamburg"})
    assert wants(cart, moved) == []
    after = update(cart, moved, known=facts(variants=[]))
    assert taxed(after) == taxed(cart)
    assert after.shipping_info is not None
    assert after.shipping_info.estimated_delivery is None


def test_when_a_shipment_is_expected_is_set_and_told() -> None:
    cart = update(mugs(shippingAddress=GERMANY), SET_STANDARD)
    sent = {"action": "setEstimatedDelivery", "estimatedDelivery": WINDOW}
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": 1, "actions": [sent]}))
    change = RESOURCE.actions.apply(cart, decoded.actions, facts())
    assert body(change.after)["shippingInfo"]["estimatedDelivery"] == WINDOW
    assert [to_builtins(message) for message in change.messages] == [
        {"type": "CartEstimatedDeliverySet", "estimatedDelivery": WINDOW}
    ]
    gone = RESOURCE.actions.apply(change.after, [type(decoded.actions[0])()], facts())
    assert gone.after == cart
    assert [to_builtins(message) for message in gone.messages] == [{"type": "CartEstimatedDeliverySet"}]
    backwards = {"from": WINDOW["until"], "until": WINDOW["from"]}
    assert refused(cart, {**sent, "estimatedDelivery": backwards}).code == "InvalidInput"
    assert refused(cart, {**sent, "shippingKey": "fast"}).code == "InvalidOperation"
    assert refused(mugs(), sent).code == "InvalidOperation"


def test_another_country_takes_its_rates() -> None:
    cart = update(mugs(shippingAddress=GERMANY), to({"country": "FR"}))
    # 9.99 / 1.2 = 8.325, which HalfEven makes 8.32.
    assert taxed(cart) == (832, 167, 999)


def test_there_and_back_in_one_request() -> None:
    cart = mugs(shippingAddress=GERMANY)
    actions = (to(None), to(GERMANY))
    assert wants(cart, *actions) == [("sku", "mug-blue")]
    assert update(cart, *actions) == cart


def test_a_product_that_is_gone_is_taxed_by_its_last_category() -> None:
    cart = mugs(shippingAddress=GERMANY)
    assert taxed(update(cart, to({"country": "FR"}), known=facts(variants=[]))) == (832, 167, 999)


def test_a_product_that_is_gone_keeps_a_rate_that_is_gone_where_it_was_made_for() -> None:
    cart = mugs(shippingAddress=GERMANY)
    bare = replace(STANDARD, rates=())
    known = facts(catalogue(tax_categories=[bare]), variants=[])
    # 9.99 / 1.19 = 8.39: an order of this cart is not to become one without tax.
    assert taxed(update(cart, {"action": "recalculate"}, known=known)) == (839, 160, 999)
    assert taxed(update(cart, to({"country": "FR"}), known=known)) is None
    assert taxed(update(cart, {"action": "changeTaxMode", "taxMode": "Disabled"}, known=known)) is None


def test_a_product_that_is_gone_and_was_never_taxed_stays_untaxed() -> None:
    assert taxed(update(mugs(), to(GERMANY), known=facts(variants=[]))) is None


def test_the_same_again_changes_nothing() -> None:
    cart = mugs(shippingAddress=GERMANY, country="DE", shippingMethod={"key": "standard"})
    assert update(cart, to(GERMANY), {"action": "setCountry", "country": "DE"}, known=facts(variants=[])) == cart


def test_a_country_without_a_rate() -> None:
    error = refused(mugs(), to({"country": "US", "state": "CA"}))
    assert error.code == "MissingTaxRateForCountry"
    assert (error.fields["country"], error.fields["state"]) == ("US", "CA")
    with pytest.raises(ApiError, match="missing a tax rate"):
        create(lineItems=[{"sku": "book"}], shippingAddress={"country": "FR"})


def test_a_state_may_fall_back_to_its_country() -> None:
    bavaria = {"country": "DE", "state": "BY"}
    assert refused(mugs(), to(bavaria)).code == "MissingTaxRateForCountry"
    carts = replace(PROJECT.carts, country_tax_rate_fallback_enabled=True)
    known = facts(catalogue(project=replace(PROJECT, carts=carts)))
    assert taxed(update(mugs(), to(bavaria), known=known)) == (839, 160, 999)


def test_the_billing_address() -> None:
    cart = update(create(), {"action": "setBillingAddress", "address": GERMANY})
    assert body(cart)["billingAddress"] == GERMANY
    assert update(cart, {"action": "setBillingAddress"}).billing_address is None


def test_the_country_selects_prices() -> None:
    cart = mugs()
    french = {"action": "setCountry", "country": "FR"}
    assert wants(cart, french) == [("sku", "mug-blue")]
    assert total(update(cart, french)) == 1049
    assert wants(update(cart, french), french) == []
    assert total(update(cart, french, {"action": "setCountry"})) == 999


def test_another_country_leaves_the_price_of_a_product_that_is_gone() -> None:
    cart = mugs(country="FR")
    assert total(update(cart, {"action": "setCountry", "country": "DE"}, known=facts(variants=[]))) == 1049


def test_a_country_may_have_no_price() -> None:
    french = replace(MUG, variant=replace(MUG.variant, prices=MUG.variant.prices and MUG.variant.prices[1:2]))
    cart = create(facts(variants=[french]), country="FR", lineItems=[{"sku": "mug-blue"}])
    with pytest.raises(ApiError) as caught:
        update(cart, {"action": "setCountry", "country": "DE"}, known=facts(variants=[french]))
    assert (caught.value.code, caught.value.fields["country"]) == ("MatchingPriceNotFound", "DE")


def test_the_country_of_a_store() -> None:
    cart = mugs(store={"key": "berlin"})
    error = refused(cart, {"action": "setCountry", "country": "FR"})
    assert (error.code, error.fields["storeCountries"]) == ("CountryNotConfiguredInStore", ["DE"])
    assert update(cart, {"action": "setCountry", "country": "DE"}).country == "DE"


def test_item_shipping_addresses() -> None:
    add = {"action": "addItemShippingAddress", "address": {"country": "DE", "key": "one"}}
    cart = update(create(), add)
    assert refused(cart, add).code == "DuplicateField"
    changed = update(cart, {"action": "updateItemShippingAddress", "address": {"country": "FR", "key": "one"}})
    assert [address.country for address in changed.item_shipping_addresses] == ["FR"]
    assert update(cart, {"action": "removeItemShippingAddress", "addressKey": "one"}).item_shipping_addresses == ()
    error = refused(cart, {"action": "removeItemShippingAddress", "addressKey": "two"})
    assert (error.code, error.fields["field"]) == ("InvalidField", "addressKey")
    targets = (ItemShippingTarget(address_key="one", quantity=1),)
    line = replace(mugs().line_items[0], shipping_details=ItemShippingDetails(valid=True, targets=targets))
    used = replace(cart, line_items=(line,))
    assert refused(used, {"action": "removeItemShippingAddress", "addressKey": "one"}).code == "InvalidOperation"
    unkeyed = {"action": "updateItemShippingAddress", "address": {"country": "FR"}}
    assert refused(cart, unkeyed).code == "RequiredField"


def test_setting_a_shipping_method() -> None:
    cart = update(mugs(shippingAddress=GERMANY), {**SET_STANDARD, "estimatedDelivery": WINDOW})
    info = body(cart)["shippingInfo"]
    assert (info["shippingMethodName"], info["shippingMethodState"], info["deliveries"]) == ("Standard", "MatchesCart", [])
    assert (info["price"]["centAmount"], info["shippingRate"]["freeAbove"]["centAmount"]) == (495, 5000)
    assert (info["taxRate"]["amount"], info["estimatedDelivery"]) == (0.19, WINDOW)
    assert info["shippingMethod"]["typeId"] == "shipping-method"
    assert total(cart) == 999 + 495
    without = update(cart, {"action": "setShippingMethod"})
    assert (without.shipping_info, total(without)) == (None, 999)


def test_methods_that_the_cart_may_not_take() -> None:
    cart = mugs(shippingAddress=GERMANY)

    def choosing(key: str, other: Cart = cart) -> ApiError:
        return refused(other, {"action": "setShippingMethod", "shippingMethod": {"key": key}})

    assert choosing("nothing").code == "ReferencedResourceNotFound"
    in_paris = mugs(shippingAddress=GERMANY, store={"key": "paris"})
    in_new_york = mugs(shippingAddress={"country": "US", "state": "NY"})
    assert "shipping address" in choosing("standard", mugs()).message
    assert "is not active" in choosing("retired").message
    assert "store" in choosing("courier").message
    assert "store" in choosing("courier", in_paris).message
    assert "predicate" in choosing("parcel").message
    assert "rate for location 'US - NY'" in choosing("express", in_new_york).message
    assert "currency 'USD'" in choosing("express", mugs(shippingAddress=GERMANY, currency="USD")).message
    assert choosing("retired").code == "InvalidOperation"
    allowed = mugs(shippingAddress=GERMANY, store={"key": "berlin"}, shippingMethod={"key": "courier"})
    assert total(allowed) == 999 + 495


def test_an_estimate_without_a_method_is_refused() -> None:
    assert refused(mugs(), {"action": "setShippingMethod", "estimatedDelivery": WINDOW}).code == "InvalidField"


def test_a_predicate_follows_the_cart() -> None:
    cart = mugs(shippingAddress=GERMANY, country="DE", shippingMethod={"key": "parcel"})
    assert cart.shipping_info is not None
    assert cart.shipping_info.shipping_method_state == "MatchesCart"
    elsewhere = update(cart, {"action": "setCountry", "country": "FR"})
    assert elsewhere.shipping_info is not None
    assert elsewhere.shipping_info.shipping_method_state == "DoesNotMatchCart"


def test_a_predicate_sees_the_totals_of_the_same_request() -> None:
    big = method(16, "big", (EUROPE, FLAT), predicate="totalPrice(centAmount >= 2000)")
    known = facts(catalogue(shipping_methods=[big]))
    choose = {"action": "setShippingMethod", "shippingMethod": {"key": "big"}}
    cart = mugs(shippingAddress=GERMANY)
    assert total(update(cart, {"action": "addLineItem", "sku": "book"}, choose, known=known)) == 2999 + 495
    with pytest.raises(ApiError, match="does not match the cart"):
        update(cart, choose, known=known)


def test_a_predicate_that_cannot_be_read_holds_for_no_cart() -> None:
    odd = method(16, "odd", (EUROPE, FLAT), predicate="country = ")
    with pytest.raises(ApiError, match="does not match the cart"):
        create(facts(catalogue(shipping_methods=[odd])), shippingAddress=GERMANY, shippingMethod={"key": "odd"})


def test_another_zone_takes_its_rate_or_is_refused() -> None:
    cart = mugs(shippingAddress={"country": "US", "state": "NY"}, currency="USD", shippingMethod={"key": "standard"})
    assert total(cart) == 1100 + 990
    # The method ships to Europe for EUR only.
    error = refused(cart, to({"country": "DE"}))
    assert (error.code, "currency 'USD'" in error.message) == ("InvalidOperation", True)


def test_shipping_is_taxed_by_the_category_that_the_method_has_today() -> None:
    cart = mugs(shippingAddress=GERMANY, shippingMethod={"key": "standard"})
    reduced = replace(STANDARD_SHIPPING, tax_category=Reference(type_id="tax-category", id=REDUCED.id))
    known = facts(catalogue(shipping_methods=[reduced]))
    # A mug at 19 %: 9.99 / 1.19 = 8.39; shipping at 19 %: 4.95 / 1.19 = 4.16, at 7 %: 4.95 / 1.07 = 4.63.
    assert taxed(update(cart, {"action": "setKey", "key": "same"}, known=known)) == (839 + 416, 160 + 79, 1494)
    assert taxed(update(cart, {"action": "recalculate"}, known=known)) == (839 + 463, 160 + 32, 1494)


def test_a_rate_stays_until_it_is_asked_for_again() -> None:
    cart = mugs(shippingAddress=GERMANY, shippingMethod={"key": "express"})
    dearer = replace(EXPRESS, zone_rates=(replace(EXPRESS.zone_rates[0], shipping_rates=(FLAT,)),))
    known = facts(catalogue(shipping_methods=[dearer]))
    assert total(update(cart, {"action": "setKey", "key": "same"}, known=known)) == 999 + 1290
    assert total(update(cart, {"action": "recalculate"}, known=known)) == 999 + 495
    gone = facts(catalogue(shipping_methods=[]))
    assert total(update(cart, {"action": "recalculate"}, known=gone)) == 999 + 1290
