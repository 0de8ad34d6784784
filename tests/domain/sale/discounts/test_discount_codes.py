"""Discount codes on carts and orders: their states by their causes, what they bring, and what is refused."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import create, total, update
from domain.facts import uid
from domain.order.orders import create as ordered
from domain.sale.discounts.offers import (
    absolute,
    again,
    bought,
    buckets,
    code,
    discount,
    group,
    in_group,
    known,
    relative,
    states,
)
from orderwright.domain.order.model import OrderFromCartDraft
from orderwright.domain.sale.discounts.model import CartDiscount, DiscountCode
from orderwright.domain.sale.model import Cart
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import UseDiscountCode
from orderwright.errors import ApiError

IN_GERMANY: dict[str, Any] = {"shippingAddress": {"country": "DE"}}
BOOK: dict[str, Any] = {"sku": "book"}
CODED: dict[str, Any] = {"requiresDiscountCode": True}
TENTH = discount(1, relative(1000), **CODED)


def add(cart: Cart, of: DiscountCode, shop: Facts) -> Cart:
    return update(cart, {"action": "addDiscountCode", "code": of.code}, known=shop)


def refusal(cart: Cart, text: str, shop: Facts) -> dict[str, Any]:
    with pytest.raises(ApiError) as refused:
        update(cart, {"action": "addDiscountCode", "code": text}, known=shop)
    fields = {name: value for name, value in refused.value.fields.items() if value is not None and name != "action"}
    return {"code": refused.value.code, **fields}


def place(cart: Cart, shop: Facts) -> Change[Any]:
    return ordered(OrderFromCartDraft(version=cart.version, id=cart.id), _holding(shop, cart))


def _holding(shop: Facts, cart: Cart) -> Facts:
    found = {**shop._found, Wanted("cart", "id", cart.id): cart}
    return Facts(now=shop.now, new_id=shop.new_id, who=shop.who, catalogue=shop.catalogue, found=found)


def test_a_code_brings_its_discounts_until_it_is_removed() -> None:
    word = code(90, TENTH)
    shop = known(TENTH, word)
    cart = create(shop, lineItems=[BOOK])
    assert total(cart) == 2000
    with_it = add(cart, word, shop)
    assert (states(with_it), total(with_it), buckets(with_it.line_items[0])) == (["MatchesCart"], 1800, [(1, 1800, [200])])
    assert add(with_it, word, shop) == with_it
    reference = {"typeId": "discount-code", "id": word.id}
    without = update(with_it, {"action": "removeDiscountCode", "discountCode": reference}, known=shop)
    assert without == cart
    with pytest.raises(ApiError, match="does not have"):
        update(without, {"action": "removeDiscountCode", "discountCode": reference}, known=shop)


def test_codes_of_a_draft() -> None:
    word = code(90, TENTH)
    cart = create(known(TENTH, word), lineItems=[BOOK], discountCodes=["code-90"])
    assert (states(cart), total(cart)) == (["MatchesCart"], 1800)
    with pytest.raises(ApiError) as refused:
        create(known(TENTH, word), lineItems=[BOOK], discountCodes=["code-91"])
    assert (refused.value.code, refused.value.fields["reason"]) == ("DiscountCodeNonApplicable", "DoesNotExist")


def test_a_discount_that_two_codes_bring_and_that_needs_none_is_applied_once() -> None:
    free = discount(2, relative(500))
    one, two = code(90, TENTH), code(91, TENTH, free)
    # 20.00 less 5 % (0.21 is before 0.11) is 19.00, less 10 % is 17.10.
    cart = bought(known(TENTH, free, one, two), one, two, lineItems=[BOOK])
    assert (states(cart), buckets(cart.line_items[0])) == (["MatchesCart", "MatchesCart"], [(1, 1710, [100, 190])])


FRANCE = 'country = "FR"'
OFF = discount(2, relative(1000), isActive=False, **CODED)
OVER = discount(3, relative(1000), validUntil="2024-05-01T09:59:59.999Z", **CODED)
IN_FRANCE = discount(4, relative(1000), cartPredicate=FRANCE, **CODED)
PARIS = discount(5, relative(1000), stores=[{"typeId": "store", "key": "paris"}], **CODED)
ASIDE = discount(6, relative(1000), {"type": "lineItems", "predicate": 'sku = "mug-red"'}, **CODED)
STOPPING = discount(9, relative(500), stackingMode="StopAfterThisDiscount")
OF = group(80, "0.5")
WEAK, STRONG = discount(7, relative(100), **CODED, **in_group(OF)), discount(8, relative(1000), **in_group(OF))
IDLE = group(81, "0.4", active=False)
GROUPED = discount(10, relative(1000), **CODED, **in_group(IDLE))


@pytest.mark.parametrize(
    ("word", "others", "state"),
    [
        (code(90, TENTH, isActive=False), [TENTH], "NotActive"),
        (code(90, OFF), [OFF], "NotActive"),
        (code(90, TENTH), [], "NotActive"),
        (code(90, GROUPED), [GROUPED, IDLE], "NotActive"),
        (code(90, TENTH, validUntil="2024-05-01T10:00:00.000Z"), [TENTH], "NotValid"),
        (code(90, TENTH, validFrom="2024-05-01T10:00:00.001Z"), [TENTH], "NotValid"),
        (code(90, OVER), [OVER], "NotValid"),
        (code(90, TENTH, cartPredicate=FRANCE), [TENTH], "DoesNotMatchCart"),
        (code(90, IN_FRANCE), [IN_FRANCE], "DoesNotMatchCart"),
        (code(90, PARIS), [PARIS], "DoesNotMatchCart"),
        (code(90, TENTH, IN_FRANCE, OFF, OVER), [TENTH, IN_FRANCE, OFF, OVER], "MatchesCart"),
        (code(90, ASIDE), [ASIDE], "MatchesCart"),
        (code(90, TENTH), [TENTH, STOPPING], "ApplicationStoppedByPreviousDiscount"),
        (code(90, IN_FRANCE), [IN_FRANCE, STOPPING], "DoesNotMatchCart"),
        (code(90, WEAK), [WEAK, STRONG, OF], "ApplicationStoppedByGroupBestDeal"),
        (code(90, WEAK, TENTH), [WEAK, STRONG, TENTH, OF], "MatchesCart"),
        (code(90, TENTH, maxApplications=3), [TENTH], "MaxApplicationReached"),
        (code(90, TENTH, maxApplications=4), [TENTH], "MatchesCart"),
        (code(90, TENTH, maxApplications=0), [TENTH], "MaxApplicationReached"),
        # Nobody is a customer here.
        (code(90, TENTH, maxApplicationsPerCustomer=1), [TENTH], "MatchesCart"),
    ],
)  # fmt: skip
def test_each_state_has_its_cause(word: DiscountCode, others: list[Any], state: str) -> None:
    shop = known(word, *others, uses=[(word.id, "", 3)])
    cart = bought(shop, word, lineItems=[BOOK], **IN_GERMANY)
    assert states(cart) == [state]
    # A cart whose code is in any other state, or has none, is ordered; the others are not.
    refused = state not in ("MatchesCart", "ApplicationStoppedByGroupBestDeal")
    if refused:
        with pytest.raises(ApiError) as error:
            place(cart, shop)
        assert error.value.code == "DiscountCodeNonApplicable"
        told = {name: value for name, value in error.value.fields.items() if value is not None}
        times = {"validFrom": word.valid_from, "validUntil": word.valid_until, "validityCheckTime": shop.now}
        late = {"reason": "TimeRangeNonApplicable", **{name: time for name, time in times.items() if time}}
        assert told == {"discountCode": word.code, "discountCodeId": word.id, **(late if state == "NotValid" else {})}
    else:
        order = place(cart, shop).after
        assert (order.discount_codes, order.line_items[0].discounted_price_per_quantity) == (
            cart.discount_codes,
            cart.line_items[0].discounted_price_per_quantity,
        )


def test_x23_a_code_that_does_not_match_is_added_and_not_ordered() -> None:
    dear = discount(1, absolute(100), cartPredicate='totalPrice > "800.00 EUR"', **CODED)
    word = code(90, dear)
    shop = known(dear, word)
    cart = add(create(shop, lineItems=[BOOK], **IN_GERMANY), word, shop)
    assert (states(cart), total(cart)) == (["DoesNotMatchCart"], 2000)
    with pytest.raises(ApiError, match="cannot be applied"):
        place(cart, shop)


@pytest.mark.parametrize(
    ("word", "behind", "fields"),
    [
        (code(90, TENTH, isActive=False), TENTH, {}),
        (code(90, OFF), OFF, {}),
        (code(90, PARIS), PARIS, {}),
        (code(90, OVER), OVER, {"reason": "TimeRangeNonApplicable", "validityCheckTime": "2024-05-01T10:00:00.000Z"}),
        (
            code(90, TENTH, validUntil="2024-05-01T10:00:00.000Z"),
            TENTH,
            {
                "reason": "TimeRangeNonApplicable",
                "validUntil": "2024-05-01T10:00:00.000Z",
                "validityCheckTime": "2024-05-01T10:00:00.000Z",
            },
        ),
    ],
)
def test_what_is_not_of_now_or_of_here_is_not_added(word: DiscountCode, behind: CartDiscount, fields: dict[str, Any]) -> None:
    shop = known(word, behind)
    expected = {"code": "DiscountCodeNonApplicable", "discountCode": "code-90", "discountCodeId": word.id, **fields}
    assert refusal(create(shop, lineItems=[BOOK]), word.code, shop) == expected


def test_what_there_is_not_is_not_added_nor_is_the_eleventh() -> None:
    words = [code(number, TENTH) for number in range(90, 101)]
    shop = known(TENTH, *words)
    cart = create(shop, lineItems=[BOOK])
    unknown = {"code": "DiscountCodeNonApplicable", "discountCode": "CODE-90", "reason": "DoesNotExist"}
    assert refusal(cart, "CODE-90", shop) == unknown
    ten = update(cart, *({"action": "addDiscountCode", "code": word.code} for word in words[:10]), known=shop)
    assert (states(ten), total(ten)) == (["MatchesCart"] * 10, 1800)
    assert refusal(ten, words[10].code, shop) == {"code": "InvalidOperation"}


def test_codes_and_direct_discounts_exclude_each_other_unless_they_are_to_stand_together() -> None:
    word = code(90, TENTH)
    shop = known(TENTH, word)
    off = {"type": "absolute", "money": [{"currencyCode": "EUR", "centAmount": 100}]}
    direct: dict[str, Any] = {
        "action": "setDirectDiscounts",
        "discounts": [{"value": off, "target": {"type": "lineItems", "predicate": "true"}}],
    }
    beside: dict[str, Any] = {"action": "setDirectDiscountsIgnoreCartDiscounts", "directDiscountsIgnoreCartDiscounts": False}
    cart = create(shop, lineItems=[BOOK])
    assert refusal(update(cart, direct, known=shop), word.code, shop) == {"code": "InvalidOperation"}
    coded = add(cart, word, shop)
    with pytest.raises(ApiError, match="either"):
        update(coded, direct, known=shop)
    both = update(coded, beside, direct, known=shop)
    # 20.00 - 1.00, less 10 %
    assert (states(both), total(both)) == (["MatchesCart"], 1710)
    with pytest.raises(ApiError, match="either"):
        update(both, {**beside, "directDiscountsIgnoreCartDiscounts": True}, known=shop)


def test_only_a_code_that_does_not_match_is_added_to_a_frozen_cart() -> None:
    fitting, other = code(90, TENTH), code(91, IN_FRANCE)
    shop = known(TENTH, IN_FRANCE, fitting, other)
    for strategy in ("SoftFreeze", "HardFreeze"):
        cart = create(shop, lineItems=[BOOK])
        frozen = update(cart, {"action": "freezeCart", "strategy": strategy}, known=shop)
        assert refusal(frozen, fitting.code, shop) == {"code": "InvalidOperation"}
        added = add(frozen, other, shop)
        assert (states(added), total(added)) == (["DoesNotMatchCart"], 2000)


def test_orders_count_what_they_were_bought_with_in_all_and_by_customer() -> None:
    word, loser = code(90, TENTH, maxApplications=5), code(91, WEAK)
    shop = known(TENTH, WEAK, STRONG, OF, word, loser)
    cart = bought(shop, word, loser, lineItems=[BOOK], **IN_GERMANY)
    assert states(cart) == ["MatchesCart", "ApplicationStoppedByGroupBestDeal"]

    def counted(of: Cart) -> list[tuple[str, str, int | None, str]]:
        uses = [effect for effect in place(of, shop).effects if isinstance(effect, UseDiscountCode)]
        return [(use.customer, use.code, use.most, use.refused.code if use.refused else "") for use in uses]

    assert counted(cart) == [("", word.id, 5, "DiscountCodeNonApplicable")]
    hers = replace(cart, customer_id=uid(60))
    refused = "DiscountCodeNonApplicable"
    assert counted(hers) == [("", word.id, 5, refused), (uid(60), word.id, None, refused)]


def test_a_customers_own_limit() -> None:
    word = code(90, TENTH, maxApplicationsPerCustomer=2)
    for uses, state in ((1, "MatchesCart"), (2, "MaxApplicationReached")):
        shop = known(TENTH, word, uses=[(word.id, uid(60), uses)])
        cart = bought(shop, word, lineItems=[BOOK])
        assert states(again(replace(cart, customer_id=uid(60)), shop)) == [state]
        assert states(cart) == ["MatchesCart"]


def test_what_has_changed_since_the_buyer_saw_it_is_not_ordered() -> None:
    word = code(90, TENTH)
    cart = bought(known(TENTH, word), word, lineItems=[BOOK], **IN_GERMANY)

    def refused(*documents: Any) -> str:
        with pytest.raises(ApiError) as error:
            place(cart, known(*documents))
        return error.value.code

    assert refused(TENTH, replace(word, is_active=False)) == "DiscountCodeNonApplicable"
    assert refused(discount(1, relative(2000), **CODED), word) == "PriceChanged"
    assert refused(TENTH, word, discount(2, relative(100))) == "PriceChanged"
    on_total = discount(2, relative(100), {"type": "totalPrice"})
    assert refused(TENTH, word, on_total) == "PriceChanged"
    # A gift that was earned only now is nothing that the buyer has seen, one that is gone is.
    gift = discount(3, {"type": "giftLineItem", "product": {"typeId": "product", "id": uid(50)}, "variantId": 1}, None)
    assert len(place(cart, known(TENTH, word, gift)).after.line_items) == 1
    cart = again(cart, known(TENTH, word, gift))
    assert len(place(cart, known(TENTH, word, gift)).after.line_items) == 2
    assert refused(TENTH, word) == "PriceChanged"
