"""Categories: their stores, those of all below them, and the assets that hang on them."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, made, not_made, refused, with_documents
from domain.facts import EXTRA, NOW, facts, uid
from orderwright.domain.goods.category.model import Category, below
from orderwright.domain.goods.category.resource import RESOURCE
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import ClientLogging, KeyReference, Reference
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import CategoryChildrenShare, CategoryStays, CategorySubtree
from orderwright.errors import ApiError

BERLIN, PARIS = (KeyReference(type_id="store", key=key) for key in ("berlin", "paris"))
DRAFT: dict[str, Any] = {"name": {"en": "Tea"}, "slug": {"en": "tea"}}


def node(number: int, parent: Category | None = None, *stores: KeyReference) -> Category:
    category: Category = made(RESOURCE, {**DRAFT, "key": f"node-{number}"})
    way = () if parent is None else (*parent.ancestors, parent.reference)
    return replace(category, id=uid(number), parent=way[-1] if way else None, ancestors=way, stores=stores)


def read(
    category: Category, *others: Category, deep: tuple[Category, ...] = (), door: str | None = None, rights: str = ""
) -> Facts:
    """What is read for a category with those below it. `rights` are the stores of the caller; none named is all of them."""
    known: dict[Wanted, Any] = {Wanted("category", "id", each.id): each for each in (category, *others, *deep)}
    return Facts(
        now=NOW,
        new_id=lambda: uid(999),
        who=ClientLogging(),
        catalogue=facts().catalogue,
        found={**known, below(category): deep},
        store_key=door,
        manages=(lambda key: key in rights.split()) if rights else None,
    )


def store(key: str) -> dict[str, str]:
    return {"typeId": "store", "key": key}


def applied(category: Category, known: Facts, name: str, **members: Any) -> Change[Category]:
    body = encode({"version": category.version, "actions": [{"action": name, **members}]})
    actions = decode_body(RESOURCE.actions.update_type(), body).actions
    return RESOURCE.actions.apply(category, actions, known)


def code(category: Category, known: Facts, name: str, **members: Any) -> str:
    with pytest.raises(ApiError) as caught:
        applied(category, known, name, **members)
    return caught.value.code


def test_a_store_more_and_a_store_less() -> None:
    tea = node(1)
    one = applied(tea, read(tea), "addStore", store=store("berlin"))
    # What was seen everywhere is seen in one store: a child of another one would be left alone.
    (share,) = one.effects
    assert isinstance(share, CategoryChildrenShare)
    assert (one.after.stores, share.stores) == ((BERLIN,), ("berlin",))
    two = applied(one.after, read(tea), "addStore", store=store("paris"))
    assert (two.after.stores, two.effects) == ((BERLIN, PARIS), ())
    same = applied(two.after, read(tea), "addStore", store=store("paris"))
    assert same.after is two.after
    less = applied(two.after, read(tea), "removeStore", store=store("berlin"))
    assert (less.after.stores, len(less.effects)) == ((PARIS,), 1)
    none = applied(less.after, read(tea), "setStores", stores=[])
    assert (none.after.stores, none.effects) == ((), ())


def test_a_child_keeps_a_store_of_its_parent() -> None:
    tea = node(1, None, BERLIN)
    green = node(2, tea, BERLIN)
    known = read(green, tea)
    both = applied(green, known, "setStores", stores=[store("paris"), store("berlin")])
    assert both.after.stores == (PARIS, BERLIN)
    assert [type(effect) for effect in both.effects] == [CategoryStays]
    assert code(green, known, "setStores", stores=[store("paris")]) == "InvalidOperation"
    assert code(green, known, "setStores", stores=[]) == "InvalidOperation"


def test_all_below_change_with_it() -> None:
    tea = node(1, None, BERLIN)
    green, black = node(2, tea, BERLIN), node(3, tea, BERLIN, PARIS)
    known = read(tea, deep=(green, black))
    more = applied(tea, known, "addStoreWithDescendants", store=store("paris"))
    assert more.after.stores == (BERLIN, PARIS)
    # The one that has it already is not written.
    assert [(each.before.id, each.after.stores) for each in more.changed] == [(green.id, (BERLIN, PARIS))]
    assert more.effects == (CategorySubtree(below=f'{{"ancestors":[{{"id":"{tea.id}"}}]}}', size=2),)
    less = applied(tea, known, "removeStoreWithDescendants", store=store("paris"))
    assert (less.after, [each.after.stores for each in less.changed]) == (tea, [(BERLIN,)])
    moved = applied(tea, known, "setStoresWithDescendants", stores=[store("paris")])
    assert [each.after.stores for each in moved.changed] == [(PARIS,), (PARIS,)]
    as_it_is = read(tea, deep=(green,))
    same = applied(tea, as_it_is, "setStoresWithDescendants", stores=[store("berlin")])
    assert (same.after, same.changed, same.effects) == (tea, (), ())
    # The child of both loses Berlin and shares nothing with what loses both.
    lone = replace(green, stores=(PARIS,))
    both = replace(tea, stores=(BERLIN, PARIS))
    assert code(both, read(both, deep=(lone,)), "removeStoreWithDescendants", store=store("paris")) == "InvalidOperation"


def test_whoever_has_rights_in_some_stores() -> None:
    tea = node(1, None, BERLIN, PARIS)
    berliner = read(tea, door="berlin", rights="berlin")
    assert code(tea, berliner, "setStores", stores=[store("berlin")]) == "Unauthorized"
    assert code(tea, berliner, "removeStore", store=store("paris")) == "InvalidInput"
    alone = replace(tea, stores=(BERLIN,))
    assert code(alone, berliner, "setStores", stores=[store("berlin"), store("paris")]) == "InvalidInput"
    assert code(alone, berliner, "removeStore", store=store("berlin")) == "InvalidOperation"
    unseen = replace(node(2, alone), stores=(PARIS,))
    deep = read(alone, deep=(unseen,), door="berlin")
    assert code(alone, deep, "addStoreWithDescendants", store=store("paris")) == "InvalidOperation"


def test_a_new_one_is_in_the_store_of_its_door() -> None:
    def drafted(*stores: str, rights: str = "") -> Category:
        known = read(node(1), door="berlin", rights=rights)
        category: Category = made(RESOURCE, {**DRAFT, "stores": [store(key) for key in stores]}, known)
        return category

    assert drafted().stores == (BERLIN,)
    assert drafted("paris", "berlin").stores == (PARIS, BERLIN)
    for stores, rights, expected in (
        (("paris",), "", "InvalidOperation"),
        (("berlin", "paris"), "berlin", "InvalidInput"),
        (("nowhere",), "", "ReferencedResourceNotFound"),
    ):
        with pytest.raises(ApiError) as caught:
            drafted(*stores, rights=rights)
        assert caught.value.code == expected
    assert made(RESOURCE, {**DRAFT, "stores": [store("paris")]}).stores == (PARIS,)


def test_what_is_below_goes_with_it() -> None:
    assert RESOURCE.deleting is not None
    tea = node(1, None, BERLIN, PARIS)
    green = node(2, tea, BERLIN)
    gone = RESOURCE.deleting(tea, read(tea, deep=(green,)))
    assert [(each.before, each.after) for each in gone.changed] == [(green, None)]
    assert gone.effects[0] == CategorySubtree(below=f'{{"ancestors":[{{"id":"{tea.id}"}}]}}', size=0)
    with pytest.raises(ApiError) as caught:
        RESOURCE.deleting(tea, read(tea, rights="berlin"))
    assert (caught.value.status, caught.value.code) == (403, "Unauthorized")


def test_what_an_update_must_read() -> None:
    tea = node(1)
    green = node(2, tea)

    def wants(category: Category, name: str, **members: Any) -> list[tuple[str, str]]:
        body = encode({"version": 1, "actions": [{"action": name, **members}]})
        (action,) = decode_body(RESOURCE.actions.update_type(), body).actions
        return [(wanted.by, wanted.value) for wanted in action.wants_on(category)]

    assert wants(tea, "setStores", stores=[]) == []
    assert wants(green, "addStore", store=store("paris")) == [("id", tea.id)]
    assert wants(green, "addStoreWithDescendants", store=store("paris")) == [("under", green.id), ("id", tea.id)]
    assert wants(green, "changeParent", parent={"typeId": "category", "id": uid(7)}) == [("under", green.id)]


def photo(name: str, **more: Any) -> dict[str, Any]:
    return {"name": {"en": name}, "sources": [{"uri": f"https://example.com/{name}"}], **more}


def test_assets() -> None:
    shop = with_documents(("type", replace(EXTRA, resource_type_ids=("asset", "category"))))
    tea: Category = made(RESOURCE, {**DRAFT, "assets": [photo("a", key="aa"), photo("b")]}, shop)
    first, second = (asset.id for asset in tea.assets)

    def names(*actions: dict[str, Any]) -> list[str]:
        return [asset.name["en"] for asset in changed(RESOURCE, tea, *actions, facts=facts(first_id=5000)).assets]

    assert names({"action": "addAsset", "asset": photo("c"), "position": 1}) == ["a", "c", "b"]
    assert names({"action": "addAsset", "asset": photo("c")}) == ["a", "b", "c"]
    assert names({"action": "removeAsset", "assetKey": "aa"}) == ["b"]
    assert names({"action": "changeAssetName", "assetId": second, "name": {"en": "z"}}) == ["a", "z"]
    assert names({"action": "changeAssetOrder", "assetOrder": [second, first]}) == ["b", "a"]
    after = changed(
        RESOURCE,
        tea,
        {"action": "setAssetKey", "assetId": second, "assetKey": "bb"},
        {"action": "setAssetDescription", "assetKey": "bb", "description": {"en": "far"}},
        {"action": "setAssetTags", "assetKey": "bb", "tags": ["x", "y"]},
        {"action": "setAssetSources", "assetKey": "bb", "sources": [{"uri": "u", "key": "small"}, {"uri": "v", "key": "large"}]},
        {"action": "setAssetCustomType", "assetKey": "bb", "type": {"typeId": "type", "key": "extra"}, "fields": {"count": 2}},
        {"action": "setAssetCustomField", "assetKey": "bb", "name": "count", "value": 3},
        facts=shop,
    ).assets[1]
    assert (after.key, after.description, after.tags) == ("bb", {"en": "far"}, ("x", "y"))
    assert [(source.uri, source.key) for source in after.sources] == [("u", "small"), ("v", "large")]
    assert after.custom.type == Reference(type_id="type", id=EXTRA.id)
    assert after.custom.fields == {"count": 3}
    for expected, action in (
        ("InvalidOperation", {"action": "addAsset", "asset": photo("c"), "position": 3}),
        ("DuplicateField", {"action": "addAsset", "asset": photo("c", key="aa")}),
        ("InvalidField", {"action": "changeAssetOrder", "assetOrder": [first]}),
        ("InvalidInput", {"action": "setAssetCustomType", "assetId": first, "fields": {"count": 2}}),
        ("DuplicateField", {"action": "setAssetSources", "assetId": first, "sources": [{"uri": "u", "key": "xx"}] * 2}),
    ):
        refused(expected, RESOURCE, tea, action, facts=shop)


def test_hints_of_the_order() -> None:
    given = made(RESOURCE, {**DRAFT, "orderHint": "0.25"})
    assert given.order_hint == "0.25"
    assert 0 < float(made(RESOURCE, DRAFT).order_hint) < 1
    not_made("InvalidJsonInput", RESOURCE, {**DRAFT, "orderHint": "1.5"})
