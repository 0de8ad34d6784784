"""The update actions of a business unit; importing the modules registers them."""

from orderwright.domain.business_unit.actions import addresses, associates, details, place, stores
from orderwright.domain.business_unit.actions.registry import actions

__all__ = ["actions", "addresses", "associates", "details", "place", "stores"]
