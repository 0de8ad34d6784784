"""The update actions of a shopping list. Both kinds of items have the same ones, under names of their own.

commercetools: Shopping Lists, ShoppingListUpdateAction.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from orderwright.domain.business_unit.naming import check_member, check_usable, seen_unit, unit_of
from orderwright.domain.custom.rows import Row, custom_field_rows, root
from orderwright.domain.goods.product.model import Name
from orderwright.domain.laws.parts import find_part, with_part
from orderwright.domain.shop.store.references import store_reference
from orderwright.domain.shopping_list.create import days_of_project
from orderwright.domain.shopping_list.drafts import DeleteDays, ShoppingListLineItemDraft, TextLineItemDraft
from orderwright.domain.shopping_list.items import reordered, resized, with_line, with_text
from orderwright.domain.shopping_list.messages import (
    ShoppingListLineItemAdded,
    ShoppingListLineItemRemoved,
    ShoppingListStoreSet,
)
from orderwright.domain.shopping_list.model import ShoppingList, ShoppingListLineItem, TextLineItem
from orderwright.engine.actions import ActionSet, Change, setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, action_name
from orderwright.engine.parts import Part
from orderwright.engine.references import BusinessUnitIdentifier, CustomerIdentifier, StoreIdentifier
from orderwright.engine.scalars import Id, Key, LocalizedString, Quantity, Text
from orderwright.errors import invalid_input, invalid_operation


class OnLineItem(Action):
    """The line item, by its id or its key."""

    line_item_id: Id | None = None
    line_item_key: Key | None = None


class OnTextLineItem(Action):
    """The text line item, by its id or its key."""

    text_line_item_id: Id | None = None
    text_line_item_key: Key | None = None


class AddLineItem(ShoppingListLineItemDraft, tag_field="action", tag=action_name):
    """The line item's draft itself."""


class AddTextLineItem(TextLineItemDraft, tag_field="action", tag=action_name):
    """The text line item's draft itself."""


class ChangeLineItemQuantity(OnLineItem):
    """The new quantity; 0 takes the line off the list."""

    quantity: Quantity


class ChangeTextLineItemQuantity(OnTextLineItem):
    """The new quantity; 0 takes the text off the list."""

    quantity: Quantity


class RemoveLineItem(OnLineItem):
    """Takes so many units away, at least one; all of them without a quantity."""

    quantity: Quantity | None = None


class RemoveTextLineItem(OnTextLineItem):
    """Takes so many away, at least one; all of them without a quantity."""

    quantity: Quantity | None = None


class ChangeLineItemsOrder(Action):
    """The ids of all line items, each once, as they are to stand."""

    line_item_order: tuple[Id, ...]


class ChangeTextLineItemsOrder(Action):
    """The ids of all text line items, each once, as they are to stand."""

    text_line_item_order: tuple[Id, ...]


class ChangeTextLineItemName(OnTextLineItem):
    """What the text says."""

    name: Name


class SetTextLineItemDescription(OnTextLineItem):
    """What is said of the text."""

    description: LocalizedString | None = None


class SetAnonymousId(Action):
    """The anonymous session the list belongs to."""

    anonymous_id: Text | None = None


class SetCustomer(Action):
    """The customer the list belongs to; without one it belongs to nobody."""

    customer: CustomerIdentifier | None = None


class SetBusinessUnit(Action):
    """The business unit the list belongs to from now on, in the place of another."""

    business_unit: BusinessUnitIdentifier


class SetStore(Action):
    """The store the list belongs to; none without it."""

    store: StoreIdentifier | None = None


class SetDeleteDaysAfterLastModification(Action):
    """Days; the project's setting if left out."""

    delete_days_after_last_modification: DeleteDays | None = None


def _named_line(shopping_list: ShoppingList, action: OnLineItem) -> ShoppingListLineItem:
    return find_part(shopping_list.line_items, "lineItem", id=action.line_item_id, key=action.line_item_key)


def _named_text(shopping_list: ShoppingList, action: OnTextLineItem) -> TextLineItem:
    key = action.text_line_item_key
    return find_part(shopping_list.text_line_items, "textLineItem", id=action.text_line_item_id, key=key)


def _with_line(shopping_list: ShoppingList, _old: ShoppingListLineItem, new: ShoppingListLineItem) -> ShoppingList:
    return replace(shopping_list, line_items=with_part(shopping_list.line_items, new))


def _with_text(shopping_list: ShoppingList, _old: TextLineItem, new: TextLineItem) -> ShoppingList:
    return replace(shopping_list, text_line_items=with_part(shopping_list.text_line_items, new))


LINE_ITEM: Final = Part(_named_line, _with_line, OnLineItem)
TEXT_LINE_ITEM: Final = Part(_named_text, _with_text, OnTextLineItem)

actions = ActionSet(ShoppingList)
actions.setters("changeName", "setDescription", "setKey", "setSlug")
actions.add(ChangeTextLineItemName, setter("name", at=TEXT_LINE_ITEM))
actions.add(SetTextLineItemDescription, setter("description", at=TEXT_LINE_ITEM))
custom_field_rows(
    actions,
    root("shopping-list"),
    Row("LineItem", "line-item", LINE_ITEM),
    Row("TextLineItem", "shopping-list-text-line-item", TEXT_LINE_ITEM),
)


