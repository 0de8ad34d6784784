"""The set that the modules of this package register their actions in."""

from orderwright.domain.customer.model import Customer
from orderwright.engine.actions import ActionSet

actions = ActionSet(Customer)
