"""Which units of a cart's items go to which of its item shipping addresses. Not all need go somewhere before it is ordered."""

from __future__ import annotations

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.lines.item_shipping_actions import delta_actions, details_actions

details_actions(actions, all_sent=False)
delta_actions(actions)
