"""Which doors the desk goes by for those whose token is confined to a store."""

from __future__ import annotations

from orderwright.desk import session
from orderwright.resources import IN_STORES, SHOWN_IN_STORES


def test_the_doors_of_stores_are_those_of_the_api() -> None:
    assert {kind.path for kind in (*IN_STORES, *SHOWN_IN_STORES)} == session.IN_STORES


def test_a_clerk_goes_by_the_door_of_her_store_where_there_is_one() -> None:
    scopes = frozenset(("view_orders:p:berlin", "view_products:p:berlin"))
    clerk = session.opened("p", session.Kept("token", 0, ""), scopes, None)
    assert clerk.store_key == "berlin"
    assert clerk.door("orders") == clerk.door("carts") == ("in-store", "key=berlin")
    assert clerk.door("products") == clerk.door("inventory") == ()
