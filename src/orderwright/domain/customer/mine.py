"""My Customer Profile: what a customer may change of her own account."""

from typing import Final

from orderwright.domain.customer.actions import actions

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
