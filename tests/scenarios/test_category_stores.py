"""Categories of stores: who sees which at a store's door, who may change them, and how parents and children go together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from live import Client
from shop_setup import by_key

BERLIN, PARIS = by_key("store", "berlin"), by_key("store", "paris")
AT_BERLIN = "in-store/key=berlin/categories"


def drafted(key: str, *stores: str, parent: str | None = None) -> dict[str, Any]:
    placed = {"parent": by_key("category", parent)} if parent else {}
    return {
        "key": key,
        "name": {"en": key},
        "slug": {"en": key},
        **placed,
        **({"stores": [by_key("store", each) for each in stores]} if stores else {}),
    }


def keys(document: Any) -> list[str]:
    assert all(store["typeId"] == "store" for store in document["stores"])
    return [store["key"] for store in document["stores"]]


@pytest.fixture
def stores(shop: Client) -> Client:
    """Stores `berlin` and `paris`, a category of each, one of both and a global one."""
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    shop.create("categories", drafted("global"))
    shop.create("categories", drafted("of-berlin", "berlin"))
    shop.create("categories", drafted("of-paris", "paris"))
    shop.create("categories", drafted("of-both", "berlin", "paris"))
    return shop


def act(shop: Client, path: str, *actions: dict[str, Any]) -> Any:
    return shop.update(path, shop.get(path)["version"], *actions)


def refused_action(shop: Client, path: str, action: dict[str, Any], status: int = 400) -> str:
    before = shop.get(path)
    error = shop.refused(status, "POST", path, {"version": before["version"], "actions": [action]})
    assert shop.get(path) == before
    return str(error["code"])


def test_a_store_sees_its_own_and_the_global_categories(stores: Client) -> None:
    found = stores.get(AT_BERLIN, params={"sort": "key asc"})
    assert [each["key"] for each in found["results"]] == ["global", "of-berlin", "of-both"]
    assert (found["count"], found["total"]) == (3, 3)
    assert [keys(each) for each in found["results"]] == [[], ["berlin"], ["berlin", "paris"]]
    assert stores.get("categories")["count"] == 4
    for key, status in (("global", 200), ("of-berlin", 200), ("of-both", 200), ("of-paris", 404)):
        id = stores.get(f"categories/key={key}")["id"]
        for path in (f"{AT_BERLIN}/key={key}", f"{AT_BERLIN}/{id}"):
            assert stores.send("GET", path).status_code == status
            assert stores.send("HEAD", path).status_code == status
        where = {"where": f'key = "{key}"'}
        assert stores.send("HEAD", AT_BERLIN, params=where).status_code == status
        assert stores.get(AT_BERLIN, params=where)["count"] == (status == 200)
    of_a_store = stores.get("categories", params={"where": 'stores(key = "paris")', "sort": "key asc"})
    assert [each["key"] for each in of_a_store["results"]] == ["of-both", "of-paris"]


def test_a_store_makes_changes_and_deletes_its_own_only(stores: Client) -> None:
    made = stores.create(AT_BERLIN, drafted("new"))
    assert keys(made) == ["berlin"]
    assert keys(stores.create(AT_BERLIN, drafted("shared", "paris", "berlin"))) == ["paris", "berlin"]
    error = stores.refused(400, "POST", AT_BERLIN, drafted("elsewhere", "paris"))
    assert error["code"] == "InvalidOperation"
    rename = {"action": "changeName", "name": {"en": "Other"}}
    for form in (f"{AT_BERLIN}/key=new", f"{AT_BERLIN}/{made['id']}"):
        assert act(stores, form, rename)["name"] == {"en": "Other"}
    for key in ("global", "of-paris"):
        body = {"version": 1, "actions": [rename]}
        id = stores.get(f"categories/key={key}")["id"]
        for path in (f"{AT_BERLIN}/key={key}", f"{AT_BERLIN}/{id}"):
            assert stores.refused(404, "POST", path, body)["code"] == "ResourceNotFound"
            assert stores.refused(404, "DELETE", path, params={"version": 1})["code"] == "ResourceNotFound"
        assert stores.get(f"categories/key={key}")["version"] == 1
    after = stores.get(f"{AT_BERLIN}/key=new")
    assert stores.delete(f"{AT_BERLIN}/key=new", after["version"]) == after
    assert stores.send("GET", "categories/key=new").status_code == 404


def test_stores_are_set_added_and_removed(stores: Client) -> None:
    path = "categories/key=global"
    assert keys(act(stores, path, {"action": "addStore", "store": PARIS})) == ["paris"]
    assert stores.get(path)["version"] == 2
    assert act(stores, path, {"action": "addStore", "store": PARIS})["version"] == 2
    assert keys(act(stores, path, {"action": "addStore", "store": BERLIN})) == ["paris", "berlin"]
    assert keys(act(stores, path, {"action": "removeStore", "store": PARIS})) == ["berlin"]
    assert act(stores, path, {"action": "removeStore", "store": PARIS})["version"] == 4
    assert keys(act(stores, path, {"action": "setStores", "stores": [PARIS, BERLIN, PARIS]})) == ["paris", "berlin"]
    assert keys(act(stores, path, {"action": "setStores", "stores": []})) == []
    unknown = by_key("store", "rome")
    assert refused_action(stores, path, {"action": "addStore", "store": unknown}) == "ReferencedResourceNotFound"
    assert refused_action(stores, path, {"action": "setStores"}) == "InvalidJsonInput"
    assert stores.refused(400, "POST", "categories", drafted("x1", "rome"))["code"] == "ReferencedResourceNotFound"
    # At the store's door the last one stays.
    path = f"{AT_BERLIN}/key=of-berlin"
    for action in ({"action": "setStores", "stores": []}, {"action": "removeStore", "store": BERLIN}):
        assert refused_action(stores, path, action) == "InvalidOperation"
    assert keys(act(stores, path, {"action": "addStore", "store": PARIS}, {"action": "removeStore", "store": BERLIN})) == [
        "paris"
    ]
    assert stores.send("GET", path).status_code == 404


def test_a_store_with_categories_is_not_deleted(stores: Client) -> None:
    for key in ("of-berlin", "of-both"):
        error = stores.refused(400, "DELETE", "stores/key=berlin", params={"version": 1})
        assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "category")
        stores.delete(f"categories/key={key}", 1)
    stores.delete("stores/key=berlin", 1)


def test_a_parent_and_its_child_share_a_store(stores: Client) -> None:
    for draft in (drafted("x1", parent="of-berlin"), drafted("x1", "paris", parent="of-berlin")):
        assert stores.refused(400, "POST", "categories", draft)["code"] == "InvalidOperation"
    stores.create("categories", drafted("low", "berlin", "paris", parent="of-berlin"))
    assert keys(stores.create("categories", drafted("free", "paris", parent="global"))) == ["paris"]
    assert stores.refused(400, "POST", AT_BERLIN, drafted("x1", parent="of-paris"))["code"] == "InvalidOperation"
    assert keys(stores.create(AT_BERLIN, drafted("under-global", parent="global"))) == ["berlin"]
    low, high = "categories/key=low", "categories/key=of-berlin"
    for path, action in (
        (low, {"action": "setStores", "stores": [PARIS]}),
        (low, {"action": "setStores", "stores": []}),
        (low, {"action": "removeStore", "store": BERLIN}),
        (low, {"action": "changeParent", "parent": by_key("category", "low")}),
        ("categories/key=of-paris", {"action": "changeParent", "parent": by_key("category", "of-berlin")}),
        # `low` is in both stores, so that its parent may be moved to the other, but `free` is in one only.
        ("categories/key=global", {"action": "addStore", "store": BERLIN}),
        ("categories/key=global", {"action": "setStores", "stores": [BERLIN]}),
    ):
        assert refused_action(stores, path, action) == "InvalidOperation", action
    assert keys(act(stores, high, {"action": "setStores", "stores": [PARIS]})) == ["paris"]
    assert keys(act(stores, low, {"action": "removeStore", "store": BERLIN})) == ["paris"]
    assert refused_action(stores, high, {"action": "setStores", "stores": [BERLIN]}) == "InvalidOperation"
    assert keys(act(stores, high, {"action": "setStores", "stores": []})) == []


def test_a_whole_tree_changes_its_stores_at_once(stores: Client) -> None:
    for key, parent in (("a1", "global"), ("a2", "a1"), ("a3", "global")):
        stores.create("categories", drafted(key, parent=parent))

    def tree() -> list[list[str]]:
        return [keys(stores.get(f"categories/key={key}")) for key in ("global", "a1", "a2", "a3")]

    path = "categories/key=global"
    assert keys(act(stores, path, {"action": "addStoreWithDescendants", "store": BERLIN})) == ["berlin"]
    assert tree() == [["berlin"]] * 4
    act(stores, "categories/key=a1", {"action": "addStoreWithDescendants", "store": PARIS})
    assert tree() == [["berlin"], ["berlin", "paris"], ["berlin", "paris"], ["berlin"]]
    versions = [stores.get(f"categories/key={key}")["version"] for key in ("global", "a1", "a2", "a3")]
    assert versions == [2, 3, 3, 2]
    # Without Berlin the first and the last would be global again, and a global category cannot stand below one of Paris.
    act(stores, path, {"action": "removeStoreWithDescendants", "store": BERLIN})
    assert tree() == [[], ["paris"], ["paris"], []]
    act(stores, path, {"action": "setStoresWithDescendants", "stores": [BERLIN, PARIS]})
    assert tree() == [["berlin", "paris"]] * 4
    act(stores, "categories/key=a2", {"action": "removeStoreWithDescendants", "store": PARIS})
    before = tree()
    # `a2` would be global below a category of Paris.
    assert refused_action(stores, path, {"action": "removeStoreWithDescendants", "store": BERLIN}) == "InvalidOperation"
    assert refused_action(stores, "categories/key=a1", {"action": "setStoresWithDescendants", "stores": []}) == "InvalidOperation"
    assert tree() == before
    # A store's door knows no such action.
    action = {"action": "addStoreWithDescendants", "store": BERLIN}
    assert refused_action(stores, f"{AT_BERLIN}/key=of-berlin", action) == "InvalidJsonInput"


def test_what_goes_along_unseen_is_left_alone(stores: Client) -> None:
    stores.create("categories", drafted("low", "paris", parent="of-both"))
    error = stores.refused(400, "DELETE", f"{AT_BERLIN}/key=of-both", params={"version": 1})
    assert error["code"] == "InvalidOperation"
    move = {"action": "changeParent", "parent": by_key("category", "global")}
    assert refused_action(stores, f"{AT_BERLIN}/key=of-both", move) == "InvalidOperation"
    assert stores.send("GET", "categories/key=low").status_code == 200
    stores.delete("categories/key=of-both", 1)
    assert stores.send("GET", "categories/key=low").status_code == 404


def test_who_has_a_right_in_one_store_changes_nothing_of_another(
    stores: Client, client_with: Callable[[str, str], Client]
) -> None:
    berliner = client_with(stores.project, f"manage_categories:{stores.project}:berlin")
    reader = client_with(stores.project, f"view_products:{stores.project}:berlin")
    for caller in (berliner, reader):
        assert caller.get(AT_BERLIN)["count"] == 3
        for path in ("categories", "in-store/key=paris/categories"):
            assert caller.refused(403, "GET", path)["code"] == "insufficient_scope"
    assert reader.refused(403, "POST", AT_BERLIN, drafted("x1"))["code"] == "insufficient_scope"
    assert keys(berliner.create(AT_BERLIN, drafted("mine"))) == ["berlin"]
    assert berliner.refused(400, "POST", AT_BERLIN, drafted("x1", "berlin", "paris"))["code"] == "InvalidInput"
    mine, both = f"{AT_BERLIN}/key=mine", f"{AT_BERLIN}/key=of-both"
    for action in ({"action": "addStore", "store": PARIS}, {"action": "setStores", "stores": [BERLIN, PARIS]}):
        assert refused_action(berliner, mine, action) == "InvalidInput"
    assert refused_action(berliner, both, {"action": "removeStore", "store": PARIS}) == "InvalidInput"
    assert refused_action(berliner, both, {"action": "setStores", "stores": [BERLIN]}, 403) == "Unauthorized"
    assert berliner.refused(403, "DELETE", both, params={"version": 1})["code"] == "Unauthorized"
    assert stores.get("categories/key=of-both")["version"] == 1
    assert act(berliner, both, {"action": "changeName", "name": {"en": "B"}})["name"] == {"en": "B"}
    assert berliner.delete(mine, 1)["key"] == "mine"
    both_stores = " ".join(f"manage_products:{stores.project}:{store}" for store in ("berlin", "paris"))
    anyone = client_with(stores.project, both_stores)
    assert keys(act(anyone, both, {"action": "removeStore", "store": PARIS})) == ["berlin"]


def test_rivals_never_leave_a_child_outside_the_stores_of_its_parent(stores: Client) -> None:
    """A parent goes to Berlin while global children are put below it: of each two only one may happen."""
    for number in range(12):
        parent = stores.create("categories", drafted(f"p{number}"))

        def scope(parent: Any = parent) -> int:
            body = {"version": 1, "actions": [{"action": "setStores", "stores": [BERLIN]}]}
            return stores.send("POST", f"categories/{parent['id']}", body).status_code

        def put(number: int = number) -> int:
            return stores.send("POST", "categories", drafted(f"c{number}", parent=f"p{number}")).status_code

        with ThreadPoolExecutor(2) as pool:
            scoped, placed = pool.submit(scope), pool.submit(put)
        assert scoped.result() in (200, 400)
        assert placed.result() in (201, 400, 503)
        assert (scoped.result() == 200) != (placed.result() == 201)
        children = stores.get("categories", params={"where": f'parent(id = "{parent["id"]}")'})["results"]
        now = stores.get(f"categories/{parent['id']}")
        assert all(set(keys(now)) & set(keys(child)) for child in children) or not keys(now)
