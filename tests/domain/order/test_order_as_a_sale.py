"""What carts share with orders, on an order: quantities that keep what was shipped, shipping that keeps deliveries."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.facts import EXPRESS, facts
from domain.order.orders import BEGUN, BOOK, MUGS, PICKED, WRAPPED, WRAPPING, act, cart_of, placed
from orderwright.domain.order.item_states import resized
from orderwright.domain.order.model import Order
from orderwright.domain.sale.actions import edit_actions, shared_actions
from orderwright.domain.sale.lines.items import ItemState
from orderwright.domain.sale.lines.lines import add_line, set_custom_quantity, set_quantity
from orderwright.domain.sale.recalculate import recalculate
from orderwright.domain.sale.refresh import refreshed
from orderwright.domain.sale.shipping.methods import custom_shipping_info, shipping_info_from
from orderwright.engine.actions import ActionSet
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Reference
from orderwright.errors import ApiError

ORDER = placed(
    cart_of(line_items=(replace(MUGS, key="mugs", quantity=5), BOOK), custom_line_items=(replace(WRAPPING, quantity=5),))
)
INITIAL = Reference(type_id="state", id=BEGUN.id)
Units = list[tuple[int, Any]]


def states(*parts: tuple[int, Any]) -> tuple[ItemState, ...]:
    return tuple(ItemState(quantity=quantity, state=Reference(type_id="state", id=state.id)) for quantity, state in parts)


@pytest.mark.parametrize(
    ("before", "quantity", "after"),
    [
        ([(5, BEGUN)], 7, [(7, BEGUN)]),
        ([(5, BEGUN)], 2, [(2, BEGUN)]),
        ([(5, BEGUN)], 0, []),
        # Three of five are picked: only the other two can go, and what comes is not picked yet.
        ([(2, BEGUN), (3, PICKED)], 5, [(2, BEGUN), (3, PICKED)]),
        ([(2, BEGUN), (3, PICKED)], 9, [(6, BEGUN), (3, PICKED)]),
        ([(2, BEGUN), (3, PICKED)], 4, [(1, BEGUN), (3, PICKED)]),
        ([(2, BEGUN), (3, PICKED)], 3, [(3, PICKED)]),
        ([(4, PICKED), (1, WRAPPED)], 6, [(4, PICKED), (1, WRAPPED), (1, BEGUN)]),
        # What was given back has negative units, of which there may be more or fewer as well.
        ([(-3, BEGUN)], -1, [(-1, BEGUN)]),
        ([(-1, BEGUN), (-2, PICKED)], -2, [(-2, PICKED)]),
    ],
    ids=["more", "fewer", "none", "as many", "some more", "one less", "all picked", "all gone on", "back", "back and picked"],
)
def test_units_come_into_the_initial_state_and_leave_it(before: Units, quantity: int, after: Units) -> None:
    assert resized(states(*before), quantity, INITIAL) == states(*after)


@pytest.mark.parametrize(
    ("before", "quantity"),
    [
        ([(2, BEGUN), (3, PICKED)], 2),
        ([(2, BEGUN), (3, PICKED)], 0),
        ([(5, PICKED)], 4),
        ([(-1, BEGUN), (-2, PICKED)], -1),
        ([(-1, BEGUN), (-2, PICKED)], 3),
    ],
    ids=["picked", "all", "none begun", "back", "turned"],
)
def test_units_that_have_left_the_initial_state_are_not_taken_away(before: Units, quantity: int) -> None:
    with pytest.raises(ApiError) as caught:
        resized(states(*before), quantity, INITIAL)
    assert caught.value.code == "InvalidOperation"


def picked(order: Order, kind: str) -> Order:
    """The order with 3 of its 5 units picked."""
    stem = kind[0].lower() + kind[1:]
    id = (order.line_items if kind == "LineItem" else order.custom_line_items)[0].id
    begun, to = ({"typeId": "state", "id": each.id} for each in (BEGUN, PICKED))
    move = {"action": f"transition{kind}State", f"{stem}Id": id, "quantity": 3, "fromState": begun, "toState": to}
    return act(order, move).after


def test_a_line_of_an_order_keeps_what_was_picked_and_its_cart_forgets_it() -> None:
    order = picked(ORDER, "LineItem")
    known = facts()
    more = set_quantity(order, order.line_items[0], 8, known)
    assert (more.line_items[0].quantity, more.line_items[0].state) == (8, states((5, BEGUN), (3, PICKED)))
    added = add_line(order, MUGS, known)
    assert added.line_items[0].state == states((4, BEGUN), (3, PICKED))
    with pytest.raises(ApiError):
        set_quantity(order, order.line_items[0], 2, known)
    with pytest.raises(ApiError):
        set_quantity(order, order.line_items[0], 0, known)
    cart = replace(cart_of(), line_items=order.line_items)
    assert set_quantity(cart, cart.line_items[0], 2, known).line_items[0].state == states((2, BEGUN))
    assert len(set_quantity(cart, cart.line_items[0], 0, known).line_items) == 1


def test_a_custom_line_item_of_an_order_keeps_what_was_picked() -> None:
    order = picked(ORDER, "CustomLineItem")
    item = order.custom_line_items[0]
    assert set_custom_quantity(order, item, 4, facts()).custom_line_items[0].state == states((1, BEGUN), (3, PICKED))
    with pytest.raises(ApiError):
        set_custom_quantity(order, item, 0, facts())


def test_an_order_is_calculated_as_a_cart_is() -> None:
    # 5 mugs at 9.99, a book at 20.00 and 5 wrappings at 1.00 are 74.95, shipped free above 50.00.
    assert ORDER.total_price.cent_amount == 4995 + 2000 + 500
    assert recalculate(ORDER, facts()) == ORDER
    assert refreshed(ORDER, facts(), product_data=True) == ORDER
    # Ten mugs are 8.99 each.
    ten = recalculate(set_quantity(ORDER, ORDER.line_items[0], 10, facts()), facts())
    assert (type(ten), ten.total_price.cent_amount) == (Order, 8990 + 2000 + 500)
    # 8990 / 1.19 = 7554.6, 2000 / 1.07 = 1869.2 and 500 / 1.19 = 420.2 net; nothing for shipping.
    assert ten.taxed_price is not None
    assert (ten.taxed_price.total_net.cent_amount, ten.taxed_price.total_gross.cent_amount) == (7555 + 1869 + 420, 11490)


def test_another_way_of_shipping_keeps_the_deliveries_that_there_are() -> None:
    sent = {"action": "addDelivery", "deliveryKey": "first", "items": [{"id": ORDER.line_items[0].id, "quantity": 2}]}
    order = act(ORDER, sent).after
    assert order.shipping_info is not None
    deliveries = order.shipping_info.deliveries
    assert deliveries is not None
    assert [delivery.key for delivery in deliveries] == ["first"]
    express = shipping_info_from(EXPRESS, order, facts())
    assert (express.shipping_method_name, express.deliveries) == (EXPRESS.name, deliveries)
    courier = custom_shipping_info(order, "Courier", order.shipping_info.shipping_rate, None, facts())
    assert (courier.shipping_method_name, courier.deliveries) == ("Courier", deliveries)
    # Without any shipping before, nothing has left.
    assert shipping_info_from(EXPRESS, replace(ORDER, shipping_info=None), facts()).deliveries == ()


def test_the_actions_of_carts_change_an_order_as_an_edit_will() -> None:
    edit = ActionSet(Order, "Edit")
    edit.include(shared_actions)
    edit.include(edit_actions)
    line, wrapping = ORDER.line_items[0].id, ORDER.custom_line_items[0].id
    sent = [
        {"action": "addLineItem", "sku": "pencil", "quantity": 3},
        {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": 1},
        {"action": "removeCustomLineItem", "customLineItemId": wrapping},
        {"action": "setShippingMethod", "shippingMethod": {"typeId": "shipping-method", "key": "express"}},
        {"action": "setCustomerEmail", "email": "eve@example.com"},
        {"action": "setShippingAddress", "address": {"country": "DE", "city": "Hamburg"}},
    ]
    update = decode_body(edit.update_type(), encode({"version": ORDER.version, "actions": sent}))
    known = facts(first_id=5000)
    after = recalculate(edit.apply(ORDER, update.actions, known).after, known)
    # Nothing is selected anew but for the lines that change: a mug at 9.99, a book at 20.00, three pencils at 1.08; express to
    # Europe is 12.90 below 100.00.
    assert (type(after), after.total_price.cent_amount) == (Order, 999 + 2000 + 324 + 1290)
    assert (after.customer_email, after.custom_line_items) == ("eve@example.com", ())
    assert [line.state for line in after.line_items] == [states((1, BEGUN)), states((1, BEGUN)), states((3, BEGUN))]
    assert after.taxed_price is not None
    # 9.99 / 1.19 = 8.39, 20.00 / 1.07 = 18.69 and 12.90 / 1.19 = 10.84 net; 3.24 x 1.19 = 3.86 with its tax.
    net, gross = after.taxed_price.total_net.cent_amount, after.taxed_price.total_gross.cent_amount
    assert (net, gross) == (839 + 1869 + 324 + 1084, 999 + 2000 + 386 + 1290)
