"""The parts that carts and orders share, as an action names them and as rows of custom fields."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address, keyed_address
from orderwright.domain.custom.rows import Row
from orderwright.domain.laws.parts import find_part, instead, with_part
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.model import Shipping
from orderwright.domain.sale.shipping.several import named_info, named_shipping, with_info, with_shipping
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.engine.scalars import Id, Key, Text
from orderwright.errors import invalid_operation


class OnLineItem(Action):
    """The line item, by its id or its key."""

    line_item_id: Id | None = None
    line_item_key: Key | None = None


class OnCustomLineItem(Action):
    """The custom line item, by its id or its key."""

    custom_line_item_id: Id | None = None
    custom_line_item_key: Key | None = None


class OnItemShippingAddress(Action):
    """The item shipping address, by its key."""

    address_key: str


class OnShipping(Action):
    """The only shipping, or by its key one of several."""

    shipping_key: Text | None = None


def named_line(sale: Sale, action: OnLineItem) -> LineItem:
    """The line item that an action names. Raises as `find_part` does."""
    return find_part(sale.line_items, "lineItem", id=action.line_item_id, key=action.line_item_key)


def named_custom_line(sale: Sale, action: OnCustomLineItem) -> CustomLineItem:
    """The custom line item that an action names. Raises as `find_part` does."""
    return find_part(sale.custom_line_items, "customLineItem", id=action.custom_line_item_id, key=action.custom_line_item_key)


def with_line(sale: S, line: LineItem) -> S:
    """The cart or order with one line item changed, in its place."""
    return replace(sale, line_items=with_part(sale.line_items, line))


def with_custom_line(sale: S, item: CustomLineItem) -> S:
    """The cart or order with one custom line item changed, in its place."""
    return replace(sale, custom_line_items=with_part(sale.custom_line_items, item))


def _address(field: str, text: str) -> Part:
    def read(sale: Sale, _action: Any) -> Address:
        address: Address | None = getattr(sale, field)
        if address is None:
            raise invalid_operation(f"The {text} is not set, so that it has no custom fields.")
        return address

    return Part(read, lambda sale, _old, new: replace(sale, **{field: new}))


def _item_shipping_address(sale: Sale, action: OnItemShippingAddress) -> Address:
    return keyed_address(sale.item_shipping_addresses, action.address_key, "addressKey")


def _with_item_shipping_address(sale: S, old: Address, new: Address) -> S:
    return replace(sale, item_shipping_addresses=instead(sale.item_shipping_addresses, old, new))


def _shipping(sale: Sale, action: OnShipping) -> Sale | Shipping:
    """What has the custom fields of a shipping: one of several has its own, those of the only one are the sale's."""
    return named_shipping(sale, action.shipping_key) or sale


def _with_shipping(sale: Sale, old: Sale | Shipping, new: Any) -> Any:
    return with_shipping(sale, old, new) if isinstance(old, Shipping) else new


LINE_ITEM: Final = Part(named_line, lambda sale, _old, new: with_line(sale, new), OnLineItem)
CUSTOM_LINE_ITEM: Final = Part(named_custom_line, lambda sale, _old, new: with_custom_line(sale, new), OnCustomLineItem)
SHIPPING_INFO: Final = Part(lambda sale, action: named_info(sale, action.shipping_key), with_info, OnShipping)
# The custom fields that carts and orders both have.
PARTS: Final = (
    Row("LineItem", "line-item", LINE_ITEM),
    Row("CustomLineItem", "custom-line-item", CUSTOM_LINE_ITEM),
    Row("ShippingAddress", "address", _address("shipping_address", "shipping address")),
    Row("BillingAddress", "address", _address("billing_address", "billing address")),
    Row("ItemShippingAddress", "address", Part(_item_shipping_address, _with_item_shipping_address, OnItemShippingAddress)),
    Row("Shipping", "shipping", Part(_shipping, _with_shipping, OnShipping), "shipping_custom_fields"),
)
