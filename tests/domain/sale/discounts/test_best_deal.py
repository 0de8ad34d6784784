"""Product discounts and cart discounts in the modes Stacking and BestDeal."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from domain.cart.buying import create, total, update
from domain.facts import STANDARD, eur, price, product, uid
from domain.sale.discounts.offers import absolute, again, bought, buckets, code, discount, known, lines, relative, states
from orderwright.domain.goods.price import DiscountedPrice
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference

ON_SALE = DiscountedPrice(value=eur(18199), discount=Reference(type_id="product-discount", id=uid(70)))
TABLE = product(60, "table", STANDARD, replace(price(601, eur(25999)), discounted=ON_SALE))
CHAIR = product(61, "chair", STANDARD, price(611, eur(10000)))
VARIANTS = (TABLE, CHAIR)


def shop(*documents: Any, mode: str = "BestDeal") -> Facts:
    return known(*documents, mode=mode, variants=VARIANTS)


def combination(cart: Cart) -> tuple[str, str | None] | None:
    found = cart.discount_type_combination
    return None if found is None else (found.type, found.chosen_discount_type)


def test_x21_stacked_or_the_better_of_the_two() -> None:
    tenth = discount(1, relative(1000))
    table = [{"sku": "table"}]
    # 181.99 less 10 % is 163.791.
    stacked = bought(shop(tenth, mode="Stacking"), lineItems=table)
    assert (total(stacked), combination(stacked)) == (16379, ("Stacking", None))
    # 181.99 against 259.99 less 10 %, 233.991.
    best = bought(shop(tenth), lineItems=table)
    assert (total(best), buckets(best.line_items[0]), combination(best)) == (18199, [], ("BestDeal", "ProductDiscount"))
    # 259.99 less 40 % is 155.994.
    other = bought(shop(discount(1, relative(4000))), lineItems=table)
    assert (total(other), buckets(other.line_items[0])) == (15599, [(1, 15599, [10400])])
    assert combination(other) == ("BestDeal", "CartDiscount")
    # The price still shows what the product discount would leave.
    assert other.line_items[0].price.discounted == ON_SALE
    assert again(other, shop(discount(1, relative(4000)))) == other
    assert total(again(other, shop())) == 18199


def test_the_whole_cart_has_one_of_the_two() -> None:
    # By product 181.99 + 100.00; by cart 259.99 + 100.00 less 79.00 is 280.99, the lower: the table is not on sale then.
    cheaper = shop(discount(1, absolute(7900), lines('sku = "chair"')))
    cart = bought(cheaper, lineItems=[{"sku": "table"}, {"sku": "chair"}])
    assert [line.total_price.cent_amount for line in cart.line_items] == [25999, 2100]
    assert (total(cart), combination(cart)) == (28099, ("BestDeal", "CartDiscount"))
    # Of equal ones it is the product discount: 78.00 off the chair.
    equal = bought(shop(discount(1, absolute(7800), lines('sku = "chair"'))), lineItems=[{"sku": "table"}, {"sku": "chair"}])
    assert (total(equal), combination(equal)) == (28199, ("BestDeal", "ProductDiscount"))


def test_taxes_follow_the_price_that_is_paid() -> None:
    cart = create(
        shop(discount(1, absolute(100), lines('sku = "chair"'))),
        lineItems=[{"sku": "table", "quantity": 2}],
        shippingAddress={"country": "DE"},
        taxCalculationMode="UnitPriceLevel",
    )
    # 181.99 / 1.19 = 152.93277, twice 152.93.
    assert cart.taxed_price is not None
    assert (cart.taxed_price.total_net.cent_amount, cart.taxed_price.total_gross.cent_amount) == (30586, 36398)


def test_the_state_of_a_code_does_not_depend_on_which_is_better() -> None:
    tenth = discount(1, relative(1000), requiresDiscountCode=True)
    word = code(90, tenth)
    cart = bought(shop(tenth, word), word, lineItems=[{"sku": "table"}])
    assert (total(cart), states(cart)) == (18199, ["MatchesCart"])


def test_direct_discounts_are_selected_from_only_if_they_take_part() -> None:
    def given(*discounts: dict[str, Any]) -> Cart:
        cart = create(shop(), lineItems=[{"sku": "table"}])
        return update(cart, {"action": "setDirectDiscounts", "discounts": list(discounts)}, known=shop())

    off = {"value": {"type": "relative", "permyriad": 1000}, "target": {"type": "lineItems", "predicate": "true"}}
    # One that does not take part is applied whichever is better: 181.99 less 10 %.
    assert total(given(off)) == 16379
    assert total(given({**off, "participateInBestDealSelection": True})) == 18199
    more = {**off, "value": {"type": "relative", "permyriad": 5000}, "participateInBestDealSelection": True}
    # 259.99 / 2 = 129.995, half even 130.00.
    assert (total(given(more)), combination(given(more))) == (13000, ("BestDeal", "CartDiscount"))
