"""The update actions of a payment. Importing this package registers every one of them in `actions`."""

from orderwright.domain.payment.actions import details, method_info, transactions
from orderwright.domain.payment.actions.registry import actions

__all__ = ["actions"]
