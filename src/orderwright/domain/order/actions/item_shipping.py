"""Which units of an order's items go to which of its item shipping addresses: at any time all of them, or nothing is said."""

from __future__ import annotations

from orderwright.domain.order.actions.registry import actions
from orderwright.domain.sale.lines.item_shipping_actions import details_actions

details_actions(actions, all_sent=True)
