"""The update actions of a customer; importing the modules registers them. Some of them she may take herself."""

from typing import Final

from orderwright.domain.customer.actions import addresses, authentication, custom_fields, details, groups, stores
from orderwright.domain.customer.actions.registry import actions

MY_ACTIONS: Final = actions.only(
    "addAddress",
    "addBillingAddressId",
    "addShippingAddressId",
    "changeAddress",
    "changeEmail",
    "removeAddress",
    "removeBillingAddressId",
    "removeShippingAddressId",
    "setCompanyName",
    "setCustomField",
    "setCustomType",
    "setDateOfBirth",
    "setDefaultBillingAddress",
    "setDefaultShippingAddress",
    "setFirstName",
    "setLastName",
    "setLocale",
    "setMiddleName",
    "setSalutation",
    "setTitle",
    "setVatId",
    name="MyCustomer",
)

__all__ = ["MY_ACTIONS", "actions", "addresses", "authentication", "custom_fields", "details", "groups", "stores"]
