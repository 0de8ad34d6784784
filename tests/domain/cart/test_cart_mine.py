"""My Carts and My Orders as functions: the owner is the door's, and what a draft must not say it cannot."""

import pytest

from domain.cart.buying import create
from domain.customer.jane import JANE, VIP
from domain.facts import eur, facts, uid
from orderwright.domain.cart.mine import MyCartDraft, from_my_draft
from orderwright.domain.laws.ownership import TakeOver
from orderwright.domain.order.mine import MyOrderFromCartDraft, create_mine
from orderwright.domain.order.ownership import hand_over
from orderwright.engine.json.codec import decode_body
from orderwright.engine.references import Wanted
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
    order = create_mine(draft, facts(found=list(found.items()), first_id=5000)).after
    assert (order.order_number, order.payment_state, order.total_price.cent_amount) == (None, None, 2000)
    known = facts(found=[(Wanted("customer", "id", JANE.id), JANE)])
    taken = hand_over.apply(order, [TakeOver(customer_id=JANE.id)], known).after
    assert (taken.customer_id, taken.customer_group, taken.anonymous_id) == (uid(600), VIP, None)
