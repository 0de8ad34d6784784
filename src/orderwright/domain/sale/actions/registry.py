"""The two sets that the modules of this package register their actions in.

What changes a price or a tax is done to a cart; to an order only by an order edit.
"""

from __future__ import annotations

from orderwright.domain.sale.model import Sale
from orderwright.engine.actions import ActionSet

shared_actions: ActionSet[Sale] = ActionSet(Sale)
"""What is done to carts and to orders."""
edit_actions: ActionSet[Sale] = ActionSet(Sale)
"""What is done to carts, and to orders as they are edited."""
