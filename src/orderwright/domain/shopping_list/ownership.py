"""Whose a shopping list is."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.laws.ownership import TakeOver
from orderwright.domain.shopping_list.model import ShoppingList
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference

hand_over: ActionSet[ShoppingList] = ActionSet(ShoppingList, "ShoppingListHandOver")


@hand_over.handles
def take_over(shopping_list: ShoppingList, action: TakeOver, _facts: Facts) -> ShoppingList:
    """The list as the customer's."""
    return replace(shopping_list, customer=Reference(type_id="customer", id=action.customer_id), anonymous_id=None)
