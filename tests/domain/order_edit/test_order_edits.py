"""What an edit makes of an order: the same as its actions make of the cart, and what is told of it.

The cart has two mugs at 9.99, a book at 20.00 and a wrapping at 1.00, with shipping at 4.95 (free above 50.00): 45.93.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import update
from domain.facts import EXPRESS, NOW, facts, uid
from domain.order.orders import KNOWN, WRAPPING, cart_of, placed
from domain.order.orders import MUGS as TWO_MUGS
from domain.sale.discounts.offers import code, discount, known, relative
from orderwright.domain.order.model import Order
from orderwright.domain.order_edit.applying import APPLIED, STAGED, Apply
from orderwright.domain.order_edit.drafts import OrderEditDraft
from orderwright.domain.order_edit.model import OrderEdit, OrderEditApplied
from orderwright.domain.order_edit.resource import RESOURCE
from orderwright.domain.order_edit.staged import staged
from orderwright.domain.sale.actions import edit_actions
from orderwright.domain.sale.model import SHARED, Cart
from orderwright.engine.access import Access
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, decoder, encode, to_builtins
from orderwright.engine.model import ClientLogging
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType
from orderwright.engine.steps import drained
from orderwright.engine.unit.decision import Decided, Deed, decide
from orderwright.engine.unit.effects import UseDiscountCode
from orderwright.errors import ApiError

CART = cart_of(custom_line_items=(WRAPPING,), country="DE")
MUGS, BOOK = ({"lineItemId": line.id} for line in CART.line_items)
WRAP = {"customLineItemId": CART.custom_line_items[0].id}
EUR = {"currencyCode": "EUR"}
RATE = {"name": "VAT", "amount": 0.25, "country": "DE", "includedInPrice": True}
GROSS = {"totalGross": {**EUR, "centAmount": 2500}, "taxRate": RATE}
# An action of those that change what an order costs, and what must be so for it to be possible.
EXTERNAL, AMOUNTS = ({"action": "changeTaxMode", "taxMode": mode} for mode in ("External", "ExternalAmount"))
EDITS: dict[str, list[dict[str, Any]]] = {
    "addCustomLineItem": [
        {"name": {"en": "Card"}, "slug": "card", "money": {**EUR, "centAmount": 350}, "taxCategory": {"key": "standard"}}
    ],
    "addLineItem": [{"sku": "pencil", "quantity": 3}],
    "changeCustomLineItemMoney": [{**WRAP, "money": {**EUR, "centAmount": 275}}],
    "changeCustomLineItemQuantity": [{**WRAP, "quantity": 4}],
    "changeLineItemQuantity": [{**MUGS, "quantity": 12}],
    "changePriceRoundingMode": [{"priceRoundingMode": "HalfUp"}],
    "changeTaxCalculationMode": [{"taxCalculationMode": "UnitPriceLevel"}],
    "changeTaxMode": [{"taxMode": "Disabled"}],
    "changeTaxRoundingMode": [{"taxRoundingMode": "HalfDown"}],
    "removeCustomLineItem": [WRAP],
    "removeLineItem": [{**MUGS, "quantity": 1}],
    "setCountry": [{"country": "FR"}],
    "setCustomLineItemTaxAmount": [AMOUNTS, {**WRAP, "externalTaxAmount": {**GROSS, "totalGross": {**EUR, "centAmount": 125}}}],
    "setCustomLineItemTaxRate": [EXTERNAL, {**WRAP, "externalTaxRate": RATE}],
    "setCustomShippingMethod": [
        {"shippingMethodName": "Bike", "shippingRate": {"price": {**EUR, "centAmount": 700}}, "taxCategory": {"key": "standard"}}
    ],
    "setCustomerGroup": [{}],
    "setDirectDiscounts": [{"discounts": [{"value": relative(1000), "target": {"type": "lineItems", "predicate": "true"}}]}],
    "setDirectDiscountsIgnoreCartDiscounts": [{"directDiscountsIgnoreCartDiscounts": False}],
    "setLineItemDistributionChannel": [{**MUGS, "distributionChannel": {"id": uid(74)}}],
    "setLineItemPrice": [{**MUGS, "externalPrice": {**EUR, "centAmount": 500}}],
    "setLineItemTaxAmount": [AMOUNTS, {**BOOK, "externalTaxAmount": GROSS}],
    "setLineItemTaxRate": [EXTERNAL, {**BOOK, "externalTaxRate": RATE}],
    "setLineItemTotalPrice": [
        {**MUGS, "externalTotalPrice": {"price": {**EUR, "centAmount": 1}, "totalPrice": {**EUR, "centAmount": 1234}}}
    ],
    "setShippingAddress": [{"address": {"country": "DE", "city": "Hamburg"}}],
    "setShippingMethod": [{"shippingMethod": {"id": EXPRESS.id}}],
    "setShippingMethodTaxAmount": [AMOUNTS, {"externalTaxAmount": {**GROSS, "totalGross": {**EUR, "centAmount": 600}}}],
    "setShippingMethodTaxRate": [EXTERNAL, {"externalTaxRate": RATE}],
    "setShippingRateInput": [{}],
}
# What needs documents that are not in these facts is below.
ELSEWHERE = {"addDiscountCode", "removeDiscountCode", "addShoppingList"}


def shop(*more: tuple[Wanted, Any]) -> Facts:
    return facts(found=[*KNOWN, *more], first_id=2000)


def sent(name: str) -> list[dict[str, Any]]:
    *before, last = EDITS[name]
    return [*before, {"action": name, **last}]


def edit_of(order: Order, *actions: dict[str, Any], **more: Any) -> OrderEdit:
    """The edit of a JSON draft, as it is stored."""
    draft = {"resource": {"typeId": "order", "id": order.id}, "stagedActions": actions, **more}
    edit: OrderEdit = RESOURCE.create(decode_body(OrderEditDraft, encode(draft)), shop((Wanted("order", "id", order.id), order)))
    assert decoder(OrderEdit).decode(encode(edit)) == edit
    return edit


def decided(resource: ResourceType, order: Order, actions: Any, known: Facts | None = None) -> Decided:
    access = Access(shard="shop", who=ClientLogging())
    return drained(decide(Deed(resource=resource, access=access, facts=known or shop(), actions=actions), order))


def previewed(order: Order, *actions: dict[str, Any], known: Facts | None = None) -> Decided:
    return decided(STAGED, order, edit_of(order, *actions).staged_actions, known)


def refused(order: Order, *actions: dict[str, Any]) -> str:
    with pytest.raises(ApiError) as caught:
        previewed(order, *actions)
    return caught.value.code


def told(outcome: Decided) -> list[str]:
    return [type(message).__name__ for message in outcome.change.messages]


def shared(sale: Order | Cart) -> dict[str, Any]:
    return {name: getattr(sale, name) for name in SHARED}


def test_an_edit_lets_others_be_served_between_discounts() -> None:
    offers = [discount(300 + number, relative(100)) for number in range(20)]
    action = staged_action({"action": "changePriceRoundingMode", "priceRoundingMode": "HalfUp"})
    order = placed(CART)
    steps = list(staged.steps(order, [action], known(*offers, first_id=2000)))
    # Each tells of the action, and of the order as far as it is.
    assert len(steps) > 20
    assert {id(told) for told, _ in steps} == {id(action)}
    assert steps[-1][1].total_price.cent_amount < order.total_price.cent_amount == steps[-2][1].total_price.cent_amount


def staged_action(action: dict[str, Any]) -> Any:
    return edit_of(placed(CART), action).staged_actions[0]


def test_all_92_actions_can_be_staged_and_one_more() -> None:
    assert len({action.__name__ for action in staged.types}) == 93
    assert {action.__struct_config__.tag for action in edit_actions.types} == set(EDITS) | ELSEWHERE


@pytest.mark.parametrize("name", EDITS)
def test_an_order_is_edited_to_what_a_cart_would_be(name: str) -> None:
    """A law: the totals are those of a cart that was built that way from the start."""
    edited = previewed(placed(CART), *sent(name)).after
    changed = update(CART, *sent(name), known=shop())
    assert shared(edited) == shared(changed)
    assert shared(edited) != shared(CART) or name in ("setCustomerGroup", "setShippingRateInput", "changeTaxRoundingMode")


def test_an_edit_adds_removes_and_ships_otherwise_to_the_cent() -> None:
    # Two mugs less one are 9.99, the book goes, three pencils at 1.08 plus 19 % are 3.24 net and 3.86 gross (3.8556), the
    # wrapping stays at 1.00; express is 12.90. The total is 9.99 + 3.24 + 1.00 + 12.90 = 27.13.
    # Net: mug 9.99 / 1.19 = 8.39 (8.3949), wrapping 0.84 (0.8403), pencils 3.24, express 10.84 (10.8403); gross 27.75.
    edit = (
        {"action": "removeLineItem", **MUGS, "quantity": 1},
        {"action": "removeLineItem", **BOOK},
        {"action": "addLineItem", "sku": "pencil", "quantity": 3},
        {"action": "setShippingMethod", "shippingMethod": {"id": EXPRESS.id}},
    )
    outcome = previewed(placed(CART), *edit)
    after: Order = outcome.after
    assert after.total_price.cent_amount == 2713
    assert after.taxed_price is not None
    assert (after.taxed_price.total_net.cent_amount, after.taxed_price.total_gross.cent_amount) == (839 + 84 + 324 + 1084, 2775)
    assert told(outcome) == ["OrderShippingInfoSet", "OrderLineItemRemoved", "OrderLineItemRemoved", "OrderLineItemAdded"]
    _, mug, book, pencils = (to_builtins(message) for message in outcome.change.messages)
    assert (mug["removedQuantity"], mug["newQuantity"], mug["newTotalPrice"]["centAmount"]) == (1, 1, 999)
    assert (book["removedQuantity"], book["newQuantity"], book["newState"]) == (1, 0, [])
    assert (pencils["addedQuantity"], pencils["lineItem"]["totalPrice"]["centAmount"]) == (3, 324)


def test_what_is_told_of_custom_lines_addresses_and_groups() -> None:
    outcome = previewed(
        placed(CART),
        *sent("addCustomLineItem"),
        *sent("changeCustomLineItemQuantity"),
        *sent("setShippingAddress"),
        *sent("setDirectDiscounts"),
        {"action": "setLocale", "locale": "de"},
        {"action": "changeOrderState", "orderState": "Confirmed"},
    )
    assert told(outcome) == [
        "OrderStateChanged",
        "OrderShippingAddressSet",
        "OrderLineItemDiscountSet",
        "OrderLineItemDiscountSet",
        "OrderCustomLineItemQuantityChanged",
        "OrderCustomLineItemAdded",
    ]
    assert told(previewed(placed(CART), {"action": "removeCustomLineItem", **WRAP})) == ["OrderCustomLineItemRemoved"]


def test_two_actions_of_edits_alone_set_the_address_with_the_method() -> None:
    # The mugs alone have a rate in France, 20 % in the place of 19.
    order = placed(cart_of(line_items=(TWO_MUGS,)))
    to_paris = {"country": "FR", "city": "Paris"}
    address = {"action": "setShippingAddress", "address": to_paris}
    both = {"action": "setShippingAddressAndShippingMethod", "address": to_paris, "shippingMethod": {"id": EXPRESS.id}}
    after = previewed(order, both).after
    assert shared(after) == shared(previewed(order, address, *sent("setShippingMethod")).after)
    assert after.line_items[0].tax_rate.amount == Decimal("0.2")
    own = {"action": "setShippingAddressAndCustomShippingMethod", "address": to_paris, **EDITS["setCustomShippingMethod"][0]}
    assert shared(previewed(order, own).after) == shared(previewed(order, address, *sent("setCustomShippingMethod")).after)
    total = {"action": "setOrderTotalTax", "externalTotalGross": {**EUR, "centAmount": 5000}}
    assert refused(placed(CART), total) == "InvalidOperation"
    taxed = previewed(placed(CART), AMOUNTS, total).after.taxed_price
    assert taxed is not None and (taxed.total_net.cent_amount, taxed.total_gross.cent_amount) == (4593, 5000)


def test_a_code_of_an_edit_takes_its_share_and_is_counted_when_it_is_applied() -> None:
    half = discount(60, relative(5000), requiresDiscountCode=True)
    word = code(61, half, maxApplications=5)
    rules = known(half, word, uses=[(word.id, "", 0)])
    action = {"action": "addDiscountCode", "code": word.code}
    outcome = previewed(placed(CART), action, known=rules)
    # Half of 9.99 is 4.995, half even 5.00, twice; half of 20.00; the wrapping and shipping stay.
    assert [line.total_price.cent_amount for line in outcome.after.line_items] == [1000, 1000]
    assert outcome.after.total_price.cent_amount == 1000 + 1000 + 100 + 495
    assert told(outcome)[0] == "OrderDiscountCodeAdded"
    assert [type(effect) for effect in outcome.change.effects] == [UseDiscountCode]
    again = previewed(outcome.after, {"action": "setLocale", "locale": "de"}, known=rules)
    assert again.change.effects == ()
    removed = {"action": "removeDiscountCode", "discountCode": {"typeId": "discount-code", "id": word.id}}
    without = previewed(outcome.after, removed, known=rules)
    assert shared(without.after) == shared(placed(CART))
    assert told(without)[0] == "OrderDiscountCodeRemoved"
    fully = known(half, word, uses=[(word.id, "", 5)])
    with pytest.raises(ApiError) as caught:
        previewed(placed(CART), action, known=fully)
    assert caught.value.code == "DiscountCodeNonApplicable"


def test_what_does_not_change_the_price_leaves_every_amount() -> None:
    order = placed(CART)
    odd = replace(order, total_price=replace(order.total_price, cent_amount=4444))
    email = {"action": "setCustomerEmail", "email": "b@example.com"}
    after = previewed(odd, {"action": "setLocale", "locale": "de"}, email).after
    assert after.total_price.cent_amount == 4444


def test_staging_looks_at_the_form_alone() -> None:
    order = placed(CART)
    absent = {"action": "setCustomerId", "customerId": uid(999_999)}
    edit = edit_of(order, absent, {"action": "addPayment", "payment": {"typeId": "payment", "id": uid(999_998)}})
    assert len(edit.staged_actions) == 2
    assert refused(order, absent) == "ReferencedResourceNotFound"
    with pytest.raises(ApiError) as caught:
        edit_of(order, {"action": "makeItSo"})
    assert caught.value.code == "InvalidJsonInput"


def test_an_order_that_tracks_its_stock_is_not_edited() -> None:
    for tracked in (replace(placed(CART), inventory_mode="TrackOnly"),):
        with pytest.raises(ApiError) as caught:
            edit_of(tracked)
        assert caught.value.code == "InvalidOperation"
    added = {"action": "addLineItem", "sku": "pencil", "inventoryMode": "ReserveOnOrder"}
    assert refused(placed(CART), added) == "InvalidOperation"


def test_applying_closes_the_edit_with_what_the_order_cost_before_and_after() -> None:
    order = placed(CART)
    edit = edit_of(order, *sent("changeCustomLineItemQuantity"))
    found = shop((Wanted("order-edit", "id", edit.id), edit))
    outcome = decided(APPLIED, order, [Apply(edit=edit.id, version=edit.version), *edit.staged_actions], found)
    (closed,) = outcome.change.changed
    result = closed.after.result
    assert isinstance(result, OrderEditApplied) and closed.before is edit
    assert (result.applied_at, result.excerpt_before_edit.version, result.excerpt_after_edit.version) == (NOW, 1, 2)
    # Four wrappings in the place of one.
    before, after = result.excerpt_before_edit, result.excerpt_after_edit
    assert (before.total_price.cent_amount, after.total_price.cent_amount) == (4593, 4893)
    assert told(outcome)[-1] == "OrderEditApplied"
    for wrong, code_of in ((edit, "ConcurrentModification"), (closed.after, "InvalidOperation")):
        version = edit.version + (wrong is edit)
        with pytest.raises(ApiError) as caught:
            decided(APPLIED, order, [Apply(edit=edit.id, version=version)], shop((Wanted("order-edit", "id", edit.id), wrong)))
        assert caught.value.code == code_of
    body = encode({"version": 1, "actions": [{"action": "setStagedActions", "stagedActions": []}]})
    with pytest.raises(ApiError) as late:
        RESOURCE.actions.apply(closed.after, decode_body(RESOURCE.actions.update_type(), body).actions, found)
    assert late.value.code == "InvalidOperation"
