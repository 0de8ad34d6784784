"""The category tree over HTTP: its actions, moves with all that is below, and deletions that take it along."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from live import Client

SOURCES = [{"uri": "https://example.com/guide.pdf", "key": "pdf", "contentType": "application/pdf"}]


def category(shop: Client, key: str, parent: str | None = None, **more: Any) -> Any:
    placed = {"parent": {"typeId": "category", "key": parent}} if parent else {}
    return shop.create("categories", {"key": key, "name": {"en": key}, "slug": {"en": key}, **placed, **more})


def act(shop: Client, key: str, *actions: dict[str, Any]) -> Any:
    """Actions on a category at its present version; the answer is what is stored."""
    path = f"categories/key={key}"
    after = shop.update(path, shop.get(path)["version"], *actions)
    assert shop.get(f"categories/{after['id']}") == after
    return after


def way(shop: Client, key: str) -> list[str]:
    """The keys of the ancestors, the root first."""
    found = shop.get(f"categories/key={key}", params={"expand": "ancestors[*]"})
    assert [found["parent"]["id"]] == [each["id"] for each in found["ancestors"]][-1:] if "parent" in found else True
    return [each["obj"]["key"] for each in found["ancestors"]]


def move(shop: Client, key: str, parent: str) -> Any:
    return act(shop, key, {"action": "changeParent", "parent": {"typeId": "category", "key": parent}})


def extra(shop: Client, *kinds: str) -> dict[str, str]:
    field = {"name": "note", "type": {"name": "String"}, "label": {"en": "note"}, "required": False, "inputHint": "SingleLine"}
    shop.create("types", {"key": "extra", "name": {"en": "x"}, "resourceTypeIds": [*kinds], "fieldDefinitions": [field]})
    return {"typeId": "type", "key": "extra"}


def test_every_plain_action(shop: Client) -> None:
    made = category(shop, "tea", orderHint="0.5", description={"en": "Leaves"})
    assert (made["ancestors"], made["assets"], made["orderHint"]) == ([], [], "0.5")
    act(shop, "tea", {"action": "changeName", "name": {"en": "Tea", "de": "Tee"}})
    act(shop, "tea", {"action": "changeSlug", "slug": {"en": "teas", "de": "tees"}})
    act(shop, "tea", {"action": "setDescription"})
    act(shop, "tea", {"action": "changeOrderHint", "orderHint": "0.25"})
    act(shop, "tea", {"action": "setExternalId", "externalId": "E1"})
    for field in ("metaTitle", "metaDescription", "metaKeywords"):
        name = f"set{field[0].upper()}{field[1:]}"
        assert act(shop, "tea", {"action": name, field: {"en": field}})[field] == {"en": field}
    kind = extra(shop, "category", "asset")
    act(shop, "tea", {"action": "setCustomType", "type": kind, "fields": {"note": "a"}})
    act(shop, "tea", {"action": "setCustomField", "name": "note", "value": "b"})
    tea = shop.get("categories/key=tea")
    after = shop.update("categories/key=tea", tea["version"], {"action": "setKey", "key": "tea-2"})
    assert after["custom"]["fields"] == {"note": "b"}
    assert (after["key"], after["slug"], after["externalId"]) == ("tea-2", {"en": "teas", "de": "tees"}, "E1")
    assert "description" not in after
    messages = shop.get("messages", params={"where": 'resource(typeId="category")', "sort": "sequenceNumber asc"})["results"]
    assert [message["type"] for message in messages] == ["CategoryCreated", "CategorySlugChanged"]
    assert messages[0]["category"]["slug"] == messages[1]["oldSlug"] == {"en": "tea"}
    assert shop.refused(400, "DELETE", f"types/key=extra?version={shop.get('types/key=extra')['version']}")["code"] == (
        "ReferenceExists"
    )


def test_assets(shop: Client) -> None:
    kind = extra(shop, "asset")
    first = {"name": {"en": "Guide"}, "sources": SOURCES, "key": "guide", "custom": {"type": kind, "fields": {"note": "a"}}}
    made = category(shop, "tea", assets=[first])
    guide = made["assets"][0]["id"]
    assert made["assets"][0]["custom"]["fields"] == {"note": "a"}
    film = {"name": {"en": "Film"}, "sources": [{"uri": "film.mp4"}]}
    after = act(shop, "tea", {"action": "addAsset", "asset": film, "position": 0})
    other = after["assets"][0]["id"]
    assert [each["name"]["en"] for each in after["assets"]] == ["Film", "Guide"]
    after = act(
        shop,
        "tea",
        {"action": "changeAssetOrder", "assetOrder": [guide, other]},
        {"action": "setAssetKey", "assetId": other, "assetKey": "film"},
        {"action": "changeAssetName", "assetKey": "film", "name": {"en": "Movie"}},
        {"action": "setAssetDescription", "assetKey": "film", "description": {"en": "Long"}},
        {"action": "setAssetTags", "assetId": other, "tags": ["hd"]},
        {"action": "setAssetSources", "assetKey": "film", "sources": [{"uri": "movie.mp4"}]},
        {"action": "setAssetCustomType", "assetKey": "film", "type": kind},
        {"action": "setAssetCustomField", "assetKey": "film", "name": "note", "value": "b"},
    )
    assert [each["id"] for each in after["assets"]] == [guide, other]
    movie = after["assets"][1]
    assert movie["custom"].pop("type")["typeId"] == "type"
    assert movie == {
        "id": other,
        "key": "film",
        "name": {"en": "Movie"},
        "description": {"en": "Long"},
        "tags": ["hd"],
        "sources": [{"uri": "movie.mp4"}],
        "custom": {"fields": {"note": "b"}},
    }
    assert [each["key"] for each in act(shop, "tea", {"action": "removeAsset", "assetId": other})["assets"]] == ["guide"]
    version = shop.get("categories/key=tea")["version"]
    for code, action in (
        ("DuplicateField", {"action": "addAsset", "asset": {**first, "custom": None}}),
        ("InvalidOperation", {"action": "addAsset", "asset": film, "position": 2}),
        ("InvalidField", {"action": "removeAsset", "assetKey": "none"}),
        ("RequiredField", {"action": "removeAsset"}),
        ("InvalidField", {"action": "changeAssetOrder", "assetOrder": []}),
    ):
        body = {"version": version, "actions": [action]}
        assert shop.refused(400, "POST", "categories/key=tea", body)["code"] == code


def test_a_move_takes_along_all_that_is_below(shop: Client) -> None:
    category(shop, "food")
    category(shop, "drinks")
    category(shop, "tea", "food")
    category(shop, "green", "tea")
    category(shop, "sencha", "green")
    assert way(shop, "sencha") == ["food", "tea", "green"]
    move(shop, "tea", "drinks")
    assert (way(shop, "tea"), way(shop, "green"), way(shop, "sencha")) == (
        ["drinks"],
        ["drinks", "tea"],
        ["drinks", "tea", "green"],
    )
    below = shop.get("categories", params={"where": f'ancestors(id="{shop.get("categories/key=drinks")["id"]}")'})
    assert below["total"] == 3
    # Two moves in one update: what is below ends where the last one leads.
    food, drinks = ({"action": "changeParent", "parent": {"typeId": "category", "key": key}} for key in ("food", "drinks"))
    act(shop, "tea", food, drinks, food)
    assert way(shop, "sencha") == ["food", "tea", "green"]
    tea = shop.get("categories/key=tea")
    for key in ("tea", "sencha"):
        refusal = shop.refused(
            400,
            "POST",
            "categories/key=tea",
            {"version": tea["version"], "actions": [{"action": "changeParent", "parent": {"typeId": "category", "key": key}}]},
        )
        assert refusal["code"] == "InvalidOperation"
    assert shop.get("categories/key=tea") == tea


def test_rivals_never_make_a_circle_nor_leave_a_wrong_way(shop: Client) -> None:
    for key in ("root", "aa", "bb"):
        category(shop, key, None if key == "root" else "root")
    tries: list[tuple[str, str, dict[str, Any]]] = []
    for _ in range(4):
        for child, parent in (("aa", "bb"), ("bb", "aa"), ("aa", "root"), ("bb", "root")):
            reference = {"typeId": "category", "key": parent}
            tries.append(("POST", f"categories/key={child}", {"action": "changeParent", "parent": reference}))

    def run(number: int) -> int:
        method, path, action = tries[number]
        version = shop.get(path)["version"]
        status = shop.send(method, path, {"version": version, "actions": [action]}).status_code
        slug = f"child-{number}"
        placed = {"typeId": "category", "key": ("aa", "bb")[number % 2]}
        made = shop.send("POST", "categories", {"name": {"en": slug}, "slug": {"en": slug}, "parent": placed}).status_code
        assert made in (201, 503)
        return status

    with ThreadPoolExecutor(4) as pool:
        statuses = set(pool.map(run, range(len(tries))))
    assert statuses <= {200, 400, 409, 503}
    found = {each["id"]: each for each in shop.get("categories", params={"limit": 500})["results"]}
    for each in found.values():
        steps: list[str] = []
        at = each
        while "parent" in at and len(steps) < 50:
            steps.insert(0, at["parent"]["id"])
            at = found[at["parent"]["id"]]
        assert [ancestor["id"] for ancestor in each["ancestors"]] == steps


def test_a_deletion_takes_along_all_that_is_below_and_products_lose_it(shop: Client) -> None:
    shop.create("product-types", {"key": "any", "name": "any", "description": "any"})
    root = category(shop, "food")
    category(shop, "tea", "food")
    category(shop, "green", "tea")
    tea = shop.get("categories/key=tea")
    draft = {
        "productType": {"typeId": "product-type", "key": "any"},
        "name": {"en": "Sencha"},
        "slug": {"en": "sencha"},
        "key": "sencha",
        "categories": [{"typeId": "category", "key": "green"}, {"typeId": "category", "key": "food"}],
        "categoryOrderHints": {shop.get("categories/key=green")["id"]: "0.3"},
    }
    shop.create("products", draft)
    gone = shop.delete("categories/key=tea", tea["version"])
    assert gone == tea
    assert shop.send("HEAD", "categories/key=green").status_code == 404
    assert [each["key"] for each in shop.get("categories")["results"]] == ["food"]
    # What was taken along has freed its key and slug.
    category(shop, "green")
    deadline = time.monotonic() + 20
    while len((data := shop.get("products/key=sencha")["masterData"])["current"]["categories"]) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for description in (data["current"], data["staged"]):
        assert description["categories"] == [{"typeId": "category", "id": root["id"]}]
        assert description["categoryOrderHints"] == {}


def test_what_is_refused(shop: Client) -> None:
    category(shop, "tea")
    taken = shop.refused(400, "POST", "categories", {"name": {"en": "x"}, "slug": {"en": "tea"}})
    assert (taken["code"], taken["field"]) == ("DuplicateField", "slug.en")
    assert shop.create("categories", {"name": {"en": "x"}, "slug": {"de": "tea"}})["slug"] == {"de": "tea"}
    lost = {"name": {"en": "x"}, "slug": {"en": "xx"}, "parent": {"typeId": "category", "key": "none"}}
    assert shop.refused(400, "POST", "categories", lost)["code"] == "ReferencedResourceNotFound"
    wrongs: list[dict[str, Any]] = [{"orderHint": "1.5"}, {"orderHint": "-0.1"}, {"slug": {"en": "a b"}}, {"name": {}}]
    for wrong in wrongs:
        draft = {"name": {"en": "x"}, "slug": {"en": "xx"}, **wrong}
        assert shop.refused(400, "POST", "categories", draft)["code"] == "InvalidJsonInput"


@pytest.mark.parametrize(
    ("path", "draft"),
    [
        ("categories", {"name": {"en": "x"}, "slug": {"en": "xx"}}),
        ("product-types", {"name": "x", "description": "x"}),
        ("products", {"name": {"en": "x"}, "slug": {"en": "xx"}, "productType": {"typeId": "product-type", "key": "any"}}),
    ],
)
def test_every_operation(shop: Client, path: str, draft: dict[str, Any]) -> None:
    shop.create("product-types", {"key": "any", "name": "any", "description": "any"})
    for form in ("key={key}", "{id}"):
        made = shop.create(path, {**draft, "key": "thing"})
        named = f"{path}/{form.format(**made)}"
        where = {"where": 'key = "thing"'}
        assert shop.get(named) == made
        assert shop.get(path, params=where)["results"] == [made]
        assert [shop.send("HEAD", each, params=where).status_code for each in (path, named)] == [200, 200]
        name: Any = "other" if path == "product-types" else {"en": "other"}
        after = shop.update(named, 1, {"action": "changeName", "name": name})
        assert after["version"] == 2
        assert shop.delete(named, 2) == after
        assert [shop.send("HEAD", each, params=where).status_code for each in (path, named)] == [404, 404]
        assert shop.refused(404, "GET", named)["code"] == "ResourceNotFound"
