"""Associate roles: what associates may do in a business unit."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Resource, Value, always
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, Text

_Permission = Literal[
    "AddChildUnits",
    "UpdateAssociates",
    "UpdateBusinessUnitDetails",
    "UpdateParentUnit",
    "ViewMyCarts",
    "ViewOthersCarts",
    "UpdateMyCarts",
    "UpdateOthersCarts",
    "CreateMyCarts",
    "CreateOthersCarts",
    "DeleteMyCarts",
    "DeleteOthersCarts",
    "ViewMyOrders",
    "ViewOthersOrders",
    "UpdateMyOrders",
    "UpdateOthersOrders",
    "CreateMyOrdersFromMyCarts",
    "CreateMyOrdersFromMyQuotes",
    "CreateOrdersFromOthersCarts",
    "CreateOrdersFromOthersQuotes",
    "ViewMyQuotes",
    "ViewOthersQuotes",
    "AcceptMyQuotes",
    "AcceptOthersQuotes",
    "DeclineMyQuotes",
    "DeclineOthersQuotes",
    "RenegotiateMyQuotes",
    "RenegotiateOthersQuotes",
    "ReassignMyQuotes",
    "ReassignOthersQuotes",
    "ViewMyQuoteRequests",
    "ViewOthersQuoteRequests",
    "UpdateMyQuoteRequests",
    "UpdateOthersQuoteRequests",
    "CreateMyQuoteRequestsFromMyCarts",
    "CreateQuoteRequestsFromOthersCarts",
    "CreateApprovalRules",
    "UpdateApprovalRules",
    "UpdateApprovalFlows",
    "ViewMyShoppingLists",
    "ViewOthersShoppingLists",
    "UpdateMyShoppingLists",
    "UpdateOthersShoppingLists",
    "CreateMyShoppingLists",
    "CreateOthersShoppingLists",
    "DeleteMyShoppingLists",
    "DeleteOthersShoppingLists",
]
# Titled, so that the OpenAPI document tells the list once.
Permission = Annotated[_Permission, Meta(title="Permission")]


class AssociateRole(Resource):
    """Some permissions under one key. A buyer can give the role to others only if it is `buyer_assignable`."""

    key: Key
    buyer_assignable: bool = always(True)
    name: Text | None = None
    permissions: tuple[Permission, ...] = always(())
    custom: CustomFields | None = None


class AssociateRoleDraft(Value):
    """An associate role as it is sent. Its key never changes."""

    key: Key
    name: Text | None = None
    buyer_assignable: bool = True
    permissions: tuple[Permission, ...] = ()
    custom: CustomFieldsDraft | None = None


class AssociateRoleCreated(Message):
    """An associate role was made."""

    associate_role: AssociateRole


class AssociateRoleDeleted(Message):
    """An associate role was deleted."""


class AssociateRoleNameSet(Message):
    """The name; absent where it was removed."""

    name: str | None = None


class AssociateRoleBuyerAssignableChanged(Message):
    """Whether buyers may give the role to others."""

    buyer_assignable: bool


class AssociateRolePermissionAdded(Message):
    """A permission more."""

    permission: Permission


class AssociateRolePermissionRemoved(AssociateRolePermissionAdded):
    """A permission less."""


class AssociateRolePermissionsSet(Message):
    """All the permissions."""

    permissions: tuple[Permission, ...] = always(())


class AddPermission(Action):
    """A permission more."""

    permission: Permission


class RemovePermission(Action):
    """A permission less."""

    permission: Permission


class SetPermissions(Action):
    """All the permissions; left out, there are none."""

    permissions: tuple[Permission, ...] | None = None


actions = ActionSet(AssociateRole)
actions.setters("setName", tells=lambda _before, after: AssociateRoleNameSet(name=after.name))
actions.setters(
    "changeBuyerAssignable",
    tells=lambda _before, after: AssociateRoleBuyerAssignableChanged(buyer_assignable=after.buyer_assignable),
)
custom_field_rows(actions, root("associate-role"))


@actions.handles
def add_permission(role: AssociateRole, action: AddPermission, _facts: Facts) -> Change[AssociateRole]:
    """A permission that the role has already changes nothing."""
    if action.permission in role.permissions:
        return Change(role)
    after = replace(role, permissions=(*role.permissions, action.permission))
    return Change(after, AssociateRolePermissionAdded(permission=action.permission))


@actions.handles
def remove_permission(role: AssociateRole, action: RemovePermission, _facts: Facts) -> Change[AssociateRole]:
    """A permission that the role has not changes nothing."""
    if action.permission not in role.permissions:
        return Change(role)
    left = tuple(each for each in role.permissions if each != action.permission)
    return Change(replace(role, permissions=left), AssociateRolePermissionRemoved(permission=action.permission))


@actions.handles
def set_permissions(role: AssociateRole, action: SetPermissions, _facts: Facts) -> Change[AssociateRole]:
    """Replaces the list."""
    wanted = tuple(dict.fromkeys(action.permissions or ()))
    if wanted == role.permissions:
        return Change(role)
    return Change(replace(role, permissions=wanted), AssociateRolePermissionsSet(permissions=wanted))


def from_draft(draft: AssociateRoleDraft, facts: Facts) -> AssociateRole:
    """A new associate role. Raises what custom fields raise."""
    return AssociateRole(
        **facts.born(),
        key=draft.key,
        name=draft.name,
        buyer_assignable=draft.buyer_assignable,
        permissions=tuple(dict.fromkeys(draft.permissions)),
        custom=custom_from(draft.custom, "associate-role", facts),
    )


RESOURCE = ResourceType(
    type_id="associate-role",
    path="associate-roles",
    model=AssociateRole,
    draft=AssociateRoleDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    lookups={"key": "key"},
    created=lambda role: AssociateRoleCreated(associate_role=role),
    deleted=lambda _role: AssociateRoleDeleted(),
)
