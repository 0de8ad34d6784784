"""Customer groups: whoever belongs to one pays its prices."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import Telling, custom_field_rows, root
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Resource, Value
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Id, Key


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


class CustomerGroupCustomTypeSet(Message):
    """The Type and all custom fields were set."""

    custom_fields: CustomFields
    previous_type_id: Id | None = msgspec.field(default=None, name="oldTypeId")


class CustomerGroupCustomTypeRemoved(Message):
    """The Type went, with all custom fields."""

    previous_type_id: Id | None = msgspec.field(default=None, name="oldTypeId")


class CustomerGroupCustomFieldAdded(Message):
    """A custom field got its first value."""

    name: str
    value: Any


class CustomerGroupCustomFieldChanged(Message):
    """A custom field got another value."""

    name: str
    value: Any
    previous_value: Any = msgspec.field(default=None, name="oldValue")


class CustomerGroupCustomFieldRemoved(Message):
    """A custom field lost its value."""

    name: str


CUSTOM = Telling(
    type_set=CustomerGroupCustomTypeSet,
    type_removed=CustomerGroupCustomTypeRemoved,
    field_added=CustomerGroupCustomFieldAdded,
    field_changed=CustomerGroupCustomFieldChanged,
    field_removed=CustomerGroupCustomFieldRemoved,
)

actions = ActionSet(CustomerGroup)
actions.setters("changeName", "setKey")
custom_field_rows(actions, root("customer-group", CUSTOM))


def from_draft(draft: CustomerGroupDraft, facts: Facts) -> CustomerGroup:
    """A new customer group. Raises what custom fields raise."""
    return CustomerGroup(
        id=facts.new_id(),
        version=1,
        created_at=facts.now,
        last_modified_at=facts.now,
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
    unique=("key", "name"),
    lookups={"key": "key"},
    catalogue=True,
    referenced_by=(
        ("customer", '$ ? (@.customerGroup.id == "{id}" || @.customerGroupAssignments[*].customerGroup.id == "{id}")'),
        ("cart", '$.customerGroup.id ? (@ == "{id}")'),
        ("order", '$.customerGroup.id ? (@ == "{id}")'),
        ("product", '$.priceCustomerGroups[*] ? (@ == "{id}")'),
        ("standalone-price", '$.customerGroup.id ? (@ == "{id}")'),
    ),
)
