"""The older documentation's overview of update actions: which of them carts, orders and order edits have."""

from __future__ import annotations

import json
import re
from typing import Any

from live import SPECCHECK, skip_without_specification
from orderwright.domain.cart.resource import RESOURCE as CART
from orderwright.domain.order.resource import RESOURCE as ORDER
from orderwright.domain.order_edit.staged import StagedAction
from orderwright.engine.json.codec import decode_body
from orderwright.errors import ApiError

SEED = SPECCHECK.parent.parent / "spec" / "seeds" / "commercetools-orders-earlier.txt"
# Where the documentation of today says otherwise, which decides: how many of the three have the action there.
NEWER = {
    "setKey": 1,  # an edit has a key of its own, an order none
    "setPurchaseOrderNumber": 3,
    "setCustomLineItemShippingDetails": 3,
    "setDeliveryAddressCustomType": 2,  # a cart has no deliveries
    "setDeliveryAddressCustomField": 2,
}


def is_known(form: Any, body: dict[str, Any]) -> bool:
    """Whether a body is refused for anything but the name of its action."""
    try:
        decode_body(form, json.dumps(body).encode())
    except ApiError as error:
        return "is none of those that are allowed" not in str(error.fields["detailedErrorMessage"])
    return True


def served(action: str) -> int:
    """How many of the three take an action, as their paths read it."""
    sent: dict[str, Any] = {"action": action}
    update = {"version": 1, "actions": [sent]}
    bodies = ((CART.actions.update_type(), update), (ORDER.actions.update_type(), update), (StagedAction, sent))
    return sum(is_known(form, body) for form, body in bodies)


def test_the_overview_of_update_actions() -> None:
    skip_without_specification()
    text = SEED.read_text().partition("Overview of update actions for Cart, Order and OrderEdit")[2]
    # The ticks of the table are lost, its dashes are not: one for each of the three without the action.
    rows = {row[1]: 3 - len(row[2]) for row in re.finditer(r"^([a-z]\w+?)(-*)$", text.partition("Delete Order")[0], re.MULTILINE)}
    assert len(rows) == 71
    assert {action: served(action) for action in rows} == {**rows, **NEWER}


def test_an_action_that_nobody_has_is_told_apart() -> None:
    assert served("paintItRed") == 0
