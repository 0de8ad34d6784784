"""A business unit: a company or one of its divisions, the customers who act for it, and the stores that it buys in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.customer.model import CustomerGroupAssignment, Email
from orderwright.engine.model import KeyReference, Reference, Resource, Value, always
from orderwright.engine.references import AssociateRoleReference, BusinessUnitReference, StoreReference
from orderwright.engine.scalars import Id, Key, Text

TYPE_ID: Final = "business-unit"
UnitType = Literal["Company", "Division"]
Status = Literal["Active", "Inactive"]
StoreMode = Literal["Explicit", "FromParent"]
AssociateMode = Literal["Explicit", "ExplicitAndFromParent"]
ApprovalRuleMode = Literal["Explicit", "ExplicitAndFromParent"]
InheritanceMode = Literal["Enabled", "Disabled"]
DeprecatedRole = Literal["Admin", "Buyer"]
Stores = tuple[KeyReference, ...]


class AssociateRoleAssignment(Value):
    """A role that an associate has. Divisions below inherit it where that is enabled."""

    associate_role: AssociateRoleReference
    inheritance: InheritanceMode = always("Disabled")


class Associate(Value):
    """A customer who acts for the business unit. `roles` is the older form, which is stored and shown only."""

    associate_role_assignments: tuple[AssociateRoleAssignment, ...] = always(())
    roles: tuple[DeprecatedRole, ...] | None = None
    customer: Reference


class InheritedAssociateRoleAssignment(Value):
    """A role that an associate has in `source`, a unit above."""

    associate_role: KeyReference
    source: KeyReference


class InheritedAssociate(Value):
    """A customer who acts for the business unit because she does so for one above it."""

    associate_role_assignments: tuple[InheritedAssociateRoleAssignment, ...] = always(())
    customer: Reference


class BusinessUnit(Resource):
    """A business unit as stored and served. What it inherits stands in it, as its modes say: `stores` or `inherited_stores`,
    and `inherited_associates` beside its own."""

    key: Key
    status: Status
    stores: tuple[StoreReference, ...] | None = None
    inherited_stores: Stores | None = None
    store_mode: StoreMode
    unit_type: UnitType
    name: Text
    contact_email: Email | None = None
    custom: CustomFields | None = None
    customer_group_assignments: tuple[CustomerGroupAssignment, ...] | None = None
    addresses: tuple[Address, ...] = always(())
    shipping_address_ids: tuple[Id, ...] = always(())
    default_shipping_address_id: Id | None = None
    billing_address_ids: tuple[Id, ...] = always(())
    default_billing_address_id: Id | None = None
    associate_mode: AssociateMode
    associates: tuple[Associate, ...] = always(())
    inherited_associates: tuple[InheritedAssociate, ...] | None = None
    parent_unit: BusinessUnitReference | None = None
    top_level_unit: KeyReference
    approval_rule_mode: ApprovalRuleMode

    @property
    def reference(self) -> KeyReference:
        """The reference to this unit."""
        return to_unit(self.key)


class QueriedBusinessUnit(BusinessUnit):
    """The copy that queries look at: also by what doors find a unit, its stores and its members, inherited or not."""

    store_keys: tuple[str, ...] = always(())
    member_ids: tuple[Id, ...] = always(())


def queried(unit: BusinessUnit) -> QueriedBusinessUnit:
    """The copy of a unit that queries look at."""
    members: dict[str, Any] = {name: getattr(unit, name) for name in unit.__struct_fields__}
    stores = tuple(store.key for store in stores_of(unit))
    return QueriedBusinessUnit(**members, store_keys=stores, member_ids=tuple(members_of(unit)))


def to_unit(key: str) -> KeyReference:
    """The reference to the unit of a key."""
    return KeyReference(type_id=TYPE_ID, key=key)


def stores_of(unit: BusinessUnit) -> Stores:
    """The stores that the unit buys in, its own or inherited."""
    return (unit.stores if unit.store_mode == "Explicit" else unit.inherited_stores) or ()


def members_of(unit: BusinessUnit) -> Iterator[str]:
    """The ids of the customers who act for the unit, each once."""
    own = (each.customer.id for each in unit.associates)
    inherited = (each.customer.id for each in unit.inherited_associates or ())
    yield from dict.fromkeys((*own, *inherited))
