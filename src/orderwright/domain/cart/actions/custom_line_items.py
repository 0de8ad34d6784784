"""Custom line items of a cart: add, change, remove."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money
from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.lines.items import CustomLineItemDraft, CustomLineItemPriceMode
from orderwright.domain.sale.lines.lines import add_custom_line, money_of, set_custom_quantity
from orderwright.domain.sale.lines.parts import OnCustomLineItem, named_custom_line, with_custom_line
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts
from orderwright.engine.model import action_name
from orderwright.engine.scalars import Quantity


class AddCustomLineItem(CustomLineItemDraft, tag_field="action", tag=action_name):
    """The custom line item's draft itself."""


class RemoveCustomLineItem(OnCustomLineItem):
    """Takes the item away whole."""


class ChangeCustomLineItemQuantity(OnCustomLineItem):
    """The new quantity; 0 removes the item."""

    quantity: Quantity


class ChangeCustomLineItemMoney(OnCustomLineItem):
    """The new price of one unit; it may be negative."""

    money: Money


class ChangeCustomLineItemPriceMode(OnCustomLineItem):
    """Whether cart discounts apply to the item."""

    mode: CustomLineItemPriceMode


@actions.handles
def add_custom_line_item(cart: Cart, action: AddCustomLineItem, facts: Facts) -> Cart:
    return add_custom_line(cart, action, facts)


@actions.handles
def remove_custom_line_item(cart: Cart, action: RemoveCustomLineItem, facts: Facts) -> Cart:
    return set_custom_quantity(cart, named_custom_line(cart, action), 0, facts)


@actions.handles
def change_custom_line_item_quantity(cart: Cart, action: ChangeCustomLineItemQuantity, facts: Facts) -> Cart:
    return set_custom_quantity(cart, named_custom_line(cart, action), action.quantity, facts)


@actions.handles
def change_custom_line_item_money(cart: Cart, action: ChangeCustomLineItemMoney, _facts: Facts) -> Cart:
    return with_custom_line(cart, replace(named_custom_line(cart, action), money=money_of(action.money, cart)))


@actions.handles
def change_custom_line_item_price_mode(cart: Cart, action: ChangeCustomLineItemPriceMode, _facts: Facts) -> Cart:
    return with_custom_line(cart, replace(named_custom_line(cart, action), price_mode=action.mode))
