"""What becomes of a cart with several shippings: an order, a copy, and what is left of it in another cart."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, taxed, update
from domain.facts import EUROPE, EXPRESS, FLAT, STANDARD_SHIPPING, catalogue, eur, facts, method
from domain.order.orders import act, knowing, placed, reason, refused, told
from domain.order.orders import create as order_from
from domain.sale.several import BERLIN, NOT_ALLOWED, SHIPPING, costs, going, mugs, portions, rates, several
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.domain.order.replicate import ReplicaCartDraft, replicating
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping.several import deliveries_of
from orderwright.domain.signing.merge import check_mergeable, with_lines_of
from orderwright.engine.facts import Catalogue
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier
from orderwright.engine.steps import drained
from orderwright.errors import ApiError

ON_MUGS = {"lineItemKey": "mugs"}
DETAILS = {"action": "setLineItemShippingDetails", **ON_MUGS}


def refusal(cart: Cart, rules: Catalogue | None = None) -> dict[str, Any]:
    with pytest.raises(ApiError) as caught:
        order_from(OrderFromCartDraft(version=cart.version, cart=ResourceIdentifier(id=cart.id)), knowing(cart, rules))
    return reason(caught.value)


def copied(source: Cart | Order, rules: Catalogue | None = None) -> Cart:
    draft = ReplicaCartDraft(reference=Reference(type_id="cart", id=source.id))
    return drained(replicating(source, draft, facts(rules, first_id=7000)))


def test_an_order_is_the_cart_with_its_shippings() -> None:
    cart = several()
    order = placed(cart)
    assert (order.shipping_mode, order.shipping, order.shipping_address) == ("Multiple", cart.shipping, None)
    assert (order.line_items, order.taxed_price) == (cart.line_items, cart.taxed_price)
    assert order.taxed_shipping_price == cart.taxed_shipping_price
    adding = {"action": "addDelivery", "shippingKey": "fast", "items": [{"id": order.line_items[0].id, "quantity": 2}]}
    delivered = act(order, adding)
    assert [each["type"] for each in told(delivered)] == ["DeliveryAdded"]
    assert len(delivered.after.shipping[1].shipping_info.deliveries or ()) == len(deliveries_of(delivered.after)) == 1
    extra = {"type": {"typeId": "type", "key": "extra"}, "fields": {"note": "ring"}}
    set_type = {"action": "setShippingCustomType", **extra}
    shown = body(act(order, {**set_type, "shippingKey": "fast"}).after)["shipping"]
    assert [each.get("shippingCustomFields", {}).get("fields") for each in shown] == [None, {"note": "ring"}]
    assert refused(order, set_type) == NOT_ALLOWED


def test_all_units_of_an_order_go_with_a_method() -> None:
    answer = {"status": 400, "code": "InvalidItemShippingDetails", "subject": "LineItem"}
    silent = several({"sku": "mug-blue"})
    assert refusal(silent) == {**answer, "itemId": silent.line_items[0].id}
    cart = several()
    partly = update(cart, {**DETAILS, "shippingDetails": going(slow=1)})
    assert refusal(partly) == {**answer, "itemId": cart.line_items[0].id}
    gone = update(cart, {"action": "removeShippingMethod", "shippingKey": "fast"})
    assert refusal(gone) == NOT_ALLOWED
    order = placed(cart)
    moved = act(order, {**DETAILS, "shippingDetails": going(slow=3)}).after
    assert [target.quantity for target in (moved.line_items[0].shipping_details or pytest.fail("none")).targets] == [3]
    assert refused(order, {**DETAILS, "shippingDetails": going(slow=1)}) == {**answer, "itemId": order.line_items[0].id}
    assert refused(order, DETAILS) == {**answer, "itemId": order.line_items[0].id}


def test_each_shipping_must_cost_what_it_costs_today() -> None:
    cart = several()
    dearer = method(12, "express", (EUROPE, replace(FLAT, price=eur(1500))))
    items, shipping = [cart.line_items[0].id], True
    changed = refusal(cart, catalogue(shipping_methods=[STANDARD_SHIPPING, dearer]))
    assert changed == {"status": 400, "code": "PriceChanged", "lineItems": [], "shipping": shipping}
    inactive = replace(EXPRESS, active=False)
    assert refusal(cart, catalogue(shipping_methods=[STANDARD_SHIPPING, inactive])) == NOT_ALLOWED
    unfit = replace(EXPRESS, predicate='customerEmail = "other@example.com"')
    answer = refusal(cart, catalogue(shipping_methods=[STANDARD_SHIPPING, unfit]))
    assert answer == {"status": 400, "code": "ShippingMethodDoesNotMatchCart"}
    # A method that was deleted is taken as it was.
    left = catalogue(shipping_methods=[STANDARD_SHIPPING])
    order = order_from(OrderFromCartDraft(version=cart.version, cart=ResourceIdentifier(id=cart.id)), knowing(cart, left)).after
    assert (order.shipping, len(items)) == (cart.shipping, 1)


def test_a_copy_has_the_shippings_that_it_may_take() -> None:
    own = {
        "key": "odd",
        "shippingMethodName": "Bicycle",
        "shippingAddress": BERLIN,
        "shippingRate": {"price": {"currencyCode": "EUR", "centAmount": 300}},
        "taxCategory": {"key": "standard"},
        "custom": {"type": {"typeId": "type", "key": "extra"}, "fields": {"note": "ring"}},
    }
    cart = several(mugs(slow=1, odd=2), customShipping=[own])
    order = act(placed(cart), {"action": "addDelivery", "shippingKey": "odd"}).after
    copy = copied(order)
    assert (costs(copy), taxed(copy), deliveries_of(copy)) == (costs(cart), taxed(cart), ())
    assert body(copy)["shipping"][2]["shippingCustomFields"]["fields"] == {"note": "ring"}
    assert portions(copy.line_items[0]) == portions(cart.line_items[0])
    fewer = copied(order, catalogue(shipping_methods=[STANDARD_SHIPPING, replace(EXPRESS, active=False)]))
    assert list(costs(fewer)) == list(rates(fewer.line_items[0])) == ["slow", "odd"]
    nowhere = copied(order, catalogue(shipping_methods=[method(11, "standard"), EXPRESS]))
    assert (list(costs(nowhere)), taxed(nowhere)) == (["fast", "odd"], None)


def test_a_line_leaves_the_methods_of_its_cart_behind() -> None:
    cart = several()
    merged = with_lines_of(create(shippingAddress=BERLIN), cart, facts())
    (line,) = merged.line_items
    assert (line.per_method_tax_rate, line.taxed_price_portions, line.taxed_price, line.shipping_details) == ((), (), None, None)
    into = with_lines_of(several({"sku": "mug-red"}), create(lineItems=[{"sku": "mug-blue"}], shippingAddress=BERLIN), facts())
    assert (into.line_items[1].tax_rate, into.line_items[1].taxed_price) == (None, None)
    # 9.99 in Germany: 8.39 and 1.60.
    again = update(merged, {"action": "recalculate"})
    assert taxed(again) == (2518, 479, 2997)
    check_mergeable(cart, facts())
    with pytest.raises(ApiError, match="not active"):
        check_mergeable(cart, facts(catalogue(shipping_methods=[replace(STANDARD_SHIPPING, active=False)])))
    assert len(SHIPPING) == 2
