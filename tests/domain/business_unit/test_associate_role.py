"""Associate roles: their permissions, and what is told of them."""

from __future__ import annotations

from typing import Any, get_args

from domain.changes import holds_to_specification, made, not_made, shown, told
from orderwright.domain.business_unit.associate_role import RESOURCE, AssociateRole, Permission
from orderwright.engine.json.codec import to_builtins


def role(**draft: Any) -> AssociateRole:
    made_role: AssociateRole = made(RESOURCE, {"key": "buyer", **draft})
    return made_role


def messages(document: AssociateRole, *sent: dict[str, Any]) -> list[Any]:
    return [to_builtins(each) for each in told(RESOURCE, document, *sent)[1]]


def test_a_role_that_says_nothing_more() -> None:
    plain = shown(role())
    assert (plain["key"], plain["buyerAssignable"], plain["permissions"], "name" in plain) == ("buyer", True, [], False)
    holds_to_specification("AssociateRole", role(name="Buyer", permissions=["ViewMyCarts", "ViewMyCarts"]))
    assert role(permissions=["ViewMyCarts", "ViewMyCarts"]).permissions == ("ViewMyCarts",)
    assert role(buyerAssignable=False).buyer_assignable is False


def test_what_is_no_role() -> None:
    for wrong in ({"key": "b"}, {"key": "a b"}, {"permissions": ["Fly"]}, {"buyerAssignable": "yes"}):
        not_made("InvalidJsonInput", RESOURCE, {"key": "buyer", **wrong})


def test_there_are_47_permissions() -> None:
    # As many as the published list has.
    assert len(get_args(get_args(Permission)[0])) == 47


def test_permissions_come_and_go() -> None:
    viewer = role(permissions=["ViewMyCarts"])
    added = {"action": "addPermission", "permission": "ViewMyOrders"}
    assert messages(viewer, added, added) == [{"type": "AssociateRolePermissionAdded", "permission": "ViewMyOrders"}]
    removed = {"action": "removePermission", "permission": "ViewMyCarts"}
    assert messages(viewer, removed, removed) == [{"type": "AssociateRolePermissionRemoved", "permission": "ViewMyCarts"}]
    wanted = {"action": "setPermissions", "permissions": ["ViewMyOrders", "ViewMyCarts", "ViewMyOrders"]}
    assert messages(viewer, wanted) == [{"type": "AssociateRolePermissionsSet", "permissions": ["ViewMyOrders", "ViewMyCarts"]}]
    assert messages(viewer, {"action": "setPermissions", "permissions": ["ViewMyCarts"]}) == []
    assert messages(viewer, {"action": "setPermissions"}) == [{"type": "AssociateRolePermissionsSet", "permissions": []}]


def test_names_and_who_may_give_the_role() -> None:
    assert messages(role(name="Buyer"), {"action": "setName"}) == [{"type": "AssociateRoleNameSet"}]
    assert messages(role(), {"action": "changeBuyerAssignable", "buyerAssignable": False}) == [
        {"type": "AssociateRoleBuyerAssignableChanged", "buyerAssignable": False}
    ]
