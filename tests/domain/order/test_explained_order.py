"""How an order is explained: by what it holds, whatever has become of prices and discounts."""

from typing import Any

from msgspec.structs import replace

from domain.facts import catalogue, eur, facts, uid
from domain.order.orders import BOOK, WRAPPING, cart_of, placed
from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.amounts.record import Step
from orderwright.domain.order.model import Order
from orderwright.domain.sale.discounts.portions import (
    DiscountedLineItemPortion,
    DiscountedLineItemPrice,
    DiscountedLineItemPriceForQuantity,
    DiscountedTotalPricePortion,
    DiscountOnTotalPrice,
)
from orderwright.domain.sale.explained import ExplainedAmount
from orderwright.domain.sale.explained_order import OrderExplanation, explaining
from orderwright.domain.sale.recalculate import recalculate
from orderwright.engine.model import Reference
from orderwright.engine.steps import drained

SUMMER, REGULARS = (Reference(type_id="cart-discount", id=uid(number)) for number in (601, 602))


def explained(order: Order) -> OrderExplanation:
    found: OrderExplanation = drained(explaining(order, facts()))
    assert (found.id, found.version) == (order.id, order.version)
    assert [told.price for told in found.line_items] == [line.total_price for line in order.line_items]
    assert found.total.price == order.total_price
    return found


def kinds(told: ExplainedAmount) -> list[str]:
    return [step.kind for step in told.steps]


def of_kind(told: ExplainedAmount, kind: str) -> list[Step]:
    return [step for step in told.steps if step.kind == kind]


def cents_of(steps: list[Step]) -> list[tuple[int | None, int | None]]:
    def cents(money: TypedMoney | None) -> int | None:
        return None if money is None else money.cent_amount

    return [(cents(step.before), cents(step.after)) for step in steps]


def is_held(found: OrderExplanation) -> list[str]:
    amounts = (*found.line_items, *found.custom_line_items, *found.shipping, found.total)
    return [step.kind for told in amounts for step in told.steps if step.held]


def test_each_amount_is_led_to_by_what_the_order_holds() -> None:
    order = placed(cart_of(custom_line_items=(WRAPPING,)))
    found = explained(order)
    mugs, book = found.line_items
    (wrapping,), (shipping,) = found.custom_line_items, found.shipping
    assert kinds(mugs) == kinds(book) == ["Price", "TaxRate", "UnitPrice", "Total", "Tax"]
    assert kinds(wrapping) == ["Price", "TaxRate", "Total", "Tax"]
    assert kinds(shipping) == ["ShippingRate", "TaxRate", "ShippingPrice", "Tax"]
    # 19.98 + 20.00 + 1.00 for the items, and 4.95 for shipping.
    assert cents_of(of_kind(found.total, "Sum")) == [(None, 4098), (4098, 4593)]
    # 19.98 / 1.19 = 16.78991... net.
    (rounding,) = of_kind(mugs, "Tax")[0].roundings
    assert (rounding.before[:9], rounding.after) == ("1678.9915", 1679)
    for told, held in ((mugs, order.line_items[0]), (shipping, order.shipping_info), (found.total, order)):
        assert held is not None and held.taxed_price is not None and told.taxed_price is not None
        assert told.taxed_price.total_gross == held.taxed_price.total_gross
    assert is_held(found) == []


def test_prices_and_rates_of_today_are_not_asked() -> None:
    order = placed()
    gone = catalogue(shipping_methods=())
    assert drained(explaining(order, facts(gone, ()))) == explained(order)


def discounted(order: Order) -> Order:
    """One of the two mugs at 2.00 less by one discount and 1.00 by another, and both at 1.00 less by that."""

    def bucket(cents: int, *off: tuple[Reference, int]) -> Any:
        portions = tuple(DiscountedLineItemPortion(discount=each, discounted_amount=eur(amount)) for each, amount in off)
        price = DiscountedLineItemPrice(value=eur(cents), included_discounts=portions)
        return DiscountedLineItemPriceForQuantity(quantity=1, discounted_price=price)

    buckets = (bucket(699, (SUMMER, 200), (REGULARS, 100)), bucket(899, (REGULARS, 100)))
    mugs, *others = order.line_items
    info = order.shipping_info
    assert info is not None
    off = DiscountedLineItemPortion(discount=SUMMER, discounted_amount=eur(495))
    free = replace(info, discounted_price=DiscountedLineItemPrice(value=eur(0), included_discounts=(off,)))
    lines = (replace(mugs, discounted_price_per_quantity=buckets), *others)
    return recalculate(replace(order, line_items=lines, shipping_info=free), facts())


def test_what_discounts_took_off_is_told_by_what_is_kept_of_it() -> None:
    order = discounted(placed())
    # 6.99 + 8.99 + 20.00, and nothing for shipping.
    assert order.total_price.cent_amount == 3598
    found = explained(order)
    mugs, _ = found.line_items
    assert kinds(mugs) == ["Price", "TaxRate", "UnitPrice", "Total", "Discount", "Discount", "Tax"]
    assert cents_of(of_kind(mugs, "Discount")) == [(1998, 1798), (1798, 1598)]
    assert [step.discount for step in of_kind(mugs, "Discount")] == [SUMMER, REGULARS]
    (shipping,) = found.shipping
    assert cents_of(of_kind(shipping, "Discount")) == [(495, 0)]
    assert shipping.price.cent_amount == 0
    assert is_held(found) == []


def test_what_discounts_took_off_the_total_is_told_without_asking_them() -> None:
    portions = tuple(
        DiscountedTotalPricePortion(discount=each, discounted_amount=eur(cents))
        for each, cents in ((SUMMER, 400), (REGULARS, 93))
    )
    kept = DiscountOnTotalPrice(
        discounted_amount=eur(493),
        included_discounts=portions,
        discounted_net_amount=eur(414),
        discounted_gross_amount=eur(493),
    )
    order = recalculate(replace(placed(), discount_on_total_price=kept), facts())
    assert order.total_price.cent_amount == 4493 - 493
    found = explained(order)
    assert kinds(found.total)[-3:] == ["Discount", "Discount", "Tax"]
    assert cents_of(of_kind(found.total, "Discount")) == [(4493, 4093), (4093, 4000)]
    assert found.total.taxed_price == of_kind(found.total, "Tax")[-1].taxed_price
    assert order.taxed_price is not None
    assert found.total.taxed_price is not None
    assert found.total.taxed_price.total_gross == order.taxed_price.total_gross == eur(4000)
    assert is_held(found) == []


def test_amounts_that_were_given_otherwise_are_held() -> None:
    order = placed(cart_of(line_items=(BOOK,)))
    other = replace(order, total_price=eur(2000), line_items=(replace(order.line_items[0], total_price=eur(1505)),))
    found = explained(other)
    (book,) = found.line_items
    assert [step.held for step in of_kind(book, "Total")] == [False, True]
    assert cents_of(of_kind(book, "Total"))[-1] == (2000, 1505)
    assert cents_of(of_kind(found.total, "Sum"))[-1] == (2495, 2000)
