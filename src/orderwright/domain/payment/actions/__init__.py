"""The update actions of a payment. Importing this package registers every one of them in `actions`."""

from orderwright.domain.payment.actions import details, method_info, transactions
from orderwright.domain.payment.actions.own import OWN_ACTIONS
from orderwright.domain.payment.actions.registry import actions

__all__ = ["OWN_ACTIONS", "actions", "details", "method_info", "transactions"]
