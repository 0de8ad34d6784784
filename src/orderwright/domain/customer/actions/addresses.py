"""A customer's addresses: the actions of every address book, with the Messages of a customer."""

from __future__ import annotations

from orderwright.domain.custom.address_book import BILLING, SHIPPING, AddressMessages, Uses, address_actions
from orderwright.domain.customer import messages
from orderwright.domain.customer.actions.registry import actions

address_actions(
    actions,
    AddressMessages(
        added=messages.CustomerAddressAdded,
        changed=messages.CustomerAddressChanged,
        removed=messages.CustomerAddressRemoved,
        uses={
            SHIPPING: Uses(
                messages.CustomerShippingAddressAdded,
                messages.CustomerShippingAddressRemoved,
                messages.CustomerDefaultShippingAddressSet,
            ),
            BILLING: Uses(
                messages.CustomerBillingAddressAdded,
                messages.CustomerBillingAddressRemoved,
                messages.CustomerDefaultBillingAddressSet,
            ),
        },
    ),
)
