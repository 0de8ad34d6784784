"""Carts of which the units go with several shipping methods, each to an address of its own."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, taxed, total, update, wants
from domain.facts import NOW, PARCEL, PROJECT, catalogue, facts, uid
from domain.sale.several import (
    BERLIN,
    FAST,
    IN_GERMANY,
    NOT_ALLOWED,
    PARIS,
    SHIPPING,
    SLOW,
    amounts,
    costs,
    going,
    mugs,
    portions,
    rates,
    refused,
    refused_draft,
    several,
)
from orderwright.domain.custom.model import CustomFieldLocalizedEnumValue
from orderwright.domain.sale.model import Cart
from orderwright.domain.shop.project.model import CartClassificationType
from orderwright.engine.json.codec import to_builtins

ON_MUGS = {"lineItemKey": "mugs"}
DETAILS = {"action": "setLineItemShippingDetails", **ON_MUGS}
DELTA = {"action": "applyDeltaToLineItemShippingDetailsTargets", **ON_MUGS}
ADD_SLOW = {
    "action": "addShippingMethod",
    "shippingKey": "slow",
    "shippingMethod": {"key": "standard"},
    "shippingAddress": BERLIN,
}
OWN: dict[str, Any] = {
    "shippingMethodName": "Bicycle",
    "shippingAddress": BERLIN,
    "shippingRate": {"price": {"currencyCode": "EUR", "centAmount": 300}},
    "taxCategory": {"key": "standard"},
}


def test_each_method_ships_and_taxes_what_goes_with_it() -> None:
    cart = several()
    (line,) = cart.line_items
    # 9.99 with slow, 19.98 with fast; 4.95 and 12.90 for that.
    assert costs(cart) == {"slow": 495, "fast": 1290}
    assert total(cart) == 2997 + 495 + 1290
    assert rates(line) == {"slow": "DE 0.19", "fast": "FR 0.2"}
    # 9.99 / 1.19 = 8.3950; 19.98 / 1.2 = 16.65.
    assert portions(line) == {"slow": (839, 160, 999), "fast": (1665, 333, 1998)}
    assert (line.tax_rate, amounts(line.taxed_price)) == (None, (839 + 1665, 160 + 333, 2997))
    # 4.95 / 1.19 = 4.1597; 12.90 / 1.2 = 10.75.
    assert [amounts(each.shipping_info.taxed_price) for each in cart.shipping] == [(416, 79, 495), (1075, 215, 1290)]
    assert amounts(cart.taxed_shipping_price) == (1491, 294, 1785)
    assert taxed(cart) == (2504 + 1491, 493 + 294, 4782)
    assert cart.taxed_price is not None
    kinds = [(each.name, each.rate, each.amount.cent_amount) for each in cart.taxed_price.tax_portions]
    assert kinds == [("DE 0.19", Decimal("0.19"), 160 + 79), ("FR 0.2", Decimal("0.2"), 333 + 215)]
    assert (cart.shipping_info, cart.shipping_address) == (None, None)


def test_what_is_free_and_which_tier_holds_depends_on_all_lines_wherever_they_go() -> None:
    # Five mugs are worth 49.95, six 59.94.
    assert costs(several(mugs(slow=4, fast=1))) == {"slow": 495, "fast": 1290}
    assert costs(several(mugs(slow=1, fast=5))) == {"slow": 0, "fast": 1290}
    # From ten on a mug costs 8.99: eleven of them 98.89, twelve 107.88.
    assert costs(several(mugs(slow=1, fast=10)))["fast"] == 1290
    assert costs(several(mugs(slow=11, fast=1)))["fast"] == 600


def test_an_amount_that_does_not_divide_is_split_into_whole_cents() -> None:
    price = {"price": {"currencyCode": "EUR", "centAmount": 333}, "totalPrice": {"currencyCode": "EUR", "centAmount": 1000}}
    cart = several({**mugs(slow=1, fast=2), "externalTotalPrice": price}, shipping=IN_GERMANY)
    # A third of 10.00 is 3.33, the rest 6.67; / 1.19 = 2.7983 and 5.6050.
    assert portions(cart.line_items[0]) == {"slow": (280, 53, 333), "fast": (561, 106, 667)}
    fine = {"type": "highPrecision", "currencyCode": "EUR", "preciseAmount": -3333, "fractionDigits": 4}
    item = {"name": {"en": "less"}, "slug": "less", "money": fine, "quantity": 3, "taxCategory": {"key": "standard"}}
    less = several(customLineItems=[{**item, "shippingDetails": going(slow=1, fast=2)}], shipping=IN_GERMANY)
    # Three times -0.3333 is -1.00: -0.33 and -0.67; / 1.19 = -0.2773 and -0.5630.
    assert portions(less.custom_line_items[0]) == {"slow": (-28, -5, -33), "fast": (-56, -11, -67)}
    assert amounts(less.custom_line_items[0].taxed_price) == (-84, -16, -100)


@pytest.mark.parametrize(
    ("mode", "slow", "fast"),
    [
        # 1.08 x 1.19 = 1.2852 and 2.16 x 1.19 = 2.5704.
        ("LineItemLevel", (108, 21, 129), (216, 41, 257)),
        # 1.2852 rounded is 1.29, two of them 2.58.
        ("UnitPriceLevel", (108, 21, 129), (216, 42, 258)),
    ],
)
def test_units_are_taxed_as_the_cart_says(mode: str, slow: tuple[int, ...], fast: tuple[int, ...]) -> None:
    pencils = {"sku": "pencil", "quantity": 3, "shippingDetails": going(slow=1, fast=2)}
    cart = several(pencils, shipping=IN_GERMANY, taxCalculationMode=mode)
    assert portions(cart.line_items[0]) == {"slow": slow, "fast": fast}


def test_a_cart_is_taxed_once_all_units_go_somewhere() -> None:
    cart = several({"sku": "mug-blue", "key": "mugs", "quantity": 3})
    assert (portions(cart.line_items[0]), taxed(cart)) == ({}, None)
    assert costs(cart) == {"slow": 495, "fast": 1290}
    some = update(cart, {**DETAILS, "shippingDetails": going(slow=1)})
    assert portions(some.line_items[0]) == {"slow": (839, 160, 999)}
    assert (some.line_items[0].taxed_price, taxed(some)) == (None, None)
    whole = update(some, {**DELTA, "targetsDelta": going(fast=2)["targets"]})
    assert taxed(whole) == taxed(several())
    more = update(whole, {**DELTA, "targetsDelta": going(fast=1)["targets"]})
    assert (portions(more.line_items[0]), taxed(more)) == ({}, None)
    assert costs(more) == {"slow": 495, "fast": 1290}


def test_methods_are_added_and_removed() -> None:
    cart = create(
        shippingMode="Multiple",
        lineItems=[{"sku": "mug-blue", "key": "mugs", "quantity": 1}],
        itemShippingAddresses=[{"country": "DE", "key": "home"}],
    )
    assert (costs(cart), total(cart)) == ({}, 999)
    added = update(cart, ADD_SLOW, {**DETAILS, "shippingDetails": going(slow=1)})
    # 9.99 and 4.95: 8.39 + 4.16 net.
    assert (costs(added), taxed(added)) == ({"slow": 495}, (1255, 239, 1494))
    gone = update(added, {"action": "removeShippingMethod", "shippingKey": "slow"})
    assert (gone.shipping, rates(gone.line_items[0]), portions(gone.line_items[0]), total(gone)) == ((), {}, {}, 999)
    assert taxed(gone) is None
    # Its units still say how they go, so that another of its key takes them.
    again = update(gone, {**ADD_SLOW, "shippingAddress": PARIS})
    # 9.99 / 1.2 = 8.325, half to even; 4.95 / 1.2 = 4.125.
    assert taxed(again) == (832 + 412, 167 + 83, 1494)
    both = update(added, {"action": "removeShippingMethod", "shippingKey": "slow"}, {**ADD_SLOW, "shippingAddress": PARIS})
    assert body(both)["lineItems"] == body(again)["lineItems"]


def test_what_is_added_asks_for_the_products_of_all_lines() -> None:
    # They know the tax categories.
    own = {"action": "addCustomShippingMethod", "shippingKey": "odd", **OWN}
    assert wants(several(), ADD_SLOW, own) == wants(several(), own) == [("sku", "mug-blue")]


def test_a_method_of_the_carts_own() -> None:
    action = {"action": "addCustomShippingMethod", "shippingKey": "odd", **OWN}
    cart = update(several(), action, {**DETAILS, "shippingDetails": going(slow=1, odd=2)})
    info = cart.shipping[2].shipping_info
    assert (info.shipping_method, info.shipping_method_name, info.price.cent_amount) == (None, "Bicycle", 300)
    # 3.00 / 1.19 = 2.5210.
    assert amounts(info.taxed_price) == (252, 48, 300)
    assert portions(cart.line_items[0])["odd"] == (1679, 319, 1998)
    drafted = several(mugs(slow=1, odd=2), customShipping=[{"key": "odd", **OWN}])
    assert (taxed(drafted), costs(drafted)) == (taxed(cart), costs(cart))
    # A draft may leave its address to the cart.
    at_home = several(
        mugs(odd=1),
        customShipping=[{"key": "odd", **{**OWN, "shippingAddress": None}}],
        shippingAddress={"country": "FR", "key": "paris"},
    )
    assert at_home.shipping[2].shipping_address.country == "FR"
    assert refused_draft(customShipping=[{"key": "odd", **{**OWN, "shippingAddress": None}}]) == {
        "status": 400,
        "code": "RequiredField",
        "field": "shippingAddress",
    }


def test_each_shipping_has_an_input_of_its_own_and_else_the_carts() -> None:
    classes = tuple(CustomFieldLocalizedEnumValue(key=key, label={"en": key}) for key in ("light", "heavy"))
    known = facts(catalogue(replace(PROJECT, shipping_rate_input_type=CartClassificationType(values=classes))))
    tiers = [
        {"type": "CartClassification", "value": key, "price": {"currencyCode": "EUR", "centAmount": cents}}
        for key, cents in (("light", 100), ("heavy", 900))
    ]
    own = {**OWN, "shippingRate": {**OWN["shippingRate"], "tiers": tiers}}
    heavy, light = ({"type": "Classification", "key": key} for key in ("heavy", "light"))
    cart = create(
        known,
        shippingMode="Multiple",
        shippingRateInput=heavy,
        customShipping=[{"key": "a", **own, "shippingRateInput": light}, {"key": "b", **own}],
    )
    assert costs(cart) == {"a": 100, "b": 900}
    changed = update(cart, {"action": "setShippingRateInput"}, known=known)
    assert costs(changed) == {"a": 100, "b": 300}


def test_each_shipping_has_custom_fields_and_an_estimate() -> None:
    extra = {"type": {"typeId": "type", "key": "extra"}, "fields": {"note": "ring"}}
    window = {"from": "2026-05-25T12:00:00.000Z"}
    cart = several(shipping=[{**SHIPPING[0], "custom": extra}, SHIPPING[1]])
    changed = update(
        cart,
        {"action": "setShippingCustomField", "shippingKey": "slow", "name": "note", "value": "knock"},
        {"action": "setShippingCustomType", "shippingKey": "fast", **extra},
        {"action": "setEstimatedDelivery", "shippingKey": "fast", "estimatedDelivery": window},
    )
    slow, fast = body(changed)["shipping"]
    assert (slow["shippingCustomFields"]["fields"], fast["shippingCustomFields"]["fields"]) == (
        {"note": "knock"},
        {"note": "ring"},
    )
    assert (slow["shippingInfo"].get("estimatedDelivery"), fast["shippingInfo"]["estimatedDelivery"]) == (None, window)
    assert changed.shipping_custom_fields is None
    for action in ({"action": "setShippingCustomType"}, {"action": "setEstimatedDelivery"}):
        assert refused(cart, action) == NOT_ALLOWED
        assert (
            refused(create(shippingAddress=BERLIN, shippingMethod={"key": "standard"}), {**action, "shippingKey": "slow"})
            == NOT_ALLOWED
        )
        assert refused(cart, {**action, "shippingKey": "air"})["code"] == "InvalidField"


def test_deliveries_come_with_a_method() -> None:
    cart = several()
    items = [{"id": cart.line_items[0].id, "quantity": 1}]
    deliveries = [{"key": "first", "items": items, "parcels": [{"key": "box", "items": items}]}]
    add = {**ADD_SLOW, "shippingKey": "third", "deliveries": deliveries}
    (delivery,) = body(update(cart, add))["shipping"][2]["shippingInfo"]["deliveries"]
    assert (delivery["key"], delivery["createdAt"], delivery["parcels"][0]["key"]) == ("first", to_builtins(NOW), "box")
    assert refused(update(cart, add), {**add, "shippingKey": "fourth"})["code"] == "DuplicateField"
    foreign = [{"items": [{"id": uid(9), "quantity": 1}]}]
    assert refused(cart, {**add, "deliveries": foreign}) == {
        "status": 400,
        "code": "InvalidField",
        "field": "items.id",
        "invalidValue": uid(9),
    }


def single() -> Cart:
    return create(lineItems=[{"sku": "mug-blue", "key": "mugs"}], shippingAddress=BERLIN, shippingMethod={"key": "standard"})


@pytest.mark.parametrize(
    "action",
    [
        {"action": "setShippingMethod", "shippingMethod": {"key": "standard"}},
        {"action": "setShippingMethod"},
        {
            "action": "setCustomShippingMethod",
            **{name: OWN[name] for name in ("shippingMethodName", "shippingRate", "taxCategory")},
        },
    ],
)
def test_what_sets_the_only_method_is_not_for_several(action: dict[str, Any]) -> None:
    assert refused(several(), action) == NOT_ALLOWED
    update(single(), action)


@pytest.mark.parametrize(
    "action",
    [
        {**ADD_SLOW, "shippingKey": "third"},
        {"action": "addCustomShippingMethod", "shippingKey": "odd", **OWN},
        {"action": "removeShippingMethod", "shippingKey": "slow"},
    ],
)
def test_what_is_for_several_is_not_for_the_only_method(action: dict[str, Any]) -> None:
    assert refused(single(), action) == NOT_ALLOWED
    update(several(), action)


def test_drafts_of_the_other_mode_are_refused() -> None:
    assert refused_draft(shippingMode="Single") == NOT_ALLOWED
    assert refused_draft(shippingMethod={"key": "standard"}, shippingAddress=BERLIN) == NOT_ALLOWED


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({"shippingKey": ""}, {"code": "InvalidJsonInput"}),
        ({"shippingKey": "k" * 257}, {"code": "InvalidJsonInput"}),
        ({"shippingKey": "fast"}, {"code": "DuplicateField", "field": "shippingKey", "duplicateValue": "fast"}),
        ({"shippingMethod": {"key": "retired"}}, {"code": "InvalidOperation"}),
        # Of the store Berlin; the cart has none.
        ({"shippingMethod": {"key": "courier"}}, {"code": "InvalidOperation"}),
        # Its predicate asks for the country DE, which the cart does not have.
        ({"shippingMethod": {"key": "parcel"}}, {"code": "InvalidOperation"}),
        # No zone has Japan; the US have no rate in EUR.
        ({"shippingAddress": {"country": "JP"}}, {"code": "InvalidOperation"}),
        ({"shippingAddress": {"country": "US", "state": "NY"}}, {"code": "InvalidOperation"}),
        (
            {"shippingMethod": {"key": "air"}},
            {"code": "ReferencedResourceNotFound", "typeId": "shipping-method", "key": "air"},
        ),
    ],
)
def test_a_method_that_the_cart_may_not_take(more: dict[str, Any], answer: dict[str, Any]) -> None:
    told = refused(several(), {**ADD_SLOW, "shippingKey": "third", **more})
    assert {**told, "detailedErrorMessage": ""} == {"status": 400, **answer, "detailedErrorMessage": ""}


def test_a_rate_that_is_missing_at_one_address_refuses_the_method() -> None:
    # Books have no rate in France, whether one is sent there or not.
    cart = several({"sku": "book", "shippingDetails": going(slow=1)}, shipping=SHIPPING[:1])
    answer = refused(
        cart,
        {"action": "addShippingMethod", "shippingKey": "fast", "shippingMethod": {"key": "express"}, "shippingAddress": PARIS},
    )
    assert answer == {"status": 400, "code": "MissingTaxRateForCountry", "taxCategoryId": uid(3), "country": "FR"}
    assert refused(several(), {"action": "addLineItem", "sku": "book"})["code"] == "MissingTaxRateForCountry"


def test_a_predicate_in_a_draft_sees_the_lines_of_the_draft() -> None:
    two = replace(PARCEL, predicate='lineItemTotal(true) >= "19.98 EUR"')
    known = facts(catalogue(shipping_methods=[two]))
    draft = {
        "shippingMode": "Multiple",
        "shipping": [{"key": "a", "shippingMethod": {"typeId": "shipping-method", "id": two.id}, "shippingAddress": BERLIN}],
    }
    cart = create(known, **draft, lineItems=[{"sku": "mug-blue", "key": "mugs", "quantity": 2}])
    fewer = update(cart, {"action": "changeLineItemQuantity", **ON_MUGS, "quantity": 1}, known=known)
    assert [cart.shipping[0].shipping_info.shipping_method_state, fewer.shipping[0].shipping_info.shipping_method_state] == [
        "MatchesCart",
        "DoesNotMatchCart",
    ]
    with pytest.raises(Exception, match="predicate"):
        create(known, **draft, lineItems=[{"sku": "mug-blue"}])


def test_targets_name_a_method_of_the_cart() -> None:
    cart = several()
    nameless = {"targets": [{"addressKey": "home", "quantity": 3}]}
    assert refused(cart, {**DETAILS, "shippingDetails": nameless}) == NOT_ALLOWED
    unknown = {"targets": [{"addressKey": "home", "quantity": 3, "shippingMethodKey": "air"}]}
    assert refused(cart, {**DETAILS, "shippingDetails": unknown})["field"] == "shippingMethodKey"
    # An address is that of units of one method.
    other = [{"addressKey": "home", "quantity": 1, "shippingMethodKey": "fast"}]
    assert refused(cart, {**DELTA, "targetsDelta": other})["field"] == "shippingMethodKey"


def test_units_of_a_method_that_has_gone_can_be_taken_away() -> None:
    cart = update(several(), {"action": "removeShippingMethod", "shippingKey": "fast"})
    with_fast = [{"addressKey": "paris", "quantity": -2, "shippingMethodKey": "fast"}]
    moved = update(cart, {**DELTA, "targetsDelta": [*with_fast, *going(slow=2)["targets"]]})
    assert amounts(moved.line_items[0].taxed_price) == (2518, 479, 2997)
    remove = {"action": "removeLineItem", **ON_MUGS, "quantity": 2, "shippingDetailsToRemove": going(fast=2)}
    assert amounts(update(cart, remove).line_items[0].taxed_price) == (839, 160, 999)
    elsewhere = [{"addressKey": "work", "quantity": 1, "shippingMethodKey": "fast"}]
    assert refused(cart, {**DELTA, "targetsDelta": elsewhere})["field"] == "shippingMethodKey"


def test_a_method_of_a_store_is_for_the_carts_of_that_store() -> None:
    action = {**ADD_SLOW, "shippingKey": "third", "shippingMethod": {"key": "courier"}}
    berlin = several(store={"typeId": "store", "key": "berlin"})
    assert costs(update(berlin, action))["third"] == 495
    assert refused(several(store={"typeId": "store", "key": "paris"}), action) == NOT_ALLOWED


def test_an_address_of_the_cart_moves_no_shipping() -> None:
    cart = several()
    # Standard shipping does not go to Japan, and nothing is taxed there.
    moved = update(cart, {"action": "setShippingAddress", "address": {"country": "JP"}})
    assert (moved.shipping, taxed(moved)) == (cart.shipping, taxed(cart))


def test_there_is_an_end_to_shippings() -> None:
    many = [{**SLOW, "key": f"m{number}", "shippingAddress": BERLIN} for number in range(50)]
    full = several({"sku": "mug-blue"}, shipping=many)
    assert len(full.line_items[0].per_method_tax_rate) == 50
    assert refused(full, ADD_SLOW) == NOT_ALLOWED
    # A hundred lines and fifty shippings are 5,000.
    price = {"currencyCode": "EUR", "centAmount": 100}
    most = several(*[{"sku": "mug-blue", "externalPrice": price}] * 100, shipping=many)
    assert refused(most, {"action": "addLineItem", "sku": "book"}) == NOT_ALLOWED
    fewer = update(most, {"action": "removeShippingMethod", "shippingKey": "m0"}, {"action": "addLineItem", "sku": "book"})
    assert refused(fewer, {**ADD_SLOW, "shippingKey": "m0"}) == NOT_ALLOWED


def test_taxes_that_are_switched_off_stay_off() -> None:
    cart = several(taxMode="Disabled")
    assert (rates(cart.line_items[0]), portions(cart.line_items[0]), taxed(cart), total(cart)) == ({}, {}, None, 4782)
    assert taxed(update(cart, {"action": "changeTaxMode", "taxMode": "Platform"})) == taxed(several())


def test_a_shipping_needs_a_method() -> None:
    assert refused_draft(shipping=[{"key": "slow", "shippingAddress": BERLIN}])["code"] == "RequiredField"
    assert FAST["key"] == "fast"
