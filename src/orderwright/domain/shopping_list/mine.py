"""My Shopping Lists: what an owner herself may do to a list. Whose it is, its key, slug and store are not hers to change."""

from __future__ import annotations

from typing import Final

from orderwright.domain.shopping_list.actions import actions

MY_ACTIONS: Final = actions.only(
    "addLineItem",
    "addTextLineItem",
    "changeLineItemQuantity",
    "changeLineItemsOrder",
    "changeName",
    "changeTextLineItemName",
    "changeTextLineItemQuantity",
    "changeTextLineItemsOrder",
    "removeLineItem",
    "removeTextLineItem",
    "setCustomField",
    "setCustomType",
    "setDeleteDaysAfterLastModification",
    "setDescription",
    "setLineItemCustomField",
    "setLineItemCustomType",
    "setTextLineItemCustomField",
    "setTextLineItemCustomType",
    "setTextLineItemDescription",
    name="MyShoppingList",
)
