"""The set that the modules of this package register their actions in."""

from orderwright.domain.order.model import Order
from orderwright.engine.actions import ActionSet

actions = ActionSet(Order)
