"""Whose an order is."""

from __future__ import annotations

from orderwright.domain.customer.naming import customer_named
from orderwright.domain.laws.ownership import TakeOver
from orderwright.domain.order.model import Order
from orderwright.domain.sale.ownership import owned_by
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference, Resource
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import referenced_resource_not_found

hand_over: ActionSet[Order] = ActionSet(Order, "OrderHandOver")


@hand_over.handles
def take_over(order: Order, action: TakeOver, facts: Facts) -> Order:
    """The order as the customer's. Raises `ReferencedResourceNotFound`."""
    return owned_by(order, customer_named(action.customer_id, facts))


def business_unit(identifier: ResourceIdentifier | None, facts: Facts) -> KeyReference | None:
    """The reference to a business unit; None stays None. Raises `ReferencedResourceNotFound`."""
    if identifier is None:
        return None
    unit = facts.get("business-unit", identifier, Resource)
    key = getattr(unit, "key", None)
    if key is None:
        raise referenced_resource_not_found("business-unit", id=identifier.id, key=identifier.key)
    return KeyReference(type_id="business-unit", key=key)
