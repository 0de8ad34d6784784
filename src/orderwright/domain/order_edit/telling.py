"""What an order that was edited tells: what differs at the end, however many actions it took to get there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from orderwright.domain.order.messages import OrderShippingAddressSet
from orderwright.domain.order.model import Order
from orderwright.domain.order_edit.messages import (
    OrderCustomerGroupSet,
    OrderCustomLineItemAdded,
    OrderCustomLineItemDiscountSet,
    OrderCustomLineItemQuantityChanged,
    OrderCustomLineItemRemoved,
    OrderDiscountCodeAdded,
    OrderDiscountCodeRemoved,
    OrderLineItemAdded,
    OrderLineItemDiscountSet,
    OrderLineItemDistributionChannelSet,
    OrderLineItemRemoved,
    OrderShippingInfoSet,
    OrderShippingRateInputSet,
)
from orderwright.domain.sale.lines.items import CustomLineItem, Item, LineItem
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.engine.messages import Message

# Members of the order that are told with their old value: the Message, and what the member is called there.
_SET: Final[Mapping[str, tuple[type[Message], str]]] = {
    "customer_group": (OrderCustomerGroupSet, "customer_group"),
    "shipping_address": (OrderShippingAddressSet, "address"),
    "shipping_rate_input": (OrderShippingRateInputSet, "shipping_rate_input"),
}


def differences(before: Order, after: Order) -> Iterator[Message]:
    """The Messages of all that an edit has changed, beside those that its actions tell as they do on any order."""
    for field, (message, member) in _SET.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield message(**{member: new, f"old_{member}": old})
    if _method(before.shipping_info) != _method(after.shipping_info):
        yield OrderShippingInfoSet(shipping_info=after.shipping_info, old_shipping_info=before.shipping_info)
    yield from _codes(before, after)
    yield from _of_items(before.line_items, after.line_items, _line)
    yield from _of_items(before.custom_line_items, after.custom_line_items, _custom_line)


def _method(info: ShippingInfo | None) -> Any:
    """Which method it is; what it costs may follow from the lines."""
    return None if info is None else (info.shipping_method, info.shipping_method_name, info.shipping_rate)


def _codes(before: Order, after: Order) -> Iterator[Message]:
    old, new = ([info.discount_code for info in order.discount_codes] for order in (before, after))
    yield from (OrderDiscountCodeAdded(discount_code=code) for code in new if code not in old)
    yield from (OrderDiscountCodeRemoved(discount_code=code) for code in old if code not in new)


def _of_items(
    before: Sequence[Item], after: Sequence[Item], told: Callable[[Item | None, Item | None], Iterator[Message]]
) -> Iterator[Message]:
    old, new = {item.id: item for item in before}, {item.id: item for item in after}
    for id, item in old.items():
        yield from told(item, new.get(id))
    yield from (message for id, item in new.items() if id not in old for message in told(None, item))


def _line(before: LineItem | None, after: LineItem | None) -> Iterator[Message]:
    old, new = (0 if line is None else line.quantity for line in (before, after))
    if after is not None and new > old:
        yield OrderLineItemAdded(line_item=after, added_quantity=new - old)
    if before is not None and new < old:
        yield _removed(before, after, old - new)
    if after is None:
        return
    named: dict[str, Any] = {"line_item_id": after.id, "line_item_key": after.key}
    if before is not None and before.distribution_channel != after.distribution_channel:
        yield OrderLineItemDistributionChannelSet(**named, distribution_channel=after.distribution_channel)
    if _discounted(before) != _discounted(after):
        yield OrderLineItemDiscountSet(
            **named,
            discounted_price_per_quantity=after.discounted_price_per_quantity,
            total_price=after.total_price,
            taxed_price=after.taxed_price,
            taxed_price_portions=after.taxed_price_portions,
        )


def _removed(before: LineItem, after: LineItem | None, quantity: int) -> OrderLineItemRemoved:
    left = after or before
    return OrderLineItemRemoved(
        line_item_id=before.id,
        line_item_key=before.key,
        removed_quantity=quantity,
        new_quantity=before.quantity - quantity,
        new_state=after.state if after else (),
        new_total_price=left.total_price,
        new_taxed_price=left.taxed_price,
        new_price=left.price,
        new_shipping_detail=left.shipping_details,
    )


def _custom_line(before: CustomLineItem | None, after: CustomLineItem | None) -> Iterator[Message]:
    if before is None and after is not None:
        yield OrderCustomLineItemAdded(custom_line_item=after)
    if before is not None and after is None:
        yield OrderCustomLineItemRemoved(custom_line_item_id=before.id, custom_line_item_key=before.key, custom_line_item=before)
    if after is None:
        return
    named: dict[str, Any] = {"custom_line_item_id": after.id, "custom_line_item_key": after.key}
    if before is not None and before.quantity != after.quantity:
        yield OrderCustomLineItemQuantityChanged(**named, quantity=after.quantity, old_quantity=before.quantity)
    if _discounted(before) != _discounted(after):
        yield OrderCustomLineItemDiscountSet(
            **named, discounted_price_per_quantity=after.discounted_price_per_quantity, taxed_price=after.taxed_price
        )


def _discounted(item: LineItem | CustomLineItem | None) -> Any:
    return () if item is None else item.discounted_price_per_quantity
