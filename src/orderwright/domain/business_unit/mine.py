"""What a customer makes herself: a company, of which she is the first associate."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from orderwright.domain.business_unit.create import create
from orderwright.domain.business_unit.drafts import BusinessUnitDraft
from orderwright.domain.business_unit.model import Associate, AssociateRoleAssignment, BusinessUnit, UnitType
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.customer.model import Email
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Value
from orderwright.engine.scalars import Key, NotServed, Text
from orderwright.errors import invalid_field, invalid_operation


class MyBusinessUnitDraft(Value):
    """A unit as a customer sends it. A division needs a role in its parent that permits it, which opens no door yet."""

    key: Key
    unit_type: UnitType
    name: Text
    parent_unit: NotServed | None = None
    contact_email: Email | None = None
    custom: CustomFieldsDraft | None = None
    addresses: tuple[AddressDraft, ...] = ()
    shipping_addresses: tuple[int, ...] = ()
    default_shipping_address: int | None = None
    billing_addresses: tuple[int, ...] = ()
    default_billing_address: int | None = None


def create_mine(draft: MyBusinessUnitDraft, facts: Facts) -> Change[BusinessUnit]:
    """The customer's new company, with the status and her role as the project has them.

    Raises `InvalidField` for a division, `InvalidOperation` where the project names no role, and as `create` does.
    """
    if draft.unit_type == "Division":
        raise invalid_field("unitType", draft.unit_type, ["Company"])
    settings = facts.project.business_units
    role = None if settings is None else settings.my_business_unit_associate_role_on_creation
    if settings is None or role is None or facts.customer_id is None:
        raise invalid_operation("The project has no associate role for those who make a business unit.")
    members: dict[str, Any] = {name: getattr(draft, name) for name in draft.__struct_fields__ if name != "parent_unit"}
    change = create(BusinessUnitDraft(**members, status=settings.my_business_unit_status_on_creation), facts)
    first = Associate(
        associate_role_assignments=(AssociateRoleAssignment(associate_role=role, inheritance="Disabled"),),
        customer=Reference(type_id="customer", id=facts.customer_id),
    )
    return Change(replace(change.after, associates=(first,)), effects=change.effects)
