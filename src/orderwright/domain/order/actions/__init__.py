"""The update actions of an order. Importing this package registers every one of them in `actions`."""

from orderwright.domain.order.actions import (
    addresses,
    custom_fields,
    deliveries,
    details,
    owner,
    parcels,
    returns,
    states,
    sync,
    workflow,
)
from orderwright.domain.order.actions.registry import actions

__all__ = [
    "actions",
    "addresses",
    "custom_fields",
    "deliveries",
    "details",
    "owner",
    "parcels",
    "returns",
    "states",
    "sync",
    "workflow",
]
