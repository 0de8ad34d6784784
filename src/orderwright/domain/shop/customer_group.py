"""Customer groups: whoever belongs to one pays its prices."""

from __future__ import annotations

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from
from orderwright.domain.custom.messages import custom_messages
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.laws.renewing import named_anew
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Resource, Value
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key


class CustomerGroup(Resource):
    """Customers who pay prices of their own."""

    name: str
    key: Key | None = None
    custom: CustomFields | None = None


class CustomerGroupDraft(Value):
    """A customer group as it is sent."""

    group_name: str
    key: Key | None = None
    custom: CustomFieldsDraft | None = None


CUSTOM = custom_messages("CustomerGroup", before="old")

actions = ActionSet(CustomerGroup)
actions.setters("changeName", "setKey")
custom_field_rows(actions, root("customer-group", CUSTOM))


def from_draft(draft: CustomerGroupDraft, facts: Facts) -> CustomerGroup:
    """A new customer group. Raises what custom fields raise."""
    return CustomerGroup(
        **facts.born(),
        key=draft.key,
        name=draft.group_name,
        custom=custom_from(draft.custom, "customer-group", facts),
    )


RESOURCE = ResourceType(
    type_id="customer-group",
    path="customer-groups",
    model=CustomerGroup,
    draft=CustomerGroupDraft,
    actions=actions,
    create=from_draft,
    settles=named_anew,
    unique=("key", "name"),
    lookups={"key": "key"},
    catalogue=True,
    # Of a product's prices, which its queried copy leaves out.
    referenced_by=(("product", '$.priceCustomerGroups[*] ? (@ == "{id}")'),),
)
