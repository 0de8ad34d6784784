"""The custom fields of a cart itself. No Message tells of them before there is an order."""

from __future__ import annotations

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.custom.rows import custom_field_rows, root

custom_field_rows(actions, root("order"))
