"""The set that the modules of this package register their actions in."""

from orderwright.domain.payment.model import Payment
from orderwright.engine.actions import ActionSet

actions = ActionSet(Payment)
