"""The fields that orders, customers and business units are searched by: their own, and those of documents that they refer to."""

from orderwright.domain.business_unit.model import BusinessUnit
from orderwright.domain.customer.model import Customer
from orderwright.domain.order.model import Order
from orderwright.domain.payment.model import Payment
from orderwright.domain.shop.customer_group import CustomerGroup
from orderwright.domain.shop.state.model import State
from orderwright.domain.shop.store.model import Store
from orderwright.predicates.search.fields import SIMPLE, Joined, Searchable

_BY_ID = ("typeId", "id")
# Whoever may see orders may look for their payments; with the token money could be taken, and what a payment service said
# of the payment is its own, so that nobody may guess at either, letter by letter.
_SECRET = ("paymentMethodInfo.token", "interfaceInteractions")

ORDERS = Searchable(
    model=Order,
    joined={
        "store": Joined("store", Store, ("typeId", "key")),
        "state": Joined("state", State, _BY_ID),
        "customerGroup": Joined("customer-group", CustomerGroup, _BY_ID),
        "paymentInfo.payments": Joined("payment", Payment, _BY_ID, _SECRET),
    },
)
# Those who look for somebody in a list have typed the beginning of a name.
_OF_PEOPLE = ("fullText", "fullTextPrefix", *SIMPLE[1:])

CUSTOMERS = Searchable(
    model=Customer,
    joined={"customerGroup": Joined("customer-group", CustomerGroup, _BY_ID)},
    hidden=("password",),
    everywhere=(
        *("key", "customerNumber", "externalId", "email", "salutation", "title", "firstName", "middleName", "lastName"),
        *("companyName", "vatId", "addresses"),
    ),
    expressions=_OF_PEOPLE,
)

BUSINESS_UNITS = Searchable(model=BusinessUnit, everywhere=("key", "name", "contactEmail", "addresses"), expressions=_OF_PEOPLE)
