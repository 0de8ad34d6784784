"""What a token of `view_published_products` alone is shown: what shops see, and nothing of what is being prepared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from live import Client
from shop_setup import by_key, eur, open_shop, product


@pytest.fixture
def shown(shop: Client) -> Client:
    """A shop with `mug` and `tea`, of which `mug` has staged changes, and `lamp`, which is not published."""
    open_shop(shop)
    shop.create("products", {**product("lamp", 100), "publish": False})
    shop.update(
        "products/key=mug",
        1,
        {"action": "changeName", "name": {"en": "Secret"}, "staged": True},
        {"action": "addVariant", "sku": "secret-sku", "prices": [{"value": eur(12345)}], "staged": True},
    )
    return shop


@pytest.fixture
def visitor(shown: Client, client_with: Callable[[str, str], Client]) -> Client:
    """Whom everybody may be."""
    return client_with(shown.project, f"view_published_products:{shown.project}")


def keys(page: Any) -> list[str]:
    return [result["key"] for result in page["results"]]


def test_unpublished_products_are_not_there_and_staged_data_is_the_current(shown: Client, visitor: Client) -> None:
    page = visitor.get("products")
    assert (keys(page), page["count"], page["total"]) == (["mug", "tea"], 2, 2)
    for word in ("Secret", "secret-sku", "12345", "lamp"):
        assert word not in str(page)
    mug, whole = page["results"][0], shown.get("products/key=mug")
    assert whole["masterData"]["hasStagedChanges"] is True and "Secret" in str(whole["masterData"]["staged"])
    current = whole["masterData"]["current"]
    assert mug == {
        **whole,
        "masterData": {"published": True, "hasStagedChanges": False, "current": current, "staged": current},
    }
    # What they are published for is seen at once, and not for longer.
    shown.update("products/key=mug", whole["version"], {"action": "publish"})
    assert "secret-sku" in str(visitor.get("products"))
    tea = shown.get("products/key=tea")
    shown.update("products/key=tea", tea["version"], {"action": "unpublish"})
    assert keys(visitor.get("products")) == ["mug"]
    assert keys(shown.get("products")) == ["mug", "tea", "lamp"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('key = "mug"', ["mug"]),
        ('key = "lamp"', []),
        ("masterData(published = false)", []),
        ('masterData(current(name(en = "Mug")))', ["mug"]),
        ('masterData(current(name(en = "Secret")))', []),
        ('masterData(current(variants(sku = "secret-sku")))', []),
        ("masterData(current(masterVariant(prices(value(centAmount = 1999)))))", ["mug"]),
        ('key = "lamp" or masterData(current(masterVariant(sku = "tea")))', ["tea"]),
        ('not (key = "mug")', ["tea"]),
    ],
)
def test_a_predicate_finds_what_is_shown(visitor: Client, where: str, found: list[str]) -> None:
    for more in ({}, {"sort": "key desc"}, {"limit": 1}):
        page = visitor.get("products", params={"where": where, **more})
        assert (keys(page), page["total"]) == (found, len(found))


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"where": 'masterData(staged(name(en = "Secret")))'}, "staged"),
        ({"where": 'masterData(published = true and not (staged(variants(sku = "secret-sku"))))'}, "staged"),
        ({"where": "masterData(staged is defined)"}, "staged"),
        ({"where": "masterData(hasStagedChanges = true)"}, "hasStagedChanges"),
        ({"where": "masterData(lastVariantId > 1)"}, "lastVariantId"),
        ({"where": 'priceChannels = "a"'}, "priceChannels"),
        ({"sort": "masterData.staged.name.en"}, "staged"),
        ({"sort": "masterData.hasStagedChanges desc"}, "hasStagedChanges"),
    ],
)
def test_nothing_is_asked_of_what_is_not_shown(shown: Client, visitor: Client, parameters: dict[str, str], named: str) -> None:
    error = visitor.refused(400, "GET", "products", params=parameters)
    assert (error["code"], f"'{named}'" in error["message"]) == ("InvalidInput", True)
    if named not in ("priceChannels", "lastVariantId"):
        assert shown.send("GET", "products", params=parameters).status_code == 200


def test_a_page_of_what_is_shown_has_no_holes(shown: Client, visitor: Client) -> None:
    for number in range(6):
        shown.create("products", {**product(f"p{number}", 100), "publish": number % 2 == 0})
    pages = [visitor.get("products", params={"limit": 2, "offset": offset, "sort": "key asc"}) for offset in (0, 2, 4)]
    assert [keys(page) for page in pages] == [["mug", "p0"], ["p2", "p4"], ["tea"]]
    assert {page["total"] for page in pages} == {5}


def test_the_other_paths_of_products_stay_shut(shown: Client, visitor: Client) -> None:
    id = shown.get("products/key=mug")["id"]
    for method, path in (
        ("GET", f"products/{id}"),
        ("GET", "products/key=mug"),
        ("HEAD", "products"),
        ("HEAD", "products/key=mug"),
        ("HEAD", f"products/{id}"),
        ("GET", "product-projections?staged=true"),
        ("HEAD", "product-projections?staged=true"),
        ("GET", f"product-projections/{id}?staged=true"),
        ("HEAD", "product-projections/key=mug?staged=true"),
        ("GET", "product-types"),
    ):
        answer = visitor.send(method, path)
        assert answer.status_code == 403, (method, path)
    assert keys(visitor.get("product-projections")) == ["mug", "tea"]
    assert visitor.refused(404, "GET", "product-projections/key=lamp")["code"] == "ResourceNotFound"


@pytest.mark.parametrize(
    ("scope", "whole"),
    [
        ("view_products:{0}", True),
        ("manage_products:{0}", True),
        ("view_published_products:{0} view_products:{0}", True),
        ("manage_project:{0}", True),
        ("view_published_products:{0} view_orders:{0}", False),
        ("view_published_products:{0} manage_products:{0}:berlin", False),
    ],
)
def test_who_may_see_all_products_sees_all_of_them(
    shown: Client, client_with: Callable[[str, str], Client], scope: str, whole: bool
) -> None:
    caller = client_with(shown.project, scope.format(shown.project))
    page = caller.get("products", params={"sort": "key asc"})
    assert keys(page) == (["lamp", "mug", "tea"] if whole else ["mug", "tea"])
    assert ("Secret" in str(page)) == whole


def test_a_product_inside_another_document_is_cut_alike(shown: Client, client_with: Callable[[str, str], Client]) -> None:
    ids = {key: shown.get(f"products/key={key}")["id"] for key in ("mug", "lamp")}
    value = {key: {"typeId": "product", "id": id} for key, id in ids.items()}
    shown.create("custom-objects", {"container": "c", "key": "k", "value": value})
    base = f"view_key_value_documents:{shown.project}"
    expand = {"params": {"expand": ["value.mug", "value.lamp", "value.mug.productType"]}}
    seen = {}
    for scope in ("view_published_products", "view_product_types", "view_products"):
        caller = client_with(shown.project, f"{base} {scope}:{shown.project}")
        seen[scope] = caller.get("custom-objects/c/k", **expand)["value"]
    assert seen["view_product_types"] == value
    cut = seen["view_published_products"]
    assert cut["lamp"] == value["lamp"]
    data = cut["mug"]["obj"]["masterData"]
    assert (data["staged"], data["hasStagedChanges"]) == (data["current"], False)
    # The type of a product has a path of its own, and scopes of its own.
    assert "obj" not in cut["mug"]["obj"]["productType"]
    whole = seen["view_products"]
    assert whole["lamp"]["obj"]["key"] == "lamp" and whole["mug"]["obj"]["productType"]["obj"]["key"] == "goods"
    assert whole["mug"]["obj"]["masterData"]["staged"]["name"] == {"en": "Secret"}


def test_a_projection_that_is_published_refers_to_published_products_only(
    shown: Client, client_with: Callable[[str, str], Client]
) -> None:
    reference = {"name": "goes-with", "label": {"en": "With"}, "isRequired": False}
    attribute = {**reference, "type": {"name": "set", "elementType": {"name": "reference", "referenceTypeId": "product"}}}
    shown.create("product-types", {"name": "Set", "key": "set", "description": "Sets.", "attributes": [attribute]})
    parts = [{"typeId": "product", "id": shown.get(f"products/key={key}")["id"]} for key in ("lamp", "mug")]
    variant = {"sku": "both", "attributes": [{"name": "goes-with", "value": parts}]}
    shown.create("products", {**product("both", 100), "productType": by_key("product-type", "set"), "masterVariant": variant})
    visitor = client_with(shown.project, f"view_published_products:{shown.project}")
    path, expand = "product-projections/key=both", {"params": {"expand": "masterVariant.attributes[*].value[*]"}}
    lamp, mug = visitor.get(path, **expand)["masterVariant"]["attributes"][0]["value"]
    assert lamp == parts[0]
    assert (mug["obj"]["key"], "Secret" in str(mug)) == ("mug", False)
    lamp, mug = shown.get(path, **expand)["masterVariant"]["attributes"][0]["value"]
    assert (lamp["obj"]["key"], "Secret" in str(mug)) == ("lamp", True)
