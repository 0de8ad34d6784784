"""The parts that carts and orders share, as an action names them and as rows of custom fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.custom.addresses import Address, keyed_address
from orderwright.domain.custom.rows import Row, in_its_place, itself
from orderwright.domain.laws.parts import find_part, instead, with_part
from orderwright.engine.model import Action
from orderwright.engine.scalars import Id, Key, NotServed
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
    """The only shipping method; a key would name one of several."""

    shipping_key: NotServed | None = None


def _address(field: str, text: str) -> tuple[Callable[[Any, Any], Address], Callable[[Any, Any, Any], Any]]:
    def read(document: Any, _action: Any) -> Address:
        address: Address | None = getattr(document, field)
        if address is None:
            raise invalid_operation(f"The {text} is not set, so that it has no custom fields.")
        return address

    return read, lambda document, _old, new: replace(document, **{field: new})


def _item_shipping_address(document: Any, action: OnItemShippingAddress) -> Address:
    return keyed_address(document.item_shipping_addresses, action.address_key, "addressKey")


def _with_item_shipping_address(document: Any, old: Address, new: Address) -> Any:
    return replace(document, item_shipping_addresses=instead(document.item_shipping_addresses, old, new))


# What carts and orders both have.
PARTS: Final = (
    Row(
        "LineItem",
        "line-item",
        lambda document, action: find_part(document.line_items, "lineItem", id=action.line_item_id, key=action.line_item_key),
        lambda document, _old, new: replace(document, line_items=with_part(document.line_items, new)),
        OnLineItem,
    ),
    Row(
        "CustomLineItem",
        "custom-line-item",
        lambda document, action: find_part(
            document.custom_line_items, "customLineItem", id=action.custom_line_item_id, key=action.custom_line_item_key
        ),
        lambda document, _old, new: replace(document, custom_line_items=with_part(document.custom_line_items, new)),
        OnCustomLineItem,
    ),
    Row("ShippingAddress", "address", *_address("shipping_address", "shipping address")),
    Row("BillingAddress", "address", *_address("billing_address", "billing address")),
    Row("ItemShippingAddress", "address", _item_shipping_address, _with_item_shipping_address, OnItemShippingAddress),
    Row("Shipping", "shipping", itself, in_its_place, OnShipping, "shipping_custom_fields"),
)
