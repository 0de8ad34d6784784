"""My Carts and My Orders as functions: the owner is the door's, and what a draft must not say it cannot."""

import pytest
from msgspec.structs import replace

from domain.cart.buying import create
from domain.customer.jane import JANE, VIP
from domain.facts import PROJECT, catalogue, eur, facts, uid
from orderwright.domain.cart.mine import MY_ACTIONS, MyCartDraft, from_my_draft
from orderwright.domain.laws.ownership import TakeOver
from orderwright.domain.order.mine import MyOrderFromCartDraft, create_mine
from orderwright.domain.order.ownership import hand_over
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.references import Wanted
from orderwright.engine.steps import drained
from orderwright.errors import ApiError


def test_the_owner_is_the_doors_and_prices_from_outside_mean_nothing() -> None:
    known = facts()
    known.anonymous_id = "visit"
    one_cent = b'{"currencyCode":"EUR","centAmount":1}'
    draft = decode_body(MyCartDraft, b'{"currency":"EUR","lineItems":[{"sku":"book","externalPrice":%s}]}' % one_cent)
    cart = from_my_draft(draft, known)
    assert (cart.anonymous_id, cart.customer_id) == ("visit", None)
    assert (cart.line_items[0].price.value, cart.line_items[0].price_mode) == (eur(2000), "Platform")
    rate = b'{"name":"none","amount":0,"country":"DE"}'
    taxed = b'{"currency":"EUR","taxMode":"External","lineItems":[{"sku":"book","externalTaxRate":%s}]}' % rate
    own = from_my_draft(decode_body(MyCartDraft, taxed), known)
    assert (own.tax_mode, own.line_items[0].tax_rate) == ("External", None)
    with pytest.raises(ApiError) as refusal:
        from_my_draft(decode_body(MyCartDraft, b'{"currency":"EUR","taxMode":"Disabled"}'), known)
    assert (refusal.value.code, refusal.value.fields["field"]) == ("InvalidField", "taxMode")


def test_an_order_of_ones_own_has_no_number_and_changes_hands_with_its_group() -> None:
    address = {"country": "DE"}
    cart = create(lineItems=[{"sku": "book"}], shippingAddress=address, anonymousId="visit")
    draft = MyOrderFromCartDraft(id=cart.id, version=1)
    found = {Wanted("cart", "id", cart.id): cart}
    assert list(draft.wants()) == list(found)
    assert Wanted("variant", "sku", "book") in list(draft.wants_on(found))
    order = drained(create_mine(draft, facts(found=list(found.items()), first_id=5000))).after
    assert (order.order_number, order.payment_state, order.total_price.cent_amount) == (None, None, 2000)
    known = facts(found=[(Wanted("customer", "id", JANE.id), JANE)])
    taken = hand_over.apply(order, [TakeOver(customer_id=JANE.id)], known).after
    assert (taken.customer_id, taken.customer_group, taken.anonymous_id) == (uid(600), VIP, None)


@pytest.mark.parametrize("said", [None, True, False])
def test_an_owner_sets_a_custom_shipping_method_unless_the_project_says_no(said: bool | None) -> None:
    settings = replace(PROJECT.carts, custom_shipping_method_at_my_carts_enabled=said)
    known = facts(catalogue(replace(PROJECT, carts=settings)))
    cart = create(lineItems=[{"sku": "book"}], shippingAddress={"country": "DE"})
    rate = {"name": "none", "amount": 0, "country": "DE"}
    action = {
        "action": "setCustomShippingMethod",
        "shippingMethodName": "Bicycle",
        "shippingRate": {"price": {"currencyCode": "EUR", "centAmount": 300}},
        "taxCategory": {"key": "standard"},
        # Not hers to say.
        "externalTaxRate": rate,
    }
    body = encode({"version": 1, "actions": [action]})
    actions = decode_body(MY_ACTIONS.update_type(), body).actions
    if said is False:
        with pytest.raises(ApiError) as refusal:
            MY_ACTIONS.apply(cart, actions, known)
        assert refusal.value.code == "InvalidOperation"
        return
    info = MY_ACTIONS.apply(cart, actions, known).after.shipping_info
    assert info is not None
    assert (info.price, info.tax_rate and info.tax_rate.name) == (eur(300), "DE 0.19")
