"""The set that the modules of this package register their actions in."""

from orderwright.domain.business_unit.model import BusinessUnit
from orderwright.engine.actions import ActionSet

actions = ActionSet(BusinessUnit)