@actions.handles
def add_line_item(shopping_list: ShoppingList, action: AddLineItem, facts: Facts) -> Change[ShoppingList]:
    after, line = with_line(shopping_list, action, facts)
    return Change(after, ShoppingListLineItemAdded(line_item=line))


@actions.handles
def add_text_line_item(shopping_list: ShoppingList, action: AddTextLineItem, facts: Facts) -> ShoppingList:
    return with_text(shopping_list, action, facts)


@actions.handles
def change_line_item_quantity(
    shopping_list: ShoppingList, action: ChangeLineItemQuantity, _facts: Facts
) -> ShoppingList | Change[ShoppingList]:
    line = _named_line(shopping_list, action)
    return _resized(shopping_list, line, action.quantity)


@actions.handles
def change_text_line_item_quantity(
    shopping_list: ShoppingList, action: ChangeTextLineItemQuantity, _facts: Facts
) -> ShoppingList:
    text = _named_text(shopping_list, action)
    return replace(shopping_list, text_line_items=resized(shopping_list.text_line_items, text, action.quantity))


@actions.handles
def remove_line_item(shopping_list: ShoppingList, action: RemoveLineItem, _facts: Facts) -> Change[ShoppingList]:
    line = _named_line(shopping_list, action)
    after = replace(shopping_list, line_items=resized(shopping_list.line_items, line, _left(line, action.quantity)))
    return Change(after, ShoppingListLineItemRemoved(line_item=line))


@actions.handles
def remove_text_line_item(shopping_list: ShoppingList, action: RemoveTextLineItem, _facts: Facts) -> ShoppingList:
    text = _named_text(shopping_list, action)
    return replace(shopping_list, text_line_items=resized(shopping_list.text_line_items, text, _left(text, action.quantity)))


@actions.handles
def change_line_items_order(shopping_list: ShoppingList, action: ChangeLineItemsOrder, _facts: Facts) -> ShoppingList:
    """Raises `InvalidOperation` unless the ids are those of all line items, each once."""
    return replace(shopping_list, line_items=reordered(shopping_list.line_items, action.line_item_order))


@actions.handles
def change_text_line_items_order(shopping_list: ShoppingList, action: ChangeTextLineItemsOrder, _facts: Facts) -> ShoppingList:
    """Raises `InvalidOperation` unless the ids are those of all text line items, each once."""
    return replace(shopping_list, text_line_items=reordered(shopping_list.text_line_items, action.text_line_item_order))


@actions.handles
def set_anonymous_id(shopping_list: ShoppingList, action: SetAnonymousId, _facts: Facts) -> ShoppingList:
    """Raises `InvalidOperation` for a list of a customer."""
    if shopping_list.customer is not None:
        raise invalid_operation("The shopping list belongs to a customer and can not belong to an anonymous session as well.")
    return replace(shopping_list, anonymous_id=action.anonymous_id)


@actions.handles
def set_customer(shopping_list: ShoppingList, action: SetCustomer, facts: Facts) -> ShoppingList:
    """A customer's list is no anonymous session's any more. Raises `ReferencedResourceNotFound`."""
    customer = facts.reference("customer", action.customer)
    return replace(shopping_list, customer=customer, anonymous_id=None if customer else shopping_list.anonymous_id)


@actions.handles
def set_business_unit(shopping_list: ShoppingList, action: SetBusinessUnit, facts: Facts) -> ShoppingList:
    """Raises `InvalidOperation` for a list that belongs to no unit yet, and for a unit that it can not belong to;
    `ReferencedResourceNotFound`."""
    unit = seen_unit(action.business_unit, facts)
    if shopping_list.business_unit is None:
        raise invalid_operation("The shopping list belongs to no business unit, and can not be given to one.")
    check_usable(unit, shopping_list.store)
    check_member(unit, None if shopping_list.customer is None else shopping_list.customer.id)
    return replace(shopping_list, business_unit=unit.reference)


@actions.handles
def set_store(shopping_list: ShoppingList, action: SetStore, facts: Facts) -> ShoppingList | Change[ShoppingList]:
    """Raises `ReferencedResourceNotFound`, `InvalidOperation` for a store that its business unit does not buy in."""
    store = None if action.store is None else store_reference(action.store, facts)
    if store == shopping_list.store:
        return shopping_list
    after = replace(shopping_list, store=store)
    check_usable(unit_of(after.business_unit, facts), store)
    return Change(after, ShoppingListStoreSet(store=store))


@actions.handles
def set_delete_days_after_last_modification(
    shopping_list: ShoppingList, action: SetDeleteDaysAfterLastModification, facts: Facts
) -> ShoppingList:
    days = action.delete_days_after_last_modification or days_of_project(facts)
    return replace(shopping_list, delete_days_after_last_modification=days)


def _resized(shopping_list: ShoppingList, line: ShoppingListLineItem, quantity: int) -> ShoppingList | Change[ShoppingList]:
    after = replace(shopping_list, line_items=resized(shopping_list.line_items, line, quantity))
    return after if quantity else Change(after, ShoppingListLineItemRemoved(line_item=line))


def _left(item: ShoppingListLineItem | TextLineItem, gone: int | None) -> int:
    """How many are left of an item. Raises `InvalidInput` where less than one is to go."""
    if gone is not None and gone < 1:
        raise invalid_input("The quantity to remove must be at least 1.")
    return 0 if gone is None else max(item.quantity - gone, 0)
