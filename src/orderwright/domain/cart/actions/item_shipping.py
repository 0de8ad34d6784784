"""More or fewer of a cart's units to one of its item shipping addresses. Not all need go somewhere before it is ordered."""

from __future__ import annotations

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.lines.item_shipping_actions import delta_actions

delta_actions(actions)
