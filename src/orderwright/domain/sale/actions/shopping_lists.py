"""A shopping list's products, put into a cart.

commercetools: Carts, CartAddShoppingListAction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft
from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.lines.items import LineItemDraft
from orderwright.domain.sale.lines.lines import add_line
from orderwright.domain.sale.lines.variants import wanted_groups
from orderwright.domain.sale.model import Sale
from orderwright.domain.shopping_list.model import TYPE_ID, ShoppingList, ShoppingListLineItem
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import ChannelIdentifier, ResourceIdentifier, ShoppingListIdentifier, Wanted


class AddShoppingList(Action):
    """The list whose line items are added, and the channels of all of them."""

    shopping_list: ShoppingListIdentifier
    supply_channel: ChannelIdentifier | None = None
    distribution_channel: ChannelIdentifier | None = None

    def wants_on(self, sale: Sale) -> Iterator[Wanted]:
        """The customer, whose groups have prices of their own. What the list holds, `wanted_of_lists` wants once it is read."""
        return wanted_groups(sale.customer_id)


def wanted_of_lists(found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
    """The products of every list that was read."""
    for document in found.values():
        if isinstance(document, ShoppingList):
            for line in document.line_items:
                yield from LineItemDraft(product_id=line.product_id).wants()


@edit_actions.handles
def add_shopping_list(sale: Sale, action: AddShoppingList, facts: Facts) -> Sale:
    """Texts are left out. Raises `ReferencedResourceNotFound` and what adding each line raises."""
    shopping_list = facts.get(TYPE_ID, action.shopping_list, ShoppingList)
    for line in shopping_list.line_items:
        sale = add_line(sale, _draft(line, action), facts)
    return sale


def _draft(line: ShoppingListLineItem, action: AddShoppingList) -> LineItemDraft:
    return LineItemDraft(
        product_id=line.product_id,
        variant_id=line.variant_id,
        quantity=line.quantity,
        supply_channel=action.supply_channel,
        distribution_channel=action.distribution_channel,
        custom=_custom(line.custom),
    )


def _custom(fields: CustomFields | None) -> CustomFieldsDraft | None:
    return None if fields is None else CustomFieldsDraft(type=ResourceIdentifier(id=fields.type.id), fields=fields.fields)
