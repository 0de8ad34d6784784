"""What order edits are made from."""

from __future__ import annotations

from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.order_edit.model import StagedActions
from orderwright.engine.model import Value
from orderwright.engine.references import OrderReference
from orderwright.engine.scalars import Key, Text


class OrderEditDraft(Value):
    """An edit as it is sent. With `dry_run` it is only tried."""

    resource: OrderReference
    key: Key | None = None
    staged_actions: StagedActions = ()
    custom: CustomFieldsDraft | None = None
    comment: Text | None = None
    dry_run: bool = False


class OrderEditApply(Value):
    """The versions of the edit and of its order that are applied and changed."""

    edit_version: int
    resource_version: int
