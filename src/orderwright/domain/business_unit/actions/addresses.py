"""A unit's addresses: the actions of every address book, with the Messages of a business unit."""

from __future__ import annotations

from orderwright.domain.business_unit import messages
from orderwright.domain.business_unit.actions.registry import actions
from orderwright.domain.custom.address_book import BILLING, SHIPPING, AddressMessages, Uses, address_actions

address_actions(
    actions,
    AddressMessages(
        added=messages.BusinessUnitAddressAdded,
        changed=messages.BusinessUnitAddressChanged,
        removed=messages.BusinessUnitAddressRemoved,
        uses={
            SHIPPING: Uses(
                messages.BusinessUnitShippingAddressAdded,
                messages.BusinessUnitShippingAddressRemoved,
                messages.BusinessUnitDefaultShippingAddressSet,
            ),
            BILLING: Uses(
                messages.BusinessUnitBillingAddressAdded,
                messages.BusinessUnitBillingAddressRemoved,
                messages.BusinessUnitDefaultBillingAddressSet,
            ),
        },
    ),
)
