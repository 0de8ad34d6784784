"""The order edit: what is to be changed of an order, and what came of it.

commercetools: Order Edits, OrderEdit.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta

from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.amounts.tax import TaxedPrice
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.order.model import Order
from orderwright.domain.order_edit.staged import StagedAction
from orderwright.engine.actions import MAX_ACTIONS
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.references import Unread
from orderwright.engine.scalars import DateTime, Key

TYPE_ID: Final = "order-edit"
# What they name is looked at when they are applied: staging checks their form alone.
StagedActions = Unread[Annotated[tuple[StagedAction, ...], Meta(max_length=MAX_ACTIONS)]]


class OrderExcerpt(Value):
    """What an order costs, at one of its versions."""

    total_price: TypedMoney
    version: int
    taxed_price: TaxedPrice | None = None


class OrderEditApplied(Value, tag_field="type", tag="Applied"):
    """The edit was applied: when (UTC), and what the order cost before and after."""

    applied_at: DateTime
    excerpt_before_edit: OrderExcerpt
    excerpt_after_edit: OrderExcerpt


class OrderEditNotProcessed(Value, tag_field="type", tag="NotProcessed"):
    """The edit was not applied yet."""


class OrderEditPreviewSuccess(Value, tag_field="type", tag="PreviewSuccess"):
    """What the order as it is would become, and what would be told of it."""

    preview: Order
    message_payloads: tuple[dict[str, Any], ...] = always(())


class OrderEditPreviewFailure(Value, tag_field="type", tag="PreviewFailure"):
    """Why the edit cannot be applied to the order as it is."""

    errors: tuple[dict[str, Any], ...]


StoredResult: TypeAlias = OrderEditApplied | OrderEditNotProcessed


class OrderEdit(Resource):
    """Actions on an order that wait until they are applied, all of them or none."""

    resource: Reference
    staged_actions: StagedActions = always(())
    result: StoredResult
    key: Key | None = None
    comment: str | None = None
    custom: CustomFields | None = None


class ShownOrderEdit(OrderEdit):
    """An edit as it is answered: one that was not applied shows what would come of it."""

    result: StoredResult | OrderEditPreviewSuccess | OrderEditPreviewFailure  # type: ignore[assignment]  # wider, as it is only shown
