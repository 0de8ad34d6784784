"""Gifts: lines of their own that cost nothing, that go when they are not earned any more, and that can be refused."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import create, total, update
from domain.facts import VARIANTS, facts, uid
from domain.sale.discounts.test_direct_discounts import IN_GERMANY, buckets
from orderwright.domain.cart.finish import finish
from orderwright.domain.sale.discounts.model import DirectDiscount, GiftLineItemValue, LineItemsTarget, RelativeValue
from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts, UnreadError
from orderwright.engine.model import Reference
from orderwright.errors import ApiError

GIFT = DirectDiscount(id=uid(700), value=GiftLineItemValue(product=Reference(type_id="product", id=uid(50)), variant_id=1))
"""A blue mug, of 9.99, for nothing."""
TENTH = DirectDiscount(id=uid(701), value=RelativeValue(permyriad=1000), target=LineItemsTarget(predicate="1 = 1"))


def with_direct(cart: Cart, *discounts: DirectDiscount, known: Facts | None = None) -> Cart:
    return finish(replace(cart, direct_discounts=discounts), known or facts(first_id=3000))


def gift_of(cart: Cart) -> LineItem:
    (line,) = (line for line in cart.line_items if line.is_gift)
    return line


def test_a_gift_is_a_line_of_its_own_beside_the_same_product() -> None:
    # X11: the gift is what is bought; it keeps its price and costs nothing.
    cart = with_direct(create(lineItems=[{"sku": "mug-blue"}], **IN_GERMANY), GIFT)
    bought, gift = cart.line_items
    assert (bought.line_item_mode, bought.total_price.cent_amount, buckets(bought)) == ("Standard", 999, [])
    assert (gift.quantity, gift.price.value.cent_amount, gift.total_price.cent_amount) == (1, 999, 0)
    assert buckets(gift) == [(1, 0, [999])]
    assert (total(cart), cart.total_line_item_quantity) == (999, 2)
    assert gift.taxed_price is not None
    assert gift.taxed_price.total_gross.cent_amount == 0
    # Another one of it joins what is bought.
    more = update(cart, {"action": "addLineItem", "sku": "mug-blue"})
    assert [(line.is_gift, line.quantity) for line in more.line_items] == [(False, 2), (True, 1)]


def test_a_gift_that_is_lost_has_not_made_shipping_free() -> None:
    # 2 x 20.00 + 1.08; with the mug's 9.99 it would be above the 50.00 from which shipping costs nothing.
    lines = [{"sku": "book", "quantity": 2}, {"sku": "pencil"}]
    cart = with_direct(create(lineItems=lines, shippingMethod={"key": "standard"}, **IN_GERMANY), GIFT)
    assert total(cart) == 4108 + 495
    without = with_direct(cart)
    assert (len(without.line_items), total(without)) == (2, 4108 + 495)


def test_other_discounts_do_not_touch_a_gift() -> None:
    # X12: 10 % off all lines leave the gift alone, before it and after it.
    cart = with_direct(create(lineItems=[{"sku": "book"}]), TENTH, GIFT, replace(TENTH, id=uid(702)))
    assert buckets(cart.line_items[0]) == [(1, 1620, [200, 180])]
    assert buckets(gift_of(cart)) == [(1, 0, [999])]


def test_a_gift_stays_the_same_line_and_goes_with_its_discount() -> None:
    cart = with_direct(create(lineItems=[{"sku": "book"}]), GIFT)
    again = update(cart, {"action": "recalculate"})
    assert again == cart
    named = update(cart, {"action": "setLineItemCustomType", "lineItemId": gift_of(cart).id, "type": {"key": "extra"}})
    assert gift_of(named).custom is not None
    added = update(named, {"action": "addLineItem", "sku": "pencil"})
    assert [line.variant.sku for line in added.line_items] == ["book", "mug-blue", "pencil"]
    gone = update(added, {"action": "setDirectDiscounts", "discounts": []})
    assert [line.variant.sku for line in gone.line_items] == ["book", "pencil"]


def test_more_of_a_gift_is_refused_and_without_it_its_discount_goes() -> None:
    cart = with_direct(create(lineItems=[{"sku": "book"}]), GIFT, TENTH)
    change: dict[str, Any] = {"action": "changeLineItemQuantity", "lineItemId": gift_of(cart).id}
    with pytest.raises(ApiError, match="is a gift"):
        update(cart, {**change, "quantity": 2})
    price = {"currencyCode": "EUR", "centAmount": 1}
    with pytest.raises(ApiError, match="is a gift"):
        total_price = {"price": price, "totalPrice": price}
        update(cart, {"action": "setLineItemTotalPrice", "lineItemId": gift_of(cart).id, "externalTotalPrice": total_price})
    assert update(cart, {**change, "quantity": 1}) == cart
    for action in ({**change, "quantity": 0}, {"action": "removeLineItem", "lineItemId": gift_of(cart).id}):
        refused = update(cart, action)
        assert [line.variant.sku for line in refused.line_items] == ["book"]
        assert (refused.direct_discounts, refused.refused_gifts) == ((TENTH,), ())


def test_what_can_not_be_bought_is_no_gift() -> None:
    cart = create(lineItems=[{"sku": "book"}])
    assert len(with_direct(cart, GIFT, known=facts(variants=VARIANTS[2:])).line_items) == 1
    # The book has no price in dollars.
    dollars = create(currency="USD", lineItems=[{"sku": "mug-red"}])
    book = replace(GIFT, value=GiftLineItemValue(product=Reference(type_id="product", id=uid(51)), variant_id=1))
    assert len(with_direct(dollars, book).line_items) == 1
    assert len(with_direct(dollars, GIFT).line_items) == 2


def test_a_gift_need_not_be_published_and_anything_else_has_to_be() -> None:
    mugs = tuple(replace(mug, published=False) for mug in VARIANTS[:2])
    known = facts(first_id=3000, variants=(*mugs, *VARIANTS[2:]))
    cart = create(lineItems=[{"sku": "book"}])
    gift = gift_of(with_direct(cart, GIFT, known=known))
    assert (gift.variant.sku, buckets(gift)) == ("mug-blue", [(1, 0, [999])])
    for bought, code in (({"sku": "mug-blue"}, "InvalidField"), ({"productId": uid(50)}, "ReferencedResourceNotFound")):
        with pytest.raises(ApiError) as refused:
            update(cart, {"action": "addLineItem", **bought}, known=known)
        assert refused.value.code == code


def test_what_is_earned_anew_is_asked_for_at_once() -> None:
    known = facts()
    reading = Facts(now=known.now, new_id=known.new_id, who=known.who, catalogue=known.catalogue, found={}, asked=())
    other = replace(GIFT, id=uid(703), value=GiftLineItemValue(product=Reference(type_id="product", id=uid(51)), variant_id=1))
    cart = create(lineItems=[{"sku": "book"}])
    with pytest.raises(UnreadError) as unread:
        with_direct(cart, GIFT, other, known=reading)
    assert {(wanted.by, wanted.value) for wanted in unread.value.wanted} == {("product", uid(50)), ("product", uid(51))}
    # One that is there already is not read again.
    given = with_direct(cart, GIFT)
    assert with_direct(given, GIFT, known=reading).line_items == given.line_items
