"""The update actions of a customer. Importing this package registers every one of them in `actions`."""

from orderwright.domain.customer.actions import addresses, authentication, custom_fields, details, groups, stores
from orderwright.domain.customer.actions.registry import actions

__all__ = ["actions"]
