"""What a large cart costs: in proportion to its lines, and to its lines times its shippings."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from domain.cart.buying import create, total
from domain.facts import EUROPE, FLAT, STANDARD, catalogue, eur, facts, method, price, product, uid
from orderwright.domain.cart.finish import finish
from orderwright.domain.cart.resource import RESOURCE
from orderwright.domain.sale import recalculate as calculation
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.taxes.rates import with_rates
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode

LINES, SHIPPINGS = 100, 50
KEYS = [f"way-{number}" for number in range(SHIPPINGS)]
GERMANY = {"country": "DE"}


def shop(predicate: str | None = None) -> Facts:
    goods = [product(1000 + number, f"good{number}", STANDARD, price(5000 + number, eur(999))) for number in range(LINES)]
    return facts(catalogue(shipping_methods=[method(11, "standard", (EUROPE, FLAT), predicate=predicate)]), goods, first_id=9000)


def least_ms(works: dict[int, Callable[[], Any]], enough: Callable[[dict[int, float]], bool]) -> dict[int, float]:
    """The least processor time that each work takes: what is more is the collector of garbage, or a neighbour.

    The works take turns, so a slow time of the machine meets all of them, and a longer one is waited for.
    """
    least = dict.fromkeys(works, float("inf"))
    for turn in range(100):
        for size, work in works.items():
            begun = time.thread_time()
            work()
            least[size] = min(least[size], 1000 * (time.thread_time() - begun))
        if turn >= 8 and enough(least):
            break
    return least


def recalculation(lines: int) -> Callable[[], Any]:
    goods = [product(1000 + number, f"good{number}", STANDARD, price(5000 + number, eur(999))) for number in range(lines)]
    known = facts(catalogue(shipping_methods=[method(11, "standard", (EUROPE, FLAT))]), goods)
    named = [{"sku": f"good{number}", "quantity": 2} for number in range(lines)]
    cart = create(known, lineItems=named, shippingAddress=GERMANY, shippingMethod={"key": "standard"})
    return lambda: calculation.recalculate(cart, known)


def test_a_calculation_of_many_lines_costs_so_many_times_one_of_few() -> None:
    """At most 1 ms for 5 lines and 15 ms for 200, of which a tenth would do; for twice as many lines at most three times that."""

    def within(costs: dict[int, float]) -> bool:
        return costs[5] <= 1 and costs[200] <= 15 and costs[400] <= 3 * costs[200]

    costs = least_ms({lines: recalculation(lines) for lines in (5, 200, 400)}, within)
    assert within(costs), costs


def added(key: str) -> dict[str, Any]:
    named = {"shippingMethod": {"typeId": "shipping-method", "id": uid(11)}}
    return {"action": "addShippingMethod", "shippingKey": key, "shippingAddress": GERMANY, **named}


def steps(cart: Cart, actions: list[dict[str, Any]], known: Facts) -> tuple[int, Cart]:
    """How many steps the actions are, with what follows from them, and the cart after them."""
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": 1, "actions": actions}))
    told = [document for _, document in RESOURCE.actions.steps(cart, decoded.actions, known)]
    return len(told), finish(told[-1], known)


def test_each_is_added_once_and_rates_are_looked_for_once() -> None:
    known = shop()
    lines = [{"sku": f"good{number}", "key": f"good{number}"} for number in range(LINES)]
    cart = create(known, shippingMode="Multiple", lineItems=lines)
    # One step more than there are actions: the rates, for all of them together.
    count, after = steps(cart, [added(key) for key in KEYS], known)
    assert count == SHIPPINGS + 1
    # 100 lines at 9.99, and 50 times 4.95.
    assert (len(after.shipping), total(after)) == (SHIPPINGS, 100 * 999 + 50 * 495)
    assert [len(line.per_method_tax_rate) for line in after.line_items] == [SHIPPINGS] * LINES
    assert after == finish(with_rates(after, known), known)


def test_a_method_with_a_predicate_sees_what_was_added_before_it() -> None:
    known = shop('shippingInfoExists(true) = false or totalPrice >= "14.94 EUR"')
    cart = create(known, shippingMode="Multiple", lineItems=[{"sku": "good0", "key": "good0"}])
    # The second one is added to 9.99 + 4.95; before it the rates of the first are looked for, and behind it those of both.
    count, after = steps(cart, [added("one"), added("two")], known)
    assert (count, total(after)) == (4, 999 + 2 * 495)


@pytest.mark.parametrize(("predicate", "times"), [(None, 1), ("lineItemCount(true) > 0", 2)])
def test_a_new_cart_is_calculated_once_more_only_for_a_predicate(
    predicate: str | None, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Cart] = []
    price_lines, *others = calculation.STEPS

    def counting(sale: Any, known: Facts) -> Any:
        counted.append(sale)
        return price_lines(sale, known)

    monkeypatch.setattr(calculation, "STEPS", (counting, *others))
    known = shop(predicate)
    named = {"typeId": "shipping-method", "id": uid(11)}
    lines = {"lineItems": [{"sku": "good0"}]}
    create(known, shippingAddress=GERMANY, shippingMethod=named, **lines)
    assert len(counted) == times
    shipping = [{"key": key, "shippingMethod": named, "shippingAddress": GERMANY} for key in KEYS]
    create(known, shippingMode="Multiple", shipping=shipping, **lines)
    assert len(counted) == 2 * times
