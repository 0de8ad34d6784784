"""The custom fields of a customer and of her addresses."""

from __future__ import annotations

from orderwright.domain.custom.address_book import address_row
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.messages import ADDRESS_CUSTOM, CUSTOMER_CUSTOM

custom_field_rows(actions, root("customer", CUSTOMER_CUSTOM), address_row(ADDRESS_CUSTOM))
