"""A customer with a group, for tests of what is hers."""

from domain.facts import NOW, uid
from orderwright.domain.customer.model import Customer
from orderwright.engine.model import Reference

VIP = Reference(type_id="customer-group", id=uid(700))
JANE = Customer(
    id=uid(600),
    version=1,
    created_at=NOW,
    last_modified_at=NOW,
    email="jane@example.org",
    is_email_verified=False,
    addresses=(),
    shipping_address_ids=(),
    billing_address_ids=(),
    customer_group_assignments=(),
    stores=(),
    customer_group=VIP,
    authentication_mode="Password",
)
