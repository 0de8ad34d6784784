"""What products have beside descriptions and plain prices: assets, categories, states, price mode, custom fields of prices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from live import Client

SOURCES = [{"uri": "https://example.com/guide.pdf"}]
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def price(cents: int, **more: Any) -> dict[str, Any]:
    return {"value": {"currencyCode": "EUR", "centAmount": cents}, **more}


@pytest.fixture
def tea(shop: Client) -> Client:
    """A shop with one product `tea` of two variants, `black` and `green`, and a Type for assets and prices."""
    shop.create("product-types", {"key": "any", "name": "any", "description": "any"})
    field = {"name": "note", "type": {"name": "String"}, "label": {"en": "note"}, "required": False, "inputHint": "SingleLine"}
    kinds = ["asset", "product-price"]
    shop.create("types", {"key": "extra", "name": {"en": "x"}, "resourceTypeIds": kinds, "fieldDefinitions": [field]})
    for key in ("drinks", "sale"):
        shop.create("categories", {"key": key, "name": {"en": key}, "slug": {"en": key}})
    custom = {"type": {"typeId": "type", "key": "extra"}, "fields": {"note": "a"}}
    draft = {
        "key": "tea",
        "productType": {"typeId": "product-type", "key": "any"},
        "name": {"en": "Tea"},
        "slug": {"en": "tea"},
        "categories": [{"typeId": "category", "key": "drinks"}],
        "masterVariant": {
            "sku": "black",
            "prices": [price(500, custom=custom)],
            "assets": [{"name": {"en": "Guide"}, "sources": SOURCES, "key": "guide", "custom": custom}],
        },
        "variants": [{"sku": "green"}],
    }
    made = shop.create("products", draft)
    master = made["masterData"]["current"]["masterVariant"]
    assert made["masterData"]["current"]["categories"][0]["id"] == shop.get("categories/key=drinks")["id"]
    assert (master["assets"][0]["key"], master["assets"][0]["custom"]["fields"]) == ("guide", {"note": "a"})
    assert master["prices"][0]["custom"]["fields"] == {"note": "a"}
    return shop


def act(shop: Client, *actions: dict[str, Any]) -> Any:
    """Actions on the tea at its present version; the answer is what is stored."""
    after = shop.update("products/key=tea", shop.get("products/key=tea")["version"], *actions)
    assert shop.get("products/key=tea") == after
    return after["masterData"]


def refused(shop: Client, action: dict[str, Any]) -> str:
    body = {"version": shop.get("products/key=tea")["version"], "actions": [action]}
    return str(shop.refused(400, "POST", "products/key=tea", body)["code"])


def told(shop: Client, kind: str) -> list[dict[str, Any]]:
    """The Messages of a kind, the oldest first."""
    found = shop.get("messages", params={"where": f'type = "{kind}"', "sort": "sequenceNumber asc"})["results"]
    return list(found)


def test_assets_of_variants(tea: Client) -> None:
    film = {"name": {"en": "Film"}, "sources": [{"uri": "film.mp4"}]}
    data = act(tea, {"action": "addAsset", "sku": "black", "asset": film, "position": 0, "staged": False})
    current, staged = (data[each]["masterVariant"]["assets"] for each in ("current", "staged"))
    assert current == staged and data["hasStagedChanges"] is False
    other, guide = (asset["id"] for asset in current)
    of = {"variantId": 1}
    data = act(
        tea,
        {"action": "changeAssetOrder", **of, "assetOrder": [guide, other]},
        {"action": "setAssetKey", **of, "assetId": other, "assetKey": "film"},
        {"action": "changeAssetName", **of, "assetKey": "film", "name": {"en": "Movie"}},
        {"action": "setAssetDescription", **of, "assetKey": "film", "description": {"en": "Long"}},
        {"action": "setAssetTags", **of, "assetKey": "film", "tags": ["hd"]},
        {"action": "setAssetSources", **of, "assetKey": "film", "sources": [{"uri": "movie.mp4"}]},
        {"action": "setAssetCustomType", **of, "assetKey": "film", "type": {"typeId": "type", "key": "extra"}},
        {"action": "setAssetCustomField", **of, "assetKey": "film", "name": "note", "value": "b"},
    )
    assert data["current"]["masterVariant"]["assets"] == current
    movie = data["staged"]["masterVariant"]["assets"][1]
    assert (movie["id"], movie["key"], movie["name"], movie["tags"]) == (other, "film", {"en": "Movie"}, ["hd"])
    assert (movie["sources"], movie["custom"]["fields"]) == ([{"uri": "movie.mp4"}], {"note": "b"})
    data = act(tea, {"action": "removeAsset", **of, "assetId": guide})
    assert [asset["key"] for asset in data["staged"]["masterVariant"]["assets"]] == ["film"]
    data = act(tea, {"action": "addVariant", "sku": "white", "assets": [film]})
    assert data["staged"]["variants"][1]["assets"][0]["name"] == {"en": "Film"}
    # The film of the staged description has another key than that of the current one: `film` is not in both.
    assert refused(tea, {"action": "removeAsset", **of, "assetKey": "film", "staged": False}) == "InvalidField"
    assert refused(tea, {"action": "setAssetTags", **of, "assetId": ID}) == "InvalidField"


def test_categories_and_order_hints(tea: Client) -> None:
    sale = tea.get("categories/key=sale")["id"]
    named = {"category": {"typeId": "category", "key": "sale"}}
    assert refused(tea, {"action": "setCategoryOrderHint", "categoryId": sale, "orderHint": "0.1"}) == "InvalidOperation"
    data = act(tea, {"action": "addToCategory", **named, "orderHint": "0.5"})
    assert data["staged"]["categoryOrderHints"] == {sale: "0.5"}
    assert (len(data["staged"]["categories"]), len(data["current"]["categories"])) == (2, 1)
    data = act(tea, {"action": "setCategoryOrderHint", "categoryId": sale, "orderHint": "0.25"})
    assert data["staged"]["categoryOrderHints"] == {sale: "0.25"}
    data = act(tea, {"action": "addToCategory", **named, "staged": False}, {"action": "publish"})
    assert data["current"]["categoryOrderHints"] == {}
    found = tea.get("products", params={"where": f'masterData(current(categories(id="{sale}")))'})
    assert found["total"] == 1
    data = act(tea, {"action": "removeFromCategory", **named, "staged": False})
    assert len(data["current"]["categories"]) == len(data["staged"]["categories"]) == 1
    act(tea, {"action": "removeFromCategory", **named})
    added, removed = told(tea, "ProductAddedToCategory"), told(tea, "ProductRemovedFromCategory")
    assert [message["staged"] for message in added] == [True, False]
    assert [(message["staged"], message["category"]["id"]) for message in removed] == [(False, sale)]
    assert refused(tea, {"action": "addToCategory", "category": {"typeId": "category", "id": ID}}) == (
        "ReferencedResourceNotFound"
    )


def test_states(tea: Client) -> None:
    def state(key: str, initial: bool = False, to: list[str] | None = None, kind: str = "ProductState") -> str:
        reached = {"transitions": [{"typeId": "state", "id": each} for each in to]} if to is not None else {}
        return str(tea.create("states", {"key": key, "type": kind, "initial": initial, **reached})["id"])

    done = state("done", to=[])
    first = state("first", True, [done])
    state("order", True, kind="OrderState")

    def to(key: str, **more: Any) -> dict[str, Any]:
        return {"action": "transitionState", "state": {"typeId": "state", "key": key}, **more}

    assert [refused(tea, to(key)) for key in ("done", "order")] == ["InvalidOperation"] * 2
    assert refused(tea, {"action": "transitionState"}) == "RequiredField"
    act(tea, to("first"))
    act(tea, to("done"))
    assert refused(tea, to("first")) == "InvalidOperation"
    act(tea, to("first", force=True))
    assert tea.get("products/key=tea")["state"] == {"typeId": "state", "id": first}
    moves = [(message["state"]["id"], message["force"]) for message in told(tea, "ProductStateTransition")]
    assert moves == [(first, False), (done, False), (first, True)]
    draft = {"productType": {"key": "any"}, "name": {"en": "x"}, "slug": {"en": "xx"}, "state": {"key": "first"}}
    assert tea.create("products", draft)["state"]["id"] == first


def test_price_mode_and_external_discounts(tea: Client) -> None:
    act(tea, {"action": "setPriceMode", "priceMode": "Standalone"})
    assert tea.get("products/key=tea")["priceMode"] == "Standalone"
    act(tea, {"action": "setPriceMode"})
    assert [message["to"] for message in told(tea, "ProductPriceModeSet")] == ["Standalone", "Embedded"]
    id = tea.get("products/key=tea")["masterData"]["staged"]["masterVariant"]["prices"][0]["id"]
    before = tea.get("products/key=tea")
    # No price has an external discount, as there are no product discounts: to remove none changes nothing.
    act(tea, {"action": "setDiscountedPrice", "priceId": id})
    assert tea.get("products/key=tea") == before
    discounted = {**price(400), "discount": {"typeId": "product-discount", "id": ID}}
    for action in (
        {"action": "setDiscountedPrice", "priceId": id, "discounted": discounted},
        {"action": "addPrice", "variantId": 2, "price": price(500, discounted=discounted)},
    ):
        assert refused(tea, action) == "ReferencedResourceNotFound"


def test_custom_fields_of_prices(tea: Client) -> None:
    id = tea.get("products/key=tea")["masterData"]["staged"]["masterVariant"]["prices"][0]["id"]
    type = {"typeId": "type", "key": "extra"}
    act(tea, {"action": "setProductPriceCustomField", "priceId": id, "name": "note", "value": "b"})
    act(tea, {"action": "setProductPriceCustomField", "priceId": id, "name": "note", "staged": False})
    act(tea, {"action": "setProductPriceCustomField", "priceId": id, "name": "note", "value": "c", "staged": False})
    act(tea, {"action": "setProductPriceCustomType", "priceId": id})
    data = act(tea, {"action": "setProductPriceCustomType", "priceId": id, "type": type, "fields": {"note": "d"}})
    current, staged = (data[each]["masterVariant"]["prices"][0]["custom"]["fields"] for each in ("current", "staged"))
    assert (current, staged) == ({"note": "c"}, {"note": "d"})
    kinds = [message["type"] for message in tea.get("messages", params={"sort": "sequenceNumber asc", "limit": 500})["results"]]
    assert [kind for kind in kinds if "PriceCustom" in kind] == [
        "ProductPriceCustomFieldChanged",
        "ProductPriceCustomFieldRemoved",
        "ProductPriceCustomFieldAdded",
        "ProductPriceCustomFieldsRemoved",
        "ProductPriceCustomFieldsSet",
    ]
    (changed,), (given,) = told(tea, "ProductPriceCustomFieldChanged"), told(tea, "ProductPriceCustomFieldsSet")
    assert (changed["priceId"], changed["variantId"], changed["staged"], changed["value"]) == (id, 1, True, "b")
    assert (given["customField"]["fields"], "oldTypeId" in given) == ({"note": "d"}, False)
    assert refused(tea, {"action": "setProductPriceCustomField", "priceId": id, "name": "none", "value": 1}) == (
        "InvalidOperation"
    )
    assert refused(tea, {"action": "setProductPriceCustomType", "priceId": ID}) == "InvalidOperation"


def test_search_keywords_and_product_attributes(tea: Client) -> None:
    season = {"name": "season", "type": {"name": "text"}, "label": {"en": "season"}, "isRequired": False, "level": "Product"}
    tea.update("product-types/key=any", 1, {"action": "addAttributeDefinition", "attribute": season})
    # Only none are sent here: the published schema takes the lists of keywords for texts.
    data = act(tea, {"action": "setSearchKeywords", "searchKeywords": {}})
    assert data["staged"]["searchKeywords"] == data["current"]["searchKeywords"] == {}
    data = act(tea, {"action": "setProductAttribute", "name": "season", "value": "spring", "staged": False})
    assert data["current"]["attributes"] == data["staged"]["attributes"] == [{"name": "season", "value": "spring"}]


def test_older_forms_of_actions(tea: Client) -> None:
    data = act(tea, {"action": "setSKU", "variantId": 2, "sku": "sencha"})
    assert data["staged"]["variants"][0]["sku"] == "sencha"
    act(tea, {"action": "addPrice", "variantId": 2, "price": price(700)}, {"action": "addPrice", "variantId": 2, "price": usd(8)})
    data = act(tea, {"action": "removePrice", "variantId": 2, "price": price(700)})
    assert [each["value"]["currencyCode"] for each in data["staged"]["variants"][0]["prices"]] == ["USD"]
    assert refused(tea, {"action": "removePrice", "variantId": 2, "price": price(700)}) == "InvalidOperation"
    assert refused(tea, {"action": "removePrice"}) == "RequiredField"


def usd(cents: int) -> dict[str, Any]:
    return {"value": {"currencyCode": "USD", "centAmount": cents}}


def test_a_sku_with_inventory_stays(tea: Client) -> None:
    tea.create("inventory", {"sku": "green", "quantityOnStock": 1})
    for name in ("setSku", "setSKU"):
        assert refused(tea, {"action": name, "variantId": 2, "sku": "other"}) == "InvalidOperation"
    act(tea, {"action": "setSku", "variantId": 2, "sku": "green"})
    act(tea, {"action": "setSku", "variantId": 1, "sku": "assam"})


def test_no_variant_is_a_resource_of_its_own(tea: Client) -> None:
    before = tea.get("products/key=tea")
    act(tea, {"action": "setDefaultVariant"})
    assert tea.get("products/key=tea") == before
    for variant in ({"typeId": "variant", "id": ID}, {"key": "black"}):
        assert refused(tea, {"action": "setDefaultVariant", "variant": variant}) == "ReferencedResourceNotFound"


def test_selections_have_a_scope_of_their_own(tea: Client, client_with: Callable[[str, str], Client]) -> None:
    for scope, status in (("view_product_selections", 200), ("manage_product_selections", 200), ("manage_products", 403)):
        client = client_with(tea.project, f"{scope}:{tea.project}")
        assert client.send("GET", "products/key=tea/product-selections").status_code == status


def test_product_selections(tea: Client) -> None:
    id = tea.get("products/key=tea")["id"]
    for path in (f"products/{id}", "products/key=tea"):
        page = tea.get(f"{path}/product-selections", params={"limit": 5, "where": 'productSelection(id="x")'})
        assert page == {"limit": 5, "offset": 0, "count": 0, "total": 0, "results": []}
    assert "total" not in tea.get(f"products/{id}/product-selections", params={"withTotal": "false"})
    for path in (f"products/{ID}", "products/key=none"):
        assert tea.refused(404, "GET", f"{path}/product-selections")["code"] == "ResourceNotFound"
    assert tea.refused(400, "GET", f"products/{id}/product-selections?where=nonsense")["code"] == "InvalidInput"
