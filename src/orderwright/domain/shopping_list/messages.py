"""What a change of a shopping list tells the world."""

from __future__ import annotations

from orderwright.domain.shopping_list.model import ShoppingListLineItem
from orderwright.engine.messages import Message
from orderwright.engine.model import KeyReference


class ShoppingListLineItemAdded(Message):
    """A product was put on the list; the line as it is now."""

    line_item: ShoppingListLineItem


class ShoppingListLineItemRemoved(Message):
    """A product was taken off the list, or some of its units; the line as it was."""

    line_item: ShoppingListLineItem


class ShoppingListStoreSet(Message):
    """The list belongs to another store, or to none."""

    store: KeyReference | None = None
