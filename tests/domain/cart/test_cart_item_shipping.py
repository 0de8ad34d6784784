"""Which units of a cart's items go where: said as it comes, and marked while it is not all of them."""

from typing import Any

import pytest

from domain.cart.buying import body, create, update
from domain.facts import facts
from orderwright.domain.cart.mine import MY_ACTIONS
from orderwright.domain.sale.model import Cart
from orderwright.domain.signing.merge import with_lines_of
from orderwright.engine.model import action_name
from orderwright.errors import ApiError

ADDRESSES = [{"country": "DE", "key": "home"}, {"country": "DE", "key": "work"}]
WRAP = {"name": {"en": "Wrapping"}, "slug": "wrap", "key": "wrap", "money": {"currencyCode": "EUR", "centAmount": 100}}
TAXED = {"taxCategory": {"key": "standard"}}


def to(*targets: tuple[str, int]) -> dict[str, Any]:
    return {"targets": [{"addressKey": key, "quantity": quantity} for key, quantity in targets]}


def mugs(*targets: tuple[str, int], quantity: int = 3) -> Cart:
    line = {"sku": "mug-blue", "key": "mugs", "quantity": quantity, **({"shippingDetails": to(*targets)} if targets else {})}
    return create(lineItems=[line], customLineItems=[{**WRAP, **TAXED, "quantity": 2}], itemShippingAddresses=ADDRESSES)


def sent(cart: Cart, kind: str = "lineItems") -> tuple[bool, dict[str, int]] | None:
    """Whether the first item's details are valid, and what goes where."""
    details = body(cart)[kind][0].get("shippingDetails")
    return details and (details["valid"], {target["addressKey"]: target["quantity"] for target in details["targets"]})


def refusal(cart: Cart, action: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ApiError) as caught:
        update(cart, action)
    return {"code": caught.value.code, **{name: caught.value.fields.get(name) for name in ("field",)}}


def test_a_draft_says_where_units_go() -> None:
    assert sent(mugs()) is None
    assert sent(mugs(("home", 1), ("work", 2))) == (True, {"home": 1, "work": 2})
    assert sent(mugs(("home", 1))) == (False, {"home": 1})
    assert sent(mugs(("home", 3), ("work", 0))) == (True, {"home": 3})


def test_a_target_must_be_there_once_and_not_negative() -> None:
    on_mugs = {"action": "setLineItemShippingDetails", "lineItemKey": "mugs"}
    cart = mugs()
    assert refusal(cart, {**on_mugs, "shippingDetails": to(("moon", 3))}) == {"code": "InvalidField", "field": "addressKey"}
    assert refusal(cart, {**on_mugs, "shippingDetails": to(("home", 1), ("home", 2))})["code"] == "DuplicateField"
    assert refusal(cart, {**on_mugs, "shippingDetails": to(("home", -3))}) == {"code": "InvalidField", "field": "quantity"}


@pytest.mark.parametrize("kind", ["LineItem", "CustomLineItem"])
def test_details_are_set_changed_and_removed(kind: str) -> None:
    stem, key, units = ("lineItem", "mugs", 3) if kind == "LineItem" else ("customLineItem", "wrap", 2)
    on_item = {f"{stem}Key": key}
    put = {"action": f"set{kind}ShippingDetails", **on_item}
    delta = {"action": f"applyDeltaTo{kind}ShippingDetailsTargets", **on_item}
    cart = update(mugs(), {**put, "shippingDetails": to(("home", units))})
    assert sent(cart, f"{stem}s") == (True, {"home": units})
    moved = update(cart, {**delta, "targetsDelta": to(("home", -1), ("work", 1))["targets"]})
    assert sent(moved, f"{stem}s") == (True, {"home": units - 1, "work": 1})
    # An address to which nothing goes any more is left out.
    fewer = update(moved, {**delta, "targetsDelta": to(("work", -1))["targets"]})
    assert sent(fewer, f"{stem}s") == (False, {"home": units - 1})
    assert refusal(fewer, {**delta, "targetsDelta": to(("work", -1))["targets"]}) == {"code": "InvalidField", "field": "quantity"}
    assert sent(update(fewer, put), f"{stem}s") is None
    # The first delta begins the details.
    assert sent(update(mugs(), {**delta, "targetsDelta": to(("work", units))["targets"]}), f"{stem}s") == (True, {"work": units})


def test_units_that_are_added_bring_their_targets_along() -> None:
    cart = mugs(("home", 3))
    add = {"action": "addLineItem", "sku": "mug-blue", "quantity": 2}
    both = update(cart, {**add, "shippingDetails": to(("home", 1), ("work", 1))})
    assert (len(both.line_items), sent(both)) == (1, (True, {"home": 4, "work": 1}))
    assert sent(update(cart, add)) == (False, {"home": 3})
    wrap = {"action": "addCustomLineItem", **WRAP, **TAXED, "quantity": 1, "shippingDetails": to(("work", 1))}
    assert sent(update(cart, wrap), "customLineItems") == (False, {"work": 1})


def test_units_that_are_removed_take_their_targets_along() -> None:
    cart = mugs(("home", 2), ("work", 1))
    remove = {"action": "removeLineItem", "lineItemKey": "mugs", "quantity": 2}
    assert sent(update(cart, {**remove, "shippingDetailsToRemove": to(("home", 1), ("work", 1))})) == (True, {"home": 1})
    assert sent(update(cart, remove)) == (False, {"home": 2, "work": 1})
    assert refusal(cart, {**remove, "shippingDetailsToRemove": to(("work", 2))}) == {"code": "InvalidField", "field": "quantity"}


def test_another_quantity_keeps_the_targets_and_marks_them() -> None:
    cart = mugs(("home", 3))
    change = {"action": "changeLineItemQuantity", "lineItemKey": "mugs", "quantity": 4}
    put = {"action": "setLineItemShippingDetails", "lineItemKey": "mugs", "shippingDetails": to(("work", 4))}
    assert sent(update(cart, change)) == (False, {"home": 3})
    assert sent(update(cart, change, put)) == (True, {"work": 4})


def test_a_line_leaves_its_targets_behind_when_carts_are_merged() -> None:
    merged = with_lines_of(create(), mugs(("home", 3)), facts())
    assert merged.line_items[0].shipping_details is None


def test_an_owner_may_do_so_with_line_items() -> None:
    names = {action_name(action.__name__) for action in MY_ACTIONS.types}
    assert {"setLineItemShippingDetails", "applyDeltaToLineItemShippingDetailsTargets", "setCustomShippingMethod"} <= names
    assert not {"setCustomLineItemShippingDetails", "applyDeltaToCustomLineItemShippingDetailsTargets"} & names
