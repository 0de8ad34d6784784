"""What comes back. A return item's two states move along the tables of `order.returns`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.custom.fields import custom_from
from orderwright.domain.laws.parts import check_new_keys, exactly_one, find_part, with_part
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import OrderReturnShipmentStateChanged, ReturnInfoAdded, ReturnInfoSet
from orderwright.domain.order.model import Order
from orderwright.domain.order.returns import (
    FIRST_STATES,
    PAYMENT_TRANSITIONS,
    SHIPMENT_TRANSITIONS,
    ReturnInfo,
    ReturnInfoDraft,
    ReturnItem,
    ReturnItemDraft,
    ReturnPaymentState,
    ReturnShipmentState,
)
from orderwright.domain.shop.state.workflow import check_transition
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import DateTime, Id, Key, Text
from orderwright.errors import invalid_field


class AddReturnInfo(Action):
    """Add a return of at least one item; it is dated now unless it says otherwise."""

    items: Annotated[tuple[ReturnItemDraft, ...], Meta(min_length=1)]
    return_tracking_id: Text | None = None
    return_date: DateTime | None = None


class SetReturnInfo(Action):
    """Replace all returns; without any, they are removed."""

    items: tuple[ReturnInfoDraft, ...] = ()


class OnReturnItem(Action):
    """What the actions on one return item share: its id or its key, exactly one of them."""

    return_item_id: Id | None = None
    return_item_key: Key | None = None


class SetReturnShipmentState(OnReturnItem):
    """Move a returned item on: back to the stock, or found to be unusable."""

    shipment_state: ReturnShipmentState


class SetReturnPaymentState(OnReturnItem):
    """Refund a returned item, or decide not to."""

    payment_state: ReturnPaymentState


@actions.handles
def add_return_info(order: Order, action: AddReturnInfo, facts: Facts) -> Change[Order]:
    """Raises as `return_item_from` does, and `DuplicateField` for an item key in use."""
    check_new_keys(return_items(order.return_info), [draft.key for draft in action.items])
    added = ReturnInfo(
        items=tuple(return_item_from(draft, order, facts) for draft in action.items),
        return_tracking_id=action.return_tracking_id,
        return_date=action.return_date or facts.now,
    )
    return Change(replace(order, return_info=(*order.return_info, added)), ReturnInfoAdded(return_info=added))


@actions.handles
def set_return_info(order: Order, action: SetReturnInfo, facts: Facts) -> Change[Order]:
    """Raises as `return_item_from` does, and `DuplicateField` for an item key that is sent twice."""
    check_new_keys((), [item.key for draft in action.items for item in draft.items])
    returns = tuple(
        ReturnInfo(
            items=tuple(return_item_from(item, order, facts) for item in draft.items),
            return_tracking_id=draft.return_tracking_id,
            return_date=draft.return_date,
        )
        for draft in action.items
    )
    if not returns and not order.return_info:
        return Change(order)
    return Change(replace(order, return_info=returns), ReturnInfoSet(return_info=returns or None))


@actions.handles
def set_return_shipment_state(order: Order, action: SetReturnShipmentState, facts: Facts) -> Change[Order]:
    """Raises `InvalidOperation` for a step that the table does not have."""
    item = named_return_item(order, action)
    if item.shipment_state == action.shipment_state:
        return Change(order)
    check_transition(SHIPMENT_TRANSITIONS, item.shipment_state, action.shipment_state, "shipmentState")
    moved = replace(item, shipment_state=action.shipment_state, last_modified_at=facts.now)
    told = OrderReturnShipmentStateChanged(return_item_id=item.id, return_shipment_state=action.shipment_state)
    return Change(with_return_item(order, moved), told)


@actions.handles
def set_return_payment_state(order: Order, action: SetReturnPaymentState, facts: Facts) -> Order:
    """Raises `InvalidOperation` for a step that the table does not have. The API has no Message for it."""
    item = named_return_item(order, action)
    if item.payment_state == action.payment_state:
        return order
    check_transition(PAYMENT_TRANSITIONS, item.payment_state, action.payment_state, "paymentState")
    return with_return_item(order, replace(item, payment_state=action.payment_state, last_modified_at=facts.now))


def return_item_from(draft: ReturnItemDraft, order: Order, facts: Facts) -> ReturnItem:
    """The return item a draft becomes.

    Raises `InvalidField` for a state that no item begins in, `RequiredField` or `InvalidInput` unless exactly one of the two
    item ids is given, `InvalidField` for an item that the order does not have, and what `custom_from` raises.
    """
    if draft.shipment_state not in FIRST_STATES:
        raise invalid_field("shipmentState", draft.shipment_state, list(FIRST_STATES))
    by = exactly_one({"lineItemId": draft.line_item_id, "customLineItemId": draft.custom_line_item_id})
    items = order.line_items if by == "lineItemId" else order.custom_line_items
    returned = draft.line_item_id or draft.custom_line_item_id
    if all(item.id != returned for item in items):
        raise invalid_field(by, returned)
    return ReturnItem(
        id=facts.new_id(),
        key=draft.key,
        quantity=draft.quantity,
        type="LineItemReturnItem" if by == "lineItemId" else "CustomLineItemReturnItem",
        line_item_id=draft.line_item_id,
        custom_line_item_id=draft.custom_line_item_id,
        comment=draft.comment,
        shipment_state=draft.shipment_state,
        payment_state=FIRST_STATES[draft.shipment_state],
        created_at=facts.now,
        last_modified_at=facts.now,
        custom=custom_from(draft.custom, "order-return-item", facts),
    )


def return_items(returns: Iterable[ReturnInfo]) -> list[ReturnItem]:
    """The items of all returns, oldest first."""
    return [item for each in returns for item in each.items]


def named_return_item(order: Order, action: OnReturnItem) -> ReturnItem:
    """The item an action is about. Raises as `find_part` does."""
    return find_part(return_items(order.return_info), "returnItem", id=action.return_item_id, key=action.return_item_key)


def with_return_item(order: Order, changed: ReturnItem) -> Order:
    """The order with one return item changed, found by its id."""
    return replace(order, return_info=tuple(replace(each, items=with_part(each.items, changed)) for each in order.return_info))
