"""Custom line items of a cart: add, change, remove."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money
from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.laws.parts import find_part, with_part, without
from orderwright.domain.sale.lines.items import CustomLineItem, CustomLineItemDraft, CustomLineItemPriceMode
from orderwright.domain.sale.lines.lines import add_custom_line, money_of, set_custom_quantity
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, action_name
from orderwright.engine.scalars import Id, Key, Quantity


class AddCustomLineItem(CustomLineItemDraft, tag_field="action", tag=action_name):
    """The custom line item's draft itself."""


class RemoveCustomLineItem(Action):
    """Takes the item away whole."""

    custom_line_item_id: Id | None = None
    custom_line_item_key: Key | None = None


class ChangeCustomLineItemQuantity(Action):
    """The new quantity; 0 removes the item."""

    quantity: Quantity
    custom_line_item_id: Id | None = None
    custom_line_item_key: Key | None = None


class ChangeCustomLineItemMoney(Action):
    """The new price of one unit; it may be negative."""

    money: Money
    custom_line_item_id: Id | None = None
    custom_line_item_key: Key | None = None


class ChangeCustomLineItemPriceMode(Action):
    """Whether cart discounts apply to the item."""

    mode: CustomLineItemPriceMode
    custom_line_item_id: Id | None = None
    custom_line_item_key: Key | None = None


OfCustomLineItem = RemoveCustomLineItem | ChangeCustomLineItemQuantity | ChangeCustomLineItemMoney | ChangeCustomLineItemPriceMode


@actions.handles
def add_custom_line_item(cart: Cart, action: AddCustomLineItem, facts: Facts) -> Cart:
    return add_custom_line(cart, action, facts)


@actions.handles
def remove_custom_line_item(cart: Cart, action: RemoveCustomLineItem, _facts: Facts) -> Cart:
    return replace(cart, custom_line_items=without(cart.custom_line_items, _named(cart, action)))


@actions.handles
def change_custom_line_item_quantity(cart: Cart, action: ChangeCustomLineItemQuantity, facts: Facts) -> Cart:
    return set_custom_quantity(cart, _named(cart, action), action.quantity, facts)


@actions.handles
def change_custom_line_item_money(cart: Cart, action: ChangeCustomLineItemMoney, _facts: Facts) -> Cart:
    return _changed(cart, replace(_named(cart, action), money=money_of(action.money, cart)))


@actions.handles
def change_custom_line_item_price_mode(cart: Cart, action: ChangeCustomLineItemPriceMode, _facts: Facts) -> Cart:
    return _changed(cart, replace(_named(cart, action), price_mode=action.mode))


def _named(cart: Cart, action: OfCustomLineItem) -> CustomLineItem:
    return find_part(cart.custom_line_items, "customLineItem", id=action.custom_line_item_id, key=action.custom_line_item_key)


def _changed(cart: Cart, item: CustomLineItem) -> Cart:
    return replace(cart, custom_line_items=with_part(cart.custom_line_items, item))
