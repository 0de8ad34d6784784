"""A new order edit from its draft."""

from __future__ import annotations

from orderwright.domain.custom.fields import custom_from
from orderwright.domain.order.model import Order
from orderwright.domain.order_edit.drafts import OrderEditDraft
from orderwright.domain.order_edit.model import OrderEdit, OrderEditNotProcessed
from orderwright.engine.facts import Facts
from orderwright.errors import invalid_operation


def from_draft(draft: OrderEditDraft, facts: Facts) -> OrderEdit:
    """The edit a draft means. Raises `ReferencedResourceNotFound`, and what `check_untracked` and custom fields raise."""
    order = facts.get("order", draft.resource, Order)
    check_untracked(order)
    return OrderEdit(
        **facts.born(),
        key=draft.key,
        resource=draft.resource,
        staged_actions=draft.staged_actions,
        result=OrderEditNotProcessed(),
        comment=draft.comment,
        custom=custom_from(draft.custom, "order-edit", facts),
    )


def check_untracked(order: Order) -> None:
    """Raises `InvalidOperation` for an order that took something off the stock: an edit would have to take or give back more.

    commercetools: Order Edits, OrderEditDraft.
    """
    modes = {order.inventory_mode, *(line.inventory_mode for line in order.line_items)} - {None, "None"}
    if modes:
        named = ", ".join(sorted(map(str, modes)))
        raise invalid_operation(f"The order '{order.id}' tracks its stock ({named}); only orders that do not are edited.")
