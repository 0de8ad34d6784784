"""Order edits: changes of an order that are looked at before they are made."""

from __future__ import annotations

from orderwright.domain.order_edit.actions import actions
from orderwright.domain.order_edit.create import from_draft
from orderwright.domain.order_edit.drafts import OrderEditDraft
from orderwright.domain.order_edit.model import TYPE_ID, OrderEdit, ShownOrderEdit
from orderwright.engine.resource import ResourceType

RESOURCE = ResourceType(
    type_id=TYPE_ID,
    path="orders/edits",
    personal=True,
    model=OrderEdit,
    shown_as=ShownOrderEdit,
    draft=OrderEditDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    lookups={"key": "key"},
)
