"""Custom line items: add, change, remove."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money
from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.lines.items import CustomLineItemDraft
from orderwright.domain.sale.lines.lines import add_custom_line, money_of, set_custom_quantity
from orderwright.domain.sale.lines.parts import OnCustomLineItem, named_custom_line, with_custom_line
from orderwright.domain.sale.model import Sale
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


@edit_actions.handles
def add_custom_line_item(sale: Sale, action: AddCustomLineItem, facts: Facts) -> Sale:
    return add_custom_line(sale, action, facts)


@edit_actions.handles
def remove_custom_line_item(sale: Sale, action: RemoveCustomLineItem, facts: Facts) -> Sale:
    return set_custom_quantity(sale, named_custom_line(sale, action), 0, facts)


@edit_actions.handles
def change_custom_line_item_quantity(sale: Sale, action: ChangeCustomLineItemQuantity, facts: Facts) -> Sale:
    return set_custom_quantity(sale, named_custom_line(sale, action), action.quantity, facts)


@edit_actions.handles
def change_custom_line_item_money(sale: Sale, action: ChangeCustomLineItemMoney, _facts: Facts) -> Sale:
    return with_custom_line(sale, replace(named_custom_line(sale, action), money=money_of(action.money, sale)))
