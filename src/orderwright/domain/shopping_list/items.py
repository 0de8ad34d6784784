"""What is put on a shopping list, and taken off it again.

commercetools: Shopping Lists, ShoppingListLineItem.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from orderwright.domain.custom.fields import custom_from
from orderwright.domain.goods.variants import variant_named
from orderwright.domain.laws.parts import check_new_keys, with_part, without
from orderwright.domain.shopping_list.drafts import ShoppingListLineItemDraft, TextLineItemDraft
from orderwright.domain.shopping_list.model import ListItem, ShoppingList, ShoppingListLineItem, TextLineItem
from orderwright.engine.facts import Facts
from orderwright.errors import invalid_field, invalid_operation

MAX_LINE_ITEMS = 250
MAX_TEXT_LINE_ITEMS = 100
# No stored quantity is beyond it, as in carts.
MAX_QUANTITY = 2**53


def with_line(
    shopping_list: ShoppingList, draft: ShoppingListLineItemDraft, facts: Facts
) -> tuple[ShoppingList, ShoppingListLineItem]:
    """The list with units of a product, and the line that has them: the one that holds the same variant with the same custom
    fields, or a new one.

    Raises what `variant_named` and `custom_from` raise, `InvalidField` for a quantity below 1, `DuplicateField` for a key that
    another line has, `InvalidOperation` for more than 250 lines.
    """
    check_quantity(draft.quantity, 1)
    new = _line_from(draft, facts)
    for line in shopping_list.line_items:
        if _what(line) == _what(new):
            more = replace(line, quantity=line.quantity + new.quantity)
            check_quantity(more.quantity, 1)
            return replace(shopping_list, line_items=with_part(shopping_list.line_items, more)), more
    return replace(shopping_list, line_items=_one_more(shopping_list.line_items, new, MAX_LINE_ITEMS, "line items")), new


def with_text(shopping_list: ShoppingList, draft: TextLineItemDraft, facts: Facts) -> ShoppingList:
    """The list with one text more. Raises what `custom_from` raises, `InvalidField`, `DuplicateField`, `InvalidOperation` for
    more than 100."""
    check_quantity(draft.quantity, 1)
    new = TextLineItem(
        id=facts.new_id(),
        key=draft.key,
        added_at=draft.added_at or facts.now,
        name=draft.name,
        description=draft.description,
        quantity=draft.quantity,
        custom=custom_from(draft.custom, "shopping-list-text-line-item", facts),
    )
    texts = _one_more(shopping_list.text_line_items, new, MAX_TEXT_LINE_ITEMS, "text line items")
    return replace(shopping_list, text_line_items=texts)


def resized(items: Sequence[ListItem], item: ListItem, quantity: int) -> tuple[ListItem, ...]:
    """The items with another quantity of one; 0 takes it off. Raises `InvalidField` for a negative one."""
    check_quantity(quantity, 0)
    return with_part(items, replace(item, quantity=quantity)) if quantity else without(items, item)


def reordered(items: Sequence[ListItem], ids: Sequence[str]) -> tuple[ListItem, ...]:
    """The items in the order of their ids. Raises `InvalidOperation` unless these are all ids, each once."""
    by_id = {item.id: item for item in items}
    if sorted(ids) != sorted(by_id):
        raise invalid_operation("The order must name every item of the list, each once.")
    return tuple(by_id[id] for id in ids)


def check_quantity(quantity: int, least: int) -> None:
    """Raises `InvalidField`."""
    if not least <= quantity <= MAX_QUANTITY:
        raise invalid_field("quantity", quantity)


def _line_from(draft: ShoppingListLineItemDraft, facts: Facts) -> ShoppingListLineItem:
    snapshot = variant_named(facts, sku=draft.sku, product_id=draft.product_id, variant_id=draft.variant_id)
    return ShoppingListLineItem(
        id=facts.new_id(),
        key=draft.key,
        added_at=draft.added_at or facts.now,
        name=snapshot.name,
        product_id=snapshot.product_id,
        product_type=snapshot.product_type,
        # Which is the master may change: who names no variant means whichever it is.
        variant_id=snapshot.variant.id if draft.sku is not None else draft.variant_id,
        published=snapshot.published,
        quantity=draft.quantity,
        custom=custom_from(draft.custom, "line-item", facts),
    )


def _what(line: ShoppingListLineItem) -> tuple[object, ...]:
    return line.product_id, line.variant_id, line.custom


def _one_more(items: tuple[ListItem, ...], new: ListItem, most: int, name: str) -> tuple[ListItem, ...]:
    check_new_keys(items, [new.key])
    if len(items) >= most:
        raise invalid_operation(f"A shopping list has at most {most} {name}.")
    return items + (new,)  # noqa: RUF005 - an unpacked tuple is no tuple of one of the two kinds to the type checker
