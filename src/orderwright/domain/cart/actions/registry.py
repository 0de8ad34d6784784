"""The set that the modules of this package register their actions in."""

from orderwright.domain.sale.model import Cart
from orderwright.engine.actions import ActionSet

actions = ActionSet(Cart)
